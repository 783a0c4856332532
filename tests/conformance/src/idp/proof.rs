//! Grants that are bound to the key of a proof.

use super::{IdpBench, claims};
use crate::bench::{is_refusal, now};
use crate::case::{Case, Miss, Verdict, ensure, must, not_applicable, passed};
use crate::jws::{Jws, broken_signature};

pub(super) const CASES: &[Case<IdpBench>] = &[
    must("proof.bound", "with a proof the grant names its key", &["JAG-103"], |bench| {
        supported(bench)?;
        let mut attempt = bench.attempt();
        attempt.proofs.push(bench.proof());
        let claims = claims(&bench.granted(&attempt)?)?;
        ensure(claims["cnf"]["jkt"] == bench.holder.thumbprint(), "it names none, or another one")?;
        passed()
    }),
    must(
        "proof.signature",
        "a proof with a broken signature",
        &["JAG-102", "R9449-011", "R9449-020"],
        |bench| defective(bench, |proof| proof.then(broken_signature)),
    ),
    must("proof.method", "a proof for GET", &["JAG-102", "R9449-013"], |bench| {
        defective(bench, |proof| proof.claim("htm", "GET"))
    }),
    must("proof.address", "a proof for another address", &["JAG-102", "R9449-014"], |bench| {
        defective(bench, |proof| proof.claim("htu", "https://elsewhere.example/token"))
    }),
    must("proof.old", "a proof of yesterday", &["R9449-017"], |bench| {
        defective(bench, |proof| proof.claim("iat", now() - 86_400))
    }),
    must("proof.type", "a proof of `typ` `JWT`", &["R9449-009"], |bench| {
        defective(bench, |proof| proof.header("typ", "JWT"))
    }),
    must("proof.unsigned", "a proof that is not signed", &["R9449-010"], |bench| {
        defective(bench, |proof| {
            proof.header("alg", "none");
            proof.signature(&[]);
        })
    }),
    must("proof.two", "two proofs", &["R9449-006"], |bench| {
        supported(bench)?;
        let mut attempt = bench.attempt();
        attempt.proofs = vec![bench.proof(), bench.proof()];
        is_refusal(&bench.send(&attempt)?, &["invalid_dpop_proof"])?;
        passed()
    }),
];

fn supported(bench: &IdpBench) -> Result<(), Miss> {
    let announced = bench.metadata["dpop_signing_alg_values_supported"].is_array();
    if announced { Ok(()) } else { not_applicable("the provider does not announce DPoP") }
}

fn defective(bench: &IdpBench, change: fn(&mut Jws)) -> Verdict {
    supported(bench)?;
    let mut attempt = bench.attempt();
    attempt.proofs.push(bench.proof());
    let twin = attempt.clone();
    attempt.proofs.iter_mut().for_each(change);
    is_refusal(&bench.send(&attempt)?, &["invalid_dpop_proof"])?;
    bench.granted(&twin)?;
    passed()
}
