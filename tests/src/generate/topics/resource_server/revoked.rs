//! DESIGN §8: tokens that are held against a list of revocations.

use serde_json::{Value, json};

use super::{call, config, output, server_keys, token};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::mint::Jws;
use crate::generate::scene::{CLIENT_ID, NOW, RAS_ISSUER};

const SPEC: &str = "DESIGN §8";

/// A token with everything that a revocation may name.
fn told() -> Jws {
    token()
        .claim("jag_jti", "jag-1")
        .claim("ctx", "conversation:1")
        .claim("act", json!({"iss": "https://agents.example", "sub": "agent-7", "act": {"sub": "agent-1"}}))
}

fn answer() -> Value {
    let act = json!({"iss": "https://agents.example", "sub": "agent-7"});
    with(
        &output(),
        &[
            ("claims/jag_jti", json!("jag-1")),
            ("claims/ctx", json!("conversation:1")),
            ("claims/act", with(&act, &[("prior", json!([{"sub": "agent-1"}]))])),
            ("record/grant_id", json!("jag-1")),
            ("record/context", json!("conversation:1")),
            ("record/actor", with(&act, &[("act", json!({"sub": "agent-1"}))])),
        ],
    )
}

/// The configuration with one entry on the list.
fn revoking(entry: &Value) -> Value {
    let entry = with(entry, &[("retain_until", json!(NOW + 900))]);
    with(&config(), &[("revocations", json!({"entries": [entry]}))])
}

/// Every selector, and the age of the list.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("resource_server.access", "revocations");
    let before = |members: Value| with(&members, &[("issued_before", json!(NOW))]);
    let actor = |iss: &str, sub: &str| before(json!({"iss": RAS_ISSUER, "act": {"iss": iss, "sub": sub}}));
    let of = |name: &str, value: &str| json!({"iss": RAS_ISSUER, name: value});
    let connection =
        |client: &str, sub: &str| before(json!({"iss": RAS_ISSUER, "client_id": client, "sub": sub}));
    let conversation =
        |ctx: &str| before(json!({"iss": RAS_ISSUER, "client_id": CLIENT_ID, "sub": "user-1", "ctx": ctx}));
    let issued = |at: u64| with(&of("sub", "user-1"), &[("issued_before", json!(at))]);
    for (id, hit, comment, miss, entry) in [
        ("another-jti", "jti", "The token by its id.", of("jti", "at-2"), of("jti", "at-1")),
        ("another-grant", "grant", "What came of an ID-JAG.", of("jag_jti", "jag-2"), of("jag_jti", "jag-1")),
        ("another-user", "user", "A user's.", before(of("sub", "user-2")), before(of("sub", "user-1"))),
        (
            "another-client",
            "client",
            "A client's.",
            before(of("client_id", "client-2")),
            before(of("client_id", CLIENT_ID)),
        ),
        (
            "another-users-connection",
            "connection",
            "A client's for one user.",
            connection(CLIENT_ID, "user-2"),
            connection(CLIENT_ID, "user-1"),
        ),
        (
            "another-conversation",
            "conversation",
            "A conversation's.",
            conversation("conversation:2"),
            conversation("conversation:1"),
        ),
        (
            "another-actor",
            "actor",
            "An actor's.",
            actor("https://agents.example", "agent-8"),
            actor("https://agents.example", "agent-7"),
        ),
        (
            "issued-after",
            "issued-at",
            "Until the second in which it was issued.",
            issued(NOW - 1),
            issued(NOW),
        ),
    ] {
        topic.group(comment, revoking(&miss), server_keys(), NOW).valid(
            case(id, "Another one is revoked.", SPEC, &[]),
            call(&told()).input(),
            answer(),
        );
        topic.group(comment, revoking(&entry), server_keys(), NOW).invalid(
            case(hit, comment, SPEC, &[]),
            id,
            call(&told()).input(),
            fails("token_revoked", "invalid_token"),
        );
    }
    for (id, comment, entry) in [
        (
            "another-issuer",
            "The same id, of another issuer.",
            json!({"iss": "https://auth.files.example/", "jti": "at-1"}),
        ),
        (
            "inner-actor",
            "Who acted before does not act now.",
            before(json!({"iss": RAS_ISSUER, "act": {"sub": "agent-1"}})),
        ),
        (
            "actor-of-no-issuer",
            "The same name in no namespace.",
            before(json!({"iss": RAS_ISSUER, "act": {"sub": "agent-7"}})),
        ),
        (
            "forgotten",
            "An entry that need not be remembered any more.",
            with(&of("jti", "at-1"), &[("retain_until", json!(NOW))]),
        ),
    ] {
        let mut config = revoking(&entry);
        if id == "forgotten" {
            config["revocations"]["entries"][0]["retain_until"] = json!(NOW);
        }
        topic.group(comment, config, server_keys(), NOW).valid(
            case(id, comment, SPEC, &[]),
            call(&told()).input(),
            answer(),
        );
    }
    required(&mut topic);
    topic.finish()
}

/// A list that must be there, and one that must be new enough.
fn required(topic: &mut TopicBuilder) {
    let unavailable = || fails("revocations_unavailable", "temporarily_unavailable");
    let required = with(&config(), &[("server/revocation", json!("required"))]);
    let with_list = |list: Value| with(&required, &[("revocations", list)]);
    topic
        .group("A list is required, and there.", with_list(json!({"entries": []})), server_keys(), NOW)
        .valid(case("required", "Nothing is revoked.", SPEC, &[]), call(&token()).input(), output());
    topic.group("A list is required.", required.clone(), server_keys(), NOW).invalid(
        case("required-missing", "Without a list nothing is decided.", SPEC, &[]),
        "required",
        call(&token()).input(),
        unavailable(),
    );
    topic.group("No list is required.", config(), server_keys(), NOW).valid(
        case("not-required", "Nor is there one.", SPEC, &[]),
        call(&token()).input(),
        output(),
    );
    let copy = |at: u64| with_list(json!({"entries": [], "max_stale": 10, "synchronized_at": at}));
    topic.group("A copy that is ten seconds old.", copy(NOW - 10), server_keys(), NOW).valid(
        case("copy", "It may be that old.", SPEC, &[]),
        call(&token()).input(),
        output(),
    );
    for (id, comment, at) in [
        ("copy-stale", "It may have missed something.", NOW - 11),
        ("copy-from-the-future", "The clock was set back: nobody knows how old it is.", NOW + 1),
    ] {
        topic.group(comment, copy(at), server_keys(), NOW).invalid(
            case(id, comment, SPEC, &[]),
            "copy",
            call(&token()).input(),
            unavailable(),
        );
    }
    let never = with_list(json!({"entries": [], "max_stale": 10}));
    topic.group("A copy that never was complete.", never, server_keys(), NOW).invalid(
        case("copy-empty", "It may have missed everything.", SPEC, &[]),
        "copy",
        call(&token()).input(),
        unavailable(),
    );
}
