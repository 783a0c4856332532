//! What all connections of a client have in common: its grant, its credentials, its key, its caution.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::register::RegistrationRequest;
use super::way::{CrossApp, Interactive, RedirectUri, Way};
use super::{Binding, ClientCredentials, ClientMethod};
use crate::crypto::Signer;
use crate::details::DetailTypes;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::client_metadata::ClientIdUrl;
use crate::oauth::discovery::{AuthorizationServerChoice, Registration, plan_registration};
use crate::oauth::metadata::{AuthorizationServerMetadata, ResourceMatching};
use crate::token::{Context, ContextClaim};
use crate::uri::{Issuer, Transport};

/// The configuration of a client. Immutable once connections use it; shared by reference count.
#[derive(Clone, Debug)]
pub struct ClientConfig {
    pub(super) way: Way,
    pub(super) credentials: Vec<ClientCredentials>,
    pub(super) document: Option<(ClientIdUrl, ClientMethod)>,
    pub(super) dpop: Option<DpopKey>,
    pub(super) transport: Transport,
    pub(super) matching: ResourceMatching,
    pub(super) limits: Limits,
    pub(super) allows_resource_query: bool,
    pub(super) step_ups: u32,
    pub(super) context_claim: ContextClaim,
    pub(super) detail_types: DetailTypes,
}

/// What the client is to one authorization server.
pub(super) enum Standing {
    Known(ClientCredentials),
    Unregistered(RegistrationRequest),
}

/// The key that tokens are bound to.
#[derive(Clone)]
pub(super) struct DpopKey {
    pub(super) signer: Arc<dyn Signer + Send + Sync>,
    pub(super) binding: Binding,
}

impl core::fmt::Debug for DpopKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("DpopKey").field("binding", &self.binding).finish_non_exhaustive()
    }
}

impl ClientConfig {
    /// A client of the IdP that `idp` describes (as found by
    /// [`IssuerDiscovery`](crate::oauth::discovery::IssuerDiscovery)), with the credentials it has there: its tokens
    /// come by ID-JAG. https only, exact comparison, bearer tokens, at most three step-ups in a row.
    ///
    /// Fails with `credentials_issuer_mismatch` when the credentials belong to another server (MCP-009).
    pub fn new(idp: AuthorizationServerMetadata, credentials: ClientCredentials) -> Result<Self, Error> {
        idp.accept_credentials_of(credentials.issuer())?;
        Ok(Self::of(Way::IdJag(Box::new(CrossApp { idp, credentials, requires_profile: true }))))
    }

    /// A client that acts for itself, without a user, by the credentials it has at each authorization server
    /// (RFC 6749 §4.4); otherwise as [`ClientConfig::new`].
    #[must_use]
    pub fn client_credentials() -> Self {
        Self::of(Way::ClientCredentials)
    }

    /// A workload: a JWT of the host's, made for the authorization server, says who it is (RFC 7523 §2.1);
    /// otherwise as [`ClientConfig::new`].
    #[must_use]
    pub fn jwt_bearer() -> Self {
        Self::of(Way::Assertion)
    }

    /// A client whose user decides, in a browser (RFC 6749 §4.1 with PKCE); otherwise as [`ClientConfig::new`].
    #[must_use]
    pub fn authorization_code(redirect_uri: RedirectUri) -> Self {
        Self::of(Way::AuthorizationCode(Interactive { redirect_uri, registers_as: None }))
    }

    fn of(way: Way) -> Self {
        Self {
            way,
            credentials: Vec::new(),
            document: None,
            dpop: None,
            transport: Transport::default(),
            matching: ResourceMatching::default(),
            limits: Limits::default(),
            allows_resource_query: false,
            step_ups: 3,
            context_claim: ContextClaim::default(),
            detail_types: DetailTypes::NONE,
        }
    }

    /// May register itself under this name where it has neither credentials nor a document that is read (RFC 7591,
    /// deprecated by MCP): anew for each connection.
    ///
    /// Fails with `config_invalid` on a name that is empty, long or holds control characters, and where the user
    /// does not decide: registration would give such a client nothing.
    pub fn registering_as(self, name: impl Into<String>) -> Result<Self, Error> {
        let Way::AuthorizationCode(interactive) = self.way else {
            return Err(Error::config("registration"));
        };
        Ok(Self { way: Way::AuthorizationCode(interactive.registering_as(name.into())?), ..self })
    }

    /// Adds what the client was given by one resource authorization server.
    #[must_use]
    pub fn with_credentials(mut self, credentials: ClientCredentials) -> Self {
        self.credentials.push(credentials);
        self
    }

    /// The client's metadata document, for servers that read such documents (EMA-014).
    ///
    /// Fails with `config_invalid` when the method is a shared secret (CIMD-003).
    pub fn with_metadata_document(self, client_id: ClientIdUrl, method: ClientMethod) -> Result<Self, Error> {
        if !method.is_secret_free() {
            return Err(Error::config("a metadata document allows no shared secret"));
        }
        Ok(Self { document: Some((client_id, method)), ..self })
    }

    /// Proves possession of this key with every request, and takes no token that is not bound to it.
    #[must_use]
    pub fn with_dpop(self, signer: Arc<dyn Signer + Send + Sync>) -> Self {
        let binding = Binding::Required(signer.public_key().thumbprint());
        Self { dpop: Some(DpopKey { signer, binding }), ..self }
    }

    /// The same, taking unbound tokens too: a downgrade goes unnoticed (JAG-105).
    #[must_use]
    pub fn dangerous_with_preferred_dpop(self, signer: Arc<dyn Signer + Send + Sync>) -> Self {
        let binding = Binding::DangerousPreferred(signer.public_key().thumbprint());
        Self { dpop: Some(DpopKey { signer, binding }), ..self }
    }

    /// Which addresses servers may name.
    #[must_use]
    pub fn with_transport(self, transport: Transport) -> Self {
        Self { transport, ..self }
    }

    /// How a resource's stated identifier is compared (AMB-019).
    #[must_use]
    pub fn with_matching(self, matching: ResourceMatching) -> Self {
        Self { matching, ..self }
    }

    /// Caps on responses.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// At most so many step-ups in a row for one operation, and so many sign-ons in a row for one connection
    /// (MCP-030).
    #[must_use]
    pub fn with_step_up_limit(self, step_ups: u32) -> Self {
        Self { step_ups, ..self }
    }

    /// The claim, and parameter of the exchange, that names a conversation: `ctx`, unless the identity provider and the
    /// servers are told otherwise too.
    #[must_use]
    pub fn with_context_claim(self, context_claim: ContextClaim) -> Self {
        Self { context_claim, ..self }
    }

    /// What is known of the types of authorization details: how what comes back may be narrower than what was asked for.
    /// Without it, the common members of RFC 9396 §2.2 alone may be.
    #[must_use]
    pub fn with_detail_types(self, detail_types: DetailTypes) -> Self {
        Self { detail_types, ..self }
    }

    /// Also tries servers whose metadata does not list the ID-JAG profile (EMA-017); other grants have none.
    #[must_use]
    pub fn accepting_unlisted_profile(mut self) -> Self {
        if let Way::IdJag(cross_app) = &mut self.way {
            cross_app.requires_profile = false;
        }
        self
    }

    /// Also connects to resources whose identifier has a query component (R8707-003).
    #[must_use]
    pub fn dangerous_allowing_resource_query(self) -> Self {
        Self { allows_resource_query: true, ..self }
    }

    /// The IdP, where tokens come by ID-JAG.
    #[must_use]
    pub fn idp(&self) -> Option<&AuthorizationServerMetadata> {
        match &self.way {
            Way::IdJag(cross_app) => Some(&cross_app.idp),
            Way::ClientCredentials | Way::Assertion | Way::AuthorizationCode(_) => None,
        }
    }

    /// Which addresses servers may name.
    #[must_use]
    pub const fn transport(&self) -> Transport {
        self.transport
    }

    fn registered_with(&self) -> Vec<Issuer> {
        self.credentials.iter().map(|credentials| credentials.issuer().clone()).collect()
    }

    /// Which of a resource's servers is used: one that knows the client; any, where the client has a document.
    pub(super) fn choice(&self) -> AuthorizationServerChoice {
        let known = self.registered_with();
        if self.document.is_some() || self.registers_as().is_some() {
            AuthorizationServerChoice::Prefer(known)
        } else {
            AuthorizationServerChoice::Require(known)
        }
    }

    const fn registers_as(&self) -> Option<(&String, &RedirectUri)> {
        match &self.way {
            Way::AuthorizationCode(Interactive { redirect_uri, registers_as: Some(name) }) => {
                Some((name, redirect_uri))
            }
            _ => None,
        }
    }

    /// Who the client is at `server` (MCP-011): pre-registered, else by its document, else not yet.
    ///
    /// Fails with `credentials_issuer_mismatch`: the host may register and try again.
    pub(super) fn credentials_at(&self, server: &AuthorizationServerMetadata) -> Result<Standing, Error> {
        let document = self.document.as_ref().map(|(client_id, _)| client_id);
        let plan = plan_registration(server, &self.registered_with(), document);
        match (plan, &self.document, self.registers_as()) {
            (Registration::PreRegistered, ..) => {
                ClientCredentials::choose(&self.credentials, server).cloned().map(Standing::Known)
            }
            (Registration::MetadataDocument(client_id), Some((_, method)), _) => {
                let client_id = client_id.client_id().clone();
                let own = ClientCredentials::new(server.issuer.clone(), client_id, method.clone());
                Ok(Standing::Known(own))
            }
            (Registration::Dynamic(endpoint), _, Some((name, redirect_uri))) => {
                RegistrationRequest::new(server, endpoint, name, redirect_uri, self.dpop.is_some())
                    .map(Standing::Unregistered)
            }
            _ => Err(Error::new(ErrorCode::CredentialsIssuerMismatch)),
        }
    }

    /// The conversation as this client asks for it; fails with `text_invalid`, or with `config_invalid` where tokens come
    /// by a grant that cannot carry one.
    pub(super) fn context(&self, value: String) -> Result<Context, Error> {
        match self.way {
            Way::IdJag(_) => Context::new(self.context_claim.clone(), value),
            Way::ClientCredentials | Way::Assertion | Way::AuthorizationCode(_) => {
                Err(Error::config("only tokens by ID-JAG are for one conversation"))
            }
        }
    }

    pub(super) fn binding(&self) -> Binding {
        self.dpop.as_ref().map_or(Binding::Unbound, |dpop| dpop.binding)
    }
}
