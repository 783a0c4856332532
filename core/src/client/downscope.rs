//! RFC 8693 §2: a narrower access token for a subagent, asked for with the parent's, and checked to be no more than that.

use alloc::string::ToString as _;
use core::fmt;
use core::slice;

use super::grant::{Expected, ObtainedAccessToken, read_token};
use super::response::{Asked, TokenResponse};
use super::{Binding, EndpointCredentials, Proof, ServerAnswer};
use crate::codec::form::Form;
use crate::crypto::Thumbprint;
use crate::details::{AuthorizationDetails, DetailTypes};
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::http::{HttpRequest, HttpResponse};
use crate::oauth::params::{GRANT_TOKEN_EXCHANGE, TOKEN_TYPE_ACCESS_TOKEN, TOKEN_TYPE_JWT};
use crate::scope::Scope;
use crate::secret::Secret;
use crate::time::UnixTime;
use crate::token::TokenKind;

/// What a subagent is to have of its parent's access token. What is left out is the parent's.
#[derive(Clone, Debug, Default)]
pub struct Downscope {
    scope: Option<Scope>,
    details: Option<AuthorizationDetails>,
    actor: Option<Secret>,
    actor_key: Option<Thumbprint>,
    types: DetailTypes,
}

impl Downscope {
    /// All that the parent has, for no longer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// This scope and no other.
    #[must_use]
    pub fn with_scope(self, scope: Scope) -> Self {
        Self { scope: Some(scope), ..self }
    }

    /// These authorization details and no others.
    #[must_use]
    pub fn with_details(self, details: AuthorizationDetails) -> Self {
        Self { details: Some(details), ..self }
    }

    /// How details may come back narrowed; see [`ClientConfig::with_detail_types`](super::ClientConfig::with_detail_types).
    #[must_use]
    pub fn with_detail_types(self, types: DetailTypes) -> Self {
        Self { types, ..self }
    }

    /// Names the subagent by a JWT of its own, made for the authorization server: it becomes the actor.
    #[must_use]
    pub fn with_actor(self, token: Secret) -> Self {
        Self { actor: Some(token), ..self }
    }

    /// The key that the subagent's own token is bound to: what comes back must be bound to it, and is of no use to the
    /// parent.
    #[must_use]
    pub fn bound_to(self, key: Thumbprint) -> Self {
        Self { actor_key: Some(key), ..self }
    }

    /// The request to the token endpoint of the server that issued `parent`.
    ///
    /// Fails with `token_for_another_server`, with `token_expired` when the parent is known to be over, with
    /// `proof_missing` or `proof_key_mismatch` when it is bound and this is not its proof; as the proof does when it was
    /// made for another request.
    pub fn to_http(
        &self,
        parent: &ObtainedAccessToken,
        server: &EndpointCredentials,
        proof: Option<&Proof>,
        now: UnixTime,
    ) -> Result<HttpRequest, Error> {
        let of_parent = |code| Error::new(code).of(TokenKind::AccessToken);
        if server.issuer() != parent.issuer() {
            return Err(of_parent(ErrorCode::TokenForAnotherServer));
        }
        if parent.is_expired(now) {
            return Err(of_parent(ErrorCode::TokenExpired));
        }
        match (parent.key, proof.map(Proof::thumbprint)) {
            (Some(_), None) => return Err(Error::new(ErrorCode::ProofMissing)),
            (Some(own), Some(proven)) if own != proven => {
                return Err(Error::new(ErrorCode::ProofKeyMismatch));
            }
            _ => {}
        }
        let mut form = Form::default();
        form.push("grant_type", GRANT_TOKEN_EXCHANGE);
        form.push("subject_token", parent.token.expose());
        form.push("subject_token_type", TOKEN_TYPE_ACCESS_TOKEN);
        form.push("requested_token_type", TOKEN_TYPE_ACCESS_TOKEN);
        form.push("resource", parent.resource().as_str());
        if let Some(scope) = &self.scope {
            form.push("scope", scope.to_string());
        }
        if let Some(details) = &self.details {
            form.push("authorization_details", details.to_json().to_string());
        }
        if let Some(actor) = &self.actor {
            form.push("actor_token", actor.expose());
            form.push("actor_token_type", TOKEN_TYPE_JWT);
        }
        server.post(form, proof)
    }
}

/// An access token for a subagent: like its parent's, save that it is made to be handed on. It does not print.
#[derive(Clone)]
pub struct DerivedAccessToken(ObtainedAccessToken);

impl DerivedAccessToken {
    /// What it is, and where it may be sent.
    #[must_use]
    pub const fn token(&self) -> &ObtainedAccessToken {
        &self.0
    }

    /// The token's text, for the subagent and nobody else.
    #[must_use]
    pub fn hand_over(&self) -> &str {
        self.0.token.expose()
    }

    /// The token, for a subagent in this process.
    #[must_use]
    pub fn into_token(self) -> ObtainedAccessToken {
        self.0
    }
}

impl fmt::Debug for DerivedAccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DerivedAccessToken").field(&self.0).finish()
    }
}

/// Checks the server's response to `asked`, which was made with `parent`.
///
/// `binding` says what was proven with it, save where the subagent has a key of its own. Fails with the server's answer,
/// or with an unusable one: `issued_token_type_mismatch`; otherwise as
/// [`process_grant_response`](super::process_grant_response) does, `grant_widened` on anything beyond what was asked for
/// or beyond the parent.
pub fn process_downscope_response(
    response: &HttpResponse,
    asked: &Downscope,
    parent: &ObtainedAccessToken,
    binding: Binding,
    limits: &Limits,
    now: UnixTime,
) -> Result<DerivedAccessToken, ServerAnswer> {
    let members = TokenResponse::read(response, limits)?;
    members.expect_issued(TOKEN_TYPE_ACCESS_TOKEN)?;
    let most = Asked {
        resources: slice::from_ref(parent.resource()),
        scope: asked.scope.as_ref().or(parent.scope()),
        details: asked.details.as_ref().or(parent.details()),
        types: &asked.types,
    };
    let binding = asked.actor_key.map_or(binding, Binding::Required);
    let expected = Expected { issuer: parent.issuer(), resource: parent.resource(), asked: most, binding };
    let derived = read_token(&members, &expected, limits, now)?;
    // What was asked for may itself be more than the parent has.
    let of_parent = Asked { scope: parent.scope(), details: parent.details(), ..expected.asked };
    of_parent.covers(&[], derived.scope(), derived.details())?;
    Ok(DerivedAccessToken(derived.no_longer_than(parent)))
}
