//! Chapter: what is inside an ID-JAG and an access token.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use super::{Seat, Told};
use crate::failure::Failure;
use crate::narrate::Narrator;
use crate::world::World;

pub(super) async fn tell(narrator: &mut Narrator, world: &World, alice: &Seat) -> Told {
    narrator.chapter("Inside the tokens");
    narrator.say("The same two steps once more for GitHub, with the tokens opened.");
    let server = world.company.server("github");
    let destination = alice.app.discover(server).await?;
    let id_jag = alice.app.exchange(&alice.session, &destination, &server.reads.scope).await?;
    let access = alice.app.redeem(&id_jag, &destination).await?;
    let headers = alice.app.headers_of(&access)("POST", server.resource.as_str())?;
    let authorization = headers.all("Authorization").next().unwrap_or_default();
    let jag = claims_of(id_jag.expose_to(&server.issuer)?)?;
    let token = claims_of(authorization.trim_start_matches("DPoP "))?;
    narrator.object("The ID-JAG: the identity provider's word to GitHub's authorization server", &jag);
    narrator.object("The access token: GitHub's authorization server's word to the MCP server", &token);
    narrator.line("");
    narrator.check(
        jag["iss"] == json!(world.company.issuer.as_str()) && jag["aud"] == json!(server.issuer.as_str()),
        "the ID-JAG goes from the identity provider to this authorization server and to no other",
    );
    let client_id = &world.company.app("desk").at(server.id).client_id;
    narrator.check(jag["client_id"] == json!(client_id.as_str()), "it names the app as GitHub knows it");
    narrator.check(
        token["iss"] == json!(server.issuer.as_str()) && token["aud"] == json!(server.resource.as_str()),
        "the access token comes from GitHub's own authorization server and is good at this MCP server only",
    );
    narrator.check(token["sub"] == jag["sub"], "both name the same person, as GitHub knows her");
    narrator.check(token["auth_time"] == jag["auth_time"], "and when she signed on");
    narrator.check(
        token["scope"] == json!(server.reads.scope.to_string()),
        "the scope is what was asked for and not more",
    );
    narrator.check(
        !jag["cnf"]["jkt"].is_null() && token["cnf"] == jag["cnf"],
        "both are bound to the app's key, so neither is worth stealing",
    );
    Ok(())
}

/// The claims of a token, for showing them. Nobody decides anything on what this returns.
fn claims_of(token: &str) -> Result<Value, Failure> {
    let payload = token.split('.').nth(1).ok_or_else(|| Failure::broken("this is no JWT"))?;
    let json = Base64UrlUnpadded::decode_vec(payload).map_err(Failure::broken)?;
    serde_json::from_slice(&json).map_err(Failure::broken)
}
