//! `replay.first_use`: one use per token, and what the bounded store answers when it is full.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, fails_locally, keys};
use crate::generate::scene::{CLIENT_ID, IDP_ISSUER, NOW, OTHER_IDP_ISSUER};

const SPEC: &str = "RFC 7523 §3";
const ONCE: &[&str] = &["AMB-001"];

/// One use of a token that can be accepted until a minute from now.
fn once(kind: &str, issuer: &str, jti: &str, now: u64) -> Value {
    json!({"kind": kind, "issuer": issuer, "jti": jti, "retain_until": NOW + 60, "now": now})
}

fn jag(jti: &str, now: u64) -> Value {
    once("id_jag", IDP_ISSUER, jti, now)
}

/// A token that can be accepted for a minute longer.
fn later(now: u64) -> Value {
    json!({"kind": "id_jag", "issuer": IDP_ISSUER, "jti": "jag-3", "retain_until": NOW + 120, "now": now})
}

fn uses(list: &[Value]) -> Value {
    json!({"uses": list})
}

fn answers(list: &[&str]) -> Value {
    json!({"answers": list})
}

/// Scripts of uses.
pub fn scripts() -> Topic {
    let mut topic = TopicBuilder::new("replay.first_use", "scripts");
    let mut group = topic.group("A store of two tokens.", json!({"capacity": 2}), keys(), NOW);
    let first = jag("jag-1", NOW);
    group
        .valid(
            case("two-tokens", "Two tokens, each for the first time.", SPEC, ONCE),
            uses(&[first.clone(), jag("jag-2", NOW)]),
            answers(&["first", "first"]),
        )
        .invalid(
            case("same-token", "The same token a second time.", SPEC, ONCE),
            "two-tokens",
            uses(&[first.clone(), first.clone()]),
            fails("token_replayed", "invalid_grant"),
        )
        .valid(
            case("two-issuers", "A `jti` is unique within its issuer only.", "PEERS §4", ONCE),
            uses(&[first.clone(), once("id_jag", OTHER_IDP_ISSUER, "jag-1", NOW)]),
            answers(&["first", "first"]),
        )
        .valid(
            case("two-kinds", "A `jti` of another kind of token.", "DESIGN §9", ONCE),
            uses(&[once("client_assertion", IDP_ISSUER, "jag-1", NOW), first.clone()]),
            answers(&["first", "first"]),
        )
        .valid(
            case("lengths-count", "Issuer and `jti` are not run together.", "DESIGN §9", ONCE),
            uses(&[
                once("id_jag", "https://a.example/", "b", NOW),
                once("id_jag", "https://a.example", "/b", NOW),
            ]),
            answers(&["first", "first"]),
        )
        .valid(
            case(
                "forgotten-in-time",
                "At `retain_until` the token has expired, and its place is free.",
                "DESIGN §9",
                ONCE,
            ),
            uses(&[first.clone(), jag("jag-2", NOW), later(NOW + 60)]),
            answers(&["first", "first", "first"]),
        )
        .invalid(
            case(
                "expired-meanwhile",
                "Verified in its last second and asked about in the next: it may have been used and forgotten.",
                "DESIGN §3.5",
                ONCE,
            ),
            "forgotten-in-time",
            uses(&[first.clone(), jag("jag-2", NOW), jag("jag-1", NOW + 60)]),
            fails("store_unavailable", "temporarily_unavailable"),
        )
        .invalid(
            case("remembered-to-the-last-second", "One second earlier it is remembered.", "DESIGN §9", ONCE),
            "two-tokens",
            uses(&[first.clone(), jag("jag-1", NOW + 59)]),
            fails("token_replayed", "invalid_grant"),
        )
        .invalid(
            case("full", "A full store forgets nothing early: it cannot say.", "DESIGN §9", ONCE),
            "forgotten-in-time",
            uses(&[first.clone(), jag("jag-2", NOW), later(NOW + 59)]),
            fails("store_unavailable", "temporarily_unavailable"),
        )
        .valid(
            case("seen-although-full", "A full store still knows what it holds.", "DESIGN §9", ONCE),
            uses(&[first.clone(), jag("jag-2", NOW), first.clone(), later(NOW + 60)]),
            answers(&["first", "first", "seen", "first"]),
        );
    for (id, kind, issuer, oauth) in [
        ("assertion-twice", "client_assertion", CLIENT_ID, "invalid_client"),
        ("proof-twice", "dpop_proof", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", "invalid_dpop_proof"),
    ] {
        let one = once(kind, issuer, "x", NOW);
        let other = once(kind, issuer, "y", NOW);
        let valid = id.replace("-twice", "s");
        group
            .valid(
                case(&valid, "Two of one party.", SPEC, &["R7523-010"]),
                uses(&[one.clone(), other]),
                answers(&["first", "first"]),
            )
            .invalid(
                case(id, "One, twice.", SPEC, &["R7523-010"]),
                &valid,
                uses(&[one.clone(), one]),
                fails("token_replayed", oauth),
            );
    }
    for (id, jti, code) in
        [("jti-too-long", "j".repeat(257), "text_invalid"), ("jti-empty", String::new(), "text_invalid")]
    {
        let about = case(id, "A `jti` that no verifier lets through.", "RFC 9449 §11.1", &["R9449-036"]);
        group.invalid(about, "two-tokens", uses(&[first.clone(), jag(&jti, NOW)]), fails_locally(code));
    }
    topic.finish()
}
