//! Everything but the signature: a provider whose keys say yes, which exists in this program only.

use corpus::{Alg, Corpus};
use harness::{Contender, Failure, Races};
use idjag::crypto::{Algorithm, JwsAlgorithm, KeyMaterial, Provider, VerifyingKey};
use idjag::{Error, Limits};

use crate::ours::{Ours, request};
use crate::peer::{Backend, Peer};

/// ES256 as it looks to everything around it.
pub(crate) const YES: Provider = Provider { algorithms: &[&Yes] };

#[derive(Debug)]
struct Yes;

impl JwsAlgorithm for Yes {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn import(&self, _: &KeyMaterial) -> Result<Box<dyn VerifyingKey>, Error> {
        Ok(Box::new(Self))
    }
}

impl VerifyingKey for Yes {
    fn verify(&self, _: &[u8], _: &[u8]) -> bool {
        true
    }
}

pub(crate) fn run(races: Races, corpus: &Corpus) -> Result<(), Failure> {
    let good = corpus.good(Alg::Es256)?;
    let (ours, peer) = (Ours::new(corpus, YES, Limits::DEFAULT)?, Peer::new(corpus, Alg::Es256)?);
    let (server, request) = (ours.server()?, request(&good));
    let mut contenders = [
        Contender::new("idjag", || ours.accepts(&good)),
        Contender::new("idjag ResourceServer", || ours.permits(&server, &request)),
        Contender::new(Backend::Yes.who()?, || peer.accepts(Backend::Yes, &good)),
    ];
    races.row("rust.rest", "everything but the signature", &mut contenders)
}
