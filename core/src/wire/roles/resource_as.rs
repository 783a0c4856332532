//! The resource authorization server: an ID-JAG becomes an access token, once.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::material::{
    ArrivedRequest, ClientRecord, DecisionRecord, IssueStep, Issued, NonceOptions, ParseStep,
    RegisteredClientAnswer, SpendStep, client, register,
};
use super::resource_as_config::ResourceAsOptions;
use super::steps::in_order;
use crate::codec::json::Object;
use crate::resource_as::{GrantMaterial, ResolvedSubject, ResourceAuthorizationServer};
use crate::text::{Group, KeyId, Subject};
use crate::time::UnixTime;
use crate::wire::answer::{HttpAnswer, ReplayKeyAnswer};
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::{Handle, Held};
use crate::wire::operation::{Operation, operations};
use crate::wire::tokens::id_jag::VerifiedIdJagClaims;
use crate::wire::write::{As, output};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// A client's registration, read once and used for any number of requests.
    Make "registered_client.new" [] register: ClientRecord => RegisteredClientAnswer;
    /// A resource authorization server, configured once.
    Make "resource_as.new" [] new: ResourceAsOptions => ResourceAsAnswer;
    /// A token request with an ID-JAG, step by step.
    Pure "resource_as.token" ["server", "keys", "client", "policy", "signer", "revocations"] token: RedeemGrant => GrantProgress;
};

output! {
    /// A resource authorization server.
    pub(in crate::wire) struct ResourceAsAnswer {
        /// Its issuer identifier.
        issuer: String,
        /// The identity providers it trusts.
        trusted_issuers: Vec<String>,
        /// The types of authorization details that it takes: for its metadata.
        detail_types: Vec<String>,
    }
}

fn new(options: ResourceAsOptions, held: &Held) -> Result<(Handle, ResourceAsAnswer), Fault> {
    let server = ResourceAuthorizationServer::new(options.build(held)?)?;
    let config = server.config();
    let trusted = config.trusted_issuers.iter().map(|trusted| String::from(trusted.issuer.as_str()));
    let answer = ResourceAsAnswer {
        issuer: String::from(config.issuer.as_str()),
        trusted_issuers: trusted.collect(),
        detail_types: config.detail_types.names().map(String::from).collect(),
    };
    Ok((Handle::ResourceAs(Arc::new(server)), answer))
}

input! {
    Arguments
    /// A token request, and the steps to take.
    pub(in crate::wire) struct RedeemGrant {
        /// The request.
        request: ArrivedRequest,
        /// Takes it apart; answers `needs`.
        parse: ParseStep,
        /// Verifies client, proof and grant; answers `claims`.
        verify: Option<VerifyGrantStep>,
        /// Decides what is granted; answers `scope` and `replay_keys`.
        authorize: Option<AuthorizeGrantStep>,
        /// Takes the replay store's answers.
        spend: Option<SpendStep>,
        /// Writes the token; answers `response` and `record`, or `signing_input`.
        issue: Option<IssueStep>,
    }
}

input! {
    Arguments
    /// What you found for `needs`. The issuer's keys are `keys`; without them nothing can be verified.
    pub(in crate::wire) struct VerifyGrantStep {
        /// The client's registration; leave it out when there is no such client.
        client: Option<ClientRecord>,
        /// The nonces that proofs must carry; leave it out when none is required.
        nonce: Option<NonceOptions>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

input! {
    Arguments
    /// What you know of the grant's user.
    pub(in crate::wire) struct AuthorizeGrantStep {
        /// The user's account; leave it out when there is none.
        account: Option<Account>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

input! {
    Arguments
    /// The user of a grant, as your own accounts know it.
    pub(in crate::wire) struct Account {
        /// What becomes `sub` of the access token.
        subject: Subject,
        /// The user's groups here; leave it out when they are not known.
        groups: Option<BTreeSet<Group>>,
        /// Further claims for the access token, under names of your own.
        extra: Option<Object<'static>>,
    }
}

output! {
    /// What to look up before a grant can be verified.
    pub(in crate::wire) struct GrantNeeds {
        /// Whose key set: one of the configured issuers.
        issuer: String,
        /// The key the grant claims; a set without it is worth one refresh.
        kid: Option<String>,
        /// Whose registration.
        client_id: String,
    }
}

output! {
    /// What the last step taken answers.
    pub(in crate::wire) struct GrantProgress {
        /// After `parse`: what to look up.
        needs: Option<GrantNeeds>,
        /// After `verify`: the claims, for finding the user by `iss`, `tenant` and `sub`; never by `sub` alone.
        claims: Option<As<VerifiedIdJagClaims>>,
        /// After `authorize`: the scope that will be granted.
        scope: Option<String>,
        /// After `authorize`: what to record, in this order, stopping at the first that is not new.
        replay_keys: Option<Vec<ReplayKeyAnswer>>,
        /// After `issue` with `key`: the bytes to sign, base64url.
        signing_input: Option<String>,
        /// After `issue`: the response to send.
        response: Option<HttpAnswer>,
        /// After `issue`: the record to keep.
        record: Option<As<DecisionRecord>>,
    }
}

/// Before any step.
const NOTHING: GrantProgress = GrantProgress {
    needs: None,
    claims: None,
    scope: None,
    replay_keys: None,
    signing_input: None,
    response: None,
    record: None,
};

fn token(call: RedeemGrant, held: &Held) -> Result<GrantProgress, Fault> {
    in_order(&[
        ("verify", call.verify.is_some()),
        ("authorize", call.authorize.is_some()),
        ("spend", call.spend.is_some()),
        ("issue", call.issue.is_some()),
    ])?;
    let server = held.resource_as(0)?;
    let pending = server.parse(&call.request.to_http(), call.parse.now)?;
    let Some(verify) = &call.verify else {
        let needs = pending.needs();
        return Ok(GrantProgress {
            needs: Some(GrantNeeds {
                issuer: String::from(needs.issuer.as_str()),
                kid: needs.kid.map(KeyId::as_str).map(String::from),
                client_id: String::from(needs.client_id.as_str()),
            }),
            ..NOTHING
        });
    };
    let client = client(held, 2, verify.client.as_ref())?;
    let material = GrantMaterial {
        keys: held.maybe_key_set(1)?.map(AsRef::as_ref),
        client: client.as_ref(),
        revocations: held.maybe_revocations(5)?.map(AsRef::as_ref),
        nonce: NonceOptions::rule(verify.nonce.as_ref()),
    };
    let verified = pending.verify(&material, verify.now)?;
    let Some(authorize) = call.authorize else {
        return Ok(GrantProgress { claims: Some(As::new(verified.claims().to_json())), ..NOTHING });
    };
    let account = authorize.account.map(|account| ResolvedSubject {
        subject: account.subject,
        groups: account.groups,
        extra: account.extra.unwrap_or_default(),
    });
    let policy = held.maybe_policy(3)?.map(AsRef::as_ref);
    let granted = verified.authorize(policy, account.as_ref(), authorize.now)?;
    let Some(spend) = call.spend else {
        return Ok(GrantProgress {
            scope: Some(alloc::format!("{}", granted.scope())),
            replay_keys: Some(granted.replay_keys().iter().map(ReplayKeyAnswer::from).collect()),
            ..NOTHING
        });
    };
    let spent = granted.answered(&spend.answers())?;
    let Some(issue) = call.issue else { return Ok(NOTHING) };
    let unsigned = spent.access_token(issue.token_id()?, issue.now)?;
    Ok(match issue.sign(unsigned, held, 4)? {
        Issued::Pending(input) => GrantProgress { signing_input: Some(input), ..NOTHING },
        Issued::Done(response, record) => {
            GrantProgress { response: Some(response), record: Some(record), ..NOTHING }
        }
    })
}
