//! The ID Token that is exchanged, and whose it is.

use super::{ID_JAG_TYPE, IdpBench, given};
use crate::attempt::{Assertion, Attempt};
use crate::bench::is_refusal;
use crate::case::{Case, Verdict, ensure, must, not_applicable, passed, should};
use crate::jws::broken_signature;

/// AMB-005.
const SUBJECT: &[&str] = &["invalid_grant", "invalid_request"];
const REQUEST: &[&str] = &["invalid_request"];

pub(super) const CASES: &[Case<IdpBench>] = &[
    must("subject.absent", "no subject token", &["JAG-033", "EMA-002", "R8693-002"], |bench| {
        bench.refused(REQUEST, |_, attempt| attempt.assertion = Assertion::Absent)
    }),
    must("subject.no-type", "no `subject_token_type`", &["JAG-036", "EMA-002"], |bench| {
        bench.refused(REQUEST, |_, attempt| attempt.unset("subject_token_type"))
    }),
    must(
        "subject.unknown-type",
        "a `subject_token_type` that nobody knows",
        &["JAG-036", "R8693-006"],
        |bench| {
            bench.refused(SUBJECT, |_, attempt| attempt.set("subject_token_type", "urn:example:unheard-of"))
        },
    ),
    must("subject.other-type", "an ID Token that is said to be a SAML assertion", &["R8693-006"], |bench| {
        bench.refused(SUBJECT, |_, attempt| {
            attempt.set("subject_token_type", "urn:ietf:params:oauth:token-type:saml2");
        })
    }),
    must("subject.garbage", "text that is no token", &["JAG-040", "AMB-005"], |bench| {
        bench.refused(SUBJECT, |_, attempt| attempt.assertion = Assertion::Text("x".into()))
    }),
    must("subject.broken", "an ID Token with a broken signature", &["JAG-040", "OIDC-004"], |bench| {
        bench.refused(SUBJECT, |bench, attempt| {
            attempt.assertion = Assertion::Text(broken_signature(bench.world.subject_token.clone()));
        })
    }),
    must(
        "subject.forged",
        "its claims under a stranger's signature and the provider's `kid`",
        &["JAG-040", "OIDC-004"],
        |bench| {
            bench.refused(SUBJECT, |bench, attempt| {
                let header = super::token_part(&bench.world.subject_token, 0).unwrap_or_default();
                attempt.grant.header("kid", header["kid"].clone());
                attempt.assertion = Assertion::Grant;
            })
        },
    ),
    must("subject.unsigned", "its claims without a signature", &["JAG-040", "OIDC-004"], |bench| {
        bench.refused(SUBJECT, |_, attempt| {
            attempt.grant.header("alg", "none");
            attempt.grant.signature(&[]);
            attempt.assertion = Assertion::Grant;
        })
    }),
    must("subject.expired", "an ID Token that has expired", &["OIDC-006", "JAG-040"], |bench| {
        let expired = given(&bench.world.expired_subject_token, "an expired ID Token")?.to_owned();
        refused_with(bench, expired)
    }),
    must(
        "subject.other-client",
        "an ID Token of another client",
        &["JAG-041", "EMA-008", "OIDC-002"],
        |bench| {
            let other = given(&bench.world.other_subject_token, "an ID Token of another client")?.to_owned();
            refused_with(bench, other)
        },
    ),
    must(
        "subject.stolen",
        "a client's ID Token, presented by another client",
        &["JAG-041", "EMA-008"],
        |bench| {
            let Some(thief) = bench.world.clients.iter().find(|client| client.id != bench.client().id) else {
                return not_applicable("there is one client only");
            };
            let mut attempt = bench.attempt();
            attempt.client = thief.clone();
            is_refusal(
                &bench.send(&attempt)?,
                &["invalid_grant", "invalid_request", "access_denied", "invalid_target"],
            )
        },
    ),
    must("subject.id-jag", "an ID-JAG in place of an ID Token", &["R8725-017", "JAG-040"], |bench| {
        let issued = bench.granted(&bench.attempt())?.text("access_token").to_owned();
        refused_with(bench, issued)
    }),
    must("subject.id-jag-type", "an ID-JAG, said to be one", &["JAG-036"], |bench| {
        let issued = bench.granted(&bench.attempt())?.text("access_token").to_owned();
        let mut attempt = bench.attempt();
        attempt.assertion = Assertion::Text(issued);
        attempt.set("subject_token_type", ID_JAG_TYPE);
        is_refusal(&bench.send(&attempt)?, SUBJECT)
    }),
    must("actor.no-type", "an actor token without its type", &["JAG-038"], |bench| {
        bench.refused(REQUEST, |bench, attempt| {
            let token = bench.world.subject_token.clone();
            attempt.parameter("actor_token", token);
        })
    }),
    must("actor.type-alone", "the type of an actor token without one", &["R8693-003"], |bench| {
        bench.refused(REQUEST, |_, attempt| {
            attempt.parameter("actor_token_type", "urn:ietf:params:oauth:token-type:jwt");
        })
    }),
    must("actor.forged", "an actor token that nobody vouches for", &["AMB-024", "R8693-006"], |bench| {
        bench.refused(SUBJECT, |_, attempt| {
            let forged = attempt.grant.compact();
            attempt.parameter("actor_token", forged);
            attempt.parameter("actor_token_type", "urn:ietf:params:oauth:token-type:jwt");
        })
    }),
    must("client.wrong-secret", "the client with another secret", &["EMA-007", "EMAP12-017"], |bench| {
        if bench.client().secret.is_empty() {
            return not_applicable("the client has no secret");
        }
        bench.refused(&["invalid_client"], |_, attempt| attempt.client.secret = crate::keys::unique())
    }),
    must("client.unknown", "a client that is not registered", &["EMAP12-017"], |bench| {
        bench.refused(&["invalid_client"], |_, attempt| attempt.client.id = crate::keys::unique())
    }),
    should("client.unauthenticated", "a client that only names itself", &["R8693-020", "JAG-092"], |bench| {
        bench.refused(&["invalid_client", "unauthorized_client"], |_, attempt| attempt.authenticates = false)
    }),
];

/// Another token in place of the good one.
fn refused_with(bench: &IdpBench, token: String) -> Verdict {
    let mut attempt: Attempt = bench.attempt();
    attempt.assertion = Assertion::Text(token);
    is_refusal(&bench.send(&attempt)?, SUBJECT)?;
    let twin = bench.send(&bench.attempt())?;
    ensure(twin.is_granted(), format!("the valid twin: {}", twin.said()))?;
    passed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Miss;

    #[test]
    fn what_is_not_given_is_not_tried() {
        assert!(matches!(given(&None, "x"), Err(Miss::NotApplicable(_))));
    }
}
