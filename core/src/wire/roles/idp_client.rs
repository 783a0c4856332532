//! Client authentication for the other grants of an identity provider's token endpoint.

use alloc::string::String;
use alloc::vec::Vec;

use super::material::{ArrivedRequest, ClientRecord, ParseStep, SpendStep, client};
use super::steps::in_order;
use crate::replay::FirstUse;
use crate::time::UnixTime;
use crate::wire::answer::ReplayKeyAnswer;
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::write::output;

input! {
    Arguments
    /// A request to the token endpoint of which only the client matters here, and the steps to take.
    pub(in crate::wire) struct ClientRequest {
        /// The request.
        request: ArrivedRequest,
        /// Takes it apart; answers `needs`.
        parse: ParseStep,
        /// Authenticates the client; answers `replay_keys`.
        authenticate: Option<AuthenticateStep>,
        /// Takes the replay store's answers; answers `client_id`.
        spend: Option<SpendStep>,
    }
}

input! {
    Arguments
    /// What you found for `needs`.
    pub(in crate::wire) struct AuthenticateStep {
        /// The client's registration; leave it out when there is no such client.
        client: Option<ClientRecord>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// What to look up before a client can be authenticated.
    pub(in crate::wire) struct ClientNeeds {
        /// Whose registration.
        client_id: String,
    }
}

output! {
    /// What the last step taken answers.
    pub(in crate::wire) struct ClientProgress {
        /// After `parse`: what to look up.
        needs: Option<ClientNeeds>,
        /// After `authenticate`: what to record; empty when the client sent no assertion.
        replay_keys: Option<Vec<ReplayKeyAnswer>>,
        /// After `spend`: the client, which has proven that it is this one.
        client_id: Option<String>,
    }
}

pub(super) fn authenticate_client(call: ClientRequest, held: &Held) -> Result<ClientProgress, Fault> {
    const NOTHING: ClientProgress = ClientProgress { needs: None, replay_keys: None, client_id: None };
    in_order(&[("authenticate", call.authenticate.is_some()), ("spend", call.spend.is_some())])?;
    let pending = held.idp(0)?.parse_client(&call.request.to_http(), call.parse.now)?;
    let Some(authenticate) = &call.authenticate else {
        let client_id = String::from(pending.client_id().as_str());
        return Ok(ClientProgress { needs: Some(ClientNeeds { client_id }), ..NOTHING });
    };
    let client = client(held, 1, authenticate.client.as_ref())?;
    let mut answers = call.spend.iter().flat_map(SpendStep::answers);
    // A store is asked for an assertion that holds, and for none other. While there is no answer it cannot say.
    let mut asked = Vec::new();
    let store = |key: &crate::replay::ReplayKey| {
        asked.push(ReplayKeyAnswer::from(key));
        answers.next().unwrap_or(FirstUse::Unavailable)
    };
    let authenticated = pending.authenticate(client.as_ref(), store, authenticate.now);
    if call.spend.is_none() && !asked.is_empty() {
        return Ok(ClientProgress { replay_keys: Some(asked), ..NOTHING });
    }
    let client_id = String::from(authenticated?.as_str());
    Ok(match call.spend {
        None => ClientProgress { replay_keys: Some(Vec::new()), ..NOTHING },
        Some(_) => ClientProgress { client_id: Some(client_id), ..NOTHING },
    })
}
