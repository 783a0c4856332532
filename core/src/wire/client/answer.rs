//! What a server's refusal means.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::material::ArrivedResponse;
use crate::client::ServerAnswer;
use crate::oauth::http::HttpResponse;
use crate::text::Acr;
use crate::time::Seconds;
use crate::wire::declare::{input, names};
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::shared::LimitOptions;
use crate::wire::write::output;

names! {
    /// Whose response it is.
    pub(in crate::wire) enum Answering {
        /// A token endpoint's, and no success.
        TokenEndpoint = "token_endpoint",
        /// A resource's, to a request with an access token.
        Resource = "resource",
    }
}

input! {
    Arguments
    /// A response to read.
    pub(in crate::wire) struct AnswerOptions {
        /// Whose it is.
        from: Answering,
        /// The response.
        response: ArrivedResponse,
        /// Caps.
        limits: Option<LimitOptions>,
    }
}

output! {
    /// What a server's refusal means.
    pub(in crate::wire) struct AnswerMeaning {
        /// `denied`: a policy says no, finally. `grant_refused`: another subject token or ID-JAG may be accepted.
        /// `step_up`: the user must sign on again. `nonce_required`: the same again, with this nonce in the proof.
        /// `insufficient_scope`. `token_refused`: the access token must be renewed. `client_refused`: a matter for
        /// whoever registered the client. `unavailable`: later. `refused`: another error.
        /// `not_about_authorization`: the response is your own business.
        answer: &'static str,
        /// The error code, unless the response is your own business.
        code: Option<&'static str>,
        /// Of `step_up`: how old the sign-on may be, in seconds.
        max_age: Option<u64>,
        /// Of `step_up`: the authentication classes that will do, preferred first.
        acr_values: Option<Vec<String>>,
        /// Of `nonce_required`: the nonce.
        nonce: Option<String>,
        /// Of `insufficient_scope`: what the operation needs, space-separated, if the server says.
        scope: Option<String>,
        /// Of `unavailable`: when to come back, in seconds, if the server says.
        retry_after: Option<u64>,
        /// Of `refused`: the OAuth error, if it is a registered one.
        error: Option<&'static str>,
    }
}

/// An answer without anything to say about it.
const fn plain(answer: &'static str) -> AnswerMeaning {
    AnswerMeaning {
        answer,
        code: None,
        max_age: None,
        acr_values: None,
        nonce: None,
        scope: None,
        retry_after: None,
        error: None,
    }
}

pub(super) fn read(call: AnswerOptions, _: &Held) -> Result<AnswerMeaning, Fault> {
    let limits = LimitOptions::over_default(call.limits.as_ref());
    let response = HttpResponse::from(call.response);
    let answer = match call.from {
        Answering::TokenEndpoint => Some(ServerAnswer::of_token_endpoint(&response, &limits)),
        Answering::Resource => ServerAnswer::of_resource(&response, &limits),
    };
    let Some(answer) = answer else { return Ok(plain("not_about_authorization")) };
    let code = Some(answer.error().code().as_str());
    let meaning = match answer {
        ServerAnswer::Unusable(error) => return Err(error.into()),
        ServerAnswer::Denied => plain("denied"),
        ServerAnswer::GrantRefused => plain("grant_refused"),
        ServerAnswer::StepUp(step_up) => AnswerMeaning {
            max_age: step_up.max_age.map(Seconds::as_secs),
            acr_values: Some(classes(&step_up.acr_values)).filter(|values| !values.is_empty()),
            ..plain("step_up")
        },
        ServerAnswer::NonceRequired(nonce) => {
            AnswerMeaning { nonce: Some(String::from(nonce.as_str())), ..plain("nonce_required") }
        }
        ServerAnswer::InsufficientScope(scope) => {
            AnswerMeaning { scope: scope.as_ref().map(ToString::to_string), ..plain("insufficient_scope") }
        }
        ServerAnswer::TokenRefused => plain("token_refused"),
        ServerAnswer::ClientRefused => plain("client_refused"),
        ServerAnswer::Unavailable { retry_after } => {
            AnswerMeaning { retry_after: retry_after.map(Seconds::as_secs), ..plain("unavailable") }
        }
        ServerAnswer::Refused(error) => {
            AnswerMeaning { error: error.map(|error| error.as_str()), ..plain("refused") }
        }
    };
    Ok(AnswerMeaning { code, ..meaning })
}

/// Authentication classes as texts.
pub(super) fn classes(values: &[Acr]) -> Vec<String> {
    values.iter().map(|acr| String::from(acr.as_str())).collect()
}
