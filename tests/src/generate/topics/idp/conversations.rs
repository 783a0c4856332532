//! DESIGN §7: a client asks for one conversation, and it stays with grant and record.

use serde_json::{Value, json};

use super::subjects::REFRESH_TOKEN;
use super::{config, exchange_text, good, id_token, output, provider_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, fails_locally, with};
use crate::generate::scene::{CLIENT_AT_IDP, IDP_ISSUER, NOW, SUBJECT};
use crate::generate::topics::endpoints::SECRET;

const SPEC: &str = "DESIGN §7";
const CTX: &str = "conversation:01JD8ZK";

/// The answer with the conversation `value` under `claim`.
fn told(output: &Value, claim: &str, value: &str) -> Value {
    with(
        output,
        &[(&format!("body/access_token/claims/{claim}"), json!(value)), ("record/context", json!(value))],
    )
}

/// The parameter, the claim and the policy's requirement.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("idp.token_exchange", "conversations");
    let mut group = topic.group("Under the usual name.", config(), provider_keys(), NOW);
    let longest = "c".repeat(512);
    let ask = |value: &str| good().set("ctx", value);
    for (id, comment, value) in [
        ("asked", "The conversation asked for.", CTX),
        ("text", "Any text is one: nothing is read into it.", "Zoë's task & \"plan\""),
        ("longest", "512 bytes.", &longest),
    ] {
        group.valid(case(id, comment, SPEC, &[]), ask(value).input(), told(&output(), "ctx", value));
    }
    group
        .valid(case("none", "Without one there is none.", SPEC, &[]), good().input(), output())
        .valid(
            case("empty", "A parameter without a value counts as left out.", "RFC 6749 §3.2", &[]),
            ask("").input(),
            output(),
        )
        .valid(
            case("other-name", "A parameter that is not known means nothing.", "RFC 6749 §3.2", &[]),
            good().set("txn", CTX).input(),
            output(),
        )
        .invalid(
            case("longer", "513 bytes.", SPEC, &[]),
            "longest",
            ask(&format!("{longest}c")).input(),
            fails("parameter_malformed", "invalid_request"),
        )
        .invalid(
            case("control", "A control character.", SPEC, &[]),
            "asked",
            ask("conversation:\n1").input(),
            fails("parameter_malformed", "invalid_request"),
        )
        .invalid(
            case("twice", "Two conversations.", "RFC 6749 §3.2", &["R6749-001"]),
            "asked",
            ask(CTX).add("ctx", "conversation:2").input(),
            fails("parameter_repeated", "invalid_request"),
        );
    let txn = with(&config(), &[("server/context_claim", json!("txn"))]);
    topic.group("Under the name of RFC 8417.", txn, provider_keys(), NOW).valid(
        case("txn", "Parameter and claim have the name that is configured.", SPEC, &[]),
        good().set("txn", CTX).input(),
        told(&output(), "txn", CTX),
    );
    let mut own_name = with(&output(), &[("record/context", json!(CTX))]);
    own_name["body"]["access_token"]["claims"]["https://acme.example/task"] = json!(CTX);
    let own = with(&config(), &[("server/context_claim", json!("https://acme.example/task"))]);
    topic.group("Under a name of the company's own.", own, provider_keys(), NOW).valid(
        case("own-name", "A name may be an address.", SPEC, &[]),
        good().set("https://acme.example/task", CTX).input(),
        own_name,
    );
    for (id, name) in
        [("name-of-a-claim", "sub"), ("name-of-a-parameter", "subject_token"), ("name-malformed", "my ctx")]
    {
        let taken = with(&config(), &[("server/context_claim", json!(name))]);
        topic.group("A name that cannot be.", taken, provider_keys(), NOW).invalid(
            case(id, "It is taken, or no name.", SPEC, &[]),
            "none",
            good().input(),
            fails_locally("config_invalid"),
        );
    }
    required(&mut topic);
    hosts(&mut topic);
    attested(&mut topic);
    topic.finish()
}

/// Policy requires a conversation, and lets tokens for one live longer.
fn required(topic: &mut TopicBuilder) {
    let need = |id: &str, lifetime: u64, require: Value| {
        let rule = &config()["policy"]["rules"][0];
        with(rule, &[("id", json!(id)), ("max_lifetime", json!(lifetime)), ("require", require)])
    };
    let with_rules = |rules: Value| with(&config(), &[("policy/rules", rules)]);
    let only = with_rules(json!([need("everybody", 300, json!({"context": true}))]));
    topic
        .group("Policy permits conversations only.", only, provider_keys(), NOW)
        .valid(
            case("required", "There is one.", "DESIGN §6", &[]),
            good().set("ctx", CTX).input(),
            told(&output(), "ctx", CTX),
        )
        .invalid(
            case("required-missing", "There is none.", "DESIGN §6", &["AMB-004"]),
            "required",
            good().input(),
            fails("policy_denied", "access_denied"),
        );
    let mut two = json!([need("conversations", 300, json!({"context": true}))]);
    let mut short = need("everybody", 60, json!({"dpop": true}));
    short.as_object_mut().expect("a rule").remove("require");
    two.as_array_mut().expect("rules").push(short);
    let minute = |output: &Value| {
        with(
            output,
            &[
                ("body/access_token/claims/exp", json!(NOW + 60)),
                ("body/expires_in", json!(60)),
                ("record/expires_at", json!(NOW + 60)),
            ],
        )
    };
    topic
        .group("A grant lives a minute, or five for a conversation.", with_rules(two), provider_keys(), NOW)
        .valid(
            case("longer-life", "Five minutes.", "DESIGN §6", &[]),
            good().set("ctx", CTX).input(),
            with(&told(&output(), "ctx", CTX), &[("record/rules", json!(["conversations", "everybody"]))]),
        )
        .valid(case("shorter-life", "One minute.", "DESIGN §6", &[]), good().input(), minute(&output()));
}

/// What the host adds never names a conversation, and a conversation that was revoked gets no grant.
fn hosts(topic: &mut TopicBuilder) {
    let extra = |name: &str| with(&config(), &[("directory/0/user/extra", json!({name: CTX}))]);
    topic.group("A claim of the host's.", extra("task"), provider_keys(), NOW).valid(
        case("host-claim", "Under another name.", SPEC, &[]),
        good().input(),
        with(&output(), &[("body/access_token/claims/task", json!(CTX))]),
    );
    topic.group("A conversation of the host's.", extra("ctx"), provider_keys(), NOW).invalid(
        case("host-conversation", "Nobody asked for it.", SPEC, &[]),
        "host-claim",
        good().input(),
        fails("claim_reserved", "server_error"),
    );
    let entry = |ctx: &str| {
        let entry = json!({
            "iss": IDP_ISSUER, "client_id": CLIENT_AT_IDP, "sub": SUBJECT, "ctx": ctx, "issued_before": NOW - 1,
            "retain_until": NOW + 900,
        });
        with(&config(), &[("revocations", json!({"entries": [entry]}))])
    };
    let comment = "Another conversation of the same user and app was revoked.";
    topic.group(comment, entry("conversation:2"), provider_keys(), NOW).valid(
        case("another-revoked", "This one goes on.", "DESIGN §8", &[]),
        good().set("ctx", CTX).input(),
        told(&output(), "ctx", CTX),
    );
    topic
        .group("This conversation was revoked.", entry(CTX), provider_keys(), NOW)
        .invalid(
            case("revoked", "The sign-on from before is no good for it.", "DESIGN §8", &[]),
            "another-revoked",
            good().set("ctx", CTX).input(),
            fails("token_revoked", "invalid_grant"),
        )
        .valid(
            case("others-go-on", "It still is for any other.", "DESIGN §8", &[]),
            good().set("ctx", "conversation:3").input(),
            told(&output(), "ctx", "conversation:3"),
        )
        .valid(
            case("signed-on-anew", "A new sign-on begins it again.", "DESIGN §8", &[]),
            exchange_text(&id_token().claim("iat", NOW).compact())
                .basic(CLIENT_AT_IDP, SECRET)
                .set("ctx", CTX)
                .input(),
            told(&output(), "ctx", CTX),
        );
}

/// The host vouches for a refresh token, which is of no conversation; what it is exchanged for is.
fn attested(topic: &mut TopicBuilder) {
    let refresh = with(&config(), &[("server/subject_tokens", json!(["refresh_token"]))]);
    let request = |auth_time: u64, ctx: &str| {
        let sent =
            good().set("subject_token", "host-token-host-token").set("subject_token_type", REFRESH_TOKEN);
        let vouched =
            json!({"refresh_token": {"issued_here": true, "client_id": CLIENT_AT_IDP, "revoked": false}});
        let attested = json!({"subject": SUBJECT, "auth_time": auth_time, "vouched": vouched});
        with(&sent.set("ctx", ctx).input(), &[("attested", attested)])
    };
    let entry = |about: Value| {
        let entry = json!({
            "iss": IDP_ISSUER, "client_id": CLIENT_AT_IDP, "sub": SUBJECT, "issued_before": NOW - 1,
            "retain_until": NOW + 900,
        });
        let about = about.as_object().expect("members").iter();
        let entry = about.fold(entry, |entry, (name, value)| with(&entry, &[(name, value.clone())]));
        with(&refresh, &[("revocations", json!({"entries": [entry]}))])
    };
    let mut group =
        topic.group("A conversation was revoked.", entry(json!({"ctx": CTX})), provider_keys(), NOW);
    let other = told(&output(), "ctx", "conversation:3");
    group
        .valid(
            case("attested-other", "A refresh token, for another conversation.", "DESIGN §8", &[]),
            request(NOW - 100, "conversation:3"),
            other.clone(),
        )
        .invalid(
            case("attested", "A refresh token from before is no good for it.", "DESIGN §8", &[]),
            "attested-other",
            request(NOW - 100, CTX),
            fails("token_revoked", "invalid_grant"),
        )
        .valid(
            case("attested-anew", "A new sign-on begins it again.", "DESIGN §8", &[]),
            request(NOW, CTX),
            with(
                &told(&output(), "ctx", CTX),
                &[("body/access_token/claims/auth_time", json!(NOW)), ("record/auth_time", json!(NOW))],
            ),
        );
    topic.group("All of the user with the app was.", entry(json!({})), provider_keys(), NOW).valid(
        case(
            "attested-sign-on",
            "Whether the refresh token still is good, the host knows.",
            "DESIGN §4",
            &[],
        ),
        request(NOW - 100, "conversation:3"),
        other,
    );
}
