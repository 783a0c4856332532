//! Random documents as the text that is compiled.

use alloc::collections::BTreeSet as Set;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::model::{Doc, List, Pick, Require, Rule, Scopes, Who};

impl Doc {
    /// The document's text.
    pub(super) fn to_json(&self) -> String {
        let apps = (0..).zip(&self.apps).map(|(id, (labels, approved)): (u8, _)| {
            let status = if *approved { "approved" } else { "restricted" };
            let labels = member("labels", "l", labels);
            format!(r#"{{"id": "a{id}", "client_ids": ["c{id}"], "status": "{status}"{labels}}}"#)
        });
        let servers = (0..).zip(&self.servers).map(|(id, site): (u8, _)| {
            let sets = (0..).zip(&site.sets).filter(|(_, set)| !set.is_empty());
            let sets: Vec<String> =
                sets.map(|(name, set): (u8, _)| format!(r#""s{name}": {}"#, names("t", set))).collect();
            let mapped: Vec<String> =
                site.mapped.iter().map(|app| format!(r#""a{app}": "m{id}-{app}""#)).collect();
            let object = |name: &str, entries: Vec<String>| match entries.is_empty() {
                true => String::new(),
                false => format!(r#", "{name}": {{{}}}"#, entries.join(", ")),
            };
            let (sets, mapped) = (object("scope_sets", sets), object("client_ids", mapped));
            let labels = member("labels", "l", &site.labels);
            format!(r#"{{"id": "s{id}", "issuer": "https://s{id}.example"{labels}{sets}{mapped}}}"#)
        });
        let join = |items: &mut dyn Iterator<Item = String>| items.collect::<Vec<_>>().join(",\n");
        let (apps, servers) = (join(&mut apps.into_iter()), join(&mut servers.into_iter()));
        let rules = join(&mut self.rules.iter().map(Rule::to_json));
        format!(r#"{{"version": 1, "apps": [{apps}], "servers": [{servers}], "rules": [{rules}]}}"#)
    }
}

/// `["t1","t2"]`
fn names(prefix: &str, numbers: &Set<u8>) -> String {
    let names: Vec<String> = numbers.iter().map(|number| format!(r#""{prefix}{number}""#)).collect();
    format!("[{}]", names.join(","))
}

/// `, "name": ["t1"]`, or nothing.
fn member(name: &str, prefix: &str, numbers: &Set<u8>) -> String {
    if numbers.is_empty() { String::new() } else { format!(r#", "{name}": {}"#, names(prefix, numbers)) }
}

fn list_member(name: &str, prefix: &str, list: &List) -> String {
    match list {
        List::All => format!(r#", "{name}": ["*"]"#),
        List::These { items, sets } => {
            let both =
                [names(prefix, items), names("@s", sets)].map(|text| text[1..text.len() - 1].to_string());
            format!(
                r#", "{name}": [{}]"#,
                both.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(",")
            )
        }
    }
}

impl Rule {
    pub(super) fn to_json(&self) -> String {
        let pick = |name: &str, prefix: &str, pick: &Option<Pick>| match pick {
            None => format!(r#", "{name}": {{"any": true}}"#),
            Some(Pick { ids, labels }) => {
                object(name, &[member("ids", prefix, ids), member("labels", "l", labels)])
            }
        };
        let who = match &self.who {
            Who::Any => r#", "subjects": {"any": true}"#.to_string(),
            Who::Ids(ids) => object("subjects", &[member("ids", "u", ids)]),
            Who::Groups(any, all) => {
                object("subjects", &[member("groups_any", "g", any), member("groups_all", "g", all)])
            }
        };
        let scopes = match &self.scopes {
            Scopes::Unmentioned => String::new(),
            Scopes::Only(list) => list_member("scopes", "t", list),
            Scopes::Except(list) => list_member("scopes_except", "t", list),
        };
        let types = self
            .types
            .as_ref()
            .map_or(String::new(), |list| list_member("authorization_details_types", "d", list));
        let number = |name: &str, value: Option<u64>| {
            value.map_or(String::new(), |value| format!(r#", "{name}": {value}"#))
        };
        let Require { acr, max_auth_age, dpop, context, actor } = &self.require;
        let require = object(
            "require",
            &[
                member("acr", "c", acr),
                number("max_auth_age", *max_auth_age),
                dpop.then(|| r#", "dpop": true"#.to_string()).unwrap_or_default(),
                context.then(|| r#", "context": true"#.to_string()).unwrap_or_default(),
                actor.map_or(String::new(), |actor| format!(r#", "actor": {actor}"#)),
            ],
        );
        let effect = if self.deny { "deny" } else { "permit" };
        let (apps, servers) = (pick("apps", "a", &self.apps), pick("servers", "s", &self.servers));
        let cap = number("max_lifetime", self.max_lifetime);
        format!(
            r#"{{"id": "{}", "effect": "{effect}"{apps}{servers}{who}{scopes}{types}{cap}{require}}}"#,
            self.id
        )
    }
}

/// `, "name": {…}` of members that begin with a comma, or nothing.
fn object(name: &str, members: &[String]) -> String {
    let members = members.concat();
    members.strip_prefix(", ").map_or(String::new(), |members| format!(r#", "{name}": {{{members}}}"#))
}
