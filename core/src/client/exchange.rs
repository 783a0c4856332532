//! RFC 8693 §2, ID-JAG §4.3: asking the IdP for an ID-JAG, and checking that it is the one asked for.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use super::response::{Asked, TokenResponse, narrower};
use super::{Binding, EndpointCredentials, Proof, ServerAnswer, SubjectToken};
use crate::codec::form::Form;
use crate::crypto::Thumbprint;
use crate::details::{AuthorizationDetails, DetailTypes};
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::http::{HttpRequest, HttpResponse};
use crate::oauth::metadata::AuthorizationServerMetadata;
use crate::oauth::params::{
    GRANT_TOKEN_EXCHANGE, TOKEN_TYPE_ID_JAG, TOKEN_TYPE_JWT, TOKEN_TYPE_NOT_APPLICABLE,
};
use crate::scope::Scope;
use crate::secret::Secret;
use crate::text::ClientId;
use crate::time::UnixTime;
use crate::token::{ClaimedIdJag, Context, TokenKind};
use crate::uri::{Issuer, ResourceId};

/// A request for an ID-JAG.
#[derive(Clone, Debug)]
pub struct ExchangeRequest {
    audience: Issuer,
    client_id: Option<ClientId>,
    resources: Vec<ResourceId>,
    scope: Scope,
    details: Option<AuthorizationDetails>,
    types: DetailTypes,
    subject: SubjectToken,
    actor: Option<Secret>,
    context: Option<Context>,
}

impl ExchangeRequest {
    /// For a grant that `server` redeems. `audience` is that server's issuer identifier, verbatim from its
    /// validated metadata (EMA-003, JAG-039).
    #[must_use]
    pub fn new(server: &AuthorizationServerMetadata, subject: SubjectToken) -> Self {
        Self::for_audience(server.issuer.clone(), subject)
    }

    /// The same for a server whose issuer identifier is all that is known of it here.
    pub(crate) const fn for_audience(audience: Issuer, subject: SubjectToken) -> Self {
        Self {
            audience,
            client_id: None,
            resources: Vec::new(),
            scope: Scope::empty(),
            details: None,
            types: DetailTypes::NONE,
            subject,
            actor: None,
            context: None,
        }
    }

    /// Also for this resource, verbatim from its metadata (EMA-005, MCP-014).
    ///
    /// Fails with `resource_malformed` when it has a query component (R8707-003).
    pub fn with_resource(self, resource: ResourceId) -> Result<Self, Error> {
        if resource.as_str().contains('?') {
            return Err(Error::with_detail(ErrorCode::ResourceMalformed, "query"));
        }
        Ok(self.dangerous_with_resource(resource))
    }

    /// The same for a resource whose identifier may have a query component.
    #[must_use]
    pub fn dangerous_with_resource(mut self, resource: ResourceId) -> Self {
        self.resources.push(resource);
        self
    }

    /// Asks for this scope; an empty one is left out, and the IdP decides.
    #[must_use]
    pub fn with_scope(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    /// Asks for these authorization details (RFC 9396).
    #[must_use]
    pub fn with_details(self, details: AuthorizationDetails) -> Self {
        Self { details: Some(details), ..self }
    }

    /// How the details that come back may be narrower than those asked for: by the common members of RFC 9396 §2.2 alone,
    /// unless their types say more.
    #[must_use]
    pub fn with_detail_types(self, types: DetailTypes) -> Self {
        Self { types, ..self }
    }

    /// Names an actor by a JWT of its own: token and type go together or not at all (JAG-038). MCP does not use
    /// this (EMA-006).
    #[must_use]
    pub fn with_actor(self, token: Secret) -> Self {
        Self { actor: Some(token), ..self }
    }

    /// For one conversation, and no grant for another one or none is taken (DESIGN §7).
    #[must_use]
    pub fn with_context(self, context: Context) -> Self {
        Self { context: Some(context), ..self }
    }

    /// The client as `server` knows it: a grant for another one is refused, for it could not be redeemed.
    #[must_use]
    pub fn expecting_client(self, client_id: ClientId) -> Self {
        Self { client_id: Some(client_id), ..self }
    }

    /// The server that will redeem the grant.
    #[must_use]
    pub const fn audience(&self) -> &Issuer {
        &self.audience
    }

    /// The request to the IdP's token endpoint. `proof` asks for a grant bound to its key (JAG-101).
    ///
    /// Fails as the proof does when it was made for another request.
    pub fn to_http(&self, idp: &EndpointCredentials, proof: Option<&Proof>) -> Result<HttpRequest, Error> {
        let mut form = Form::default();
        form.push("grant_type", GRANT_TOKEN_EXCHANGE);
        form.push("requested_token_type", TOKEN_TYPE_ID_JAG);
        form.push("audience", self.audience.as_str());
        for resource in &self.resources {
            form.push("resource", resource.as_str());
        }
        if !self.scope.is_empty() {
            form.push("scope", self.scope.to_string());
        }
        if let Some(details) = &self.details {
            form.push("authorization_details", details.to_json().to_string());
        }
        if let Some(context) = &self.context {
            form.push(context.claim().as_str(), context.as_str());
        }
        self.subject.write(&mut form);
        if let Some(actor) = &self.actor {
            form.push("actor_token", actor.expose());
            form.push("actor_token_type", TOKEN_TYPE_JWT);
        }
        idp.post(form, proof)
    }
}

/// An ID-JAG, held until it is redeemed.
///
/// It is no access token: nothing puts it into an `Authorization` field. It is used only at the server it names
/// (JAG-096), and it does not print.
#[derive(Clone)]
pub struct ObtainedIdJag {
    token: Secret,
    audience: Issuer,
    expires_at: UnixTime,
    scope: Option<Scope>,
    details: Option<AuthorizationDetails>,
    binding: Option<Thumbprint>,
}

impl ObtainedIdJag {
    /// The ID-JAG of which the text was kept, not what was said around it: that much is read again. Fails as an ID-JAG's
    /// reader does, with `audience_mismatch`, `binding_missing` or `proof_missing`.
    #[cfg(feature = "wire-resource-server")]
    pub(crate) fn again(
        token: Secret,
        audience: Issuer,
        binding: Binding,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let claims = ClaimedIdJag::parse(token.expose(), limits)?;
        if claims.audience != audience.as_str() {
            return Err(Error::new(ErrorCode::AudienceMismatch).of(TokenKind::IdJag));
        }
        binding.check(claims.binding)?;
        let ClaimedIdJag { expires_at, scope, details, binding, .. } = claims;
        Ok(Self { token, audience, expires_at, scope, details, binding })
    }

    /// The server that redeems it.
    #[must_use]
    pub const fn audience(&self) -> &Issuer {
        &self.audience
    }

    /// When it ends.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// Whether a new one must be asked for before going to the server (JAG-077).
    #[must_use]
    pub fn is_expired(&self, now: UnixTime) -> bool {
        now >= self.expires_at
    }

    /// What was granted; `None` when nobody said and nothing was asked for.
    #[must_use]
    pub const fn scope(&self) -> Option<&Scope> {
        self.scope.as_ref()
    }

    /// The authorization details as granted, which may be fewer than were asked for (JAG-057).
    #[must_use]
    pub const fn details(&self) -> Option<&AuthorizationDetails> {
        self.details.as_ref()
    }

    /// The key without whose proof it is useless (JAG-100).
    #[must_use]
    pub const fn binding(&self) -> Option<Thumbprint> {
        self.binding
    }

    /// The token, for a host that sends the grant request itself; fails with `token_for_another_server` when
    /// `server` is not the audience.
    pub fn expose_to(&self, server: &Issuer) -> Result<&str, Error> {
        if *server == self.audience {
            Ok(self.token.expose())
        } else {
            Err(Error::new(ErrorCode::TokenForAnotherServer).of(TokenKind::IdJag))
        }
    }
}

impl fmt::Debug for ObtainedIdJag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObtainedIdJag")
            .field("audience", &self.audience)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Checks the IdP's response to `request`.
///
/// `binding` says what was proven with it. Fails with the server's answer, or with an unusable one:
/// `issued_token_type_mismatch`; `token_type_mismatch` unless it is `N_A`; as an ID-JAG's reader does, with
/// `audience_mismatch` unless it is for the server asked for; `client_mismatch`; `context_required` or
/// `context_mismatch` unless it is for the conversation asked for; `grant_widened` when it says more
/// than was asked for; `binding_missing` (JAG-105) or `proof_missing`; `token_expired` when it is over already.
pub fn process_exchange_response(
    response: &HttpResponse,
    request: &ExchangeRequest,
    binding: Binding,
    limits: &Limits,
    now: UnixTime,
) -> Result<ObtainedIdJag, ServerAnswer> {
    let members = TokenResponse::read(response, limits).map_err(ServerAnswer::at_exchange)?;
    Ok(read(&members, request, binding, limits, now)?)
}

fn read(
    members: &TokenResponse<'_>,
    request: &ExchangeRequest,
    binding: Binding,
    limits: &Limits,
    now: UnixTime,
) -> Result<ObtainedIdJag, Error> {
    members.expect_issued(TOKEN_TYPE_ID_JAG)?;
    if !members.is_token_type(TOKEN_TYPE_NOT_APPLICABLE) {
        return Err(Error::new(ErrorCode::TokenTypeMismatch));
    }
    let token = members.token()?;
    let claims = ClaimedIdJag::parse(token, limits)?;
    if claims.audience != request.audience.as_str() {
        return Err(Error::new(ErrorCode::AudienceMismatch).of(TokenKind::IdJag));
    }
    if request.client_id.as_ref().is_some_and(|expected| *expected != claims.client_id) {
        return Err(Error::new(ErrorCode::ClientMismatch).of(TokenKind::IdJag));
    }
    if let Some(asked) = &request.context {
        let claimed = ClaimedIdJag::context(token, asked.claim(), limits)?;
        let expected = Context::check_expected(claimed.as_ref(), asked.as_str());
        expected.map_err(|error| error.of(TokenKind::IdJag))?;
    }
    let requested = Some(&request.scope).filter(|scope| !scope.is_empty());
    let asked = Asked {
        resources: &request.resources,
        scope: requested,
        details: request.details.as_ref(),
        types: &request.types,
    };
    let (scope, details) = (members.scope()?, members.details()?);
    asked.covers(&members.resources()?, scope.as_ref(), details.as_ref())?;
    asked.covers(&claims.resources, claims.scope.as_ref(), claims.details.as_ref())?;
    binding.check(claims.binding)?;
    let stated = members.expires_at(now)?;
    let expires_at = stated.map_or(claims.expires_at, |stated| stated.min(claims.expires_at));
    if now >= expires_at {
        return Err(Error::new(ErrorCode::TokenExpired).of(TokenKind::IdJag));
    }
    Ok(ObtainedIdJag {
        token: Secret::new(String::from(token)),
        audience: request.audience.clone(),
        expires_at,
        // RFC 6749 §5.1: a scope that is not stated is the one that was asked for.
        scope: narrower(claims.scope, scope).or_else(|| requested.cloned()),
        details: claims.details.or(details).or_else(|| request.details.clone()),
        binding: claims.binding,
    })
}
