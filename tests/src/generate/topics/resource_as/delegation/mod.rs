//! RFC 8693 at the resource authorization server: a token for a subagent, derived from the one of its parent.

pub mod actors;
pub mod governed;
pub mod held;

use serde_json::{Value, json};

use super::super::endpoints::{SECRET, basic_client, headers};
use crate::format::{Keys, Topic};
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, fails, with};
use crate::generate::keys::{ATTACKER, CLIENT2, RAS, jwks};
use crate::generate::mint::{Jws, break_signature};
use crate::generate::request::Request;
use crate::generate::scene::{CLIENT_ID, CLIENT2_ID, IDP_ISSUER, NOW, RAS_ISSUER, RESOURCE, RESOURCE2};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
const AGENTS: &str = "https://agents.example";
const SPEC: &str = "DESIGN §7";

fn config() -> Value {
    with(
        &super::config(),
        &[
            ("server/delegation", json!({"actor_profiles": [{"issuer": AGENTS, "typ": "actor+jwt"}]})),
            ("server/resources/1", json!({"id": RESOURCE2, "scopes": "files.read"})),
            ("clients/1", basic_client(CLIENT2_ID)),
            (
                "accounts/0",
                json!({"issuer": RAS_ISSUER, "subject": "user-1", "account": {"subject": "user-1"}}),
            ),
        ],
    )
}

fn own_keys() -> Keys {
    super::server_keys().set(RAS_ISSUER, jwks(&[RAS.es256()])).set(AGENTS, jwks(&[CLIENT2.es256()]))
}

/// The parent's access token.
fn parent() -> Jws {
    Jws::new(
        RAS.es256(),
        "at+jwt",
        &json!({
            "iss": RAS_ISSUER, "sub": "user-1", "aud": RESOURCE, "client_id": CLIENT_ID, "jti": "at-0",
            "iat": NOW - 60, "exp": NOW + 540, "scope": "chat.history chat.read", "jag_jti": "jag-1",
            "ctx": "conversation:1", "auth_time": NOW - 600, "tier": "gold",
        }),
    )
}

/// What vouches for a subagent.
fn actor() -> Jws {
    Jws::new(
        CLIENT2.es256(),
        "actor+jwt",
        &json!({"iss": AGENTS, "sub": "agent-7", "aud": RAS_ISSUER, "jti": "actor-1", "iat": NOW, "exp": NOW + 300}),
    )
}

fn derive_text(parent: &str) -> Request {
    Request::form(&[
        ("grant_type", EXCHANGE),
        ("subject_token", parent),
        ("subject_token_type", ACCESS_TOKEN),
    ])
}

/// The request of the app itself.
fn derive(parent: &Jws) -> Request {
    derive_text(&parent.compact()).basic(CLIENT_ID, SECRET)
}

fn through(request: Request, actor: &Jws) -> Request {
    request.set("actor_token", actor.compact()).set("actor_token_type", JWT)
}

/// The answer to the good request.
fn output() -> Value {
    json!({
        "status": 200,
        "headers": headers(),
        "body": {
            "access_token": {
                "header": {"alg": "ES256", "kid": "ras-es256", "typ": "at+jwt"},
                "claims": {
                    "iss": RAS_ISSUER, "sub": "user-1", "aud": RESOURCE, "client_id": CLIENT_ID, "jti": "at-1",
                    "iat": NOW, "exp": NOW + 540, "scope": "chat.history chat.read", "jag_jti": "jag-1",
                    "ctx": "conversation:1", "auth_time": NOW - 600, "ancestors": ["at-0"], "tier": "gold",
                },
            },
            "issued_token_type": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 540,
            "scope": "chat.history chat.read", "resource": RESOURCE,
        },
        "record": {
            "time": NOW, "role": "resource_as", "action": "derive", "decided_by": RAS_ISSUER, "outcome": "permit", "client_id": CLIENT_ID,
            "client_authenticated": true, "sender_constrained": false, "issuer": RAS_ISSUER, "subject": "user-1",
            "resources": [RESOURCE], "scope_asked": "chat.history chat.read", "scope_granted": "chat.history chat.read",
            "token_id": "at-1", "grant_id": "jag-1", "parent_id": "at-0", "context": "conversation:1",
            "auth_time": NOW - 600, "expires_at": NOW + 540,
        },
    })
}

/// The answer to the same, with this actor.
fn acted(output: &Value, act: &Value) -> Value {
    with(output, &[("body/access_token/claims/act", act.clone()), ("record/actor", act.clone())])
}

/// The answer to the same, bound to a key.
fn bound(output: &Value, jkt: &str) -> Value {
    let changes = [
        ("body/token_type", json!("DPoP")),
        ("body/access_token/claims/cnf", json!({"jkt": jkt})),
        ("record/sender_constrained", json!(true)),
    ];
    with(output, &changes)
}

/// Parents, rights, clients.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "delegation");
    let mut group =
        topic.group("Tokens of this server can be derived from each other.", config(), own_keys(), NOW);
    rights(&mut group);
    parents(&mut group);
    let required = with(&config(), &[("server/context", json!("required"))]);
    topic
        .group("The server requires a conversation.", required, own_keys(), NOW)
        .valid(
            case("conversation", "The parent is for one, and so is the child.", SPEC, &[]),
            derive(&parent()).input(),
            output(),
        )
        .invalid(
            case("no-conversation", "The parent is from before.", SPEC, &[]),
            "conversation",
            derive(&parent().without("ctx")).input(),
            fails("context_required", "invalid_grant"),
        );
    let off = with(&config(), &[("server/delegation", Value::Null)]);
    topic.group("They cannot.", off, own_keys(), NOW).invalid(
        case("off", "Nobody has said that they can.", SPEC, &[]),
        "resource_as.token/delegation/app",
        derive(&parent()).input(),
        fails("grant_type_unsupported", "unsupported_grant_type"),
    );
    topic.finish()
}

fn rights(group: &mut GroupBuilder<'_>) {
    let narrowed = |scope: &str| super::scoped(&output(), scope, scope);
    group
        .valid(
            case(
                "app",
                "An app derives a token from its own: all that is not asked for is the parent's.",
                SPEC,
                &["R8693-009"],
            ),
            derive(&parent()).input(),
            output(),
        )
        .valid(
            case("narrower", "It asks for less.", SPEC, &["R8693-011"]),
            derive(&parent()).set("scope", "chat.read").input(),
            narrowed("chat.read"),
        )
        .valid(
            case("requested", "It says what it wants.", "RFC 8693 §2.1", &["R8693-008"]),
            derive(&parent()).set("requested_token_type", ACCESS_TOKEN).input(),
            output(),
        )
        .valid(
            case("resource", "It names the parent's resource.", "RFC 8707 §2", &[]),
            derive(&parent()).set("resource", RESOURCE).input(),
            output(),
        )
        .valid(
            case("audience", "It names the resource as the audience.", "RFC 8693 §2.1", &[]),
            derive(&parent()).set("audience", RESOURCE).input(),
            output(),
        );
    for (id, comment, twin, request, code, oauth, req) in [
        (
            "excess",
            "It asks for more than the parent has.",
            "narrower",
            derive(&parent()).set("scope", "chat.write"),
            "scope_not_granted",
            "invalid_scope",
            &["AMB-017"][..],
        ),
        (
            "other-resource",
            "It names a resource that the parent is not for.",
            "resource",
            derive(&parent()).set("resource", RESOURCE2),
            "resource_not_granted",
            "invalid_target",
            &["AMB-006"],
        ),
        (
            "unknown-resource",
            "It names a resource that is not guarded here.",
            "resource",
            derive(&parent()).set("resource", "https://elsewhere.example/"),
            "resource_unknown",
            "invalid_target",
            &["R8693-013"],
        ),
        (
            "unknown-audience",
            "It names an audience that is none.",
            "audience",
            derive(&parent()).set("audience", "a service"),
            "audience_unknown",
            "invalid_target",
            &["R8693-013"],
        ),
        (
            "wants-id-jag",
            "It wants a token of another type.",
            "requested",
            derive(&parent()).set("requested_token_type", JWT),
            "requested_token_type_unsupported",
            "invalid_request",
            &["R8693-008"],
        ),
        (
            "details",
            "It asks for details that the parent has not.",
            "app",
            derive(&parent()).set("authorization_details", r#"[{"type":"payment"}]"#),
            "details_type_unknown",
            "invalid_authorization_details",
            &["AMB-016"],
        ),
        (
            "declared-id-token",
            "It calls the parent something else.",
            "app",
            derive(&parent()).set("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
            "subject_token_type_unsupported",
            "invalid_request",
            &["R8693-006"],
        ),
        (
            "no-parent",
            "There is no parent.",
            "app",
            derive(&parent()).without("subject_token"),
            "parameter_missing",
            "invalid_request",
            &["R8693-002"],
        ),
    ] {
        group.invalid(case(id, comment, SPEC, req), twin, request.input(), fails(code, oauth));
    }
}

fn parents(group: &mut GroupBuilder<'_>) {
    let ancestors = |count: usize| -> Value { (1..=count).map(|index| format!("at-{index}0")).collect() };
    group
        .valid(
            case("derived-again", "A derived token is a parent too: what it stems from is told.", SPEC, &[]),
            derive(&parent().claim("ancestors", ancestors(3))).input(),
            with(
                &output(),
                &[("body/access_token/claims/ancestors", json!(["at-0", "at-10", "at-20", "at-30"]))],
            ),
        )
        .invalid(
            case("too-deep", "It was derived four times.", SPEC, &[]),
            "derived-again",
            derive(&parent().claim("ancestors", ancestors(4))).input(),
            fails("depth_exceeded", "invalid_grant"),
        )
        .valid(
            case("short", "A parent that ends soon: so does its child.", SPEC, &[]),
            derive(&parent().claim("exp", NOW + 1)).input(),
            with(
                &output(),
                &[
                    ("body/expires_in", json!(1)),
                    ("body/access_token/claims/exp", json!(NOW + 1)),
                    ("record/expires_at", json!(NOW + 1)),
                ],
            ),
        );
    for (id, comment, token, code) in [
        (
            "ended",
            "The parent has expired, whatever tolerance others have.",
            parent().claim("exp", NOW),
            "token_expired",
        ),
        ("no-jti", "The parent could not be revoked.", parent().without("jti"), "claim_missing"),
        ("forged", "Nobody signed the parent.", parent().signed_by(ATTACKER.es256()), "signature_invalid"),
        ("foreign", "The parent is another server's.", parent().claim("iss", IDP_ISSUER), "issuer_untrusted"),
        ("other-typ", "The parent is another kind of token.", parent().header("typ", "JWT"), "typ_mismatch"),
        ("user-gone", "There is no such user any more.", parent().claim("sub", "user-2"), "subject_unknown"),
        (
            "not-ours",
            "The parent is for a resource that is not guarded here.",
            parent().claim("aud", "https://old.example/"),
            "grant_resource_unknown",
        ),
        ("may-act-text", "`may_act` is a string.", parent().claim("may_act", "agent-7"), "claim_malformed"),
    ] {
        let refused = fails(code, "invalid_grant");
        group.invalid(case(id, comment, SPEC, &["R8693-006"]), "app", derive(&token).input(), refused);
    }
    group
        .invalid(
            case("broken", "The parent's signature is broken.", SPEC, &["R8693-006"]),
            "app",
            derive_text(&break_signature(&parent().compact())).basic(CLIENT_ID, SECRET).input(),
            fails("signature_invalid", "invalid_grant"),
        )
        .invalid(
            case(
                "receiver",
                "A client that merely came by the token: a server that received it.",
                SPEC,
                &["R8693-020"],
            ),
            "app",
            by_another(&parent()).input(),
            fails("client_mismatch", "invalid_grant"),
        )
        .invalid(
            case("nobody", "Nobody authenticates.", "RFC 8693 §5", &["R8693-020"]),
            "app",
            derive_text(&parent().compact()).input(),
            fails("client_authentication_missing", "invalid_client"),
        );
}

/// The request of another client that came by the token.
fn by_another(parent: &Jws) -> Request {
    derive_text(&parent.compact()).basic(CLIENT2_ID, SECRET)
}

/// The answer to such a request.
fn to_another(output: &Value) -> Value {
    with(output, &[("record/client_id", json!(CLIENT2_ID)), ("record/target_client_id", json!(CLIENT_ID))])
}
