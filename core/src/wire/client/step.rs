//! What a connection says.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::answer::classes;
use super::grant::AccessTokenAnswer;
use crate::client::{Connection, IdentityReason, Outgoing, Party, Purpose, ResourceVerdict, Step};
use crate::error::Error;
use crate::time::Seconds;
use crate::wire::answer::HttpMessage;
use crate::wire::write::output;

output! {
    /// Why a connection does not go on.
    pub(in crate::wire) struct Trouble {
        /// The error code.
        code: &'static str,
        /// What it means.
        message: String,
        /// The member, parameter or setting at fault.
        detail: Option<&'static str>,
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self { code: error.code().as_str(), message: error.to_string(), detail: error.detail() }
    }
}

output! {
    /// What to do next.
    pub(in crate::wire) struct NextStep {
        /// `send`: send `request`, without following redirects, and give the response to `receive`, or call
        /// `unreachable`. `need_identity`: renew the sign-on and give it to `identify`, or `decline`. `need_assertion`:
        /// make a JWT that says who the workload is and give it to `supply_assertion`, or `decline`.
        /// `need_authorization`: open `authorization_url` in the user's browser and give the address it is sent back to
        /// to `authorization_response`, or `decline`. `ready`: requests can be authorized. `wait`: come back in
        /// `seconds`. `denied`: an administrator's policy says no, and there is nobody to ask; or the user, who was
        /// asked, does. `failed`: it does not work.
        step: &'static str,
        /// Of `send`: the request.
        request: Option<HttpMessage>,
        /// Of `send`: what it is for: `discovery`, `registration`, `exchange` or `grant`.
        purpose: Option<&'static str>,
        /// Of `need_identity`: `sign_on` (there is none), `expired`, `refused` (by the identity provider) or `step_up`
        /// (a fresher or stronger one is demanded).
        reason: Option<&'static str>,
        /// Of `need_identity`: how old the sign-on may be, in seconds: the `max_age` of the authentication request.
        max_age: Option<u64>,
        /// Of `need_identity`: the authentication classes that will do, preferred first: its `acr_values`.
        acr_values: Option<Vec<String>>,
        /// Of `need_assertion`: the authorization server, the one `aud` of the JWT.
        audience: Option<String>,
        /// Of `need_assertion`: what the access token will be for.
        resource: Option<String>,
        /// Of `need_authorization`: what to open in the user's browser; for nobody else.
        authorization_url: Option<String>,
        /// Of `need_authorization`: where the browser is sent back to.
        redirect_uri: Option<String>,
        /// Of `ready`: the access token in use.
        token: Option<AccessTokenAnswer>,
        /// Of `wait`: how long, in seconds.
        seconds: Option<u64>,
        /// Of `denied`: who said it: `identity_provider` or `authorization_server`.
        by: Option<&'static str>,
        /// Of `denied` and `failed`: why.
        error: Option<Trouble>,
    }
}

/// A step of which nothing more is known.
const fn plain(step: &'static str) -> NextStep {
    NextStep {
        step,
        request: None,
        purpose: None,
        reason: None,
        max_age: None,
        acr_values: None,
        audience: None,
        resource: None,
        authorization_url: None,
        redirect_uri: None,
        token: None,
        seconds: None,
        by: None,
        error: None,
    }
}

impl NextStep {
    pub(super) fn of(step: Step, connection: &Connection) -> Self {
        match step {
            Step::Send(Outgoing { request, purpose }) => Self {
                request: Some(HttpMessage::from(&request)),
                purpose: Some(match purpose {
                    Purpose::Discovery => "discovery",
                    Purpose::Registration => "registration",
                    Purpose::Exchange => "exchange",
                    Purpose::Grant => "grant",
                }),
                ..plain("send")
            },
            Step::NeedIdentity(need) => Self {
                reason: Some(match need.reason {
                    IdentityReason::SignOn => "sign_on",
                    IdentityReason::Expired => "expired",
                    IdentityReason::Refused => "refused",
                    IdentityReason::StepUp => "step_up",
                }),
                max_age: need.max_age.map(Seconds::as_secs),
                acr_values: Some(classes(&need.acr_values)).filter(|values| !values.is_empty()),
                ..plain("need_identity")
            },
            Step::NeedAssertion(need) => Self {
                audience: Some(need.audience.to_string()),
                resource: Some(need.resource.to_string()),
                ..plain("need_assertion")
            },
            Step::NeedAuthorization(need) => Self {
                authorization_url: Some(need.url),
                redirect_uri: Some(String::from(need.redirect_uri.as_str())),
                ..plain("need_authorization")
            },
            Step::Ready => {
                Self { token: connection.access_token().map(AccessTokenAnswer::from), ..plain("ready") }
            }
            Step::Denied(denial) => Self {
                by: Some(match denial.by {
                    Party::IdentityProvider => "identity_provider",
                    Party::AuthorizationServer => "authorization_server",
                    Party::Resource => "resource",
                }),
                error: Some(denial.error().into()),
                ..plain("denied")
            },
            Step::Failed(error) => Self { error: Some(error.into()), ..plain("failed") },
            Step::Wait { seconds } => Self { seconds: Some(seconds.as_secs()), ..plain("wait") },
        }
    }
}

output! {
    /// What a response of the resource means.
    pub(in crate::wire) struct UseVerdict {
        /// `done`: it is the answer to the request; whatever it says is your business. `send_again`: authorize the same
        /// request again and send it, once. `reconnect`: go through `next` until it is ready, then authorize the same
        /// request again and send it. `refused`: asking again would not help.
        verdict: &'static str,
        /// Of `refused`: why.
        error: Option<Trouble>,
    }
}

impl From<ResourceVerdict> for UseVerdict {
    fn from(verdict: ResourceVerdict) -> Self {
        let (verdict, error) = match verdict {
            ResourceVerdict::Done => ("done", None),
            ResourceVerdict::SendAgain => ("send_again", None),
            ResourceVerdict::Reconnect => ("reconnect", None),
            ResourceVerdict::Refused(error) => ("refused", Some(Trouble::from(error))),
        };
        Self { verdict, error }
    }
}
