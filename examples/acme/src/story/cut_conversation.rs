//! Chapter: the admin ends one conversation, and only that one dies.

use idjag::client::ServerAnswer;

use super::conversations::{SERVER, Talks};
use super::{Seat, Told, connections, errands, is_answered};
use crate::agent::Subagent;
use crate::narrate::Narrator;
use crate::trust::end_conversation;
use crate::world::World;

pub(super) async fn tell(
    narrator: &mut Narrator,
    world: &World,
    alice: &Seat,
    talks: &Talks,
    subagents: Option<&[Subagent; 3]>,
) -> Told {
    narrator.chapter("The admin ends a conversation");
    let Talks { app, session, first, second, .. } = talks;
    narrator.say(&format!(
        "Something is odd about {}. The admin revokes it: this one, and no other.",
        first.name
    ));
    let server = world.company.server(SERVER);
    let patchwork = world.company.app("patchwork");
    let now = world.clock.now();
    end_conversation(&world.company, patchwork, alice.browser.person, first.name, now).await?;

    let look = errands::at(server.id).look;
    let refused = first.mcp.call(server.reads.tool, look.clone()).await;
    narrator.check(
        is_answered(&refused, &ServerAnswer::TokenRefused)
            && world.company.records.last()["error"] == "token_revoked",
        "its token is refused at the next call: invalid_token (token_revoked)",
    );
    let mut alive = Vec::new();
    for one in subagents.into_iter().flatten() {
        if one.mcp.call(server.reads.tool, look.clone()).await.is_ok() {
            alive.push(one.name);
        }
    }
    narrator.check(subagents.is_some() && alive.is_empty(), "with it died the tokens of its three subagents");
    let goes_on = second.mcp.call(server.reads.tool, look).await;
    narrator.check(goes_on.is_ok(), format!("{} goes on as if nothing had happened", second.name));
    let again = app.connect_in(session, server, &server.reads.scope, first.name).await;
    narrator.check(
        again.is_err() && world.company.records.last()["error"] == "token_revoked",
        "nor does the same sign-on get a new token for the conversation",
    );
    let fresh = app.connect_in(session, server, &server.reads.scope, "conversation:another").await;
    narrator.check(fresh.is_ok(), "for another conversation it does");
    let folded = connections::now(world);
    let line = connections::at(&world.company, &folded, "patchwork");
    let talks = line.into_iter().flat_map(|one| &one.users).flat_map(|user| &user.conversations);
    let dead: Vec<_> = talks.filter(|talk| talk.live_tokens == 0).map(|talk| talk.context.as_str()).collect();
    narrator.check(
        dead == [first.name],
        "the table of connections agrees: that conversation reaches nothing, and only that",
    );
    Ok(())
}
