//! The protected resource: a request with an access token passes, or is refused with the challenge that helps.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::bearer::{BearerToken, VerifiedBearer, VerifyBearerToken, bearer_needs, verify_bearer};
use super::material::{ArrivedRequest, NonceOptions, ParseStep, SpendStep};
use super::record::DecisionRecord;
use super::resource_server_config::ResourceServerOptions;
use super::steps::in_order;
use crate::oauth::http::HttpRequest;
use crate::replay::FirstUse;
use crate::resource_server::{
    AccessMaterial, AccessNeeds as Needs, Operation as Asked, PendingAccess, ResourceServer, VerifiedAccess,
    VerifiedTokenCache,
};
use crate::text::KeyId;
use crate::time::UnixTime;
use crate::wire::answer::ReplayKeyAnswer;
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::{Held, Slot};
use crate::wire::operation::{Operation, operations};
use crate::wire::tokens::access_token::VerifiedAccessTokenClaims;
use crate::wire::tokens::keys::Nothing;
use crate::wire::write::{As, described, output};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// A protected resource, such as an MCP server, configured once.
    Make "resource_server.new" [] new: ResourceServerOptions => ResourceServerAnswer;
    /// A request with an access token, step by step.
    Pure "resource_server.access" ["server", "keys", "revocations"] access: AccessRequest => AccessProgress;
    /// Which of these tools the token of a request may call: for leaving the others out of a `tools/list` answer.
    /// A tool that only needs a fresher sign-on is kept.
    Pure "resource_server.permits_tools" ["server", "keys", "revocations"] permits_tools: ToolsRequest => PermittedTools;
    /// What to look up before a bearer token can be verified without its request.
    Pure "resource_server.bearer_needs" ["server"] bearer_needs: BearerToken => AccessNeeds;
    /// Verifies a bearer token without its request: for SDKs that verify tokens first and see requests later. A token that
    /// is bound to a key is refused. What the token may do is not decided here.
    Pure "resource_server.verify_bearer" ["server", "keys", "revocations"] verify_bearer: VerifyBearerToken => VerifiedBearer;
    /// The RFC 9728 metadata document to serve at `metadata_url`.
    Pure "resource_server.metadata" ["server"] metadata: Nothing => As<PublishedResource>;
};

output! {
    /// A protected resource.
    pub(in crate::wire) struct ResourceServerAnswer {
        /// Its identifier.
        resource: String,
        /// Where its metadata document belongs.
        metadata_url: String,
        /// The authorization servers it trusts.
        authorization_servers: Vec<String>,
        /// The claim that names a conversation.
        context_claim: String,
    }
}

fn new(options: ResourceServerOptions, held: &Held) -> Result<(Slot, ResourceServerAnswer), Fault> {
    let capacity = options.token_cache_capacity.unwrap_or(VerifiedTokenCache::DEFAULT_CAPACITY);
    let server = ResourceServer::new(options.build(held)?)?;
    let config = server.config();
    let trusted = config.authorization_servers.iter().map(|trusted| String::from(trusted.issuer.as_str()));
    let answer = ResourceServerAnswer {
        resource: String::from(config.resource.as_str()),
        metadata_url: String::from(config.metadata_url.as_str()),
        authorization_servers: trusted.collect(),
        context_claim: String::from(config.context_claim.as_str()),
    };
    Ok((Slot::Resource(Arc::new(server), Box::new(VerifiedTokenCache::new(capacity))), answer))
}

described! {
    /// A protected resource's metadata document (RFC 9728 §2), as it is published.
    pub(in crate::wire) struct PublishedResource {
        /// The resource identifier.
        resource: String,
        /// The issuers of tokens for it.
        authorization_servers: Vec<String>,
        /// The scopes basic use needs.
        scopes_supported: Option<Vec<String>>,
        /// How the token may be sent.
        bearer_methods_supported: Option<Vec<String>>,
        /// Whether only DPoP-bound tokens are taken.
        dpop_bound_access_tokens_required: Option<bool>,
        /// What a DPoP proof may be signed with.
        dpop_signing_alg_values_supported: Option<Vec<String>>,
        /// A name for people.
        resource_name: Option<String>,
        /// The types of authorization details.
        authorization_details_types_supported: Option<Vec<String>>,
    }
}

fn metadata(_: Nothing, held: &Held) -> Result<As<PublishedResource>, Fault> {
    Ok(As::new(held.resource_server(0)?.metadata()?.to_json()))
}

input! {
    Arguments
    /// A request with an access token, and the steps to take. What it asks for is read from the request itself: GET, HEAD
    /// and DELETE use the session and have no body; any other method asks for what the JSON-RPC message in its body says,
    /// which must be UTF-8 without content encoding. The body must be the bytes that arrived.
    pub(in crate::wire) struct AccessRequest {
        /// The request.
        request: ArrivedRequest,
        /// Finds the token; answers `needs`.
        parse: ParseStep,
        /// Verifies token and proof; answers `claims`.
        verify: Option<VerifyAccessStep>,
        /// Decides whether the token may do what is asked; answers `operation` and `replay_keys`.
        authorize: Option<AuthorizeAccessStep>,
        /// Takes the replay store's answers; answers `claims` and `record`: the request may pass.
        spend: Option<SpendStep>,
    }
}

input! {
    Arguments
    /// What you found for `needs`. The issuer's keys are `keys`; without them nothing can be verified.
    pub(in crate::wire) struct VerifyAccessStep {
        /// The nonces that proofs must carry; leave it out when none is required.
        nonce: Option<NonceOptions>,
        /// The conversation that the request is part of, where you know: a token for another one, or for none, is refused.
        context: Option<String>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

input! {
    Arguments
    /// The decision.
    pub(in crate::wire) struct AuthorizeAccessStep {
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// What to look up before a token can be verified.
    pub(in crate::wire) struct AccessNeeds {
        /// Whose key set: one of the configured authorization servers.
        issuer: String,
        /// The key the token claims; a set without it is worth one refresh.
        kid: Option<String>,
    }
}

impl From<Needs<'_>> for AccessNeeds {
    fn from(needs: Needs<'_>) -> Self {
        let kid = needs.kid.map(KeyId::as_str).map(String::from);
        Self { issuer: String::from(needs.issuer.as_str()), kid }
    }
}

output! {
    /// What the last step taken answers.
    pub(in crate::wire) struct AccessProgress {
        /// After `parse`: what to look up.
        needs: Option<AccessNeeds>,
        /// After `verify` and `spend`: the token's claims. The token itself is never here, so that it cannot be passed
        /// on.
        claims: Option<As<VerifiedAccessTokenClaims>>,
        /// After `authorize`: the operation, by the name it has in the configuration.
        operation: Option<String>,
        /// After `authorize`: what to record, if proofs are used once; empty when they are not.
        replay_keys: Option<Vec<ReplayKeyAnswer>>,
        /// After `spend`: the record to keep.
        record: Option<As<DecisionRecord>>,
    }
}

/// Before any step.
const NOTHING: AccessProgress =
    AccessProgress { needs: None, claims: None, operation: None, replay_keys: None, record: None };

fn access(call: AccessRequest, held: &Held) -> Result<AccessProgress, Fault> {
    in_order(&[
        ("verify", call.verify.is_some()),
        ("authorize", call.authorize.is_some()),
        ("spend", call.spend.is_some()),
    ])?;
    let request = call.request.to_http();
    let pending = parse(held, &request, call.parse.now)?;
    let Some(verify) = &call.verify else {
        return Ok(AccessProgress { needs: Some(AccessNeeds::from(pending.needs())), ..NOTHING });
    };
    let mut verified = verify.take(pending, held)?;
    let Some(authorize) = call.authorize else {
        return Ok(AccessProgress { claims: Some(As::new(verified.claims().to_json())), ..NOTHING });
    };
    let operation = verified.operation_of(&request, authorize.now)?;
    verified.check_operation(&operation, authorize.now)?;
    let Some(spend) = call.spend else {
        return Ok(AccessProgress {
            operation: Some(name(&operation)),
            replay_keys: Some(verified.replay_key().into_iter().map(ReplayKeyAnswer::from).collect()),
            ..NOTHING
        });
    };
    if verified.replay_key().is_some() {
        // An answer that is missing is that of a store that cannot say.
        verified = verified.answered(spend.answers().first().copied().unwrap_or(FirstUse::Unavailable))?;
    }
    let authorized = verified.authorize(&operation, authorize.now)?;
    Ok(AccessProgress {
        claims: Some(As::new(authorized.claims().to_json())),
        record: Some(As::new(authorized.record().to_json())),
        ..NOTHING
    })
}

fn parse<'h>(
    held: &'h Held<'_>,
    request: &'h HttpRequest,
    now: UnixTime,
) -> Result<PendingAccess<'h, 'h>, Fault> {
    let server = held.resource_server(0)?;
    Ok(match held.cache {
        Some(cache) => server.parse_with(request, cache, now)?,
        None => server.parse(request, now)?,
    })
}

impl VerifyAccessStep {
    fn take<'s>(&self, pending: PendingAccess<'s, '_>, held: &Held) -> Result<VerifiedAccess<'s>, Fault> {
        Ok(pending.verify(&material(held, self.nonce.as_ref(), self.context.as_deref())?, self.now)?)
    }
}

pub(super) fn material<'m>(
    held: &'m Held<'_>,
    nonce: Option<&'m NonceOptions>,
    context: Option<&'m str>,
) -> Result<AccessMaterial<'m>, Fault> {
    Ok(AccessMaterial {
        keys: held.maybe_key_set(1)?.map(AsRef::as_ref),
        revocations: held.maybe_revocations(2)?.map(AsRef::as_ref),
        nonce: NonceOptions::rule(nonce),
        context,
    })
}

fn name(operation: &Asked<'_>) -> String {
    String::from(match operation {
        Asked::Method(name) | Asked::Tool(name) => name.as_ref(),
        Asked::Session => "session",
    })
}

input! {
    Arguments
    /// A request with an access token, and tools to choose from.
    pub(in crate::wire) struct ToolsRequest {
        /// The request.
        request: ArrivedRequest,
        /// Finds the token.
        parse: ParseStep,
        /// Verifies token and proof.
        verify: VerifyAccessStep,
        /// The names of the tools.
        tools: Vec<String>,
    }
}

output! {
    /// Tools that a token may call.
    pub(in crate::wire) struct PermittedTools {
        /// Their names, in the order given.
        tools: Vec<String>,
    }
}

fn permits_tools(call: ToolsRequest, held: &Held) -> Result<PermittedTools, Fault> {
    let request = call.request.to_http();
    let pending = parse(held, &request, call.parse.now)?;
    let verified = call.verify.take(pending, held)?;
    Ok(PermittedTools { tools: call.tools.into_iter().filter(|tool| verified.permits_tool(tool)).collect() })
}
