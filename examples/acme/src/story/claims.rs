//! Chapter: what is inside an ID-JAG and an access token.

use serde_json::json;

use super::{Seat, Told};
use crate::narrate::Narrator;
use crate::seams;
use crate::world::World;

pub(super) async fn tell(narrator: &mut Narrator, world: &World, alice: &Seat) -> Told {
    narrator.chapter("Inside the tokens");
    narrator.say("The same two steps once more for GitHub, with the tokens opened.");
    let server = world.company.server("github");
    let destination = alice.app.discover(server).await?;
    let grant = alice.app.exchange(&alice.session, &destination, &[server.reads.scope]).await?;
    let access = alice.app.redeem(&grant, &destination).await?;
    let (jag, token) = (seams::claims(&grant.assertion), seams::claims(&access.token));
    narrator.object("The ID-JAG: the identity provider's word to GitHub's authorization server", &jag);
    narrator.object("The access token: GitHub's authorization server's word to the MCP server", &token);
    narrator.line("");
    let client_id = &world.company.app("desk").at(server.id).client_id;
    narrator.check(
        jag["iss"] == json!(world.company.issuer) && jag["aud"] == json!(server.issuer),
        "the ID-JAG goes from the identity provider to this authorization server and to no other",
    );
    narrator.check(jag["client_id"] == json!(client_id), "it names the app as GitHub knows it");
    narrator.check(
        token["iss"] == json!(server.issuer) && token["aud"] == json!(server.resource),
        "the access token comes from GitHub's own authorization server and is good at this MCP server only",
    );
    narrator.check(token["sub"] == jag["sub"], "both name the same person, as GitHub knows her");
    narrator
        .check(token["scope"] == json!(server.reads.scope), "the scope is what was asked for and not more");
    narrator.check(
        !jag["cnf"]["jkt"].is_null() && token["cnf"] == jag["cnf"],
        "both are bound to the app's key, so neither is worth stealing",
    );
    Ok(())
}
