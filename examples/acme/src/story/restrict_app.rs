//! Chapter: the admin restricts an app, and everything of it dies.

use idjag::client::ServerAnswer;

use super::conversations::{SERVER, Talks};
use super::{Seat, Told, connections, errands, is_answered};
use crate::narrate::Narrator;
use crate::trust::restrict;
use crate::world::{A_WHILE, World};

pub(super) async fn tell(narrator: &mut Narrator, world: &World, alice: &mut Seat, talks: &Talks) -> Told {
    narrator.chapter("The admin restricts an app");
    let (company, server) = (&world.company, world.company.server(SERVER));
    let at_server = talks.app.discover(server).await?;
    let outstanding = talks.app.exchange(&talks.session, &at_server, &server.reads.scope).await?;
    narrator.say(
        "Patchwork holds a token for its other conversation, and an ID-JAG that it has not redeemed. The admin sets its \
         status to `restricted`.",
    );
    restrict(company, "patchwork", world.clock.now()).await?;

    let look = errands::at(server.id).look;
    let last = || company.records.last();
    narrator.check(
        is_answered(
            &talks.app.exchange(&talks.session, &at_server, &server.reads.scope).await,
            &ServerAnswer::GrantRefused,
        ) && last()["error"] == "token_revoked",
        "its sign-ons are over: no ID-JAG for them (token_revoked)",
    );
    narrator.check(
        is_answered(&talks.app.redeem(&outstanding, &at_server).await, &ServerAnswer::GrantRefused)
            && last()["error"] == "token_revoked",
        "the ID-JAG is worth nothing any more (token_revoked)",
    );
    narrator.check(
        is_answered(
            &talks.second.mcp.call(server.reads.tool, look.clone()).await,
            &ServerAnswer::TokenRefused,
        ) && last()["error"] == "token_revoked",
        "nor is the token, at its next call (token_revoked)",
    );
    // What was revoked ends with a margin for clocks that are ahead; what is issued later is the policy's to refuse.
    world.clock.advance(A_WHILE);
    let signed_on_again = talks.app.sign_on(&alice.browser, None).await?;
    narrator.check(
        is_answered(
            &talks.app.exchange(&signed_on_again, &at_server, &server.reads.scope).await,
            &ServerAnswer::Denied,
        ) && last()["error"] == "app_restricted",
        "and a new sign-on gets nothing: access_denied (app_restricted)",
    );
    alice.session = alice.app.renew(&alice.session).await?;
    let desk = alice.app.connect(&alice.session, server, &server.reads.scope).await?;
    let desk = alice.app.talk(desk).await?;
    narrator.check(
        desk.call(server.reads.tool, look).await.is_ok(),
        "Acme Desk, at the same server for the same Alice, goes on",
    );
    let folded = connections::now(world);
    connections::show(narrator, &folded);
    narrator.check(
        connections::at(company, &folded, "patchwork").is_some_and(|one| one.live_tokens == 0),
        "the table of connections agrees: Patchwork reaches nothing",
    );
    Ok(())
}
