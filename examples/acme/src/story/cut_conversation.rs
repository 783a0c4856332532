//! Chapter: the admin ends one conversation, and only that one dies.

use idjag::client::ServerAnswer;

use super::conversations::{SERVER, Talks};
use super::{Seat, Told, errands, is_answered};
use crate::narrate::Narrator;
use crate::trust::end_conversation;
use crate::world::World;

pub(super) async fn tell(narrator: &mut Narrator, world: &World, alice: &Seat, talks: &Talks) -> Told {
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
    let goes_on = second.mcp.call(server.reads.tool, look).await;
    narrator.check(goes_on.is_ok(), format!("{} goes on as if nothing had happened", second.name));
    let again = app.connect_in(session, server, &server.reads.scope, first.name).await;
    narrator.check(
        again.is_err() && world.company.records.last()["error"] == "token_revoked",
        "nor does the same sign-on get a new token for the conversation",
    );
    let fresh = app.connect_in(session, server, &server.reads.scope, "conversation:another").await;
    narrator.check(fresh.is_ok(), "for another conversation it does");
    Ok(())
}
