//! `client.read_answer`: what a refusal of a token endpoint or of a protected resource means to a client.

use idjag::client::ServerAnswer;
use idjag::policy::StepUp;
use idjag::text::Acr;
use idjag::{Error, Seconds};
use serde::Deserialize;
use serde_json::{Value, json};

use super::http::{Reading, Response, sparse};
use super::locally;
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

/// input: `{from, response}`, from a `token_endpoint` or a `resource`; fails when the response cannot be used.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    from: String,
    response: Response,
}

pub(super) fn read_answer(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let (reading, answered): (Reading, Answered) = (config.read(), input.read());
    let (response, limits) = (answered.response.to_http(), reading.limits());
    let answer = match answered.from.as_str() {
        "token_endpoint" => Some(ServerAnswer::of_token_endpoint(&response, &limits)),
        "resource" => ServerAnswer::of_resource(&response, &limits),
        other => panic!("no such party: {other}"),
    };
    match answer {
        None => Ok(json!({"answer": "not_about_authorization"})),
        Some(ServerAnswer::Unusable(error)) => Err(locally(error)),
        Some(answer) => Ok(with_code(answer_view(&answer), answer.error())),
    }
}

fn with_code(mut view: Value, error: Error) -> Value {
    view["code"] = error.code().as_str().into();
    view
}

fn answer_view(answer: &ServerAnswer) -> Value {
    match answer {
        ServerAnswer::Denied => json!({"answer": "denied"}),
        ServerAnswer::GrantRefused => json!({"answer": "grant_refused"}),
        ServerAnswer::StepUp(StepUp { max_age, acr_values, .. }) => sparse(json!({
            "answer": "step_up",
            "max_age": max_age.map(Seconds::as_secs),
            "acr_values": acr_values.iter().map(Acr::as_str).collect::<Vec<&str>>(),
        })),
        ServerAnswer::NonceRequired(nonce) => json!({"answer": "nonce_required", "nonce": nonce.as_str()}),
        ServerAnswer::InsufficientScope(scope) => sparse(json!({
            "answer": "insufficient_scope", "scope": scope.as_ref().map(|scope| scope.to_string()),
        })),
        ServerAnswer::TokenRefused => json!({"answer": "token_refused"}),
        ServerAnswer::ClientRefused => json!({"answer": "client_refused"}),
        ServerAnswer::Unavailable { retry_after } => {
            sparse(json!({"answer": "unavailable", "retry_after": retry_after.map(Seconds::as_secs)}))
        }
        ServerAnswer::Refused(error) => {
            sparse(json!({"answer": "refused", "error": error.map(|error| error.as_str())}))
        }
        other => panic!("{other:?}"),
    }
}
