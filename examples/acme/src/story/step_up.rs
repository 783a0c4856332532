//! Chapter: nine hours later, production data wants a fresher sign-on.

use super::{Seat, Told, is_refused_with};
use crate::failure::refusal_of;
use crate::narrate::Narrator;
use crate::world::{WORKING_DAY, World};

pub(super) async fn tell(narrator: &mut Narrator, world: &World, alice: &mut Seat) -> Told {
    narrator.chapter("A stale sign-on");
    narrator.say("Nine hours pass. Acme Desk renews its tokens by itself, but Alice's sign-on gets no younger by that.");
    world.clock.advance(WORKING_DAY);
    alice.session = alice.app.renew(&alice.session).await?;

    let everyday = world.company.server("github");
    let access = alice.app.obtain(&alice.session, everyday, &[everyday.reads.scope]).await?;
    narrator.check(access.scope == everyday.reads.scope, "everyday tools still open to her");

    let server = world.company.server("warehouse");
    let destination = alice.app.discover(server).await?;
    let refused = alice.app.exchange(&alice.session, &destination, &[server.reads.scope]).await;
    let max_age = refusal_of(&refused).and_then(|refusal| refusal.max_age);
    narrator.check(
        is_refused_with(&refused, "insufficient_user_authentication") && max_age == Some(28_800),
        "production data does not: insufficient_user_authentication, max_age 28800",
    );

    narrator.say("Acme Desk takes that to the browser.");
    let pages = alice.browser.pages_shown().len();
    alice.session = alice.app.sign_on(&alice.browser, max_age).await?;
    narrator.check(alice.browser.pages_shown().len() == pages + 1, "she signs on once more");
    let grant = alice.app.exchange(&alice.session, &destination, &[server.reads.scope]).await?;
    narrator.check(grant.scope == server.reads.scope, "and the warehouse opens");
    Ok(())
}
