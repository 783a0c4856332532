//! The authorization server of one MCP server: it redeems the identity provider's ID-JAGs for access tokens.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::future::ready;

use axum::Router;
use idjag::codec::json::Object;
use idjag::crypto::Algorithm;
use idjag::oauth::ActorProfile;
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::resource_as::{
    ClientAssociation, DelegationConfig, IssuerTenants, ProtectedResource, ResolvedSubject, ResourceAsConfig,
    ResourceAuthorizationServer, TrustedIssuer,
};
use idjag::text::Subject;
use idjag::token::{AccessToken, IdJag};
use idjag_http::server::{Accounts, AuthorizationServer, Hosting, Issuing, StaticClients, TokenSigner};
use idjag_http::{KeySets, Looked};

use super::signing::{ALGORITHMS, Signing};
use super::{address, algorithms, keys_of, registered};
use crate::clock::Clock;
use crate::company::{ACTOR_TYP, Company, Person, Server};
use crate::failure::Failure;

/// The authorization server of `guarded`, signing with `algorithm`.
pub(crate) fn authorization(
    company: &Company,
    guarded: &Server,
    algorithm: Algorithm,
    hosting: Hosting,
    clock: &Clock,
) -> Result<Router, Failure> {
    let Signing { current, published } = Signing::of(&guarded.issuer, algorithm);
    let idp = keys_of(&company.issuer, clock)?;
    let keys = KeySets::new().with_fetched(idp).with_fixed(company.subagents.keys());
    let clients = company.apps.iter().map(|app| registered(app.at(guarded.id)));
    let server = AuthorizationServer {
        server: Arc::new(ResourceAuthorizationServer::new(configure(company, guarded))?),
        issuing: Issuing {
            signers: Arc::new(TokenSigner::local(current)),
            jwks: published,
            metadata: metadata(guarded),
        },
        keys: Arc::new(keys),
        clients: Arc::new(StaticClients::from_iter(clients)),
        accounts: Arc::new(Employees(guarded.clone())),
        // The company's policy was the identity provider's to ask: what is left here is the scope catalogue.
        policy: None,
        hosting,
    };
    server.into_router().map_err(Failure::broken)
}

/// This product's own accounts: whoever it does not know gets no token.
struct Employees(Server);

impl Accounts for Employees {
    fn account<'a>(&'a self, grant: &'a IdJag) -> Looked<'a, Option<ResolvedSubject>> {
        let subject = || grant.subject.clone();
        let account = Person::known_as(&grant.subject, &self.0.issuer).map(|_| ResolvedSubject {
            subject: subject(),
            groups: None,
            extra: Object::new(),
        });
        Box::pin(ready(Ok(account)))
    }

    fn user<'a>(&'a self, parent: &'a AccessToken) -> Looked<'a, Option<ResolvedSubject>> {
        let known = |subject: &Subject| Person::known_as(subject, &self.0.issuer).is_some();
        let subject = parent.subject.clone().filter(known);
        let account = subject.map(|subject| ResolvedSubject { subject, groups: None, extra: Object::new() });
        Box::pin(ready(Ok(account)))
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
    let mut delegation = DelegationConfig::default();
    delegation.actor_profiles = vec![ActorProfile {
        issuer: company.subagents.issuer().clone(),
        typ: ACTOR_TYP.into(),
        algorithms: algorithms(),
        sub_profiles: None,
    }];
    config.delegation = Some(delegation);
    config
}

/// The RFC 8414 document.
fn metadata(guarded: &Server) -> AuthorizationServerMetadata {
    let issuer = &guarded.issuer;
    let mut document = AuthorizationServerMetadata::for_resource_authorization_server(
        issuer.clone(),
        address(issuer, "/token"),
        address(issuer, "/jwks"),
    );
    document.token_endpoint_auth_methods_supported =
        vec!["private_key_jwt".into(), "client_secret_basic".into()];
    document.token_endpoint_auth_signing_alg_values_supported = Some(ALGORITHMS.into());
    document.dpop_signing_alg_values_supported = Some(ALGORITHMS.into());
    document.scopes_supported = guarded.both();
    document.with_token_exchange_grant()
}
