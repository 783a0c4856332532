//! The resource authorization server: an ID-JAG becomes an access token, and that one narrower ones.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::material::{
    ActorNeed, ArrivedRequest, ClientRecord, IssueStep, Issued, NonceOptions, ParseStep,
    RegisteredClientAnswer, SpendStep, client, register,
};
use super::record::DecisionRecord;
use super::resource_as_config::ResourceAsOptions;
use super::steps::in_order;
use crate::codec::json::Object;
use crate::replay::ReplayKeys;
use crate::resource_as::{
    DelegationMaterial, GrantMaterial, PendingDelegation, PendingGrant, PendingToken, ResolvedSubject,
    ResourceAuthorizationServer,
};
use crate::scope::Scope;
use crate::text::{ClientId, Group, KeyId, Subject};
use crate::time::UnixTime;
use crate::uri::Issuer;
use crate::wire::answer::{HttpAnswer, ReplayKeyAnswer};
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::{Handle, Held};
use crate::wire::operation::{Operation, operations};
use crate::wire::tokens::access_token::VerifiedAccessTokenClaims;
use crate::wire::tokens::id_jag::VerifiedIdJagClaims;
use crate::wire::write::{As, output};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// A client's registration, read once and used for any number of requests.
    Make "registered_client.new" [] register: ClientRecord => RegisteredClientAnswer;
    /// A resource authorization server, configured once.
    Make "resource_as.new" [] new: ResourceAsOptions => ResourceAsAnswer;
    /// A token request, step by step: an ID-JAG becomes an access token, or, where delegation is configured, an access token
    /// becomes one for a subagent (RFC 8693). `keys` are those of the issuer in `needs`, `actor_keys` those of the actor
    /// token's.
    Pure "resource_as.token" ["server", "keys", "client", "policy", "signer", "revocations", "actor_keys"] token: RedeemGrant => GrantProgress;
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
        /// Verifies client, proof and grant; answers `claims`, or `parent` where a token is to be derived from it.
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
    /// What you know of the user of the grant, or of the parent's token.
    pub(in crate::wire) struct AuthorizeGrantStep {
        /// The user's account; leave it out when there is none. What of it goes into tokens stays as it is in derived ones.
        account: Option<Account>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

input! {
    Arguments
    /// The user, as your own accounts know it.
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
        /// Whose key set: one of the configured issuers, or this server itself.
        issuer: String,
        /// The key the grant claims; a set without it is worth one refresh.
        kid: Option<String>,
        /// Whose registration.
        client_id: String,
        /// Whose key set, if there is an actor token.
        actor: Option<ActorNeed>,
    }
}

output! {
    /// What the last step taken answers.
    pub(in crate::wire) struct GrantProgress {
        /// After `parse`: what to look up.
        needs: Option<GrantNeeds>,
        /// After `verify`: the claims, for finding the user by `iss`, `tenant` and `sub`; never by `sub` alone.
        claims: Option<As<VerifiedIdJagClaims>>,
        /// After `verify`, where a token is to be derived: the parent's claims, for finding the user by `sub`, which is
        /// your own name for the user. Left out for an ID-JAG.
        parent: Option<As<VerifiedAccessTokenClaims>>,
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
    parent: None,
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
    match held.resource_as(0)?.parse_token(&call.request.to_http(), call.parse.now)? {
        PendingToken::Grant(pending) => redeem(pending, call, held),
        PendingToken::Delegation(pending) => derive(pending, call, held),
    }
}

fn redeem(pending: PendingGrant<'_>, call: RedeemGrant, held: &Held) -> Result<GrantProgress, Fault> {
    let Some(verify) = &call.verify else {
        let needs = pending.needs();
        return Ok(needed(needs.issuer, needs.kid, needs.client_id, None));
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
    let account = authorize.account.map(ResolvedSubject::from);
    let policy = held.maybe_policy(3)?.map(AsRef::as_ref);
    let granted = verified.authorize(policy, account.as_ref(), authorize.now)?;
    let Some(spend) = call.spend else {
        return Ok(decided(granted.scope(), granted.replay_keys()));
    };
    let spent = granted.answered(&spend.answers())?;
    let Some(issue) = call.issue else { return Ok(NOTHING) };
    let unsigned = spent.access_token(issue.token_id()?, issue.now)?;
    Ok(issued(issue.sign(unsigned, held, 4)?))
}

fn derive(pending: PendingDelegation<'_>, call: RedeemGrant, held: &Held) -> Result<GrantProgress, Fault> {
    let Some(verify) = &call.verify else {
        let needs = pending.needs();
        return Ok(needed(needs.issuer, needs.kid, needs.client_id, needs.actor.map(ActorNeed::from)));
    };
    let client = client(held, 2, verify.client.as_ref())?;
    let material = DelegationMaterial {
        own_keys: held.maybe_key_set(1)?.map(AsRef::as_ref),
        actor_keys: held.maybe_key_set(6)?.map(AsRef::as_ref),
        client: client.as_ref(),
        revocations: held.maybe_revocations(5)?.map(AsRef::as_ref),
        nonce: NonceOptions::rule(verify.nonce.as_ref()),
    };
    let verified = pending.verify(&material, verify.now)?;
    let Some(authorize) = call.authorize else {
        return Ok(GrantProgress { parent: Some(As::new(verified.parent().to_json())), ..NOTHING });
    };
    let account = authorize.account.map(ResolvedSubject::from);
    let policy = held.maybe_policy(3)?.map(AsRef::as_ref);
    let granted = verified.authorize(policy, account.as_ref(), authorize.now)?;
    let Some(spend) = call.spend else {
        return Ok(decided(granted.scope(), granted.replay_keys()));
    };
    let spent = granted.answered(&spend.answers())?;
    let Some(issue) = call.issue else { return Ok(NOTHING) };
    let unsigned = spent.access_token(issue.token_id()?, issue.now)?;
    Ok(issued(issue.sign(unsigned, held, 4)?))
}

fn needed(
    issuer: &Issuer,
    kid: Option<&KeyId>,
    client_id: &ClientId,
    actor: Option<ActorNeed>,
) -> GrantProgress {
    let needs = GrantNeeds {
        issuer: String::from(issuer.as_str()),
        kid: kid.map(|kid| String::from(kid.as_str())),
        client_id: String::from(client_id.as_str()),
        actor,
    };
    GrantProgress { needs: Some(needs), ..NOTHING }
}

fn decided(scope: &Scope, replay_keys: &ReplayKeys) -> GrantProgress {
    GrantProgress {
        scope: Some(alloc::format!("{scope}")),
        replay_keys: Some(replay_keys.iter().map(ReplayKeyAnswer::from).collect()),
        ..NOTHING
    }
}

fn issued(issued: Issued) -> GrantProgress {
    match issued {
        Issued::Pending(input) => GrantProgress { signing_input: Some(input), ..NOTHING },
        Issued::Done(response, record) => {
            GrantProgress { response: Some(response), record: Some(record), ..NOTHING }
        }
    }
}

impl From<Account> for ResolvedSubject {
    fn from(account: Account) -> Self {
        Self { subject: account.subject, groups: account.groups, extra: account.extra.unwrap_or_default() }
    }
}
