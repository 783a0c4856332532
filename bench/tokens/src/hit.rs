//! Tokens that the cache knows: everything but the signature is checked again.

use core::cell::RefCell;

use corpus::{Alg, Corpus};
use harness::{Contender, Failure, Races};
use idjag::Limits;
use idjag::crypto::rustcrypto::PROVIDER;
use idjag::resource_server::VerifiedTokenCache;

use crate::ours::{Ours, request};

pub(crate) fn run(races: Races, corpus: &Corpus) -> Result<(), Failure> {
    let ours = Ours::new(corpus, PROVIDER, Limits::DEFAULT)?;
    let server = ours.server()?;
    let cache = RefCell::new(VerifiedTokenCache::default());
    let good = corpus.good(Alg::Es256)?;
    let with_token = request(&good);
    for (bent, token) in corpus.bent(Alg::Es256)? {
        if ours.bearer(&server, &cache, &token) || ours.bearer(&server, &cache, &token) {
            return Err(format!("a token with a bent {bent} is taken from the cache"));
        }
    }
    let mut contenders = [
        Contender::new("idjag", || ours.bearer(&server, &cache, &good)),
        Contender::new("idjag ResourceServer", || ours.permits_known(&server, &cache, &with_token)),
    ];
    races.row("rust.hit", "cache hit, every check again", &mut contenders)
}
