//! `challenge.parse`: RFC 9110 §11.6.1 and what RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3 and RFC 9728 §5.1 add.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::scene::NOW;
use crate::generate::web::{Refusal, refuse};

const METADATA: &str = "https://mcp.chat.example/.well-known/oauth-protected-resource";

fn field(value: &str) -> Value {
    json!({"www_authenticate": [value]})
}

fn one(scheme: &str, parameters: Value) -> Value {
    json!({"challenges": [{"scheme": scheme, "parameters": parameters}]})
}

/// The grammar: challenges, parameters, quoting, white space.
pub fn grammar() -> Topic {
    let mut topic = TopicBuilder::new("challenge.parse", "grammar");
    let mut group = topic.group("Default limits.", json!({}), keys(), NOW);
    let chat = one("bearer", json!({"realm": "chat"}));
    let two = json!({"challenges": [
        {"scheme": "bearer", "parameters": {"realm": "chat"}},
        {"scheme": "dpop", "parameters": {"algs": "ES256 EdDSA"}, "algs": ["ES256", "EdDSA"]},
    ]});
    let negotiate = json!({"challenges": [
        {"scheme": "negotiate", "token68": "YII="}, {"scheme": "bearer", "parameters": {"realm": "chat"}},
    ]});
    for (id, comment, value, output) in [
        ("bearer", "One challenge, one parameter.", r#"Bearer realm="chat""#, chat.clone()),
        (
            "scheme-alone",
            "A scheme without parameters.",
            "Bearer",
            json!({"challenges": [{"scheme": "bearer"}]}),
        ),
        ("two-schemes", "Two challenges.", r#"Bearer realm="chat", DPoP algs="ES256 EdDSA""#, two.clone()),
        (
            "comma-in-quotes",
            "A comma and a scheme's name inside a quoted string separate nothing.",
            r#"Bearer realm="chat, DPoP algs=none""#,
            one("bearer", json!({"realm": "chat, DPoP algs=none"})),
        ),
        (
            "escapes",
            "A backslash escapes the next character.",
            r#"Bearer realm="say \"no\" \\ \now""#,
            one("bearer", json!({"realm": r#"say "no" \ now"#})),
        ),
        ("token-value", "A value that is a token.", "Bearer realm=chat", chat.clone()),
        ("letter-case", "Schemes and names are read in any case.", r#"BEARER Realm="chat""#, chat.clone()),
        ("white-space", "White space around the equals sign.", "Bearer  realm =\t\"chat\" ", chat.clone()),
        ("empty-elements", "Empty list elements say nothing.", r#" ,,Bearer , realm="chat",,"#, chat.clone()),
        (
            "token68-like-a-parameter",
            "A name and an equals sign at the end are a token68, not a parameter without value.",
            "Bearer realm=",
            json!({"challenges": [{"scheme": "bearer", "token68": "realm="}]}),
        ),
        ("token68", "A token68 instead of parameters.", r#"Negotiate YII=, Bearer realm="chat""#, negotiate),
    ] {
        group.valid(case(id, comment, "RFC 9110 §11.6.1", &["MCP-004"]), field(value), output);
    }
    let values = json!({"www_authenticate": [r#"Bearer realm="chat""#, r#"DPoP algs="ES256 EdDSA""#]});
    group
        .valid(case("two-fields", "The same in two fields.", "RFC 9110 §5.3", &["MCP-004"]), values, two)
        .valid(
            case("unknown-parameter", "An unknown parameter means nothing.", "RFC 9449 §7.1", &["R9449-028"]),
            field(r#"DPoP algs="ES256", shoe_size="43""#),
            json!({"challenges": [
                {"scheme": "dpop", "parameters": {"algs": "ES256", "shoe_size": "43"}, "algs": ["ES256"]},
            ]}),
        );
    refuse(
        &mut group,
        "unknown-parameter",
        "RFC 9110 §11.6.1",
        &[(
            "unknown-parameter-malformed",
            "What may be ignored must still be well-formed.",
            &["R9449-028"],
            field(r#"DPoP algs="ES256", shoe_size="43"#),
            "challenge_malformed",
        )],
    );
    let once: &[&str] = &["R6750-004", "MCP-004"];
    let bad: Vec<Refusal<'_>> = [
        ("unterminated", "A quoted string without end.", r#"Bearer realm="chat"#),
        ("escape-at-end", "A backslash that escapes nothing.", r#"Bearer realm="chat\"#),
        ("no-scheme", "A parameter without a scheme.", r#"realm="chat""#),
        ("comma-before-parameter", "No space after the scheme.", r#"Bearer, realm="chat""#),
        ("backslash-in-token", "A backslash outside quotes.", r"Bearer realm=\chat"),
        ("no-value", "A parameter without value.", r#"Bearer realm=, scope="read""#),
        ("no-equals-sign", "A name and a string.", r#"Bearer realm"chat""#),
        ("two-words", "Two words after a scheme.", "Bearer realm chat"),
        ("garbage", "Something after a parameter.", r#"Bearer realm="chat" ???"#),
        ("control-character", "A control character in a string.", "Bearer realm=\"ch\u{1}at\""),
        ("line-break", "A line break in a string.", "Bearer realm=\"ch\r\nat\""),
        ("parameter-after-token68", "A parameter after a token68.", r#"Negotiate YII=, realm="chat""#),
        ("empty", "An empty field.", ""),
        ("commas", "Empty elements only.", " , ,"),
    ]
    .into_iter()
    .map(|(id, comment, value)| (id, comment, &["MCP-004"][..], field(value), "challenge_malformed"))
    .chain([
        (
            "twice",
            "A parameter twice.",
            once,
            field(r#"Bearer realm="chat", realm="chat""#),
            "challenge_malformed",
        ),
        (
            "twice-in-another-case",
            "The same.",
            once,
            field(r#"Bearer realm="chat", REALM=b"#),
            "challenge_malformed",
        ),
        (
            "no-field",
            "No field at all.",
            &["MCP-004"],
            json!({"www_authenticate": []}),
            "challenge_malformed",
        ),
    ])
    .collect();
    refuse(&mut group, "bearer", "RFC 9110 §11.6.1", &bad);
    caps(&mut topic);
    topic.finish()
}

fn caps(topic: &mut TopicBuilder) {
    let mut group = topic.group("Caps.", json!({}), keys(), NOW);
    let list =
        |count: usize, item: &dyn Fn(usize) -> String| (0..count).map(item).collect::<Vec<_>>().join(", ");
    let schemes = |count| field(&list(count, &|_| "Basic".to_owned()));
    let parameters = |count| field(&format!("Basic {}", list(count, &|at| format!("p{at}=v"))));
    let names: serde_json::Map<String, Value> = (0..64).map(|at| (format!("p{at}"), "v".into())).collect();
    let basics: Vec<Value> = vec![json!({"scheme": "basic"}); 32];
    group
        .valid(
            case("most-challenges", "32 challenges.", "DESIGN §3.4", &[]),
            schemes(32),
            json!({"challenges": basics}),
        )
        .valid(
            case("most-parameters", "64 parameters.", "DESIGN §3.4", &[]),
            parameters(64),
            one("basic", Value::Object(names)),
        );
    refuse(
        &mut group,
        "most-challenges",
        "DESIGN §3.4",
        &[("one-challenge-more", "33 challenges.", &[], schemes(33), "challenge_malformed")],
    );
    refuse(
        &mut group,
        "most-parameters",
        "DESIGN §3.4",
        &[("one-parameter-more", "65 parameters.", &[], parameters(65), "challenge_malformed")],
    );
    let mut group = topic.group("At most 19 bytes.", json!({"header_bytes": 19}), keys(), NOW);
    let longest = one("bearer", json!({"realm": "chat"}));
    group.valid(case("longest", "19 bytes.", "DESIGN §3.4", &[]), field(r#"Bearer realm="chat""#), longest);
    refuse(
        &mut group,
        "longest",
        "DESIGN §3.4",
        &[("one-byte-more", "20 bytes.", &[], field(r#"Bearer realm="chats""#), "challenge_malformed")],
    );
}

/// What OAuth's parameters mean, typed.
pub fn meaning() -> Topic {
    let mut topic = TopicBuilder::new("challenge.parse", "meaning");
    let mut group = topic.group("https only.", json!({}), keys(), NOW);
    let scoped = |scope: &str| field(&format!(r#"Bearer error="insufficient_scope", scope="{scope}""#));
    let located = |scheme: &str, url: &str| field(&format!(r#"{scheme} resource_metadata="{url}""#));
    let aged =
        |age: &str| field(&format!(r#"Bearer error="insufficient_user_authentication", max_age={age}"#));
    let aged_output = |text: &str, seconds: u64| {
        json!({"challenges": [{
            "scheme": "bearer", "error": "insufficient_user_authentication", "max_age": seconds,
            "parameters": {"error": "insufficient_user_authentication", "max_age": text},
        }]})
    };
    let scoped_output = |text: &str, scope: Value| {
        let parameters = json!({"error": "insufficient_scope", "scope": text});
        let challenge = json!({"scheme": "bearer", "error": "insufficient_scope", "parameters": parameters});
        json!({"challenges": [with(&challenge, &[("scope", scope)])]})
    };
    let located_output = |scheme: &str| {
        let challenge = json!({
            "scheme": scheme, "parameters": {"resource_metadata": METADATA}, "resource_metadata": METADATA,
        });
        json!({"challenges": [challenge], "resource_metadata": METADATA})
    };
    let both = |other: &str| {
        let values = [METADATA, other].map(|url| format!(r#"resource_metadata="{url}""#));
        field(&format!("Bearer {}, DPoP {}", values[0], values[1]))
    };
    let both_output = json!({
        "challenges": [
            located_output("bearer")["challenges"][0].clone(), located_output("dpop")["challenges"][0].clone(),
        ],
        "resource_metadata": METADATA,
    });
    let step_up =
        r#"Bearer error="insufficient_user_authentication", acr_values="urn:b  urn:a", max_age="300""#;
    let step_up_output = json!({"challenges": [{
        "scheme": "bearer",
        "parameters": {
            "error": "insufficient_user_authentication", "acr_values": "urn:b  urn:a", "max_age": "300",
        },
        "error": "insufficient_user_authentication", "acr_values": ["urn:b", "urn:a"], "max_age": 300,
    }]});
    group
        .valid(
            case("scope", "A scope is a set.", "RFC 6750 §3", &["R6749-006", "MCP-023"]),
            scoped("write read write"),
            scoped_output("write read write", "read write".into()),
        )
        .valid(
            case("resource-metadata", "Where the metadata is.", "RFC 9728 §5.1", &["R9728-007", "MCP-003"]),
            located("Bearer", METADATA),
            located_output("bearer"),
        )
        .valid(
            case("resource-metadata-dpop", "In another scheme.", "RFC 9728 §5.1", &["R9728-007"]),
            located("DPoP", METADATA),
            located_output("dpop"),
        )
        .valid(
            case("resource-metadata-in-both", "In both, the same.", "RFC 9728 §5.1", &["R9728-007"]),
            both(METADATA),
            both_output,
        )
        .valid(
            case(
                "step-up",
                "Classes in order of preference, and an age.",
                "RFC 9470 §3",
                &["R9470-002", "R9470-004"],
            ),
            field(step_up),
            step_up_output,
        )
        .valid(
            case("max-age", "An age as a token.", "RFC 9470 §3", &["R9470-004"]),
            aged("300"),
            aged_output("300", 300),
        )
        .valid(
            case("max-age-zero", "A sign-on now.", "RFC 9470 §3", &["R9470-004"]),
            aged("0"),
            aged_output("0", 0),
        );
    let age = &["R9470-002", "R9470-004"];
    let ages = [
        ("max-age-negative", "A negative age.", "-1"),
        ("max-age-fraction", "A fraction.", "1.5"),
        ("max-age-exponent", "An exponent.", "3e2"),
        ("max-age-signed", "A sign.", "+300"),
        ("max-age-empty", "No digits.", r#""""#),
        ("max-age-spaced", "A space.", r#"" 300""#),
        ("max-age-beyond", "More than 64 bits.", "18446744073709551616"),
    ];
    let ages: Vec<Refusal<'_>> = ages
        .iter()
        .map(|(id, comment, text)| (*id, *comment, &age[..], aged(text), "challenge_malformed"))
        .collect();
    refuse(&mut group, "max-age", "RFC 9470 §3", &ages);
    refuse(
        &mut group,
        "scope",
        "RFC 6749 §3.3",
        &[
            (
                "scope-doubled-space",
                "Two spaces.",
                &["R6749-006"],
                scoped("write  read"),
                "challenge_malformed",
            ),
            (
                "scope-quote",
                "A quote in a scope.",
                &["R6749-006", "R6750-005"],
                scoped(r#"write\""#),
                "challenge_malformed",
            ),
            (
                "scope-backslash",
                "A backslash in a scope.",
                &["R6749-006", "R6750-005"],
                scoped(r"write\\"),
                "challenge_malformed",
            ),
            ("scope-umlaut", "Not ASCII.", &["R6749-006"], scoped("schreiben-für"), "challenge_malformed"),
            (
                "error-quote",
                "A quote in an error.",
                &["R6750-005"],
                field(r#"Bearer error="a\"b", scope="write read write""#),
                "challenge_malformed",
            ),
        ],
    );
    let https = &["MCP-035", "R9728-007"];
    refuse(
        &mut group,
        "resource-metadata",
        "RFC 9728 §5.1",
        &[
            (
                "resource-metadata-http",
                "Not https.",
                https,
                located("Bearer", "http://mcp.chat.example/m"),
                "url_insecure",
            ),
            (
                "resource-metadata-loopback",
                "Not https, and this machine is no exception by default.",
                https,
                located("Bearer", "http://127.0.0.1:8080/m"),
                "url_insecure",
            ),
            (
                "resource-metadata-relative",
                "Not absolute.",
                &["R9728-007"],
                located("Bearer", "/m"),
                "challenge_malformed",
            ),
            (
                "resource-metadata-fragment",
                "With a fragment.",
                &["R9728-007"],
                located("Bearer", "https://mcp.chat.example/m#f"),
                "challenge_malformed",
            ),
            (
                "resource-metadata-user",
                "With user information.",
                &["R9728-007"],
                located("Bearer", "https://mcp.chat.example@evil.example/m"),
                "challenge_malformed",
            ),
        ],
    );
    refuse(
        &mut group,
        "resource-metadata-in-both",
        "RFC 9728 §5.1",
        &[(
            "resource-metadata-contradiction",
            "In both, not the same.",
            &["R9728-007"],
            both("https://evil.example/m"),
            "challenge_malformed",
        )],
    );
    let config = json!({"dangerous_allow_http_loopback": true});
    let mut group = topic.group("For development.", config, keys(), NOW);
    let local = "http://127.0.0.1:8080/m";
    group.valid(
        case("loopback", "http to this machine.", "DESIGN §3.10", &["MCP-035"]),
        located("Bearer", local),
        json!({
            "challenges": [{
                "scheme": "bearer", "parameters": {"resource_metadata": local}, "resource_metadata": local,
            }],
            "resource_metadata": local,
        }),
    );
    refuse(
        &mut group,
        "loopback",
        "DESIGN §3.10",
        &[(
            "not-loopback",
            "http to a neighbour.",
            &["MCP-035"],
            located("Bearer", "http://10.0.0.1:8080/m"),
            "url_insecure",
        )],
    );
    topic.finish()
}
