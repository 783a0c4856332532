//! Chapter: three subagents of one conversation, each with less than the one that started it.

use idjag::client::ServerAnswer;
use idjag::error::OAuthError;

use super::conversations::{SERVER, Talks};
use super::{Told, errands, is_answered};
use crate::agent::Subagent;
use crate::narrate::{Narrator, Table};
use crate::world::World;

pub(super) async fn tell(narrator: &mut Narrator, world: &World, talks: &Talks) -> Told<[Subagent; 3]> {
    narrator.chapter("Three subagents");
    narrator.say(&format!(
        "In {} Patchwork starts subagents. GitHub's authorization server exchanges the token for a lesser one (RFC 8693); the \
         company's runtime vouches for each subagent, and each token is bound to the subagent's own key.",
        talks.first.name
    ));
    let (company, server) = (&world.company, world.company.server(SERVER));
    let (both, reads) = (server.both(), &server.reads.scope);
    let planner = talks.app.delegate(company, server, &talks.first.access, "planner", &both).await?;
    let researcher = planner.agent.delegate(company, server, &planner.access, "researcher", reads).await?;

    let overreach = researcher.agent.delegate(company, server, &researcher.access, "summarizer", &both).await;
    narrator.check(
        is_answered(&overreach, &ServerAnswer::Refused(Some(OAuthError::InvalidScope)))
            && company.records.last()["error"] == "scope_not_granted",
        "the summarizer asks for more than the researcher has, and is refused: invalid_scope (scope_not_granted)",
    );
    let summarizer =
        researcher.agent.delegate(company, server, &researcher.access, "summarizer", reads).await?;

    let three = [planner, researcher, summarizer];
    let mut table = Table::new(&["subagent", "scope", "acts for", "derived from"]);
    let records = company.records.all();
    for one in &three {
        let derived = records.iter().rev().find(|record| {
            record["action"] == "derive"
                && record["outcome"] == "permit"
                && record["actor"]["sub"] == one.name
        });
        let record = derived.cloned().unwrap_or_default();
        let before = record["actor"]["act"]["sub"].as_str().unwrap_or("Patchwork").to_owned();
        let scope = one.access.scope().map(ToString::to_string).unwrap_or_default();
        table.row([one.name.to_owned(), scope, "Alice".to_owned(), before]);
    }
    narrator.table(&table);
    narrator.line("");
    let errand = errands::at(server.id);
    for one in &three {
        one.mcp.call(server.reads.tool, errand.look.clone()).await?;
    }
    let [planner, researcher, summarizer] = &three;
    narrator.check(
        planner.mcp.call(server.writes.tool, errand.change.clone()).await.is_ok(),
        "all three read; the planner, which has that scope, writes",
    );
    let missing = ServerAnswer::InsufficientScope(Some(server.writes.scope.clone()));
    narrator.check(
        is_answered(&researcher.mcp.call(server.writes.tool, errand.change).await, &missing),
        "the researcher cannot: 403, insufficient_scope",
    );
    let with_anothers_key =
        researcher.agent.talk_with(server.resource.as_str(), researcher.agent.headers_of(&summarizer.access));
    narrator
        .check(with_anothers_key.await.is_err(), "nor can it use the summarizer's token: it has another key");
    Ok(three)
}
