//! Chapter: tokens in the wrong hands.

use alloc::sync::Arc;

use idjag::Limits;
use idjag::client::{ObtainedAccessToken, ServerAnswer};
use idjag::oauth::challenge::AccessScheme;
use idjag::oauth::discovery::Discovered;
use idjag::oauth::http::{Headers, HttpRequest};

use super::{Seat, Told, is_answered};
use crate::agent::Tokens;
use crate::company::Server;
use crate::mcp::HeadersFor;
use crate::narrate::Narrator;
use crate::world::World;

pub(super) async fn tell(narrator: &mut Narrator, world: &World, alice: &Seat) -> Told {
    narrator.chapter("Stolen tokens");
    let server = world.company.server("github");
    let destination = alice.app.discover(server).await?;
    unbound_id_jag(narrator, world, alice, server, &destination).await?;
    let access = bound_id_jag(narrator, world, alice, server, &destination).await?;
    bound_access_token(narrator, world, alice, server, &access).await
}

async fn unbound_id_jag(
    narrator: &mut Narrator,
    world: &World,
    alice: &Seat,
    server: &Server,
    destination: &Discovered,
) -> Told {
    narrator.say("Pulse, another approved app, gets hold of an unbound ID-JAG that was issued to Acme Desk.");
    let keyless = world.install("desk", Tokens::Bearer).await?;
    let pulse = world.install("pulse", Tokens::Bearer).await?;
    let id_jag = keyless.exchange(&alice.session, destination, &server.reads.scope).await?;
    let stolen = id_jag.clone();
    let refused = pulse.redeem(&stolen, destination).await;
    narrator.check(
        is_answered(&refused, &ServerAnswer::GrantRefused) && is_recorded(world, "client_mismatch"),
        "presented by another client it is refused: invalid_grant (client_mismatch)",
    );
    let access = keyless.redeem(&id_jag, destination).await?;
    narrator
        .check(access.scheme() == AccessScheme::Bearer, "the attempt spent nothing: its owner redeems it");
    let refused = keyless.redeem(&stolen, destination).await;
    narrator.check(
        is_answered(&refused, &ServerAnswer::GrantRefused) && is_recorded(world, "token_replayed"),
        "replayed it is refused: invalid_grant (token_replayed)",
    );
    Ok(())
}

async fn bound_id_jag(
    narrator: &mut Narrator,
    world: &World,
    alice: &Seat,
    server: &Server,
    destination: &Discovered,
) -> Told<ObtainedAccessToken> {
    narrator.say(
        "Then someone steals a DPoP-bound one together with Acme Desk's client secret, but not its key.",
    );
    let bound = alice.app.exchange(&alice.session, destination, &server.reads.scope).await?;
    let (_, request) = alice.app.redemption(&bound, destination)?;
    let without_proof = HttpRequest { headers: without(&request.headers, "DPoP"), ..request };
    let answer = ServerAnswer::of_token_endpoint(&alice.app.send(&without_proof).await?, &Limits::default());
    narrator.check(
        answer == ServerAnswer::GrantRefused && is_recorded(world, "proof_missing"),
        "without the proof of that key it is refused: invalid_grant (proof_missing)",
    );
    let access = alice.app.redeem(&bound, destination).await?;
    narrator.check(
        access.scheme() == AccessScheme::Dpop,
        "with the proof it is redeemed, and the access token is bound as well",
    );
    Ok(access)
}

async fn bound_access_token(
    narrator: &mut Narrator,
    world: &World,
    alice: &Seat,
    server: &Server,
    access: &ObtainedAccessToken,
) -> Told {
    narrator.say("And someone listens in on a call to the MCP server.");
    let overheard = alice.app.headers_of(access);
    let url = server.resource.as_str();

    let token_alone: HeadersFor = {
        let overheard = overheard.clone();
        Arc::new(move |method, url| Ok(without(&overheard(method, url)?, "DPoP")))
    };
    let refused = alice.app.talk_with(url, token_alone).await;
    narrator.check(
        is_answered(&refused, &ServerAnswer::TokenRefused) && is_recorded(world, "proof_missing"),
        "the access token alone opens nothing: invalid_token (proof_missing)",
    );

    let as_bearer: HeadersFor = {
        let overheard = overheard.clone();
        Arc::new(move |method, url| {
            let headers = overheard(method, url)?;
            let authorization = headers.all("Authorization").next().unwrap_or_default();
            Ok(Headers::new().with("Authorization", authorization.replacen("DPoP", "Bearer", 1)))
        })
    };
    let refused = alice.app.talk_with(url, as_bearer).await;
    narrator.check(
        is_answered(&refused, &ServerAnswer::TokenRefused) && is_recorded(world, "bound_token_as_bearer"),
        "nor does passing it off as a bearer token: invalid_token (bound_token_as_bearer)",
    );

    // One proof for everything: good for the first request and for no other.
    let recorded = overheard("POST", url)?;
    let mcp = alice.app.talk_with(url, Arc::new(move |_, _| Ok(recorded.clone()))).await?;
    let replayed = mcp.tools().await;
    narrator.check(
        replayed.is_err() && is_recorded(world, "token_replayed"),
        "nor does the whole call played back, proof and all (token_replayed)",
    );
    Ok(())
}

/// What a thief without the key is left with.
fn without(headers: &Headers, name: &str) -> Headers {
    headers.iter().filter(|(found, _)| !found.eq_ignore_ascii_case(name)).collect()
}

/// Whether the latest decision was a refusal for this reason.
fn is_recorded(world: &World, error: &str) -> bool {
    let record = world.company.records.last();
    record["outcome"] == "refuse" && record["error"] == error
}
