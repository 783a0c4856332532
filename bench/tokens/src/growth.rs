//! What grows with what: keys of an issuer, and bytes of a token. Without signatures, which would hide it.

use corpus::{Alg, Corpus};
use harness::{Contender, Failure, Races};
use idjag::Limits;
use serde_json::json;

use crate::ours::Ours;
use crate::unsigned::YES;

const KEYS: [usize; 3] = [1, 100, 1_000];
const KILOBYTES: [usize; 3] = [1, 8, 64];

pub(crate) fn run(races: Races, corpus: &Corpus) -> Result<(), Failure> {
    keys(races, corpus)?;
    bytes(races, corpus)
}

fn keys(races: Races, corpus: &Corpus) -> Result<(), Failure> {
    let good = corpus.good(Alg::Es256)?;
    let mut servers = Vec::new();
    for count in KEYS {
        let mut jwks = vec![corpus.jwk(Alg::Es256)];
        // Names before and after the one that is looked for.
        jwks.extend((1..count).map(|number| {
            let mut jwk = corpus.jwk(Alg::Es256);
            jwk["kid"] = format!("{}{number}", if number % 2 == 0 { "A" } else { "F" }).into();
            jwk
        }));
        let mut limits = Limits::DEFAULT;
        limits.jwks_bytes = 1 << 20;
        servers.push((count, Ours::with_keys(corpus, YES, limits, &json!({"keys": jwks}).to_string())?));
    }
    let contender = |(count, ours): &'_ (usize, Ours)| {
        let (who, good) = (format!("idjag, {count} key{}", if *count == 1 { "" } else { "s" }), good.clone());
        let ours = ours.clone();
        Contender::new(who, move || ours.accepts(&good))
    };
    let mut contenders: Vec<Contender<'_>> = servers.iter().map(contender).collect();
    races.row("growth", "keys of the issuer", &mut contenders)
}

fn bytes(races: Races, corpus: &Corpus) -> Result<(), Failure> {
    let mut limits = Limits::DEFAULT;
    limits.token_bytes = 1 << 20;
    limits.token_values = 1 << 20;
    let ours = Ours::new(corpus, YES, limits)?;
    let mut contenders = Vec::new();
    for size in KILOBYTES {
        let mut claims = corpus.claims();
        let mut token = corpus.token(Alg::Es256, &claims)?;
        while token.len() < size << 10 {
            // Claims of usual length, as many as it takes.
            let missing = ((size << 10) - token.len()) * 3 / 4 / 64;
            let first = claims.as_object().map_or(0, serde_json::Map::len);
            for number in first..=first + missing {
                claims[format!("claim_{number:05}")] = "b7a56873cd771f2c446d369b649430b65a67ba278ff".into();
            }
            token = corpus.token(Alg::Es256, &claims)?;
        }
        let ours = &ours;
        contenders.push(Contender::new(format!("idjag, {size} KB"), move || ours.accepts(&token)));
    }
    races.row("growth", "bytes of the token", &mut contenders)
}
