//! Grants that are bound to a key, and proofs of holding one.

use serde_json::json;

use super::response::part;
use crate::bench::{Bench, GRANT, is_refusal, now};
use crate::case::{Case, Verdict, ensure, must, passed, should};
use crate::jws::broken_signature;
use crate::keys::Key;

/// What a defective proof is refused as.
const PROOF: &[&str] = &["invalid_dpop_proof"];
/// What a confirmation that nobody can check is refused as, and a proof where it may be the one or the other.
const EITHER: &[&str] = &["invalid_grant", "invalid_dpop_proof"];

pub(super) const CASES: &[Case] = &[
    must("cnf.no-proof", "a bound grant without a proof", &["JAG-108", "JAG-100"], |bench| {
        bench.refused(GRANT, |bench, attempt| {
            attempt.grant.claim("cnf", json!({"jkt": bench.holder.thumbprint()}))
        })
    }),
    must(
        "cnf.proof",
        "a bound grant with its key's proof: a token bound to that key, or, where DPoP is not done, none",
        &["JAG-106", "JAG-107", "R9449-024"],
        |bench| {
            let answer = bench.send(&bench.bound_attempt())?;
            if bench.dpop().is_err() && !answer.is_granted() {
                return is_refusal(&answer, EITHER);
            }
            ensure(answer.is_granted(), answer.said())?;
            let bound = answer.text("token_type").eq_ignore_ascii_case("dpop");
            ensure(bound, "granted, for a token that is not bound")?;
            if let Ok(claims) = part(&answer, 1) {
                let named = claims["cnf"]["jkt"] == bench.holder.thumbprint();
                ensure(named, "the token is bound to another key")?;
            }
            passed()
        },
    ),
    must(
        "cnf.other-proof",
        "a bound grant with the proof of another key",
        &["JAG-106", "JAG-100"],
        |bench| {
            // Also where DPoP is not done: whatever a server does about a binding, it is not this.
            let mut attempt = bench.attempt();
            attempt.grant.claim("cnf", json!({"jkt": bench.holder.thumbprint()}));
            attempt.proofs.push(bench.proof(&Key::es256()));
            is_refusal(&bench.send(&attempt)?, GRANT)?;
            passed()
        },
    ),
    must(
        "cnf.unbound-proof",
        "an unbound grant with a proof: a bound token or a bearer token, and it says which",
        &["JAG-110", "R9449-021", "JDPOP-004"],
        |bench| {
            bench.dpop()?;
            let mut attempt = bench.attempt();
            attempt.proofs.push(bench.proof(&bench.holder));
            let answer = bench.granted(&attempt)?;
            let bound = answer.text("token_type").eq_ignore_ascii_case("dpop");
            if let Ok(claims) = part(&answer, 1) {
                let named = claims["cnf"]["jkt"] == bench.holder.thumbprint();
                ensure(named == bound, "token and `token_type` disagree")?;
            }
            Ok(if bound { "granted, bound" } else { "granted, as a bearer token" }.into())
        },
    ),
    must("cnf.text", "a `cnf` that is text", &["R7800-001"], |bench| {
        bench.refused(GRANT, |bench, attempt| attempt.grant.claim("cnf", bench.holder.thumbprint()))
    }),
    must("cnf.empty", "a `cnf` with nothing in it", &["AMB-003"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("cnf", json!({})))
    }),
    must("cnf.certificate", "a grant that is bound to a certificate", &["AMB-003"], |bench| {
        bench.refused(GRANT, |bench, attempt| {
            attempt.grant.claim("cnf", json!({"x5t#S256": bench.holder.thumbprint()}))
        })
    }),
    must(
        "cnf.key-id",
        "a grant that is bound to a key of which only the name is told",
        &["AMB-003"],
        |bench| bench.refused(GRANT, |_, attempt| attempt.grant.claim("cnf", json!({"kid": "1"}))),
    ),
    should(
        "cnf.jwk",
        "a grant that is bound by the whole key, with its proof: granted or refused",
        &["AMB-003", "JDPOP-002"],
        |bench| {
            bench.dpop()?;
            let mut attempt = bench.bound_attempt();
            attempt.grant.claim("cnf", json!({"jwk": bench.holder.bare_jwk()}));
            let answer = bench.send(&attempt)?;
            if answer.is_granted() { Ok(answer.said()) } else { is_refusal(&answer, GRANT) }
        },
    ),
    must("cnf.two-keys", "a grant that is bound to two different keys", &["AMB-003"], |bench| {
        bench.dpop()?;
        bench.refused_from(Bench::bound_attempt, GRANT, |bench, attempt| {
            let cnf = json!({"jkt": bench.holder.thumbprint(), "jwk": Key::es256().bare_jwk()});
            attempt.grant.claim("cnf", cnf);
        })
    }),
    must(
        "proof.signature",
        "a proof with a broken signature",
        &["JAG-109", "R9449-011", "R9449-020", "AMB-015"],
        |bench| defective(bench, |_, proof| proof.then(broken_signature)),
    ),
    must("proof.method", "a proof for GET", &["R9449-013", "R9449-020"], |bench| {
        defective(bench, |_, proof| proof.claim("htm", "GET"))
    }),
    must("proof.address", "a proof for another address", &["R9449-014", "R9449-020"], |bench| {
        defective(bench, |_, proof| proof.claim("htu", "https://elsewhere.example/token"))
    }),
    must("proof.old", "a proof of yesterday", &["R9449-017", "R9449-020"], |bench| {
        defective(bench, |_, proof| proof.claim("iat", now() - 86_400))
    }),
    must("proof.future", "a proof of tomorrow", &["R9449-017", "R9449-020"], |bench| {
        defective(bench, |_, proof| proof.claim("iat", now() + 86_400))
    }),
    must("proof.type", "a proof of `typ` `JWT`", &["R9449-009"], |bench| {
        defective(bench, |_, proof| proof.header("typ", "JWT"))
    }),
    must("proof.none", "a proof that is not signed", &["R9449-010"], |bench| {
        defective(bench, |_, proof| {
            proof.header("alg", "none");
            proof.signature(&[]);
        })
    }),
    must("proof.private-key", "a proof that shows its private key", &["R9449-012"], |bench| {
        defective(bench, |bench, proof| {
            let mut jwk = bench.holder.bare_jwk();
            jwk["d"] = bench.holder.private_member();
            proof.header("jwk", jwk);
        })
    }),
    must("proof.no-jti", "a proof without `jti`", &["R9449-008"], |bench| {
        defective(bench, |_, proof| proof.no_claim("jti"))
    }),
    must("proof.no-iat", "a proof without `iat`", &["R9449-008"], |bench| {
        defective(bench, |_, proof| proof.no_claim("iat"))
    }),
    must("proof.garbage", "a proof that is no JWT", &["R9449-007"], |bench| {
        bench.dpop()?;
        bench.refused_from(Bench::bound_attempt, PROOF, |_, attempt| {
            attempt.proofs.clear();
            attempt.headers.push(("dpop".into(), "x".into()));
        })
    }),
    must("proof.two", "two proofs", &["R9449-006"], |bench| {
        bench.dpop()?;
        bench.refused_from(Bench::bound_attempt, PROOF, |bench, attempt| {
            attempt.proofs.push(bench.proof(&bench.holder))
        })
    }),
    must("proof.unbound-defective", "an unbound grant with a defective proof", &["JAG-109"], |bench| {
        bench.dpop()?;
        bench.refused(PROOF, |bench, attempt| {
            let mut proof = bench.proof(&bench.holder);
            proof.then(broken_signature);
            attempt.proofs.push(proof);
        })
    }),
    should("proof.reused", "a proof that was sent before: granted or refused", &["R9449-036"], |bench| {
        bench.dpop()?;
        let (first, mut second) = (bench.bound_attempt(), bench.bound_attempt());
        second.proofs.clone_from(&first.proofs);
        bench.granted(&first)?;
        let answer = bench.send(&second)?;
        if answer.is_granted() { Ok(answer.said()) } else { is_refusal(&answer, PROOF) }
    }),
    must(
        "proof.not-spent",
        "a bound grant that a thief presented without its key is still good",
        &["AMB-001", "JAG-100"],
        |bench| {
            bench.dpop()?;
            let right = bench.bound_attempt();
            let mut thief = right.clone();
            thief.proofs = vec![bench.proof(&Key::es256())];
            is_refusal(&bench.send(&thief)?, GRANT)?;
            bench.granted(&right)?;
            passed()
        },
    ),
];

/// A bound grant whose proof has a defect.
fn defective(bench: &Bench, change: fn(&Bench, &mut crate::jws::Jws)) -> Verdict {
    bench.dpop()?;
    let mut attempt = bench.bound_attempt();
    attempt.proofs.iter_mut().for_each(|proof| change(bench, proof));
    is_refusal(&bench.send(&attempt)?, PROOF)?;
    bench.granted(&bench.bound_attempt())?;
    passed()
}
