//! The identity provider of the suite.

use alloc::sync::Arc;
use core::future::ready;

use axum::Router;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use idjag::crypto::rustcrypto::SigningKey;
use idjag::crypto::{Algorithm, Signer as _};
use idjag::idp::{DirectorySubject, IdpAuthorizationServer, IdpConfig, VerifiedSubject};
use idjag::jose::KeySet;
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::policy::{Policy, PolicyOptions};
use idjag::text::{ClientId, Group, KeyId, Subject};
use idjag::uri::Issuer;
use idjag_http::Looked;
use idjag_http::server::{Directory, Hosting, IdentityProvider, Issuing, MemoryReplay, TokenSigner};
use serde_json::{Value, json};

use crate::{Failure, TRANSPORT, address, allowed, issuer, told};

/// What the one client is called at the audience.
pub(crate) const CLIENT_THERE: &str = "agent-there";

/// The one user, and the group of everybody.
struct Alone(Subject, Group);

impl Directory for Alone {
    fn user<'a>(
        &'a self,
        user: &'a VerifiedSubject,
        _: &'a Issuer,
        _: &'a ClientId,
    ) -> Looked<'a, Option<DirectorySubject>> {
        let known = (user.subject == self.0).then(|| {
            let mut known = DirectorySubject::new(user.subject.clone());
            known.groups = Some([self.1.clone()].into());
            known
        });
        Box::pin(ready(Ok(known)))
    }
}

/// The routes of an identity provider at `origin`.
pub(crate) fn routes(origin: &str, told: &Value) -> Result<Router, Failure> {
    let es256 = allowed(&[Algorithm::Es256])?;
    let token_endpoint = address(origin, "/token")?;
    let config = IdpConfig::new(issuer(origin)?, token_endpoint.clone(), es256.clone(), es256.clone());
    let key = &told["signing_key"];
    let seed = Base64UrlUnpadded::decode_vec(key["d"].as_str().ok_or("no key")?)
        .map_err(|error| error.to_string())?;
    let seed = seed.as_slice().try_into()?;
    let key = SigningKey::es256(KeyId::new(key["kid"].as_str().ok_or("no key")?)?, &seed)?;
    let jwks = KeySet::of(issuer(origin)?, [key.public_key().clone()]);
    let mut metadata =
        AuthorizationServerMetadata::for_idp(issuer(origin)?, token_endpoint, address(origin, "/jwks")?);
    metadata.token_endpoint_auth_methods_supported = told::METHODS.map(Into::into).into();
    metadata.dpop_signing_alg_values_supported = Some([Algorithm::Es256].into());
    let provider = IdentityProvider {
        server: Arc::new(IdpAuthorizationServer::new(config)?),
        issuing: Issuing { signers: Arc::new(TokenSigner::local(key)), jwks, metadata },
        policy: Arc::new(policy(told)?),
        clients: Arc::new(told::clients(told, &es256)?),
        directory: Arc::new(Alone(
            Subject::new(told["subject"].as_str().ok_or("no subject")?)?,
            Group::new("staff")?,
        )),
        attests: None,
        refresh_tokens: None,
        actor_keys: None,
        hosting: Hosting::new().with_replay(MemoryReplay::new(10_000)),
    };
    Ok(provider.into_router()?)
}

fn policy(told: &Value) -> Result<Arc<Policy>, Failure> {
    let ids: Vec<&Value> =
        told["clients"].as_array().into_iter().flatten().map(|client| &client["client_id"]).collect();
    let scopes: Vec<&str> = told["scope"].as_str().ok_or("no scope")?.split(' ').collect();
    let document = json!({
        "version": 1,
        "apps": [{"id": "agent", "client_ids": ids, "status": "approved"}],
        "servers": [{
            "id": "data", "issuer": told["audience"], "resources": [told["resource"]],
            "client_ids": {"agent": CLIENT_THERE},
            "scope_sets": {"usual": scopes, "never": [told["excess_scope"]]},
        }],
        "rules": [{
            "id": "usual", "effect": "permit", "apps": {"ids": ["agent"]}, "servers": {"ids": ["data"]},
            "subjects": {"groups_any": ["staff"]}, "scopes": ["@usual"],
        }],
    });
    let mut options = PolicyOptions::default();
    options.transport = TRANSPORT;
    Ok(Arc::new(Policy::compile(document.to_string().as_bytes(), &options)?))
}
