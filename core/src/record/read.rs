//! Decision records, read back from a log: strictly, so that what is folded is what was written.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use core::fmt;

use super::decision::{Action, DecisionRecord, Outcome, Role};
use super::table::{ALWAYS, FIELDS, Field, Kind, MAX_ACTORS, MAX_ITEMS, MAX_SCOPE_BYTES};
use crate::codec::json::{Json, Object};
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::revocation::Revocation;
use crate::scope::Scope;
use crate::text::is_plain;
use crate::time::UnixTime;
use crate::token::Actor;

/// Nesting of a record: itself, actors, and what they hold.
const DEPTH: usize = 24;

/// A decision that somebody recorded: of the form of [`super::schema`], and nothing more is known of it.
///
/// Whoever can write to a log can write any decision there: a record is evidence, never permission.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedDecision {
    object: Object<'static>,
    role: Role,
    action: Action,
    outcome: Outcome,
    time: UnixTime,
}

/// A record that has not the form of one; says which member.
const fn malformed(member: &'static str) -> Error {
    Error::with_detail(ErrorCode::RecordMalformed, member)
}

impl RecordedDecision {
    /// The longest record in bytes.
    pub const MAX_BYTES: usize = 256 * 1024;

    /// Reads the text of one record: a line of a log. Fails with `record_malformed`, the member as detail,
    /// `duplicate_member` or `json_too_deep`.
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        if text.len() > Self::MAX_BYTES {
            return Err(malformed("size"));
        }
        Self::from_json(Json::parse_object(text, DEPTH, ErrorCode::RecordMalformed)?.into_owned())
    }

    /// Takes over an object as [`DecisionRecord::to_json`] writes it. Fails with `record_malformed`, the member as
    /// detail: also on a member that is not known, and on a decision that the role cannot take.
    pub fn from_json(object: Object<'static>) -> Result<Self, Error> {
        let mut known: usize = 0;
        for field in FIELDS {
            if let Some(value) = object.get(field.name) {
                known = known.saturating_add(1);
                check(field, value)?;
            }
        }
        if known != object.len() {
            return Err(malformed("unknown member"));
        }
        let missing = ALWAYS.into_iter().find(|name| !object.contains(name));
        if let Some(name) = missing {
            return Err(malformed(name));
        }
        let text = |name: &'static str| object.get(name).and_then(Json::as_str).ok_or(malformed(name));
        let role = Role::named(text("role")?).ok_or(malformed("role"))?;
        let action = Action::named(text("action")?).ok_or(malformed("action"))?;
        let outcome = Outcome::named(text("outcome")?).ok_or(malformed("outcome"))?;
        let time = object.get("time").and_then(time).ok_or(malformed("time"))?;
        let cell = DecisionRecord::cell_of(role, action, outcome).ok_or(malformed("outcome"))?;
        if let Some(name) = cell.has.iter().find(|name| !object.contains(name)) {
            return Err(malformed(name));
        }
        let says = [
            ("error", outcome.has_error()),
            ("oauth_error", outcome.is_answered_with_error()),
            ("jkt", object.get("sender_constrained") == Some(&Json::Bool(true))),
        ];
        if let Some((name, _)) = says.iter().find(|(name, is_due)| object.contains(name) != *is_due) {
            return Err(malformed(name));
        }
        Ok(Self { object, role, action, outcome, time })
    }

    /// The record as it was read.
    #[must_use]
    pub const fn to_json(&self) -> &Object<'static> {
        &self.object
    }

    /// Who decided.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// What was asked for.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// What was decided.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// When.
    #[must_use]
    pub const fn time(&self) -> UnixTime {
        self.time
    }

    /// The text of the member `name`, where it is there and a text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.object.get(name).and_then(Json::as_str)
    }

    /// The texts of the member `name`: of a list, its items; of a scope, its tokens.
    pub fn texts<'r>(&'r self, name: &str) -> impl Iterator<Item = &'r str> {
        let value = self.object.get(name);
        let items = value.and_then(Json::as_array).unwrap_or_default().iter().filter_map(Json::as_str);
        let tokens = value.and_then(Json::as_str).unwrap_or_default().split(' ');
        items.chain(tokens.filter(|token| !token.is_empty()))
    }

    /// The time of the member `name`.
    #[must_use]
    pub fn time_of(&self, name: &str) -> Option<UnixTime> {
        self.object.get(name).and_then(time)
    }

    /// Whether the member `name` is `true`.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.object.get(name).and_then(Json::as_bool) == Some(true)
    }

    /// Who acted for the user.
    #[must_use]
    pub fn actor(&self) -> Option<Actor> {
        self.object.get("actor").and_then(actor)
    }

    /// What an administrator revoked.
    #[must_use]
    pub fn revoked(&self) -> Option<Revocation> {
        self.object
            .get("revoked")
            .and_then(Json::as_object)
            .and_then(|entry| Revocation::from_json(entry).ok())
    }
}

impl From<&DecisionRecord> for RecordedDecision {
    fn from(record: &DecisionRecord) -> Self {
        let (role, action, outcome, time) = (record.role, record.action, record.outcome, record.time);
        Self { object: record.to_json(), role, action, outcome, time }
    }
}

/// The record as one line of a log: no line break is ever inside.
impl fmt::Display for RecordedDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.object, f)
    }
}

/// What a token says of its own times may lie further ahead than any clock.
fn time(value: &Json<'_>) -> Option<UnixTime> {
    value.as_u64().and_then(|seconds| UnixTime::from_numeric_date(seconds as f64))
}

fn actor(value: &Json<'_>) -> Option<Actor> {
    let limits = Limits { actor_depth: MAX_ACTORS, ..Limits::DEFAULT };
    // A claim may hold anything beside what is known; a record holds what was written of it.
    Actor::from_json(value, &limits).ok().filter(|actor| actor.to_json() == value.clone().into_owned())
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

fn is_scope(text: &str) -> bool {
    let limits = Limits { scope_tokens: MAX_ITEMS, ..Limits::DEFAULT };
    let is_read_back = |scope: Scope| alloc::format!("{scope}") == text;
    text.is_empty() || (text.len() <= MAX_SCOPE_BYTES && Scope::parse(text, &limits).is_ok_and(is_read_back))
}

fn check(field: &Field, value: &Json<'_>) -> Result<(), Error> {
    let is_text = |value: &Json<'_>, max| value.as_str().is_some_and(|text| is_plain(text, max));
    let holds = match field.kind {
        Kind::Version => value.as_u64() == Some(DecisionRecord::VERSION),
        Kind::Time => time(value).is_some(),
        Kind::Flag => value.as_bool().is_some(),
        Kind::Text(max) => is_text(value, max),
        Kind::Texts(max) => value.as_array().is_some_and(|items| {
            !items.is_empty() && items.len() <= MAX_ITEMS && items.iter().all(|item| is_text(item, max))
        }),
        Kind::Scope => value.as_str().is_some_and(is_scope),
        Kind::Role => value.as_str().and_then(Role::named).is_some(),
        Kind::Action => value.as_str().and_then(Action::named).is_some(),
        Kind::Outcome => value.as_str().and_then(Outcome::named).is_some(),
        Kind::Name => value.as_str().is_some_and(is_name),
        Kind::Actor => actor(value).is_some(),
        Kind::Revocation => value.as_object().is_some_and(|entry| Revocation::from_json(entry).is_ok()),
    };
    if holds { Ok(()) } else { Err(malformed(field.name)) }
}

/// An owned text.
pub(super) fn own(text: &str) -> String {
    text.to_owned()
}
