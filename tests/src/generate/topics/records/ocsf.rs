//! `record.to_ocsf`: decisions in the words of the Open Cybersecurity Schema Framework 1.3.0.

use serde_json::{Value, json};

use super::{ADMIN, anonymous, called, conversation_entry, denied, exchanged, given_up, redeemed, revoked};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails_locally, keys, with};
use crate::generate::scene::{CLIENT_AT_IDP, CLIENT_ID, IDP_ISSUER, NOW, RAS_ISSUER, RESOURCE, SUBJECT};

/// What the events of a class and an activity have in common.
fn event(record: &Value, class: (u64, &str), activity: (u64, &str), status: (u64, &str)) -> Value {
    let (category, category_name) =
        if class.0 < 6000 { (3, "Identity & Access Management") } else { (6, "Application Activity") };
    let role = &record["role"];
    let product = json!({"name": "idjag", "vendor_name": "idjag", "version": env!("CARGO_PKG_VERSION")});
    json!({
        "activity_id": activity.0, "activity_name": activity.1,
        "category_uid": category, "category_name": category_name,
        "class_uid": class.0, "class_name": class.1,
        "type_uid": class.0 * 100 + activity.0, "type_name": format!("{}: {}", class.1, activity.1),
        "time": record["time"].as_u64().expect("a time") * 1000,
        "severity_id": 1, "severity": "Informational",
        "status_id": status.0, "status": status.1,
        "metadata": {
            "version": "1.3.0", "product": product, "log_name": "decisions", "log_provider": role, "log_version": "1",
        },
        "unmapped": record,
    })
}

const SUCCESS: (u64, &str) = (1, "Success");
const FAILURE: (u64, &str) = (2, "Failure");

fn told(record: &Value, event: &Value, more: &[(&str, Value)]) -> (Value, Value) {
    (json!({"record": record}), json!({"event": with(event, more)}))
}

fn authentication(
    record: &Value,
    activity: &'static str,
    status: (u64, &str),
    more: &[(&str, Value)],
) -> (Value, Value) {
    let known = with(
        &event(record, (3002, "Authentication"), (99, activity), status),
        &[
            ("auth_protocol_id", json!(99)),
            ("auth_protocol", json!("OAuth 2.0")),
            ("is_remote", json!(true)),
            ("service", json!({"name": RAS_ISSUER})),
        ],
    );
    told(record, &known, more)
}

fn user(subject: &str, issuer: &str) -> Value {
    json!({"uid": subject, "type_id": 1, "domain": issuer})
}

/// One of each role and outcome.
pub fn events() -> Topic {
    let mut topic = TopicBuilder::new("record.to_ocsf", "events");
    let mut group = topic.group("One record each.", json!({}), keys(), NOW);
    let about = |id: &str, comment: &str| case(id, comment, "OCSF 1.3.0", &[]);
    let low = [("severity_id", json!(2)), ("severity", json!("Low"))];
    let medium = [("severity_id", json!(3)), ("severity", json!("Medium"))];
    let session = |id: &str, issuer: &str, until: u64| {
        let context = "conversation:1";
        json!({"uid": id, "issuer": issuer, "uid_alt": context, "expiration_time": (NOW + until) * 1000})
    };
    let ada = user(SUBJECT, IDP_ISSUER);
    let at_idp = json!({"user": ada, "app_uid": CLIENT_AT_IDP, "app_name": "chat-agent"});
    let record = exchanged("jag-1", "conversation:1", 0);
    let (input, output) = authentication(
        &record,
        "Token Exchange",
        SUCCESS,
        &[
            ("metadata/correlation_uid", json!("jag-1")),
            ("actor", at_idp.clone()),
            ("user", ada.clone()),
            ("session", session("jag-1", IDP_ISSUER, 300)),
        ],
    );
    group.valid(about("exchange", "An ID-JAG is issued."), input, output);
    let record = denied(80);
    let reasons = [("status_code", json!("policy_denied")), ("status_detail", record["nearest"].clone())];
    let who = [("actor", at_idp), ("user", ada)];
    let (input, output) =
        authentication(&record, "Token Exchange", FAILURE, &[&low[..], &reasons, &who].concat());
    group.valid(about("denial", "The policy denies."), input, output);
    let there = user("pairwise-for-chat", IDP_ISSUER);
    let record = redeemed("at-1", "jag-1", "conversation:1", 10);
    let (input, output) = authentication(
        &record,
        "Token Redemption",
        SUCCESS,
        &[
            ("metadata/correlation_uid", json!("jag-1")),
            ("actor", json!({"user": there, "app_uid": CLIENT_ID})),
            ("user", there.clone()),
            ("session", session("at-1", RAS_ISSUER, 610)),
        ],
    );
    group.valid(about("redemption", "It becomes an access token."), input, output);
    let unknown = json!({"name": "unknown", "type_id": 0});
    let record = json!({
        "version": 1, "time": NOW, "role": "resource_as", "action": "redeem", "decided_by": RAS_ISSUER,
        "outcome": "refuse", "error": "signature_invalid", "error_token": "id_jag", "oauth_error": "invalid_grant",
        "client_authenticated": false, "sender_constrained": false, "request_id": "req-7",
    });
    let (input, output) = authentication(
        &record,
        "Token Redemption",
        FAILURE,
        &[
            &medium[..],
            &[
                ("status_code", json!("signature_invalid")),
                ("metadata/uid", json!("req-7")),
                ("actor", json!({"user": unknown})),
                ("user", unknown.clone()),
            ],
        ]
        .concat(),
    );
    group.valid(about("forged", "Somebody presents a grant that nobody signed."), input, output);
    calls(&mut group);
    revocations(&mut group);
    let call = called("at-1", "jag-1", "conversation:1", 20);
    group.invalid(
        about("no-record", "What is no record is no event."),
        "call",
        json!({"record": with(&call, &[("decided_by", Value::Null)])}),
        fails_locally("record_malformed"),
    );
    topic.finish()
}

type Group<'g> = crate::generate::dsl::GroupBuilder<'g>;

fn calls(group: &mut Group<'_>) {
    let about = |id: &str, comment: &str| case(id, comment, "OCSF 1.3.0", &[]);
    let api = |operation: &str| json!({"operation": operation, "service": {"name": RESOURCE}});
    let class = (6003, "API Activity");
    let session = json!({
        "uid": "at-1", "issuer": RAS_ISSUER, "uid_alt": "conversation:1", "expiration_time": (NOW + 520) * 1000,
    });
    let record = called("at-1", "jag-1", "conversation:1", 20);
    let (input, output) = told(
        &record,
        &event(&record, class, (99, "Call"), SUCCESS),
        &[
            ("metadata/correlation_uid", json!("jag-1")),
            ("actor", json!({"user": user("user-1", RAS_ISSUER), "app_uid": CLIENT_ID, "session": session})),
            ("api", api("read_messages")),
            ("src_endpoint", json!({"svc_name": CLIENT_ID})),
            ("dst_endpoint", json!({"svc_name": RESOURCE})),
        ],
    );
    group.valid(about("call", "A tool is called."), input, output);
    let record = anonymous(90);
    let (input, output) = told(
        &record,
        &event(&record, class, (99, "Call"), FAILURE),
        &[
            ("severity_id", json!(2)),
            ("severity", json!("Low")),
            ("status_code", json!("credentials_missing")),
            ("actor", json!({"user": {"name": "unknown", "type_id": 0}})),
            ("api", api("unknown")),
            ("src_endpoint", json!({"svc_name": "unknown"})),
            ("dst_endpoint", json!({"svc_name": RESOURCE})),
        ],
    );
    group.valid(about("no-token", "Somebody calls without a token."), input, output);
}

fn revocations(group: &mut Group<'_>) {
    let about = |id: &str, comment: &str| case(id, comment, "OCSF 1.3.0", &[]);
    let class = (3004, "Entity Management");
    let by_client = json!({"user": user("user-1", RAS_ISSUER), "app_uid": CLIENT_ID});
    let record = given_up("at-1", 95);
    let (input, output) = told(
        &record,
        &event(&record, class, (9, "Disable"), SUCCESS),
        &[
            ("metadata/correlation_uid", json!("jag-1")),
            ("actor", by_client),
            ("entity", json!({"type": "token", "uid": "at-1"})),
        ],
    );
    group.valid(about("given-up", "A client gives up a token."), input, output);
    let record = json!({
        "version": 1, "time": NOW, "role": "resource_as", "action": "revoke", "decided_by": RAS_ISSUER,
        "outcome": "ignore", "error": "token_malformed", "error_token": "access_token", "client_id": CLIENT_ID,
        "client_authenticated": true, "sender_constrained": false,
    });
    let (input, output) = told(
        &record,
        &event(&record, class, (9, "Disable"), (99, "Ignored")),
        &[
            ("status_code", json!("token_malformed")),
            ("actor", json!({"user": {"name": "unknown", "type_id": 0}, "app_uid": CLIENT_ID})),
            ("entity", json!({"type": "token", "name": "unknown"})),
        ],
    );
    group.valid(about("ignored", "It gives up what is no token."), input, output);
    let entry = conversation_entry("conversation:1", 99);
    let record = revoked(&entry, 99);
    let name = format!("{CLIENT_ID} user-1 conversation:1");
    let (input, output) = told(
        &record,
        &event(&record, class, (9, "Disable"), SUCCESS),
        &[
            ("actor", json!({"user": {"type_id": 2, "uid": ADMIN}})),
            ("entity", json!({"type": "tokens", "name": name, "data": entry})),
        ],
    );
    group.valid(about("administrator", "An administrator ends a conversation."), input, output);
}
