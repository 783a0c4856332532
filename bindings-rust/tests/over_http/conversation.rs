//! Two conversations of one user and one app: two tokens, told apart in every record, each revoked alone.

use alloc::sync::Arc;
use core::future::ready;

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use idjag::Seconds;
use idjag::oauth::http::{Headers, HttpRequest};
use idjag::revocation::{Holder, Revocation, Revoked};
use idjag::text::{ClientId, Subject};
use idjag_http::server::{Conversations, Revocations as _};
use idjag_http::{Looked, Surroundings};

use crate::world::{Behind, Twist, World};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

fn pong(_: Request) -> Response {
    Response::new(Body::from("pong"))
}

async fn world() -> World {
    let behind = Behind { respond: pong, reached: Arc::default() };
    World::new(Twist::default(), |guard| guard.clone().with_conversations(Sessions).router(behind)).await
}

async fn token(world: &World, conversation: &str) -> String {
    world.token_over(world.connection().with_context(conversation).unwrap()).await
}

/// The MCP server's own memory of which session is which conversation's.
struct Sessions;

impl Conversations for Sessions {
    fn of<'a>(&'a self, head: &'a HttpRequest) -> Looked<'a, Option<String>> {
        let session = head.headers.all("mcp-session-id").next();
        Box::pin(ready(match session {
            Some("lost") => Err("the sessions are lost".into()),
            session => Ok(session.map(|name| format!("conversation:{name}"))),
        }))
    }
}

#[tokio::test]
async fn each_conversation_is_attributed_and_revoked_alone() {
    let world = world().await;
    let (one, two) = (token(&world, "conversation:1").await, token(&world, "conversation:2").await);
    assert_ne!(one, two);
    for held in [&one, &two] {
        assert_eq!(world.post(Some(held), PING).await.status, 200);
    }
    {
        let lines = world.ledger.lines.lock().unwrap();
        for conversation in ["conversation:1", "conversation:2"] {
            for role in ["idp", "resource_as", "resource_server"] {
                let told = |line: &&String| {
                    line.contains(&format!(r#""role":"{role}""#))
                        && line.contains(&format!(r#""context":"{conversation}""#))
                };
                assert_eq!(lines.iter().filter(told).count(), 1, "{role} of {conversation}");
            }
        }
    }

    let now = Surroundings::system().now().unwrap();
    let holder = Holder::Conversation {
        client_id: ClientId::new("desk-at-data").unwrap(),
        subject: Subject::new("ada").unwrap(),
        context: "conversation:1".into(),
    };
    let revoked = Revoked::IssuedTo { holder, until: now.plus(Seconds(1)) };
    let issuer = world.authorization.clone();
    let entry = Revocation { issuer, revoked, retain_until: now.plus(Seconds(900)) };
    world.revocations.add(&entry, now).await.unwrap();
    assert_eq!(world.post(Some(&one), PING).await.status, 401);
    assert_eq!(world.post(Some(&two), PING).await.status, 200);
}

#[tokio::test]
async fn a_token_serves_its_own_conversation_only() {
    let world = world().await;
    let one = token(&world, "conversation:1").await;
    let none = world.token("rows:read").await;
    let within = |token: &str, session: &str| HttpRequest {
        method: "POST".into(),
        url: world.resource.to_string(),
        headers: Headers::new()
            .with("content-type", "application/json")
            .with("authorization", token)
            .with("mcp-session-id", session),
        body: PING.as_bytes().to_vec(),
    };
    for (held, session, status) in
        [(&one, "1", 200), (&one, "2", 401), (&none, "1", 401), (&one, "lost", 503)]
    {
        let answer = world.http.send(&within(held, session)).await.unwrap();
        assert_eq!(answer.status, status, "session {session}");
    }
    let client = world.client(world.config());
    let through = client.to_conversation(world.resource.clone(), "conversation:1").unwrap();
    through.connect().await.unwrap();
    let context = through.look(|connection| connection.context().map(|one| one.as_str().to_owned())).await;
    assert_eq!(context.as_deref(), Some("conversation:1"));
    assert!(client.to_conversation(world.resource.clone(), "").is_err());
}
