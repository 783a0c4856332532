//! `client.connection`: what happens to a connection over time: ID-JAG §4.5, AMB-001, MCP step-up, as a script.

use super::connection::{all, and, config, connected, ready, usual};
use crate::format::Topic;
use crate::generate::client_scene::{client_keys, exchanged, id_jag};
use crate::generate::connection_scene::{exchange_event, grant_event, play, token, token_body};
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, with};
use crate::generate::scene::NOW;
use crate::generate::web::{json_response, refuse};
use serde_json::{Value, json};

/// What happens to a connection over time.
pub fn renewal() -> Topic {
    let mut topic = TopicBuilder::new("client.connection", "renewal");
    let mut group = topic.group("A client with a key, of two servers.", config(), client_keys(), NOW);
    let whole = usual();
    let refused = |at: u64| json!({"at": at, "answer": json_response(400, &token_body(&[("error", json!("invalid_grant"))]))});
    let granted = |at: u64| json!({"at": at, "answer": token(&[("error", json!("invalid_grant"))])});
    let exchange = |at: u64| json!({"at": at, "answer": exchanged(&id_jag(&[]), &[])});
    let next = |at: u64| json!({"at": at, "next": true});
    let first = connected();
    group.valid(
        case("same-grant", "An access token that is over: the same grant, once.", "JAG §4.5", &["AMB-001"]),
        play(&and(&whole, &[granted(NOW + 60), next(NOW + 61)])),
        all(&and(&first, &[grant_event("read write", NOW + 60), ready("read write", NOW + 120)])),
    );
    let again = [
        grant_event("read write", NOW + 60),
        exchange_event("read write", NOW + 61, &[]),
        grant_event("read write", NOW + 62),
        ready("read write", NOW + 122),
    ];
    group.valid(
        case("single-use", "A server that takes a grant once gets a new one.", "DESIGN §14", &["AMB-001"]),
        play(&and(&whole, &[refused(NOW + 60), exchange(NOW + 61), granted(NOW + 62), next(NOW + 63)])),
        all(&and(&first, &again)),
    );
    let start = &whole[..4];
    let retried = [refused(NOW), exchange(NOW), granted(NOW), next(NOW)];
    let never = [refused(NOW), exchange(NOW), refused(NOW), next(NOW)];
    group.valid(
        case("refused-once", "A fresh grant that is refused is replaced once.", "DESIGN §14", &["AMB-001"]),
        play(&and(start, &retried)),
        all(&and(
            &first[..5],
            &[
                exchange_event("read write", NOW, &[]),
                grant_event("read write", NOW),
                ready("read write", NOW + 60),
            ],
        )),
    );
    refuse(
        &mut group,
        "refused-once",
        "DESIGN §14",
        &[(
            "refused-twice",
            "And no more.",
            &["AMB-001", "JAG-091"],
            play(&and(start, &never)),
            "server_refused",
        )],
    );
    let late = NOW + 300;
    group.valid(
        case("grant-over", "A grant that is over is not shown to the server.", "JAG §4.5", &["JAG-077"]),
        play(&and(&whole, &[next(late)])),
        all(&and(&first, &[exchange_event("read write", late, &[])])),
    );
    let refresh = [
        ("subject_token", json!("refresh-1")),
        ("subject_token_type", json!("urn:ietf:params:oauth:token-type:refresh_token")),
    ];
    group.valid(
        case("id-token-over", "An ID Token that is over: the refresh token.", "JAG §4.5", &["JAG-078"]),
        play(&and(&whole, &[next(NOW + 3600)])),
        all(&and(&first, &[exchange_event("read write", NOW + 3600, &refresh)])),
    );
    for (id, error, req) in [
        ("subject-refused", "invalid_grant", &["AMB-005"]),
        ("subject-refused-otherwise", "invalid_request", &["AMB-005"]),
    ] {
        let refusal = json!({"answer": json_response(400, &json!({"error": error}))});
        group.valid(
            case(
                id,
                "An ID Token that the IdP refuses, by whatever name: the refresh token, then the user.",
                "DESIGN §14",
                req,
            ),
            play(&[
                whole[0].clone(),
                whole[1].clone(),
                whole[2].clone(),
                refusal.clone(),
                refusal,
                json!({"next": true}),
            ]),
            all(&and(
                &first[..4],
                &[exchange_event("read write", NOW, &refresh), json!({"need_identity": "refused"})],
            )),
        );
    }
    let stale = json!({"error": "insufficient_user_authentication", "max_age": 300, "acr_values": "urn:a"});
    group.valid(
        case(
            "step-up",
            "The IdP wants a fresher sign-on.",
            "DESIGN §14",
            &["AMB-027", "R9470-004", "JAG-094"],
        ),
        play(&and(&whole[..3], &[json!({"answer": json_response(400, &stale)}), json!({"next": true})])),
        all(&and(
            &first[..4],
            &[json!({"need_identity": "step_up", "max_age": 300, "acr_values": ["urn:a"]})],
        )),
    );
    waits(&mut group, &whole);
    scopes(&mut topic, &whole);
    topic.finish()
}

fn waits(group: &mut GroupBuilder<'_>, whole: &[Value]) {
    let later = |at: u64| json!({"at": at, "answer": {"status": 503, "headers": [["Retry-After", "10"]], "body": ""}});
    let next = |at: u64| json!({"at": at, "next": true});
    let first = connected();
    let asked = |at: u64| exchange_event("read write", at, &[]);
    let wait = |seconds: u64| json!({"wait": seconds});
    group.valid(
        case("unavailable", "Not before the server says.", "RFC 9110 §10.2.3", &[]),
        play(&and(&whole[..3], &[later(NOW), next(NOW + 9), next(NOW + 10)])),
        all(&and(&first[..3], &[asked(NOW), wait(1), asked(NOW + 10)])),
    );
    let patient = [later(NOW), later(NOW + 10), later(NOW + 20)];
    let lost = |at: u64| json!({"at": at, "unreachable": true});
    group
        .valid(
            case("unreachable", "One second, then two.", "DESIGN §5", &[]),
            play(&and(&whole[..3], &[lost(NOW), next(NOW), lost(NOW + 1), next(NOW + 1)])),
            all(&and(&first[..3], &[asked(NOW), wait(1), asked(NOW + 1), wait(2)])),
        )
        .valid(
            case("patient", "Three times.", "DESIGN §5", &[]),
            play(&and(&and(&whole[..3], &patient), &[exchange_at(NOW + 30), next(NOW + 31)])),
            all(&and(
                &first[..3],
                &[
                    asked(NOW),
                    asked(NOW + 10),
                    asked(NOW + 20),
                    asked(NOW + 30),
                    grant_event("read write", NOW + 31),
                ],
            )),
        );
    let mut impatient = exchange_at(NOW + 30);
    impatient["answer"]["status"] = 503.into();
    refuse(
        group,
        "patient",
        "DESIGN §5",
        &[(
            "given-up",
            "And no more.",
            &[],
            play(&and(&and(&whole[..3], &patient), &[impatient, next(NOW + 31)])),
            "server_failed",
        )],
    );
}

fn exchange_at(at: u64) -> Value {
    json!({"at": at, "answer": exchanged(&id_jag(&[]), &[])})
}

/// The resource asks for more.
fn scopes(topic: &mut TopicBuilder, whole: &[Value]) {
    let challenge = |challenge: &str, status: u16| json!({"used": ["post", {"status": status, "headers": [["WWW-Authenticate", challenge]], "body": ""}]});
    let more = challenge(r#"Bearer error="insufficient_scope", scope="admin""#, 403);
    let next = json!({"next": true});
    let reconnect = json!({"verdict": "reconnect"});
    let once = play(&and(whole, &[more.clone(), next.clone()]));
    let first = connected();
    let limited = |limit: u32| with(&config(), &[("step_up_limit", json!(limit))]);
    let wider = exchange_event("admin read write", NOW, &[]);
    topic.group("One step-up.", limited(1), client_keys(), NOW).valid(
        case(
            "more-scope",
            "All that was asked for so far, and what the challenge names.",
            "MCP authorization",
            &["MCP-025", "MCP-023", "MCP-030"],
        ),
        once.clone(),
        all(&and(&first, &[reconnect.clone(), wider.clone()])),
    );
    let mut group = topic.group("No step-up.", limited(0), client_keys(), NOW);
    let refused = play(&and(whole, core::slice::from_ref(&more)));
    group.valid(
        case("no-step-up-needed", "It is not asked for one.", "MCP authorization", &["MCP-030"]),
        play(&and(whole, &[json!({"used": ["post", {"status": 200, "headers": [], "body": ""}]})])),
        all(&and(&first, &[json!({"verdict": "done"})])),
    );
    let mut group = topic.group("One step-up at most.", limited(1), client_keys(), NOW);
    group.valid(
        case("one-step-up", "The first.", "MCP authorization", &["MCP-030"]),
        refused.clone(),
        all(&and(&first, core::slice::from_ref(&reconnect))),
    );
    let silent = challenge(r#"Bearer error="insufficient_scope""#, 403);
    refuse(
        &mut group,
        "one-step-up",
        "MCP authorization",
        &[(
            "more-scope-unnamed",
            "The resource does not say what it lacks.",
            &["MCP-023"],
            play(&and(whole, core::slice::from_ref(&silent))),
            "insufficient_scope",
        )],
    );
    let mut group = topic.group("None at most.", limited(0), client_keys(), NOW);
    refuse(
        &mut group,
        "one-step-up",
        "MCP authorization",
        &[("step-up-limit", "None is allowed.", &["MCP-030"], refused, "step_up_limit")],
    );
    let denial = json!({"answer": json_response(400, &json!({"error": "access_denied"}))});
    topic.group("A step-up that is denied.", config(), client_keys(), NOW).valid(
        case(
            "denied-step-up",
            "It is said once, and what was granted before stays usable.",
            "EMA",
            &["AMB-004", "MCP-025"],
        ),
        play(&and(whole, &[more, denial, next.clone(), next.clone()])),
        all(&and(
            &first,
            &[reconnect.clone(), wider, json!({"error": "server_denied"}), ready("read write", NOW + 60)],
        )),
    );
    let stale = challenge(r#"Bearer error="insufficient_user_authentication", max_age="60""#, 401);
    topic.group("A step-up of the sign-on.", config(), client_keys(), NOW).valid(
        case("stale-sign-on", "The resource wants a fresher one.", "RFC 9470 §3", &["R9470-004"]),
        play(&and(whole, &[stale, next])),
        all(&and(&first, &[reconnect, json!({"need_identity": "step_up", "max_age": 60})])),
    );
}
