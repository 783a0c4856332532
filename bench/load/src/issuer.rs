//! The identity provider of the company: its metadata, its keys, and grants as many as are wanted.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use idjag::codec::json::Object;
use idjag::crypto::Signer;
use idjag::crypto::rustcrypto::SigningKey;
use idjag::scope::Scope;
use idjag::text::{ClientId, KeyId, Subject, TokenId};
use idjag::token::IdJag;
use idjag::uri::{Issuer, ResourceId, Transport};
use idjag::{Limits, Seconds, UnixTime};
use serde_json::json;
use tokio::net::TcpListener;

use crate::Failure;

const HTTP: Transport = Transport::DangerousAllowHttpLoopback;
/// The client, as the servers know it.
pub(crate) const CLIENT: &str = "desk-at-notes";

/// The identity provider, which listens as long as the process lives.
pub(crate) struct IdentityProvider {
    /// Its issuer identifier.
    pub(crate) issuer: Issuer,
    key: SigningKey,
    minted: AtomicU64,
}

impl IdentityProvider {
    pub(crate) async fn open() -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let issuer = Issuer::new(&format!("http://{}", listener.local_addr()?), HTTP)?;
        let key = SigningKey::es256(KeyId::new("idp-1")?, &[7; 32])?;
        let jwk: serde_json::Value = serde_json::from_str(&key.public_key().to_jwk().to_string())?;
        let metadata = json!({
            "issuer": issuer.as_str(),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/jwks"),
            "response_types_supported": ["code"],
        });
        tokio::spawn(serve(listener, metadata.to_string().into(), json!({"keys": [jwk]}).to_string().into()));
        Ok(Self { issuer, key, minted: AtomicU64::new(0) })
    }

    /// Grants that have never been used.
    pub(crate) fn grants(
        &self,
        count: usize,
        server: &Issuer,
        resource: &str,
    ) -> Result<Vec<String>, Failure> {
        let resource = ResourceId::new(resource, HTTP)?;
        let now = UnixTime::now(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs())?;
        let mut grant = IdJag {
            issuer: self.issuer.clone(),
            subject: Subject::new("ada")?,
            audience: server.clone(),
            client_id: ClientId::new(CLIENT)?,
            token_id: TokenId::new("0")?,
            issued_at: now,
            expires_at: now.plus(Seconds(300)),
            resources: vec![resource],
            scope: Some(Scope::parse("notes:read notes:write", &Limits::DEFAULT)?),
            details: None,
            actor: None,
            may_act: None,
            confirmation: None,
            tenant: None,
            audience_tenant: None,
            audience_subject: None,
            auth_time: Some(now),
            acr: None,
            amr: Vec::new(),
            email: None,
            subject_identifier: None,
            context: None,
            extra: Object::new(),
        };
        let mut grants = Vec::with_capacity(count);
        for _ in 0..count {
            let number = self.minted.fetch_add(1, Ordering::Relaxed);
            grant.token_id = TokenId::new(format!("grant-{number}"))?;
            grants.push(grant.to_unsigned()?.sign_with(&self.key)?.expose().to_owned());
        }
        Ok(grants)
    }
}

/// Answers with the metadata at every well-known address, with the keys elsewhere.
async fn serve(listener: TcpListener, metadata: Bytes, keys: Bytes) {
    let documents = Arc::new((metadata, keys));
    while let Ok((stream, _)) = listener.accept().await {
        let documents = Arc::clone(&documents);
        let answer = service_fn(move |request: Request<hyper::body::Incoming>| {
            let is_metadata = request.uri().path().contains("/.well-known/");
            let body = if is_metadata { documents.0.clone() } else { documents.1.clone() };
            async move {
                let mut response = Response::new(Full::new(body));
                response
                    .headers_mut()
                    .insert("content-type", hyper::header::HeaderValue::from_static("application/json"));
                Ok::<_, Infallible>(response)
            }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
    }
}
