//! Chapter: an ID-JAG in the wrong hands.

use super::{Seat, Told, is_refused_with};
use crate::narrate::Narrator;
use crate::roles::Binding;
use crate::world::World;

pub(super) async fn tell(narrator: &mut Narrator, world: &World, alice: &Seat) -> Told {
    narrator.chapter("Stolen grants");
    let server = world.company.server("github");
    let destination = alice.app.discover(server).await?;
    let scopes = [server.reads.scope];

    narrator.say("Pulse, another approved app, gets hold of an unbound ID-JAG that was issued to Acme Desk.");
    let (keyless, pulse) = (world.install("desk", Binding::Bearer), world.install("pulse", Binding::Bearer));
    let grant = keyless.exchange(&alice.session, &destination, &scopes).await?;
    let stolen = grant.clone();
    narrator.check(
        is_refused_with(&pulse.redeem(&stolen, &destination).await, "invalid_grant"),
        "presented by another client it is refused: invalid_grant",
    );
    let access = keyless.redeem(&grant, &destination).await?;
    narrator.check(access.token_type == "Bearer", "the attempt spent nothing: its owner redeems it");
    narrator.check(
        is_refused_with(&keyless.redeem(&stolen, &destination).await, "invalid_grant"),
        "replayed it is refused: invalid_grant",
    );

    narrator.say(
        "Then someone steals a DPoP-bound one together with Acme Desk's client secret, but not its key.",
    );
    let bound = alice.app.exchange(&alice.session, &destination, &scopes).await?;
    narrator.check(
        is_refused_with(&keyless.redeem(&bound, &destination).await, "invalid_grant"),
        "without the proof of that key it is refused: invalid_grant",
    );
    let access = alice.app.redeem(&bound, &destination).await?;
    narrator.check(
        access.token_type == "DPoP",
        "with the proof it is redeemed, and the access token is bound as well",
    );
    narrator.check(
        is_refused_with(&keyless.connect(&access, server).await, "invalid_token"),
        "that access token opens no connection without the key either",
    );
    Ok(())
}
