//! What a parent is bound to, and what takes it away again.

use serde_json::json;

use super::{AGENTS, SPEC, acted, actor, bound, config, derive, output, own_keys, parent, through};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::{CLIENT, CLIENT2};
use crate::generate::request::proof;
use crate::generate::scene::{CLIENT_ID, CLIENT2_ID, NOW, RAS_ISSUER, RAS_TOKEN_ENDPOINT};

/// Keys: a bound parent has bound children.
pub fn keys() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "delegation-keys");
    let jkt = CLIENT.es256().thumbprint();
    let held = parent().claim("cnf", json!({"jkt": jkt}));
    let shown = |key| proof(key, "POST", RAS_TOKEN_ENDPOINT, NOW);
    let mut group = topic.group("A bound parent, and one that is not.", config(), own_keys(), NOW);
    group
        .valid(
            case("shown", "The parent's key is shown: the child is bound to it.", SPEC, &[]),
            derive(&held).proof(&shown(CLIENT.es256())).input(),
            bound(&output(), &jkt),
        )
        .valid(
            case("bound-now", "The child of a bearer token is bound to the key that is shown.", SPEC, &[]),
            derive(&parent()).proof(&shown(CLIENT.es256())).input(),
            bound(&output(), &jkt),
        )
        .invalid(
            case("not-shown", "The parent's key is not shown.", SPEC, &[]),
            "shown",
            derive(&held).input(),
            fails("proof_missing", "invalid_grant"),
        )
        .invalid(
            case("another-key", "Another key is shown.", SPEC, &[]),
            "shown",
            derive(&held).proof(&shown(CLIENT2.es256())).input(),
            fails("proof_key_mismatch", "invalid_grant"),
        );
    topic.finish()
}

/// Revocations: of anything that the child would stem from.
pub fn revoked() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "delegation-revocations");
    let until =
        |entry: serde_json::Value| with(&entry, &[("iss", json!(RAS_ISSUER)), ("issued_before", json!(NOW))]);
    let id = |name: &str, value: &str| json!({"iss": RAS_ISSUER, name: value});
    let conversation = |ctx: &str| until(json!({"client_id": CLIENT_ID, "sub": "user-1", "ctx": ctx}));
    let derived = derive(&parent().claim("ancestors", json!(["at-root"])));
    let answer = with(&output(), &[("body/access_token/claims/ancestors", json!(["at-0", "at-root"]))]);
    for (name, comment, hit, miss) in [
        ("parent", "The parent is revoked.", id("jti", "at-0"), id("jti", "at-9")),
        ("root", "What the parent was derived from is revoked.", id("jti", "at-root"), id("jti", "at-other")),
        ("grant", "The ID-JAG is revoked.", id("jag_jti", "jag-1"), id("jag_jti", "jag-2")),
        (
            "conversation",
            "The conversation is over.",
            conversation("conversation:1"),
            conversation("conversation:2"),
        ),
        (
            "client",
            "The app is cut.",
            until(json!({"client_id": CLIENT_ID})),
            until(json!({"client_id": CLIENT2_ID})),
        ),
    ] {
        let listed = |entry: &serde_json::Value| {
            let entry = with(entry, &[("retain_until", json!(NOW + 900))]);
            with(&config(), &[("revocations", json!({"entries": [entry]}))])
        };
        let other = format!("{name}-another");
        topic.group("Something else is revoked.", listed(&miss), own_keys(), NOW).valid(
            case(&other, "Something else is.", SPEC, &[]),
            derived.input(),
            answer.clone(),
        );
        topic.group("It is revoked.", listed(&hit), own_keys(), NOW).invalid(
            case(name, comment, SPEC, &[]),
            &format!("resource_as.token/delegation-revocations/{other}"),
            derived.input(),
            fails("token_revoked", "invalid_grant"),
        );
    }
    actors(&mut topic);
    topic.finish()
}

/// An actor token from before the actor was revoked, which is good for some minutes yet.
fn actors(topic: &mut TopicBuilder) {
    let act = json!({"iss": AGENTS, "sub": "agent-7"});
    let earlier = || through(derive(&parent()), &actor().claim("iat", NOW - 30)).input();
    for (name, comment, hit, miss) in [
        (
            "actor",
            "The actor is revoked, and shows a token from before.",
            json!({"iss": RAS_ISSUER, "act": act, "issued_before": NOW - 20}),
            json!({"iss": RAS_ISSUER, "act": act, "issued_before": NOW - 40}),
        ),
        (
            "actor-token",
            "The actor token is revoked by its id.",
            json!({"iss": AGENTS, "jti": "actor-1"}),
            json!({"iss": AGENTS, "jti": "actor-2"}),
        ),
        (
            "actor-subject",
            "All that its issuer said of the actor until then is revoked.",
            json!({"iss": AGENTS, "sub": "agent-7", "issued_before": NOW - 20}),
            json!({"iss": AGENTS, "sub": "agent-7", "issued_before": NOW - 40}),
        ),
    ] {
        let listed = |entry: &serde_json::Value| {
            let entry = with(entry, &[("retain_until", json!(NOW + 900))]);
            with(&config(), &[("revocations", json!({"entries": [entry]}))])
        };
        let other = format!("{name}-another");
        topic.group("Something else of the actor is revoked.", listed(&miss), own_keys(), NOW).valid(
            case(&other, "Something else is.", SPEC, &[]),
            earlier(),
            acted(&output(), &act),
        );
        topic.group("The actor is not to act.", listed(&hit), own_keys(), NOW).invalid(
            case(name, comment, SPEC, &[]),
            &format!("resource_as.token/delegation-revocations/{other}"),
            earlier(),
            fails("token_revoked", "invalid_request"),
        );
    }
}
