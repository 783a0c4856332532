//! What a server issues: signed by a key in this process or by whoever holds the key, with ids of its own.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{any, get};
use idjag::answer::UnsignedAnswer;
use idjag::client::Entropy;
use idjag::crypto::Signer;
use idjag::jose::{KeySet, PublicKey};
use idjag::oauth::discovery::authorization_server_metadata_urls;
use idjag::oauth::http::HttpResponse;
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::record::DecisionRecord;
use idjag::text::TokenId;
use idjag::uri::{Issuer, Url};

use super::SetupFailure;
use super::answer::{Halt, into_axum};
use crate::{HostFailure, Looked, Surroundings};

/// A private key elsewhere: in a KMS or an HSM.
pub trait RemoteSigner: Send + Sync {
    /// Its public half, with its `kid`.
    fn public_key(&self) -> &PublicKey;

    /// Signs; answers the signature as JWS has it: for ES256 64 bytes.
    fn sign<'a>(&'a self, message: &'a [u8]) -> Looked<'a, Vec<u8>>;
}

/// Whatever signs.
#[derive(Clone)]
pub enum TokenSigner {
    /// A key in this process.
    Local(Arc<dyn Signer + Send + Sync>),
    /// A key elsewhere.
    Remote(Arc<dyn RemoteSigner>),
}

impl TokenSigner {
    /// A key in this process.
    pub fn local(signer: impl Signer + Send + Sync + 'static) -> Self {
        Self::Local(Arc::new(signer))
    }

    /// A key elsewhere.
    pub fn remote(signer: impl RemoteSigner + 'static) -> Self {
        Self::Remote(Arc::new(signer))
    }

    pub(super) async fn sign(&self, answer: UnsignedAnswer) -> Result<(HttpResponse, DecisionRecord), Halt> {
        let signed = match self {
            Self::Local(signer) => answer.sign_with(signer.as_ref())?,
            Self::Remote(signer) => {
                let pending = answer.signing_input(signer.public_key());
                let signature = signer.sign(pending.as_bytes()).await?;
                pending.attach(&signature)?
            }
        };
        Ok(signed.into_response())
    }
}

impl fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Local(_) => "Local",
            Self::Remote(_) => "Remote",
        })
    }
}

/// Whoever knows which key signs now: a [`TokenSigner`] where it is always the same.
pub trait Signers: Send + Sync {
    /// The signer of the moment.
    fn current(&self) -> Looked<'_, TokenSigner>;
}

impl Signers for TokenSigner {
    fn current(&self) -> Looked<'_, TokenSigner> {
        Box::pin(core::future::ready(Ok(self.clone())))
    }
}

/// What a server issues with and publishes about itself.
#[derive(Clone)]
pub struct Issuing {
    /// Signs what is issued.
    pub signers: Arc<dyn Signers>,
    /// The public keys to serve: the current one and the next.
    pub jwks: KeySet,
    /// What the server publishes about itself (RFC 8414). The addresses in it are where the router answers.
    pub metadata: AuthorizationServerMetadata,
}

impl fmt::Debug for Issuing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let metadata = &self.metadata;
        f.debug_struct("Issuing")
            .field("jwks", &self.jwks)
            .field("metadata", metadata)
            .finish_non_exhaustive()
    }
}

impl Issuing {
    /// Holds what is published against the server that issues.
    pub(super) fn check(&self, issuer: &Issuer, token_endpoint: &Url) -> Result<(), SetupFailure> {
        let contradiction = match &self.metadata {
            metadata if metadata.issuer != *issuer => {
                Some("the metadata names another issuer than the server")
            }
            metadata if metadata.token_endpoint != *token_endpoint => {
                Some("the metadata names another token endpoint than the server")
            }
            metadata if metadata.jwks_uri.is_none() => Some("the metadata names no address for the keys"),
            _ if self.jwks.issuer() != issuer => Some("the keys are another issuer's"),
            _ => None,
        };
        contradiction.map_or(Ok(()), |what| Err(SetupFailure::Contradiction(what)))
    }

    /// Publishes the types of authorization details that the server takes, where the metadata says nothing of them.
    pub(super) fn offering<'t>(mut self, types: impl IntoIterator<Item = &'t str>) -> Self {
        let published = &mut self.metadata.authorization_details_types_supported;
        if published.is_empty() {
            published.extend(types.into_iter().map(String::from));
        }
        self
    }

    /// Routes for the metadata, the keys and the token endpoint, at the paths of their public addresses.
    pub(super) fn router<F, A>(&self, token: F) -> Router
    where
        F: Fn(Request) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response> + Send,
    {
        let mut router =
            Router::new().without_v07_checks().route(path_of(&self.metadata.token_endpoint), any(token));
        for url in authorization_server_metadata_urls(&self.metadata.issuer) {
            router = router.route(path_of(&url), document(self.metadata.to_response()));
        }
        match &self.metadata.jwks_uri {
            Some(jwks_uri) => router.route(path_of(jwks_uri), document(self.jwks.to_response())),
            None => router,
        }
    }
}

/// A document that anybody may read and keep for a while.
pub(super) fn document(response: HttpResponse) -> axum::routing::MethodRouter {
    get(async move || into_axum(response))
}

pub(super) fn path_of(url: &Url) -> &str {
    let path = url.without_query().strip_prefix(url.origin()).unwrap_or_default();
    if path.is_empty() { "/" } else { path }
}

/// A fresh, unguessable `jti`.
pub(super) fn token_id(surroundings: &Surroundings) -> Result<TokenId, HostFailure> {
    Ok(Entropy::new(&surroundings.random()?)?.token_id("issued", 0)?)
}
