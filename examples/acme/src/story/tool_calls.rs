//! Chapter: a tool call on each server, and proof that it did something.

use alloc::collections::BTreeSet;

use idjag::text::Subject;

use super::nine_servers::Open;
use super::{Seat, Told, errands};
use crate::narrate::Narrator;
use crate::world::World;

pub(super) async fn tell(narrator: &mut Narrator, world: &World, alice: &Seat, connections: &[Open]) -> Told {
    narrator.chapter("A day's work");
    narrator.say("On every server Acme Desk looks, changes something, and looks again.");
    for Open { server, mcp } in connections {
        let errand = errands::at(server.id);
        let before = mcp.call(server.reads.tool, errand.look.clone()).await?.to_string();
        mcp.call(server.writes.tool, errand.change).await?;
        let after = mcp.call(server.reads.tool, errand.look).await?.to_string();
        narrator.check(
            !before.contains(errand.trace) && after.contains(errand.trace),
            format!(
                "{:9} {} ({}, seen by {})",
                server.title, errand.summary, server.writes.tool, server.reads.tool
            ),
        );
    }
    signed_by_alice(narrator, world, alice, connections).await
}

/// The servers know who acted and through which app, and no two of them know her by the same name.
async fn signed_by_alice(narrator: &mut Narrator, world: &World, alice: &Seat, connections: &[Open]) -> Told {
    let desk = world.company.app("desk");
    let names: BTreeSet<Subject> =
        connections.iter().map(|one| alice.browser.person.subject_at(&one.server.issuer)).collect();
    narrator.check(names.len() == connections.len(), "every server knows her by another name");
    for Open { server, mcp } in connections.iter().filter(|one| one.server.id == "github") {
        let name = alice.browser.person.subject_at(&server.issuer);
        let signature = format!("{name} via {}", desk.at(server.id).client_id);
        let issues = mcp.call(server.reads.tool, errands::at(server.id).look).await?.to_string();
        narrator.check(issues.contains(&signature), format!("GitHub wrote down who did it: {signature}"));
    }
    Ok(())
}
