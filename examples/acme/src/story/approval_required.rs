//! Chapter: an app that the admin has not approved yet.

use idjag::client::ServerAnswer;

use super::{Seat, Told, is_answered};
use crate::agent::Tokens;
use crate::narrate::Narrator;
use crate::world::World;

pub(super) async fn tell(narrator: &mut Narrator, world: &World, alice: &Seat) -> Told {
    narrator.chapter("An app that waits for approval");
    narrator.say("Alice tries Minutes, which takes notes. It is registered, but nobody has approved it yet.");
    let status = world.company.app("minutes").status;
    narrator.check(status == "approval_required", format!("its status is {status}"));
    let server = world.company.server("slack");
    let minutes = world.install("minutes", Tokens::Bound).await?;
    let session = minutes.sign_on(&alice.browser, None).await?;
    let turned_away = minutes.connect(&session, server, &server.reads.scope).await;
    let record = world.company.records.last();
    narrator.check(
        is_answered(&turned_away, &ServerAnswer::Denied),
        "the identity provider turns it away: access_denied",
    );
    narrator.check(
        record["app"] == "minutes" && record["error"] == "approval_required",
        format!("the record says why: {}", record["nearest"].as_str().unwrap_or_default()),
    );
    Ok(())
}
