//! ID-JAG §4.3.2, OpenID Connect Core §3.1.3.7: whose token is exchanged.

use serde_json::{Value, json};

use super::{
    ID_JAG, ID_TOKEN, config, exchange, exchange_text, good, id_token, output, provider_keys, scoped,
};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::ATTACKER;
use crate::generate::mint::{Jws, break_signature};
use crate::generate::request::Request;
use crate::generate::scene::{CLIENT_AT_IDP, IDP_ISSUER, NOW, OTHER_IDP_ISSUER, RAS_ISSUER, SUBJECT};
use crate::generate::topics::endpoints::SECRET;

const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
const SAML2: &str = "urn:ietf:params:oauth:token-type:saml2";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// ID Tokens.
pub fn id_tokens() -> Topic {
    let mut topic = TopicBuilder::new("idp.token_exchange", "id-tokens");
    let mut group = topic.group("ID Tokens are exchanged.", config(), provider_keys(), NOW);
    group
        .valid(
            case("good", "An ID Token becomes an ID-JAG.", "ID-JAG §4.3", &["JAG-034", "JAG-028", "JAG-053"]),
            good().input(),
            output(),
        )
        .valid(
            case(
                "aud-array",
                "The client in an array of one, and as `azp`.",
                "OIDC Core §3.1.3.7",
                &["OIDC-002"],
            ),
            exchange(&id_token().claim("aud", json!([CLIENT_AT_IDP])).claim("azp", CLIENT_AT_IDP)).input(),
            output(),
        )
        .valid(
            case(
                "cnf-ignored",
                "A `cnf` of the ID Token binds nothing without a proof.",
                "ID-JAG §9.6.1.1",
                &["JAG-104"],
            ),
            exchange(&id_token().claim("cnf", json!({"jkt": ATTACKER.es256().thumbprint()}))).input(),
            output(),
        )
        .valid(
            case(
                "sign-on",
                "What is known of the sign-on is carried unchanged.",
                "ID-JAG §3.1",
                &["JAG-017"],
            ),
            exchange(&id_token().claim("acr", "urn:acr:mfa").claim("amr", json!(["pwd", "otp"]))).input(),
            with(
                &output(),
                &[
                    ("body/access_token/claims/acr", json!("urn:acr:mfa")),
                    ("body/access_token/claims/amr", json!(["pwd", "otp"])),
                    ("record/acr", json!("urn:acr:mfa")),
                ],
            ),
        )
        .valid(
            case(
                "ignored-claims",
                "The ID Token's e-mail address and tenant go nowhere.",
                "ID-JAG §3.1",
                &["AMB-031", "JAG-083"],
            ),
            exchange(&id_token().claim("email", "u@acme.example").claim("tenant", "globex"))
                .set("tenant", "initech")
                .input(),
            output(),
        );
    let t = id_token;
    type Row = (&'static str, &'static str, &'static [&'static str], Jws, &'static str);
    let rows: Vec<Row> = vec![
        (
            "iss-slash",
            "The issuer with a slash more.",
            &["OIDC-001", "AMB-005"],
            t().claim("iss", format!("{IDP_ISSUER}/")),
            "issuer_mismatch",
        ),
        (
            "iss-other",
            "Another provider's ID Token.",
            &["OIDC-001", "JAG-040"],
            t().claim("iss", OTHER_IDP_ISSUER),
            "issuer_mismatch",
        ),
        ("no-iss", "No issuer.", &["OIDC-009"], t().without("iss"), "claim_missing"),
        (
            "aud-other",
            "An ID Token of another client.",
            &["JAG-041", "EMA-008", "AMB-005"],
            t().claim("aud", "another-client"),
            "audience_mismatch",
        ),
        (
            "aud-untrusted",
            "A second audience.",
            &["OIDC-002"],
            t().claim("aud", json!([CLIENT_AT_IDP, "another-client"])),
            "audience_mismatch",
        ),
        (
            "aud-none",
            "No audience in the array.",
            &["OIDC-002"],
            t().claim("aud", json!([])),
            "audience_mismatch",
        ),
        ("no-aud", "No audience.", &["OIDC-009", "OIDC-002"], t().without("aud"), "claim_missing"),
        (
            "azp-other",
            "Issued to another client.",
            &["JAG-041", "OIDC-002"],
            t().claim("azp", "another-client"),
            "authorized_party_mismatch",
        ),
        ("no-sub", "No subject.", &["OIDC-009"], t().without("sub"), "claim_missing"),
        (
            "sub-long",
            "A subject of 256 characters.",
            &["OIDC-009"],
            t().claim("sub", "s".repeat(256)),
            "claim_malformed",
        ),
        (
            "sub-not-ascii",
            "A subject beyond ASCII.",
            &["OIDC-009"],
            t().claim("sub", "jürgen"),
            "claim_malformed",
        ),
        ("no-exp", "It never expires.", &["OIDC-009", "OIDC-006"], t().without("exp"), "claim_missing"),
        (
            "expired",
            "It has expired.",
            &["OIDC-006", "JAG-040", "AMB-005"],
            t().claim("exp", NOW - 60),
            "token_expired",
        ),
        ("no-iat", "No `iat`.", &["OIDC-009"], t().without("iat"), "claim_missing"),
        (
            "other-signer",
            "Another key signed it.",
            &["OIDC-004", "JAG-040"],
            t().signed_by(ATTACKER.es256()),
            "signature_invalid",
        ),
        (
            "unknown-key",
            "A key that the provider does not have.",
            &["OIDC-004"],
            t().header("kid", "attacker-es256"),
            "key_unknown",
        ),
        (
            "alg-none",
            "It claims to be unsigned.",
            &["JAG-040", "AMB-013"],
            t().header("alg", "none"),
            "algorithm_not_allowed",
        ),
        (
            "typ-access-token",
            "An access token in its place.",
            &["R8693-006", "JAG-036"],
            t().header("typ", "at+jwt"),
            "typ_mismatch",
        ),
        (
            "typ-grant",
            "An ID-JAG in its place.",
            &["R8693-006"],
            t().header("typ", "oauth-id-jag+jwt"),
            "typ_mismatch",
        ),
        (
            "may-act-text",
            "`may_act` is a string.",
            &["R8693-006"],
            t().claim("may_act", "agent-7"),
            "claim_malformed",
        ),
        (
            "sub-unknown",
            "A user whom the directory does not name for the audience.",
            &["AMB-022", "JAG-003"],
            t().claim("sub", "somebody-else"),
            "subject_unknown",
        ),
    ];
    for (id, comment, req, token, code) in rows {
        group.invalid(
            case(id, comment, "OIDC Core §3.1.3.7", req),
            "good",
            exchange(&token).input(),
            fails(code, "invalid_grant"),
        );
    }
    for (id, comment, text, code) in [
        (
            "broken",
            "One bit of the signature is flipped.",
            break_signature(&id_token().compact()),
            "signature_invalid",
        ),
        ("garbage", "No JWT at all.", "garbage-for-a-token".to_owned(), "token_malformed"),
        ("encrypted", "An encrypted token.", "a.b.c.d.e".to_owned(), "token_encrypted"),
    ] {
        group.invalid(
            case(id, comment, "ID-JAG §4.3.2", &["JAG-040", "OIDC-004", "AMB-005"]),
            "good",
            exchange_text(&text).basic(CLIENT_AT_IDP, SECRET).input(),
            fails(code, "invalid_grant"),
        );
    }
    parameters(&mut topic);
    wire(&mut topic);
    topic.finish()
}

/// RFC 8693 §2.1: the parameters around the token.
fn parameters(topic: &mut TopicBuilder) {
    let mut group = topic.group("The parameters around the token.", config(), provider_keys(), NOW);
    for (id, comment, req, request, code) in [
        (
            "type-missing",
            "No `subject_token_type`.",
            &["JAG-036", "R8693-002", "AMB-005"][..],
            good().without("subject_token_type"),
            "parameter_missing",
        ),
        (
            "type-unknown",
            "An unknown type.",
            &["JAG-036"],
            good().set("subject_token_type", "urn:sender-chosen"),
            "subject_token_type_unsupported",
        ),
        (
            "type-access-token",
            "A type that is not exchanged.",
            &["JAG-036", "R8693-006"],
            good().set("subject_token_type", ACCESS_TOKEN),
            "subject_token_type_unsupported",
        ),
        (
            "type-refresh-token",
            "Refresh tokens are not enabled.",
            &["JAG-036"],
            good().set("subject_token_type", REFRESH_TOKEN),
            "subject_token_type_unsupported",
        ),
        (
            "type-saml",
            "Neither are SAML assertions: an ID Token declared as one.",
            &["R8693-006"],
            good().set("subject_token_type", SAML2),
            "subject_token_type_unsupported",
        ),
        (
            "requested-missing",
            "No `requested_token_type`.",
            &["JAG-026", "EMA-002"],
            good().without("requested_token_type"),
            "parameter_missing",
        ),
        (
            "requested-other",
            "Another type is requested.",
            &["JAG-026"],
            good().set("requested_token_type", ACCESS_TOKEN),
            "requested_token_type_unsupported",
        ),
        (
            "requested-refresh",
            "A refresh token, for an ID Token.",
            &["JAG-026"],
            good().set("requested_token_type", REFRESH_TOKEN),
            "requested_token_type_unsupported",
        ),
        (
            "audience-missing",
            "No `audience`.",
            &["JAG-027", "EMA-002"],
            good().without("audience"),
            "parameter_missing",
        ),
        (
            "audience-empty",
            "An empty `audience`.",
            &["JAG-027", "R6749-002"],
            good().set("audience", ""),
            "parameter_missing",
        ),
        (
            "token-missing",
            "No `subject_token`.",
            &["JAG-033", "R8693-002", "EMA-002"],
            good().without("subject_token"),
            "parameter_missing",
        ),
    ] {
        group.invalid(
            case(id, comment, "RFC 8693 §2.1", req),
            "good",
            request.input(),
            fails(code, "invalid_request"),
        );
    }
    let _ = (ID_JAG, ID_TOKEN);
}

/// AMB-005: what a faulty subject token is on the wire.
fn wire(topic: &mut TopicBuilder) {
    let config = with(&config(), &[("server/subject_fault", json!("invalid_request"))]);
    topic
        .group(
            "A faulty subject token is `invalid_request`, as RFC 8693 has it.",
            config,
            provider_keys(),
            NOW,
        )
        .valid(case("rfc8693", "A good one.", "RFC 8693 §2.2.2", &["AMB-005"]), good().input(), output())
        .invalid(
            case("rfc8693-expired", "An expired one.", "RFC 8693 §2.2.2", &["AMB-005", "R8693-012"]),
            "rfc8693",
            exchange(&id_token().claim("exp", NOW - 60)).input(),
            fails("token_expired", "invalid_request"),
        );
    topic
        .group(
            "The provider's own keys cannot be had.",
            super::config(),
            crate::generate::dsl::keys().private("server", crate::generate::keys::IDP.es256()),
            NOW,
        )
        .invalid(
            case("no-keys", "Nothing is decided.", "RFC 6749 §4.1.2.1", &["JAG-040"]),
            "good",
            good().input(),
            fails("keys_unavailable", "temporarily_unavailable"),
        );
}

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
    topic.finish()
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
    group.valid(
        case("refresh", "An assertion is exchanged for a refresh token, within what is offered.", "ID-JAG §4.5", &["JAG-080"]),
        issue(send(&refresh, &[])),
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
        }),
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
