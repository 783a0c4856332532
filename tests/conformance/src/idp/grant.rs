//! What is in the ID-JAG.

use serde_json::Value;

use super::{IdpBench, given, token_part};
use crate::bench::now;
use crate::case::{Case, Miss, Verdict, ensure, failed, must, not_applicable, passed};
use crate::keys::verifies;

pub(super) const CASES: &[Case<IdpBench>] = &[
    must("grant.type", "its `typ` is `oauth-id-jag+jwt`", &["JAG-020", "EMA-012"], |bench| {
        let answer = bench.granted(&bench.attempt())?;
        let header = token_part(answer.text("access_token"), 0).unwrap_or_default();
        ensure(header["typ"] == "oauth-id-jag+jwt", "it is another one")?;
        passed()
    }),
    must("grant.signature", "a published key verifies it", &["EMAP12-005", "R7523-012"], |bench| {
        let Some(uri) = bench.metadata["jwks_uri"].as_str() else { return failed("no keys are published") };
        let keys = bench.network.get(uri).map_err(Miss::Failed)?.json["keys"].clone();
        let answer = bench.granted(&bench.attempt())?;
        let token = answer.text("access_token");
        let header = token_part(token, 0).unwrap_or_default();
        let alg = header["alg"].as_str().unwrap_or_default().to_owned();
        ensure(!alg.is_empty() && alg != "none" && !alg.starts_with("HS"), format!("its `alg` is {alg}"))?;
        let named = |key: &&Value| key["kid"] == header["kid"];
        let key = keys.as_array().into_iter().flatten().find(named);
        let Some(key) = key else { return failed("its `kid` is not among the published keys") };
        match verifies(key, &alg, token) {
            Some(true) => passed(),
            Some(false) => failed("it does not"),
            None => not_applicable(format!("this program does not verify {alg}")),
        }
    }),
    must("grant.no-private-keys", "the published keys have no private members", &["R7517-005"], |bench| {
        let Some(uri) = bench.metadata["jwks_uri"].as_str() else { return failed("no keys are published") };
        let keys = bench.network.get(uri).map_err(Miss::Failed)?.json["keys"].clone();
        let secret = |key: &Value| {
            key["kty"] == "oct" || ["d", "p", "q", "k"].iter().any(|member| key.get(member).is_some())
        };
        ensure(!keys.as_array().into_iter().flatten().any(secret), "a private or symmetric key is in it")?;
        passed()
    }),
    must("grant.issuer", "its `iss` is the identity provider", &["JAG-001"], |bench| {
        is(bench, "iss", |bench| &bench.world.url)
    }),
    must(
        "grant.audience",
        "its `aud` is the authorization server asked for, alone",
        &["JAG-006", "CHAIN-002"],
        |bench| is(bench, "aud", |bench| &bench.world.audience),
    ),
    must("grant.resource", "its `resource` is the one asked for", &["JAG-045", "EMA-011"], |bench| {
        is(bench, "resource", |bench| &bench.world.resource)
    }),
    must(
        "grant.client",
        "its `client_id` is the client, as the audience knows it",
        &["JAG-007", "JAG-081"],
        |bench| {
            let claims = bench.id_jag()?;
            let Some(claimed) = claims["client_id"].as_str() else {
                return failed("it is missing, or no text");
            };
            match given(&bench.world.client_id_there, "the client's name at the audience") {
                Ok(expected) => ensure(claimed == expected, "it is another one")?,
                Err(_) => ensure(!claimed.is_empty(), "it is empty")?,
            }
            passed()
        },
    ),
    must("grant.subject", "its `sub` is text", &["JAG-002"], |bench| {
        let claims = bench.id_jag()?;
        ensure(claims["sub"].as_str().is_some_and(|sub| !sub.is_empty()), "it is missing, or none")?;
        passed()
    }),
    must(
        "grant.times",
        "it has `iat` and `exp`, and lives an hour at most",
        &["JAG-010", "JAG-011", "EMAP12-007"],
        |bench| {
            let claims = bench.id_jag()?;
            let of = |name: &str| claims[name].as_f64();
            let (Some(iat), Some(exp)) = (of("iat"), of("exp")) else {
                return failed("one of them is missing");
            };
            ensure(exp > iat && exp - iat <= 3600.0, "it lives for too long, or not at all")?;
            ensure((iat - now() as f64).abs() < 300.0, "its `iat` is not now")?;
            passed()
        },
    ),
    must("grant.unique", "each has a `jti` of its own", &["JAG-009"], |bench| {
        let of = |claims: Value| claims["jti"].as_str().map(str::to_owned);
        let (first, second) = (of(bench.id_jag()?), of(bench.id_jag()?));
        ensure(first.is_some() && first != second, "it is missing, or used twice")?;
        passed()
    }),
    must(
        "grant.scope",
        "its scope is text, and no more than was asked for",
        &["JAG-046", "JAG-052", "R8693-017"],
        |bench| {
            let claims = bench.id_jag()?;
            within(&claims["scope"], &bench.world.scope)
        },
    ),
    must("grant.unbound", "without a proof there is no `cnf`", &["JAG-104"], |bench| {
        ensure(bench.id_jag()?.get("cnf").is_none(), "there is one")?;
        passed()
    }),
];

fn is(bench: &IdpBench, name: &str, expected: fn(&IdpBench) -> &String) -> Verdict {
    let claim = bench.id_jag()?[name].clone();
    let is = |value: &Value| value == expected(bench).as_str();
    let alone = claim.as_array().is_some_and(|all| all.len() == 1 && all.iter().all(is));
    ensure(is(&claim) || alone, "it is another one")?;
    passed()
}

/// `scope` is text, and each scope in it is in `allowed`.
pub(super) fn within(scope: &Value, allowed: &str) -> Verdict {
    let Some(text) = scope.as_str() else { return failed("it is missing, or no text") };
    let more = text.split(' ').find(|scope| !allowed.split(' ').any(|one| one == *scope));
    ensure(more.is_none(), format!("`{}` is in it", more.unwrap_or_default()))?;
    passed()
}
