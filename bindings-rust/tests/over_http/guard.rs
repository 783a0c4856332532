//! The guard before an MCP server: what it lets pass, what it says instead, what it leaves out.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use idjag::oauth::http::{Headers, HttpRequest, HttpResponse};
use idjag::resource_server::AuthorizedAccess;
use idjag_http::server::Guard;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::{Behind, Twist, World, key, scope};

type Reached = Arc<AtomicUsize>;

/// A world whose MCP server answers with `respond`, and how many requests have reached it.
async fn world<F>(twist: Twist, respond: F) -> (World, Reached)
where
    F: Fn(Request) -> Response + Clone + Send + Sync + 'static,
{
    let reached = Reached::default();
    let behind = Behind { respond, reached: reached.clone() };
    let world = World::new(twist, |guard: &Guard| guard.router(behind)).await;
    (world, reached)
}

fn ok(_: Request) -> Response {
    Response::new(Body::from("passed"))
}

fn call(tool: &str) -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool}}).to_string()
}

fn list() -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string()
}

fn challenge(response: &HttpResponse) -> String {
    response.headers.all("www-authenticate").collect::<Vec<_>>().join(" | ")
}

fn json_of(response: &HttpResponse) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

#[tokio::test]
async fn a_request_without_token_is_told_where_tokens_come_from() {
    let (world, reached) = world(Twist::default(), ok).await;
    let refused = world.post(None, &call("read_rows")).await;
    assert_eq!(refused.status, 401);
    let metadata = world.guard.server().config().metadata_url.to_string();
    assert!(
        challenge(&refused).contains(&format!("resource_metadata=\"{metadata}\"")),
        "{}",
        challenge(&refused)
    );
    assert!(challenge(&refused).contains("scope=\"rows:read\""));
    let document = json_of(&world.get(&metadata).await);
    assert_eq!(document["resource"], world.resource.as_str());
    assert_eq!(document["authorization_servers"], json!([world.authorization.as_str()]));
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_strangers_body_is_not_waited_for() {
    let (world, _) = world(Twist::default(), ok).await;
    let address = world.resource.as_str().strip_prefix("http://").unwrap().strip_suffix("/mcp").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!("POST /mcp HTTP/1.1\r\nhost: {address}\r\ncontent-length: 9000\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 401");
}

#[tokio::test]
async fn what_the_token_permits_passes_without_its_credentials() {
    let (world, reached) = world(Twist::default(), |request| {
        let access = request.extensions().get::<AuthorizedAccess>().unwrap();
        let subject = access.claims().subject.as_ref().unwrap().to_string();
        let gone = ["authorization", "dpop", "content-encoding"];
        let leaked = gone.iter().any(|name| request.headers().contains_key(*name));
        Response::new(Body::from(format!("{subject} {leaked} {}", request.uri().path())))
    })
    .await;
    let token = world.token("rows:read").await;
    let passed = world.post(Some(&token), &call("read_rows")).await;
    assert_eq!((passed.status, passed.body.as_slice()), (200, &b"ada false /mcp"[..]));
    assert_eq!(reached.load(Ordering::SeqCst), 1);
    let lines = world.ledger.lines.lock().unwrap();
    let last: Value = serde_json::from_str(lines.last().unwrap()).unwrap();
    assert_eq!(
        (&last["role"], &last["outcome"], &last["operation"]),
        (&json!("resource_server"), &json!("permit"), &json!("read_rows"))
    );
}

#[tokio::test]
async fn the_body_decides_and_no_header() {
    let (world, reached) = world(Twist::default(), ok).await;
    let token = world.token("rows:read").await;
    let refused = world.post(Some(&token), &call("write_rows")).await;
    assert_eq!(refused.status, 403);
    assert!(challenge(&refused).contains("error=\"insufficient_scope\""), "{}", challenge(&refused));
    assert!(challenge(&refused).contains("scope=\"rows:write\""));
    assert_eq!(world.post(Some(&token), &call("unlisted")).await.status, 403);

    let with = |name: &str, value: &str, body: String| HttpRequest {
        method: "POST".into(),
        url: world.resource.to_string(),
        headers: Headers::new().with("authorization", token.as_str()).with(name, value),
        body: body.into_bytes(),
    };
    let named = world.http.send(&with("mcp-name", "read_rows", call("write_rows"))).await.unwrap();
    assert_eq!(named.status, 403);
    let encoded = world.http.send(&with("content-encoding", "gzip", call("read_rows"))).await.unwrap();
    assert_eq!(encoded.status, 400);
    let batch = world.post(Some(&token), &format!("[{}]", call("read_rows"))).await;
    assert_eq!(batch.status, 400);
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn nothing_passes_outside_the_path_or_beyond_the_bounds() {
    let (world, reached) = world(Twist::default(), ok).await;
    let token = world.token("rows:read").await;
    let origin = world.resource.as_str().strip_suffix("/mcp").unwrap();
    for path in ["/", "/other", "/mcp2", "/mcp/%2e%2e/other", "/mcp/a%2Fb", "/mcp//a"] {
        let request = HttpRequest {
            method: "POST".into(),
            url: format!("{origin}{path}"),
            headers: Headers::new().with("authorization", token.as_str()),
            body: call("read_rows").into_bytes(),
        };
        assert_eq!(world.http.send(&request).await.unwrap().status, 404, "{path}");
    }
    let long = call(&"a".repeat(20_000));
    assert_eq!(world.post(Some(&token), &long).await.status, 413);
    assert_eq!(reached.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_list_shows_what_the_token_may_call() {
    let listing = r#"{"jsonrpc":"2.0","id":1,"result":{"cacheScope":"public","nextCursor":"c","tools":[{"name":"read_rows","x":1.50},{"name":"write_rows"},{"name":"unlisted"},{}]}}"#;
    let (world, _) = world(Twist::default(), move |request| {
        let (media, body) = match request.headers().get("x-shape").and_then(|shape| shape.to_str().ok()) {
            Some("sse") => {
                let events = format!(": hello\nid: 1\ndata: {{\"method\":\"notifications/x\"}}\n\nid: 2\r\ndata: {listing}\r\n\r\n");
                ("text/event-stream; charset=utf-8", events)
            }
            Some("broken") => ("application/json", listing[1..].to_owned()),
            Some("batch") => ("text/event-stream", format!("data: [{listing}]\n\n")),
            _ => ("application/json", listing.to_owned()),
        };
        Response::builder().header("content-type", media).body(Body::from(body)).unwrap()
    })
    .await;
    let asked = async |body: String, token: &str, shape: &str| {
        let headers = Headers::new().with("authorization", token).with("x-shape", shape);
        let (url, body) = (world.resource.to_string(), body.into_bytes());
        world.http.send(&HttpRequest { method: "POST".into(), url, headers, body }).await
    };
    let shaped = async |token: &str, shape: &str| asked(list(), token, shape).await.unwrap();
    let reads = world.token("rows:read").await;
    let expected = json!({"jsonrpc": "2.0", "id": 1, "result": {"cacheScope": "private", "nextCursor": "c", "tools": [{"name": "read_rows", "x": 1.5}]}});
    assert_eq!(json_of(&shaped(&reads, "json").await), expected);

    // Also on the stream of a call, where the server of a session may have put it.
    for body in [list(), call("read_rows")] {
        let events = String::from_utf8(asked(body, &reads, "sse").await.unwrap().body).unwrap();
        let (first, second) = events.split_once("\n\n").unwrap();
        assert_eq!(first, ": hello\nid: 1\ndata: {\"method\":\"notifications/x\"}");
        let data = second.strip_prefix("id: 2\ndata: ").unwrap().trim_end();
        assert_eq!(serde_json::from_str::<Value>(data).unwrap(), expected);
    }

    let both = world.token("rows:read rows:write").await;
    let tools = json_of(&shaped(&both, "json").await)["result"]["tools"].clone();
    assert_eq!(tools.as_array().unwrap().len(), 2);
    // What cannot be read cannot be filtered.
    assert_eq!(shaped(&both, "broken").await.status, 500);
    let batch = asked(list(), &both, "batch").await;
    assert!(batch.is_err(), "the stream breaks off: {batch:?}");
}

#[tokio::test]
async fn without_a_record_or_a_store_nothing_passes() {
    let (world, reached) = world(Twist::default(), ok).await;
    let token = world.token("rows:read").await;
    world.ledger.is_lost.store(true, Ordering::SeqCst);
    let refused = world.post(Some(&token), &call("read_rows")).await;
    assert_eq!((refused.status, refused.headers.all("retry-after").next()), (503, Some("1")));
    assert_eq!(reached.load(Ordering::SeqCst), 0);
    world.ledger.is_lost.store(false, Ordering::SeqCst);
    assert_eq!(world.post(Some(&token), &call("read_rows")).await.status, 200);
}

#[tokio::test]
async fn a_proof_is_good_once_and_not_at_all_where_nobody_remembers() {
    for forgetful in [false, true] {
        let (world, reached) = world(Twist { bound: true, forgetful, ..Twist::default() }, ok).await;
        let config = world.config().with_dpop(Arc::new(key("proofs", 9)));
        let connection = idjag::client::Connection::new(Arc::new(config), world.resource.clone());
        let mut connection = connection.with_scope(scope("rows:read"));
        connection.identify(world.sign_on()).unwrap();
        idjag_http::client::Driver::new(world.http.clone()).connect(&mut connection).await.unwrap();
        let request = HttpRequest {
            method: "POST".into(),
            url: world.resource.to_string(),
            headers: Headers::new(),
            body: call("read_rows").into_bytes(),
        };
        let now = idjag_http::Surroundings::system().now().unwrap();
        let authorized = connection.authorize(request, &[3; 32], now).unwrap();
        let first = world.http.send(&authorized).await.unwrap().status;
        let second = world.http.send(&authorized).await.unwrap().status;
        let expected = if forgetful { (503, 503, 0) } else { (200, 401, 1) };
        assert_eq!((first, second, reached.load(Ordering::SeqCst)), expected);
    }
}
