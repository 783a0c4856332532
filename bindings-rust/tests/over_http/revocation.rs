//! A client gives up its token, and nobody takes it any more.

use idjag::oauth::http::{Headers, HttpRequest};

use crate::world::{Behind, Twist, World};

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

#[tokio::test]
async fn a_revoked_token_is_refused_at_once() {
    let respond = |_: axum::extract::Request| axum::response::Response::new(axum::body::Body::from("pong"));
    let behind = Behind { respond, reached: alloc::sync::Arc::default() };
    let world = World::new(Twist::default(), |guard| guard.router(behind)).await;
    let (kept, given_up) = (world.token("rows:read").await, world.token("rows:read").await);
    assert_eq!(world.post(Some(&given_up), LIST).await.status, 200);

    let revoke = |token: &str, credentials: &str| HttpRequest {
        method: "POST".into(),
        url: format!("{}/oauth/revoke", world.authorization),
        headers: Headers::new()
            .with("content-type", "application/x-www-form-urlencoded")
            .with("authorization", credentials),
        body: format!("token={}", token.strip_prefix("Bearer ").unwrap()).into_bytes(),
    };
    // desk-at-data:desk-secret, and the same with another secret.
    let (ours, wrong) = ("Basic ZGVzay1hdC1kYXRhOmRlc2stc2VjcmV0", "Basic ZGVzay1hdC1kYXRhOmd1ZXNz");
    assert_eq!(world.http.send(&revoke(&given_up, wrong)).await.unwrap().status, 401);
    assert_eq!(world.post(Some(&given_up), LIST).await.status, 200);
    assert_eq!(world.http.send(&revoke(&given_up, ours)).await.unwrap().status, 200);
    assert_eq!(world.post(Some(&given_up), LIST).await.status, 401);
    assert_eq!(world.post(Some(&kept), LIST).await.status, 200);
    // What is no token needs no revoking (RFC 7009 §2.2).
    assert_eq!(world.http.send(&revoke("Bearer nonsense", ours)).await.unwrap().status, 200);
}
