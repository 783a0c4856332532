//! What the server publishes about itself.

use serde_json::Value;

use crate::attempt::JWT_BEARER;
use crate::bench::Bench;
use crate::case::{Case, Verdict, ensure, failed, must, not_applicable, passed, should};

pub(super) const CASES: &[Case] = &[
    must(
        "metadata.issuer",
        "the document names the issuer under which it was asked for",
        &["R8414-003"],
        |bench| {
            let issuer = &bench.metadata["issuer"];
            ensure(issuer == &Value::from(bench.world.url.as_str()), "the `issuer` is another one")?;
            passed()
        },
    ),
    must("metadata.found", "it is found at one of the addresses where metadata is", &["MCP-008"], |bench| {
        ensure(bench.metadata.is_object(), "there is none")?;
        passed()
    }),
    must(
        "metadata.https",
        "every address is https, or on this machine",
        &["EMAP12-003", "MCP-033", "R8414-001"],
        |bench| {
            let named = bench.metadata.as_object().into_iter().flatten();
            let addresses = named
                .filter(|(name, _)| *name == "issuer" || name.ends_with("_endpoint") || *name == "jwks_uri");
            let open: Vec<&str> =
                addresses.filter(|(_, url)| !is_private(url)).map(|(name, _)| name.as_str()).collect();
            ensure(open.is_empty(), format!("not so: {}", open.join(", ")))?;
            passed()
        },
    ),
    must("metadata.grant-type", "it lists the jwt-bearer grant type", &["JAG-090"], |bench| {
        lists(bench, "grant_types_supported", JWT_BEARER)
    }),
    should("metadata.profile", "it lists the ID-JAG grant profile", &["JAG-089"], |bench| {
        let profiles = "authorization_grant_profiles_supported";
        lists(bench, profiles, "urn:ietf:params:oauth:grant-profile:id-jag")
    }),
    must("metadata.profile-array", "grant profiles are an array of strings", &["JAG-088"], |bench| {
        match &bench.metadata["authorization_grant_profiles_supported"] {
            Value::Null => not_applicable("the server announces no grant profiles"),
            profiles => {
                let of_text = |profiles: &Vec<Value>| profiles.iter().all(Value::is_string);
                ensure(profiles.as_array().is_some_and(of_text), "they are something else")?;
                passed()
            }
        }
    }),
    must("metadata.no-empty-arrays", "arrays without elements are left out", &["R8414-004"], |bench| {
        let members = bench.metadata.as_object().into_iter().flatten();
        let empty: Vec<&str> = members
            .filter(|(_, value)| value.as_array().is_some_and(Vec::is_empty))
            .map(|(name, _)| name.as_str())
            .collect();
        ensure(empty.is_empty(), format!("empty: {}", empty.join(", ")))?;
        passed()
    }),
    must("metadata.no-trust", "it does not say which issuers it trusts", &["JAG-097"], |bench| {
        let text = bench.metadata.to_string();
        ensure(!text.contains(&bench.idp.issuer), "the trusted issuer is in it")?;
        passed()
    }),
    must(
        "metadata.client-authentication",
        "it lists what its clients authenticate with",
        &["JAG-063"],
        |bench| {
            let listed = &bench.metadata["token_endpoint_auth_methods_supported"];
            // RFC 8414: where the member is absent, `client_secret_basic` is meant.
            let default = Value::from(vec!["client_secret_basic"]);
            let listed = if listed.is_null() { &default } else { listed };
            let missing = bench.world.clients.iter().map(|client| client.method.name());
            let has = |method: &&str| {
                listed.as_array().is_some_and(|listed| listed.iter().any(|one| one == method))
            };
            match missing.clone().find(|method| !has(method)) {
                Some(method) => failed(format!("{method} is not listed")),
                None => passed(),
            }
        },
    ),
    must("metadata.dpop-algorithms", "the algorithms of proofs are asymmetric", &["MCP-038"], |bench| {
        let Some(names) = bench.metadata["dpop_signing_alg_values_supported"].as_array() else {
            return not_applicable("the server does not announce DPoP");
        };
        let weak = |name: &Value| name.as_str().is_none_or(|name| name == "none" || name.starts_with("HS"));
        ensure(!names.iter().any(weak), "`none` or a MAC is listed")?;
        passed()
    }),
    must("metadata.public-keys", "the published keys have no private members", &["R7517-005"], |bench| {
        let Some(uri) = bench.metadata["jwks_uri"].as_str() else {
            return not_applicable("the server publishes no keys");
        };
        let answer = bench.network.get(uri).map_err(crate::case::Miss::Failed)?;
        let keys = answer.json["keys"].as_array().cloned().unwrap_or_default();
        ensure(!keys.is_empty(), "there are no keys in it")?;
        let secret = |key: &Value| {
            key["kty"] == "oct" || ["d", "p", "q", "k"].iter().any(|member| key.get(member).is_some())
        };
        ensure(!keys.iter().any(secret), "a private or symmetric key is in it")?;
        passed()
    }),
];

fn lists(bench: &Bench, member: &str, value: &str) -> Verdict {
    let listed = bench.metadata[member].as_array().is_some_and(|all| all.iter().any(|one| one == value));
    ensure(listed, format!("`{member}` does not list it"))?;
    passed()
}

/// Whether nobody on the way can read what is sent to `url`.
fn is_private(url: &Value) -> bool {
    let host = |url: &str| url.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
    match url.as_str().map(|url| (url, url.strip_prefix("http://").map(host))) {
        Some((_, Some(host))) => {
            let name = host.rsplit_once(':').map_or(host.as_str(), |(name, port)| {
                if port.bytes().all(|digit| digit.is_ascii_digit()) { name } else { &host }
            });
            matches!(name, "127.0.0.1" | "[::1]" | "localhost")
        }
        Some((url, None)) => url.starts_with("https://"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_may_do_without_https() {
        for private in ["https://a.example", "http://127.0.0.1:80/x", "http://[::1]:9", "http://localhost"] {
            assert!(is_private(&private.into()), "{private}");
        }
        for open in
            ["http://a.example", "http://127.0.0.1.example:80/", "ftp://a", "http://localhost:x@a.example/"]
        {
            assert!(!is_private(&open.into()), "{open}");
        }
    }
}
