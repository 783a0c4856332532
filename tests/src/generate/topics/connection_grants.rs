//! `client.connection`: a client that acts for itself, and a workload: RFC 6749 §4.4, RFC 7523 §2.1 as scripts.

use super::connection::{all, and, ready};
use crate::format::Topic;
use crate::generate::client_scene::{client_keys, post, secret};
use crate::generate::connection_scene::{event, play, resource, token, token_body};
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case};
use crate::generate::scene::{CLIENT_ID, NOW, RAS_ISSUER, RAS_TOKEN_ENDPOINT, RESOURCE};
use crate::generate::web::{JWT_BEARER, found, json_response, ras_document, refuse};
use serde_json::{Value, json};

/// Both documents, and their requests.
pub(super) fn found_at(server: &Value) -> Vec<Value> {
    vec![json!({"answer": found(&resource(&[]))}), json!({"answer": found(server)})]
}

pub(super) fn asked_for() -> Vec<Value> {
    vec![event("resource"), event("server")]
}

/// A token request with this form.
pub(super) fn token_event(form: &[(&str, Value)], headers: &[(&str, Value)]) -> Value {
    json!({"send": "grant", "request": post(RAS_TOKEN_ENDPOINT, form, headers)})
}

fn next(at: u64) -> Value {
    json!({"at": at, "next": true})
}

/// Grants without a user.
pub fn grants() -> Topic {
    let mut topic = TopicBuilder::new("client.connection", "grants");
    own(&mut topic);
    workload(&mut topic);
    topic.finish()
}

fn own(topic: &mut TopicBuilder) {
    let credentials = secret(RAS_ISSUER, CLIENT_ID, "client_secret_basic", "s3cr3t");
    let config = json!({"grant": "client_credentials", "credentials": [credentials]});
    let mut group = topic.group("A client that acts for itself.", config, client_keys(), NOW);
    let asked = || {
        let form = [
            ("grant_type", json!("client_credentials")),
            ("resource", json!(RESOURCE)),
            ("scope", json!("read write")),
        ];
        token_event(&form, &[("Authorization", json!("Basic ZjUzZjE5MWY5MzExYWYzNTpzM2NyM3Q="))])
    };
    let granted = |at: u64| json!({"at": at, "answer": token(&[("refresh_token", json!("r"))])});
    let start = found_at(&ras_document());
    let whole = and(&start, &[granted(NOW), next(NOW), granted(NOW + 60), next(NOW + 61)]);
    group.valid(
        case(
            "own",
            "Its credentials yield a token, and another when that is over.",
            "RFC 6749 §4.4",
            &["MCP-013"],
        ),
        play(&whole),
        all(&and(
            &asked_for(),
            &[asked(), ready("read write", NOW + 60), asked(), ready("read write", NOW + 120)],
        )),
    );
    let first = and(&start, &[granted(NOW), next(NOW)]);
    let (played, events) = (play(&first), and(&asked_for(), &[asked(), ready("read write", NOW + 60)]));
    group.valid(case("own-first", "The first of them.", "RFC 6749 §4.4", &[]), played, all(&events));
    let identity = json!({"identify": {"issuer": RAS_ISSUER, "id_token": "t", "expires_at": NOW + 60}});
    let unasked = play(&and(&first, &[identity]));
    let comment = "A sign-on is none of this.";
    refuse(&mut group, "own-first", "DESIGN §5", &[("own-sign-on", comment, &[], unasked, "config_invalid")]);
    for (id, comment, error, code) in [
        ("own-refused", "It is refused.", "invalid_client", "server_refused"),
        ("own-denied", "It is denied.", "access_denied", "server_denied"),
        (
            "own-step-up",
            "There is no user to sign on.",
            "insufficient_user_authentication",
            "step_up_required",
        ),
    ] {
        answered(&mut group, (id, comment), &start, &events, error, code);
    }
}

/// The token request is answered with a body that says both yes and no: the status says which it is.
fn answered(
    group: &mut GroupBuilder<'_>,
    (id, comment): (&'static str, &str),
    start: &[Value],
    events: &[Value],
    error: &str,
    code: &str,
) {
    let body = token_body(&[("error", json!(error))]);
    let script = |status| play(&and(start, &[json!({"answer": json_response(status, &body)}), next(NOW)]));
    let taken = format!("{id}-not");
    group.valid(case(&taken, "The status says yes.", "RFC 6749 §5.1", &[]), script(200), all(events));
    refuse(group, &taken, "RFC 6749 §5.2", &[(id, comment, &[], script(400), code)]);
}

fn workload(topic: &mut TopicBuilder) {
    let public = json!({"issuer": RAS_ISSUER, "client_id": CLIENT_ID, "token_endpoint_auth_method": "none"});
    let config = json!({"grant": "jwt_bearer", "credentials": [public]});
    let mut group = topic.group("A workload.", config, client_keys(), NOW);
    let need = json!({"need_assertion": RAS_ISSUER, "resource": RESOURCE});
    let asserted = json!({"asserted": true});
    let asked = |assertion: &str| {
        token_event(
            &[
                ("client_id", json!(CLIENT_ID)),
                ("grant_type", json!(JWT_BEARER)),
                ("assertion", json!(assertion)),
                ("resource", json!(RESOURCE)),
                ("scope", json!("read write")),
            ],
            &[],
        )
    };
    let start = and(&found_at(&ras_document()), &[next(NOW), json!({"assert": "a.workload.jwt"})]);
    let granted = json!({"answer": token(&[("error", json!("invalid_grant"))])});
    let whole = and(&start, &[granted, next(NOW), next(NOW + 60)]);
    let events =
        and(&asked_for(), &[need.clone(), asserted, asked("a.workload.jwt"), ready("read write", NOW + 60)]);
    group.valid(
        case(
            "workload",
            "An assertion yields a token; when that is over, another assertion is asked for.",
            "RFC 7523 §2.1",
            &["R7523-001", "MCP-013"],
        ),
        play(&whole),
        all(&and(&events, &[need])),
    );
    let short = and(&start, &[json!({"answer": token(&[("error", json!("invalid_grant"))])}), next(NOW)]);
    group.valid(
        case("workload-first", "The first of them.", "RFC 7523 §2.1", &[]),
        play(&short),
        all(&events),
    );
    for (id, comment, error) in [
        (
            "workload-refused",
            "A refused assertion is not sent again, nor is another asked for.",
            "invalid_grant",
        ),
        ("workload-scope", "Whatever is refused.", "invalid_scope"),
        ("workload-client", "Or for whatever reason.", "unauthorized_client"),
    ] {
        answered(&mut group, (id, comment), &start, &events, error, "server_refused");
    }
    let late = play(&and(&short, &[json!({"assert": "another.jwt"})]));
    let comment = "An assertion that is not asked for.";
    refuse(
        &mut group,
        "workload-first",
        "SEP-1933",
        &[("workload-unasked", comment, &[], late, "config_invalid")],
    );
    let mut declined = short;
    declined[3] = json!({"decline": true});
    let comment = "There is no assertion.";
    let row = ("workload-declined", comment, &[][..], play(&declined), "identity_expired");
    refuse(&mut group, "workload-first", "DESIGN §5", &[row]);
}
