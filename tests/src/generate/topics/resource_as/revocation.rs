//! `resource_as.revocation`: RFC 7009, a client gives up an access token.

use serde_json::{Value, json};

use super::super::endpoints::assertions::with_assertion;
use super::super::endpoints::{OTHER_SECRET, SECRET, basic_client, headers};
use crate::format::{Keys, Topic};
use crate::generate::dsl::{TopicBuilder, case, fails, fails_locally, keys, with};
use crate::generate::keys::{ATTACKER, CLIENT, RAS, jwks};
use crate::generate::mint::{Jws, break_signature};
use crate::generate::request::{Request, proof};
use crate::generate::scene::{
    CLIENT_ID, CLIENT2_ID, IDP_ISSUER, NOW, RAS_ISSUER, RAS_TOKEN_ENDPOINT, RESOURCE,
};

const ENDPOINT: &str = "https://auth.chat.example/oauth2/revoke";

fn config() -> Value {
    with(
        &super::config(),
        &[
            ("server/revocation_endpoint", json!(ENDPOINT)),
            ("clients/1", basic_client(CLIENT2_ID)),
            ("accounts", Value::Null),
        ],
    )
}

fn own_keys() -> Keys {
    keys().set(RAS_ISSUER, jwks(&[RAS.es256()]))
}

/// An access token of the client's.
fn token() -> Jws {
    Jws::new(
        RAS.es256(),
        "at+jwt",
        &json!({
            "iss": RAS_ISSUER, "sub": "user-1", "aud": RESOURCE, "client_id": CLIENT_ID, "jti": "at-1", "iat": NOW,
            "exp": NOW + 600, "scope": "chat.read", "jag_jti": "jag-1",
        }),
    )
}

fn revoke_text(token: &str) -> Request {
    Request::form(&[("token", token), ("token_type_hint", "access_token")])
}

fn revoke(token: &Jws) -> Request {
    revoke_text(&token.compact()).basic(CLIENT_ID, SECRET)
}

fn record() -> Value {
    json!({
        "time": NOW, "role": "resource_as", "decided_by": RAS_ISSUER, "outcome": "revoke", "client_id": CLIENT_ID,
        "client_authenticated": true, "sender_constrained": false, "issuer": RAS_ISSUER, "subject": "user-1",
        "token_id": "at-1", "grant_id": "jag-1", "expires_at": NOW + 600,
    })
}

/// The answer to the good request.
fn output() -> Value {
    json!({
        "status": 200, "headers": headers(), "body": {}, "record": record(),
        "entries": [{"iss": RAS_ISSUER, "jti": "at-1", "retain_until": NOW + 900}],
    })
}

/// The answer about what is no token of this server's: there is nothing to revoke.
fn nothing(error: &str, detail: Option<&str>) -> Value {
    let mut record = json!({
        "time": NOW, "role": "resource_as", "decided_by": RAS_ISSUER, "outcome": "ignore", "client_id": CLIENT_ID,
        "client_authenticated": true, "sender_constrained": false, "error": error,
        "error_token": "access_token",
    });
    if let Some(detail) = detail {
        record["error_detail"] = json!(detail);
    }
    with(&output(), &[("record", record), ("entries", json!([]))])
}

/// Tokens, clients, stores.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.revocation", "tokens");
    let mut group = topic.group("Two clients, with a secret each.", config(), own_keys(), NOW);
    group
        .valid(
            case("own", "A client gives up a token of its own.", "RFC 7009 §2.1", &["R7009-001"]),
            revoke(&token()).input(),
            output(),
        )
        .valid(
            case("no-hint", "Without saying what kind of token it is.", "RFC 7009 §2.1", &["R7009-001"]),
            revoke(&token()).without("token_type_hint").input(),
            output(),
        )
        .valid(
            case("other-hint", "With a hint that is wrong.", "RFC 7009 §2.1", &["R7009-001"]),
            revoke(&token()).set("token_type_hint", "refresh_token").input(),
            output(),
        )
        .valid(
            case(
                "bound",
                "A bound token needs no proof: to give it up is not to use it.",
                "RFC 7009 §2.1",
                &[],
            ),
            revoke(&token().claim("cnf", json!({"jkt": CLIENT.es256().thumbprint()}))).input(),
            with(&output(), &[("record/sender_constrained", json!(true))]),
        );
    let derived = |sub: &str| {
        let act = json!({"iss": RAS_ISSUER, "sub": sub});
        revoke_text(&token().claim("act", act).compact()).basic(CLIENT2_ID, SECRET).input()
    };
    let by_another = [("record/client_id", json!(CLIENT2_ID)), ("record/target_client_id", json!(CLIENT_ID))];
    let act = json!({"iss": RAS_ISSUER, "sub": CLIENT2_ID});
    group
        .valid(
            case("acting", "The client that derived it gives it up.", "RFC 7009 §2.1", &["R7009-001"]),
            derived(CLIENT2_ID),
            with(&with(&output(), &by_another), &[("record/actor", act)]),
        )
        .invalid(
            case("acting-another", "Another client acts with it.", "RFC 7009 §2.1", &["R7009-001"]),
            "acting",
            derived("another"),
            fails("client_mismatch", "invalid_grant"),
        );
    group.valid(
        case(
            "expired-here",
            "What has expired here, a resource with the greatest tolerance still takes.",
            "RFC 9068 §4",
            &["R7009-001"],
        ),
        revoke(&token().claim("exp", NOW - 299)).input(),
        with(
            &output(),
            &[("record/expires_at", json!(NOW - 299)), ("entries/0/retain_until", json!(NOW + 1))],
        ),
    );
    for (id, comment, text, error, detail) in [
        ("no-token", "It is no token at all.", "no token".to_owned(), "token_malformed", None),
        ("forged", "Nobody signed it.", break_signature(&token().compact()), "signature_invalid", None),
        (
            "foreign",
            "Another server issued it.",
            token().claim("iss", IDP_ISSUER).compact(),
            "issuer_mismatch",
            None,
        ),
        (
            "expired",
            "It has expired, for whoever verifies it.",
            token().claim("exp", NOW - 300).compact(),
            "token_expired",
            None,
        ),
        ("another-kind", "It is no access token.", super::grant().compact(), "typ_mismatch", None),
        (
            "by-another-key",
            "A key signed it that is not the server's.",
            token().signed_by(ATTACKER.es256()).header("kid", "attacker-es256").compact(),
            "key_unknown",
            None,
        ),
        ("no-jti", "It has no id.", token().without("jti").compact(), "claim_missing", Some("jti")),
    ] {
        group.valid(
            case(id, comment, "RFC 7009 §2.2", &["R7009-001"]),
            revoke_text(&text).basic(CLIENT_ID, SECRET).input(),
            nothing(error, detail),
        );
    }
    let invalid_client = |code: &str| fails(code, "invalid_client");
    group
        .invalid(
            case("anothers", "The token of another client.", "RFC 7009 §2.1", &["R7009-001"]),
            "own",
            revoke(&token().claim("client_id", CLIENT2_ID)).input(),
            fails("client_mismatch", "invalid_grant"),
        )
        .invalid(
            case("wrong-secret", "The client cannot authenticate.", "RFC 7009 §2.1", &["R7009-001"]),
            "own",
            revoke(&token()).basic(CLIENT_ID, OTHER_SECRET).input(),
            invalid_client("client_authentication_failed"),
        )
        .invalid(
            case("nobody", "There is no such client.", "RFC 7009 §2.1", &["R7009-001"]),
            "own",
            revoke(&token()).basic("nobody", SECRET).input(),
            invalid_client("client_unknown"),
        )
        .invalid(
            case("no-parameter", "Nothing is to be revoked.", "RFC 7009 §2.1", &["R7009-001"]),
            "own",
            revoke(&token()).without("token").input(),
            fails("parameter_missing", "invalid_request"),
        )
        .invalid(
            case("get", "A request that asks.", "RFC 7009 §2", &[]),
            "own",
            revoke(&token()).method("GET").input(),
            fails("method_not_allowed", "invalid_request"),
        )
        .invalid(
            case("not-stored", "The entry could not be stored.", "RFC 7009 §2.2.1", &["R7009-001"]),
            "own",
            with(&revoke(&token()).input(), &[("stored", json!("unavailable"))]),
            fails("store_unavailable", "temporarily_unavailable"),
        )
        .valid(
            case("nothing-to-store", "Where there is no entry, no store is missed.", "RFC 7009 §2.2", &[]),
            with(
                &revoke_text("no token").basic(CLIENT_ID, SECRET).input(),
                &[("stored", json!("unavailable"))],
            ),
            nothing("token_malformed", None),
        );
    topic.group("The server's own keys cannot be had.", config(), keys(), NOW).invalid(
        case("no-keys", "Whose token it is cannot be told.", "RFC 7009 §2.2.1", &[]),
        "own",
        revoke(&token()).input(),
        fails("keys_unavailable", "temporarily_unavailable"),
    );
    let without = with(&config(), &[("server/revocation_endpoint", Value::Null)]);
    topic.group("No revocation endpoint is configured.", without, own_keys(), NOW).invalid(
        case("no-endpoint", "Nothing is revoked here.", "RFC 7009 §2", &[]),
        "own",
        revoke(&token()).input(),
        fails("config_invalid", "server_error"),
    );
    let retired = with(&config(), &[("clients/0/may_use_grant", json!(false))]);
    topic.group("The client may not use the grant any more.", retired, own_keys(), NOW).valid(
        case("retired", "It may give up what it has.", "RFC 7009 §2.1", &[]),
        revoke(&token()).input(),
        output(),
    );
    proofs(&mut topic);
    assertions(&mut topic);
    topic.finish()
}

/// Proofs need not come; those that come must hold, and are used once.
fn proofs(topic: &mut TopicBuilder) {
    let public = json!({"client_id": CLIENT_ID, "token_endpoint_auth_method": "none"});
    let config = with(&config(), &[("clients/0", public)]);
    let send = || revoke_text(&token().compact()).set("client_id", CLIENT_ID);
    let unproven = with(&output(), &[("record/client_authenticated", json!(false))]);
    let own = |url: &str| proof(CLIENT.es256(), "POST", url, NOW);
    topic
        .group("The client cannot authenticate.", config.clone(), own_keys(), NOW)
        .valid(
            case("public", "It names itself.", "RFC 7009 §2.1", &["AMB-020"]),
            send().input(),
            unproven.clone(),
        )
        .valid(
            case("proof", "A proof for this endpoint.", "RFC 9449 §4.3", &[]),
            send().proof(&own(ENDPOINT)).input(),
            unproven.clone(),
        )
        .valid(
            case("two-proofs", "Two requests with a proof each.", "RFC 9449 §11.1", &[]),
            send().proof(&own(ENDPOINT)).after(&[&send().proof(&own(ENDPOINT).claim("jti", "proof-2"))]),
            with(&unproven, &[("earlier", json!([{"status": 200}]))]),
        )
        .invalid(
            case("proof-elsewhere", "A proof for the token endpoint.", "RFC 9449 §4.3", &["R9449-014"]),
            "proof",
            send().proof(&own(RAS_TOKEN_ENDPOINT)).input(),
            fails("proof_uri_mismatch", "invalid_dpop_proof"),
        )
        .invalid(
            case("proof-replayed", "The same proof again.", "RFC 9449 §11.1", &["R9449-020"]),
            "two-proofs",
            send().proof(&own(ENDPOINT)).after(&[&send().proof(&own(ENDPOINT))]),
            fails("token_replayed", "invalid_dpop_proof"),
        );
    let config = with(&config, &[("nonce", json!({"current": "nonce-2-current"}))]);
    topic
        .group("Proofs must carry a nonce.", config, own_keys(), NOW)
        .valid(
            case("nonce", "It does.", "RFC 9449 §8", &["R9449-032"]),
            send().proof(&own(ENDPOINT).claim("nonce", "nonce-2-current")).input(),
            unproven,
        )
        .invalid(
            case("nonce-missing", "It does not.", "RFC 9449 §8", &["R9449-032"]),
            "nonce",
            send().proof(&own(ENDPOINT)).input(),
            fails("proof_nonce_required", "use_dpop_nonce"),
        );
}

/// Clients that authenticate by `private_key_jwt`.
fn assertions(topic: &mut TopicBuilder) {
    let record = json!({
        "client_id": CLIENT_ID, "token_endpoint_auth_method": "private_key_jwt", "jwks": jwks(&[CLIENT.es256()]),
    });
    let config = with(&config(), &[("clients/0", record)]);
    let assertion = |jti: &str| {
        let claims = json!({
            "iss": CLIENT_ID, "sub": CLIENT_ID, "aud": RAS_ISSUER, "jti": jti, "iat": NOW, "exp": NOW + 60,
        });
        Jws::new(CLIENT.es256(), "client-authentication+jwt", &claims)
    };
    let send = |assertion: &Jws| with_assertion(&revoke_text(&token().compact()), &assertion.compact());
    topic
        .group("The client is registered for private_key_jwt.", config, own_keys(), NOW)
        .valid(
            case("assertion", "It authenticates so.", "RFC 7523 §2.2", &["R7009-001"]),
            send(&assertion("assertion-1")).input(),
            output(),
        )
        .valid(
            case("two-assertions", "Twice, with an assertion each.", "RFC 7523 §3", &[]),
            send(&assertion("assertion-1")).after(&[&send(&assertion("assertion-2"))]),
            with(&output(), &[("earlier", json!([{"status": 200}]))]),
        )
        .invalid(
            case("assertion-replayed", "The same assertion again.", "RFC 7523 §3", &["R7523-010"]),
            "two-assertions",
            send(&assertion("assertion-1")).after(&[&send(&assertion("assertion-1"))]),
            fails("token_replayed", "invalid_client"),
        )
        .invalid(
            case("store-unavailable", "Nobody knows whether it was used.", "RFC 7523 §3", &[]),
            "assertion",
            with(&send(&assertion("assertion-1")).input(), &[("store", json!("unavailable"))]),
            fails("store_unavailable", "temporarily_unavailable"),
        )
        .invalid(
            case("assertion-endpoint", "Its audience is the endpoint.", "rfc7523bis §4", &["R7523B-001"]),
            "assertion",
            send(&assertion("assertion-1").claim("aud", ENDPOINT)).input(),
            fails("audience_mismatch", "invalid_client"),
        );
    let milliseconds = fails_locally("invalid_now");
    topic.group("Two clients, with a secret each.", self::config(), own_keys(), NOW).invalid(
        case("milliseconds", "The time in milliseconds.", "DESIGN §3.2", &[]).at(NOW * 1000),
        "own",
        revoke(&token()).input(),
        milliseconds,
    );
}
