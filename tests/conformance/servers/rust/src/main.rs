//! A resource authorization server for the official suite, as an axum router. Prints its issuer identifier, and ends with
//! its input.

extern crate alloc;

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::error::Error;
use core::future::ready;

use axum::Router;
use idjag::client_documents::{ClientDocumentsConfig, DocumentFor};
use idjag::codec::json::Object;
use idjag::crypto::rustcrypto::{PROVIDER, SigningKey};
use idjag::crypto::{Algorithm, Algorithms, Signer as _};
use idjag::jose::KeySet;
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::resource_as::{
    ClientAssociation, IssuerTenants, ProtectedResource, ResolvedSubject, ResourceAsConfig,
    ResourceAuthorizationServer, TrustedIssuer,
};
use idjag::scope::Scope;
use idjag::text::KeyId;
use idjag::token::IdJag;
use idjag::uri::{Issuer, ResourceId, Transport, Url};
use idjag_http::server::{
    Accounts, AuthorizationServer, DocumentClients, Hosting, Issuing, MemoryReplay, StaticClients,
    TokenSigner,
};
use idjag_http::{Http, KeySetFetcher, KeySetOptions, KeySets, Looked, Surroundings};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;

type Failure = Box<dyn Error>;

const TRANSPORT: Transport = Transport::DangerousAllowHttpLoopback;
const IDP: &str = "https://idp.example";
const RESOURCE: &str = "https://mcp.example/mcp";

/// Everybody is who the identity provider says.
struct Everybody;

impl Accounts for Everybody {
    fn account<'a>(&'a self, grant: &'a IdJag) -> Looked<'a, Option<ResolvedSubject>> {
        let subject = grant.subject.clone();
        Box::pin(ready(Ok(Some(ResolvedSubject { subject, groups: None, extra: Object::new() }))))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let routes = authorization_server(&origin)?;
    println!("{origin}");
    let mut input = Vec::new();
    tokio::select! {
        served = axum::serve(listener, routes) => served?,
        ended = async { tokio::io::stdin().read_to_end(&mut input).await } => drop(ended?),
    }
    Ok(())
}

fn es256() -> Result<Algorithms, Failure> {
    Ok(PROVIDER.allow(&[Algorithm::Es256])?)
}

fn authorization_server(origin: &str) -> Result<Router, Failure> {
    let issuer = Issuer::new(origin, TRANSPORT)?;
    let url = |path: &str| Url::new(&format!("{origin}{path}"), TRANSPORT);
    let idp = Issuer::new(IDP, TRANSPORT)?;
    let mut config = ResourceAsConfig::new(issuer.clone(), url("/token")?, es256()?);
    config.trusted_issuers = vec![TrustedIssuer {
        issuer: idp.clone(),
        algorithms: es256()?,
        clients: ClientAssociation::AnyRegistered,
        tenants: IssuerTenants::Single,
        saml_nameid: None,
    }];
    config.resources = vec![ProtectedResource {
        id: ResourceId::new(RESOURCE, TRANSPORT)?,
        scopes: Scope::parse("rows:read", &idjag::Limits::DEFAULT)?,
        dpop_required: false,
    }];
    let metadata = AuthorizationServerMetadata::for_resource_authorization_server(
        issuer.clone(),
        url("/token")?,
        url("/jwks")?,
    );
    // The sign-on that the host has had all along: users may still come that way.
    let mut metadata = metadata.with_sign_on(url("/authorize")?);
    metadata.client_id_metadata_document_supported = true;
    let random = Surroundings::system().random().map_err(|failure| failure.cause().to_string())?;
    let key = SigningKey::es256(KeyId::new("as-1")?, &random)?;
    let jwks = KeySet::of(issuer, [key.public_key().clone()]);
    let documents = ClientDocumentsConfig::new(DocumentFor::ResourceAuthorizationServer, es256()?);
    let server = AuthorizationServer {
        server: Arc::new(ResourceAuthorizationServer::new(config)?),
        issuing: Issuing { signers: Arc::new(TokenSigner::local(key)), jwks, metadata },
        keys: Arc::new(KeySets::new().with_fetched(KeySetFetcher::new(
            idp,
            KeySetOptions::new(es256()?),
            Http::new()?,
        )?)),
        clients: Arc::new(DocumentClients::new(documents, StaticClients::default())?),
        accounts: Arc::new(Everybody),
        policy: None,
        hosting: Hosting::new().with_replay(MemoryReplay::new(1000)),
    };
    Ok(server.into_router()?)
}
