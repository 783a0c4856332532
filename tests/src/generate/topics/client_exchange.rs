//! `client.exchange_request` and `client.exchange_response`: RFC 8693 and ID-JAG §4.3 as a client lives them.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::client_scene::{
    IDP_TOKEN_ENDPOINT, RANDOM, assertion, client_keys, cnf, exchanged, id_jag, idp, post, proof, ras, secret,
    signing,
};
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, fails_locally, with};
use crate::generate::keys::{ATTACKER, CLIENT2};
use crate::generate::scene::{
    CLIENT_AT_IDP, CLIENT_ID, CLIENT2_ID, IDP_ISSUER, NOW, RAS_ISSUER, RESOURCE, RESOURCE2,
};
use crate::generate::web::{ID_JAG_TYPE, Refusal, TOKEN_EXCHANGE, refuse, response};

const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn config(credentials: Value) -> Value {
    json!({"audience": ras(), "idp": idp(), "credentials": credentials})
}

fn asked() -> Value {
    json!({"subject_token": "eyJ.id.token", "subject_token_type": ID_TOKEN, "random": RANDOM})
}

/// The parameters of every exchange, and these.
fn form(more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    let mut form = vec![
        ("grant_type", json!(TOKEN_EXCHANGE)),
        ("requested_token_type", json!(ID_JAG_TYPE)),
        ("audience", json!(RAS_ISSUER)),
        ("subject_token", json!("eyJ.id.token")),
        ("subject_token_type", json!(ID_TOKEN)),
    ];
    form.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    form.extend(more.iter().cloned());
    form
}

/// The same, signed.
fn signed(more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    let mut form = form(more);
    form.extend([
        ("client_id", json!(CLIENT_AT_IDP)),
        ("client_assertion_type", json!(ASSERTION_TYPE)),
        ("client_assertion", assertion(CLIENT_AT_IDP, IDP_ISSUER)),
    ]);
    form
}

/// What the client asks the IdP for.
pub fn request() -> Topic {
    let mut topic = TopicBuilder::new("client.exchange_request", "forms");
    let own = config(signing(IDP_ISSUER, CLIENT_AT_IDP));
    let mut group = topic.group("The client signs.", own.clone(), client_keys(), NOW);
    let details = json!([{"type": "file_access", "actions": ["read"]}]);
    let urn = |kind: &str| format!("urn:ietf:params:oauth:token-type:{kind}");
    let plain = |more: &[(&'static str, Value)]| post(IDP_TOKEN_ENDPOINT, &signed(more), &[]);
    let req: &[&str] = &["JAG-026", "JAG-027", "R8693-001"];
    for (id, comment, req, changes, output) in [
        ("signed", "What every request has.", req, vec![], plain(&[])),
        (
            "resource",
            "For a resource, as its metadata names it.",
            &["JAG-039", "EMA-005", "MCP-013"],
            vec![("resource", json!([RESOURCE]))],
            plain(&[("resource", json!(RESOURCE))]),
        ),
        (
            "scope-and-details",
            "With scope and authorization details.",
            &["JAG-031", "JAG-032", "R8693-007"],
            vec![("scope", json!("write read")), ("authorization_details", details.clone())],
            plain(&[
                ("scope", json!("read write")),
                ("authorization_details", json!(r#"[{"actions":["read"],"type":"file_access"}]"#)),
            ]),
        ),
        (
            "refresh-token",
            "With the IdP's refresh token.",
            &["JAG-033", "JAG-036", "R8693-002"],
            vec![("subject_token_type", json!(urn("refresh_token")))],
            plain(&[("subject_token_type", json!(urn("refresh_token")))]),
        ),
        (
            "saml",
            "With a SAML assertion.",
            &["JAG-033", "JAG-036"],
            vec![("subject_token_type", json!(urn("saml2")))],
            plain(&[("subject_token_type", json!(urn("saml2")))]),
        ),
        (
            "actor",
            "An actor token and its type.",
            &["JAG-038", "R8693-003"],
            vec![("actor_token", json!("eyJ.actor.token"))],
            plain(&[("actor_token", json!("eyJ.actor.token")), ("actor_token_type", json!(urn("jwt")))]),
        ),
    ] {
        group.valid(case(id, comment, "JAG §4.3", req), with(&asked(), &changes), output);
    }
    let two = with(&asked(), &[("resource", json!([RESOURCE, RESOURCE2]))]);
    let mut both = signed(&[("resource", json!(RESOURCE))]);
    both.push(("resource", json!(RESOURCE2)));
    group.valid(
        case("two-resources", "For two resources, each a parameter.", "RFC 8693 §2.1", &["R8693-005", "R6749-001"]),
        two,
        post(IDP_TOKEN_ENDPOINT, &both, &[]),
    );
    let proven = |more: &[(&str, Value)]| {
        post(IDP_TOKEN_ENDPOINT, &signed(&[]), &[("DPoP", proof("POST", IDP_TOKEN_ENDPOINT, more))])
    };
    group
        .valid(
            case("proof", "With a proof of the client's key.", "RFC 9449 §4.2", &["R9449-001", "R9449-002", "R9449-003"]),
            with(&asked(), &[("proof", json!({}))]),
            proven(&[]),
        )
        .valid(
            case("proof-with-nonce", "With the IdP's nonce in it.", "RFC 9449 §8", &["R9449-005"]),
            with(&asked(), &[("proof", json!({"nonce": "eyJ7S_zG"}))]),
            proven(&[("nonce", json!("eyJ7S_zG"))]),
        );
    refused(&mut group);
    others(&mut topic, &own);
    topic.finish()
}

fn refused(group: &mut GroupBuilder<'_>) {
    let set = |member: &str, value: Value| with(&asked(), &[(member, value)]);
    let of = |resource: &str| set("resource", json!([resource]));
    let made = |member: &str, value: &str| set("proof", json!({member: value}));
    refuse(group, "resource", "RFC 8693 §2.1", &[
        ("resource-fragment", "With a fragment.", &["R8693-004", "R8707-002"], of("https://mcp.chat.example/#a"), "url_malformed"),
        ("resource-empty-fragment", "With an empty one.", &["R8693-004", "R8707-002"], of("https://mcp.chat.example/#"), "url_malformed"),
        ("resource-relative", "Relative.", &["R8693-004", "R8707-001"], of("/mcp"), "url_malformed"),
        ("resource-name", "A name.", &["R8693-004", "R8707-001"], of("chat"), "url_malformed"),
        ("resource-query", "With a query.", &["R8707-003"], of("https://mcp.chat.example/?a=b"), "resource_malformed"),
        ("resource-http", "Not https.", &["MCP-035"], of("http://mcp.chat.example/"), "url_insecure"),
    ]);
    refuse(group, "signed", "DESIGN §3.2", &[
        ("random-short", "Eleven random bytes.", &["R9449-002"], set("random", json!("AAECAwQFBgcICQo")), "entropy_too_short"),
        ("random-none", "None.", &["R9449-002"], set("random", json!("")), "entropy_too_short"),
    ]);
    refuse(group, "scope-and-details", "RFC 6749 §3.3", &[(
        "scope-quote",
        "No scope.",
        &["R6749-006"],
        with(&asked(), &[
            ("scope", json!("wri\"te read")),
            ("authorization_details", json!([{"type": "file_access", "actions": ["read"]}])),
        ]),
        "scope_malformed",
    )]);
    let details = |details: Value| with(&asked(), &[("scope", json!("write read")), ("authorization_details", details)]);
    refuse(group, "scope-and-details", "RFC 9396 §2", &[
        ("details-object", "Not a list.", &["JAG-032"], details(json!({"type": "file_access"})), "details_malformed"),
        ("details-untyped", "Without a type.", &["JAG-032"], details(json!([{"actions": ["read"]}])), "details_malformed"),
    ]);
    refuse(group, "proof", "RFC 9449 §4.2", &[
        ("proof-elsewhere", "Made for another address.", &["R9449-003"], made("url", "https://acme.idp.example/other"), "proof_uri_mismatch"),
        ("proof-of-get", "Made for another method.", &["R9449-003"], made("method", "GET"), "proof_method_mismatch"),
        ("nonce-control", "A nonce that cannot be one.", &["R9449-005"], made("nonce", "a\n"), "text_invalid"),
    ]);
    group
        .valid(case("random-12", "Twelve are enough.", "RFC 9449 §4.2", &["R9449-002"]), asked(), post(IDP_TOKEN_ENDPOINT, &signed(&[]), &[]))
        .invalid(
            case("milliseconds", "The time in milliseconds.", "DESIGN §3.2", &[]).at(NOW * 1000),
            "signed",
            asked(),
            fails_locally("invalid_now"),
        );
}

/// Other ways to authenticate, and credentials of another server.
fn others(topic: &mut TopicBuilder, own: &Value) {
    let of = |method: &str| config(secret(IDP_ISSUER, CLIENT_AT_IDP, method, "p@ss: w%rd+"));
    let strange = config(secret(IDP_ISSUER, "https://client.example/id?a=b c:d", "client_secret_basic", "p@ss: w%rd+"));
    // base64("https%3A%2F%2Fclient.example%2Fid%3Fa%3Db+c%3Ad:p%40ss%3A+w%25rd%2B")
    let basic = "Basic aHR0cHMlM0ElMkYlMkZjbGllbnQuZXhhbXBsZSUyRmlkJTNGYSUzRGIrYyUzQWQ6cCU0MHNzJTNBK3clMjVyZCUyQg==";
    topic.group("The client has a secret.", strange, client_keys(), NOW).valid(
        case("basic", "Both parts are form-encoded before base64.", "RFC 6749 §2.3.1", &["R6749-005", "R6749-004", "EMA-007"]),
        asked(),
        post(IDP_TOKEN_ENDPOINT, &form(&[]), &[("Authorization", json!(basic))]),
    );
    topic.group("The client posts a secret.", of("client_secret_post"), client_keys(), NOW).valid(
        case("post", "In the body and nowhere else.", "RFC 6749 §2.3.1", &["R6749-004", "EMA-007"]),
        asked(),
        post(
            IDP_TOKEN_ENDPOINT,
            &form(&[("client_id", json!(CLIENT_AT_IDP)), ("client_secret", json!("p@ss: w%rd+"))]),
            &[],
        ),
    );
    topic.group("A public client.", of("none"), client_keys(), NOW).valid(
        case("public", "It says who it is and no more.", "RFC 6749 §3.2.1", &["R6749-004"]),
        asked(),
        post(IDP_TOKEN_ENDPOINT, &form(&[("client_id", json!(CLIENT_AT_IDP))]), &[]),
    );
    for (id, comment, path, value, code) in [
        ("credentials-elsewhere", "Credentials of another server.", "credentials/issuer", RAS_ISSUER, "credentials_issuer_mismatch"),
        ("credentials-slash", "A slash makes another server.", "credentials/issuer", "https://acme.idp.example/", "credentials_issuer_mismatch"),
        ("audience-query", "No issuer identifier.", "audience/issuer", "https://auth.chat.example/?a", "url_malformed"),
        ("idp-http", "Not https.", "idp/token_endpoint", "http://acme.idp.example/token", "url_insecure"),
        ("client-id-empty", "Nobody.", "credentials/client_id", "", "text_invalid"),
    ] {
        let req: &[&str] = if path == "credentials/issuer" { &["MCP-009"] } else { &["MCP-035"] };
        let req = if id == "client-id-empty" { &[] } else { req };
        let mut group = topic.group(comment, with(own, &[(path, value.into())]), client_keys(), NOW);
        refuse(&mut group, "signed", "MCP authorization", &[(id, comment, req, asked(), code)]);
    }
}

fn redeemer(binding: &str) -> Value {
    json!({"audience": ras(), "client_id": CLIENT_ID, "binding": binding})
}

fn came(response: Value) -> Value {
    json!({"response": response, "resource": [RESOURCE], "scope": "read write"})
}

/// What the client makes of the IdP's answer.
pub fn answer() -> Topic {
    let mut topic = TopicBuilder::new("client.exchange_response", "grants");
    let mut group = topic.group("Without a proof.", redeemer("unbound"), client_keys(), NOW);
    let whole = json!({"audience": RAS_ISSUER, "expires_at": NOW + 300, "scope": "read write"});
    let read = with(&whole, &[("scope", json!("read"))]);
    let usual = |changes: &[(&str, Value)]| came(exchanged(&id_jag(&[]), changes));
    let quiet = id_jag(&[("scope", Value::Null), ("resource", Value::Null)]);
    let narrow = id_jag(&[("scope", json!("read"))]);
    for (id, comment, req, input, output) in [
        ("whole", "All that was asked for.", &["JAG-053", "JAG-054", "JAG-055"][..], usual(&[]), whole.clone()),
        ("quiet", "What nobody says is what was asked for.", &["JAG-056", "R8693-011"], came(exchanged(&quiet, &[])), whole.clone()),
        ("narrow-claim", "Less, as the grant says.", &["JAG-056"], came(exchanged(&narrow, &[])), read.clone()),
        ("narrow-member", "Less, as the response says.", &["JAG-056", "R8693-011"], usual(&[("scope", json!("read"))]), read),
        ("lower-case", "The type in another case.", &["R8693-010"], usual(&[("token_type", json!("n_a"))]), whole.clone()),
        ("unknown-members", "Unknown members mean nothing.", &["R6749-009"], usual(&[("refresh_token", json!("r")), ("error", json!("access_denied"))]), whole.clone()),
        ("shorter", "The shorter of two lives.", &["JAG-058"], usual(&[("expires_in", json!(60))]), with(&whole, &[("expires_at", json!(NOW + 60))])),
        ("longer", "Whichever that is.", &["JAG-058"], usual(&[("expires_in", json!(600))]), whole.clone()),
        ("digits", "Seconds in quotes.", &["JAG-058"], usual(&[("expires_in", json!("60"))]), with(&whole, &[("expires_at", json!(NOW + 60))])),
        ("resource-member", "The resource, said again.", &["AMB-011"], usual(&[("resource", json!([RESOURCE]))]), whole.clone()),
    ] {
        group.valid(case(id, comment, "JAG §4.3.4", req), input, output);
    }
    let claim = |name: &str, value: Value| came(exchanged(&id_jag(&[(name, value)]), &[]));
    let issued: &[&str] = &["JAG-053", "R8693-009"];
    let kind: &[&str] = &["JAG-055", "R8693-010"];
    let token: &[&str] = &["JAG-054", "R8693-009"];
    let wide: &[&str] = &["JAG-056", "R8693-011"];
    let (itt, tt, at) = ("issued_token_type", "token_type", "access_token");
    let rows: Vec<Refusal<'_>> = vec![
        ("type-missing", "No issued token type.", issued, usual(&[(itt, Value::Null)]), "issued_token_type_mismatch"),
        ("type-jwt", "Another.", issued, usual(&[(itt, json!("urn:ietf:params:oauth:token-type:jwt"))]), "issued_token_type_mismatch"),
        ("type-case", "In another case.", issued, usual(&[(itt, json!(ID_JAG_TYPE.to_uppercase()))]), "issued_token_type_mismatch"),
        ("bearer", "A bearer token.", kind, usual(&[(tt, json!("Bearer"))]), "token_type_mismatch"),
        ("dpop", "A DPoP token.", kind, usual(&[(tt, json!("DPoP"))]), "token_type_mismatch"),
        ("token-type-missing", "No token type.", kind, usual(&[(tt, Value::Null)]), "token_type_mismatch"),
        ("token-missing", "No token.", token, usual(&[(at, Value::Null)]), "response_malformed"),
        ("token-object", "No text.", token, usual(&[(at, json!({}))]), "response_malformed"),
        ("token-opaque", "No JWT.", token, usual(&[(at, json!("opaque"))]), "token_malformed"),
        ("typ", "Another kind of token.", &["JAG-054", "EMA-012"], came(exchanged(&id_jag(&[]).header("typ", "at+jwt"), &[])), "typ_mismatch"),
        ("audience", "For another server.", &["JAG-096", "AMB-008"], claim("aud", json!("https://auth.evil.example/")), "audience_mismatch"),
        ("audience-slash", "A slash makes another server.", &["AMB-008"], claim("aud", json!("https://auth.chat.example")), "audience_mismatch"),
        ("audiences", "For two servers.", &["JAG-096"], claim("aud", json!([RAS_ISSUER, IDP_ISSUER])), "audience_mismatch"),
        ("client", "For another client.", &[], claim("client_id", json!(CLIENT2_ID)), "client_mismatch"),
        ("client-missing", "For no client.", &[], claim("client_id", Value::Null), "claim_missing"),
        ("wider-claim", "More than was asked for.", wide, claim("scope", json!("read write admin")), "grant_widened"),
        ("wider-member", "As the response says.", wide, usual(&[("scope", json!("read write admin"))]), "grant_widened"),
        ("other-resource", "For another resource.", &["AMB-011"], claim("resource", json!(RESOURCE2)), "grant_widened"),
        ("resource-member-other", "As the response says.", &["AMB-011"], usual(&[("resource", json!(RESOURCE2))]), "grant_widened"),
        ("details-unasked", "Authorization details that nobody asked for.", &["JAG-057"], usual(&[("authorization_details", json!([{"type": "x"}]))]), "grant_widened"),
        ("scope-list", "A scope that is a list.", &[], usual(&[("scope", json!(["read"]))]), "response_malformed"),
        ("expires-negative", "A life that is none.", &[], usual(&[("expires_in", json!(-1))]), "response_malformed"),
        ("expires-now", "A life that is over.", &["JAG-058"], usual(&[("expires_in", json!(0))]), "token_expired"),
        ("bound", "Bound to a key that nobody proved.", &["JAG-100"], claim("cnf", cnf()), "proof_missing"),
        ("exp-missing", "Without end.", &[], claim("exp", Value::Null), "claim_missing"),
        ("duplicate-claim", "A claim twice.", &["AMB-028"], came(exchanged(&id_jag(&[]).duplicate_claim("aud", RAS_ISSUER), &[])), "duplicate_member"),
    ];
    refuse(&mut group, "whole", "JAG §4.3.4", &rows);
    group.invalid(
        case("expired", "It is over.", "JAG §4.5", &[]).at(NOW + 300),
        "whole",
        usual(&[]),
        fails_locally("token_expired"),
    );
    errors(&mut group);
    bindings(&mut topic);
    topic.finish()
}

/// The server's refusals: the same body as that of a success, for what counts is the status.
fn errors(group: &mut GroupBuilder<'_>) {
    let whole = json!({"audience": RAS_ISSUER, "expires_at": NOW + 300, "scope": "read write"});
    let body = |status: u16, error: &str| {
        let mut response = exchanged(&id_jag(&[]), &[("error", json!(error))]);
        response["status"] = status.into();
        came(response)
    };
    for (ok, id, comment, req, error, code) in [
        ("ok-denied", "denied", "A policy says no.", &["AMB-004", "JAG-091"][..], "access_denied", "server_denied"),
        ("ok-grant", "invalid-grant", "The subject token is not accepted.", &["AMB-005"], "invalid_grant", "server_refused"),
        ("ok-request", "invalid-request", "By another name.", &["AMB-005"], "invalid_request", "server_refused"),
        ("ok-stale", "step-up", "Another sign-on is wanted.", &["AMB-027"], "insufficient_user_authentication", "step_up_required"),
        ("ok-client", "invalid-client", "The client is not accepted.", &["EMA-007"], "invalid_client", "server_refused"),
        ("ok-target", "invalid-target", "The server is not known there.", &[], "invalid_target", "server_refused"),
        ("ok-unheard", "unheard-of", "An error nobody has heard of.", &[], "tea_time", "server_refused"),
        ("ok-later", "unavailable", "To be asked later.", &[], "temporarily_unavailable", "server_failed"),
    ] {
        group
            .valid(case(ok, "A success that names an error is one.", "RFC 6749 §5.1", &["R6749-009"]), body(200, error), whole.clone())
            .invalid(case(id, comment, "RFC 6749 §5.2", req), ok, body(400, error), fails_locally(code));
    }
    for (id, status, code) in [
        ("status-201", 201, "response_malformed"),
        ("status-302", 302, "redirect_refused"),
        ("status-500", 500, "server_failed"),
        ("status-503", 503, "server_failed"),
    ] {
        group.invalid(
            case(id, "A status that decides.", "RFC 8693 §2.2", &["R8693-009"]),
            "ok-denied",
            body(status, "access_denied"),
            fails_locally(code),
        );
    }
    let mut page = exchanged(&id_jag(&[]), &[]);
    page["headers"] = response(200, "text/html", "")["headers"].clone();
    group.invalid(
        case("html", "No JSON.", "RFC 6749 §5.1", &[]),
        "whole",
        came(page),
        fails_locally("response_malformed"),
    );
}

/// Grants that are bound to the client's key.
fn bindings(topic: &mut TopicBuilder) {
    let bound = id_jag(&[("cnf", cnf())]);
    let jkt = CLIENT2.es256().thumbprint();
    let whole = json!({"audience": RAS_ISSUER, "expires_at": NOW + 300, "scope": "read write"});
    let held = with(&whole, &[("jkt", jkt.into())]);
    let mut group = topic.group("With a proof, binding required.", redeemer("required"), client_keys(), NOW);
    group.valid(
        case("bound-to-own-key", "Bound to the key that was proven.", "JAG §9.8.1", &["JAG-100"]),
        came(exchanged(&bound, &[])),
        held.clone(),
    );
    let other = id_jag(&[("cnf", json!({"jkt": ATTACKER.es256().thumbprint()}))]);
    let both: &[&str] = &["JAG-100", "JAG-105"];
    refuse(&mut group, "bound-to-own-key", "JAG §9.8.1", &[
        ("not-bound", "A silent downgrade.", &["JAG-105"], came(exchanged(&id_jag(&[]), &[])), "binding_missing"),
        ("bound-to-other-key", "Bound to another key.", both, came(exchanged(&other, &[])), "binding_missing"),
    ]);
    let mut group = topic.group("With a proof, binding preferred.", redeemer("dangerous_preferred"), client_keys(), NOW);
    group
        .valid(case("preferred-bound", "Bound.", "JAG §9.8.1", &["JAG-100"]), came(exchanged(&bound, &[])), held)
        .valid(
            case("preferred-not-bound", "A downgrade that was allowed for.", "JAG §9.8.1", &["JAG-105"]),
            came(exchanged(&id_jag(&[]), &[])),
            whole,
        );
    refuse(&mut group, "preferred-bound", "JAG §9.8.1", &[(
        "preferred-other-key",
        "Bound to another key.",
        both,
        came(exchanged(&other, &[])),
        "binding_missing",
    )]);
}
