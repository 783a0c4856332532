//! The revocation endpoint of a resource authorization server (RFC 7009).

use alloc::string::String;
use alloc::vec::Vec;

use super::material::{ArrivedRequest, ClientRecord, NonceOptions, ParseStep, SpendStep, client};
use super::record::DecisionRecord;
use super::steps::in_order;
use crate::resource_as::{RevocationMaterial, Stored};
use crate::text::KeyId;
use crate::time::UnixTime;
use crate::wire::answer::{HttpAnswer, ReplayKeyAnswer};
use crate::wire::declare::{input, names};
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::operation::{Operation, operations};
use crate::wire::state::{RevocationEntry, written};
use crate::wire::write::{As, output};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// A request to the revocation endpoint, step by step: a client gives up an access token that was issued to it.
    Pure "resource_as.revocation" ["server", "keys", "client"] revocation: RevokeToken => RevocationProgress;
};

input! {
    Arguments
    /// A revocation request, and the steps to take.
    pub(in crate::wire) struct RevokeToken {
        /// The request.
        request: ArrivedRequest,
        /// Takes it apart; answers `needs`.
        parse: ParseStep,
        /// Authenticates the client and finds out whether the token is its own; answers `replay_keys`.
        verify: Option<VerifyRevocationStep>,
        /// Takes the replay store's answers; answers `entries`.
        spend: Option<SpendStep>,
        /// Takes what came of storing the entries; answers `response` and `record`.
        conclude: Option<ConcludeRevocationStep>,
    }
}

input! {
    Arguments
    /// What you found for `needs`. The server's own keys are `keys`; without them nothing can be revoked.
    pub(in crate::wire) struct VerifyRevocationStep {
        /// The client's registration; leave it out when there is no such client.
        client: Option<ClientRecord>,
        /// The nonces that proofs must carry; leave it out when none is required.
        nonce: Option<NonceOptions>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

names! {
    /// What came of storing the entries.
    pub(in crate::wire) enum StoredName {
        /// They are where everybody who verifies tokens finds them. So it is where there were none.
        Stored = "stored",
        /// They may not be: the client is told to try again.
        Unavailable = "unavailable",
    }
}

input! {
    Arguments
    /// The end of a revocation.
    pub(in crate::wire) struct ConcludeRevocationStep {
        /// What came of storing the entries.
        stored: StoredName,
    }
}

output! {
    /// What to look up before a revocation request can be verified.
    pub(in crate::wire) struct RevocationNeeds {
        /// Whose registration.
        client_id: String,
        /// The server itself, whose own key set is needed.
        issuer: String,
        /// The key the token claims, if it is a token at all.
        kid: Option<String>,
    }
}

output! {
    /// What the last step taken answers.
    pub(in crate::wire) struct RevocationProgress {
        /// After `parse`: what to look up.
        needs: Option<RevocationNeeds>,
        /// After `verify`: what to record, in this order, stopping at the first that is not new.
        replay_keys: Option<Vec<ReplayKeyAnswer>>,
        /// After `spend`: what to store where everybody who verifies tokens finds it; none when there is nothing to revoke.
        entries: Option<Vec<As<RevocationEntry>>>,
        /// After `conclude`: the response to send.
        response: Option<HttpAnswer>,
        /// After `conclude`: the record to keep.
        record: Option<As<DecisionRecord>>,
    }
}

/// Before any step.
const NOTHING: RevocationProgress =
    RevocationProgress { needs: None, replay_keys: None, entries: None, response: None, record: None };

fn revocation(call: RevokeToken, held: &Held) -> Result<RevocationProgress, Fault> {
    in_order(&[
        ("verify", call.verify.is_some()),
        ("spend", call.spend.is_some()),
        ("conclude", call.conclude.is_some()),
    ])?;
    let pending = held.resource_as(0)?.parse_revocation(&call.request.to_http(), call.parse.now)?;
    let Some(verify) = &call.verify else {
        let needs = pending.needs();
        let needs = RevocationNeeds {
            client_id: String::from(needs.client_id.as_str()),
            issuer: String::from(needs.issuer.as_str()),
            kid: needs.kid.map(KeyId::as_str).map(String::from),
        };
        return Ok(RevocationProgress { needs: Some(needs), ..NOTHING });
    };
    let client = client(held, 2, verify.client.as_ref())?;
    let material = RevocationMaterial {
        client: client.as_ref(),
        own_keys: held.maybe_key_set(1)?.map(AsRef::as_ref),
        nonce: NonceOptions::rule(verify.nonce.as_ref()),
    };
    let verified = pending.verify(&material, verify.now)?;
    let Some(spend) = call.spend else {
        let replay_keys = verified.replay_keys().iter().map(ReplayKeyAnswer::from).collect();
        return Ok(RevocationProgress { replay_keys: Some(replay_keys), ..NOTHING });
    };
    let spent = verified.answered(&spend.answers())?;
    let Some(conclude) = call.conclude else {
        return Ok(RevocationProgress {
            entries: Some(spent.entry().map(written).into_iter().collect()),
            ..NOTHING
        });
    };
    let (response, record) = spent.stored(match conclude.stored {
        StoredName::Stored => Stored::Stored,
        StoredName::Unavailable => Stored::Unavailable,
    })?;
    Ok(RevocationProgress {
        response: Some(HttpAnswer::from(response)),
        record: Some(As::new(record.to_json())),
        ..NOTHING
    })
}
