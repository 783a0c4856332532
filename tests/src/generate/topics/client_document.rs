//! `client_document.read` and `client_id_url.parse`: Client ID Metadata Documents -02.

use super::client_metadata::{CALLBACK, CLIENT_ID};
use crate::format::{Failure, Topic};
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, fails, keys, with};
use crate::generate::keys;
use crate::generate::scene::NOW;
use crate::generate::web::{ID_JAG_PROFILE, JWT_BEARER, TOKEN_EXCHANGE, get, json_response, response};
use crate::json::compact;
use serde_json::{Value, json};

fn unacceptable() -> Failure {
    fails("client_document_invalid", "invalid_client")
}

fn document() -> Value {
    json!({"client_id": CLIENT_ID, "client_name": "Claude Code", "redirect_uris": [CALLBACK]})
}

fn fetched(response: Value) -> Value {
    json!({"client_id": CLIENT_ID, "response": response})
}

fn of(changes: &[(&str, Value)]) -> Value {
    fetched(json_response(200, &with(&document(), changes)))
}

/// Documents that authorization servers read.
pub fn read() -> Topic {
    let mut topic = TopicBuilder::new("client_document.read", "documents");
    let mut group = topic.group("A document behind a client identifier.", json!({}), keys(), NOW);
    let public = with(
        &document(),
        &[
            ("token_endpoint_auth_method", "none".into()),
            ("grant_types", json!(["authorization_code"])),
            ("id_jag_profile", "not_listed".into()),
        ],
    );
    let jwks = json!({"keys": [keys::CLIENT.es256().public_jwk()]});
    let both = json!([TOKEN_EXCHANGE, JWT_BEARER]);
    let authenticated = |more: &[(&str, Value)]| {
        let base =
            [("token_endpoint_auth_method", json!("private_key_jwt")), ("must_authenticate", json!(true))];
        with(&with(&public, &base), more)
    };
    let profiled = |grants: &Value| {
        vec![
            ("authorization_grant_profiles_supported", json!([ID_JAG_PROFILE])),
            ("grant_types", grants.clone()),
        ]
    };
    let one = json!([JWT_BEARER]);
    let key_jwt = || ("token_endpoint_auth_method", json!("private_key_jwt"));
    let at = json!("https://client.example/jwks.json");
    for (id, comment, req, changes, output) in [
        (
            "public",
            "A name and where to send users back.",
            &["MCP-012", "CIMD-002"][..],
            vec![],
            public.clone(),
        ),
        (
            "keys-inline",
            "Its keys are what it authenticates with.",
            &["CIMD-004", "CIMD-003"],
            vec![key_jwt(), ("jwks", jwks.clone())],
            authenticated(&[("jwks", jwks.clone())]),
        ),
        (
            "keys-at-address",
            "Though it does not name the method.",
            &["CIMD-004"],
            vec![("jwks_uri", at.clone())],
            authenticated(&[("jwks_uri", at.clone())]),
        ),
        (
            "profile",
            "The profile with both its grants.",
            &["JAG4-012"],
            profiled(&both),
            with(&public, &[("grant_types", both.clone()), ("id_jag_profile", "listed".into())]),
        ),
        (
            "profile-without-exchange",
            "The document contradicts itself.",
            &["JAG4-012"],
            profiled(&one),
            with(&public, &[("grant_types", one.clone()), ("id_jag_profile", "without_grants".into())]),
        ),
        (
            "bound",
            "With bound tokens and a scope.",
            &["R9449-023"],
            vec![("dpop_bound_access_tokens", json!(true)), ("scope", json!("write read"))],
            with(&public, &[("dpop_bound_access_tokens", true.into()), ("scope", "read write".into())]),
        ),
        (
            "unknown-member",
            "An unknown member means nothing.",
            &[],
            vec![("shoe_size", json!(43))],
            public.clone(),
        ),
    ] {
        group.valid(case(id, comment, "CIMD §4", req), of(&changes), output);
    }
    refused_members(&mut group);
    refused_responses(&mut group);
    topic.finish()
}

fn refused_members(group: &mut GroupBuilder<'_>) {
    let exact: &[&str] = &["CIMD-002", "MCP-012"];
    let needed: &[&str] = &["MCP-012"];
    let secret: &[&str] = &["CIMD-003"];
    let private = json!({"keys": [keys::CLIENT.es256().private_jwk()]});
    let symmetric = json!({"keys": [{"kty": "oct", "k": "AAAA"}]});
    let profiles = "authorization_grant_profiles_supported";
    let method = "token_endpoint_auth_method";
    for (id, comment, req, change) in [
        (
            "client-id-other",
            "Another client's.",
            exact,
            ("client_id", json!("https://evil.example/metadata.json")),
        ),
        (
            "client-id-port",
            "With the default port.",
            exact,
            ("client_id", json!("https://client.example:443/metadata.json")),
        ),
        (
            "client-id-case",
            "In another case.",
            exact,
            ("client_id", json!("https://Client.example/metadata.json")),
        ),
        (
            "client-id-slash",
            "With a slash.",
            exact,
            ("client_id", json!("https://client.example/metadata.json/")),
        ),
        ("client-id-missing", "Nobody's.", exact, ("client_id", Value::Null)),
        ("name-missing", "No name.", needed, ("client_name", Value::Null)),
        ("name-empty", "An empty name.", needed, ("client_name", json!(""))),
        ("name-number", "A number.", needed, ("client_name", json!(1))),
        ("redirects-missing", "Nowhere to send users back.", needed, ("redirect_uris", Value::Null)),
        ("redirects-string", "A string.", needed, ("redirect_uris", json!(CALLBACK))),
        ("redirect-http", "Not https.", needed, ("redirect_uris", json!(["http://client.example/cb"]))),
        ("redirect-script", "A script.", needed, ("redirect_uris", json!(["javascript:alert(1)"]))),
        ("secret", "A secret that everybody can read.", secret, ("client_secret", json!("s3cr3t"))),
        ("secret-expiry", "The expiry of one.", secret, ("client_secret_expires_at", json!(0))),
        ("basic", "A method with a secret.", secret, (method, json!("client_secret_basic"))),
        ("post", "Another.", secret, (method, json!("client_secret_post"))),
        ("secret-jwt", "And another.", secret, (method, json!("client_secret_jwt"))),
        ("tls", "A method that is not offered.", &[], (method, json!("tls_client_auth"))),
        ("no-keys", "Nothing to authenticate with.", &["CIMD-004"], (method, json!("private_key_jwt"))),
        ("private-key", "A private key.", secret, ("jwks", private)),
        ("symmetric-key", "A symmetric key.", secret, ("jwks", symmetric)),
        ("keys-empty", "No key in the set.", &["CIMD-004"], ("jwks", json!({"keys": []}))),
        (
            "keys-http",
            "Keys not at an https address.",
            &["MCP-035"],
            ("jwks_uri", json!("http://client.example/jwks.json")),
        ),
        ("profiles-string", "A string.", &["JAG4-012"], (profiles, json!(ID_JAG_PROFILE))),
        ("profiles-number", "A number in the list.", &["JAG4-012"], (profiles, json!([1]))),
        ("scope-malformed", "No scope.", &["R6749-006"], ("scope", json!("a\"b"))),
        ("bound-string", "A flag in quotes.", &[], ("dpop_bound_access_tokens", json!("true"))),
    ] {
        let req: &[&str] = req;
        group.invalid(case(id, comment, "CIMD §4", req), "public", of(&[change]), unacceptable());
    }
    let at = ("jwks_uri", json!("https://client.example/jwks.json"));
    let jwks = ("jwks", json!({"keys": [keys::CLIENT.es256().public_jwk()]}));
    group.invalid(
        case("keys-twice", "Keys here and elsewhere.", "RFC 7591 §2", &[]),
        "keys-at-address",
        of(&[at, jwks]),
        unacceptable(),
    );
}

fn refused_responses(group: &mut GroupBuilder<'_>) {
    let text = compact(&document());
    let twice = format!(r#"{},"client_id":"{CLIENT_ID}"}}"#, text.strip_suffix('}').expect("an object"));
    let padded = |bytes: usize| {
        let empty = compact(&with(&document(), &[("x", "".into())])).len();
        of(&[("x", "x".repeat(bytes - empty).into())])
    };
    for (id, comment, spec, response) in [
        ("status-404", "It is not there.", "CIMD §5", json_response(404, &document())),
        ("status-301", "A redirect is not followed.", "CIMD §5", json_response(301, &document())),
        ("status-203", "Not 200.", "CIMD §5", json_response(203, &document())),
        ("html", "A page.", "CIMD §5", response(200, "text/html", &text)),
        ("array", "An array.", "CIMD §4", response(200, "application/json", &format!("[{text}]"))),
        ("duplicate", "A member twice.", "DESIGN §14", response(200, "application/json", &twice)),
    ] {
        let req: &[&str] = if id == "duplicate" { &["AMB-028"] } else { &[] };
        group.invalid(case(id, comment, spec, req), "public", fetched(response), unacceptable());
    }
    let public = json!({
        "client_id": CLIENT_ID, "client_name": "Claude Code", "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "none", "grant_types": ["authorization_code"],
        "id_jag_profile": "not_listed",
    });
    // A string in a document is at most 2048 bytes long, which an unknown member does not have to be.
    group.valid(case("longest", "5 KiB.", "CIMD §8.7", &[]), padded(5120), public).invalid(
        case("one-byte-more", "5 KiB and a byte.", "CIMD §8.7", &[]),
        "longest",
        padded(5121),
        unacceptable(),
    );
}

/// Client identifiers that are addresses.
pub fn identifiers() -> Topic {
    let mut topic = TopicBuilder::new("client_id_url.parse", "identifiers");
    let mut group = topic.group("https only.", json!({}), keys(), NOW);
    let input = |url: &str| json!({"client_id": url});
    let output = |url: &str| json!({"client_id": url, "request": get(url)});
    let root = "https://client.example/";
    let query = "https://client.example/metadata.json?v=2";
    let req: &[&str] = &["CIMD-001", "MCP-012"];
    group
        .valid(case("path", "An address with a path.", "CIMD §3", req), input(CLIENT_ID), output(CLIENT_ID))
        .valid(
            case("verbatim", "Kept as it was written.", "CIMD §3", &["CIMD-002", "EMA-014"]),
            input("https://Client.example:443/a%2Db"),
            output("https://Client.example:443/a%2Db"),
        )
        .valid(
            case("root", "A path that is only a slash is flagged.", "CIMD §3", &["CIMD-001"]),
            input(root),
            with(&output(root), &[("is_root", true.into())]),
        )
        .valid(
            case("query", "So is a query.", "CIMD §3", &["CIMD-001"]),
            input(query),
            with(&output(query), &[("has_query", true.into())]),
        )
        .valid(
            case("dots-in-name", "Dots inside a name are nothing.", "CIMD §3", &["CIMD-001"]),
            input("https://client.example/a..b/.c"),
            output("https://client.example/a..b/.c"),
        );
    let long = format!("https://client.example/{}", "a".repeat(1024 - 22));
    for (id, comment, url) in [
        ("http", "Not https.", "http://client.example/metadata.json"),
        ("loopback", "Not https, on this machine.", "http://127.0.0.1/metadata.json"),
        ("no-path", "No path.", "https://client.example"),
        ("user", "With user information.", "https://a@client.example/metadata.json"),
        ("password", "With a password.", "https://a:b@client.example/metadata.json"),
        ("fragment", "With a fragment.", "https://client.example/metadata.json#a"),
        ("empty-fragment", "With an empty fragment.", "https://client.example/metadata.json#"),
        ("dot", "A dot segment.", "https://client.example/./metadata.json"),
        ("dots", "Two dots.", "https://client.example/a/../metadata.json"),
        ("dots-at-end", "At the end.", "https://client.example/a/.."),
        ("dots-escaped", "Escaped.", "https://client.example/a/%2e%2E/metadata.json"),
        ("slash-escaped", "With an escaped slash.", "https://client.example/a%2f..%2Fmetadata.json"),
        ("backslash-escaped", "With an escaped backslash.", "https://client.example/a%5c..%5Cmetadata.json"),
        ("opaque", "No address.", "f53f191f9311af35"),
        ("empty", "Nothing.", ""),
        ("space", "A space.", "https://client.example/meta data.json"),
        ("too-long", "1025 bytes.", &long),
    ] {
        group.invalid(case(id, comment, "CIMD §3", req), "path", input(url), unacceptable());
    }
    topic.finish()
}
