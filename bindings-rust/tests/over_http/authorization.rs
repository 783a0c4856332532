//! The routers of both authorization servers: what they publish, what they grant, what they do not spend.

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use axum::Router;
use idjag::client::{Connection, Purpose, Step};
use idjag::oauth::http::{Headers, HttpRequest, HttpResponse};
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::uri::{Issuer, ResourceId};
use idjag_http::Surroundings;
use idjag_http::server::{Hosting, SetupFailure};
use serde_json::{Value, json};

use crate::world::{HTTP, Port, Twist, World, authorization_server, scope};

async fn world() -> World {
    World::new(Twist::default(), |_| Router::new()).await
}

fn json_of(response: &HttpResponse) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

/// Drives a connection by hand up to its request for an access token.
async fn grant_request(world: &World) -> HttpRequest {
    let config = Arc::new(world.config().with_transport(HTTP));
    // The MCP server of this world publishes nothing, so discovery is answered here.
    let mut connection = Connection::new(config, world.resource.clone()).with_scope(scope("rows:read"));
    connection.identify(world.sign_on()).unwrap();
    let now = || Surroundings::system().now().unwrap();
    let metadata = world.guard.server().metadata().unwrap().to_response();
    for round in 0..10 {
        let Step::Send(outgoing) = connection.next(&[round; 32], now()) else { panic!("nothing to send") };
        if outgoing.purpose == Purpose::Grant {
            return outgoing.request;
        }
        let is_resource = outgoing.request.url.contains("oauth-protected-resource");
        let response =
            if is_resource { metadata.clone() } else { world.http.send(&outgoing.request).await.unwrap() };
        connection.receive(&response, now()).unwrap();
    }
    panic!("no grant is asked for");
}

#[tokio::test]
async fn both_servers_publish_their_metadata_and_keys() {
    let world = world().await;
    for (issuer, well_known) in [
        (world.idp.as_str(), "openid-configuration"),
        (world.idp.as_str(), "oauth-authorization-server"),
        (world.authorization.as_str(), "oauth-authorization-server"),
    ] {
        let document = json_of(&world.get(&format!("{issuer}/.well-known/{well_known}")).await);
        assert_eq!(document["issuer"], issuer);
        assert_eq!(document["authorization_details_types_supported"], json!(["export"]));
        let jwks = json_of(&world.get(document["jwks_uri"].as_str().unwrap()).await);
        assert_eq!(jwks["keys"].as_array().unwrap().len(), 1);
        assert!(jwks["keys"][0].get("d").is_none());
    }
}

#[tokio::test]
async fn a_grant_becomes_one_token() {
    let world = world().await;
    let request = grant_request(&world).await;
    let granted = world.http.send(&request).await.unwrap();
    let answer = json_of(&granted);
    assert_eq!(
        (granted.status, &answer["token_type"], &answer["scope"]),
        (200, &json!("Bearer"), &json!("rows:read"))
    );
    assert_eq!(granted.headers.all("cache-control").next(), Some("no-store"));
    let again = world.http.send(&request).await.unwrap();
    assert_eq!((again.status, &json_of(&again)["error"]), (400, &json!("invalid_grant")));
}

#[tokio::test]
async fn a_host_that_does_not_answer_grants_nothing_and_spends_nothing() {
    let world = world().await;
    let request = grant_request(&world).await;
    world.accounts.is_down.store(true, Ordering::SeqCst);
    let refused = world.http.send(&request).await.unwrap();
    assert_eq!((refused.status, refused.headers.all("retry-after").next()), (503, Some("1")));
    assert_eq!(json_of(&refused), json!({"error": "temporarily_unavailable"}));
    world.accounts.is_down.store(false, Ordering::SeqCst);
    assert_eq!(world.http.send(&request).await.unwrap().status, 200);
}

#[tokio::test]
async fn without_a_record_there_is_no_token() {
    let world = world().await;
    let request = grant_request(&world).await;
    world.ledger.is_lost.store(true, Ordering::SeqCst);
    let refused = world.http.send(&request).await.unwrap();
    assert_eq!(refused.status, 503);
    assert!(!String::from_utf8(refused.body).unwrap().contains("access_token"));
}

#[tokio::test]
async fn a_request_that_is_too_large_or_none_is_refused() {
    let world = world().await;
    let request = grant_request(&world).await;
    let large = HttpRequest { body: vec![b'a'; 300 << 10], ..request.clone() };
    assert_eq!(world.http.send(&large).await.unwrap().status, 413);
    let get = HttpRequest { method: "GET".into(), body: Vec::new(), ..request.clone() };
    let get = world.http.send(&get).await.unwrap();
    assert!((400..500).contains(&get.status), "{}", get.status);
    let bare = HttpRequest { headers: Headers::new(), ..request };
    assert!((400..500).contains(&world.http.send(&bare).await.unwrap().status));
}

#[tokio::test]
async fn what_is_published_and_what_decides_must_agree() {
    let port = Port::open().await;
    let idp = Issuer::new("https://idp.example", HTTP).unwrap();
    let resource = ResourceId::new("https://mcp.example/mcp", HTTP).unwrap();
    let plain = || authorization_server(&port, &idp, &resource, false);
    let twisted = |twist: fn(&mut AuthorizationServerMetadata, &Port)| {
        let mut server = plain();
        twist(&mut server.issuing.metadata, &port);
        server.into_router().map(drop)
    };
    assert_eq!(twisted(|_, _| {}), Ok(()));
    for contradicted in [
        twisted(|metadata, port| metadata.token_endpoint = port.url("/elsewhere")),
        twisted(|metadata, port| metadata.issuer = Issuer::new(port.url("/other").as_str(), HTTP).unwrap()),
        twisted(|metadata, _| metadata.jwks_uri = None),
        twisted(|metadata, _| metadata.revocation_endpoint = None),
    ] {
        assert!(matches!(contradicted, Err(SetupFailure::Contradiction(_))));
    }
    let mut forgetful = plain();
    forgetful.hosting = Hosting::new();
    assert!(matches!(forgetful.into_router(), Err(SetupFailure::Contradiction(_))));
}
