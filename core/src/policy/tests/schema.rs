//! The published schema and the reader name the same things.

use alloc::collections::BTreeSet as Set;

use super::super::document;
use super::*;
use crate::codec::json::{Json, Object};

fn schema() -> Object<'static> {
    match Json::parse(POLICY_SCHEMA.as_bytes(), 32).unwrap().into_owned() {
        Json::Object(object) => object,
        other => panic!("{other}"),
    }
}

fn at<'j>(object: &'j Object<'static>, path: &[&str]) -> &'j Object<'static> {
    path.iter().fold(object, |object, step| object.get(step).and_then(Json::as_object).expect(step))
}

fn strings<'j>(object: &'j Object<'static>, member: &str) -> Set<&'j str> {
    object.get(member).and_then(Json::as_array).unwrap_or_default().iter().filter_map(Json::as_str).collect()
}

/// The definitions of objects with members of their own, and what the reader knows of each.
const OBJECTS: &[(&[&str], &[&str])] = &[
    (&[], document::DOCUMENT),
    (&["$defs", "app"], document::APP),
    (&["$defs", "agent"], document::AGENT),
    (&["$defs", "server"], document::SERVER),
    (&["$defs", "rule"], document::RULE),
    (&["$defs", "selector"], document::SELECTOR),
    (&["$defs", "subjects"], document::SUBJECTS),
    (&["$defs", "require"], document::REQUIRE),
];

#[test]
fn schema_and_reader_name_the_same_members() {
    let schema = schema();
    for (path, members) in OBJECTS {
        let object = at(&schema, path);
        let properties: Set<&str> = at(object, &["properties"]).iter().map(|(name, _)| name).collect();
        assert_eq!(properties, members.iter().copied().collect(), "{path:?}");
        assert_eq!(object.get("additionalProperties"), Some(&Json::Bool(false)), "{path:?}");
    }
    let closed = at(&schema, &["$defs"]).iter().filter(|(_, definition)| {
        definition.as_object().is_some_and(|definition| definition.contains("properties"))
    });
    assert_eq!(closed.count() + 1, OBJECTS.len(), "every object of the schema is compared");
}

#[test]
fn schema_and_reader_require_the_same_members() {
    let schema = schema();
    let mut missing = Set::new();
    let places = [
        ("", ""),
        ("/apps/0", "app"),
        ("/agents/0", "agent"),
        ("/servers/0", "server"),
        ("/rules/0", "rule"),
    ];
    for (path, name) in places {
        let definition = if name.is_empty() { &schema } else { at(&schema, &["$defs", name]) };
        missing.extend(strings(definition, "required").into_iter().map(|member| format!("{path}/{member}")));
    }
    let bare = r#"{"version": 1, "apps": [{}], "agents": [{}], "servers": [{}], "rules": [{}]}"#;
    let at_a_member = |line: &&String| !line.contains("an agent is recognised");
    let mut found: Set<String> = faults_of(bare)
        .iter()
        .filter(at_a_member)
        .map(|line| line.split(':').next().unwrap().into())
        .collect();
    found.extend(["/version", "/apps", "/servers", "/rules"].map(String::from));
    assert_eq!(found, missing);
    let permit = at(&schema, &["$defs", "rule", "then"]);
    let unspecific =
        faults_of(r#"{"version": 1, "apps": [], "servers": [], "rules": [{"id": "a", "effect": "permit"}]}"#);
    let unspecific: Set<&str> =
        unspecific.iter().map(|line| line.split([':', '/']).nth(3).unwrap()).collect();
    let mut required = strings(permit, "required");
    let either = permit.get("anyOf").and_then(Json::as_array).unwrap();
    let either: Set<&str> =
        either.iter().filter_map(Json::as_object).flat_map(|one| strings(one, "required")).collect();
    assert_eq!(either, Set::from(["scopes", "authorization_details_types"]));
    required.insert("scopes");
    assert_eq!(unspecific, required);
}

#[test]
fn schema_and_reader_know_the_same_words() {
    let schema = schema();
    let status = strings(at(&schema, &["$defs", "app", "properties", "status"]), "enum");
    let effect = strings(at(&schema, &["$defs", "rule", "properties", "effect"]), "enum");
    let known = [Status::Approved, Status::ApprovalRequired, Status::Restricted].map(Status::as_str);
    assert_eq!(status, known.into_iter().collect());
    assert_eq!(strings(at(&schema, &["$defs", "agent", "properties", "status"]), "enum"), status);
    assert_eq!(effect, [Effect::Permit, Effect::Deny].map(Effect::as_str).into_iter().collect());
}

#[test]
fn every_member_is_described() {
    let schema = schema();
    for (path, _) in OBJECTS {
        for (name, property) in at(at(&schema, path), &["properties"]).iter() {
            let described = property.as_object().is_some_and(|property| property.contains("description"));
            assert!(described, "{path:?} {name}");
        }
    }
}

#[test]
fn every_reference_of_the_schema_leads_somewhere() {
    let definitions = schema();
    let definitions = at(&definitions, &["$defs"]);
    for rest in POLICY_SCHEMA.split("\"#/$defs/").skip(1) {
        assert!(definitions.contains(rest.split('"').next().unwrap()));
    }
}

#[test]
fn the_document_of_the_design_is_accepted_word_for_word() {
    assert_eq!(compile(DESIGN).rules().count(), 3);
}
