//! Chapter: an app that the admin has not approved yet.

use super::{Seat, Told, is_refused_with};
use crate::narrate::Narrator;
use crate::roles::Binding;
use crate::world::World;

pub(super) async fn tell(narrator: &mut Narrator, world: &World, alice: &Seat) -> Told {
    narrator.chapter("An app that waits for approval");
    narrator.say("Alice tries Minutes, which takes notes. It is registered, but nobody has approved it yet.");
    let status = world.company.app("minutes").status;
    narrator.check(status == "approval_required", format!("its status is {status}"));
    let server = world.company.server("slack");
    let minutes = world.install("minutes", Binding::Dpop);
    let session = minutes.sign_on(&alice.browser, None).await?;
    let destination = minutes.discover(server).await?;
    let asked = minutes.exchange(&session, &destination, &[server.reads.scope]).await;
    let record = world.company.records.last();
    narrator.check(is_refused_with(&asked, "access_denied"), "it is turned away: access_denied");
    narrator.check(
        record["app"] == "minutes" && record["error"] == "approval_required",
        "the record says why: approval_required",
    );
    Ok(())
}
