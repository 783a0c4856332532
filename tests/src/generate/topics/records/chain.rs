//! `records.chain`: from any id to everything that belongs to it.

use serde_json::{Value, json};

use super::{afternoon, called, called_by_subagent, exchanged, given_up, redeemed, refused, revoked};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails_locally, keys, with};
use crate::generate::scene::{IDP_ISSUER, NOW, RAS_ISSUER};

fn step(level: usize, link: &str, id: &str, is_match: bool, records: &[Value]) -> Value {
    let issuer = if link == "token" { RAS_ISSUER } else { IDP_ISSUER };
    json!({
        "level": level, "link": link, "issuer": issuer, "id": id, "matched": is_match, "records": records,
    })
}

/// Ids of the afternoon.
pub fn ids() -> Topic {
    let mut topic = TopicBuilder::new("records.chain", "ids");
    let mut group = topic.group("The records of one afternoon.", json!({}), keys(), NOW);
    let about = |id: &str, comment: &str| case(id, comment, "DESIGN §8", &[]);
    let records = afternoon();
    let of = |records: &[Value], id: &str| json!({"records": records, "id": id});
    let (c1, c2) = ("conversation:1", "conversation:2");
    let sign_on = |is_session: bool, is_id_token: bool| {
        [
            step(0, "session", "session-1", is_session, &[]),
            step(1, "id_token", "id-token-1", is_id_token, &[]),
        ]
    };
    let grant = |id: &str, is_match: bool, context: &str, at: u64| {
        step(2, "grant", id, is_match, &[exchanged(id, context, at)])
    };
    let first = |is_match: bool| {
        let own = [redeemed("at-1", "jag-1", c1, 10), called("at-1", "jag-1", c1, 20)];
        step(3, "token", "at-1", is_match, &own)
    };
    let derived = |is_match: bool| {
        let own = [called_by_subagent("at-1a", "at-1", 30), refused("at-1a", 40)];
        step(4, "token", "at-1a", is_match, &own)
    };
    let second = |is_match: bool| {
        let own = [redeemed("at-2", "jag-2", c2, 60), called("at-2", "jag-2", c2, 70)];
        step(3, "token", "at-2", is_match, &own)
    };
    let told = |steps: &[&[Value]]| json!({"steps": steps.concat()});
    let one = [grant("jag-1", false, c1, 0), first(true), derived(false)];
    group
        .valid(
            about("token", "A token: up to the sign-on, and down to what was derived from it."),
            of(&records, "at-1"),
            told(&[&sign_on(false, false), &one]),
        )
        .valid(
            about("derived", "A derived token: what its parent did is on the way."),
            of(&records, "at-1a"),
            told(&[&sign_on(false, false), &[grant("jag-1", false, c1, 0), first(false), derived(true)]]),
        )
        .valid(
            about("grant", "An ID-JAG."),
            of(&records, "jag-2"),
            told(&[&sign_on(false, false), &[grant("jag-2", true, c2, 50), second(false)]]),
        )
        .valid(
            about("session", "A sign-on: everything that came of it."),
            of(&records, "session-1"),
            told(&[
                &sign_on(true, false),
                &[grant("jag-1", false, c1, 0), first(false), derived(false)],
                &[grant("jag-2", false, c2, 50), second(false)],
            ]),
        )
        .valid(
            about("conversation", "A conversation: each of its tokens."),
            of(&records, c2),
            told(&[&sign_on(false, false), &[grant("jag-2", true, c2, 50), second(true)]]),
        )
        .valid(about("nobody", "An id of nothing."), of(&records, "at-9"), json!({"steps": []}))
        .valid(about("no-records", "No records at all."), of(&[], "at-1"), json!({"steps": []}));
    let mut reversed = records.clone();
    reversed.reverse();
    reversed.push(records[2].clone());
    group
        .valid(
            about("reversed", "In whatever order, and one of them twice."),
            of(&reversed, "at-1"),
            told(&[&sign_on(false, false), &one]),
        )
        .valid(
            about("only-calls", "Only the MCP server's records: the rest is not known."),
            of(&[records[3].clone(), records[4].clone()], "at-1a"),
            json!({"steps": [
                step(0, "token", "at-1", false, &[]),
                with(&derived(true), &[("level", json!(1))]),
            ]}),
        )
        .valid(
            about("revoked", "What ended a token is told with it."),
            of(&[redeemed("at-1", "jag-1", c1, 10), given_up("at-1", 99)], "at-1"),
            json!({"steps": [
                step(0, "grant", "jag-1", false, &[]),
                step(1, "token", "at-1", true, &[redeemed("at-1", "jag-1", c1, 10), given_up("at-1", 99)]),
            ]}),
        );
    let entry = json!({"iss": RAS_ISSUER, "jti": "at-1", "retain_until": NOW + 10_000});
    group.valid(
        about("revoked-by-admin", "So is an administrator's revocation."),
        of(&[redeemed("at-1", "jag-1", c1, 10), revoked(&entry, 99)], "at-1"),
        json!({"steps": [
            step(0, "grant", "jag-1", false, &[]),
            step(1, "token", "at-1", true, &[redeemed("at-1", "jag-1", c1, 10), revoked(&entry, 99)]),
        ]}),
    );
    for (id, comment, issuer, selector) in [
        ("grant-revoked-by-admin", "And that of the ID-JAG, at the identity provider.", IDP_ISSUER, "jti"),
        (
            "grants-tokens-revoked-by-admin",
            "Or of whatever stems from it, at the server.",
            RAS_ISSUER,
            "jag_jti",
        ),
    ] {
        let entry = json!({"iss": issuer, selector: "jag-1", "retain_until": NOW + 10_000});
        group.valid(
            about(id, comment),
            of(&[revoked(&entry, 99), redeemed("at-1", "jag-1", c1, 10)], "at-1"),
            json!({"steps": [
                step(0, "grant", "jag-1", false, &[revoked(&entry, 99)]),
                step(1, "token", "at-1", true, &[redeemed("at-1", "jag-1", c1, 10)]),
            ]}),
        );
    }
    let around = |id: &str, parent: &str| called_by_subagent(id, parent, 30);
    group
        .valid(
            about("circle", "Two tokens that claim to come from each other: each is there once."),
            of(&[around("at-1", "at-2"), around("at-2", "at-1")], "at-2"),
            json!({"steps": [
                step(0, "token", "at-1", false, &[around("at-1", "at-2")]),
                step(1, "token", "at-2", true, &[around("at-2", "at-1")]),
            ]}),
        )
        .invalid(
            about("no-record", "One of the records is none."),
            "grant",
            with(&of(&records, "jag-2"), &[("records/9/version", json!(2))]),
            fails_locally("record_malformed"),
        );
    topic.finish()
}
