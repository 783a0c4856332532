//! Chapter: a coding agent may look at production data and not touch it.

use super::{Seat, Told, errands, is_refused_with, lists};
use crate::failure::refusal_of;
use crate::narrate::Narrator;
use crate::roles::Binding;
use crate::world::World;

const BROAD_PERMIT: &str = "engineers-use-production-data";
const DENY: &str = "coding-agents-never-write-production-data";

pub(super) async fn tell(narrator: &mut Narrator, world: &World, alice: &Seat) -> Told {
    narrator.chapter("A coding agent reads production data");
    narrator.say(
        "Alice starts Patchwork, a coding agent, in the same browser. It asks the warehouse for everything.",
    );
    let server = world.company.server("warehouse");
    let patchwork = world.install("patchwork", Binding::Dpop);
    let pages = alice.browser.pages_shown().len();
    let session = patchwork.sign_on(&alice.browser, None).await?;
    narrator.check(alice.browser.pages_shown().len() == pages, "she is still signed on: no page was shown");

    let access = patchwork.obtain(&session, server, &[server.reads.scope, server.writes.scope]).await?;
    narrator.check(
        access.scope == server.reads.scope,
        format!("it asked to read and write, and got “{}”", access.scope),
    );
    let mcp = patchwork.connect(&access, server).await?;
    let errand = errands::at(server.id);
    narrator.check(mcp.call(server.reads.tool, errand.look).await.is_ok(), "it reads rows");
    let write = mcp.call(server.writes.tool, errand.change).await;
    narrator.check(
        is_refused_with(&write, "insufficient_scope")
            && refusal_of(&write).is_some_and(|refusal| refusal.status == 403),
        "its write is refused by the MCP server: 403, insufficient_scope",
    );

    narrator.say("So it goes back to the identity provider and asks for the missing scope alone.");
    let destination = patchwork.discover(server).await?;
    let asked = patchwork.exchange(&session, &destination, &[server.writes.scope]).await;
    let record = world.company.records.last();
    narrator.check(is_refused_with(&asked, "access_denied"), "the identity provider refuses: access_denied");
    narrator.check(lists(&record, "rules", DENY), format!("the record names the rule that decided: {DENY}"));

    let by_hand = alice.app.exchange(&alice.session, &destination, &[server.writes.scope]).await?;
    let record = world.company.records.last();
    narrator.check(
        by_hand.scope == server.writes.scope && lists(&record, "rules", BROAD_PERMIT),
        format!("through Acme Desk the same Alice may write: {BROAD_PERMIT} allows it, and the deny still wins above"),
    );
    Ok(())
}
