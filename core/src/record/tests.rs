//! The table, the schema and the writer name the same things, and what is read back is what was written.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::connections::{ConnectionLimits, Connections};
use super::*;
use crate::Limits;
use crate::codec::json::{Json, Object};
use crate::crypto::Thumbprint;
use crate::error::{Error, ErrorCode, OAuthError};
use crate::policy::{Policy, PolicyOptions};
use crate::revocation::{Holder, Revocation, Revoked};
use crate::scope::Scope;
use crate::text::{Acr, ClientId, RequestId, SessionId, Subject, Tenant, TokenId};
use crate::time::UnixTime;
use crate::token::{Actor, Context, ContextClaim, TokenKind};
use crate::uri::{Issuer, ResourceId, Transport};

const HTTPS: Transport = Transport::HttpsOnly;

fn at(seconds: u64) -> UnixTime {
    UnixTime::now(seconds).unwrap()
}

fn issuer(url: &str) -> Issuer {
    Issuer::new(url, HTTPS).unwrap()
}

fn entry() -> Revocation {
    let (client_id, subject) = (ClientId::new("desk").unwrap(), Subject::new("ada").unwrap());
    let holder = Holder::Conversation { client_id, subject, context: "c1".into() };
    let revoked = Revoked::IssuedTo { holder, until: at(9) };
    Revocation { issuer: issuer("https://as.example"), revoked, retain_until: at(1000) }
}

/// A record with every member.
fn full() -> DecisionRecord {
    let text = |text: &str| Some(String::from(text));
    let policy =
        Policy::compile(br#"{"version":1,"apps":[],"servers":[],"rules":[]}"#, &PolicyOptions::default());
    let actor = |subject, prior| Actor {
        issuer: text("https://actors.example"),
        subject: Subject::new(subject).unwrap(),
        sub_profile: text("ai_agent"),
        prior,
    };
    let scope = |text| Some(Scope::parse(text, &Limits::DEFAULT).unwrap());
    let context = Context::new(ContextClaim::CTX, "conversation:1").unwrap();
    DecisionRecord {
        request_id: Some(RequestId::new("req-1").unwrap()),
        outcome: Outcome::Deny,
        error: Some(Error::with_detail(ErrorCode::PolicyDenied, "scope").of(TokenKind::IdJag)),
        oauth_error: Some(OAuthError::AccessDenied),
        policy: Some(policy.unwrap().digest().clone()),
        rules: ["a", "b"].map(String::from).into(),
        agents: ["c"].map(String::from).into(),
        nearest: text("permit `a`: it lacks"),
        app: text("desk"),
        server: text("data"),
        client_id: Some(ClientId::new("desk-at-idp").unwrap()),
        client_authenticated: true,
        target_client_id: Some(ClientId::new("desk-at-data").unwrap()),
        issuer: Some(issuer("https://idp.example")),
        tenant: Some(Tenant::new("t").unwrap()),
        subject: Some(Subject::new("ada").unwrap()),
        target_subject: Some(Subject::new("ada@data").unwrap()),
        audience: Some(issuer("https://as.example")),
        resources: [ResourceId::new("https://mcp.example/", HTTPS).unwrap()].into(),
        scope_asked: scope("a b"),
        scope_granted: scope(""),
        details_asked: [String::from("payment")].into(),
        details_granted: [String::from("payment")].into(),
        operation: text("read_rows"),
        actor: Some(actor("outer", [actor("inner", Vec::new())].into())),
        jkt: Some(Thumbprint::parse(&"A".repeat(43)).unwrap()),
        auth_time: Some(at(5)),
        acr: Some(Acr::new("urn:mfa").unwrap()),
        session_id: Some(SessionId::new("sid-1").unwrap()),
        subject_token_id: Some(TokenId::new("idt-1").unwrap()),
        token_id: Some(TokenId::new("at-2").unwrap()),
        grant_id: Some(TokenId::new("jag-1").unwrap()),
        parent_id: Some(TokenId::new("at-1").unwrap()),
        context: Some(context),
        expires_at: Some(at(77)),
        revoked: Some(entry()),
        ..DecisionRecord::new(Role::Idp, "https://idp.example", at(10))
    }
}

fn changed(name: &'static str, value: impl Into<Json<'static>>) -> Object<'static> {
    let mut object = full().to_json();
    object.set(name, value);
    object
}

fn code_of(object: Object<'static>) -> Option<(ErrorCode, Option<&'static str>)> {
    RecordedDecision::from_json(object).err().map(|error| (error.code(), error.detail()))
}

#[test]
fn a_full_record_has_every_member_of_the_table_and_is_read_back_as_it_was() {
    let written = full().to_json();
    let names: BTreeSet<&str> = written.iter().map(|(name, _)| name).collect();
    assert_eq!(names, members().collect());
    let line = written.to_string();
    let read = RecordedDecision::parse(line.as_bytes()).unwrap();
    assert_eq!(read.to_string(), line);
    assert_eq!(read, RecordedDecision::from(&full()));
    assert_eq!(read.revoked(), Some(entry()));
    assert_eq!(read.actor().unwrap().prior.len(), 1);
    assert!(!line.contains('\n'));
}

#[test]
fn what_is_no_record_is_refused_and_the_member_named() {
    let refused = |name: &'static str, value: Json<'static>| code_of(changed(name, value)).unwrap();
    let text = |text: &str| Json::string(String::from(text));
    for (name, value) in [
        ("version", Json::from(2)),
        ("time", text("10")),
        ("time", Json::Number(crate::codec::json::Number::Float(1.5))),
        ("role", text("somebody")),
        ("action", text("steal")),
        ("outcome", text("maybe")),
        ("error", text("Policy Denied")),
        ("app", text("")),
        ("nearest", text("line\nbreak")),
        ("rules", Json::Array(Vec::new())),
        ("rules", Json::strings([""])),
        ("scope_asked", text("b a")),
        ("scope_asked", text("a  b")),
        ("client_authenticated", text("true")),
        ("jkt", Json::Null),
        ("token_id", text(&"x".repeat(257))),
        ("actor", Json::Object(Object::new())),
        ("revoked", Json::Object(Object::new())),
    ] {
        assert_eq!(refused(name, value), (ErrorCode::RecordMalformed, Some(name)));
    }
    assert_eq!(refused("more", Json::from(1)).1, Some("unknown member"));
    // An actor holds what was written of it and nothing beside.
    let mut act = Object::new();
    act.set_str("sub", "a");
    act.set_str("note", "sender chosen");
    assert_eq!(refused("actor", Json::Object(act)).1, Some("actor"));
    for text in ["", "[]", "{}", "null", "{\"version\":1,\"version\":1}"] {
        assert!(RecordedDecision::parse(text.as_bytes()).is_err(), "{text}");
    }
    let long = alloc::format!("{}{}", full().to_json(), " ".repeat(RecordedDecision::MAX_BYTES));
    assert_eq!(RecordedDecision::parse(long.as_bytes()).unwrap_err().detail(), Some("size"));
}

#[test]
fn a_decision_has_what_belongs_to_it() {
    for (name, detail) in [
        ("decided_by", "decided_by"),
        ("sender_constrained", "sender_constrained"),
        ("client_id", "client_id"),
        ("policy", "policy"),
        ("error", "error"),
        ("oauth_error", "oauth_error"),
        ("jkt", "jkt"),
    ] {
        let mut object = full().to_json();
        object.remove(name).unwrap();
        assert_eq!(code_of(object), Some((ErrorCode::RecordMalformed, Some(detail))));
    }
    // What was granted was no error, and what no role does is no decision.
    assert_eq!(code_of(changed("outcome", Json::string("permit"))).unwrap().1, Some("error"));
    assert_eq!(code_of(changed("action", Json::string("access"))).unwrap().1, Some("outcome"));
    assert_eq!(code_of(changed("sender_constrained", Json::Bool(false))).unwrap().1, Some("jkt"));
}

#[test]
fn the_schema_has_the_members_and_the_decisions_of_the_table() {
    let schema = schema();
    let object = |value: &Json<'static>| value.as_object().cloned().unwrap();
    let properties = object(schema.get("properties").unwrap());
    assert_eq!(properties.iter().map(|(name, _)| name).collect::<Vec<_>>(), members().collect::<Vec<_>>());
    assert!(properties.iter().all(|(_, property)| object(property).contains("description")));
    assert_eq!(schema.get("additionalProperties"), Some(&Json::Bool(false)));
    assert_eq!(schema.get("oneOf").and_then(Json::as_array).map(<[_]>::len), Some(CELLS.len()));
    let text = schema.to_string();
    for rest in text.split("\"#/$defs/").skip(1) {
        let name = rest.split('"').next().unwrap();
        assert!(object(schema.get("$defs").unwrap()).contains(name));
    }
    for cell in CELLS {
        assert!(cell.has.iter().all(|name| members().any(|member| member == *name)), "{cell:?}");
        assert_eq!(
            CELLS
                .iter()
                .filter(|other| (other.role, other.action, other.outcome)
                    == (cell.role, cell.action, cell.outcome))
                .count(),
            1
        );
    }
}

#[test]
fn an_administrators_revocation_is_a_record() {
    let record = DecisionRecord::of_revocation(&entry(), "admin@example", at(10)).unwrap();
    let read = RecordedDecision::parse(record.to_json().to_string().as_bytes()).unwrap();
    assert_eq!(
        (read.role(), read.outcome(), read.revoked()),
        (Role::Administrator, Outcome::Revoke, Some(entry()))
    );
    assert!(DecisionRecord::of_revocation(&entry(), "two\nlines", at(10)).is_err());
}

/// An access token for one conversation, issued at 10 and good until 77.
fn issued(id: &str) -> RecordedDecision {
    let record = DecisionRecord {
        role: Role::ResourceAuthorizationServer,
        action: Action::Redeem,
        outcome: Outcome::Permit,
        decided_by: "https://as.example".into(),
        client_id: Some(ClientId::new("desk").unwrap()),
        target_subject: Some(Subject::new("ada").unwrap()),
        token_id: Some(TokenId::new(id).unwrap()),
        context: Some(Context::new(ContextClaim::CTX, "c1").unwrap()),
        parent_id: None,
        error: None,
        oauth_error: None,
        revoked: None,
        ..full()
    };
    RecordedDecision::from_json(record.to_json()).unwrap()
}

#[test]
fn the_fold_forgets_nothing_silently() {
    let mut folded = Connections::new(ConnectionLimits { tokens: 1, denials: 1, revocations: 1 });
    let denial = RecordedDecision::from(&full());
    let later = RecordedDecision::from(&DecisionRecord { time: at(11), ..full() });
    for record in [&issued("at-1"), &issued("at-1"), &denial, &denial] {
        folded.add(record);
    }
    assert_eq!(folded.table(at(20)).left_out, 0);
    folded.add(&issued("at-2"));
    folded.add(&later);
    assert_eq!(folded.table(at(20)).left_out, 2);
}

#[test]
fn a_revoked_conversation_is_not_live() {
    let mut folded = Connections::default();
    folded.add(&issued("at-1"));
    let live = |folded: &Connections, now| folded.table(at(now)).connections[0].live_tokens;
    assert_eq!((live(&folded, 76), live(&folded, 77)), (1, 0));
    // Issued at 10, and what is revoked is what was issued until 9.
    folded.add(&RecordedDecision::from(&DecisionRecord::of_revocation(&entry(), "admin", at(12)).unwrap()));
    assert_eq!(live(&folded, 76), 1);
    let Revoked::IssuedTo { holder, .. } = entry().revoked else { panic!("a holder") };
    let all = Revocation { revoked: Revoked::IssuedTo { holder, until: at(10) }, ..entry() };
    folded.add(&RecordedDecision::from(&DecisionRecord::of_revocation(&all, "admin", at(12)).unwrap()));
    assert_eq!(live(&folded, 76), 0);
}
