//! The revocation endpoint (RFC 7009): a client gives up an access token that was issued to it.
//!
//! `parse_revocation → needs → verify → first_use → stored → response`, each a type of its own: nobody is told that a
//! token is revoked before the host has stored that it is.

use super::ResourceAuthorizationServer;
use super::delegation::acts_as;
use super::pending::authentication_rules;
use crate::codec::json::Object;
use crate::error::{Error, ErrorCode};
use crate::jose::KeySet;
use crate::oauth::RegisteredClient;
use crate::oauth::client_auth::identify;
use crate::oauth::http::{HttpRequest, HttpResponse};
use crate::oauth::token_request::{EndpointProofRules, TokenRequest, current_nonce};
use crate::record::{Action, DecisionRecord, Outcome};
use crate::rejection::Rejection;
use crate::replay::{FirstUse, ReplayKey, ReplayKeys};
use crate::revocation::{Revocation, RevocationList, Revoked};
use crate::secret::Secret;
use crate::text::{ClientId, KeyId};
use crate::time::{Tolerance, UnixTime};
use crate::token::{AccessToken, NonceRule, TokenKind, UnverifiedAccessToken, VerifiedProof, Window};
use crate::uri::{Issuer, Url};

/// A request that has been taken apart; nothing in it is trusted yet.
#[derive(Clone, Debug)]
pub struct PendingRevocation<'s> {
    server: &'s ResourceAuthorizationServer,
    endpoint: &'s Url,
    request: TokenRequest,
    token: Secret,
    kid: Option<KeyId>,
}

/// What the host must look up before a request can be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevocationNeeds<'p> {
    /// Whose client record.
    pub client_id: &'p ClientId,
    /// The server itself, whose own key set is needed.
    pub issuer: &'p Issuer,
    /// The key the token claims, if it is a token at all.
    pub kid: Option<&'p KeyId>,
}

/// What the host found.
#[derive(Clone, Copy, Debug)]
pub struct RevocationMaterial<'m> {
    /// The client record; `None` when there is no such client.
    pub client: Option<&'m RegisteredClient>,
    /// The server's own keys; `None` when they could not be had.
    pub own_keys: Option<&'m KeySet>,
    /// The nonces that proofs must carry.
    pub nonce: NonceRule<'m>,
}

/// A request whose client is who it says, for a token of its own or for none that could be revoked.
#[derive(Clone, Debug)]
pub struct VerifiedRevocation<'s> {
    server: &'s ResourceAuthorizationServer,
    record: DecisionRecord,
    entry: Option<Revocation>,
    replay_keys: ReplayKeys,
}

/// A request that has been made just now: what is left is to store the entry.
#[derive(Clone, Debug)]
pub struct SpentRevocation<'s>(VerifiedRevocation<'s>);

/// What came of storing an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is where everybody who verifies tokens will find it.
    Stored,
    /// It may not be: the client is told to try again.
    Unavailable,
}

impl ResourceAuthorizationServer {
    /// Takes a revocation request apart. What it names need not be a token.
    ///
    /// Refuses what is not a well-formed request; and every request, with `config_invalid`, where no revocation
    /// endpoint is configured.
    pub fn parse_revocation(
        &self,
        request: &HttpRequest,
        now: UnixTime,
    ) -> Result<PendingRevocation<'_>, Rejection> {
        let record = || DecisionRecord { action: Action::Revoke, ..self.record(now) };
        self.take_revocation_apart(request).map_err(|error| self.reject(error, record(), None))
    }

    fn take_revocation_apart(&self, request: &HttpRequest) -> Result<PendingRevocation<'_>, Error> {
        let config = &self.config;
        let endpoint = config.revocation_endpoint.as_ref();
        let endpoint = endpoint.ok_or(Error::config("no revocation endpoint is configured"))?;
        let request = TokenRequest::parse(request, &config.limits)?;
        let token = Secret::new(request.form.required("token")?);
        // §2.1: a hint is for servers that have to search.
        request.form.single("token_type_hint")?;
        let unverified = UnverifiedAccessToken::parse(token.expose(), &config.limits).ok();
        let kid = unverified.and_then(|token| token.claimed_kid().cloned());
        Ok(PendingRevocation { server: self, endpoint, request, token, kid })
    }
}

impl<'s> PendingRevocation<'s> {
    /// What to look up.
    #[must_use]
    pub fn needs(&self) -> RevocationNeeds<'_> {
        RevocationNeeds {
            client_id: &self.request.client_id,
            issuer: &self.server.config.issuer,
            kid: self.kid.as_ref(),
        }
    }

    /// Authenticates the client, checks its proof if it sent one, and finds out whether the token is its own.
    ///
    /// A token that this server did not issue, or that is no longer good, is nobody's: there is nothing to record, and
    /// the client is told that it is revoked (§2.2). One of another client is refused with `client_mismatch` (§2.1).
    pub fn verify(
        self,
        material: &RevocationMaterial<'_>,
        now: UnixTime,
    ) -> Result<VerifiedRevocation<'s>, Rejection> {
        let mut record = DecisionRecord { action: Action::Revoke, ..self.server.record(now) };
        let checked = self.check(material, now, &mut record);
        checked.map_err(|error| self.server.reject(error, record, current_nonce(material.nonce)))
    }

    fn check(
        &self,
        material: &RevocationMaterial<'_>,
        now: UnixTime,
        record: &mut DecisionRecord,
    ) -> Result<VerifiedRevocation<'s>, Error> {
        let config = &self.server.config;
        let rules = authentication_rules(config);
        let (client, assertion_key) = identify(&self.request, material.client, &rules, record, now)?;
        let proof_rules = EndpointProofRules {
            endpoint: self.endpoint,
            window: config.proof_window,
            algorithms: &config.client_algorithms,
            limits: &config.limits,
        };
        let proof = self.request.check_proof(&proof_rules, material.nonce, now)?;
        let entry = match self.check_token(material, now)? {
            Ok(token) => Some(self.entry(&token, &client.client_id, record)?),
            Err(reason) => {
                record.error = Some(reason);
                None
            }
        };
        record.outcome = if entry.is_some() { Outcome::Revoke } else { Outcome::Ignore };
        let proof_key = proof.as_ref().map(VerifiedProof::replay_key).cloned();
        Ok(VerifiedRevocation {
            server: self.server,
            record: record.clone(),
            entry,
            replay_keys: ReplayKeys::new([assertion_key, proof_key]),
        })
    }

    /// The token, or why it is none of this server's.
    fn check_token(
        &self,
        material: &RevocationMaterial<'_>,
        now: UnixTime,
    ) -> Result<Result<AccessToken, Error>, Error> {
        let config = &self.server.config;
        let keys = material.own_keys.ok_or(Error::new(ErrorCode::KeysUnavailable))?;
        if keys.issuer() != &config.issuer {
            return Err(Error::config("the keys are not the server's own"));
        }
        let unverified = UnverifiedAccessToken::parse(self.token.expose(), &config.limits);
        // What this server takes for expired, a resource server may still accept.
        let window = Window::WIDEST;
        Ok(unverified.and_then(|token| {
            token.verify_own(keys, &config.issuer, window, &config.context_claim, &config.limits, now)
        }))
    }

    fn entry(
        &self,
        token: &AccessToken,
        client_id: &ClientId,
        record: &mut DecisionRecord,
    ) -> Result<Revocation, Error> {
        // A derived token has its parent's client id, and was issued to the client that acts with it.
        let is_own = token.client_id.as_ref() == Some(client_id);
        if !is_own && !acts_as(token, &token.issuer, client_id) {
            return Err(Error::new(ErrorCode::ClientMismatch).of(TokenKind::AccessToken));
        }
        let missing = Error::with_detail(ErrorCode::ClaimMissing, "jti").of(TokenKind::AccessToken);
        let token_id = token.token_id.clone().ok_or(missing)?;
        record.target_client_id = token.client_id.clone().filter(|_| !is_own);
        record.issuer = Some(token.issuer.clone());
        record.subject.clone_from(&token.subject);
        record.actor.clone_from(&token.actor);
        record.token_id = Some(token_id.clone());
        record.grant_id.clone_from(&token.grant_id);
        record.parent_id = token.ancestors.first().cloned();
        record.context.clone_from(&token.context);
        record.jkt = token.confirmation.map(|confirmation| confirmation.jkt);
        record.expires_at = Some(token.expires_at);
        Ok(Revocation {
            issuer: token.issuer.clone(),
            revoked: Revoked::Token(token_id),
            // Whoever verifies it may have the greatest tolerance there is.
            retain_until: token.expires_at.plus(Tolerance::MAX),
        })
    }
}

impl<'s> VerifiedRevocation<'s> {
    /// What to record in the replay store, in this order; see [`ReplayKeys`].
    #[must_use]
    pub const fn replay_keys(&self) -> &ReplayKeys {
        &self.replay_keys
    }

    /// Asks a synchronous store. Refuses with `token_replayed` or `store_unavailable`.
    pub fn first_use(
        self,
        store: impl FnMut(&ReplayKey) -> FirstUse,
    ) -> Result<SpentRevocation<'s>, Rejection> {
        let answers = self.replay_keys.ask(store);
        self.answered(&answers)
    }

    /// Takes the answers of an asynchronous store, in the order of [`Self::replay_keys`]. Refuses with
    /// `token_replayed` or `store_unavailable`.
    pub fn answered(self, answers: &[FirstUse]) -> Result<SpentRevocation<'s>, Rejection> {
        match self.replay_keys.check(answers) {
            Ok(()) => Ok(SpentRevocation(self)),
            Err(error) => Err(self.server.reject(error, self.record, None)),
        }
    }
}

impl SpentRevocation<'_> {
    /// What to store where everybody who verifies tokens finds it; nothing when there is nothing to revoke.
    #[must_use]
    pub const fn entry(&self) -> Option<&Revocation> {
        self.0.entry.as_ref()
    }

    /// Adds the entry to a list of this process, and answers.
    pub fn store_in(
        self,
        list: &mut RevocationList,
        now: UnixTime,
    ) -> Result<(HttpResponse, DecisionRecord), Rejection> {
        let stored = match self.entry().map(|entry| list.add(entry, now)) {
            None | Some(Ok(())) => Stored::Stored,
            Some(Err(_)) => Stored::Unavailable,
        };
        self.stored(stored)
    }

    /// Takes what came of storing [`Self::entry`], and answers: 200 (§2.2) with the record to keep. Refuses with
    /// `store_unavailable`; where there was no entry, nothing was to be stored.
    pub fn stored(self, stored: Stored) -> Result<(HttpResponse, DecisionRecord), Rejection> {
        let revocation = self.0;
        if revocation.entry.is_some() && stored != Stored::Stored {
            let unavailable = Error::new(ErrorCode::StoreUnavailable);
            return Err(revocation.server.reject(unavailable, revocation.record, None));
        }
        Ok((HttpResponse::json_no_store(200, &Object::new()), revocation.record))
    }
}
