//! The authorization server: a grant of the identity provider becomes an access token for the tools beside it.

use std::error::Error;
use std::sync::Arc;

use idjag::Limits;
use idjag::client_documents::{ClientDocumentsConfig, DocumentFor};
use idjag::codec::json::Object;
use idjag::crypto::Signer;
use idjag::crypto::rustcrypto::PROVIDER;
use idjag::jose::KeySet;
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::resource_as::{
    ClientAssociation, IssuerTenants, ProtectedResource, ResolvedSubject, ResourceAsConfig,
    ResourceAuthorizationServer, TrustedIssuer,
};
use idjag::scope::Scope;
use idjag::token::IdJag;
use idjag::uri::Issuer;
use idjag_http::server::{
    Accounts, AuthorizationServer, DocumentClients, Hosting, Issuing, StaticClients, TokenSigner,
};
use idjag_http::{Http, KeySetFetcher, KeySetOptions, KeySets, Looked};

use crate::notes::{READ, WRITE};
use crate::settings::Settings;

/// Everybody whom the identity provider sends has an account here.
struct Everybody {
    idp: Issuer,
}

impl Accounts for Everybody {
    fn account<'a>(&'a self, grant: &'a IdJag) -> Looked<'a, Option<ResolvedSubject>> {
        let account = ResolvedSubject { subject: grant.subject.clone(), groups: None, extra: Object::new() };
        Box::pin(async move { Ok((grant.issuer == self.idp).then_some(account)) })
    }
}

/// The server, and its public keys for whoever verifies its tokens.
pub fn authorization(
    settings: &Settings,
    hosting: Hosting,
) -> Result<(AuthorizationServer, KeySet), Box<dyn Error>> {
    let algorithms = PROVIDER.allow_all();
    let (issuer, token_endpoint) = (settings.origin.clone(), settings.url("/token")?);

    let mut config = ResourceAsConfig::new(issuer.clone(), token_endpoint.clone(), algorithms.clone());
    config.trusted_issuers = vec![TrustedIssuer {
        issuer: settings.idp.clone(),
        algorithms: algorithms.clone(),
        clients: ClientAssociation::AnyRegistered,
        tenants: IssuerTenants::Single,
        saml_nameid: None,
    }];
    let scopes = Scope::parse(&format!("{READ} {WRITE}"), &Limits::DEFAULT)?;
    let resource =
        ProtectedResource { id: settings.resource()?, scopes: scopes.clone(), dpop_required: false };
    config.resources = vec![resource];
    config.revocation_endpoint = Some(settings.url("/revoke")?);

    let mut metadata = AuthorizationServerMetadata::for_resource_authorization_server(
        issuer.clone(),
        token_endpoint,
        settings.url("/jwks")?,
    );
    metadata.scopes_supported = scopes;
    metadata.token_endpoint_auth_methods_supported =
        vec!["private_key_jwt".into(), "client_secret_basic".into()];
    metadata.revocation_endpoint.clone_from(&config.revocation_endpoint);
    metadata.client_id_metadata_document_supported = !settings.client_origins.is_empty();

    let mut documents =
        ClientDocumentsConfig::new(DocumentFor::ResourceAuthorizationServer, algorithms.clone());
    documents.origins = Some(settings.client_origins.clone());
    documents.transport = settings.transport;
    let by_hand = StaticClients::from_iter(settings.clients.iter().cloned());

    let options = KeySetOptions { transport: settings.transport, ..KeySetOptions::new(algorithms) };
    let idp_keys = KeySetFetcher::new(settings.idp.clone(), options, Http::new()?)?;
    let jwks = KeySet::of(issuer, [settings.key.public_key().clone()]);
    let server = AuthorizationServer {
        server: Arc::new(ResourceAuthorizationServer::new(config)?),
        issuing: Issuing {
            signers: Arc::new(TokenSigner::Local(settings.key.clone())),
            jwks: jwks.clone(),
            metadata,
        },
        keys: Arc::new(KeySets::new().with_fetched(idp_keys)),
        clients: Arc::new(DocumentClients::new(documents, by_hand)?),
        accounts: Arc::new(Everybody { idp: settings.idp.clone() }),
        policy: None,
        hosting,
    };
    Ok((server, jwks))
}
