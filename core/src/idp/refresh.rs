//! ID-JAG §4.5: a SAML assertion exchanged for a refresh token, with which ID-JAGs are asked for from then on.

use super::IdpAuthorizationServer;
use super::pending::{Requested, VerifiedExchange};
use crate::answer::respond;
use crate::codec::json::Object;
use crate::crypto::Thumbprint;
use crate::error::{Error, ErrorCode};
use crate::oauth::http::HttpResponse;
use crate::oauth::params::{TOKEN_TYPE_NOT_APPLICABLE, TOKEN_TYPE_REFRESH_TOKEN};
use crate::policy::{Policy, Status};
use crate::record::{DecisionRecord, Outcome};
use crate::rejection::Rejection;
use crate::replay::{FirstUse, ReplayKey, ReplayKeys};
use crate::scope::Scope;
use crate::secret::Secret;
use crate::text::Nonce;
use crate::time::{Seconds, UnixTime};

/// A refresh token may be issued. The token itself is the host's: opaque, stored, revocable.
#[derive(Clone, Debug)]
pub struct AuthorizedRefresh<'s> {
    server: &'s IdpAuthorizationServer,
    record: DecisionRecord,
    scope: Scope,
    binding: Option<Thumbprint>,
    replay_keys: ReplayKeys,
    nonce: Option<Nonce>,
}

/// The same, with client assertion and proof used just now.
#[derive(Clone, Debug)]
pub struct SpentRefresh<'s>(AuthorizedRefresh<'s>);

impl<'s> VerifiedExchange<'s> {
    /// Whether the client asks for a refresh token: the answer decides between [`Self::refresh_token`] and
    /// [`Self::target`].
    #[must_use]
    pub fn wants_refresh_token(&self) -> bool {
        self.wish.requested == Requested::RefreshToken
    }

    /// Decides whether a refresh token may be issued, and for which of the scopes asked for: those in `offered`,
    /// the scopes the host grants this user and client, `openid offline_access` among them.
    ///
    /// Only an app that policy approves gets one. Refuses with `requested_token_type_unsupported`,
    /// `policy_denied`, `approval_required` or `app_restricted`.
    pub fn refresh_token(self, policy: &Policy, offered: &Scope) -> Result<AuthorizedRefresh<'s>, Rejection> {
        let mut record = self.record;
        let app = policy.app_by_client_id(&self.client_id);
        record.app = app.map(|app| alloc::string::ToString::to_string(app.id()));
        record.policy = Some(policy.digest().clone());
        let error = match app.map(|app| app.status()) {
            _ if self.wish.requested != Requested::RefreshToken || !self.is_saml => {
                Some(ErrorCode::RequestedTokenTypeUnsupported)
            }
            Some(Status::Approved) => None,
            Some(Status::ApprovalRequired) => Some(ErrorCode::ApprovalRequired),
            Some(Status::Restricted) => Some(ErrorCode::AppRestricted),
            None => Some(ErrorCode::PolicyDenied),
        };
        if let Some(code) = error {
            return Err(self.server.reject(Error::new(code), record, None));
        }
        let scope = self.wish.scope.map_or_else(|| offered.clone(), |asked| asked.intersection(offered));
        record.scope_granted = Some(scope.clone());
        record.jkt = self.binding;
        Ok(AuthorizedRefresh {
            server: self.server,
            record,
            scope,
            binding: self.binding,
            replay_keys: ReplayKeys::new(self.spends),
            nonce: self.nonce,
        })
    }
}

impl<'s> AuthorizedRefresh<'s> {
    /// What to record in the replay store, in this order; see [`ReplayKeys`].
    #[must_use]
    pub const fn replay_keys(&self) -> &ReplayKeys {
        &self.replay_keys
    }

    /// Asks a synchronous store. Refuses with `token_replayed` or `store_unavailable`.
    pub fn first_use(self, store: impl FnMut(&ReplayKey) -> FirstUse) -> Result<SpentRefresh<'s>, Rejection> {
        let answers = self.replay_keys.ask(store);
        self.answered(&answers)
    }

    /// Takes the answers of an asynchronous store. Refuses with `token_replayed` or `store_unavailable`.
    pub fn answered(self, answers: &[FirstUse]) -> Result<SpentRefresh<'s>, Rejection> {
        match self.replay_keys.check(answers) {
            Ok(()) => Ok(SpentRefresh(self)),
            Err(error) => Err(self.server.reject(error, self.record, None)),
        }
    }
}

impl SpentRefresh<'_> {
    /// The scope in whose context the host must store the token.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.0.scope
    }

    /// The key that was proven: the host must store it with the token and state it with every later use. Without it
    /// the refresh token of a client that cannot authenticate would belong to whoever holds it (RFC 9449 §5).
    #[must_use]
    pub const fn binding(&self) -> Option<Thumbprint> {
        self.0.binding
    }

    /// The response that carries the host's `token`, which lives for `expires_in`, and the record to keep.
    #[must_use]
    pub fn into_response(
        self,
        token: &Secret,
        expires_in: Seconds,
        now: UnixTime,
    ) -> (HttpResponse, DecisionRecord) {
        let spent = self.0;
        let mut members = Object::new();
        members.set_str("issued_token_type", TOKEN_TYPE_REFRESH_TOKEN);
        members.set_str("token_type", TOKEN_TYPE_NOT_APPLICABLE);
        members.set("expires_in", expires_in.as_secs());
        if !spent.scope.is_empty() {
            members.set_str("scope", alloc::format!("{}", spent.scope));
        }
        let mut record = spent.record;
        record.time = now;
        record.outcome = Outcome::Permit;
        record.expires_at = Some(now.plus(expires_in));
        (respond(token.expose(), &members, spent.nonce.as_ref()), record)
    }
}
