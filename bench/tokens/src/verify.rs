//! Whole verifications with a warm key.

use corpus::{Alg, Corpus};
use harness::{Contender, Failure, Races};
use idjag::Limits;
use idjag::crypto::rustcrypto::PROVIDER;

use crate::ours::{Ours, request};
use crate::peer::{Backend, Peer};

pub(crate) fn run(races: Races, corpus: &Corpus) -> Result<(), Failure> {
    let pure = Ours::new(corpus, PROVIDER, Limits::DEFAULT)?;
    let aws_lc = Ours::new(corpus, idjag_aws_lc::PROVIDER, Limits::DEFAULT)?;
    pure.keys.prepare();
    aws_lc.keys.prepare();
    let server = pure.server()?;
    for alg in Alg::ALL {
        let good = corpus.good(alg)?;
        let (peer, with_token) = (Peer::new(corpus, alg)?, request(&good));
        let decides = |token: &str| pure.permits(&server, &request(token));
        checked(corpus, alg, "idjag", |token| pure.accepts(token))?;
        checked(corpus, alg, "idjag aws-lc", |token| aws_lc.accepts(token))?;
        checked(corpus, alg, "idjag ResourceServer", decides)?;
        let mut contenders = vec![
            Contender::new("idjag", || pure.accepts(&good)),
            Contender::new("idjag aws-lc", || aws_lc.accepts(&good)),
            Contender::new("idjag ResourceServer", || pure.permits(&server, &with_token)),
        ];
        for backend in [Backend::AwsLc, Backend::RustCrypto] {
            let (who, peer, good) = (backend.who()?, &peer, &good);
            checked(corpus, alg, &who, |token| peer.accepts(backend, token))?;
            contenders.push(Contender::new(who, move || peer.accepts(backend, good)));
        }
        races.row("rust.verify", &format!("{}, warm key", alg.name()), &mut contenders)?;
    }
    Ok(())
}

/// Nobody is timed who takes a bent token, or refuses the good one.
fn checked(corpus: &Corpus, alg: Alg, who: &str, accepts: impl Fn(&str) -> bool) -> Result<(), Failure> {
    if !accepts(&corpus.good(alg)?) {
        return Err(format!("{who} refuses the good token of {}", alg.name()));
    }
    match corpus.bent(alg)?.iter().find(|(_, token)| accepts(token)) {
        Some((bent, _)) => Err(format!("{who} accepts a token of {} with a bent {bent}", alg.name())),
        None => Ok(()),
    }
}
