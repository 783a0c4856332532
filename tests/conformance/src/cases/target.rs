//! Which resource, which scopes: never more than the grant says.

use serde_json::{Value, json};

use super::response::part;
use crate::attempt::Attempt;
use crate::bench::{Bench, GRANT, is_refusal};
use crate::case::{Case, Verdict, ensure, failed, must, not_applicable, passed, should};
use crate::http::Answer;

/// A resource that no server guards.
const UNGUARDED: &str = "https://unguarded.example/mcp";
/// AMB-006: a resource that the grant names, as the cause of a refusal.
const TARGET: &[&str] = &["invalid_grant", "invalid_target"];

pub(super) const CASES: &[Case] = &[
    must(
        "resource.unguarded",
        "a grant for a resource that the server does not guard",
        &["EMA-011", "EMAP12-015", "AMB-006"],
        |bench| bench.refused(TARGET, |_, attempt| attempt.grant.claim("resource", UNGUARDED)),
    ),
    should(
        "resource.absent",
        "a grant that names no resource: refused, or good at a default one",
        &["AMB-007", "R9068-012"],
        |bench| {
            let mut attempt = bench.attempt();
            attempt.grant.no_claim("resource");
            let answer = bench.send(&attempt)?;
            if !answer.is_granted() {
                return is_refusal(&answer, TARGET);
            }
            if let Ok(claims) = part(&answer, 1) {
                ensure(claims["aud"] != bench.world.url.as_str(), "granted, for the server itself")?;
            }
            Ok(answer.said())
        },
    ),
    must("resource.number", "a `resource` that is a number", &["JAG-012", "JAG-071"], |bench| {
        bench.refused(TARGET, |_, attempt| attempt.grant.claim("resource", 7))
    }),
    must("resource.fragment", "a `resource` with a fragment", &["JAG-012", "JAG-071"], |bench| {
        bench.refused(TARGET, |bench, attempt| {
            attempt.grant.claim("resource", format!("{}#part", bench.world.resource));
        })
    }),
    must("resource.empty-array", "an empty array", &["JAG-012", "JAG-071"], |bench| {
        bench.refused(TARGET, |_, attempt| attempt.grant.claim("resource", json!([])))
    }),
    must("resource.array", "an array of the resource alone", &["JAG-012", "JAG-071"], |bench| {
        bench.granted_with(|bench, attempt| attempt.grant.claim("resource", json!([bench.world.resource])))
    }),
    must(
        "resource.array-mixed",
        "an array with a resource that the server does not guard: never for that one",
        &["JAG-071", "EMA-011"],
        |bench| {
            let mut attempt = bench.attempt();
            attempt.grant.claim("resource", json!([bench.world.resource, UNGUARDED]));
            let answer = bench.send(&attempt)?;
            if !answer.is_granted() {
                return is_refusal(&answer, TARGET);
            }
            let aud = part(&answer, 1)?["aud"].to_string();
            ensure(!aud.contains(UNGUARDED), "granted, for both")?;
            Ok("granted, for its own".into())
        },
    ),
    must(
        "resource.array-own",
        "an array of two resources of the server: never a token of which it is unclear where a scope holds",
        &["AMB-010", "R9068-011"],
        |bench| {
            let Some(other) = &bench.world.other_resource else {
                return not_applicable("the server guards one resource only");
            };
            let mut attempt = bench.attempt();
            attempt.grant.claim("resource", json!([bench.world.resource, other]));
            let answer = bench.send(&attempt)?;
            if !answer.is_granted() {
                return is_refusal(&answer, &["invalid_target", "invalid_grant", "invalid_scope"]);
            }
            let claims = part(&answer, 1)?;
            let names = |resource: &str| claims["aud"].to_string().contains(&json!(resource).to_string());
            // The grant's scopes mean something at the first resource only.
            let strayed = !names(&bench.world.resource) && !texts(&claims["scope"]).is_empty();
            ensure(!strayed, "granted, with the scopes of the one for the other")?;
            Ok(if names(other) { "granted, for both" } else { "granted, for one" }.into())
        },
    ),
    should("resource.asked", "the grant's resource, asked for once more", &["AMB-018"], |bench| {
        bench.granted_with(|bench, attempt| attempt.parameter("resource", bench.world.resource.as_str()))
    }),
    must(
        "resource.asked-unguarded",
        "a resource asked for that the server does not guard",
        &["R8707-005", "AMB-006"],
        |bench| bench.refused(&["invalid_target"], |_, attempt| attempt.parameter("resource", UNGUARDED)),
    ),
    must(
        "resource.asked-other",
        "another of the server's resources, of which the grant says nothing",
        &["JAG-071", "AMB-018"],
        |bench| {
            if bench.world.other_resource.is_none() {
                return not_applicable("the server guards one resource only");
            }
            bench.refused(&["invalid_target"], |bench, attempt| {
                attempt.parameter("resource", bench.world.other_resource.clone().unwrap_or_default());
            })
        },
    ),
    must("resource.asked-twice", "two resources asked for: both, or neither", &["R8707-004"], |bench| {
        let mut attempt = bench.attempt();
        attempt.parameter("resource", UNGUARDED);
        attempt.parameter("resource", bench.world.resource.as_str());
        let answer = bench.send(&attempt)?;
        if answer.is_granted() {
            failed("granted, for one of the two")
        } else {
            is_refusal(&answer, &["invalid_target", "invalid_request"])
        }
    }),
    must("scope.absent", "no scope asked for: that of the grant at most", &["AMB-017", "JAG-072"], |bench| {
        within(&bench.granted(&bench.attempt())?, &bench.world.scope)
    }),
    must(
        "scope.narrower",
        "a part of the scope asked for: that and no more",
        &["EMAP12-001", "JAG-072"],
        |bench| {
            if !bench.world.scope.contains(' ') {
                return not_applicable("grants have one scope only");
            }
            let mut attempt = bench.attempt();
            attempt.parameter("scope", bench.world.first_scope());
            within(&bench.granted(&attempt)?, bench.world.first_scope())
        },
    ),
    must(
        "scope.excess",
        "more asked for than the grant has: refused, or that of the grant",
        &["R7521-002", "AMB-017", "EMAP12-001"],
        |bench| {
            let mut attempt = bench.attempt();
            attempt.grant.claim("scope", bench.world.first_scope());
            let both = format!("{} {}", bench.world.first_scope(), bench.world.excess_scope);
            attempt.parameter("scope", both);
            within_or_refused(bench, &attempt, bench.world.first_scope())
        },
    ),
    must(
        "scope.all-excess",
        "nothing asked for that the grant has: never that",
        &["R7521-002", "JAG-072"],
        |bench| {
            let mut attempt = bench.attempt();
            attempt.grant.claim("scope", bench.world.first_scope());
            attempt.parameter("scope", bench.world.excess_scope.as_str());
            within_or_refused(bench, &attempt, bench.world.first_scope())
        },
    ),
    must(
        "scope.elsewhere",
        "a scope in the grant that means nothing at its resource: refused, or dropped",
        &["R9068-008", "EMAP12-016"],
        |bench| {
            let mut attempt = bench.attempt();
            attempt.grant.claim("scope", format!("{} {}", bench.world.scope, bench.world.excess_scope));
            let answer = bench.send(&attempt)?;
            if !answer.is_granted() {
                return is_refusal(&answer, &["invalid_grant", "invalid_scope"]);
            }
            within(&answer, &bench.world.scope).map(|_| "granted without it".into())
        },
    ),
    must(
        "scope.silent-grant",
        "a grant that names no scope: never one that was not asked for",
        &["AMB-017", "R7521-002"],
        |bench| {
            let mut attempt = bench.attempt();
            attempt.grant.no_claim("scope");
            within_or_refused(bench, &attempt, "")
        },
    ),
    must("scope.array", "a `scope` claim that is an array", &["R8693-017", "JAG-013"], |bench| {
        bench
            .refused(GRANT, |bench, attempt| attempt.grant.claim("scope", json!([bench.world.first_scope()])))
    }),
    must("scope.illegal", "a scope asked for that no scope can be", &["R6749-006"], |bench| {
        bench.refused(&["invalid_scope", "invalid_request"], |bench, attempt| {
            attempt.parameter("scope", format!("{} \"", bench.world.first_scope()));
        })
    }),
    must("scope.empty", "an empty `scope` is none", &["R6749-002"], |bench| {
        bench.granted_with(|_, attempt| attempt.parameter("scope", ""))
    }),
    must("scope.order", "the order of scopes does not matter", &["R6749-006"], |bench| {
        bench.granted_with(|bench, attempt| {
            let reversed: Vec<&str> = bench.world.scope.split(' ').rev().collect();
            attempt.parameter("scope", reversed.join(" "));
        })
    }),
];

/// The scopes of a response and of its token, where that can be read, are among `allowed`.
fn within(answer: &Answer, allowed: &str) -> Verdict {
    let allowed: Vec<&str> = allowed.split(' ').collect();
    let token = part(answer, 1).map(|claims| claims["scope"].clone()).unwrap_or_default();
    for scopes in [&answer.json["scope"], &token] {
        let more = texts(scopes).into_iter().find(|scope| !allowed.contains(&scope.as_str()));
        if let Some(more) = more {
            return failed(format!("granted with `{more}`"));
        }
    }
    passed()
}

fn within_or_refused(bench: &Bench, attempt: &Attempt, allowed: &str) -> Verdict {
    let answer = bench.send(attempt)?;
    if !answer.is_granted() {
        return is_refusal(&answer, &["invalid_scope", "invalid_grant", "access_denied"]);
    }
    within(&answer, allowed)?;
    let granted = texts(&answer.json["scope"]).join(" ");
    Ok(if granted.is_empty() {
        "granted without a scope".into()
    } else {
        format!("granted with `{granted}`")
    })
}

fn texts(scopes: &Value) -> Vec<String> {
    let text = scopes.as_str().unwrap_or_default();
    text.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_scope_is_no_scope() {
        assert!(texts(&Value::Null).is_empty() && texts(&json!("")).is_empty());
        assert_eq!(texts(&json!("a b")), ["a", "b"]);
    }
}
