//! RFC 7523 §2.1, ID-JAG §4.4: redeeming an ID-JAG, and checking the access token that comes back.

use alloc::string::{String, ToString as _};
use core::fmt;
use core::slice;

use super::response::{Asked, TokenResponse, malformed};
use super::{Binding, EndpointCredentials, ObtainedIdJag, Proof, ServerAnswer};
use crate::codec::form::Form;
use crate::crypto::Thumbprint;
use crate::details::{AuthorizationDetails, DetailTypes};
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::challenge::{AccessScheme, PresentedToken};
use crate::oauth::http::{HttpRequest, HttpResponse};
use crate::oauth::params::{GRANT_JWT_BEARER, GRANT_JWT_DPOP, SCHEME_BEARER, SCHEME_DPOP};
use crate::scope::Scope;
use crate::secret::Secret;
use crate::time::UnixTime;
use crate::token::TokenKind;
use crate::uri::{Issuer, ResourceId};

/// A request for an access token to one resource.
#[derive(Clone, Debug)]
pub struct GrantRequest {
    id_jag: ObtainedIdJag,
    resource: ResourceId,
    names_resource: bool,
    scope: Scope,
    details: Option<AuthorizationDetails>,
    types: DetailTypes,
    grant_type: &'static str,
}

impl GrantRequest {
    /// Redeems `id_jag` for a token to `resource`, with all the rights the grant says it has.
    ///
    /// The resource is named in the request, as MCP demands (MCP-013, AMB-018).
    #[must_use]
    pub fn new(id_jag: ObtainedIdJag, resource: ResourceId) -> Self {
        let (scope, details) = (id_jag.scope().cloned().unwrap_or_default(), id_jag.details().cloned());
        let types = DetailTypes::NONE;
        Self { id_jag, resource, names_resource: true, scope, details, types, grant_type: GRANT_JWT_BEARER }
    }

    /// Leaves `resource` out of the request: the grant says it (base profile).
    #[must_use]
    pub fn without_resource_parameter(self) -> Self {
        Self { names_resource: false, ..self }
    }

    /// Asks for this scope instead; an empty one is left out, and means all that the grant has (AMB-017).
    #[must_use]
    pub fn with_scope(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    /// Asks for these authorization details instead.
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

    /// Under the jwt-dpop grant type, for servers that know no other for bound grants (AMB-002). MCP does not use
    /// this (EMA-013).
    #[must_use]
    pub fn as_jwt_dpop(self) -> Self {
        Self { grant_type: GRANT_JWT_DPOP, ..self }
    }

    /// The request to the server's token endpoint.
    ///
    /// Fails with `token_for_another_server` when `server` is not the grant's audience (JAG-096); with
    /// `token_expired` when a new grant is due (JAG-077); with `proof_missing` or `proof_key_mismatch` when the
    /// grant is bound and this is not its proof (JAG-100); as the proof does when it was made for another request.
    pub fn to_http(
        &self,
        server: &EndpointCredentials,
        proof: Option<&Proof>,
        now: UnixTime,
    ) -> Result<HttpRequest, Error> {
        let assertion = self.id_jag.expose_to(server.issuer())?;
        if self.id_jag.is_expired(now) {
            return Err(Error::new(ErrorCode::TokenExpired).of(TokenKind::IdJag));
        }
        let proven = proof.map(Proof::thumbprint);
        match self.id_jag.binding() {
            Some(_) if proven.is_none() => return Err(Error::new(ErrorCode::ProofMissing)),
            Some(key) if proven != Some(key) => return Err(Error::new(ErrorCode::ProofKeyMismatch)),
            None if proven.is_none() && self.grant_type == GRANT_JWT_DPOP => {
                return Err(Error::new(ErrorCode::ProofRequired));
            }
            _ => {}
        }
        let mut form = Form::default();
        form.push("grant_type", self.grant_type);
        form.push("assertion", assertion);
        if self.names_resource {
            form.push("resource", self.resource.as_str());
        }
        if !self.scope.is_empty() {
            form.push("scope", self.scope.to_string());
        }
        if let Some(details) = &self.details {
            form.push("authorization_details", details.to_json().to_string());
        }
        server.post(form, proof)
    }
}

/// An access token, with the one resource it may be sent to and the server that issued it (MCP-020).
///
/// It does not print, and it has no accessor for claims: what is in it is between the two servers (R9068-024).
#[derive(Clone)]
pub struct ObtainedAccessToken {
    pub(super) token: Secret,
    pub(super) scheme: AccessScheme,
    pub(super) key: Option<Thumbprint>,
    pub(super) resource: ResourceId,
    issuer: Issuer,
    scope: Option<Scope>,
    details: Option<AuthorizationDetails>,
    expires_at: Option<UnixTime>,
}

impl ObtainedAccessToken {
    /// The same, over no later than `other`.
    pub(super) fn no_longer_than(self, other: &Self) -> Self {
        Self { expires_at: self.expires_at.into_iter().chain(other.expires_at).min(), ..self }
    }

    /// The authorization server that issued it.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The resource it is for.
    #[must_use]
    pub const fn resource(&self) -> &ResourceId {
        &self.resource
    }

    /// How it is presented.
    #[must_use]
    pub const fn scheme(&self) -> AccessScheme {
        self.scheme
    }

    /// What was granted, which may be less than was asked for; `None` when nobody said.
    #[must_use]
    pub const fn scope(&self) -> Option<&Scope> {
        self.scope.as_ref()
    }

    /// The authorization details as granted (R9396-004).
    #[must_use]
    pub const fn details(&self) -> Option<&AuthorizationDetails> {
        self.details.as_ref()
    }

    /// When it ends, if the server says.
    #[must_use]
    pub const fn expires_at(&self) -> Option<UnixTime> {
        self.expires_at
    }

    /// Whether it is known to be over.
    #[must_use]
    pub fn is_expired(&self, now: UnixTime) -> bool {
        self.expires_at.is_some_and(|end| now >= end)
    }
}

impl fmt::Debug for ObtainedAccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObtainedAccessToken")
            .field("issuer", &self.issuer)
            .field("resource", &self.resource)
            .field("scheme", &self.scheme)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Checks the server's response to `request`. A refresh token in it is ignored: renewal goes through the IdP.
///
/// `binding` says what was proven with it. Fails with the server's answer, or with an unusable one:
/// `token_type_mismatch` on a type that is neither Bearer nor DPoP (R6749-009), on Bearer where a binding is
/// required (R9449-022) and on DPoP where nothing was proven; `grant_widened` on more scope or details than was
/// asked for, or on another resource (AMB-011).
pub fn process_grant_response(
    response: &HttpResponse,
    request: &GrantRequest,
    binding: Binding,
    limits: &Limits,
    now: UnixTime,
) -> Result<ObtainedAccessToken, ServerAnswer> {
    let members = TokenResponse::read(response, limits)?;
    let ceiling = if request.scope.is_empty() { request.id_jag.scope() } else { Some(&request.scope) };
    let asked = Asked {
        resources: slice::from_ref(&request.resource),
        scope: ceiling,
        details: request.details.as_ref(),
        types: &request.types,
    };
    let issuer = request.id_jag.audience();
    let expected = Expected { issuer, resource: &request.resource, asked, binding };
    Ok(read_token(&members, &expected, limits, now)?)
}

/// What an access token must be like, whatever it was asked for with.
pub(super) struct Expected<'e> {
    pub(super) issuer: &'e Issuer,
    pub(super) resource: &'e ResourceId,
    pub(super) asked: Asked<'e>,
    pub(super) binding: Binding,
}

/// Checks the access token in a successful response, as [`process_grant_response`] says.
pub(super) fn read_token(
    members: &TokenResponse<'_>,
    expected: &Expected<'_>,
    limits: &Limits,
    now: UnixTime,
) -> Result<ObtainedAccessToken, Error> {
    let scheme = scheme(members, expected.binding)?;
    let token = members.token()?;
    // The token will stand in a header field: it must be one b64token (RFC 6750 §2.1).
    PresentedToken::parse(&[SCHEME_BEARER, " ", token].concat(), limits)
        .map_err(|_| malformed("access_token"))?;
    let (scope, details) = (members.scope()?, members.details()?);
    expected.asked.covers(&members.resources()?, scope.as_ref(), details.as_ref())?;
    Ok(ObtainedAccessToken {
        token: Secret::new(String::from(token)),
        scheme,
        key: if scheme == AccessScheme::Dpop { expected.binding.thumbprint() } else { None },
        resource: expected.resource.clone(),
        issuer: expected.issuer.clone(),
        scope: scope.or_else(|| expected.asked.scope.cloned()),
        details: details.or_else(|| expected.asked.details.cloned()),
        expires_at: members.expires_at(now)?,
    })
}

fn scheme(members: &TokenResponse<'_>, binding: Binding) -> Result<AccessScheme, Error> {
    let bearer = members.is_token_type(SCHEME_BEARER);
    let dpop = members.is_token_type(SCHEME_DPOP);
    match binding {
        Binding::Unbound | Binding::DangerousPreferred(_) if bearer => Ok(AccessScheme::Bearer),
        Binding::Required(_) | Binding::DangerousPreferred(_) if dpop => Ok(AccessScheme::Dpop),
        _ => Err(Error::new(ErrorCode::TokenTypeMismatch)),
    }
}
