//! The claims that every ID-JAG has, and the times in it.

use serde_json::json;

use crate::bench::{GRANT, is_refusal, now};
use crate::case::{Case, must, not_applicable, should};
use crate::keys::unique;

/// Claims that nobody understands.
const UNHEARD_OF: &str = "urn:example:unheard-of";

pub(super) const CASES: &[Case] = &[
    must("iss.absent", "a grant without `iss`", &["JAG-001", "R7523-002", "EMA-010"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.no_claim("iss"))
    }),
    must("iss.number", "an `iss` that is a number", &["R7523-002"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("iss", 1))
    }),
    must(
        "iss.untrusted",
        "a grant by an issuer that the server does not trust, with its own key",
        &["JAG-024"],
        |bench| {
            bench.refused(GRANT, |bench, attempt| {
                attempt.grant.claim("iss", bench.untrusted.as_str());
                attempt.grant.header("kid", bench.stranger.kid.as_str());
                attempt.grant.signed_by(&bench.stranger);
            })
        },
    ),
    must(
        "iss.borrowed-key",
        "an issuer that it does not trust, with the key of the one it does",
        &["JAG-024", "R8725-012"],
        |bench| bench.refused(GRANT, |bench, attempt| attempt.grant.claim("iss", bench.untrusted.as_str())),
    ),
    must("iss.slash", "the trusted issuer with a slash more or less", &["R7523-002", "AMB-008"], |bench| {
        bench.refused(GRANT, |bench, attempt| attempt.grant.claim("iss", slash_changed(&bench.idp.issuer)))
    }),
    must("iss.self", "a grant in the server's own name", &["JAG-095", "AMB-021"], |bench| {
        bench.refused(GRANT, |bench, attempt| attempt.grant.claim("iss", bench.world.url.as_str()))
    }),
    must("sub.absent", "a grant without `sub`", &["JAG-002", "R7523-003"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.no_claim("sub"))
    }),
    must("sub.empty", "an empty `sub`", &["JAG-002"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("sub", ""))
    }),
    must("sub.number", "a `sub` that is a number", &["JAG-002"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("sub", 7))
    }),
    must(
        "sub.unknown",
        "a user whom the server does not know: refused, or an account is made",
        &["CHAIN-004", "R8725-013", "JAG-023"],
        |bench| {
            let Some(unknown) = bench.world.unknown_subject.clone() else {
                return not_applicable("no unknown user is named");
            };
            let mut attempt = bench.attempt();
            attempt.grant.claim("sub", unknown);
            let answer = bench.send(&attempt)?;
            let errors = &["invalid_grant", "access_denied"];
            if answer.is_granted() { Ok(answer.said()) } else { is_refusal(&answer, errors) }
        },
    ),
    must("aud.absent", "a grant without `aud`", &["JAG-006", "R8725-014"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.no_claim("aud"))
    }),
    must("aud.other", "a grant for another server", &["JAG-066", "JAG-068", "EMA-015"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("aud", "https://elsewhere.example"))
    }),
    must("aud.token-endpoint", "the token endpoint as audience", &["JAG-066", "R7523-005"], |bench| {
        bench.refused(GRANT, |bench, attempt| attempt.grant.claim("aud", bench.token_endpoint.as_str()))
    }),
    must("aud.resource", "the resource as audience", &["JAG-066"], |bench| {
        bench.refused(GRANT, |bench, attempt| attempt.grant.claim("aud", bench.world.resource.as_str()))
    }),
    must("aud.client", "the client as audience, as an ID Token has", &["JAG-066"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("aud", attempt.client.id.clone()))
    }),
    should("aud.slash", "the server's name with a slash more or less", &["AMB-008", "JAG-066"], |bench| {
        bench.refused(GRANT, |bench, attempt| attempt.grant.claim("aud", slash_changed(&bench.world.url)))
    }),
    must("aud.number", "an `aud` that is a number", &["R7519-003"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("aud", 1))
    }),
    must("aud.array-of-one", "an array of the server alone", &["JAG-067"], |bench| {
        bench.granted_with(|bench, attempt| attempt.grant.claim("aud", json!([bench.world.url])))
    }),
    must("aud.array-of-two", "an array of the server and another one", &["JAG-067", "JAG-068"], |bench| {
        bench.refused(GRANT, |bench, attempt| {
            attempt.grant.claim("aud", json!([bench.world.url, "https://elsewhere.example"]));
        })
    }),
    must("aud.array-of-same", "an array of the server, twice", &["JAG-067"], |bench| {
        bench.refused(GRANT, |bench, attempt| {
            attempt.grant.claim("aud", json!([bench.world.url, bench.world.url]))
        })
    }),
    must("aud.array-of-none", "an empty array", &["JAG-067"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("aud", json!([])))
    }),
    must("exp.absent", "a grant without `exp`", &["JAG-010", "R7523-006"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.no_claim("exp"))
    }),
    must("exp.string", "an `exp` that is text", &["JAG-010"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("exp", (now() + 240).to_string()))
    }),
    must("exp.fractional", "times with a fraction", &["R7519-006"], |bench| {
        bench.granted_with(|_, attempt| {
            attempt.grant.claim("iat", now() as f64 - 0.5);
            attempt.grant.claim("exp", now() as f64 + 240.5);
        })
    }),
    must(
        "exp.past",
        "a grant that expired an hour ago",
        &["R7523-006", "R7519-004", "R7521-001", "JAG-064", "CHAIN-003"],
        |bench| {
            bench.refused(GRANT, |_, attempt| {
                attempt.grant.claim("iat", now() - 3840);
                attempt.grant.claim("exp", now() - 3600);
            })
        },
    ),
    should("exp.just-past", "a grant that expired six minutes ago", &["AMB-026", "R7519-004"], |bench| {
        bench.refused(GRANT, |_, attempt| {
            attempt.grant.claim("iat", now() - 600);
            attempt.grant.claim("exp", now() - 360);
        })
    }),
    should("exp.far", "a grant that lives for ten years", &["EMAP12-007", "R7523-007"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("exp", now() + 315_360_000))
    }),
    must("iat.absent", "a grant without `iat`", &["JAG-011"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.no_claim("iat"))
    }),
    must("iat.string", "an `iat` that is text", &["JAG-011"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("iat", now().to_string()))
    }),
    must("iat.future", "a grant of the next hour", &["EMAP12-007", "R7523-009"], |bench| {
        bench.refused(GRANT, |_, attempt| {
            attempt.grant.claim("iat", now() + 3600);
            attempt.grant.claim("exp", now() + 3840);
        })
    }),
    must("nbf.future", "a grant that is good in an hour", &["R7523-008", "R7519-005"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("nbf", now() + 3600))
    }),
    must("nbf.past", "a grant that is good since an hour", &["R7519-005"], |bench| {
        bench.granted_with(|_, attempt| attempt.grant.claim("nbf", now() - 3600))
    }),
    must("jti.absent", "a grant without `jti`", &["JAG-009"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.no_claim("jti"))
    }),
    must("jti.empty", "an empty `jti`", &["JAG-009"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("jti", ""))
    }),
    must("jti.number", "a `jti` that is a number", &["JAG-009"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("jti", 7))
    }),
    must("jti.array", "a `jti` that is an array", &["JAG-009"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("jti", json!([unique()])))
    }),
    must(
        "claims.unknown",
        "claims that nobody understands do no harm",
        &["R7519-008", "R7523-011", "JAG-021"],
        |bench| bench.granted_with(|_, attempt| attempt.grant.claim(UNHEARD_OF, json!({"a": [1, null]}))),
    ),
    must("act.text", "an `act` that is text", &["R8693-014", "JAG-015"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("act", "agent-7"))
    }),
    should("act.object", "an actor: the grant is good", &["JAG-015", "JAG-099"], |bench| {
        bench.granted_with(|_, attempt| attempt.grant.claim("act", json!({"sub": "agent-7"})))
    }),
    must(
        "act.claims",
        "an actor with an `exp` of the past and an `aud`, which mean nothing there",
        &["R8693-016"],
        |bench| {
            bench.granted_with(|_, attempt| {
                attempt
                    .grant
                    .claim("act", json!({"sub": "agent-7", "exp": 1, "aud": "https://elsewhere.example"}));
            })
        },
    ),
    must("act.nested", "an actor for whom another one acted before", &["R8693-015"], |bench| {
        bench.granted_with(|_, attempt| {
            attempt.grant.claim("act", json!({"sub": "agent-7", "act": {"sub": "agent-6"}}));
        })
    }),
    must(
        "details.unknown",
        "authorization details of a type that the server does not know",
        &["R9396-002", "AMB-016"],
        |bench| {
            bench.refused(&["invalid_authorization_details", "invalid_grant"], |_, attempt| {
                attempt.grant.claim("authorization_details", json!([{"type": UNHEARD_OF}]));
            })
        },
    ),
    must("details.text", "authorization details that are text", &["JAG-073", "R9396-001"], |bench| {
        bench.refused(&["invalid_authorization_details", "invalid_grant"], |_, attempt| {
            attempt.grant.claim("authorization_details", "[]");
        })
    }),
    should("tenant.number", "a `tenant` that is a number", &["JAG-016"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("tenant", 7))
    }),
];

/// `url` without its last slash, or with one.
fn slash_changed(url: &str) -> String {
    url.strip_suffix('/').map_or_else(|| format!("{url}/"), str::to_owned)
}
