//! Chapter: a coding agent may look at production data and not touch it.

use idjag::client::ServerAnswer;

use super::{Seat, Told, errands, is_answered, lists};
use crate::agent::Tokens;
use crate::failure::Failure;
use crate::narrate::Narrator;
use crate::world::World;

const BROAD_PERMIT: &str = "engineers-use-prod-data";
const DENY: &str = "coding-agents-never-write-prod";

pub(super) async fn tell(narrator: &mut Narrator, world: &World, alice: &Seat) -> Told {
    narrator.chapter("A coding agent reads production data");
    narrator.say(
        "Alice starts Patchwork, a coding agent, in the same browser. It has no client secret: it signs for itself \
         with a key of its own (private_key_jwt). It asks the warehouse for everything.",
    );
    let server = world.company.server("warehouse");
    let patchwork = world.install("patchwork", Tokens::Bound).await?;
    let pages = alice.browser.pages_shown().len();
    let session = patchwork.sign_on(&alice.browser, None).await?;
    narrator.check(alice.browser.pages_shown().len() == pages, "she is still signed on: no page was shown");

    let connection = patchwork.connect(&session, server, &server.both()).await?;
    let granted = connection.access_token().and_then(|access| access.scope()).cloned();
    narrator.check(
        granted.as_ref() == Some(&server.reads.scope),
        format!("it asked for “{}”, and got “{}”", server.both(), granted.unwrap_or_default()),
    );
    let mcp = patchwork.talk(connection).await?;
    let names: Vec<_> = mcp.tools().await?.into_iter().map(|tool| tool.name).collect();
    narrator
        .check(names == [server.reads.tool], format!("the only tool it is shown is {}", server.reads.tool));
    let errand = errands::at(server.id);
    narrator.check(mcp.call(server.reads.tool, errand.look).await.is_ok(), "it reads rows");
    let write = mcp.call(server.writes.tool, errand.change).await;
    let missing = ServerAnswer::InsufficientScope(Some(server.writes.scope.clone()));
    narrator.check(
        is_answered(&write, &missing)
            && matches!(&write, Err(Failure::Challenged(response)) if response.status == 403),
        format!("its write is refused by the MCP server: 403, insufficient_scope, {}", server.writes.scope),
    );
    not_by_asking(narrator, world, alice, (&patchwork, &session)).await
}

/// The challenge names a scope; asking for it does not help.
async fn not_by_asking(
    narrator: &mut Narrator,
    world: &World,
    alice: &Seat,
    (patchwork, session): (&crate::agent::Agent, &crate::agent::Session),
) -> Told {
    narrator.say("So it goes back to the identity provider and asks for the missing scope alone.");
    let server = world.company.server("warehouse");
    let destination = patchwork.discover(server).await?;
    let asked = patchwork.exchange(session, &destination, &server.writes.scope).await;
    let record = world.company.records.last();
    let reason = record["nearest"].as_str().unwrap_or_default();
    narrator
        .check(is_answered(&asked, &ServerAnswer::Denied), "the identity provider refuses: access_denied");
    narrator.check(
        record["error"] == "policy_denied" && lists(&record, "rules", DENY),
        format!("the record names the rule that decided: {DENY}"),
    );
    narrator
        .check(reason.contains(BROAD_PERMIT) && reason.contains(DENY), format!("and the reason: {reason}"));

    let by_hand = alice.app.exchange(&alice.session, &destination, &server.writes.scope).await?;
    let record = world.company.records.last();
    narrator.check(
        by_hand.scope() == Some(&server.writes.scope) && lists(&record, "rules", BROAD_PERMIT),
        format!("through Acme Desk the same Alice may write: {BROAD_PERMIT} allows it, and the deny still wins above"),
    );
    Ok(())
}
