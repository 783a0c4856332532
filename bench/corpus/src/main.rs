//! Prints the corpus as JSON, for the programs that are not written in Rust.

use corpus::{AUDIENCE, Alg, Corpus, ISSUER};
use serde_json::{Map, json};

fn main() -> Result<(), String> {
    let corpus = Corpus::new()?;
    let mut tokens = Map::new();
    for alg in Alg::ALL {
        let bent: Map<_, _> =
            corpus.bent(alg)?.into_iter().map(|(name, token)| (name.to_owned(), token.into())).collect();
        tokens.insert(
            alg.name().into(),
            json!({"good": corpus.good(alg)?, "bent": bent, "ring": corpus.ring(alg)?}),
        );
    }
    println!(
        "{}",
        json!({"issuer": ISSUER, "audience": AUDIENCE, "now": corpus.now(),
            "jwks": corpus.jwks(), "tokens": tokens})
    );
    Ok(())
}
