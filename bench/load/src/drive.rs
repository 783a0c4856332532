//! The requests: connections that are kept open, each sending the next as soon as the last is answered.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use base64ct::{Base64, Encoding as _};
use hdrhistogram::Histogram;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{HeaderMap, Method, Request, StatusCode};
use hyper_util::rt::TokioIo;

use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::Failure;
use crate::issuer::{CLIENT, IdentityProvider};
use crate::report::Round;
use crate::server::{SECRET, Server};

/// Requests before those that count.
const WARM_UP: usize = 300;
/// How long the requests that count take, about.
const TIME: Duration = Duration::from_secs(2);

/// The longest time that is told from longer ones, in microseconds.
const LONGEST: u64 = 60_000_000;

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Workload {
    /// A grant is redeemed for an access token.
    Redeem,
    /// A tool is called with an access token.
    Call,
}

impl Workload {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Redeem => "redeem a grant",
            Self::Call => "call a tool",
        }
    }
}

/// The requests of one round, each sent once.
struct Requests {
    sent: Cell<usize>,
    ready: Vec<Request<Full<Bytes>>>,
    expected: &'static str,
}

/// One round.
pub(crate) async fn measure(
    server: &Server,
    idp: &IdentityProvider,
    kind: Workload,
    connections: usize,
) -> Result<Round, Failure> {
    let warm =
        volley(server, requests(server, idp, kind, WARM_UP.max(2 * connections)).await?, connections).await?;
    let count = (warm.per_second * TIME.as_secs_f64()) as usize;
    volley(server, requests(server, idp, kind, count.clamp(200, 20_000)).await?, connections).await
}

async fn requests(
    server: &Server,
    idp: &IdentityProvider,
    kind: Workload,
    count: usize,
) -> Result<Requests, Failure> {
    let ready = match kind {
        Workload::Redeem => idp
            .grants(count, &server.issuer, &server.resource)?
            .iter()
            .map(|grant| redemption(server, grant))
            .collect::<Result<_, _>>()?,
        Workload::Call => {
            let call = Caller::new(server, idp).await?;
            (0..count).map(|number| call.request("tools/call", number)).collect::<Result<_, _>>()?
        }
    };
    let expected = if kind == Workload::Redeem { "\"access_token\"" } else { "\"result\"" };
    Ok(Requests { sent: Cell::new(0), ready, expected })
}

/// Sends them all over as many connections.
async fn volley(server: &Server, requests: Requests, connections: usize) -> Result<Round, Failure> {
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(&server.address).await?);
    }
    let total = requests.ready.len();
    let (requests, micros) =
        (Rc::new(requests), Rc::new(RefCell::new(Histogram::<u64>::new_with_bounds(1, LONGEST, 3)?)));
    let local = LocalSet::new();
    let (since, computed) = (Instant::now(), server.computed());
    let tasks: Vec<_> = open
        .into_iter()
        .map(|mut connection| {
            let (requests, micros) = (Rc::clone(&requests), Rc::clone(&micros));
            local.spawn_local(async move {
                while let Some(request) = requests.next() {
                    let since = Instant::now();
                    let (_, body) = connection.send(request).await.map_err(|error| error.to_string())?;
                    let took = since.elapsed().as_micros();
                    if !body.contains(requests.expected) {
                        return Err(format!("an answer that is not expected: {}", body.len()));
                    }
                    micros.borrow_mut().saturating_record(u64::try_from(took).unwrap_or(u64::MAX));
                }
                Ok(())
            })
        })
        .collect();
    local.await;
    let took = since.elapsed();
    let computed = server.computed().zip(computed).map(|(after, before)| (after - before).as_micros() as f64);
    for task in tasks {
        task.await?.map_err(|error| format!("{}: {error}", server.who))?;
    }
    let micros = micros.borrow().clone();
    let total = total as f64;
    Ok(Round { per_second: total / took.as_secs_f64(), computed: computed.map(|all| all / total), micros })
}

impl Requests {
    fn next(&self) -> Option<Request<Full<Bytes>>> {
        let at = self.sent.get();
        self.sent.set(at + 1);
        self.ready.get(at).cloned()
    }
}

/// Redeems `grant` as the client.
fn redemption(server: &Server, grant: &str) -> Result<Request<Full<Bytes>>, Failure> {
    let body = format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={grant}");
    let credentials = Base64::encode_string(format!("{CLIENT}:{SECRET}").as_bytes());
    Ok(Request::post(&server.token_path)
        .header("host", &server.address)
        .header("authorization", format!("Basic {credentials}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Full::from(body))?)
}

/// Somebody with an access token, and with a session where the server keeps sessions.
struct Caller<'s> {
    server: &'s Server,
    token: String,
    session: Option<String>,
}

impl<'s> Caller<'s> {
    async fn new(server: &'s Server, idp: &IdentityProvider) -> Result<Self, Failure> {
        let mut connection = Connection::open(&server.address).await?;
        let grant = idp.grants(1, &server.issuer, &server.resource)?.pop().ok_or("no grant")?;
        let (_, body) = connection.send(redemption(server, &grant)?).await?;
        let token =
            serde_json::from_str::<Value>(&body)?["access_token"].as_str().ok_or("no token")?.to_owned();
        let mut caller = Self { server, token, session: None };
        let (headers, _) = connection.send(caller.request("initialize", 0)?).await?;
        caller.session =
            headers.get("mcp-session-id").map(|id| id.to_str().map(str::to_owned)).transpose()?;
        if caller.session.is_some() {
            connection.send(caller.request("notifications/initialized", 0)?).await?;
        }
        Ok(caller)
    }

    fn request(&self, method: &str, number: usize) -> Result<Request<Full<Bytes>>, Failure> {
        let params = match method {
            "tools/call" => json!({"name": "list_notes", "arguments": {}}),
            "initialize" => json!({
                "protocolVersion": VERSION, "capabilities": {}, "clientInfo": {"name": "load", "version": "1"},
            }),
            _ => json!({}),
        };
        let mut message = json!({"jsonrpc": "2.0", "method": method, "params": params});
        if !method.starts_with("notifications/") {
            message["id"] = (number + 1).into();
        }
        let mut request = Request::post("/mcp")
            .header("host", &self.server.address)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", VERSION);
        if let Some(session) = &self.session {
            request = request.header("mcp-session-id", session);
        }
        Ok(request.body(Full::from(message.to_string()))?)
    }
}

/// The version of the Model Context Protocol.
const VERSION: &str = "2025-11-25";

/// One connection that is kept open.
pub(crate) struct Connection(SendRequest<Full<Bytes>>, String);

impl Connection {
    pub(crate) async fn open(address: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self(sender, address.to_owned()))
    }

    pub(crate) async fn get(&mut self, path: &str) -> Result<String, Failure> {
        let request = Request::builder().method(Method::GET).uri(path).header("host", &self.1);
        Ok(self.send(request.body(Full::default())?).await?.1)
    }

    /// Sends it and reads the answer to its end; one that is no success is an error.
    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<(HeaderMap, String), Failure> {
        self.0.ready().await?;
        let (head, body) = self.0.send_request(request).await?.into_parts();
        let body = String::from_utf8(body.collect().await?.to_bytes().to_vec())?;
        if !matches!(head.status, StatusCode::OK | StatusCode::ACCEPTED) {
            return Err(format!("{} {body}", head.status).into());
        }
        Ok((head.headers, body))
    }
}
