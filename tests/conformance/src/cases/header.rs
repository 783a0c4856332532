//! The header of an ID-JAG and its signature.

use serde_json::json;

use crate::attempt::Assertion;
use crate::bench::{Bench, GRANT, GRANT_OR_REQUEST, is_refusal};
use crate::case::{Case, ensure, must, not_applicable, passed, should};
use crate::jws::broken_signature;
use crate::keys::unique;

pub(super) const CASES: &[Case] = &[
    must("typ.absent", "a grant without `typ`", &["JAG-065", "EMA-012"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.no_header("typ"))
    }),
    must("typ.jwt", "a grant of `typ` `JWT`, as an ID Token has", &["JAG-065", "R8725-017"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.header("typ", "JWT"))
    }),
    must("typ.access-token", "a grant of `typ` `at+jwt`", &["JAG-065", "R8725-017"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.header("typ", "at+jwt"))
    }),
    must("typ.proof", "a grant of `typ` `dpop+jwt`", &["JAG-065", "R8725-017"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.header("typ", "dpop+jwt"))
    }),
    must("typ.logout", "a grant of `typ` `logout+jwt`", &["JAG-065", "R8725-017"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.header("typ", "logout+jwt"))
    }),
    must("typ.suffixed", "a grant whose `typ` goes on with a parameter", &["JAG-065", "AMB-009"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.header("typ", "oauth-id-jag+jwt; v=1"))
    }),
    must("typ.number", "a grant whose `typ` is a number", &["JAG-065"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.header("typ", 1))
    }),
    should(
        "typ.prefixed",
        "a `typ` with `application/` before it: granted or refused",
        &["AMB-009"],
        |bench| bench.either(GRANT, |_, attempt| attempt.grant.header("typ", "application/oauth-id-jag+jwt")),
    ),
    should("typ.upper-case", "a `typ` in capitals: granted or refused", &["AMB-009"], |bench| {
        bench.either(GRANT, |_, attempt| attempt.grant.header("typ", "OAUTH-ID-JAG+JWT"))
    }),
    must("alg.none", "a grant that is not signed", &["EMAP12-005", "AMB-013", "R7523-012"], |bench| {
        bench.refused(GRANT, |_, attempt| {
            attempt.grant.header("alg", "none");
            attempt.grant.signature(&[]);
        })
    }),
    must("alg.none-capitals", "the same with `alg` `nOnE`", &["EMAP12-005", "R7515-004"], |bench| {
        bench.refused(GRANT, |_, attempt| {
            attempt.grant.header("alg", "nOnE");
            attempt.grant.signature(&[]);
        })
    }),
    must("alg.mac", "a MAC whose secret is the issuer's public key", &["EMAP12-005", "AMB-013"], |bench| {
        bench.refused(GRANT, |bench, attempt| {
            attempt.grant.header("alg", "HS256");
            attempt.grant.mac(bench.idp.key.borrow().public_jwk().to_string().as_bytes());
        })
    }),
    must("alg.other", "an `alg` that is not the key's", &["R8725-003", "R8725-002"], |bench| {
        bench.refused(GRANT, |bench, attempt| {
            let other = if bench.idp.key.borrow().alg() == "ES256" { "RS256" } else { "ES256" };
            attempt.grant.header("alg", other);
        })
    }),
    must("alg.lower-case", "an `alg` in lower case", &["R7515-004"], |bench| {
        bench.refused(GRANT, |bench, attempt| {
            let alg = bench.idp.key.borrow().alg().to_lowercase();
            attempt.grant.header("alg", alg);
        })
    }),
    must("alg.absent", "a grant without `alg`", &["R7515-004"], |bench| {
        bench.refused(GRANT_OR_REQUEST, |_, attempt| attempt.grant.no_header("alg"))
    }),
    must("alg.rs256", "a grant signed with RS256", &["R7523-016", "AMB-012"], |bench| {
        let Some(rsa) = bench.idp.rsa.as_ref() else {
            return not_applicable("the server is not told to take RS256 of this issuer");
        };
        let mut attempt = bench.attempt();
        attempt.grant.header("alg", "RS256");
        attempt.grant.header("kid", rsa.kid.as_str());
        attempt.grant.signed_by(rsa);
        bench.granted(&attempt)?;
        passed()
    }),
    must("signature.broken", "a signature with a changed bit", &["R7523-012", "R7515-008"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.then(broken_signature))
    }),
    must("signature.empty", "no signature", &["R7523-012"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.signature(&[]))
    }),
    must("signature.zero", "a signature of zeros", &["R7523-012"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.signature(&[0; 64]))
    }),
    must(
        "signature.other-key",
        "a signature by a key that is not the issuer's",
        &["R8725-012", "R7523-012"],
        |bench| bench.refused(GRANT, |bench, attempt| attempt.grant.signed_by(&bench.stranger)),
    ),
    must("signature.other-claims", "the signature of another grant", &["R7515-007"], |bench| {
        bench.refused(GRANT, |bench, attempt| {
            let (other, own) = (bench.grant(&attempt.client).compact(), attempt.grant.compact());
            let signature = other.rsplit('.').next().unwrap_or_default();
            let input = own.rsplit_once('.').map_or("", |(input, _)| input);
            attempt.assertion = Assertion::Text(format!("{input}.{signature}"));
        })
    }),
    must("kid.unknown", "a `kid` that the issuer does not publish", &["EMAP12-006", "R8725-012"], |bench| {
        bench.refused(GRANT, |bench, attempt| {
            attempt.grant.header("kid", unique());
            attempt.grant.signed_by(&bench.stranger);
        })
    }),
    should(
        "kid.absent",
        "a grant without `kid`: granted or refused",
        &["R7515-009", "EMAP12-006"],
        |bench| bench.either(GRANT, |_, attempt| attempt.grant.no_header("kid")),
    ),
    must("kid.number", "a `kid` that is a number", &["R7515-009"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.header("kid", 1))
    }),
    should("header.embedded-key", "a stranger's key in the header", &["R8725-015"], |bench| {
        bench.refused(GRANT, |bench, attempt| {
            attempt.grant.header("jwk", bench.stranger.bare_jwk());
            attempt.grant.signed_by(&bench.stranger);
        })
    }),
    should(
        "header.key-address",
        "the address of a stranger's keys in the header is not asked",
        &["R8725-015"],
        |bench| {
            let mut attempt = bench.attempt();
            attempt.grant.header("jku", bench.bait.jwks_uri());
            attempt.grant.header("x5u", bench.bait.jwks_uri());
            attempt.grant.header("kid", bench.stranger.kid.as_str());
            attempt.grant.signed_by(&bench.stranger);
            is_refusal(&bench.send(&attempt)?, GRANT)?;
            ensure(bench.bait.asked() == 0, "refused, after the stranger was asked for keys")?;
            passed()
        },
    ),
    must("header.critical", "an extension that must be understood", &["R7515-005"], |bench| {
        bench.refused(GRANT, |_, attempt| {
            attempt.grant.header("crit", json!(["urn:example:unheard-of"]));
            attempt.grant.header("urn:example:unheard-of", true);
        })
    }),
    must("header.critical-empty", "an empty list of such extensions", &["R7515-005"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.header("crit", json!([])))
    }),
    must("header.unknown", "an unknown member of the header is ignored", &["R7515-006"], |bench| {
        bench.granted_with(|_, attempt| attempt.grant.header("urn:example:unheard-of", true))
    }),
    should("header.duplicate", "a header with `alg` twice", &["AMB-028", "R7515-003"], |bench: &Bench| {
        bench.refused(GRANT_OR_REQUEST, |_, attempt| attempt.grant.header_before("alg", "none"))
    }),
];
