//! `client.connection`: one MCP server from discovery to use: MCP authorization, EMA, ID-JAG §4 as a script.

use crate::format::Topic;
use crate::generate::client_scene::{client_keys, exchanged, id_jag, idp, signing};
use crate::generate::connection_scene::{
    event, exchange_event, grant_event, identified, play, resource, sign_on, token,
};
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, with};
use crate::generate::scene::{CLIENT_AT_IDP, CLIENT_ID, IDP_ISSUER, NOW, RAS_ISSUER, RESOURCE};
use crate::generate::web::{Refusal, found, ras_document, refuse};
use serde_json::{Value, json};

pub(super) fn config() -> Value {
    json!({
        "idp": idp(), "idp_credentials": signing(IDP_ISSUER, CLIENT_AT_IDP),
        "credentials": [signing(RAS_ISSUER, CLIENT_ID)],
    })
}

/// The steps of a first connection, with the responses of the four servers.
fn steps(documents: [&Value; 2], id_jag: &Value, token: &Value) -> Vec<Value> {
    vec![
        json!({"identify": sign_on(&[])}),
        json!({"answer": documents[0]}),
        json!({"answer": documents[1]}),
        json!({"answer": id_jag}),
        json!({"answer": token}),
        json!({"next": true}),
    ]
}

pub(super) fn usual() -> Vec<Value> {
    let (prm, asm) = (found(&resource(&[])), found(&ras_document()));
    // The errors are members that mean nothing in a success and everything in a failure.
    let id_jag = exchanged(&id_jag(&[]), &[("error", json!("access_denied"))]);
    steps([&prm, &asm], &id_jag, &token(&[("error", json!("access_denied"))]))
}

/// The same steps with another status of the response in step `at`.
fn with_status(steps: &[Value], at: usize, status: u16) -> Vec<Value> {
    let mut steps = steps.to_vec();
    steps[at]["answer"]["status"] = status.into();
    steps
}

/// The same steps with another document in step `at`.
fn with_document(steps: &[Value], at: usize, document: &Value) -> Vec<Value> {
    let mut steps = steps.to_vec();
    steps[at]["answer"] = found(document);
    steps
}

pub(super) fn and(steps: &[Value], more: &[Value]) -> Vec<Value> {
    steps.iter().chain(more).cloned().collect()
}

pub(super) fn ready(scope: &str, expires_at: u64) -> Value {
    json!({"ready": RESOURCE, "scope": scope, "expires_at": expires_at})
}

/// The events of a first connection.
pub(super) fn connected() -> Vec<Value> {
    vec![
        identified(),
        event("resource"),
        event("server"),
        exchange_event("read write", NOW, &[]),
        grant_event("read write", NOW),
        ready("read write", NOW + 60),
    ]
}

pub(super) fn all(events: &[Value]) -> Value {
    json!({"events": events})
}

/// A first connection and what may come in its way.
pub fn first() -> Topic {
    let mut topic = TopicBuilder::new("client.connection", "first");
    let mut group = topic.group("A client with a key, of two servers.", config(), client_keys(), NOW);
    let whole = usual();
    let authorized = json!({
        "method": "POST", "url": "https://mcp.chat.example/mcp",
        "headers": [["Authorization", "Bearer opaque-token"]],
    });
    let authorize = |url: &str| json!({"authorize": ["POST", url]});
    let ok = json!({"status": 200, "headers": [], "body": "{}"});
    let done = json!({"verdict": "done"});
    group
        .valid(
            case(
                "whole",
                "One sign-on, two documents, two tokens.",
                "EMA",
                &["EMA-001", "EMA-003", "EMA-013"],
            ),
            play(&whole),
            all(&connected()),
        )
        .valid(
            case("used", "And a request to the resource.", "EMA", &["MCP-016", "MCP-020", "MCP-013"]),
            play(&and(&whole, &[json!({"used": ["call", ok]}), authorize("https://mcp.chat.example/mcp")])),
            all(&and(&connected(), &[done, authorized])),
        )
        .valid(
            case("without-sign-on", "The user must sign on.", "EMA", &["JAG-078"]),
            play(&[whole[1].clone(), whole[2].clone(), json!({"next": true})]),
            all(&[event("resource"), event("server"), json!({"need_identity": "sign_on"})]),
        );
    let challenge = r#"Bearer resource_metadata="https://mcp.chat.example/meta.json", scope="admin""#;
    let challenge = json!({"status": 401, "headers": [["WWW-Authenticate", challenge]], "body": ""});
    let narrow = id_jag(&[("scope", json!("admin"))]);
    let challenged_steps = vec![
        whole[0].clone(),
        whole[1].clone(),
        whole[2].clone(),
        json!({"answer": exchanged(&narrow, &[])}),
    ];
    let located = json!({"send": "discovery", "request": with(&event("resource")["request"], &[("url", "https://mcp.chat.example/meta.json".into())])});
    group.valid(
        case(
            "challenged",
            "Where and for what the challenge says.",
            "MCP authorization",
            &["MCP-003", "MCP-023", "MCP-004"],
        ),
        with(&play(&challenged_steps), &[("challenge", challenge)]),
        all(&[identified(), located, event("server"), exchange_event("admin", NOW, &[])]),
    );
    let denied: Vec<Refusal<'_>> = vec![
        (
            "denied-by-idp",
            "An administrator's no is final.",
            &["AMB-004", "JAG-091"],
            play(&with_status(&whole, 3, 400)),
            "server_denied",
        ),
        (
            "denied-by-server",
            "Of either server.",
            &["AMB-004", "JAG-091"],
            play(&with_status(&whole, 4, 400)),
            "server_denied",
        ),
        (
            "resource-redirect",
            "A redirect is not followed.",
            &[],
            play(&with_status(&whole, 1, 301)),
            "redirect_refused",
        ),
        ("exchange-redirect", "Nor is this.", &[], play(&with_status(&whole, 3, 307)), "redirect_refused"),
        (
            "no-document",
            "Nobody says who issues tokens.",
            &["MCP-003"],
            play(&with_status(&whole, 1, 404)),
            "metadata_not_found",
        ),
        (
            "other-resource",
            "The document of another resource.",
            &["R9728-002", "EMA-005"],
            play(&with_document(&whole, 1, &resource(&[("resource", json!("https://evil.example/"))]))),
            "metadata_resource_mismatch",
        ),
        (
            "other-issuer",
            "The document of another server.",
            &["R8414-002", "EMA-003"],
            play(&with_document(
                &whole,
                2,
                &with(&ras_document(), &[("issuer", json!("https://auth.chat.example"))]),
            )),
            "metadata_issuer_mismatch",
        ),
        (
            "profile-not-listed",
            "The server does not say that it takes ID-JAGs.",
            &["EMA-017"],
            play(&with_document(
                &whole,
                2,
                &with(&ras_document(), &[("authorization_grant_profiles_supported", Value::Null)]),
            )),
            "profile_unsupported",
        ),
        (
            "profile-without-grant",
            "It contradicts itself.",
            &["JAG-090"],
            play(&with_document(
                &whole,
                2,
                &with(&ras_document(), &[("grant_types_supported", Value::Null)]),
            )),
            "profile_unsupported",
        ),
        (
            "bound-only",
            "The resource takes bound tokens only.",
            &["R9449-026"],
            play(&with_document(&whole, 1, &resource(&[("dpop_bound_access_tokens_required", json!(true))]))),
            "proof_required",
        ),
        (
            "server-elsewhere",
            "A server that does not know the client.",
            &["MCP-009", "MCP-010"],
            play(&with_document(
                &whole,
                1,
                &resource(&[("authorization_servers", json!(["https://auth.evil.example/"]))]),
            )),
            "credentials_issuer_mismatch",
        ),
    ];
    refuse(&mut group, "whole", "EMA", &denied);
    uses(&mut group, &whole);
    settings(&mut topic, &whole);
    topic.finish()
}

fn uses(group: &mut GroupBuilder<'_>, whole: &[Value]) {
    let ok = json!({"status": 200, "headers": [], "body": "{}"});
    let used = |url: &str| and(whole, &[json!({"used": ["call", ok]}), json!({"authorize": ["POST", url]})]);
    refuse(
        group,
        "used",
        "MCP authorization",
        &[
            (
                "used-elsewhere",
                "A token is for one resource.",
                &["MCP-020"],
                play(&used("https://evil.example/mcp")),
                "token_for_another_server",
            ),
            (
                "used-in-query",
                "It is not for addresses.",
                &["MCP-017"],
                play(&used("https://mcp.chat.example/mcp?access_token=a")),
                "credentials_repeated",
            ),
        ],
    );
    let mut late = used("https://mcp.chat.example/mcp");
    late[7]["at"] = (NOW + 60).into();
    refuse(
        group,
        "used",
        "MCP authorization",
        &[("used-late", "It is over.", &[], play(&late), "token_expired")],
    );
    let inside = id_jag(&[("exp", json!(NOW + 9999))]).compact();
    let mut looking = used("https://mcp.chat.example/mcp");
    looking[4] = json!({"answer": token(&[("access_token", json!(inside))])});
    let authorized = json!({
        "method": "POST", "url": "https://mcp.chat.example/mcp",
        "headers": [["Authorization", format!("Bearer {inside}")]],
    });
    group.valid(
        case("used-jwt", "A token that could be looked into.", "RFC 9068 §6", &["R9068-024"]),
        play(&looking),
        all(&and(&connected(), &[json!({"verdict": "done"}), authorized])),
    );
    looking[7]["at"] = (NOW + 60).into();
    refuse(
        group,
        "used-jwt",
        "RFC 9068 §6",
        &[(
            "used-jwt-late",
            "It is over when the server said, whatever is written in it.",
            &["R9068-024"],
            play(&looking),
            "token_expired",
        )],
    );
    let foreign = |issuer: &str| {
        let mut steps = whole.to_vec();
        steps.truncate(1);
        steps[0] = json!({"identify": sign_on(&[("issuer", issuer.into())])});
        play(&steps)
    };
    group.valid(
        case("identified", "A sign-on at the IdP.", "EMA", &[]),
        foreign(IDP_ISSUER),
        all(&[identified()]),
    );
    refuse(
        group,
        "identified",
        "EMA",
        &[(
            "identified-elsewhere",
            "A sign-on at another.",
            &["MCP-009"],
            foreign("https://other.idp.example"),
            "token_for_another_server",
        )],
    );
    let answer = |act: Value| {
        play(&[whole[1].clone(), whole[2].clone(), json!({"next": true}), act, json!({"next": true})])
    };
    let signed_on = answer(json!({"identify": sign_on(&[])}));
    let need = json!({"need_identity": "sign_on"});
    group.valid(
        case("signed-on-when-asked", "A sign-on when it is needed.", "EMA", &[]),
        signed_on,
        all(&[
            event("resource"),
            event("server"),
            need,
            identified(),
            exchange_event("read write", NOW, &[]),
        ]),
    );
    refuse(
        group,
        "signed-on-when-asked",
        "EMA",
        &[("declined", "None.", &[], answer(json!({"decline": true})), "identity_expired")],
    );
}

/// Other clients.
fn settings(topic: &mut TopicBuilder, whole: &[Value]) {
    let document = |method: &str| {
        with(
            &config(),
            &[
                ("document", json!(["https://client.example/metadata.json", method])),
                ("credentials", json!([])),
            ],
        )
    };
    let reads = with(&ras_document(), &[("client_id_metadata_document_supported", json!(true))]);
    let own = id_jag(&[("client_id", json!("https://client.example/metadata.json"))]);
    let mut steps = with_document(whole, 2, &reads);
    steps[3] = json!({"answer": exchanged(&own, &[])});
    steps.truncate(4);
    topic.group("A client with a document.", document("private_key_jwt"), client_keys(), NOW).valid(
        case(
            "document",
            "Its address is its identifier, also in the grant.",
            "CIMD §3",
            &["EMA-014", "MCP-012"],
        ),
        play(&steps),
        all(&connected()[..4]),
    );
    let mut group =
        topic.group("A document and a secret.", document("client_secret_basic"), client_keys(), NOW);
    refuse(
        &mut group,
        "document",
        "CIMD §4",
        &[(
            "document-with-secret",
            "A document allows no secret.",
            &["CIMD-003"],
            play(&steps),
            "config_invalid",
        )],
    );
    let unlisted = with(&config(), &[("accepting_unlisted_profile", json!(true))]);
    let silent = with(&ras_document(), &[("authorization_grant_profiles_supported", Value::Null)]);
    topic.group("A client that tries.", unlisted, client_keys(), NOW).valid(
        case("profile-not-listed-tried", "Though the server says nothing.", "EMA", &["EMA-017"]),
        play(&with_document(whole, 2, &silent)),
        all(&connected()),
    );
}
