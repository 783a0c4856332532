//! Chapter: who did what, answered from the records alone.

use idjag::record::chain::{Link, chain};
use idjag::record::{Outcome, RecordedDecision, Role};

use super::Told;
use super::conversations::SERVER;
use crate::company::{Company, Person};
use crate::narrate::{Narrator, Table};
use crate::world::World;

pub(super) fn tell(narrator: &mut Narrator, world: &World) -> Told {
    narrator.chapter("Who did what");
    let (company, server) = (&world.company, world.company.server(SERVER));
    let records = company.records.recorded();
    let is_write = |record: &&RecordedDecision| {
        record.role() == Role::ResourceServer
            && record.outcome() == Outcome::Permit
            && record.text("operation") == Some(server.writes.tool)
            && record.actor().is_some()
    };
    let Some(write) = records.iter().find(is_write) else {
        narrator.check(false, "somebody with an actor wrote something");
        return Ok(());
    };
    let token = write.text("token_id").unwrap_or_default();
    narrator.say(&format!(
        "Somebody called {} at {}. The record of the call names its token; from there the records lead up to the sign-on, and \
         down to whatever came of it.",
        server.writes.tool, server.title
    ));
    let steps = chain(&records, token);
    let mut table = Table::new(&["what", "who", "conversation", "decided"]);
    for step in &steps {
        let said: Vec<_> = step.records.iter().map(|record| told(record)).collect();
        let first = step.records.first();
        table.row([
            format!("{}{}", "  ".repeat(step.level), step.link.as_str()),
            first.map_or("–".to_owned(), |record| who(company, record)),
            first.and_then(|record| record.text("context")).unwrap_or("–").to_owned(),
            said.join("\n"),
        ]);
    }
    narrator.table(&table);
    narrator.line("");
    let has = |link: Link| steps.iter().any(|step| step.link == link);
    let tokens = steps.iter().filter(|step| step.link == Link::Token).count();
    narrator.check(
        has(Link::IdToken) && has(Link::Grant) && tokens == 4,
        "one chain: a sign-on, an ID-JAG, its access token, and the three that were derived from one another",
    );
    let granted = steps.iter().find(|step| step.link == Link::Grant);
    let person = granted.and_then(|step| step.records.first()).map(|record| who(company, record));
    let actor = write.actor().map(|actor| actor.subject.to_string());
    narrator.check(
        person.as_deref() == Some("alice via patchwork") && actor.as_deref() == Some("planner"),
        "it was Alice, through Patchwork, by its subagent planner",
    );
    let ended = steps
        .iter()
        .flat_map(|step| &step.records)
        .any(|record| record.text("error") == Some("token_revoked"));
    narrator.check(ended, "and the chain ends where the admin cut it: token_revoked");
    Ok(())
}

fn told(record: &RecordedDecision) -> String {
    let what = record.text("operation").unwrap_or(record.action().as_str());
    let why = record.text("error").map(|error| format!(" ({error})")).unwrap_or_default();
    format!("{} {what}{why}", record.outcome().as_str())
}

/// The person and whoever acted, in names that the admin knows.
fn who(company: &Company, record: &RecordedDecision) -> String {
    let issuers = company.servers.iter().map(|server| &server.issuer).chain([&company.issuer]);
    let person = record.text("subject").and_then(|subject| Person::known_anywhere(subject, issuers));
    let client = record.text("client_id").unwrap_or_default();
    let is_its = |app: &&crate::company::App| {
        let at_servers = company.servers.iter().map(|server| app.at(server.id));
        core::iter::once(&app.at_idp).chain(at_servers).any(|own| own.client_id == *client)
    };
    let app = company.apps.iter().find(is_its).map_or(client, |app| app.id);
    let person = person.map_or("–", |person| person.user_name);
    match record.actor() {
        Some(actor) => format!("{person} via {app}, {}", actor.subject),
        None => format!("{person} via {app}"),
    }
}
