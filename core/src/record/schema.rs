//! The JSON Schema of decision records, written from the table that the reader reads by.

use alloc::string::String;
use alloc::vec::Vec;

use super::decision::{Action, DecisionRecord, Outcome, Role};
use super::table::{ALWAYS, CELLS, Cell, FIELDS, Field, Kind, MAX_ACTORS, MAX_ITEMS, MAX_SCOPE_BYTES};
use crate::codec::json::{Json, Object};

/// No control character, as [`crate::text`] has it.
const PLAIN: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f]+$";

/// The JSON Schema (2020-12) of decision records: every record is valid under it, and so is nothing that
/// [`super::RecordedDecision`] cannot read, save what a schema cannot say.
#[must_use]
pub fn schema() -> Object<'static> {
    let mut properties = Object::new();
    for field in FIELDS {
        properties.set(field.name, property(field));
    }
    let mut definitions = Object::new();
    definitions.set("actor", actor());
    definitions.set("revocation", revocation());
    object([
        ("$schema", Json::string("https://json-schema.org/draft/2020-12/schema")),
        ("title", Json::string("Decision record")),
        (
            "description",
            Json::string(
                "One decision of a server that uses idjag: who asked for what, what was decided and why. It never holds a \
                 token. A version 1 record never loses a member or changes its meaning; new members and names may be added.",
            ),
        ),
        ("type", Json::string("object")),
        ("additionalProperties", Json::Bool(false)),
        ("required", Json::strings(ALWAYS)),
        ("properties", Json::Object(properties)),
        ("oneOf", Json::Array(CELLS.iter().map(decision).collect())),
        ("allOf", Json::Array(rules())),
        ("$defs", Json::Object(definitions)),
    ])
}

fn object<const N: usize>(members: [(&'static str, Json<'static>); N]) -> Object<'static> {
    let mut object = Object::new();
    for (name, value) in members {
        object.set(name, value);
    }
    object
}

fn text(max: usize) -> Object<'static> {
    object([
        ("type", Json::string("string")),
        ("minLength", Json::from(1)),
        ("maxLength", Json::from(max as u64)),
        ("pattern", Json::string(PLAIN)),
    ])
}

fn names<'n>(names: impl Iterator<Item = &'n str>) -> Object<'static> {
    object([("enum", Json::strings(names.map(String::from)))])
}

fn constant(value: &'static str) -> Json<'static> {
    Json::Object(object([("const", Json::string(value))]))
}

fn reference(definition: &'static str) -> Object<'static> {
    object([("$ref", Json::string(definition))])
}

fn time() -> Object<'static> {
    object([
        ("type", Json::string("integer")),
        ("minimum", Json::from(0)),
        ("maximum", Json::from(9_007_199_254_740_992)),
    ])
}

fn property(field: &Field) -> Object<'static> {
    let mut schema = match field.kind {
        Kind::Version => object([("const", Json::from(DecisionRecord::VERSION))]),
        Kind::Time => time(),
        Kind::Flag => object([("type", Json::string("boolean"))]),
        Kind::Text(max) => text(max),
        Kind::Texts(max) => object([
            ("type", Json::string("array")),
            ("minItems", Json::from(1)),
            ("maxItems", Json::from(MAX_ITEMS as u64)),
            ("items", Json::Object(text(max))),
        ]),
        Kind::Scope => object([
            ("type", Json::string("string")),
            ("maxLength", Json::from(MAX_SCOPE_BYTES as u64)),
            ("pattern", Json::string("^$|^[!#-\\[\\]-~]+( [!#-\\[\\]-~]+)*$")),
        ]),
        Kind::Role => names(Role::ALL.iter().map(|role| role.as_str())),
        Kind::Action => names(Action::ALL.iter().map(|action| action.as_str())),
        Kind::Outcome => names(Outcome::ALL.iter().map(|outcome| outcome.as_str())),
        Kind::Name => {
            object([("type", Json::string("string")), ("pattern", Json::string("^[a-z0-9_]{1,64}$"))])
        }
        Kind::Actor => reference("#/$defs/actor"),
        Kind::Revocation => reference("#/$defs/revocation"),
    };
    schema.set_str("description", field.doc);
    schema
}

/// Who decides what, and the members that go with it.
fn decision(cell: &Cell) -> Json<'static> {
    let properties = object([
        ("role", constant(cell.role.as_str())),
        ("action", constant(cell.action.as_str())),
        ("outcome", constant(cell.outcome.as_str())),
    ]);
    let mut schema = object([("properties", Json::Object(properties))]);
    if !cell.has.is_empty() {
        schema.set("required", Json::strings(cell.has.iter().copied()));
    }
    Json::Object(schema)
}

/// `member` is there exactly where `when` holds.
fn exactly_where(when: Object<'static>, member: &'static str) -> Json<'static> {
    let absent = object([(member, Json::Bool(false))]);
    Json::Object(object([
        ("if", Json::Object(object([("properties", Json::Object(when))]))),
        ("then", Json::Object(object([("required", Json::strings([member]))]))),
        ("else", Json::Object(object([("properties", Json::Object(absent))]))),
    ]))
}

fn rules() -> Vec<Json<'static>> {
    let outcomes = |holds: fn(Outcome) -> bool| {
        let those = Outcome::ALL.iter().copied().filter(|outcome| holds(*outcome)).map(Outcome::as_str);
        object([("outcome", Json::Object(names(those)))])
    };
    let is_true = Json::Object(object([("const", Json::Bool(true))]));
    Vec::from([
        exactly_where(outcomes(Outcome::has_error), "error"),
        exactly_where(outcomes(Outcome::is_answered_with_error), "oauth_error"),
        exactly_where(object([("sender_constrained", is_true)]), "jkt"),
    ])
}

fn actor() -> Object<'static> {
    let properties = object([
        ("iss", Json::Object(text(1024))),
        ("sub", Json::Object(text(512))),
        ("sub_profile", Json::Object(text(1024))),
        ("act", Json::Object(reference("#/$defs/actor"))),
    ]);
    object([
        (
            "description",
            Json::string(alloc::format!(
                "The party that acts and, nested in it, the one before; at most {MAX_ACTORS}."
            )),
        ),
        ("type", Json::string("object")),
        ("additionalProperties", Json::Bool(false)),
        ("required", Json::strings(["sub"])),
        ("properties", Json::Object(properties)),
    ])
}

fn revocation() -> Object<'static> {
    let act = object([
        ("type", Json::string("object")),
        ("required", Json::strings(["sub"])),
        (
            "properties",
            Json::Object(object([("iss", Json::Object(text(1024))), ("sub", Json::Object(text(512)))])),
        ),
    ]);
    let properties = object([
        ("iss", Json::Object(text(2048))),
        ("jti", Json::Object(text(256))),
        ("jag_jti", Json::Object(text(256))),
        ("sub", Json::Object(text(512))),
        ("client_id", Json::Object(text(1024))),
        ("ctx", Json::Object(text(512))),
        ("act", Json::Object(act)),
        ("issued_before", Json::Object(time())),
        ("retain_until", Json::Object(time())),
    ]);
    object([
        ("description", Json::string("Which tokens of which issuer were revoked, in their own claims.")),
        ("type", Json::string("object")),
        ("additionalProperties", Json::Bool(false)),
        ("required", Json::strings(["iss", "retain_until"])),
        ("properties", Json::Object(properties)),
    ])
}
