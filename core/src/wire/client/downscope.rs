//! Tokens for subagents, derived from a connection's own.

use alloc::string::String;

use super::grant::AccessTokenAnswer;
use super::material::{ArrivedResponse, entropy};
use super::step::Trouble;
use crate::client::{Downscope, DownscopeAnswer};
use crate::crypto::Thumbprint;
use crate::error::Error;
use crate::oauth::http::HttpResponse;
use crate::secret::Secret;
use crate::time::UnixTime;
use crate::wire::answer::HttpMessage;
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::{Held, Machine};
use crate::wire::operation::{Operation, operations};
use crate::wire::read::{Bytes, Details};
use crate::wire::tokens::claims::{details, scope};
use crate::wire::write::output;

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// The request for an access token for a subagent (RFC 8693): never more than the connection's, and dead with it. Send
    /// it without following redirects, and give its response to `on_downscope_response`. Fails with `token_expired` when
    /// the connection is not ready.
    Drive "connection.downscope" ["connection"] downscope: DownscopeCall => HttpMessage;
    /// Takes the response to the request of `downscope`, with the same `wanted`.
    Drive "connection.on_downscope_response" ["connection"] on_downscope_response: DownscopeAnswered => DownscopeVerdict;
};

input! {
    Arguments
    /// What a subagent is to have of the connection's access token; what is left out is as it is there.
    pub(in crate::wire) struct WantedToken {
        /// The scope, space-separated.
        scope: Option<String>,
        /// Authorization details (RFC 9396).
        authorization_details: Option<Details>,
        /// A JWT that names the subagent, made for the authorization server: it becomes the actor.
        actor_token: Option<Secret>,
        /// The thumbprint of the key that this JWT is bound to, if it is: what comes back must be bound to it.
        actor_jkt: Option<String>,
    }
}

impl WantedToken {
    fn build(self) -> Result<Downscope, Error> {
        let mut wanted = Downscope::new();
        if let Some(text) = &self.scope {
            wanted = wanted.with_scope(scope(text)?);
        }
        if let Some(asked) = &self.authorization_details {
            wanted = wanted.with_details(details(asked)?);
        }
        if let Some(token) = self.actor_token {
            wanted = wanted.with_actor(token);
        }
        Ok(match &self.actor_jkt {
            Some(jkt) => wanted.bound_to(Thumbprint::parse(jkt)?),
            None => wanted,
        })
    }
}

input! {
    Arguments
    /// A token to ask for.
    pub(in crate::wire) struct DownscopeCall {
        /// What the subagent is to have.
        wanted: WantedToken,
        /// 32 random bytes, fresh for every call.
        random: Bytes,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

fn downscope(call: DownscopeCall, _: &Held, machine: &mut Machine) -> Result<HttpMessage, Fault> {
    let wanted = call.wanted.build()?;
    let request = machine.connection()?.downscope(&wanted, entropy(&call.random)?, call.now)?;
    Ok(HttpMessage::from(&request))
}

input! {
    Arguments
    /// What was asked for, and what came back.
    pub(in crate::wire) struct DownscopeAnswered {
        /// What the subagent is to have.
        wanted: WantedToken,
        /// The response.
        response: ArrivedResponse,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// What became of asking for a subagent's token.
    pub(in crate::wire) struct DownscopeVerdict {
        /// `derived`; `again`: the server named a nonce, ask again; `refused`.
        verdict: &'static str,
        /// When `derived`: the token, for the subagent and nobody else. It must not be logged.
        access_token: Option<String>,
        /// When `derived`: where it may be sent, and what for.
        token: Option<AccessTokenAnswer>,
        /// When `refused`: why.
        error: Option<Trouble>,
    }
}

fn on_downscope_response(
    call: DownscopeAnswered,
    _: &Held,
    machine: &mut Machine,
) -> Result<DownscopeVerdict, Fault> {
    let wanted = call.wanted.build()?;
    let response = HttpResponse::from(call.response);
    let nothing = DownscopeVerdict { verdict: "again", access_token: None, token: None, error: None };
    Ok(match machine.connection()?.on_downscope_response(&wanted, &response, call.now)? {
        DownscopeAnswer::Again => nothing,
        DownscopeAnswer::Derived(derived) => DownscopeVerdict {
            verdict: "derived",
            access_token: Some(String::from(derived.hand_over())),
            token: Some(AccessTokenAnswer::from(derived.token())),
            ..nothing
        },
        DownscopeAnswer::Refused(answer) => {
            DownscopeVerdict { verdict: "refused", error: Some(Trouble::from(answer.error())), ..nothing }
        }
    })
}
