//! What differs between two documents beside the rules: who is an app, where a server is, and what nobody weighed.

use alloc::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value};

/// What a difference beside the rules comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Weight {
    /// Somebody or something has more than before.
    Gain,
    /// Somebody or something has less.
    Loss,
    /// It is not known here what this comes to.
    Unjudged,
}

/// One such difference.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Note {
    pub(super) change: Weight,
    pub(super) what: String,
}

/// Which rules differ as they are written, whatever that comes to.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct RuleChanges {
    pub(super) added: Vec<String>,
    pub(super) removed: Vec<String>,
    pub(super) changed: Vec<String>,
}

type Entries<'d> = BTreeMap<&'d str, &'d Map<String, Value>>;

/// The members of the document, of an app and of a server whose differences are weighed here, by the rules' decisions, or
/// are words for people. Any other is reported.
const WEIGHED: [(&str, &[&str]); 3] = [
    ("", &["$schema", "version", "apps", "agents", "servers", "rules"]),
    ("apps", &["id", "name", "client_ids", "labels", "status"]),
    ("servers", &["id", "name", "issuer", "resources", "labels", "scope_sets", "client_ids"]),
];

/// Compares two documents without fault.
pub(super) fn compare(old: &Value, new: &Value) -> (Vec<Note>, RuleChanges) {
    let mut notes = Vec::new();
    let none = Map::new();
    unweighed(
        &mut notes,
        "the document",
        0,
        old.as_object().unwrap_or(&none),
        new.as_object().unwrap_or(&none),
    );
    let (old_apps, new_apps) = (entries(old, "apps"), entries(new, "apps"));
    for id in keys(&old_apps, &new_apps) {
        let (before, after) = (old_apps.get(id).copied(), new_apps.get(id).copied());
        each(&mut notes, &texts(before, "client_ids"), &texts(after, "client_ids"), |client_id, verb| {
            format!("client id `{client_id}` at the identity provider {verb} app `{id}`")
        });
        unweighed(&mut notes, &format!("app `{id}`"), 1, before.unwrap_or(&none), after.unwrap_or(&none));
    }
    let (old_servers, new_servers) = (entries(old, "servers"), entries(new, "servers"));
    for id in keys(&old_servers, &new_servers) {
        let (before, after) = (old_servers.get(id).copied(), new_servers.get(id).copied());
        each(&mut notes, &texts(before, "issuer"), &texts(after, "issuer"), |issuer, verb| {
            format!("the authorization server `{issuer}` {verb} server `{id}`: grants are issued to it")
        });
        each(&mut notes, &texts(before, "resources"), &texts(after, "resources"), |resource, verb| {
            format!("the resource `{resource}` {verb} of server `{id}`")
        });
        for app in old_apps.keys().filter(|app| new_apps.contains_key(*app)) {
            let (Some(before), Some(after)) = (before, after) else { continue };
            let (mapped_before, before) = clients(before, &old_apps, app);
            let (mapped_after, after) = clients(after, &new_apps, app);
            // Without a mapping the app's own client ids count, of which has been told.
            if mapped_before || mapped_after {
                each(&mut notes, &before, &after, |client_id, verb| {
                    format!("client id `{client_id}` at server `{id}` {verb} app `{app}`")
                });
            }
        }
        unweighed(&mut notes, &format!("server `{id}`"), 2, before.unwrap_or(&none), after.unwrap_or(&none));
    }
    notes.sort();
    (notes, rules(&entries(old, "rules"), &entries(new, "rules")))
}

fn entries<'d>(document: &'d Value, list: &str) -> Entries<'d> {
    let items =
        document.get(list).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    items.filter_map(|item| Some((item.get("id")?.as_str()?, item))).collect()
}

fn keys<'d>(old: &Entries<'d>, new: &Entries<'d>) -> BTreeSet<&'d str> {
    old.keys().chain(new.keys()).copied().collect()
}

/// The texts of a member: one, or a list.
fn texts(entry: Option<&Map<String, Value>>, member: &str) -> BTreeSet<String> {
    match entry.and_then(|entry| entry.get(member)) {
        Some(Value::String(text)) => [text.clone()].into(),
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(String::from).collect(),
        _ => BTreeSet::new(),
    }
}

/// The client ids that an app has at a server, and whether the server's own mapping says so.
fn clients(server: &Map<String, Value>, apps: &Entries<'_>, app: &str) -> (bool, BTreeSet<String>) {
    let mapped = server.get("client_ids").and_then(|mapping| mapping.get(app)).and_then(Value::as_str);
    match mapped {
        Some(mapped) => (true, [mapped.to_string()].into()),
        None => (false, texts(apps.get(app).copied(), "client_ids")),
    }
}

fn each(
    notes: &mut Vec<Note>,
    old: &BTreeSet<String>,
    new: &BTreeSet<String>,
    say: impl Fn(&str, &str) -> String,
) {
    let added = new.difference(old).map(|text| Note { change: Weight::Gain, what: say(text, "is now") });
    let removed =
        old.difference(new).map(|text| Note { change: Weight::Loss, what: say(text, "is no longer") });
    notes.extend(added.chain(removed));
}

fn unweighed(
    notes: &mut Vec<Note>,
    place: &str,
    kind: usize,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
) {
    let (_, weighed) = WEIGHED[kind];
    let members: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for member in members {
        if !weighed.contains(&member.as_str()) && old.get(member) != new.get(member) {
            notes.push(Note { change: Weight::Unjudged, what: format!("`{member}` of {place} differs") });
        }
    }
}

fn rules(old: &Entries<'_>, new: &Entries<'_>) -> RuleChanges {
    let mut changes = RuleChanges::default();
    for id in keys(old, new) {
        match (old.get(id), new.get(id)) {
            (None, _) => changes.added.push(id.to_string()),
            (_, None) => changes.removed.push(id.to_string()),
            (before, after) if before != after => changes.changed.push(id.to_string()),
            _ => {}
        }
    }
    changes
}
