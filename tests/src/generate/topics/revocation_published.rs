//! `revocation_list.run`, signed updates: what a list tells (docs/decisions/010).

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::revocation_updates::{
    AUTHORITY, FOR_EVER, INTERVAL, SPEC, TYP, chunk, record, run, token_record, told, user_record,
};
use crate::expand::base64url;
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::keys::{RAS, TestKey};
use crate::generate::mint::Jws;
use crate::generate::scene::{NOW, RAS_ISSUER};
use crate::generate::web::{Refusal, refuse};

/// A manifest as the one who knows signs it, and the chunks.
fn event(key: TestKey, claims: &str, content: &[u8]) -> Value {
    let token = Jws::new(key, TYP, &json!({}))
        .header_bytes(format!(r#"{{"typ":"{TYP}","alg":"{}","kid":"{}"}}"#, key.alg.name(), key.kid()))
        .payload_bytes(claims);
    let chunks: Vec<String> = (!content.is_empty()).then(|| base64url(content)).into_iter().collect();
    json!({"manifest": token.compact(), "chunks": chunks})
}

fn text(sequence: u64, base: Option<u64>, content: &[u8], issued_at: u64) -> String {
    let base = base.map(|base| format!(r#""base_sequence":{base},"#)).unwrap_or_default();
    let chunks = if content.is_empty() {
        String::new()
    } else {
        format!(r#""{}""#, base64url(Sha256::digest(content).as_slice()))
    };
    let (next, size) = (NOW + INTERVAL, content.len() / 26);
    format!(
        r#"{{"iss":"{AUTHORITY}","iat":{issued_at},"next_update":{next},"sequence":{sequence},{base}"size":{size},"chunks":[{chunks}]}}"#
    )
}

/// Snapshots and deltas of lists and of copies.
pub fn published() -> Topic {
    let mut topic = TopicBuilder::new("revocation_list.run", "published");

    let entries = [
        json!({"iss": RAS_ISSUER, "jti": "at-1", "retain_until": NOW + 60}),
        json!({"iss": RAS_ISSUER, "sub": "u", "issued_before": NOW, "retain_until": NOW + 90}),
    ];
    let kinds: [(&str, Value, Vec<u8>); 5] = [
        (
            "grant",
            json!({"iss": RAS_ISSUER, "jag_jti": "jag-1", "retain_until": NOW + 60}),
            record("jag_jti", &["jag-1"], FOR_EVER, NOW + 60),
        ),
        (
            "connection",
            json!({"iss": RAS_ISSUER, "client_id": "c", "sub": "u", "issued_before": NOW, "retain_until": NOW + 60}),
            record("client_id sub", &["c", "u"], NOW, NOW + 60),
        ),
        (
            "conversation",
            json!({
                "iss": RAS_ISSUER, "client_id": "c", "sub": "u", "ctx": "conversation:1", "issued_before": NOW,
                "retain_until": NOW + 60,
            }),
            record("client_id sub ctx", &["c", "u", "conversation:1"], NOW, NOW + 60),
        ),
        (
            "client",
            json!({"iss": RAS_ISSUER, "client_id": "c", "issued_before": NOW, "retain_until": NOW + 60}),
            record("client_id", &["c"], NOW, NOW + 60),
        ),
        (
            "actor",
            json!({
                "iss": RAS_ISSUER, "act": {"iss": "https://agents.example", "sub": "a"}, "issued_before": NOW,
                "retain_until": NOW + 60,
            }),
            record("act.iss act.sub", &["https://agents.example", "a"], NOW, NOW + 60),
        ),
    ];
    let own = json!({"capacity": 3, "updates": {"issuer": AUTHORITY, "algorithms": ["EdDSA"]}});
    let signer = || keys().private("authority", RAS.eddsa());
    let add = |entries: &[Value]| json!({"at": NOW, "add": entries});
    let publish = |at: u64, since: Option<u64>| json!({"at": NOW + at, "publish": {"since": since, "next_update": NOW + INTERVAL}});
    let state = |sequence: u64, size: u64| json!({"sequence": sequence, "size": size});
    let both = chunk(vec![token_record(), user_record()]);
    let mut group = topic.group("What a list tells.", own.clone(), signer(), NOW);
    for (id, comment, steps, events) in [
        (
            "told",
            "Everything.",
            vec![add(&entries), publish(0, None)],
            vec![state(2, 2), event(RAS.eddsa(), &text(2, None, &both, NOW), &both)],
        ),
        (
            "told-since",
            "What changed.",
            vec![add(&entries), publish(0, Some(1))],
            vec![state(2, 2), event(RAS.eddsa(), &text(2, Some(1), &user_record(), NOW), &user_record())],
        ),
        (
            "told-nothing",
            "Nothing changed.",
            vec![add(&entries), publish(0, Some(2))],
            vec![state(2, 2), event(RAS.eddsa(), &text(2, Some(2), &[], NOW), &[])],
        ),
        (
            "told-ahead",
            "After a number that the list never had: everything.",
            vec![add(&entries), publish(0, Some(3))],
            vec![state(2, 2), event(RAS.eddsa(), &text(2, None, &both, NOW), &both)],
        ),
        (
            "told-alive",
            "Without what may be forgotten.",
            vec![add(&entries), publish(60, None)],
            vec![state(2, 2), {
                let claims = text(2, None, &user_record(), NOW + 60);
                event(
                    RAS.eddsa(),
                    &claims.replace(&(NOW + INTERVAL).to_string(), &(NOW + 60).to_string()),
                    &user_record(),
                )
            }],
        ),
    ] {
        group.valid(case(id, comment, SPEC, &[]), run(&steps), told(&events));
    }
    for (kind, entry, record) in kinds {
        let events = [state(1, 1), event(RAS.eddsa(), &text(1, None, &record, NOW), &record)];
        let comment = "The digest of another kind of selector.";
        group.valid(case(kind, comment, SPEC, &[]), run(&[add(&[entry]), publish(0, None)]), told(&events));
    }
    let document = json!({"sequence": 7, "entries": [entries[0]]});
    topic
        .group(
            "A list that was written, and knows no more what changed when.",
            with(&own, &[("document", document)]),
            signer(),
            NOW,
        )
        .valid(
            case("told-anew", "Everything.", SPEC, &[]),
            run(&[publish(0, Some(6))]),
            told(&[event(RAS.eddsa(), &text(7, None, &token_record(), NOW), &token_record())]),
        );
    let copy = with(&own, &[("max_stale", json!(10))]);
    let mut copies = topic.group("A copy of a list that is kept elsewhere.", copy, signer(), NOW);
    let from_copy =
        |at: u64| run(&[json!({"at": NOW, "synchronize": 4}), add(&entries[..1]), publish(at, None)]);
    copies.valid(
        case("passed-on", "It tells what it is known to have, and as of when.", SPEC, &[]),
        from_copy(10),
        told(&[
            state(4, 0),
            state(5, 1),
            event(RAS.eddsa(), &text(4, None, &token_record(), NOW), &token_record()),
        ]),
    );
    let rows: [Refusal<'_>; 1] =
        [("stale", "It may have missed something.", &[], from_copy(11), "revocations_unavailable")];
    refuse(&mut copies, "passed-on", SPEC, &rows);
    topic.finish()
}
