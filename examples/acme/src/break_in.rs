//! Breaking in, as a test: each case is one thing that must not work, against the whole company over real HTTP.

use idjag::client::{ObtainedAccessToken, ServerAnswer};
use idjag::oauth::discovery::Discovered;
use idjag::oauth::http::{Headers, HttpRequest, HttpResponse};

use crate::agent::{Agent, Session, Tokens};
use crate::failure::Failure;
use crate::web::{Fields, Form, get, post_form};
use crate::world::World;

/// Pulse, at work for Alice with bearer tokens: the easiest ones to misuse.
struct Scene {
    world: World,
    pulse: Agent,
    session: Session,
}

impl Scene {
    async fn open() -> Self {
        let world = World::open().await.unwrap();
        let pulse = world.install("pulse", Tokens::Bearer).await.unwrap();
        let session = pulse.sign_on(&world.browser_of("alice"), None).await.unwrap();
        Self { world, pulse, session }
    }

    async fn github(&self) -> (Discovered, ObtainedAccessToken) {
        let server = self.world.company.server("github");
        let destination = self.pulse.discover(server).await.unwrap();
        let id_jag = self.pulse.exchange(&self.session, &destination, &server.both()).await.unwrap();
        let access = self.pulse.redeem(&id_jag, &destination).await.unwrap();
        (destination, access)
    }

    /// A call to `server` with GitHub's token.
    async fn call(&self, server: &str, access: &ObtainedAccessToken, body: &str) -> HttpResponse {
        let github = self.world.company.server("github").resource.as_str();
        let headers = self.pulse.headers_of(access)("POST", github).unwrap();
        let headers = headers
            .with("accept", "application/json, text/event-stream")
            .with("content-type", "application/json");
        let url = self.world.company.server(server).resource.to_string();
        let request = HttpRequest { method: "POST".into(), url, headers, body: body.into() };
        self.pulse.send(&request).await.unwrap()
    }

    /// Why the latest decision was no.
    fn last_error(&self) -> String {
        self.world.company.records.last()["error"].as_str().unwrap_or_default().to_owned()
    }
}

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;

#[tokio::test]
async fn the_scene_is_set_for_what_does_work() {
    let scene = Scene::open().await;
    let (_, access) = scene.github().await;
    assert_eq!(scene.call("github", &access, LIST).await.status, 200);
}

#[tokio::test]
async fn a_body_that_can_be_read_in_two_ways_is_refused() {
    let scene = Scene::open().await;
    let (_, access) = scene.github().await;
    for (body, error) in [
        (r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call"}"#, "operation_malformed"),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_issues","name":"create_issue"}}"#,
            "operation_malformed",
        ),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]"#, "operation_malformed"),
        (r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}"#, "operation_malformed"),
        ("", "operation_malformed"),
    ] {
        assert_eq!(scene.call("github", &access, body).await.status, 400, "{body}");
        assert_eq!(scene.last_error(), error, "{body}");
    }
}

#[tokio::test]
async fn an_unlisted_operation_is_refused() {
    let scene = Scene::open().await;
    let (_, access) = scene.github().await;
    for body in [
        r#"{"jsonrpc":"2.0","id":1,"method":"resources/list"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"delete_repository"}}"#,
    ] {
        assert_eq!(scene.call("github", &access, body).await.status, 403, "{body}");
        assert_eq!(scene.last_error(), "operation_not_listed");
    }
}

#[tokio::test]
async fn a_token_is_good_at_its_own_server_only() {
    let scene = Scene::open().await;
    let (_, access) = scene.github().await;
    assert_eq!(scene.call("jira", &access, LIST).await.status, 401);
    assert_eq!(scene.last_error(), "issuer_untrusted");
}

#[tokio::test]
async fn nothing_but_post_reaches_the_server() {
    let scene = Scene::open().await;
    let url = scene.world.company.server("github").resource.as_str();
    assert_eq!(scene.pulse.send(&get(url)).await.unwrap().status, 401);
    let (_, access) = scene.github().await;
    let headers = scene.pulse.headers_of(&access)("GET", url).unwrap().with("accept", "text/event-stream");
    assert_eq!(scene.pulse.send(&HttpRequest { headers, ..get(url) }).await.unwrap().status, 405);
}

#[tokio::test]
async fn an_id_jag_with_another_signature_is_refused_and_spends_nothing() {
    let scene = Scene::open().await;
    let server = scene.world.company.server("github");
    let at = scene.pulse.discover(server).await.unwrap();
    let id_jag = scene.pulse.exchange(&scene.session, &at, &server.both()).await.unwrap();
    let (_, genuine) = scene.pulse.redemption(&id_jag, &at).unwrap();
    let form = Form::parse(&genuine.body).unwrap();
    let (signed, signature) = form.get("assertion").unwrap().rsplit_once('.').unwrap();
    let forged: String = signature.chars().rev().collect();
    let form = Form::default()
        .with("grant_type", form.get("grant_type").unwrap())
        .with("assertion", format!("{signed}.{forged}"));
    let request = HttpRequest { body: form.encode().into_bytes(), ..genuine };
    let response = scene.pulse.send(&request).await.unwrap();
    assert_eq!(response.status, 400);
    assert!(["signature_invalid", "token_malformed"].contains(&scene.last_error().as_str()));
    assert!(scene.pulse.redeem(&id_jag, &at).await.is_ok());
}

#[tokio::test]
async fn an_id_token_is_not_exchanged_for_another_app() {
    let scene = Scene::open().await;
    let desk = scene.world.install("desk", Tokens::Bearer).await.unwrap();
    let server = scene.world.company.server("github");
    let at = desk.discover(server).await.unwrap();
    let answer = desk.exchange(&scene.session, &at, &server.both()).await.err().and_then(|no| no.answer());
    assert_eq!(answer, Some(ServerAnswer::GrantRefused));
    assert_eq!(scene.last_error(), "audience_mismatch");
}

#[tokio::test]
async fn a_wrong_secret_is_refused_and_recorded() {
    let scene = Scene::open().await;
    let url = format!("{}/token", scene.world.company.issuer);
    let form = Form::default().with("grant_type", "refresh_token").with("refresh_token", "x");
    // pulse:guess
    let request = post_form(url, &form).with_header("authorization", "Basic cHVsc2U6Z3Vlc3M=");
    assert_eq!(scene.pulse.send(&request).await.unwrap().status, 401);
    assert_eq!(scene.last_error(), "client_authentication_failed");
}

#[tokio::test]
async fn an_expired_access_token_leads_back_to_the_start() {
    let scene = Scene::open().await;
    let (_, access) = scene.github().await;
    let github = scene.world.company.server("github").resource.to_string();
    let headers: Headers = scene.pulse.headers_of(&access)("POST", &github).unwrap();
    scene.world.clock.advance(3600);
    let stale = scene.pulse.talk_with(&github, alloc::sync::Arc::new(move |_, _| Ok(headers.clone()))).await;
    let Err(Failure::Challenged(response)) = stale else { panic!("the server took an expired token") };
    assert_eq!(response.status, 401);
    assert_eq!(scene.last_error(), "token_expired");
}
