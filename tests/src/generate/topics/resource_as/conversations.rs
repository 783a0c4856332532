//! DESIGN §7: the conversation of a grant goes into its token and record; no request, account or default adds one.

use serde_json::{Value, json};

use super::{config, grant, output, redeem, server_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, fails_locally, with};
use crate::generate::mint::Jws;
use crate::generate::scene::{CLIENT_ID, IDP_ISSUER, NOW, SUBJECT};

const SPEC: &str = "DESIGN §7";
const CTX: &str = "conversation:01JD8ZK";

fn told(output: &Value, claim: &str, value: &str) -> Value {
    with(
        output,
        &[(&format!("body/access_token/claims/{claim}"), json!(value)), ("record/context", json!(value))],
    )
}

fn about(value: impl Into<Value>) -> Jws {
    grant().claim("ctx", value)
}

/// The claim, from the grant to the token.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "conversations");
    let longest = "c".repeat(512);
    let mut group = topic.group("Under the usual name.", config(), server_keys(), NOW);
    group
        .valid(
            case("kept", "The conversation of the grant.", SPEC, &[]),
            redeem(&about(CTX)).input(),
            told(&output(), "ctx", CTX),
        )
        .valid(
            case("longest", "512 bytes.", SPEC, &[]),
            redeem(&about(longest.as_str())).input(),
            told(&output(), "ctx", &longest),
        )
        .valid(case("none", "A grant for none.", SPEC, &[]), redeem(&grant()).input(), output())
        .valid(
            case("other-name", "A claim that is not known means nothing.", "RFC 7519 §4", &["R7519-008"]),
            redeem(&grant().claim("txn", CTX)).input(),
            output(),
        )
        .valid(
            case(
                "asked-here",
                "A parameter here is none that is known: the grant alone says.",
                "RFC 6749 §3.2",
                &[],
            ),
            redeem(&about(CTX)).set("ctx", "conversation:2").input(),
            told(&output(), "ctx", CTX),
        )
        .valid(
            case("asked-here-only", "Nor does one add what the grant lacks.", "RFC 6749 §3.2", &[]),
            redeem(&grant()).set("ctx", CTX).input(),
            output(),
        );
    for (id, comment, value) in [
        ("number", "A number.", json!(7)),
        ("array", "An array.", json!([CTX])),
        ("object", "An object.", json!({"id": CTX})),
        ("null", "`null`.", json!(null)),
        ("empty", "An empty text.", json!("")),
        ("longer", "513 bytes.", json!(format!("{longest}c"))),
        ("control", "A control character.", json!("conversation:\n1")),
    ] {
        group.invalid(
            case(id, comment, SPEC, &[]),
            "kept",
            redeem(&about(value)).input(),
            fails("claim_malformed", "invalid_grant"),
        );
    }
    let txn = with(&config(), &[("server/context_claim", json!("txn"))]);
    topic
        .group("Under the name of RFC 8417.", txn, server_keys(), NOW)
        .valid(
            case("txn", "The claim that is configured.", SPEC, &[]),
            redeem(&grant().claim("txn", CTX)).input(),
            told(&output(), "txn", CTX),
        )
        .invalid(
            case("txn-number", "It must be a text.", SPEC, &[]),
            "txn",
            redeem(&grant().claim("txn", 7)).input(),
            fails("claim_malformed", "invalid_grant"),
        );
    let taken = with(&config(), &[("server/context_claim", json!("jag_jti"))]);
    topic.group("A name that is taken.", taken, server_keys(), NOW).invalid(
        case("name-of-a-claim", "It names something else.", SPEC, &[]),
        "none",
        redeem(&grant()).input(),
        fails_locally("config_invalid"),
    );
    required(&mut topic);
    hosts(&mut topic);
    topic.finish()
}

/// A server and a policy that take grants for one conversation only.
fn required(topic: &mut TopicBuilder) {
    let required = with(&config(), &[("server/context", json!("required"))]);
    topic
        .group("The server requires a conversation.", required, server_keys(), NOW)
        .valid(
            case("required", "There is one.", SPEC, &[]),
            redeem(&about(CTX)).input(),
            told(&output(), "ctx", CTX),
        )
        .invalid(
            case("required-missing", "There is none.", SPEC, &[]),
            "required",
            redeem(&grant()).input(),
            fails("context_required", "invalid_grant"),
        );
    let mut policy = crate::generate::topics::idp::policy_document();
    policy["rules"][0]["require"] = json!({"context": true});
    policy["rules"][0]["max_lifetime"] = json!(120);
    let policy = with(&config(), &[("policy", policy)]);
    let permitted = with(
        &told(&output(), "ctx", CTX),
        &[
            ("body/access_token/claims/exp", json!(NOW + 120)),
            ("body/expires_in", json!(120)),
            ("record/expires_at", json!(NOW + 120)),
            ("record/app", json!("chat-agent")),
            ("record/rules", json!(["everybody"])),
        ],
    );
    topic
        .group("Policy permits conversations only, for two minutes.", policy, server_keys(), NOW)
        .valid(case("permitted", "There is one.", "DESIGN §6", &[]), redeem(&about(CTX)).input(), permitted)
        .invalid(
            case("denied", "There is none.", "DESIGN §6", &["AMB-004"]),
            "permitted",
            redeem(&grant()).input(),
            fails("policy_denied", "access_denied"),
        );
}

/// What the host adds never names a conversation, and a conversation that was revoked gets no token.
fn hosts(topic: &mut TopicBuilder) {
    let extra = |name: &str| with(&config(), &[("accounts/0/account/extra", json!({name: CTX}))]);
    topic.group("A claim of the host's.", extra("task"), server_keys(), NOW).valid(
        case("host-claim", "Under another name.", SPEC, &[]),
        redeem(&grant()).input(),
        with(&output(), &[("body/access_token/claims/task", json!(CTX))]),
    );
    topic.group("A conversation of the host's.", extra("ctx"), server_keys(), NOW).invalid(
        case("host-conversation", "The grant is for none.", SPEC, &[]),
        "host-claim",
        redeem(&grant()).input(),
        fails("claim_reserved", "server_error"),
    );
    let entry = json!({
        "iss": IDP_ISSUER, "client_id": CLIENT_ID, "sub": SUBJECT, "ctx": CTX, "issued_before": NOW,
        "retain_until": NOW + 900,
    });
    let revoked = with(&config(), &[("revocations", json!({"entries": [entry]}))]);
    topic
        .group("One conversation of the user and the app was revoked.", revoked, server_keys(), NOW)
        .valid(
            case("another-revoked", "Another goes on.", "DESIGN §8", &[]),
            redeem(&about("conversation:2")).input(),
            told(&output(), "ctx", "conversation:2"),
        )
        .valid(
            case("none-goes-on", "What is for none goes on.", "DESIGN §8", &[]),
            redeem(&grant()).input(),
            output(),
        )
        .invalid(
            case("revoked", "A grant for it yields nothing more.", "DESIGN §8", &[]),
            "another-revoked",
            redeem(&about(CTX)).input(),
            fails("token_revoked", "invalid_grant"),
        );
}
