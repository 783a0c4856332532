//! Chapter: nine hours later, production data wants a fresher sign-on.

use idjag::Seconds;
use idjag::client::IdentityReason;

use super::{Seat, Told};
use crate::failure::Failure;
use crate::narrate::Narrator;
use crate::world::{WORKING_DAY, World};

pub(super) async fn tell(narrator: &mut Narrator, world: &World, alice: &mut Seat) -> Told {
    narrator.chapter("A stale sign-on");
    narrator.say("Nine hours pass. Acme Desk renews its tokens by itself, but Alice's sign-on gets no younger by that.");
    world.clock.advance(WORKING_DAY);
    alice.session = alice.app.renew(&alice.session).await?;

    let everyday = world.company.server("github");
    let connected = alice.app.connect(&alice.session, everyday, &everyday.reads.scope).await;
    narrator.check(connected.is_ok(), "everyday tools still open to her");

    let server = world.company.server("warehouse");
    let mut connection = alice.app.approach(&alice.session, server, &server.reads.scope).await?;
    let need = match alice.app.drive(&mut connection).await {
        Err(Failure::SignOnNeeded(need)) => Some(need),
        _ => None,
    };
    let max_age = need.as_ref().and_then(|need| need.max_age);
    narrator.check(
        need.is_some_and(|need| need.reason == IdentityReason::StepUp) && max_age == Some(Seconds(28_800)),
        "production data does not: insufficient_user_authentication, max_age 28800",
    );
    let record = world.company.records.last();
    narrator.check(
        record["outcome"] == "step_up",
        format!("the record says what was missing: {}", record["nearest"].as_str().unwrap_or_default()),
    );

    narrator.say("Acme Desk takes that to the browser.");
    let pages = alice.browser.pages_shown().len();
    alice.session = alice.app.sign_on(&alice.browser, max_age).await?;
    narrator.check(alice.browser.pages_shown().len() == pages + 1, "she signs on once more");
    connection.identify(alice.session.identity.clone())?;
    alice.app.drive(&mut connection).await?;
    let granted = connection.access_token().and_then(|access| access.scope());
    narrator
        .check(granted == Some(&server.reads.scope), "and the same connection goes on: the warehouse opens");
    Ok(())
}
