//! From the bytes of a request to a user and a client that hold: parse, say what is needed, verify.

use alloc::string::String;
use alloc::vec::Vec;

use super::config::IdpConfig;
use super::{HostAttestedSubject, IdpAuthorizationServer, VerifiedSubject};
use crate::codec::form::Form;
use crate::crypto::Thumbprint;
use crate::details::AuthorizationDetails;
use crate::error::{Error, ErrorCode};
use crate::jose::KeySet;
use crate::oauth::RegisteredClient;
use crate::oauth::actor::PresentedActor;
use crate::oauth::client_auth::{AuthenticationRules, admit};
use crate::oauth::http::HttpRequest;
use crate::oauth::params::{
    GRANT_TOKEN_EXCHANGE, TOKEN_TYPE_ID_JAG, TOKEN_TYPE_ID_TOKEN, TOKEN_TYPE_REFRESH_TOKEN, TOKEN_TYPE_SAML2,
};
use crate::oauth::token_request::{EndpointProofRules, TokenRequest, current_nonce, requested_details};
use crate::record::{DecisionRecord, types};
use crate::rejection::Rejection;
use crate::replay::ReplayKey;
use crate::revocation::{Holder, Revocable, RevocationList};
use crate::scope::Scope;
use crate::secret::Secret;
use crate::text::{ClientId, KeyId, Nonce};
use crate::time::UnixTime;
use crate::token::{
    Context, ContextClaim, IdTokenRules, NonceRule, TokenKind, UnverifiedIdToken, VerifiedActor,
    VerifiedProof,
};
use crate::uri::{Issuer, ResourceId};

/// What is asked for in exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Requested {
    IdJag,
    RefreshToken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SubjectTokenType {
    IdToken,
    RefreshToken,
    Saml2,
}

/// What the request asks for, by the parameters of RFC 8693 §2.1.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub(super) requested: Requested,
    pub(super) audience: Option<String>,
    pub(super) resources: Vec<ResourceId>,
    pub(super) scope: Option<Scope>,
    pub(super) details: Option<AuthorizationDetails>,
    pub(super) context: Option<Context>,
}

/// A request that has been taken apart; nothing in it is trusted yet.
#[derive(Clone, Debug)]
pub struct PendingExchange<'s> {
    server: &'s IdpAuthorizationServer,
    request: TokenRequest,
    subject_token: Secret,
    subject_type: SubjectTokenType,
    subject_kid: Option<KeyId>,
    actor: Option<PresentedActor<'s>>,
    wish: Wish,
}

/// What the host must look up before a request can be verified.
#[derive(Clone, Copy, Debug)]
pub struct ExchangeNeeds<'p> {
    /// Whose client record.
    pub client_id: &'p ClientId,
    /// What of the subject token.
    pub subject: SubjectNeed<'p>,
    /// Whose key set, and which key it claims, if there is an actor token.
    pub actor: Option<(&'p Issuer, Option<&'p KeyId>)>,
}

/// What of the subject token.
#[derive(Clone, Copy, Debug)]
pub enum SubjectNeed<'p> {
    /// An ID Token: this provider's own key set, and the key it claims.
    IdToken(Option<&'p KeyId>),
    /// A refresh token, for the host to verify.
    RefreshToken(&'p Secret),
    /// A SAML 2.0 assertion, base64url as sent, for the host to verify.
    Saml2(&'p Secret),
}

/// What the host found.
#[derive(Clone, Copy, Debug)]
pub struct ExchangeMaterial<'m> {
    /// The client record; `None` when there is no such client.
    pub client: Option<&'m RegisteredClient>,
    /// This provider's own keys, for ID Tokens.
    pub own_keys: Option<&'m KeySet>,
    /// The host's word, for other subject tokens; `None` when it does not know the token.
    pub attested: Option<&'m HostAttestedSubject>,
    /// The keys of the actor token's issuer.
    pub actor_keys: Option<&'m KeySet>,
    /// What has been revoked; see [`IdpConfig::revocation`].
    pub revocations: Option<&'m RevocationList>,
    /// The nonces that proofs must carry.
    pub nonce: NonceRule<'m>,
}

/// An exchange whose client, proof, subject and actor hold. Nothing has been decided about targets.
#[derive(Clone, Debug)]
pub struct VerifiedExchange<'s> {
    pub(super) server: &'s IdpAuthorizationServer,
    pub(super) record: DecisionRecord,
    pub(super) client_id: ClientId,
    pub(super) subject: VerifiedSubject,
    pub(super) is_saml: bool,
    pub(super) actor: Option<VerifiedActor>,
    pub(super) binding: Option<Thumbprint>,
    pub(super) wish: Wish,
    pub(super) spends: [Option<ReplayKey>; 2],
    pub(super) nonce: Option<Nonce>,
}

impl IdpAuthorizationServer {
    /// Takes a token exchange apart. Refuses what is not a well-formed request for an ID-JAG, or for a refresh
    /// token in exchange for a SAML assertion.
    pub fn parse(&self, request: &HttpRequest, now: UnixTime) -> Result<PendingExchange<'_>, Rejection> {
        self.take_apart(request).map_err(|error| self.reject(error, self.record(now), None))
    }

    fn take_apart(&self, request: &HttpRequest) -> Result<PendingExchange<'_>, Error> {
        let config = &self.config;
        let request = TokenRequest::parse(request, &config.limits)?;
        let form = &request.form;
        if form.required("grant_type")? != GRANT_TOKEN_EXCHANGE {
            return Err(Error::new(ErrorCode::GrantTypeUnsupported));
        }
        let subject_token = Secret::new(form.required("subject_token")?);
        let subject_type = match form.required("subject_token_type")? {
            TOKEN_TYPE_ID_TOKEN => SubjectTokenType::IdToken,
            TOKEN_TYPE_REFRESH_TOKEN if config.subject_tokens.refresh_token => SubjectTokenType::RefreshToken,
            TOKEN_TYPE_SAML2 if config.subject_tokens.saml2 => SubjectTokenType::Saml2,
            _ => return Err(Error::new(ErrorCode::SubjectTokenTypeUnsupported)),
        };
        let requested = match form.required("requested_token_type")? {
            TOKEN_TYPE_ID_JAG => Requested::IdJag,
            TOKEN_TYPE_REFRESH_TOKEN if subject_type == SubjectTokenType::Saml2 => Requested::RefreshToken,
            _ => return Err(Error::new(ErrorCode::RequestedTokenTypeUnsupported)),
        };
        let subject_kid = match subject_type {
            SubjectTokenType::IdToken => {
                UnverifiedIdToken::parse(subject_token.expose(), &config.limits)?.claimed_kid().cloned()
            }
            _ => None,
        };
        let actor = PresentedActor::parse(form, &config.actor_profiles, &config.limits)?;
        let wish = Wish::parse(requested, &request, config)?;
        Ok(PendingExchange { server: self, request, subject_token, subject_type, subject_kid, actor, wish })
    }
}

impl Wish {
    fn parse(requested: Requested, request: &TokenRequest, config: &IdpConfig) -> Result<Self, Error> {
        let form = &request.form;
        let mut audiences = form.all("audience");
        let audience = audiences.next().map(String::from);
        if audiences.next().is_some() {
            return Err(Error::new(ErrorCode::AudienceRepeated));
        }
        if audience.is_none() && requested == Requested::IdJag {
            return Err(Error::with_detail(ErrorCode::ParameterMissing, "audience"));
        }
        let resources: Vec<ResourceId> =
            form.all("resource").map(ResourceId::indicator).collect::<Result<_, _>>()?;
        if resources.len() > config.limits.resources {
            return Err(Error::new(ErrorCode::ResourceMalformed));
        }
        let scope = form.single("scope")?.map(|text| Scope::parse(text, &config.limits)).transpose()?;
        let details = requested_details(form, &config.limits)?;
        let context = requested_context(form, &config.context_claim)?;
        Ok(Self { requested, audience, resources, scope, details, context })
    }
}

/// The conversation asked for (DESIGN §7): one parameter, named like the claim.
fn requested_context(form: &Form, claim: &ContextClaim) -> Result<Option<Context>, Error> {
    // What occurs twice has been refused before.
    let Some(text) = form.all(claim.as_str()).next() else { return Ok(None) };
    let context = Context::new(claim.clone(), text);
    context.map(Some).map_err(|_| Error::with_detail(ErrorCode::ParameterMalformed, "ctx"))
}

impl VerifiedExchange<'_> {
    /// The user, as the subject token names it.
    #[must_use]
    pub const fn subject(&self) -> &VerifiedSubject {
        &self.subject
    }
}

impl<'s> PendingExchange<'s> {
    /// What to look up.
    #[must_use]
    pub fn needs(&self) -> ExchangeNeeds<'_> {
        let subject = match self.subject_type {
            SubjectTokenType::IdToken => SubjectNeed::IdToken(self.subject_kid.as_ref()),
            SubjectTokenType::RefreshToken => SubjectNeed::RefreshToken(&self.subject_token),
            SubjectTokenType::Saml2 => SubjectNeed::Saml2(&self.subject_token),
        };
        let actor = self.actor.as_ref().map(PresentedActor::needs);
        ExchangeNeeds { client_id: &self.request.client_id, subject, actor }
    }

    /// Authenticates the client, verifies proof, subject token and actor token, and binds them together.
    pub fn verify(
        self,
        material: &ExchangeMaterial<'_>,
        now: UnixTime,
    ) -> Result<VerifiedExchange<'s>, Rejection> {
        let mut record = self.server.record(now);
        let server = self.server;
        let checked = self.check(material, now, &mut record);
        checked.map_err(|error| server.reject(error, record, current_nonce(material.nonce)))
    }

    fn check(
        self,
        material: &ExchangeMaterial<'_>,
        now: UnixTime,
        record: &mut DecisionRecord,
    ) -> Result<VerifiedExchange<'s>, Error> {
        let config = &self.server.config;
        let rules = authentication_rules(config);
        let (client, assertion_key) = admit(&self.request, material.client, &rules, record, now)?;
        record.context.clone_from(&self.wish.context);
        let proof = self.request.check_proof(&proof_rules(config), material.nonce, now)?;
        let public = !client.is_confidential() && !config.dangerous_public_clients_without_proof;
        if proof.is_none() && (client.dpop_bound_access_tokens || public) {
            return Err(Error::new(ErrorCode::ProofRequired));
        }
        let binding = proof.as_ref().map(VerifiedProof::thumbprint);
        let subject = self.check_subject(material, client, binding, now)?;
        record.issuer = Some(config.issuer.clone());
        record.subject = Some(subject.subject.clone());
        record.auth_time = subject.auth_time;
        record.acr.clone_from(&subject.acr);
        record.session_id.clone_from(&subject.session_id);
        record.subject_token_id.clone_from(&subject.token_id);
        record.details_asked = types(self.wish.details.as_ref());
        record.scope_asked.clone_from(&self.wish.scope);
        let actor = self.check_actor(material, &subject, binding, now)?;
        record.actor = actor.as_ref().map(|actor| actor.actor.clone());
        Ok(VerifiedExchange {
            server: self.server,
            record: record.clone(),
            client_id: client.client_id.clone(),
            subject,
            is_saml: self.subject_type == SubjectTokenType::Saml2,
            actor,
            binding,
            wish: self.wish,
            spends: [assertion_key, proof.map(|proof| proof.replay_key().clone())],
            nonce: current_nonce(material.nonce).cloned(),
        })
    }

    fn check_subject(
        &self,
        material: &ExchangeMaterial<'_>,
        client: &RegisteredClient,
        proof: Option<Thumbprint>,
        now: UnixTime,
    ) -> Result<VerifiedSubject, Error> {
        let config = &self.server.config;
        if self.subject_type != SubjectTokenType::IdToken {
            let is_saml = self.subject_type == SubjectTokenType::Saml2;
            let attested = material.attested.ok_or(Error::new(ErrorCode::SubjectTokenRefused))?;
            let subject = attested.check(is_saml, &client.client_id, proof, config, now)?;
            self.check_conversation(material, client, &subject, now)?;
            return Ok(subject);
        }
        let revocations = config.revocation.list(material.revocations)?;
        let keys = material.own_keys.ok_or(Error::new(ErrorCode::KeysUnavailable))?;
        let rules = IdTokenRules {
            issuer: &config.issuer,
            client_id: &client.client_id,
            trusted_audiences: &[],
            nonce: None,
            max_authentication_age: None,
            algorithms: &config.id_token_algorithms,
            window: config.id_token_window,
            limits: &config.limits,
        };
        let unverified = UnverifiedIdToken::parse(self.subject_token.expose(), &config.limits)?;
        let token = unverified.verify(keys, &rules, now)?;
        if let Some(list) = revocations {
            let sign_on = Revocable {
                issuer: &config.issuer,
                token_id: None,
                grant_id: None,
                ancestors: &[],
                subject: Some(&token.subject),
                client_id: Some(&client.client_id),
                context: self.wish.context.as_ref().map(Context::as_str),
                actor: None,
                issued_at: Some(token.issued_at),
            };
            list.check(&sign_on, now).map_err(|error| error.of(TokenKind::IdToken))?;
        }
        Ok(VerifiedSubject::from(token))
    }

    /// Whether a subject token is good is the host's to know, which conversation it is for is not: that is in the request.
    fn check_conversation(
        &self,
        material: &ExchangeMaterial<'_>,
        client: &RegisteredClient,
        subject: &VerifiedSubject,
        now: UnixTime,
    ) -> Result<(), Error> {
        let config = &self.server.config;
        let Some(context) = &self.wish.context else { return Ok(()) };
        let Some(list) = config.revocation.list(material.revocations)? else { return Ok(()) };
        let conversation = Holder::Conversation {
            client_id: client.client_id.clone(),
            subject: subject.subject.clone(),
            context: String::from(context.as_str()),
        };
        let held = list.check_holder(&config.issuer, conversation, subject.auth_time, now);
        held.map_err(|error| error.of(TokenKind::IdToken))
    }

    fn check_actor(
        &self,
        material: &ExchangeMaterial<'_>,
        subject: &VerifiedSubject,
        proof: Option<Thumbprint>,
        now: UnixTime,
    ) -> Result<Option<VerifiedActor>, Error> {
        let config = &self.server.config;
        let Some(actor) = &self.actor else { return Ok(None) };
        let window = config.assertion_window;
        let revocations = config.revocation.list(material.revocations)?;
        let keys = material.actor_keys;
        let verified = actor.verify(keys, &config.issuer, window, &config.limits, revocations, now)?;
        // A bound actor token is worth nothing to whoever cannot prove its key.
        if let Some(bound) = verified.confirmation {
            bound.proven_by(proof).map_err(|error| error.of(TokenKind::ActorToken))?;
        }
        // RFC 8693 §4.4: a subject token that limits who may act is obeyed.
        if subject.may_act.as_ref().is_some_and(|may_act| !verified.is_named_by(may_act)) {
            return Err(Error::new(ErrorCode::ActorUnauthorized));
        }
        Ok(Some(verified))
    }
}

fn proof_rules(config: &IdpConfig) -> EndpointProofRules<'_> {
    EndpointProofRules {
        endpoint: &config.token_endpoint,
        window: config.proof_window,
        algorithms: &config.client_algorithms,
        limits: &config.limits,
    }
}

pub(super) fn authentication_rules(config: &IdpConfig) -> AuthenticationRules<'_> {
    let endpoint = config.token_endpoint.as_str();
    AuthenticationRules {
        issuer: &config.issuer,
        dangerous_token_endpoint_audience: config.dangerous_token_endpoint_audience.then_some(endpoint),
        algorithms: &config.client_algorithms,
        window: config.assertion_window,
        limits: &config.limits,
    }
}
