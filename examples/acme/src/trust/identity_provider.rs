//! The identity provider: ID Tokens for those who sign on, ID-JAGs for those whom the admin's policy permits.

use alloc::sync::Arc;

use idjag::answer::SignedAnswer;
use idjag::crypto::Algorithm;
use idjag::idp::{DirectorySubject, ExchangeMaterial, IdpAuthorizationServer, IdpConfig, TargetedExchange};
use idjag::jose::Jwt;
use idjag::oauth::http::{HttpRequest, HttpResponse};
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::rejection::Rejection;
use idjag::revocation::RevocationList;
use idjag::text::{ClientId, Nonce};
use idjag::token::{IdToken, NonceRule};
use idjag::{Error, Seconds, UnixTime};
use idjag_http::server::Revocations as _;

use super::signing::{ALGORITHMS, Signing};
use super::spent::Spent;
use super::{Clients, address, algorithms, answer, token_id};
use crate::company::{Company, Person};
use crate::web::oauth_error;

const ID_TOKEN_LIFETIME: Seconds = Seconds(300);

/// What the identity provider knows about a sign-on: who, for which app, and when the person was last seen.
#[derive(Clone)]
pub(crate) struct SignOn {
    pub(crate) person: &'static Person,
    /// The app's client identifier at the identity provider.
    pub(crate) client_id: ClientId,
    pub(crate) nonce: Option<Nonce>,
    /// When the person proved who they are. Renewing a token does not change it.
    pub(crate) auth_time: UnixTime,
}

/// Sign-on pages, codes, PKCE and refresh tokens are the web side's (`idp`).
pub(crate) struct IdentityProvider {
    company: Arc<Company>,
    server: IdpAuthorizationServer,
    signing: Signing,
    clients: Clients,
    spent: Spent,
}

impl IdentityProvider {
    pub(crate) fn new(company: &Arc<Company>) -> Result<Self, Error> {
        let issuer = company.issuer.clone();
        let signing = Signing::of(&issuer, Algorithm::Es256);
        let token_endpoint = address(&issuer, "/token");
        let config = IdpConfig::new(issuer, token_endpoint, algorithms(), algorithms());
        Ok(Self {
            company: company.clone(),
            server: IdpAuthorizationServer::new(config)?,
            signing,
            clients: Clients::register(company.apps.iter().map(|app| &app.at_idp)),
            spent: Spent::default(),
        })
    }

    /// The OIDC discovery document.
    pub(crate) fn metadata(&self) -> HttpResponse {
        let issuer = &self.company.issuer;
        let (token_endpoint, jwks_uri) = (address(issuer, "/token"), address(issuer, "/jwks"));
        let mut document = AuthorizationServerMetadata::for_idp(issuer.clone(), token_endpoint, jwks_uri)
            .with_sign_on(address(issuer, "/authorize"));
        document.grant_types_supported.push("refresh_token".into());
        document.token_endpoint_auth_methods_supported =
            vec!["private_key_jwt".into(), "client_secret_basic".into()];
        document.token_endpoint_auth_signing_alg_values_supported = Some(ALGORITHMS.into());
        document.dpop_signing_alg_values_supported = Some(ALGORITHMS.into());
        document.id_token_signing_alg_values_supported = Some(vec![Algorithm::Es256]);
        document.subject_types_supported = vec!["pairwise".into()];
        document.authorization_response_iss_parameter_supported = true;
        document.to_response()
    }

    pub(crate) fn jwks(&self) -> HttpResponse {
        self.signing.published.to_response()
    }

    /// Which client a request for tokens is from, or the finished error response: for the grants that the web side
    /// answers.
    pub(crate) fn authenticate_client(
        &self,
        request: &HttpRequest,
        now: UnixTime,
    ) -> Result<ClientId, HttpResponse> {
        let authenticate = || {
            let pending = self.server.parse_client(request, now)?;
            let client = self.clients.find(pending.client_id());
            pending.authenticate(client, |key| self.spent.first_use(key, now), now)
        };
        authenticate().map_err(|rejection: Rejection| answer(Err(rejection), &self.company.records))
    }

    /// The ID Token of a sign-on.
    pub(crate) fn id_token(&self, sign_on: &SignOn, now: UnixTime) -> Result<Jwt, Error> {
        let issuer = &self.company.issuer;
        let token = IdToken {
            issuer: issuer.clone(),
            subject: sign_on.person.subject_at(issuer),
            audience: sign_on.client_id.clone(),
            issued_at: now,
            expires_at: now.plus(ID_TOKEN_LIFETIME),
            auth_time: Some(sign_on.auth_time),
            nonce: sign_on.nonce.clone(),
            acr: None,
            amr: Vec::new(),
            tenant: None,
            session_id: None,
            // The records of everything that comes of this sign-on lead back to it.
            token_id: Some(token_id()),
        };
        token.to_unsigned().sign_with(&self.signing.current)
    }

    /// RFC 8693: an ID Token for an ID-JAG, if the policy in force permits it.
    pub(crate) async fn exchange(&self, request: &HttpRequest, now: UnixTime) -> HttpResponse {
        match self.company.revoked.at_idp().list().await {
            Ok(revoked) => answer(self.decide(request, &revoked, now), &self.company.records),
            Err(_) => oauth_error("temporarily_unavailable"),
        }
    }

    fn decide(
        &self,
        request: &HttpRequest,
        revoked: &RevocationList,
        now: UnixTime,
    ) -> Result<SignedAnswer, Rejection> {
        let pending = self.server.parse(request, now)?;
        let material = ExchangeMaterial {
            client: self.clients.find(pending.needs().client_id),
            own_keys: Some(&self.signing.published),
            attested: None,
            actor_keys: None,
            revocations: Some(revoked),
            nonce: NonceRule::NotRequired,
        };
        let verified = pending.verify(&material, now)?;
        let policy = self.company.policy.in_force();
        let targeted = verified.target(&policy)?;
        let person = self.look_up(&targeted);
        let authorized = targeted.authorize(person.as_ref(), now)?;
        let spent = authorized.first_use(|key| self.spent.first_use(key, now))?;
        spent.id_jag(token_id(), now)?.sign_with(&self.signing.current)
    }

    /// The directory: by the name that the ID Token gives the person, and to the name that the server knows.
    fn look_up(&self, exchange: &TargetedExchange<'_, '_>) -> Option<DirectorySubject> {
        let person = Person::known_as(&exchange.subject().subject, &self.company.issuer)?;
        let mut subject = DirectorySubject::new(person.subject_at(exchange.audience()));
        subject.groups = Some(person.directory_groups());
        subject.email = Some(person.directory_email());
        Some(subject)
    }
}
