//! Decision records as events of the Open Cybersecurity Schema Framework, for the systems that security teams search in.
//!
//! Which class a decision becomes, and why, is docs/decisions/014. What has no place of its own in a class is in `unmapped`,
//! which holds the whole record.

use alloc::string::String;
use alloc::vec::Vec;

use super::decision::{Action, DecisionRecord, Outcome, Role};
use super::read::RecordedDecision;
use crate::codec::json::{Json, Object};

/// The version of the framework whose names are used. Later ones of the same major version take such events.
pub const VERSION: &str = "1.3.0";

/// Errors that tell of somebody who presents what is not theirs, or not any more.
const SUSPICIOUS: [&str; 6] = [
    "token_replayed",
    "token_revoked",
    "signature_invalid",
    "proof_key_mismatch",
    "client_mismatch",
    "client_authentication_failed",
];

/// A class of events, with the category it belongs to.
struct Class {
    uid: u64,
    name: &'static str,
    category: u64,
    category_name: &'static str,
}

const AUTHENTICATION: Class =
    Class { uid: 3002, name: "Authentication", category: 3, category_name: "Identity & Access Management" };
const ENTITY_MANAGEMENT: Class = Class { uid: 3004, name: "Entity Management", ..AUTHENTICATION };
const API_ACTIVITY: Class =
    Class { uid: 6003, name: "API Activity", category: 6, category_name: "Application Activity" };

/// `Other`: the name beside it says what.
const OTHER: u64 = 99;
/// `Disable`, of Entity Management: the entity stays and is good for nothing.
const DISABLE: u64 = 9;

/// The event of a decision.
#[must_use]
pub fn event(record: &RecordedDecision) -> Object<'static> {
    let (class, activity, activity_name) = match record.action() {
        Action::Exchange => (AUTHENTICATION, OTHER, "Token Exchange"),
        Action::Redeem => (AUTHENTICATION, OTHER, "Token Redemption"),
        Action::Derive => (AUTHENTICATION, OTHER, "Token Derivation"),
        Action::Access => (API_ACTIVITY, OTHER, "Call"),
        Action::Revoke => (ENTITY_MANAGEMENT, DISABLE, "Disable"),
    };
    let mut event = Object::new();
    event.set("activity_id", activity);
    event.set_str("activity_name", activity_name);
    event.set("category_uid", class.category);
    event.set_str("category_name", class.category_name);
    event.set("class_uid", class.uid);
    event.set_str("class_name", class.name);
    event.set("type_uid", class.uid.saturating_mul(100).saturating_add(activity));
    event.set_str("type_name", alloc::format!("{}: {activity_name}", class.name));
    event.set("time", milliseconds(record.time().as_secs()));
    let (severity, severity_name) = severity(record);
    event.set("severity_id", severity);
    event.set_str("severity", severity_name);
    let (status, status_name) = match record.outcome() {
        Outcome::Permit | Outcome::Revoke => (1, "Success"),
        Outcome::Ignore => (OTHER, "Ignored"),
        Outcome::Deny | Outcome::StepUp | Outcome::Refuse => (2, "Failure"),
    };
    event.set("status_id", status);
    event.set_str("status", status_name);
    copy(record, "error", &mut event, "status_code");
    copy(record, "nearest", &mut event, "status_detail");
    event.set("metadata", metadata(record));
    event.set("actor", actor(record));
    match record.action() {
        Action::Exchange | Action::Redeem | Action::Derive => {
            event.set("user", user(record));
            event.set("service", named(record.text("audience").or(record.text("decided_by"))));
            event.set("auth_protocol_id", OTHER);
            event.set_str("auth_protocol", "OAuth 2.0");
            event.set("is_remote", true);
            if let Some(session) = session(record) {
                event.set("session", session);
            }
        }
        Action::Access => {
            event.set("api", api(record));
            event.set("src_endpoint", source(record));
            event.set("dst_endpoint", endpoint(record.text("decided_by")));
        }
        Action::Revoke => event.set("entity", entity(record)),
    }
    event.set("unmapped", record.to_json().clone());
    event
}

const fn milliseconds(seconds: u64) -> u64 {
    seconds.saturating_mul(1000)
}

/// Which alarm a decision is worth is for the reader's rules to say; this says how unusual it is.
fn severity(record: &RecordedDecision) -> (u64, &'static str) {
    match record.text("error") {
        Some(error) if SUSPICIOUS.contains(&error) => (3, "Medium"),
        Some(_) if record.outcome() != Outcome::Ignore => (2, "Low"),
        _ => (1, "Informational"),
    }
}

fn copy(record: &RecordedDecision, from: &str, to: &mut Object<'static>, name: &'static str) {
    if let Some(text) = record.text(from) {
        to.set_str(name, String::from(text));
    }
}

fn metadata(record: &RecordedDecision) -> Object<'static> {
    let mut product = Object::new();
    product.set_str("name", "idjag");
    product.set_str("vendor_name", "idjag");
    product.set_str("version", env!("CARGO_PKG_VERSION"));
    let mut metadata = Object::new();
    metadata.set_str("version", VERSION);
    metadata.set("product", product);
    metadata.set_str("log_name", "decisions");
    metadata.set_str("log_provider", record.role().as_str());
    metadata.set_str("log_version", alloc::format!("{}", DecisionRecord::VERSION));
    copy(record, "request_id", &mut metadata, "uid");
    // All that stems from one ID-JAG.
    copy(record, "grant_id", &mut metadata, "correlation_uid");
    metadata
}

/// Nobody who is known.
fn unknown() -> Object<'static> {
    let mut user = Object::new();
    user.set_str("name", "unknown");
    user.set("type_id", 0);
    user
}

fn user(record: &RecordedDecision) -> Object<'static> {
    let Some(subject) = record.text("subject") else { return unknown() };
    let mut user = Object::new();
    user.set_str("uid", String::from(subject));
    user.set("type_id", 1);
    copy(record, "issuer", &mut user, "domain");
    user
}

/// Who asked: the app, for the user.
fn actor(record: &RecordedDecision) -> Object<'static> {
    let mut actor = Object::new();
    if record.role() == Role::Administrator {
        let mut user = Object::new();
        user.set("type_id", 2);
        copy(record, "decided_by", &mut user, "uid");
        actor.set("user", user);
        return actor;
    }
    actor.set("user", user(record));
    copy(record, "client_id", &mut actor, "app_uid");
    copy(record, "app", &mut actor, "app_name");
    if record.action() == Action::Access
        && let Some(session) = session(record)
    {
        actor.set("session", session);
    }
    actor
}

/// The token as a session: what was granted, until when.
fn session(record: &RecordedDecision) -> Option<Object<'static>> {
    let id = record.text("token_id")?;
    let mut session = Object::new();
    session.set_str("uid", String::from(id));
    let issuer = if record.role() == Role::ResourceServer { "issuer" } else { "decided_by" };
    copy(record, issuer, &mut session, "issuer");
    copy(record, "context", &mut session, "uid_alt");
    if let Some(at) = record.time_of("expires_at") {
        session.set("expiration_time", milliseconds(at.as_secs()));
    }
    Some(session)
}

fn named(name: Option<&str>) -> Object<'static> {
    let mut out = Object::new();
    out.set_str("name", String::from(name.unwrap_or("unknown")));
    out
}

fn api(record: &RecordedDecision) -> Object<'static> {
    let mut api = Object::new();
    api.set_str("operation", String::from(record.text("operation").unwrap_or("unknown")));
    api.set("service", named(record.text("decided_by")));
    api
}

/// No address is recorded: the client is where a call comes from.
fn source(record: &RecordedDecision) -> Object<'static> {
    endpoint(record.text("client_id"))
}

fn endpoint(name: Option<&str>) -> Object<'static> {
    let mut endpoint = Object::new();
    endpoint.set_str("svc_name", String::from(name.unwrap_or("unknown")));
    endpoint
}

/// What is good no longer: one token, or those of a holder.
fn entity(record: &RecordedDecision) -> Object<'static> {
    let mut entity = Object::new();
    entity.set_str("type", "token");
    match record.to_json().get("revoked").and_then(Json::as_object) {
        Some(revoked) => {
            let text = |name| revoked.get(name).and_then(Json::as_str);
            match text("jti").or(text("jag_jti")) {
                Some(id) => entity.set_str("uid", String::from(id)),
                None => {
                    entity.set_str("type", "tokens");
                    let named = ["client_id", "sub", "ctx"].into_iter().filter_map(text);
                    entity.set_str("name", named.collect::<Vec<_>>().join(" "));
                }
            }
            entity.set("data", revoked.clone());
        }
        None => match record.text("token_id") {
            Some(id) => entity.set_str("uid", String::from(id)),
            None => entity.set_str("name", "unknown"),
        },
    }
    entity
}
