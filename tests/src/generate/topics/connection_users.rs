//! `client.connection`: a client whose user decides in a browser: RFC 6749 §4.1, RFC 7636, RFC 9207 as scripts.

use sha2::{Digest, Sha256};

use super::connection::{all, and, ready};
use super::connection_grants::{asked_for, found_at, token_event};
use crate::expand::base64url;
use crate::format::Topic;
use crate::generate::client_scene::{client_keys, made_of, secret};
use crate::generate::connection_scene::{play, token, token_body};
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, with};
use crate::generate::scene::{CLIENT_ID, NOW, RAS_ISSUER, RESOURCE};
use crate::generate::web::{found, json_response, ras_document, refuse};
use serde_json::{Value, json};

const BACK: &str = "http://127.0.0.1:8000/callback";
const ENDPOINT: &str = "https://auth.chat.example/authorize";
const BASIC: &str = "Basic ZjUzZjE5MWY5MzExYWYzNTpzM2NyM3Q=";

/// A server where users sign on.
fn server(changes: &[(&str, Value)]) -> Value {
    let more = [
        ("authorization_endpoint", json!(ENDPOINT)),
        ("code_challenge_methods_supported", json!(["S256"])),
        ("authorization_response_iss_parameter_supported", json!(true)),
    ];
    with(&with(&ras_document(), &more), changes)
}

/// The page that is made in the `drawn`th step, as the `count`th thing made: the scripts' random bytes are all alike.
struct Page {
    state: String,
    verifier: String,
}

fn page(drawn: u8, count: u64) -> Page {
    let made = |label| made_of(label, count, &[drawn; 32]);
    Page { state: made("state"), verifier: made("code_verifier") }
}

impl Page {
    fn event(&self, client_id: &str, scope: &str) -> Value {
        let challenge = base64url(&Sha256::digest(self.verifier.as_bytes()));
        json!({
            "need_authorization": ENDPOINT, "redirect_uri": BACK,
            "query": [
                ["client_id", client_id], ["code_challenge", challenge], ["code_challenge_method", "S256"],
                ["redirect_uri", BACK], ["resource", RESOURCE], ["response_type", "code"], ["scope", scope],
                ["state", self.state],
            ],
        })
    }

    /// The browser is sent back here.
    fn called(&self, more: &str) -> Value {
        json!({"called": format!("{BACK}?state={}{more}", self.state)})
    }

    /// And with the code and whose it is.
    fn permitted(&self) -> Value {
        self.called("&code=c0de&iss=https%3A%2F%2Fauth.chat.example%2F")
    }

    fn redeemed(&self, client: &[(&str, Value)], headers: &[(&str, Value)]) -> Value {
        let form = [
            ("grant_type", json!("authorization_code")),
            ("code", json!("c0de")),
            ("code_verifier", json!(self.verifier)),
            ("redirect_uri", json!(BACK)),
            ("resource", json!(RESOURCE)),
        ];
        token_event(&[client, &form].concat(), headers)
    }
}

/// Grants of users.
pub fn users() -> Topic {
    let mut topic = TopicBuilder::new("client.connection", "users");
    let credentials = secret(RAS_ISSUER, CLIENT_ID, "client_secret_basic", "s3cr3t");
    let config = json!({"grant": "authorization_code", "redirect_uri": BACK, "credentials": [credentials]});
    let mut group = topic.group("A client whose user decides.", config, client_keys(), NOW);
    let page = page(3, 1);
    let next = json!({"next": true});
    let granted = json!({"answer": json_response(200, &granted_body())});
    let start = and(&found_at(&server(&[])), core::slice::from_ref(&next));
    let whole = and(&start, &[page.permitted(), granted, next.clone()]);
    let called = json!({"called": true});
    let basic = [("Authorization", json!(BASIC))];
    let events = and(
        &asked_for(),
        &[
            page.event(CLIENT_ID, "read write"),
            called.clone(),
            page.redeemed(&[], &basic),
            ready("read write", NOW + 60),
        ],
    );
    group.valid(
        case(
            "permitted",
            "The user permits it, and the code becomes a token.",
            "MCP authorization",
            &["MCP-013", "MCP-032"],
        ),
        play(&whole),
        all(&events),
    );
    refusals(&mut group, &page, &whole);
    over_time(&mut group, &whole, &events);
    registered(&mut topic);
    topic.finish()
}

/// The first answer to a code: the error is a member that means nothing in a success and everything in a failure.
fn granted_body() -> Value {
    token_body(&[("refresh_token", json!("refresh-1")), ("error", json!("invalid_grant"))])
}

/// The whole script with another step in place of one.
fn replaced(steps: &[Value], at: usize, step: Value) -> Value {
    let mut steps = steps.to_vec();
    steps[at] = step;
    play(&steps)
}

fn refusals(group: &mut GroupBuilder<'_>, page: &Page, whole: &[Value]) {
    let foreign = json!({"called": format!("{BACK}?state=guessed&code=c0de")});
    // A script is judged by its last step: this one ends with the call.
    let short = |called: Value| play(&and(&whole[..3], &[called]));
    group.valid(
        case("called", "The browser comes back.", "MCP authorization", &[]),
        short(page.permitted()),
        all(&and(&asked_for(), &[page.event(CLIENT_ID, "read write"), json!({"called": true})])),
    );
    let elsewhere =
        json!({"called": format!("http://127.0.0.1:8001/callback?state={}&code=c0de", page.state)});
    let twice = page.called(&format!("&code=c0de&state={}", page.state));
    refuse(
        group,
        "called",
        "RFC 6749 §10.12",
        &[
            ("foreign-state", "A response to another request.", &[], short(foreign), "state_mismatch"),
            ("elsewhere", "A call of another address.", &[], short(elsewhere), "state_mismatch"),
            ("state-twice", "Two readings.", &[], short(twice), "state_mismatch"),
        ],
    );
    let judged = |called: Value| play(&and(&whole[..3], &[called, json!({"next": true})]));
    group.valid(
        case("believed", "Its issuer is the one.", "RFC 9207 §2.4", &["MCP-032"]),
        judged(page.permitted()),
        all(&and(
            &asked_for(),
            &[
                page.event(CLIENT_ID, "read write"),
                json!({"called": true}),
                page.redeemed(&[], &[("Authorization", json!(BASIC))]),
            ],
        )),
    );
    let wrong = "metadata_issuer_mismatch";
    let of = |more: &str| judged(page.called(more));
    refuse(
        group,
        "believed",
        "RFC 9207 §2.4",
        &[
            (
                "no-issuer",
                "The server says whose responses are, this one does not.",
                &["MCP-032"],
                of("&code=c0de"),
                wrong,
            ),
            (
                "wrong-issuer",
                "A response of another server.",
                &["MCP-032"],
                of("&code=c0de&iss=https%3A%2F%2Fevil.example"),
                wrong,
            ),
            (
                "normalized-issuer",
                "Compared as it is.",
                &["MCP-032"],
                of("&code=c0de&iss=https%3A%2F%2Fauth.chat.example"),
                wrong,
            ),
            (
                "foreign-error",
                "Nor is the error of another server believed.",
                &["MCP-032"],
                of("&error=access_denied&iss=https%3A%2F%2Fevil.example"),
                wrong,
            ),
            (
                "user-denies",
                "The user says no.",
                &[],
                of("&error=access_denied&iss=https%3A%2F%2Fauth.chat.example%2F"),
                "server_denied",
            ),
            (
                "page-error",
                "The server does.",
                &[],
                of("&error=invalid_scope&iss=https%3A%2F%2Fauth.chat.example%2F"),
                "server_refused",
            ),
            (
                "no-code",
                "There is nothing in it.",
                &[],
                of("&iss=https%3A%2F%2Fauth.chat.example%2F"),
                "response_malformed",
            ),
        ],
    );
    let document =
        |changes: &[(&str, Value)]| replaced(&whole[..3], 1, json!({"answer": found(&server(changes))}));
    group.valid(
        case("asked", "The user is asked.", "RFC 7636", &[]),
        play(&whole[..3]),
        all(&and(&asked_for(), &[page.event(CLIENT_ID, "read write")])),
    );
    refuse(
        group,
        "asked",
        "RFC 7636",
        &[
            (
                "no-pkce",
                "The server does not say that it knows PKCE.",
                &[],
                document(&[("code_challenge_methods_supported", Value::Null)]),
                "pkce_unsupported",
            ),
            (
                "plain-pkce",
                "It knows no PKCE that helps.",
                &[],
                document(&[("code_challenge_methods_supported", json!(["plain"]))]),
                "pkce_unsupported",
            ),
            (
                "no-page",
                "It has no page for users.",
                &[],
                document(&[("authorization_endpoint", Value::Null)]),
                "metadata_malformed",
            ),
        ],
    );
    refuse(
        group,
        "permitted",
        "RFC 6749 §5.2",
        &[(
            "code-refused",
            "The code is refused.",
            &[],
            replaced(whole, 4, json!({"answer": json_response(400, &granted_body())})),
            "server_refused",
        )],
    );
}

fn over_time(group: &mut GroupBuilder<'_>, whole: &[Value], events: &[Value]) {
    let renewal = |token: &str| {
        let form = [
            ("grant_type", json!("refresh_token")),
            ("refresh_token", json!(token)),
            ("resource", json!(RESOURCE)),
            ("scope", json!("read write")),
        ];
        token_event(&form, &[("Authorization", json!(BASIC))])
    };
    let rotated = json!({"at": NOW + 60, "answer": token(&[("refresh_token", json!("refresh-2"))])});
    let kept = json!({"at": NOW + 120, "answer": token(&[])});
    let over = json!({"at": NOW + 180, "answer": json_response(400, &json!({"error": "invalid_grant"}))});
    let again = page(9, 6);
    group.valid(
        case(
            "renewed",
            "The newest refresh token renews, until the server takes it no more: the user again.",
            "RFC 6749 §6",
            &[],
        ),
        play(&and(whole, &[rotated, kept, over, json!({"at": NOW + 181, "next": true})])),
        all(&and(
            events,
            &[
                renewal("refresh-1"),
                renewal("refresh-2"),
                renewal("refresh-2"),
                again.event(CLIENT_ID, "read write"),
            ],
        )),
    );
    let challenge = r#"Bearer error="insufficient_scope", scope="admin""#;
    let challenge = json!({"status": 403, "headers": [["WWW-Authenticate", challenge]], "body": ""});
    let more = page(6, 3);
    let steps = [
        json!({"used": ["call", challenge]}),
        json!({"next": true}),
        more.called("&error=access_denied&iss=https%3A%2F%2Fauth.chat.example%2F"),
        json!({"next": true}),
        json!({"next": true}),
    ];
    group.valid(
        case(
            "more-scope",
            "More is asked of the user, with what was there before; a no leaves that usable.",
            "MCP authorization",
            &["MCP-025"],
        ),
        play(&and(whole, &steps)),
        all(&and(
            events,
            &[
                json!({"verdict": "reconnect"}),
                more.event(CLIENT_ID, "admin read write"),
                json!({"called": true}),
                json!({"error": "server_denied"}),
                ready("read write", NOW + 60),
            ],
        )),
    );
}

fn registered(topic: &mut TopicBuilder) {
    let config = json!({"grant": "authorization_code", "redirect_uri": BACK, "registering_as": "The Desk"});
    let mut group = topic.group("A client that may register itself.", config, client_keys(), NOW);
    let document = server(&[
        ("registration_endpoint", json!("https://auth.chat.example/register")),
        ("token_endpoint_auth_methods_supported", json!(["none"])),
    ]);
    let page = page(4, 1);
    // The error is a member that means nothing in a success and everything in a failure.
    let answer = json!({"client_id": "fresh", "error": "invalid_redirect_uri"});
    let start = and(&found_at(&document), &[json!({"answer": json_response(201, &answer)})]);
    let registration = json!({
        "send": "registration",
        "request": {
            "method": "POST", "url": "https://auth.chat.example/register",
            "headers": [["Content-Type", "application/json"], ["Accept", "application/json"]],
            "json": {
                "client_name": "The Desk", "redirect_uris": [BACK],
                "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
                "token_endpoint_auth_method": "none", "application_type": "native",
            },
        },
    });
    let asked = and(&asked_for(), &[registration, page.event("fresh", "read write")]);
    let steps = and(&start, &[json!({"next": true}), page.permitted(), json!({"next": true})]);
    group.valid(
        case("registered", "It does, and is a client.", "RFC 7591 §3", &["MCP-011"]),
        play(&steps),
        all(&and(&asked, &[json!({"called": true}), page.redeemed(&[("client_id", json!("fresh"))], &[])])),
    );
    let answered = |at: usize, document: &Value| {
        replaced(&steps[..4], at, json!({"answer": json_response(201, document)}))
    };
    group.valid(
        case("registering", "It is registered.", "RFC 7591 §3", &["MCP-011"]),
        play(&steps[..4]),
        all(&asked),
    );
    refuse(
        &mut group,
        "registering",
        "RFC 7591 §3",
        &[
            (
                "nameless",
                "It is given no name.",
                &["MCP-011"],
                answered(2, &with(&answer, &[("client_id", Value::Null)])),
                "response_malformed",
            ),
            (
                "other-method",
                "A method that a registration cannot yield.",
                &["MCP-011"],
                answered(2, &with(&answer, &[("token_endpoint_auth_method", json!("private_key_jwt"))])),
                "response_malformed",
            ),
            (
                "not-registered",
                "It is not.",
                &["MCP-011"],
                replaced(&steps[..4], 2, json!({"answer": json_response(400, &answer)})),
                "server_refused",
            ),
            (
                "nowhere",
                "There is nowhere to register.",
                &["MCP-010", "MCP-011"],
                replaced(
                    &steps[..4],
                    1,
                    json!({"answer": found(&with(&document, &[("registration_endpoint", Value::Null)]))}),
                ),
                "credentials_issuer_mismatch",
            ),
        ],
    );
}
