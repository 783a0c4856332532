//! Clients by document: fetched when they come, from where strangers may make us look, and not for ever.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use idjag::client::{ClientConfig, ClientCredentials, ClientMethod, Connection};
use idjag::client_documents::{ClientDocumentsConfig, DocumentFor};
use idjag::crypto::Signer;
use idjag::oauth::client_metadata::{ClientIdUrl, ClientKeys, ClientMetadata};
use idjag::oauth::http::{Headers, HttpRequest};
use idjag::secret::Secret;
use idjag::text::ClientId;
use idjag::uri::Transport;
use idjag_http::server::{Clients, DocumentClients, StaticClients};
use idjag_http::{Http, Unanswered};

use crate::world::{Behind, HTTP, Port, Twist, World, algorithms, key};

/// An app's document at an address of its own, and how often it was asked for.
struct App {
    client_id: ClientIdUrl,
    fetched: Arc<AtomicUsize>,
    is_down: Arc<AtomicBool>,
}

impl App {
    async fn new() -> Self {
        let port = Port::open().await;
        let client_id = ClientIdUrl::parse(port.url("/app.json").as_str(), HTTP).unwrap();
        let metadata = ClientMetadata::new("Desk", ["http://127.0.0.1/callback"]).unwrap();
        let keys = ClientKeys::Inline(vec![key("app", 5).public_key().clone()]);
        let metadata = metadata.with_client_id(client_id.clone()).with_private_key_jwt(keys);
        let body = metadata.to_json().to_string();
        let (fetched, is_down) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (count, down) = (fetched.clone(), is_down.clone());
        let serve = async move || -> Response {
            count.fetch_add(1, Ordering::SeqCst);
            if down.load(Ordering::SeqCst) {
                return StatusCode::SERVICE_UNAVAILABLE.into_response();
            }
            ([("content-type", "application/json")], body).into_response()
        };
        port.serve(Router::new().route("/app.json", get(serve)));
        Self { client_id, fetched, is_down }
    }

    fn id(&self) -> &ClientId {
        self.client_id.client_id()
    }
}

fn clients(transport: Transport) -> DocumentClients {
    let mut config = ClientDocumentsConfig::new(DocumentFor::ResourceAuthorizationServer, algorithms());
    config.transport = transport;
    DocumentClients::new(config, StaticClients::default()).unwrap()
}

#[tokio::test]
async fn a_client_that_nobody_registered_gets_a_token_by_its_document() {
    let app = App::new().await;
    let respond = |_: axum::extract::Request| Response::new(axum::body::Body::from("pong"));
    let behind = Behind { respond, reached: Arc::default() };
    let twist = Twist { client_id: Some(app.id().to_string()), ..Twist::default() };
    let world = World::new(twist, |guard| guard.router(behind)).await;
    let at_idp = ClientMethod::SecretBasic(Secret::new("desk-secret"));
    let at_idp = ClientCredentials::new(world.idp.clone(), ClientId::new("desk").unwrap(), at_idp);
    let method = |seed| ClientMethod::PrivateKeyJwt(Arc::new(key("app", seed)));
    let at_server =
        |seed| ClientCredentials::new(world.authorization.clone(), app.id().clone(), method(seed));
    let idp = idjag_http::discover_issuer(&world.http, &world.idp, HTTP).await.unwrap();
    for (seed, works) in [(5, true), (6, false)] {
        let config = ClientConfig::new(idp.clone(), at_idp.clone()).unwrap();
        let config = Arc::new(config.with_credentials(at_server(seed)).with_transport(HTTP));
        let mut connection = Connection::new(config, world.resource.clone());
        connection.identify(world.sign_on()).unwrap();
        let connected = idjag_http::client::Driver::new(world.http.clone()).connect(&mut connection).await;
        assert_eq!(connected.is_ok(), works, "{connected:?}");
    }
    assert_eq!(app.fetched.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn many_at_once_fetch_once_and_what_cannot_be_fetched_is_no_answer() {
    let app = App::new().await;
    app.is_down.store(true, Ordering::SeqCst);
    let known = clients(HTTP);
    let asking: Vec<_> = (0..20)
        .map(|_| {
            let (known, id) = (known.clone(), app.id().clone());
            tokio::spawn(async move { known.client(&id).await.is_err() })
        })
        .collect();
    for asked in asking {
        assert!(asked.await.unwrap(), "nobody knows whether there is such a client");
    }
    assert_eq!(app.fetched.load(Ordering::SeqCst), 1);
    // Such a client there is not, and nothing is fetched to know it.
    assert!(known.client(&ClientId::new("desk").unwrap()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_document_elsewhere_or_nowhere_is_none() {
    let app = App::new().await;
    let port = Port::open().await;
    let (moved, missing) = (port.url("/moved").to_string(), port.url("/missing").to_string());
    let target = app.id().to_string();
    let redirect = async move || (StatusCode::FOUND, [(LOCATION, target)]);
    port.serve(Router::new().route("/moved", any(redirect)));
    let known = clients(HTTP);
    for id in [moved, missing] {
        assert!(known.client(&ClientId::new(id).unwrap()).await.unwrap().is_none());
    }
    assert_eq!(app.fetched.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn private_addresses_are_not_reached_whatever_they_are_called() {
    let reached = Arc::new(AtomicUsize::new(0));
    let (port, count) = (Port::open().await, reached.clone());
    let by_address = port.url("/").to_string();
    port.serve(Router::new().fallback(any(async move || {
        count.fetch_add(1, Ordering::SeqCst);
        "here"
    })));
    let by_name = by_address.replace("127.0.0.1", "localhost");
    let get = |url: &str| HttpRequest {
        method: "GET".into(),
        url: url.into(),
        headers: Headers::new(),
        body: Vec::new(),
    };
    let public = Http::public_only(Transport::HttpsOnly).unwrap();
    assert!(matches!(public.send(&get(&by_address)).await, Err(Unanswered::NotPublic)));
    assert!(matches!(public.send(&get(&by_name)).await, Err(Unanswered::Failed(_))));
    assert_eq!(reached.load(Ordering::SeqCst), 0);
    let here = Http::public_only(HTTP).unwrap();
    for url in [by_address, by_name] {
        assert_eq!(here.send(&get(&url)).await.unwrap().status, 200);
    }
}
