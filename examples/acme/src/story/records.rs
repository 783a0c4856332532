//! Chapter: everything that was decided, as the admin sees it.

use serde_json::Value;

use crate::company::{Company, Person};
use crate::narrate::{Narrator, Table};
use crate::world::World;

const COLUMNS: [&str; 10] =
    ["role", "outcome", "app", "client", "subject", "server", "operation", "granted", "error", "rules"];

pub(super) fn tell(narrator: &mut Narrator, world: &World) {
    narrator.chapter("The records");
    narrator.say(
        "Every decision of this run, in order, leaving out what was let through at the MCP servers and their \
         answers to callers without a token.",
    );
    let records = world.company.records.all();
    let mut table = Table::new(&COLUMNS);
    records
        .iter()
        .filter(|record| !is_routine(record))
        .for_each(|record| table.row(row(&world.company, record)));
    narrator.table(&table);
    narrator.line("");
    let is_complete = |record: &Value| {
        ["time", "role", "decided_by", "outcome"].iter().all(|name| !record[*name].is_null())
    };
    narrator.check(
        records.iter().all(is_complete),
        format!("{} decisions, each with its time, role, decider and outcome", records.len()),
    );
    let has = |name: &str, value: &str| records.iter().any(|record| record[name] == value);
    narrator.check(
        ["idp", "resource_as", "resource_server"].iter().all(|role| has("role", role))
            && ["permit", "deny", "step_up", "refuse"].iter().all(|outcome| has("outcome", outcome)),
        "every role and every outcome is among them",
    );
    narrator.check(!holds_token(&Value::Array(records).to_string()), "no record holds a token");
}

/// Many and alike.
fn is_routine(record: &Value) -> bool {
    record["role"] == "resource_server"
        && (record["outcome"] == "permit" || record["error"] == "credentials_missing")
}

/// Identifiers become names: the admin knows people, apps and servers, and not what each server calls them.
fn row(company: &Company, record: &Value) -> [String; 10] {
    let text = |name: &str| record[name].as_str().unwrap_or("–").to_owned();
    let role = match record["role"].as_str() {
        Some("idp") => "IdP",
        Some("resource_as") => "AS",
        _ => "MCP",
    };
    let app = company.apps.iter().find(|app| {
        let at_servers = company.servers.iter().map(|server| app.at(server.id));
        record["app"] == app.id
            || core::iter::once(&app.at_idp)
                .chain(at_servers)
                .any(|own| record["client_id"] == own.client_id.as_str())
    });
    let issuers = company.servers.iter().map(|server| &server.issuer);
    let audiences = issuers.chain([&company.issuer]);
    let person = Person::known_anywhere(&text("subject"), audiences);
    let server = [text("audience"), text("decided_by")].iter().find_map(|url| company.server_at(url));
    let rules = record["rules"].as_array().into_iter().flatten().filter_map(Value::as_str);
    [
        role.to_owned(),
        text("outcome"),
        app.map_or("–", |app| app.id).to_owned(),
        text("client_id"),
        person.map_or("–", |person| person.user_name).to_owned(),
        server.map_or("–", |server| server.id).to_owned(),
        text("operation"),
        if record["outcome"] == "permit" {
            text("scope_granted").replace(' ', "\n")
        } else {
            "–".to_owned()
        },
        text("error"),
        rules.collect::<Vec<_>>().join("\n"),
    ]
}

/// Whether there is a compact JWT in `text`: three segments, of which the first begins with the base64url of `{"`. The
/// letters alone occur in random ids too.
fn holds_token(text: &str) -> bool {
    let is_of_token = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let words = text.split(|letter| !is_of_token(letter));
    words.into_iter().any(|word| word.contains("eyJ") && word.matches('.').count() == 2)
}

#[cfg(test)]
mod tests {
    use super::holds_token;

    #[test]
    fn a_token_is_found_and_a_random_id_is_none() {
        assert!(holds_token(r#"{"detail":"Bearer eyJhbGciOiJFUzI1NiJ9.e30.c2ln"}"#));
        assert!(!holds_token(r#"{"token_id":"r4eyJx","issuer":"https://a.b.example"}"#));
    }
}
