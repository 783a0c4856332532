//! `wire.call`: what a binding makes of the text of a call, whoever wrote it.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, fails_locally, keys};
use crate::generate::keys::{IDP, jwks};
use crate::generate::scene::{IDP_ISSUER, NOW};

const SPEC: &str = "DESIGN §11";
const SCOPE: &str = r#"{"resource":"https://mcp.chat.example/","challenged_scope":"a","step_up_limit":2}"#;

fn calls(texts: &[&str]) -> Value {
    json!({"calls": texts})
}

fn one(name: &str, numbers: &str, argument: &str) -> Value {
    calls(&[&format!("{name}\n{numbers}\n{argument}")])
}

fn select(argument: &str) -> Value {
    one("scope.select", "", argument)
}

fn refuse(group: &mut GroupBuilder<'_>, twin: &str, code: &str, cases: &[(&str, &str, Value)]) {
    for (id, comment, input) in cases {
        group.invalid(case(id, comment, SPEC, &[]), twin, input.clone(), fails_locally(code));
    }
}

/// The three lines, and the name of the operation.
pub fn lines() -> Topic {
    let mut topic = TopicBuilder::new("wire.call", "lines");
    let mut group = topic.group("A call is three lines.", json!({}), keys(), NOW);
    let selected = json!({"ok": {"scopes": ["a"]}});
    group
        .valid(case("good", "A name, no numbers, an object.", SPEC, &[]), select(SCOPE), selected.clone())
        .valid(
            case("lines-in-the-object", "The object may have lines of its own.", SPEC, &[]),
            select(&SCOPE.replace(',', ",\n ")),
            selected,
        )
        .valid(
            case("free-nothing", "Freeing nothing is no error.", SPEC, &[]),
            one("free", "", "{}"),
            json!({"ok": null}),
        );
    let malformed = [
        ("empty", "No text at all.", calls(&[""])),
        ("name-only", "One line.", calls(&["scope.select"])),
        ("two-lines", "Two lines.", calls(&["scope.select\n"])),
        ("argument-empty", "Nothing in the third line.", select("")),
        ("argument-spaces", "Only spaces in the third line.", select("  ")),
        ("not-json", "The third line is not JSON.", select("{resource:1}")),
        ("json-cut", "JSON that ends too early.", select(&SCOPE[..SCOPE.len() - 1])),
        ("json-and-more", "Something after the object.", select(&format!("{SCOPE}x"))),
        ("two-objects", "Two objects.", select(&format!("{SCOPE}{SCOPE}"))),
        ("byte-order-mark", "A byte order mark before the object.", select(&format!("\u{feff}{SCOPE}"))),
        ("nul-after", "A NUL after the object.", select(&format!("{SCOPE}\0"))),
        ("nul-in-text", "A NUL in a text of the object.", select(&SCOPE.replace("\"a\"", "\"\0\""))),
        ("nul-only", "A NUL in place of the object.", select("\0")),
        ("numbers-word", "A word in the second line.", one("scope.select", "x", SCOPE)),
        ("numbers-negative", "A negative number.", one("scope.select", "-1", SCOPE)),
        ("numbers-fraction", "A fraction.", one("scope.select", "1.5", SCOPE)),
        ("numbers-beyond", "A number beyond 64 bits.", one("scope.select", "18446744073709551616", SCOPE)),
        ("numbers-tab", "Numbers between tabs.", one("scope.select", "0\t0", SCOPE)),
        ("numbers-nul", "A NUL in the second line.", one("scope.select", "0\0", SCOPE)),
        ("numbers-too-many", "A number where the operation uses no object.", one("scope.select", "0", SCOPE)),
    ];
    refuse(&mut group, "good", "call_malformed", &malformed);
    let unknown = [
        ("other-name", "A name that no operation has.", one("scope.selects", "", SCOPE)),
        ("empty-name", "An empty name.", one("", "", SCOPE)),
        ("upper-case", "Upper case.", one("Scope.select", "", SCOPE)),
        ("space-after-name", "A space after the name.", one("scope.select ", "", SCOPE)),
        ("return-after-name", "A carriage return after the name.", one("scope.select\r", "", SCOPE)),
        ("nul-after-name", "A NUL after the name.", one("scope.select\0", "", SCOPE)),
    ];
    refuse(&mut group, "good", "operation_unknown", &unknown);
    topic.finish()
}

/// The object.
pub fn arguments() -> Topic {
    let mut topic = TopicBuilder::new("wire.call", "arguments");
    let mut group = topic.group("The argument of an operation.", json!({}), keys(), NOW);
    let selected = json!({"ok": {"scopes": ["a"]}});
    let with = |member: &str| select(&SCOPE.replace('}', &format!(",{member}}}")));
    let limit = |value: &str| select(&SCOPE.replace(":2", &format!(":{value}")));
    let nested = |depth: usize| with(&format!(r#""step_ups":{}{}"#, "[".repeat(depth), "]".repeat(depth)));
    group
        .valid(case("snake-case", "As the protocol spells it.", SPEC, &[]), select(SCOPE), selected.clone())
        .valid(
            case("camel-case", "As JavaScript spells it.", SPEC, &[]),
            select(&SCOPE.replace("step_up_limit", "stepUpLimit")),
            selected.clone(),
        )
        .valid(
            case("null", "`null` is the same as left out, where that is allowed.", SPEC, &[]),
            with(r#""scopes_supported":null"#),
            selected,
        );
    let invalid = [
        ("not-an-object", "A list.", select("[]")),
        ("a-number", "A number.", select("7")),
        ("null-argument", "`null`.", select("null")),
        ("empty-object", "Nothing in it.", select("{}")),
        ("missing", "A member is missing.", select(r#"{"challenged_scope":"a","step_up_limit":2}"#)),
        ("list-for-a-text", "A list where a text must be.", select(&SCOPE.replace("\"a\"", "[\"a\"]"))),
        ("unknown-member", "A member that is not known.", with(r#""step_up_limits":2"#)),
        ("prototype", "A member that JavaScript gives a meaning.", with(r#""__proto__":{}"#)),
        ("empty-name", "A member without a name.", with(r#""":1"#)),
        ("both-spellings", "The same member twice, in two spellings.", with(r#""stepUpLimit":2"#)),
        ("pascal-case", "A spelling of no language here.", select(&SCOPE.replace("step_up", "StepUp"))),
        ("text-for-number", "A number as text.", limit("\"2\"")),
        ("negative", "A negative number.", limit("-1")),
        ("fraction", "A fraction.", limit("1.5")),
        ("beyond-32-bits", "Beyond the range of the member.", limit("4294967296")),
        ("beyond-64-bits", "Beyond 64 bits.", limit("18446744073709551616")),
        ("exponent", "A number with a huge exponent.", limit("1e300")),
        ("many-digits", "A number of three hundred digits.", limit(&"9".repeat(300))),
        ("true-for-number", "`true`.", limit("true")),
    ];
    refuse(&mut group, "snake-case", "argument_invalid", &invalid);
    refuse(
        &mut group,
        "snake-case",
        "duplicate_member",
        &[("duplicate", "The same member twice.", with(r#""step_up_limit":2"#))],
    );
    refuse(
        &mut group,
        "snake-case",
        "argument_invalid",
        &[("deep", "Sixty-three lists in an object.", nested(63))],
    );
    refuse(
        &mut group,
        "snake-case",
        "json_too_deep",
        &[("too-deep", "Sixty-four lists in an object.", nested(64))],
    );
    topic.finish()
}

/// The objects.
pub fn objects() -> Topic {
    let mut topic = TopicBuilder::new("wire.call", "objects");
    let mut group = topic.group("Objects live until they are freed.", json!({}), keys(), NOW);
    let set = jwks(&[IDP.es256()]);
    let make =
        format!("key_set.new\n\n{}", json!({"issuer": IDP_ISSUER, "jwks": set, "algorithms": ["ES256"]}));
    let store = "replay_store.new\n\n{\"capacity\":1}";
    let name = "idjag:id_jag:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let first = json!({"name": name, "retain_until": NOW + 60, "now": NOW});
    let first_use = |number: &str| format!("replay_store.first_use\n{number}\n{first}");
    let public = |number: &str| format!("key_set.public\n{number}\n{{}}");
    group
        .valid(
            case("key-set", "A key set, used.", SPEC, &[]),
            calls(&[&make, &public("#1")]),
            json!({"ok": set}),
        )
        .valid(
            case("store", "A replay store, used.", SPEC, &[]),
            calls(&[store, &first_use("#1")]),
            json!({"ok": {"answer": "first"}}),
        )
        .valid(
            case("other-freed", "Another object is freed.", SPEC, &[]),
            calls(&[&make, &make, "free\n#2\n{}", &public("#1")]),
            json!({"ok": set}),
        )
        .valid(
            case("freed-twice", "Freeing twice is no error.", SPEC, &[]),
            calls(&[&make, "free\n#1\n{}", "free\n#1\n{}"]),
            json!({"ok": null}),
        );
    let of_a_set = [
        ("never-made", "A number that no object has.", calls(&[&make, &public("9007199254740993")])),
        ("largest", "The largest number.", calls(&[&make, &public("18446744073709551615")])),
        ("none", "No object where one must be.", calls(&[&make, &public("0")])),
        ("left-out", "No number where one must be.", calls(&[&make, &public("")])),
        ("freed", "A freed object.", calls(&[&make, "free\n#1\n{}", &public("#1")])),
        (
            "freed-and-made",
            "A freed object's number is not used again.",
            calls(&[&make, "free\n#1\n{}", &make, &public("#1")]),
        ),
        (
            "other-kind",
            "An object of another kind.",
            calls(&[
                "policy.new\n\n{\"document\":{\"version\":1,\"apps\":[],\"servers\":[],\"rules\":[]}}",
                &public("#1"),
            ]),
        ),
        ("machine", "A replay store.", calls(&[store, &public("#1")])),
    ];
    refuse(&mut group, "key-set", "handle_invalid", &of_a_set);
    let of_a_store = [
        ("store-none", "No object.", calls(&[store, &first_use("0")])),
        ("store-left-out", "No number.", calls(&[store, &first_use("")])),
        ("store-freed", "A freed store.", calls(&[store, "free\n#1\n{}", &first_use("#1")])),
        ("store-key-set", "A key set.", calls(&[&make, &first_use("#1")])),
        (
            "store-other-machine",
            "Another machine.",
            calls(&["discovery.new\n\n{\"issuer\":\"https://auth.chat.example/\"}", &first_use("#1")]),
        ),
    ];
    refuse(&mut group, "store", "handle_invalid", &of_a_store);
    topic.finish()
}
