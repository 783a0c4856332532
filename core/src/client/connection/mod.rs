//! One MCP server, from discovery to use: what to send next, and what became of it.
//!
//! ```text
//! discover → (need identity) → exchange → grant → ready ⇄ use         by ID-JAG
//!                  ↑               ↑         ↑       │
//!                  └── step up ────┴─ renew ─┴───────┘
//! discover → token → ready                                             by the client's own credentials
//! discover → need assertion → token → ready                            as a workload
//! discover → (register) → need authorization → token → ready           by a user's permission
//! ```
//!
//! Which line it is, the configuration says, and nothing that a server answers changes it: a connection by ID-JAG that
//! is denied never turns to the user. Renewal takes the cheapest way that is left: the same ID-JAG if it is unexpired
//! (once), a new ID-JAG for the ID Token, one for the refresh token, the user; of the other grants a refresh token, else
//! all over again. Every way is bounded: a server that keeps asking is given up on.

mod derive;
mod drive;
mod need;
mod obtain;
mod receive;
mod resource;
mod step;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

pub use derive::DownscopeAnswer;
pub use step::{
    AssertionNeed, AuthorizationNeed, Denial, IdentityNeed, IdentityReason, Outgoing, Party, Purpose,
    ResourceVerdict, Step,
};

use super::authorize::AuthorizationRequest;
use super::plain_grant::{PlainGrant, Title};
use super::register::RegistrationRequest;
use super::way::Way;
use super::{
    Binding, ClientConfig, ClientCredentials, Entropy, ExchangeRequest, GrantRequest, Identity, Nonces,
    ObtainedAccessToken, ObtainedIdJag, SubjectKind,
};
use crate::details::AuthorizationDetails;
use crate::error::Error;
use crate::oauth::challenge::Challenges;
use crate::oauth::discovery::{Discovery, StepUps};
use crate::oauth::http::HttpResponse;
use crate::oauth::metadata::AuthorizationServerMetadata;
use crate::policy::StepUp;
use crate::scope::Scope;
use crate::secret::Secret;
use crate::text::TokenId;
use crate::time::UnixTime;
use crate::token::Context;
use crate::uri::{ResourceId, Url};

/// A client's connection to one MCP server.
#[derive(Clone, Debug)]
pub struct Connection {
    config: Arc<ClientConfig>,
    server: ResourceId,
    challenged: Option<Scope>,
    wanted: Option<Scope>,
    details: Option<AuthorizationDetails>,
    context: Option<Context>,
    state: State,
    identity: Option<Arc<Identity>>,
    refused: Vec<SubjectKind>,
    target: Option<Box<Target>>,
    id_jag: Option<HeldIdJag>,
    token: Option<ObtainedAccessToken>,
    /// What a user's permission is renewed with.
    refresh: Option<Secret>,
    /// What was usable before a step-up.
    before: Option<Box<Before>>,
    awaited: Option<Box<Awaited>>,
    not_before: Option<UnixTime>,
    nonces: Nonces,
    step_ups: StepUps,
    patience: Patience,
    /// Requests with a proof whose responses have not come.
    under_way: u32,
    made: u64,
}

#[derive(Clone, Debug)]
enum State {
    Discover(Box<Discovery>),
    Register(Box<Unregistered>),
    Identify(IdentityNeed),
    Exchange,
    Grant,
    Assert,
    Authorize(Box<Authorization>),
    Token(Box<Title>),
    Ready,
    Over(Outcome),
}

#[derive(Clone, Copy, Debug)]
enum Outcome {
    Denied(Denial),
    Failed(Error),
}

/// What discovery found, and what is asked for there.
#[derive(Clone, Debug)]
struct Place {
    resource: ResourceId,
    server: AuthorizationServerMetadata,
    scope: Scope,
}

/// A place where the client is not known yet.
#[derive(Clone, Debug)]
struct Unregistered {
    place: Place,
    request: RegistrationRequest,
}

/// A place, and who the client is there.
#[derive(Clone, Debug)]
struct Target {
    place: Place,
    credentials: ClientCredentials,
}

/// The user's permission is needed: how recent and strong the sign-on must be, and the request once it is made.
#[derive(Clone, Debug, Default)]
struct Authorization {
    step_up: Option<StepUp>,
    request: Option<AuthorizationRequest>,
}

/// An ID-JAG and how many access tokens it has become.
#[derive(Clone, Debug)]
struct HeldIdJag {
    id_jag: ObtainedIdJag,
    redeemed: u32,
}

#[derive(Clone, Debug)]
struct Before {
    id_jag: Option<HeldIdJag>,
    token: ObtainedAccessToken,
    refresh: Option<Secret>,
    scope: Scope,
}

/// The request whose response is due.
#[derive(Clone, Debug)]
enum Awaited {
    Document,
    Registration(RegistrationRequest),
    Token { request: PlainGrant, endpoint: Url, binding: Binding },
    Exchange { request: ExchangeRequest, subject: SubjectKind, endpoint: Url, binding: Binding },
    Grant { request: GrantRequest, endpoint: Url, binding: Binding },
}

/// How often in a row things may go wrong.
#[derive(Clone, Copy, Debug, Default)]
struct Patience {
    sent: u32,
    waited: u32,
    refusals: u32,
    nonces: u32,
    sign_ons: u32,
    renewals: u32,
    resource_nonces: u32,
    /// Requests that were under way when the resource named its nonce: each may be told of it.
    sent_before: u32,
    resource_step_ups: u32,
}

impl Patience {
    /// Requests for one access token, retries included.
    const SENT: u32 = 12;
    /// Waits for servers that are unavailable.
    const WAITED: u32 = 3;
    /// Fresh ID-JAGs that were refused (AMB-001).
    const REFUSALS: u32 = 1;
    /// Nonces that did not do.
    const NONCES: u32 = 1;
    /// Access tokens in a row that the resource did not take.
    const RENEWALS: u32 = 2;

    /// Counts one more; whether that is still bearable.
    const fn allows(count: &mut u32, limit: u32) -> bool {
        *count = count.saturating_add(1);
        *count <= limit
    }

    /// A token endpoint issued what it was asked for.
    const fn token_issued(&mut self) {
        (self.waited, self.nonces) = (0, 0);
    }

    /// There is an access token.
    const fn connected(&mut self) {
        (self.sent, self.waited, self.refusals, self.nonces) = (0, 0, 0, 0);
    }
}

impl Connection {
    /// A connection to the MCP server at `server`, whose metadata is at its well-known addresses.
    #[must_use]
    pub fn new(config: Arc<ClientConfig>, server: ResourceId) -> Self {
        Self::with(config, server, None, None)
    }

    /// The same after the server answered a request without token: its challenge says where the metadata is, and
    /// which scope the request needs (MCP-003, MCP-023).
    ///
    /// Fails with `challenge_malformed` or `url_insecure`. A response without challenge says nothing.
    pub fn challenged(
        config: Arc<ClientConfig>,
        server: ResourceId,
        response: &HttpResponse,
    ) -> Result<Self, Error> {
        let (metadata, scope) = challenged_by(&config, response)?;
        Ok(Self::with(config, server, metadata, scope))
    }

    fn with(
        config: Arc<ClientConfig>,
        server: ResourceId,
        metadata: Option<Url>,
        challenged: Option<Scope>,
    ) -> Self {
        let discovery = discovery(&config, &server, metadata);
        let step_ups = StepUps::new(config.step_ups);
        Self {
            config,
            server,
            challenged,
            wanted: None,
            details: None,
            context: None,
            state: State::Discover(Box::new(discovery)),
            identity: None,
            refused: Vec::new(),
            target: None,
            id_jag: None,
            token: None,
            refresh: None,
            before: None,
            awaited: None,
            not_before: None,
            nonces: Nonces::new(),
            step_ups,
            patience: Patience::default(),
            under_way: 0,
            made: 0,
        }
    }

    /// Asks for this scope first, whatever the challenge or the metadata name.
    #[must_use]
    pub fn with_scope(self, scope: Scope) -> Self {
        Self { wanted: Some(scope), ..self }
    }

    /// Asks for these authorization details.
    #[must_use]
    pub fn with_details(self, details: AuthorizationDetails) -> Self {
        Self { details: Some(details), ..self }
    }

    /// For one conversation, such as `conversation:01JD8ZK`: its tokens are good for that one, are told apart from those of
    /// every other, and can be revoked alone. Each conversation has a connection of its own.
    ///
    /// Fails with `text_invalid` when it is empty, longer than [`Context::MAX_BYTES`] or holds a control character, and
    /// with `config_invalid` where tokens do not come by ID-JAG.
    pub fn with_context(self, conversation: impl Into<String>) -> Result<Self, Error> {
        let context = Some(self.config.context(conversation.into())?);
        Ok(Self { context, ..self })
    }

    /// The conversation it is for.
    #[must_use]
    pub const fn context(&self) -> Option<&Context> {
        self.context.as_ref()
    }

    /// Whether requests can be authorized at `now`.
    #[must_use]
    pub fn is_ready(&self, now: UnixTime) -> bool {
        matches!(self.state, State::Ready) && self.token.as_ref().is_some_and(|token| !token.is_expired(now))
    }

    /// The MCP server.
    #[must_use]
    pub const fn server(&self) -> &ResourceId {
        &self.server
    }

    /// The access token in use: what was granted, where and until when.
    #[must_use]
    pub const fn access_token(&self) -> Option<&ObtainedAccessToken> {
        self.token.as_ref()
    }

    /// The authorization server, once discovered.
    #[must_use]
    pub fn authorization_server(&self) -> Option<&AuthorizationServerMetadata> {
        self.target.as_ref().map(|target| &target.place.server)
    }

    /// Keeps an access token that still serves, in case a step-up comes to nothing.
    fn set_aside(&mut self, scope: Scope, now: UnixTime) {
        let (id_jag, refresh) = (self.id_jag.take(), self.refresh.take());
        if let Some(token) = self.token.take().filter(|token| !token.is_expired(now)) {
            self.before = Some(Box::new(Before { id_jag, token, refresh, scope }));
        }
    }

    fn end(&mut self, outcome: Outcome) {
        self.id_jag = None;
        self.token = None;
        self.refresh = None;
        self.not_before = None;
        self.state = State::Over(outcome);
    }

    /// A fresh `jti`: no two requests share one, whatever the host's bytes.
    fn token_id(&mut self, entropy: &Entropy<'_>, label: &str) -> Result<TokenId, Error> {
        self.made = self.made.saturating_add(1);
        entropy.token_id(label, self.made)
    }
}

/// Where a challenge says that the metadata is, and which scope the request needs.
fn challenged_by(
    config: &ClientConfig,
    response: &HttpResponse,
) -> Result<(Option<Url>, Option<Scope>), Error> {
    let Some(challenges) = Challenges::of(response, &config.limits)? else { return Ok((None, None)) };
    let metadata = challenges.resource_metadata(config.transport)?;
    let ours = challenges.bearer().or(challenges.dpop());
    let scope = ours.map(|challenge| challenge.scope(&config.limits)).transpose()?.flatten();
    Ok((metadata, scope))
}

fn discovery(config: &ClientConfig, server: &ResourceId, metadata: Option<Url>) -> Discovery {
    Discovery::new(server.clone(), metadata)
        .with_matching(config.matching)
        .with_choice(config.choice())
        .with_transport(config.transport)
        .with_limits(config.limits.clone())
}
