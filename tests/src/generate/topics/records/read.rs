//! `record.read` and `record.of_revocation`: what a record is, and what is none.

use serde_json::{Value, json};

use super::{ADMIN, afternoon, conversation_entry, denied, revoked};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails_locally, keys, with};
use crate::generate::scene::NOW;

/// Records, and texts that are none.
pub fn records() -> Topic {
    let mut topic = TopicBuilder::new("record.read", "records");
    let mut group = topic.group("One record each.", json!({}), keys(), NOW);
    let about = |id: &str, comment: &str| case(id, comment, "DESIGN §8", &[]);
    for (index, record) in afternoon().into_iter().enumerate() {
        let comment = format!("{}: {}.", record["role"].as_str().expect("a role"), record["outcome"]);
        group.valid(
            about(&format!("afternoon-{index}"), &comment),
            json!({"record": record}),
            record.clone(),
        );
    }
    group.valid(about("text", "The line of a log."), json!({"record": denied(80).to_string()}), denied(80));
    let named = with(&denied(80), &[("request_id", json!("req-7"))]);
    group.valid(about("named", "The host named the request."), json!({"record": named}), named.clone());
    for (id, comment, path, value) in [
        ("later-version", "A version that is not known.", "version", json!(2)),
        ("unknown-member", "A member that is not known.", "note", json!("sender chosen")),
        ("no-role", "Nobody decided.", "role", Value::Null),
        ("other-role", "A role that does not exist.", "role", json!("proxy")),
        ("other-action", "The role does not do this.", "action", json!("access")),
        ("impossible", "The role cannot decide this.", "outcome", json!("ignore")),
        ("no-error", "A denial without its reason.", "error", Value::Null),
        ("granted-with-error", "A permit with an error.", "outcome", json!("permit")),
        ("no-subject", "A denial to nobody.", "subject", Value::Null),
        ("no-policy", "A denial by no policy.", "policy", Value::Null),
        ("time-text", "A time that is a text.", "time", json!("80")),
        ("line-break", "A text of two lines.", "nearest", json!("a\nb")),
        ("long-id", "An id longer than any.", "token_id", json!("x".repeat(257))),
        ("unsorted-scope", "A scope that no server wrote.", "scope_asked", json!("b a")),
        ("no-resources", "An empty list.", "resources", json!([])),
        ("bound-to-nothing", "Bound to a key that is not named.", "sender_constrained", json!(true)),
        ("actor-note", "An actor with more than is recorded.", "actor", json!({"sub": "a", "note": "b"})),
        ("revoked-nothing", "A revocation of nothing.", "revoked", json!({"iss": "https://a.example"})),
    ] {
        group.invalid(
            about(id, comment),
            "afternoon-8",
            json!({"record": with(&denied(80), &[(path, value)])}),
            fails_locally("record_malformed"),
        );
    }
    let text = denied(80).to_string();
    for (id, comment, text, code) in [
        ("no-json", "No JSON.", text.replace('}', ""), "record_malformed"),
        ("two-lines", "Two records.", format!("{text}\n{text}"), "record_malformed"),
        (
            "twice",
            "A member twice.",
            text.replace("\"version\"", "\"time\":1,\"version\""),
            "duplicate_member",
        ),
    ] {
        group.invalid(about(id, comment), "text", json!({"record": text}), fails_locally(code));
    }
    topic.finish()
}

/// Revocations as records.
pub fn revocations() -> Topic {
    let mut topic = TopicBuilder::new("record.of_revocation", "records");
    let mut group = topic.group("What an administrator revokes.", json!({}), keys(), NOW + 100);
    let about = |id: &str, comment: &str| case(id, comment, "DESIGN §8", &[]);
    let conversation = conversation_entry("conversation:1", 100);
    let token = json!({"iss": conversation["iss"], "jti": "at-1", "retain_until": NOW + 10_000});
    for (id, comment, entry) in
        [("conversation", "A conversation.", &conversation), ("token", "One token.", &token)]
    {
        let input = json!({"entry": entry, "decided_by": ADMIN});
        group.valid(about(id, comment), input, revoked(entry, 100));
    }
    let input = json!({"entry": token, "decided_by": ADMIN});
    group
        .invalid(
            about("by-nobody", "Nobody revokes."),
            "token",
            with(&input, &[("decided_by", json!(""))]),
            fails_locally("text_invalid"),
        )
        .invalid(
            about("nothing", "Nothing is revoked."),
            "token",
            with(&input, &[("entry/jti", Value::Null)]),
            fails_locally("revocation_malformed"),
        );
    topic.finish()
}
