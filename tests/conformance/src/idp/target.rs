//! For which server, which resource and which scopes.

use super::grant::within;
use super::{IdpBench, claims};
use crate::attempt::Attempt;
use crate::bench::is_refusal;
use crate::case::{Case, Verdict, ensure, failed, must, passed, should};

const UNKNOWN: &str = "https://unknown.example";
/// AMB-006; a policy that does not know a target may also deny it.
const TARGET: &[&str] = &["invalid_target", "access_denied"];

pub(super) const CASES: &[Case<IdpBench>] = &[
    must("audience.absent", "no audience", &["JAG-027", "EMA-002"], |bench| {
        bench.refused(&["invalid_request", "invalid_target"], |_, attempt| attempt.unset("audience"))
    }),
    must(
        "audience.unknown",
        "a server of which the provider knows nothing",
        &["CHAIN-001", "JAG-044"],
        |bench| bench.refused(TARGET, |_, attempt| attempt.set("audience", UNKNOWN)),
    ),
    must("audience.self", "the provider itself", &["JAG-039", "CHAIN-001"], |bench| {
        bench.refused(&["invalid_target", "access_denied", "invalid_request"], |bench, attempt| {
            attempt.set("audience", bench.world.url.as_str());
        })
    }),
    must("audience.resource", "the resource as audience", &["JAG-039", "EMA-003"], |bench| {
        bench.refused(TARGET, |bench, attempt| attempt.set("audience", bench.world.resource.as_str()))
    }),
    should("audience.slash", "the server with a slash more or less", &["AMB-008"], |bench| {
        bench.refused(TARGET, |bench, attempt| {
            let url = &bench.world.audience;
            let other = url.strip_suffix('/').map_or_else(|| format!("{url}/"), str::to_owned);
            attempt.set("audience", other);
        })
    }),
    must(
        "audience.two",
        "two audiences, of which one is unknown: never for that one",
        &["CHAIN-001", "R8693-013"],
        |bench| {
            let mut attempt = bench.attempt();
            attempt.parameter("audience", UNKNOWN);
            let answer = bench.send(&attempt)?;
            if answer.is_granted() {
                return failed("granted, for one of the two");
            }
            is_refusal(&answer, &["invalid_target", "invalid_request", "access_denied"])
        },
    ),
    must("resource.unknown", "a resource that is not the server's", &["EMAP12-014", "R8707-005"], |bench| {
        bench.refused(TARGET, |_, attempt| attempt.set("resource", "https://unknown.example/mcp"))
    }),
    must("resource.relative", "a resource that is no absolute URI", &["R8707-001", "R8693-004"], |bench| {
        bench.refused(&["invalid_target", "invalid_request"], |_, attempt| attempt.set("resource", "/mcp"))
    }),
    must("resource.fragment", "a resource with a fragment", &["R8707-002", "R8693-004"], |bench| {
        bench.refused(&["invalid_target", "invalid_request"], |bench, attempt| {
            attempt.set("resource", format!("{}#part", bench.world.resource));
        })
    }),
    must(
        "resource.two",
        "two resources, of which one is not the server's: never for that one",
        &["R8707-004", "JAG-045"],
        |bench| {
            let mut attempt = bench.attempt();
            attempt.parameter("resource", "https://unknown.example/mcp");
            let answer = bench.send(&attempt)?;
            if !answer.is_granted() {
                return is_refusal(&answer, &["invalid_target", "invalid_request", "access_denied"]);
            }
            let resource = claims(&answer)?["resource"].to_string();
            ensure(!resource.contains("unknown.example"), "granted, for both")?;
            Ok("granted, for its own".into())
        },
    ),
    must("scope.narrower", "a part of the scope: that and no more", &["JAG-046", "JAG-052"], |bench| {
        let first = bench.world.scope.split(' ').next().unwrap_or_default().to_owned();
        let mut attempt = bench.attempt();
        attempt.set("scope", first.as_str());
        within(&claims(&bench.granted(&attempt)?)?["scope"], &first)
    }),
    must(
        "scope.excess",
        "more than policy permits: refused, or granted without it, and that is said",
        &["JAG-046", "JAG-056", "R8693-011"],
        |bench| {
            let mut attempt = bench.attempt();
            attempt.set("scope", format!("{} {}", bench.world.scope, bench.world.excess_scope));
            excess(bench, &attempt)
        },
    ),
    must("scope.only-excess", "nothing that policy permits", &["JAG-044", "JAG-046"], |bench| {
        let mut attempt = bench.attempt();
        attempt.set("scope", bench.world.excess_scope.as_str());
        let answer = bench.send(&attempt)?;
        if answer.is_granted() {
            return failed("granted");
        }
        is_refusal(&answer, &["invalid_scope", "access_denied", "invalid_grant", "invalid_target"])
    }),
    must("scope.illegal", "a scope that no scope can be", &["R6749-006"], |bench| {
        bench.refused(&["invalid_scope", "invalid_request"], |_, attempt| attempt.set("scope", "\""))
    }),
];

fn excess(bench: &IdpBench, attempt: &Attempt) -> Verdict {
    let answer = bench.send(attempt)?;
    if !answer.is_granted() {
        return is_refusal(&answer, &["invalid_scope", "access_denied"]);
    }
    let granted = claims(&answer)?["scope"].clone();
    within(&granted, &bench.world.scope)?;
    ensure(answer.json["scope"] == granted, "granted without it, and the response does not say so")?;
    passed()
}
