//! What is answered when a grant is good.

use serde_json::Value;

use crate::bench::Bench;
use crate::case::{Case, Miss, ensure, failed, must, not_applicable, passed, should};
use crate::http::{Answer, Request};
use crate::keys::from_base64url;

pub(super) const CASES: &[Case] = &[
    must(
        "response.granted",
        "a good grant is redeemed",
        &["JAG-061", "EMA-013", "JAG-066", "JAG-069"],
        |bench| redeemed(bench).and_then(|_| passed()),
    ),
    must("response.token-type", "the token's type is said", &["R9449-021", "JAG-111"], |bench| {
        let answer = redeemed(bench)?;
        let kind = answer.text("token_type").to_owned();
        ensure(kind.eq_ignore_ascii_case("bearer"), format!("`token_type` is `{kind}`"))?;
        passed()
    }),
    should(
        "response.lifetime",
        "it lives an hour at most, and it is said how long",
        &["MCP-034", "AMB-025"],
        |bench| {
            let lifetime = redeemed(bench)?.json["expires_in"].clone();
            ensure(
                lifetime.as_u64().is_some_and(|seconds| (1..=3600).contains(&seconds)),
                format!("`expires_in` is {lifetime}"),
            )?;
            passed()
        },
    ),
    should("response.no-refresh-token", "there is no refresh token", &["JAG-075", "CHAIN-005"], |bench| {
        ensure(redeemed(bench)?.json.get("refresh_token").is_none(), "there is one")?;
        passed()
    }),
    must(
        "response.scope",
        "the scope is that of the grant, or what is left of it is said",
        &["R6749-007", "JAG-074"],
        |bench| {
            let answer = redeemed(bench)?;
            let granted = answer.json.get("scope").and_then(Value::as_str);
            let Some(granted) = granted else { return failed("`scope` is not said") };
            let asked: Vec<&str> = bench.world.scope.split(' ').collect();
            ensure(
                granted.split(' ').all(|scope| asked.contains(&scope)),
                format!("more was granted: {granted}"),
            )?;
            passed()
        },
    ),
    should("response.resource", "the resource is said for which it is", &["JAG-074", "AMB-011"], |bench| {
        let resource = redeemed(bench)?.json["resource"].clone();
        ensure(!resource.is_null(), "`resource` is not said")?;
        ensure(resource == bench.world.resource.as_str(), "another `resource` is said")?;
        passed()
    }),
    must("response.not-cached", "nobody keeps the answer", &["R6749-008"], |bench| {
        let answer = redeemed(bench)?;
        ensure(
            answer.header("cache-control").to_lowercase().contains("no-store"),
            "`Cache-Control: no-store` is missing",
        )?;
        ensure(answer.header("pragma").eq_ignore_ascii_case("no-cache"), "`Pragma: no-cache` is missing")?;
        passed()
    }),
    must("response.json", "it is JSON", &["R6749-008"], |bench| {
        let kind = redeemed(bench)?.header("content-type");
        ensure(kind.to_lowercase().starts_with("application/json"), "it says that it is something else")?;
        passed()
    }),
    must(
        "response.own-token",
        "the token is not the grant, and each redemption has its own",
        &["JAG-069"],
        |bench| {
            let attempt = bench.attempt();
            let (first, second) = (bench.granted(&attempt)?, redeemed(bench)?);
            let token = first.text("access_token");
            ensure(token != attempt.grant.compact(), "the grant is answered as the token")?;
            ensure(token != second.text("access_token"), "two redemptions have one token")?;
            passed()
        },
    ),
    must(
        "token.audience",
        "a JWT is for the grant's resource and for nothing else",
        &["EMA-016", "R9068-010", "R8707-006"],
        |bench| {
            let aud = claims(bench)?["aud"].clone();
            let named = |aud: &Value| aud == bench.world.resource.as_str();
            let alone =
                named(&aud) || aud.as_array().is_some_and(|all| all.len() == 1 && all.iter().all(named));
            ensure(alone, "its `aud` is another one")?;
            passed()
        },
    ),
    should("token.type", "its `typ` is `at+jwt`", &["R9068-003", "R8725-016"], |bench| {
        let typ = header(bench)?["typ"].as_str().unwrap_or_default().to_lowercase();
        ensure(typ.trim_start_matches("application/") == "at+jwt", format!("its `typ` is `{typ}`"))?;
        passed()
    }),
    must("token.signed", "it is signed", &["R9068-001"], |bench| {
        let alg = header(bench)?["alg"].as_str().unwrap_or_default().to_owned();
        ensure(!alg.is_empty() && !alg.eq_ignore_ascii_case("none"), "it is not")?;
        passed()
    }),
    should("token.asymmetric", "by a key that its readers do not have", &["R9068-001"], |bench| {
        let alg = header(bench)?["alg"].as_str().unwrap_or_default().to_owned();
        ensure(!alg.starts_with("HS"), format!("its `alg` is {alg}"))?;
        passed()
    }),
    must("token.claims", "it has every claim of RFC 9068", &["R9068-004"], |bench| {
        let claims = claims(bench)?;
        let required = ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"];
        let missing: Vec<&str> = required.into_iter().filter(|name| claims.get(name).is_none()).collect();
        ensure(missing.is_empty(), format!("missing: {}", missing.join(", ")))?;
        passed()
    }),
    must("token.issuer", "its `iss` is the server, its `client_id` the client", &["R9068-004"], |bench| {
        let claims = claims(bench)?;
        ensure(claims["iss"] == bench.world.url.as_str(), "its `iss` is another one")?;
        ensure(claims["client_id"] == bench.client().id.as_str(), "its `client_id` is another one")?;
        passed()
    }),
    must("token.scope", "its scope is what the response says", &["JAG-074"], |bench| {
        let answer = redeemed(bench)?;
        let claims = part(&answer, 1)?;
        let of = |value: &Value| {
            let mut scopes: Vec<String> =
                value.as_str().unwrap_or_default().split(' ').map(str::to_owned).collect();
            scopes.sort();
            scopes
        };
        ensure(of(&claims["scope"]) == of(&answer.json["scope"]), "it is another one")?;
        passed()
    }),
    should("token.lifetime", "it expires when the response says", &["R7521-005"], |bench| {
        let answer = redeemed(bench)?;
        let claims = part(&answer, 1)?;
        let of = |name: &str| claims[name].as_f64().unwrap_or_default();
        let lives = of("exp") - of("iat");
        ensure(answer.json["expires_in"].as_f64() == Some(lives), "it does at another time")?;
        passed()
    }),
    must("token.accepted", "the MCP server takes it, and nobody without one", &["EMA-016"], |bench| {
        let Some(url) = bench.world.mcp_url.clone() else { return not_applicable("no MCP server is named") };
        let token = redeemed(bench)?.text("access_token").to_owned();
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#;
        let mut headers = vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("accept".to_owned(), "application/json, text/event-stream".to_owned()),
        ];
        let call = |headers: Vec<(String, String)>| {
            let request =
                Request { method: reqwest::Method::POST, url: url.clone(), headers, body: body.to_owned() };
            bench.network.send(&request).map_err(Miss::Failed)
        };
        let without = call(headers.clone())?.status;
        ensure(without == 401, format!("a call without a token is answered {without}"))?;
        headers.push(("authorization".into(), format!("Bearer {token}")));
        let with = call(headers)?.status;
        ensure(with != 401 && with != 403 && with < 500, format!("a call with it is answered {with}"))?;
        passed()
    }),
];

/// A part of an access token, where it is a JWT.
type Part = Result<Value, Miss>;

fn redeemed(bench: &Bench) -> Result<Answer, Miss> {
    bench.granted(&bench.attempt())
}

fn header(bench: &Bench) -> Part {
    part(&redeemed(bench)?, 0)
}

fn claims(bench: &Bench) -> Part {
    part(&redeemed(bench)?, 1)
}

/// Part `at` of the token in `answer`.
pub(super) fn part(answer: &Answer, at: usize) -> Part {
    let token = answer.text("access_token");
    let parts: Vec<&str> = token.split('.').collect();
    let read = parts.get(at).filter(|_| parts.len() == 3).and_then(|part| from_base64url(part));
    match read.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
        Some(part) => Ok(part),
        None => not_applicable("the access token is no JWT"),
    }
}
