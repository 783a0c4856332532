//! The authorization server of one MCP server: it redeems the identity provider's ID-JAGs for access tokens.

use alloc::sync::Arc;

use idjag::answer::SignedAnswer;
use idjag::codec::json::Object;
use idjag::crypto::Algorithm;
use idjag::oauth::http::{HttpRequest, HttpResponse};
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::rejection::Rejection;
use idjag::resource_as::{
    ClientAssociation, GrantMaterial, IssuerTenants, ProtectedResource, ResolvedSubject, ResourceAsConfig,
    ResourceAuthorizationServer, TrustedIssuer,
};
use idjag::text::Subject;
use idjag::token::NonceRule;
use idjag::{Error, UnixTime};

use super::signing::{ALGORITHMS, Signing};
use super::spent::Spent;
use super::{Clients, KeyRing, address, algorithms, answer, token_id};
use crate::company::{Company, Person, Server};

pub(crate) struct AuthorizationServer {
    company: Arc<Company>,
    guarded: Server,
    server: ResourceAuthorizationServer,
    signing: Signing,
    clients: Clients,
    /// The identity provider's keys.
    keys: KeyRing,
    spent: Spent,
}

impl AuthorizationServer {
    /// For `guarded`, signing with `algorithm`.
    pub(crate) fn new(
        company: &Arc<Company>,
        guarded: &Server,
        algorithm: Algorithm,
        keys: KeyRing,
    ) -> Result<Self, Error> {
        Ok(Self {
            company: company.clone(),
            guarded: guarded.clone(),
            server: ResourceAuthorizationServer::new(configure(company, guarded))?,
            signing: Signing::of(&guarded.issuer, algorithm),
            clients: Clients::register(company.apps.iter().map(|app| app.at(guarded.id))),
            keys,
            spent: Spent::default(),
        })
    }

    /// The RFC 8414 document.
    pub(crate) fn metadata(&self) -> HttpResponse {
        let issuer = &self.guarded.issuer;
        let mut document = AuthorizationServerMetadata::for_resource_authorization_server(
            issuer.clone(),
            address(issuer, "/token"),
            address(issuer, "/jwks"),
        );
        document.token_endpoint_auth_methods_supported =
            vec!["private_key_jwt".into(), "client_secret_basic".into()];
        document.token_endpoint_auth_signing_alg_values_supported = Some(ALGORITHMS.into());
        document.dpop_signing_alg_values_supported = Some(ALGORITHMS.into());
        document.scopes_supported = self.guarded.both();
        document.to_response()
    }

    pub(crate) fn jwks(&self) -> HttpResponse {
        self.signing.published.to_response()
    }

    /// RFC 7523: an ID-JAG for an access token.
    pub(crate) async fn token(&self, request: &HttpRequest, now: UnixTime) -> HttpResponse {
        answer(self.decide(request, now).await, &self.company.records)
    }

    async fn decide(&self, request: &HttpRequest, now: UnixTime) -> Result<SignedAnswer, Rejection> {
        let pending = self.server.parse(request, now)?;
        let keys = self.keys.of(pending.needs().issuer, pending.needs().kid, now).await;
        let material = GrantMaterial {
            keys: keys.as_ref(),
            client: self.clients.find(pending.needs().client_id),
            revocations: None,
            nonce: NonceRule::NotRequired,
        };
        let verified = pending.verify(&material, now)?;
        let account = self.account(&verified.claims().subject);
        // The company's policy was the identity provider's to ask: what is left here is the scope catalogue.
        let authorized = verified.authorize(None, account.as_ref(), now)?;
        let spent = authorized.first_use(|key| self.spent.first_use(key, now))?;
        spent.access_token(token_id(), now)?.sign_with(&self.signing.current)
    }

    /// This product's own account of the person: whoever it does not know gets no token.
    fn account(&self, subject: &Subject) -> Option<ResolvedSubject> {
        Person::known_as(subject, &self.guarded.issuer)?;
        Some(ResolvedSubject { subject: subject.clone(), groups: None, extra: Object::new() })
    }
}

fn configure(company: &Company, guarded: &Server) -> ResourceAsConfig {
    let issuer = guarded.issuer.clone();
    let token_endpoint = address(&issuer, "/token");
    let mut config = ResourceAsConfig::new(issuer, token_endpoint, algorithms());
    config.trusted_issuers = vec![TrustedIssuer {
        issuer: company.issuer.clone(),
        algorithms: algorithms(),
        clients: ClientAssociation::AnyRegistered,
        tenants: IssuerTenants::Single,
        saml_nameid: None,
    }];
    config.resources = vec![ProtectedResource {
        id: guarded.resource.clone(),
        scopes: guarded.both(),
        dpop_required: false,
    }];
    config
}
