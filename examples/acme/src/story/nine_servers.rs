//! Chapter: nine servers, connected on the strength of that sign-on.

use super::{Seat, Told};
use crate::company::Server;
use crate::mcp::McpClient;
use crate::narrate::{Narrator, Table};
use crate::world::World;

/// An open connection and what is behind it.
pub(super) struct Open {
    pub(super) server: Server,
    pub(super) mcp: McpClient,
}

pub(super) async fn tell(narrator: &mut Narrator, world: &World, alice: &Seat) -> Told<Vec<Open>> {
    narrator.chapter("Nine servers, no consent screens");
    narrator.say(
        "Acme Desk knocks at each server, follows the challenge to the server's own authorization server, exchanges \
         Alice's ID Token for an ID-JAG and redeems that for an access token.",
    );
    let pages = alice.browser.pages_shown().len();
    let mut connections = Vec::new();
    let mut table = Table::new(&["server", "scope", "reads with", "writes with", "token good for"]);
    for server in &world.company.servers {
        let connection = alice.app.connect(&alice.session, server, &server.both()).await?;
        let access = connection.access_token();
        let scope = access.and_then(|access| access.scope()).cloned().unwrap_or_default();
        let expires_at = access.and_then(|access| access.expires_at());
        let seconds = expires_at.map_or(0, |expires_at| expires_at.since(world.clock.now()).as_secs());
        let mcp = alice.app.talk(connection).await?;
        let (reads, writes) = (tools_by_hint(&mcp, true).await?, tools_by_hint(&mcp, false).await?);
        table.row([
            server.title.to_owned(),
            scope.to_string(),
            reads.join(" "),
            writes.join(" "),
            format!("{seconds} s"),
        ]);
        if reads != [server.reads.tool] || writes != [server.writes.tool] || scope != server.both() {
            narrator.check(false, format!("{} offers one reading and one writing tool", server.title));
        }
        connections.push(Open { server: server.clone(), mcp });
    }
    narrator.table(&table);
    narrator.line("");
    narrator.check(
        connections.len() == 9,
        "nine servers are connected, each with one reading and one writing tool",
    );
    narrator.check(
        alice.browser.pages_shown().len() == pages,
        "zero consent screens: her browser showed nothing",
    );
    Ok(connections)
}

async fn tools_by_hint(mcp: &McpClient, is_reading: bool) -> Told<Vec<String>> {
    let has_hint = |tool: &rmcp::model::Tool| {
        tool.annotations.as_ref().and_then(|hints| hints.read_only_hint) == Some(is_reading)
    };
    Ok(mcp.tools().await?.into_iter().filter(has_hint).map(|tool| tool.name.into_owned()).collect())
}
