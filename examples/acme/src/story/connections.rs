//! Chapter: who can reach what, folded from the records.

use idjag::record::connections::{self, Connections};

use super::{Told, conversations};
use crate::company::Company;
use crate::narrate::{Narrator, Table};
use crate::world::World;

pub(super) fn tell(narrator: &mut Narrator, world: &World) -> Told {
    narrator.chapter("Who can reach what");
    narrator
        .say("The admin asks the records, and nothing else, which apps reach which servers at this moment.");
    let folded = now(world);
    show(narrator, &folded);
    let patchwork = at(&world.company, &folded, "patchwork");
    let talks: Vec<_> =
        patchwork.into_iter().flat_map(|one| &one.users).flat_map(|user| &user.conversations).collect();
    narrator.check(
        talks.len() == 2 && talks.iter().all(|talk| talk.live_tokens > 0),
        "Patchwork is at GitHub for Alice in two conversations, both alive",
    );
    let actors: usize = patchwork.into_iter().flat_map(|one| &one.users).map(|user| user.actors.len()).sum();
    narrator.check(actors == 3, "and three subagents act for her there");
    Ok(())
}

/// The table of this moment.
pub(super) fn now(world: &World) -> connections::Table {
    let mut folded = Connections::default();
    world.company.records.recorded().iter().for_each(|record| folded.add(record));
    folded.table(world.clock.now())
}

/// The line of an app at the server of the conversations.
pub(super) fn at<'t>(
    company: &Company,
    folded: &'t connections::Table,
    app: &str,
) -> Option<&'t connections::Connection> {
    let server = company.server(conversations::SERVER);
    folded.connections.iter().find(|one| one.app == app && server.issuer == *one.issuer.as_str())
}

/// The lines with tokens that are good now.
pub(super) fn show(narrator: &mut Narrator, folded: &connections::Table) {
    let mut table = Table::new(&["app", "server", "can now", "conversations", "subagents", "tokens"]);
    for one in folded.connections.iter().filter(|one| one.live_tokens > 0) {
        let lines = |texts: Vec<String>| if texts.is_empty() { "–".to_owned() } else { texts.join("\n") };
        let talks = one.users.iter().flat_map(|user| &user.conversations);
        let alive = talks.filter(|talk| talk.live_tokens > 0).map(|talk| talk.context.clone());
        let actors = one.users.iter().flat_map(|user| user.actors.iter().cloned());
        table.row([
            one.app.clone(),
            one.server.clone().unwrap_or_else(|| one.issuer.clone()),
            lines(one.live_scope.iter().cloned().collect()),
            lines(alive.collect()),
            lines(actors.collect()),
            one.live_tokens.to_string(),
        ]);
    }
    narrator.table(&table);
    narrator.line("");
}
