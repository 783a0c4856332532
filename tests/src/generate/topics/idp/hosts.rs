//! ID-JAG §4.3.2, §4.5: subject tokens that the host verifies, refresh tokens and SAML assertions.

use serde_json::{Value, json};

use super::subjects::{REFRESH_TOKEN, SAML2};
use super::{config, good, output, provider_keys, scoped};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::{ATTACKER, CLIENT};
use crate::generate::request::Request;
use crate::generate::scene::{CLIENT_AT_IDP, IDP_ISSUER, NOW, RAS_ISSUER, SUBJECT};

fn attested_request(token_type: &str) -> Request {
    good().set("subject_token", "host-token-host-token").set("subject_token_type", token_type)
}

/// Refresh tokens, for which the host answers every question of a refresh grant.
pub fn refresh_tokens() -> Topic {
    let mut topic = TopicBuilder::new("idp.token_exchange", "refresh-tokens");
    let config = with(&config(), &[("server/subject_tokens", json!(["refresh_token"]))]);
    let attested = json!({"subject": SUBJECT, "auth_time": NOW - 100, "vouched": {"refresh_token": {
        "issued_here": true, "client_id": CLIENT_AT_IDP, "revoked": false, "expires_at": NOW + 60,
        "scope": "chat.read chat.history openid", "audiences": [RAS_ISSUER],
    }}});
    let request = attested_request(REFRESH_TOKEN);
    let send = |request: &Request, changes: &[(&str, Value)]| {
        with(&request.input(), &[("attested", with(&attested, changes))])
    };
    let mut group = topic.group("Refresh tokens are exchanged.", config, provider_keys(), NOW);
    group
        .valid(
            case(
                "good",
                "A refresh token of this provider, for this client.",
                "ID-JAG §4.3.2",
                &["JAG-042", "JAG-033"],
            ),
            send(&request, &[]),
            output(),
        )
        .valid(
            case("unlimited", "One whose context limits nothing.", "ID-JAG §4.3.2", &["JAG-042"]),
            send(
                &request,
                &[
                    ("vouched/refresh_token/scope", Value::Null),
                    ("vouched/refresh_token/audiences", Value::Null),
                ],
            ),
            output(),
        );
    for (id, comment, member, value, code, oauth) in [
        (
            "foreign",
            "Not issued here.",
            "issued_here",
            json!(false),
            "subject_token_refused",
            "invalid_grant",
        ),
        (
            "other-client",
            "Issued to another client.",
            "client_id",
            json!("another-client"),
            "client_mismatch",
            "invalid_grant",
        ),
        ("revoked", "Revoked.", "revoked", json!(true), "subject_token_refused", "invalid_grant"),
        (
            "expired",
            "Expired this second.",
            "expires_at",
            json!(NOW),
            "subject_token_refused",
            "invalid_grant",
        ),
        (
            "beyond-scope",
            "A scope beyond its context.",
            "scope",
            json!("chat.read openid"),
            "scope_not_granted",
            "invalid_scope",
        ),
        (
            "beyond-audience",
            "An audience beyond its context.",
            "audiences",
            json!(["https://auth.other.example/"]),
            "audience_unknown",
            "invalid_target",
        ),
    ] {
        group.invalid(
            case(id, comment, "ID-JAG §4.3.2", &["JAG-042"]),
            "good",
            send(&request, &[(&format!("vouched/refresh_token/{member}"), value)]),
            fails(code, oauth),
        );
    }
    group
        .invalid(
            case("unknown", "A token that the host does not know.", "ID-JAG §4.3.2", &["JAG-042", "JAG-040"]),
            "good",
            request.input(),
            fails("subject_token_refused", "invalid_grant"),
        )
        .valid(
            case(
                "narrowed",
                "No scope is asked for: what its context and the policy share is granted.",
                "ID-JAG §4.3.2",
                &["JAG-042"],
            ),
            send(
                &request.clone().without("scope"),
                &[("vouched/refresh_token/scope", json!("chat.read openid"))],
            ),
            with(&scoped(&output(), "", "chat.read"), &[("record/scope_asked", Value::Null)]),
        )
        .invalid(
            case(
                "nothing-shared",
                "They share nothing: no scopeless ID-JAG, which a policy there might fill.",
                "ID-JAG §4.3.2",
                &["JAG-042", "JAG-052"],
            ),
            "narrowed",
            send(&request.without("scope"), &[("vouched/refresh_token/scope", json!("openid"))]),
            fails("scope_not_granted", "invalid_scope"),
        );
    bound(&mut topic, &attested);
    topic.finish()
}

/// A refresh token that was bound to a key when it was issued.
fn bound(topic: &mut TopicBuilder, attested: &Value) {
    let config = with(&config(), &[("server/subject_tokens", json!(["refresh_token"]))]);
    let endpoint = super::endpoint();
    let attested = with(attested, &[("vouched/refresh_token/bound_to", json!(CLIENT.es256().thumbprint()))]);
    let send = |request: &Request| with(&request.input(), &[("attested", attested.clone())]);
    let request = attested_request(REFRESH_TOKEN);
    topic
        .group("Refresh tokens may be bound to keys.", config, provider_keys(), NOW)
        .valid(
            case("bound", "The proof is of its key.", "RFC 9449 §5", &["JAG-042"]),
            send(&request.clone().proof(&endpoint.proof(CLIENT.es256()))),
            endpoint.bound(),
        )
        .invalid(
            case("bound-no-proof", "There is no proof.", "RFC 9449 §5", &["JAG-042", "AMB-015"]),
            "bound",
            send(&request),
            fails("proof_missing", "invalid_grant"),
        )
        .invalid(
            case("bound-other-key", "The proof is of another key.", "RFC 9449 §5", &["JAG-042", "AMB-015"]),
            "bound",
            send(&request.proof(&endpoint.proof(ATTACKER.es256()))),
            fails("proof_key_mismatch", "invalid_grant"),
        );
}

/// SAML assertions, as subject tokens and in exchange for a refresh token.
pub fn saml() -> Topic {
    let mut topic = TopicBuilder::new("idp.token_exchange", "saml");
    let entity = "https://agent.example/saml";
    let config = with(
        &config(),
        &[
            ("server/subject_tokens", json!(["saml2"])),
            (
                "server/saml_clients",
                json!({entity: CLIENT_AT_IDP, "https://other.example/saml": "another-client"}),
            ),
        ],
    );
    let attested = json!({"subject": SUBJECT, "auth_time": NOW - 100, "vouched": {"saml2": {
        "valid": true, "audience": entity, "expires_at": NOW + 60,
    }}});
    let send = |request: &Request, changes: &[(&str, Value)]| {
        with(&request.input(), &[("attested", with(&attested, changes))])
    };
    let request = attested_request(SAML2);
    let mut group = topic.group("SAML assertions are exchanged.", config.clone(), provider_keys(), NOW);
    group.valid(
        case(
            "good",
            "An assertion for the entity that the client is.",
            "ID-JAG §4.3.2",
            &["JAG-080", "JAG-034"],
        ),
        send(&request, &[]),
        output(),
    );
    let refresh = request
        .clone()
        .without("audience")
        .without("resource")
        .set("requested_token_type", REFRESH_TOKEN)
        .set("scope", "openid offline_access chat.read");
    let new =
        json!({"token": "a-new-refresh-token", "expires_in": 86_400, "offered": "openid offline_access"});
    let issue = |input: Value| with(&input, &[("refresh_token", new.clone())]);
    let answer = |proven: bool| {
        let thumbprint = json!(CLIENT.es256().thumbprint());
        let output = refreshed();
        if proven {
            with(
                &output,
                &[("record/sender_constrained", json!(true)), ("refresh_token_bound_to", thumbprint)],
            )
        } else {
            output
        }
    };
    group
        .valid(
            case(
                "refresh",
                "An assertion is exchanged for a refresh token, within what is offered.",
                "ID-JAG §4.5",
                &["JAG-080"],
            ),
            issue(send(&refresh, &[])),
            answer(false),
        )
        .valid(
            case(
                "refresh-bound",
                "With a proof, the host is told to which key the token belongs.",
                "RFC 9449 §5",
                &[],
            ),
            issue(send(&refresh.clone().proof(&super::endpoint().proof(CLIENT.es256())), &[])),
            answer(true),
        );
    for (id, on_refresh, comment, member, value, code) in [
        (
            "invalid",
            "refresh-invalid",
            "The host found it invalid.",
            "valid",
            json!(false),
            "subject_token_refused",
        ),
        (
            "expired",
            "refresh-expired",
            "It has expired, tolerance included.",
            "expires_at",
            json!(NOW - 60),
            "subject_token_refused",
        ),
        (
            "unmapped",
            "refresh-unmapped",
            "An audience that is no client.",
            "audience",
            json!("https://nobody.example/saml"),
            "client_mismatch",
        ),
        (
            "other-client",
            "refresh-other-client",
            "An audience that is another client.",
            "audience",
            json!("https://other.example/saml"),
            "client_mismatch",
        ),
    ] {
        let change = [(format!("vouched/saml2/{member}"), value)];
        let change: Vec<(&str, Value)> =
            change.iter().map(|(path, value)| (path.as_str(), value.clone())).collect();
        let about = |id| case(id, comment, "ID-JAG §4.3.2, §4.5", &["JAG-080", "JAG-040"]);
        group.invalid(about(id), "good", send(&request, &change), fails(code, "invalid_grant"));
        group.invalid(
            about(on_refresh),
            "refresh",
            issue(send(&refresh, &change)),
            fails(code, "invalid_grant"),
        );
    }
    let word = json!({"subject": SUBJECT, "auth_time": NOW - 100, "vouched": {"refresh_token": {"issued_here": true, "client_id": CLIENT_AT_IDP, "revoked": false}}});
    group.invalid(
        case("other-kind", "The host's word is for another kind of token.", "RFC 8693 §2.1", &["R8693-006"])
            .differs(&["/input/attested/vouched/refresh_token", "/input/attested/vouched/saml2"]),
        "good",
        with(&request.input(), &[("attested", word)]),
        fails("subject_token_refused", "invalid_grant"),
    );
    for (id, comment, status, code) in [
        ("refresh-approval", "The app awaits approval.", "approval_required", "approval_required"),
        ("refresh-restricted", "The app is restricted.", "restricted", "app_restricted"),
    ] {
        let config = with(&config, &[("policy/apps/0/status", json!(status))]);
        topic.group(comment, config, provider_keys(), NOW).invalid(
            case(id, comment, "DESIGN §6", &["AMB-004"]),
            "refresh",
            issue(send(&refresh, &[])),
            fails(code, "access_denied"),
        );
    }
    let unknown = with(&config, &[("policy/apps/0/client_ids", json!(["another-client"]))]);
    topic.group("The policy does not know the client.", unknown, provider_keys(), NOW).invalid(
        case(
            "refresh-no-app",
            "An app that nobody listed gets no refresh token.",
            "DESIGN §6",
            &["JAG-044", "AMB-004"],
        ),
        "refresh",
        issue(send(&refresh, &[])),
        fails("policy_denied", "access_denied"),
    );
    topic.finish()
}

/// The answer that carries a refresh token.
fn refreshed() -> Value {
    json!({
        "status": 200,
        "headers": super::headers(),
        "body": {
            "access_token": "a-new-refresh-token", "issued_token_type": REFRESH_TOKEN, "token_type": "N_A",
            "expires_in": 86_400, "scope": "offline_access openid",
        },
        "record": {
            "time": NOW, "role": "idp", "decided_by": IDP_ISSUER, "outcome": "permit", "app": "chat-agent",
            "client_id": CLIENT_AT_IDP, "client_authenticated": true, "sender_constrained": false,
            "issuer": IDP_ISSUER, "subject": SUBJECT, "scope_asked": "chat.read offline_access openid",
            "scope_granted": "offline_access openid", "auth_time": NOW - 100, "expires_at": NOW + 86_400,
        },
    })
}
