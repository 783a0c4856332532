//! The client over real HTTP: one sign-on for many servers, no redirect, no endless answer.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::LOCATION;
use axum::response::Response;
use axum::routing::any;
use idjag::client::Connection;
use idjag::oauth::http::{Headers, HttpRequest};
use idjag::uri::ResourceId;
use idjag_http::client::{Client, ClientError, Driver, sign_on_by};
use idjag_http::{Http, Unanswered};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::world::{Behind, HTTP, Port, Twist, World, scope};

fn ping(url: &str) -> HttpRequest {
    let body = br#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#.to_vec();
    HttpRequest { method: "POST".into(), url: url.into(), headers: Headers::new(), body }
}

async fn plain_world() -> (World, Arc<AtomicUsize>) {
    let reached = Arc::new(AtomicUsize::new(0));
    let respond = |_: axum::extract::Request| Response::new(Body::from("pong"));
    let behind = Behind { respond, reached: reached.clone() };
    (World::new(Twist::default(), |guard| guard.router(behind)).await, reached)
}

#[tokio::test]
async fn many_connections_ask_for_one_sign_on() {
    let (world, _) = plain_world().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let (count, identity) = (asked.clone(), world.sign_on());
    let sign_on = sign_on_by(move |_| {
        count.fetch_add(1, Ordering::SeqCst);
        let identity = identity.clone();
        async move {
            tokio::task::yield_now().await;
            Ok(Some(identity))
        }
    });
    let client = Client::new(Arc::new(world.config()), world.http.clone(), sign_on);
    let connecting: Vec<_> = (0..8)
        .map(|_| {
            let http = client.to(world.resource.clone());
            tokio::spawn(async move { http.connect().await.is_ok() })
        })
        .collect();
    for connected in connecting {
        assert!(connected.await.unwrap());
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn callers_of_one_connection_share_its_token() {
    let (world, reached) = plain_world().await;
    let http = world.client(world.config()).to(world.resource.clone());
    let sending: Vec<_> = (0..10)
        .map(|_| {
            let (http, request) = (http.clone(), ping(world.resource.as_str()));
            tokio::spawn(async move { http.send(&request, "ping").await.unwrap().text().await.unwrap() })
        })
        .collect();
    for sent in sending {
        assert_eq!(sent.await.unwrap(), "pong");
    }
    assert_eq!(reached.load(Ordering::SeqCst), 10);
    let issued = world
        .ledger
        .lines
        .lock()
        .unwrap()
        .iter()
        .filter(|line| line.contains(r#""role":"resource_as""#))
        .count();
    assert_eq!(issued, 1);
}

#[tokio::test]
async fn a_sign_on_that_does_not_take_place_is_the_end() {
    let (world, _) = plain_world().await;
    let client = Client::new(Arc::new(world.config()), world.http.clone(), sign_on_by(async |_| Ok(None)));
    let failure = client.to(world.resource.clone()).connect().await.unwrap_err();
    assert_eq!(failure.error().unwrap().code().as_str(), "identity_expired");
    let failing = sign_on_by(async |_| Err("the browser is gone".into()));
    let client = Client::new(Arc::new(world.config()), world.http.clone(), failing);
    assert!(matches!(client.to(world.resource.clone()).connect().await, Err(ClientError::Host(_))));
}

#[tokio::test]
async fn a_token_never_goes_to_another_server() {
    let (world, _) = plain_world().await;
    let http = world.client(world.config()).to(world.resource.clone());
    let other = Port::open().await;
    let failure = http.send(&ping(other.url("/mcp").as_str()), "ping").await.unwrap_err();
    assert_eq!(failure.error().unwrap().code().as_str(), "token_for_another_server");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let reached = Arc::new(AtomicUsize::new(0));
    let (elsewhere, count) = (Port::open().await, reached.clone());
    let target = elsewhere.url("/").to_string();
    elsewhere.serve(Router::new().fallback(any(async move || {
        count.fetch_add(1, Ordering::SeqCst);
        "here"
    })));
    let respond = move |_: axum::extract::Request| {
        Response::builder().status(307).header(LOCATION, &target).body(Body::empty()).unwrap()
    };
    let behind = Behind { respond, reached: Arc::default() };
    let world = World::new(Twist::default(), |guard| guard.router(behind)).await;
    let http = world.client(world.config()).to(world.resource.clone());
    let failure = http.send(&ping(world.resource.as_str()), "ping").await.unwrap_err();
    assert_eq!(failure.error().unwrap().code().as_str(), "redirect_refused");

    // Nor where a document is asked for.
    let port = Port::open().await;
    let resource = ResourceId::new(port.url("/mcp").as_str(), HTTP).unwrap();
    let target = format!("{}/", world.idp);
    port.serve(Router::new().fallback(any(async move || {
        Response::builder().status(302).header(LOCATION, target).body(Body::empty()).unwrap()
    })));
    let mut connection = Connection::new(Arc::new(world.config()), resource);
    let failure = Driver::new(world.http.clone()).connect(&mut connection).await.unwrap_err();
    assert_eq!(failure.error().unwrap().code().as_str(), "redirect_refused");
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn an_answer_without_end_is_given_up() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n").await;
                // Until the other side has had enough.
                while stream.write_all(&[b'a'; 4096]).await.is_ok() {}
            });
        }
    });
    let http = Http::new().unwrap().with_max_bytes(100_000);
    assert!(matches!(http.send(&ping(&url)).await, Err(Unanswered::TooLarge)));

    let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let http = Http::new().unwrap().with_timeout(Duration::from_millis(50));
    assert!(matches!(http.send(&ping(&url)).await, Err(Unanswered::TimedOut)));
}

#[tokio::test]
async fn a_challenge_says_which_scope_to_ask_for() {
    let (world, _) = plain_world().await;
    let client = world.client(world.config());
    let challenge = world.post(None, "").await;
    let http = client.to_challenged(world.resource.clone(), &challenge).unwrap();
    http.connect().await.unwrap();
    let granted = http.look(|connection| connection.access_token().unwrap().scope().cloned()).await;
    assert_eq!(granted, Some(scope("rows:read")));
}
