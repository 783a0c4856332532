//! `records.connections`: who can reach what, by the records alone.

use serde_json::{Value, json};

use super::{afternoon, anonymous, called, conversation_entry, denied, given_up, redeemed, refused, revoked};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails_locally, keys, with};
use crate::generate::scene::{CLIENT_AT_IDP, CLIENT_ID, IDP_ISSUER, NOW, RAS_ISSUER, RESOURCE, SUBJECT};

/// The table at 100 seconds into the afternoon.
fn table() -> Value {
    json!({
        "connections": [{
            "issuer": RAS_ISSUER, "app": "chat-agent", "server": "chat", "client_ids": [CLIENT_ID],
            "resources": [RESOURCE], "scopes": ["chat.history", "chat.read"],
            "live_scopes": ["chat.history", "chat.read"],
            "since": NOW, "last_used": NOW + 70, "live_until": NOW + 660, "live_tokens": 5,
            "users": [{
                "issuer": IDP_ISSUER, "subject": SUBJECT, "accounts": ["user-1"], "actors": ["summarizer"],
                "since": NOW, "last_used": NOW + 70, "live_until": NOW + 660, "live_tokens": 5,
                "conversations": [
                    {
                        "context": "conversation:1", "since": NOW, "last_used": NOW + 30,
                        "live_until": NOW + 610, "live_tokens": 3,
                    },
                    {
                        "context": "conversation:2", "since": NOW + 50, "last_used": NOW + 70,
                        "live_until": NOW + 660, "live_tokens": 2,
                    },
                ],
            }],
            "denied": 2, "last_denied": NOW + 80, "last_error": "policy_denied",
        }],
        "elsewhere": [
            {"decided_by": RESOURCE, "denied": 1, "last_denied": NOW + 90, "last_error": "credentials_missing"},
        ],
        "left_out": 0,
    })
}

/// The conversation of this index, and the line as a whole, with so many tokens and until then.
fn left(index: usize, tokens: u64, until: Option<u64>, all: u64, all_until: u64) -> Value {
    let of = |path: &str| format!("connections/0/{path}");
    let one = format!("users/0/conversations/{index}");
    let until = until.map_or(Value::Null, |until| json!(NOW + until));
    with(
        &table(),
        &[
            (&of(&format!("{one}/live_tokens")), json!(tokens)),
            (&of(&format!("{one}/live_until")), until),
            (&of("users/0/live_tokens"), json!(all)),
            (&of("users/0/live_until"), json!(NOW + all_until)),
            (&of("live_tokens"), json!(all)),
            (&of("live_until"), json!(NOW + all_until)),
        ],
    )
}

/// The afternoon, in parts, and what revocations leave of it.
pub fn tables() -> Topic {
    let mut topic = TopicBuilder::new("records.connections", "tables");
    let mut group = topic.group("At 100 seconds into the afternoon.", json!({}), keys(), NOW + 100);
    let about = |id: &str, comment: &str| case(id, comment, "DESIGN §8", &[]);
    let of = |records: &[Value]| json!({"records": records});
    let records = afternoon();
    let and = |more: &[Value]| of(&[records.clone(), more.to_vec()].concat());
    let mut again = records.clone();
    again.extend(records.iter().rev().cloned());
    group
        .valid(about("afternoon", "Two conversations, a subagent, refusals."), of(&records), table())
        .valid(about("twice", "The same records again, the other way round."), of(&again), table())
        .valid(
            about("given-up", "A token that was given up takes what was derived from it along."),
            and(&[given_up("at-1", 95)]),
            left(0, 1, Some(300), 3, 660),
        )
        .valid(
            about("conversation-revoked", "One conversation is ended: the other lives on."),
            and(&[revoked(&conversation_entry("conversation:1", 99), 99)]),
            left(0, 1, Some(300), 3, 660),
        )
        .valid(
            about("revoked-before", "What was issued later is not meant."),
            and(&[revoked(&conversation_entry("conversation:2", 59), 99)]),
            table(),
        )
        .valid(
            about("another-conversation", "A conversation of somebody else's."),
            and(&[revoked(&conversation_entry("conversation:3", 99), 99)]),
            table(),
        );
    let mut over = table();
    for path in ["/connections/0", "/connections/0/users/0"] {
        let line = over.pointer_mut(path).and_then(Value::as_object_mut).expect("an object");
        line.insert("live_tokens".into(), json!(0));
        line.remove("live_until");
        line.remove("live_scopes");
        for conversation in line.get_mut("conversations").and_then(Value::as_array_mut).into_iter().flatten()
        {
            let conversation = conversation.as_object_mut().expect("an object");
            conversation.insert("live_tokens".into(), json!(0));
            conversation.remove("live_until");
        }
    }
    group.valid(
        about("evening", "Late in the evening nothing is left, and it is still known what was.")
            .at(NOW + 9999),
        of(&records),
        over,
    );
    partial(&mut topic);
    topic.finish()
}

/// Logs that are not complete.
fn partial(topic: &mut TopicBuilder) {
    let about = |id: &str, comment: &str| case(id, comment, "DESIGN §8", &[]);
    let of = |records: &[Value]| json!({"records": records});
    let mut group = topic.group("Logs that lack something.", json!({}), keys(), NOW + 100);
    let only_call = json!({
        "connections": [{
            "issuer": RAS_ISSUER, "app": CLIENT_ID, "client_ids": [CLIENT_ID], "resources": [RESOURCE],
            "scopes": ["chat.history", "chat.read"], "live_scopes": ["chat.history", "chat.read"],
            "since": NOW + 20, "last_used": NOW + 20, "live_until": NOW + 520, "live_tokens": 1,
            "users": [{
                "issuer": RAS_ISSUER, "subject": "user-1", "accounts": ["user-1"],
                "since": NOW + 20, "last_used": NOW + 20, "live_until": NOW + 520, "live_tokens": 1,
                "conversations": [{
                    "context": "conversation:1", "since": NOW + 20, "last_used": NOW + 20,
                    "live_until": NOW + 520, "live_tokens": 1,
                }],
            }],
            "denied": 0,
        }],
        "elsewhere": [], "left_out": 0,
    });
    let call = called("at-1", "jag-1", "conversation:1", 20);
    group
        .valid(
            about("nothing", "No records."),
            of(&[]),
            json!({"connections": [], "elsewhere": [], "left_out": 0}),
        )
        .valid(
            about(
                "only-a-call",
                "Only the MCP server's: the client and the account are what they are there.",
            ),
            of(core::slice::from_ref(&call)),
            only_call.clone(),
        )
        .valid(
            about("only-a-denial", "What was never granted is a line too."),
            of(&[with(&denied(80), &[("app", Value::Null)])]),
            json!({
                "connections": [{
                    "issuer": RAS_ISSUER, "app": CLIENT_AT_IDP, "live_tokens": 0, "users": [], "denied": 1,
                    "last_denied": NOW + 80, "last_error": "policy_denied",
                }],
                "elsewhere": [], "left_out": 0,
            }),
        )
        .valid(
            about("requests-named", "Two denials that differ in nothing but the request are two."),
            of(&[
                with(&anonymous(90), &[("request_id", json!("a"))]),
                with(&anonymous(90), &[("request_id", json!("b"))]),
                with(&anonymous(90), &[("request_id", json!("b"))]),
            ]),
            json!({
                "connections": [],
                "elsewhere": [{
                    "decided_by": RESOURCE, "denied": 2, "last_denied": NOW + 90,
                    "last_error": "credentials_missing",
                }],
                "left_out": 0,
            }),
        )
        .invalid(
            about("no-record", "A record that is none."),
            "only-a-call",
            of(&[with(&call, &[("time", json!("20"))])]),
            fails_locally("record_malformed"),
        );
    let caps = json!({"max_tokens": 1, "max_denials": 1, "max_revocations": 1});
    let entry = |context| revoked(&conversation_entry(context, 0), 99);
    topic.group("Little is remembered, and it is said so.", caps, keys(), NOW + 100).valid(
        about("left-out", "One token, one refusal and one revocation too many."),
        of(&[
            call.clone(),
            redeemed("at-2", "jag-2", "conversation:2", 60),
            call,
            refused("at-1", 40),
            anonymous(90),
            entry("conversation:8"),
            entry("conversation:9"),
        ]),
        with(
            &only_call,
            &[
                ("left_out", json!(3)),
                ("connections/0/denied", json!(1)),
                ("connections/0/last_denied", json!(NOW + 40)),
                ("connections/0/last_error", json!("insufficient_scope")),
            ],
        ),
    );
}
