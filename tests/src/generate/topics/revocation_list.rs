//! `revocation_list.run`: DESIGN §8, a list of revocations over time.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::scene::{NOW, RAS_ISSUER};
use crate::generate::web::{Refusal, refuse};

const SPEC: &str = "DESIGN §8";

fn token(jti: &str, until: u64) -> Value {
    json!({"iss": RAS_ISSUER, "jti": jti, "retain_until": NOW + until})
}

fn user(sub: &str, issued_before: u64, until: u64) -> Value {
    json!({
        "iss": RAS_ISSUER, "sub": sub, "issued_before": NOW + issued_before, "retain_until": NOW + until,
    })
}

fn add(at: u64, entries: &[Value]) -> Value {
    json!({"at": NOW + at, "add": entries})
}

fn export(at: u64) -> Value {
    json!({"at": NOW + at, "export": null})
}

fn state(sequence: u64, size: u64) -> Value {
    json!({"sequence": sequence, "size": size})
}

fn list(sequence: u64, entries: &[Value]) -> Value {
    json!({"sequence": sequence, "entries": entries})
}

/// What comes, what is written, what is refused.
pub fn script() -> Topic {
    let mut topic = TopicBuilder::new("revocation_list.run", "script");
    let config = json!({"capacity": 3});
    let run = |steps: &[Value]| json!({"steps": steps});
    let told = |events: &[Value]| json!({"events": events});
    let mut group = topic.group("Three entries at most.", config.clone(), keys(), NOW);
    let every_kind = [
        json!({"iss": RAS_ISSUER, "jag_jti": "jag-1", "retain_until": NOW + 60}),
        json!({
            "iss": RAS_ISSUER, "client_id": "c", "sub": "u", "ctx": "conversation:1", "issued_before": NOW,
            "retain_until": NOW + 60,
        }),
        json!({
            "iss": RAS_ISSUER, "act": {"iss": "https://agents.example", "sub": "a"}, "issued_before": NOW,
            "retain_until": NOW + 60,
        }),
    ];
    for (id, comment, steps, events) in [
        (
            "added",
            "An entry comes, and is written as it came.",
            vec![add(0, &[token("at-1", 60)]), export(0)],
            vec![state(1, 1), list(1, &[token("at-1", 60)])],
        ),
        (
            "kinds",
            "Entries of other kinds.",
            vec![add(0, &every_kind), export(0)],
            vec![state(3, 3), list(3, &every_kind)],
        ),
        (
            "twice",
            "The same entry again changes nothing.",
            vec![add(0, &[token("at-1", 60)]), add(1, &[token("at-1", 60)])],
            vec![state(1, 1), state(1, 1)],
        ),
        (
            "later",
            "Of two for the same user the later time counts, and the longer memory.",
            vec![add(0, &[user("u", 0, 90)]), add(0, &[user("u", 10, 60)]), export(10)],
            vec![state(1, 1), state(2, 1), list(2, &[user("u", 10, 90)])],
        ),
        (
            "earlier",
            "An earlier time changes nothing.",
            vec![add(0, &[user("u", 10, 90)]), add(0, &[user("u", 0, 60)]), export(10)],
            vec![state(1, 1), state(1, 1), list(1, &[user("u", 10, 90)])],
        ),
        (
            "expired",
            "What may be forgotten is not written, nor taken.",
            vec![add(0, &[token("at-1", 60), user("u", 0, 90)]), export(60), add(90, &[token("at-2", 90)])],
            vec![state(2, 2), list(2, &[user("u", 0, 90)]), state(2, 2)],
        ),
        (
            "room",
            "A full list forgets what it may, to make room.",
            vec![
                add(0, &[token("at-1", 60), token("at-2", 90), token("at-3", 90)]),
                add(60, &[token("at-4", 120)]),
            ],
            vec![state(3, 3), state(4, 3)],
        ),
    ] {
        group.valid(case(id, comment, SPEC, &[]), run(&steps), told(&events));
    }
    let full = |last: &str, until: u64| {
        run(&[
            add(0, &[token("at-1", 90), token("at-2", 90), token("at-3", 90)]),
            add(60, &[token(last, until)]),
        ])
    };
    group.valid(
        case("known", "One that it has.", SPEC, &[]),
        full("at-3", 90),
        told(&[state(3, 3), state(3, 3)]),
    );
    refuse(
        &mut group,
        "known",
        SPEC,
        &[("full", "None is forgotten early: there is no room.", &[], full("at-4", 90), "store_unavailable")],
    );
    malformed(&mut topic, &config);
    copies(&mut topic, &config);
    topic.finish()
}

fn malformed(topic: &mut TopicBuilder, config: &Value) {
    let one = |entry: Value| json!({"steps": [add(0, &[entry])]});
    let mut group = topic.group("One entry.", config.clone(), keys(), NOW);
    let answer = json!({"events": [state(1, 1)]});
    group.valid(case("token", "A token.", SPEC, &[]), one(token("at-1", 60)), answer.clone()).valid(
        case("user", "A user's tokens.", SPEC, &[]),
        one(user("u", 0, 60)),
        answer,
    );
    let token = |changes: &[(&str, Value)]| one(with(&token("at-1", 60), changes));
    let user = |changes: &[(&str, Value)]| one(with(&user("u", 0, 60), changes));
    #[rustfmt::skip]
    let rows: Vec<(&str, Refusal<'_>)> = vec![
        ("token", ("no-selector", "Of everybody.", &[], token(&[("jti", Value::Null)]), "revocation_malformed")),
        ("token", ("no-memory", "For no time.", &[], token(&[("retain_until", Value::Null)]), "revocation_malformed")),
        ("token", ("two-selectors", "By two ids.", &[], token(&[("jag_jti", json!("jag-1"))]), "revocation_malformed")),
        ("token", ("token-until", "One token, up to a time.", &[], token(&[("issued_before", json!(NOW))]), "revocation_malformed")),
        ("token", ("no-url", "Of no issuer.", &[], token(&[("iss", json!("auth.chat.example"))]), "revocation_malformed")),
        ("token", ("milliseconds", "Remembered for ever.", &[], token(&[("retain_until", json!(NOW * 1000))]), "revocation_malformed")),
        ("user", ("no-time", "Up to no time.", &[], user(&[("issued_before", Value::Null)]), "revocation_malformed")),
        ("user", ("context-alone", "A conversation of no client.", &[], user(&[("ctx", json!("conversation:1"))]), "revocation_malformed")),
        ("user", ("actor-and-user", "Two holders.", &[], user(&[("act", json!({"sub": "a"}))]), "revocation_malformed")),
        ("user", ("unknown-member", "Something that is not understood.", &[], user(&[("tenant", json!("t"))]), "revocation_malformed")),
        ("user", ("empty", "A user without a name.", &[], user(&[("sub", json!(""))]), "revocation_malformed")),
    ];
    for (twin, row) in rows {
        refuse(&mut group, twin, SPEC, &[row]);
    }
}

fn copies(topic: &mut TopicBuilder, config: &Value) {
    let copy = with(config, &[("max_stale", json!(10))]);
    let synchronize = |at: u64, sequence: u64| json!({"at": NOW + at, "synchronize": sequence});
    topic.group("A copy of a list that is kept elsewhere.", copy, keys(), NOW).valid(
        case("synchronized", "It counts as the other does.", SPEC, &[]),
        json!({"steps": [synchronize(0, 40), add(1, &[token("at-1", 60)]), synchronize(1, 41)]}),
        json!({"events": [state(40, 0), state(41, 1), state(41, 1)]}),
    );
    let document = list(7, &[token("at-1", 60), token("at-0", 0)]);
    let read = |document: Value| with(config, &[("document", document)]);
    topic.group("A list that was written.", read(document.clone()), keys(), NOW).valid(
        case("read", "It is as it was, but for what may be forgotten.", SPEC, &[]),
        json!({"steps": [export(0)]}),
        json!({"events": [list(7, &[token("at-1", 60)])]}),
    );
    for (id, comment, path, value) in [
        ("no-sequence", "Nobody knows how new it is.", "sequence", Value::Null),
        ("no-entries", "Entries of another kind.", "entries", json!("none")),
        ("entry-malformed", "An entry that cannot be read.", "entries/0/jti", json!(7)),
    ] {
        let mut group = topic.group(comment, read(with(&document, &[(path, value)])), keys(), NOW);
        let rows: [Refusal<'_>; 1] =
            [(id, comment, &[], json!({"steps": [export(0)]}), "revocation_malformed")];
        refuse(&mut group, "read", SPEC, &rows);
    }
}
