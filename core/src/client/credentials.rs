//! RFC 6749 §2.3, RFC 7523 §2.2: who the client is at one authorization server, and how it proves that.
//!
//! Credentials belong to one issuer (MCP-009). [`EndpointCredentials`] are made from validated metadata for one
//! request, and a request goes where they say: there is no way to send them to another server.

use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use super::Proof;
use crate::codec::form::Form;
use crate::crypto::Signer;
use crate::error::{Error, ErrorCode};
use crate::jose::{Jwt, PendingSignature, PublicKey};
use crate::oauth::http::{Headers, HttpRequest};
use crate::oauth::metadata::AuthorizationServerMetadata;
use crate::oauth::params::CLIENT_ASSERTION_TYPE;
use crate::oauth::token_request::{Presented, basic_header};
use crate::secret::Secret;
use crate::text::{ClientId, TokenId};
use crate::time::UnixTime;
use crate::token::ClientAssertion;
use crate::uri::{Issuer, Url};

/// How the client authenticates, in order of preference: asymmetric first (R9700-004).
#[derive(Clone)]
#[non_exhaustive]
pub enum ClientMethod {
    /// `private_key_jwt`, signed in process.
    PrivateKeyJwt(Arc<dyn Signer + Send + Sync>),
    /// `private_key_jwt`, signed elsewhere with the private half of this key: only through
    /// [`ClientCredentials::pending_at`].
    PrivateKeyJwtElsewhere(PublicKey),
    /// `client_secret_basic`.
    SecretBasic(Secret),
    /// `client_secret_post`.
    SecretPost(Secret),
    /// `none`: identification without authentication. The profile wants confidential clients (JAG-093).
    DangerousNone,
}

impl ClientMethod {
    /// The registered name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::PrivateKeyJwt(_) | Self::PrivateKeyJwtElsewhere(_) => "private_key_jwt",
            Self::SecretBasic(_) => "client_secret_basic",
            Self::SecretPost(_) => "client_secret_post",
            Self::DangerousNone => "none",
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::PrivateKeyJwt(_) => 0,
            Self::PrivateKeyJwtElsewhere(_) => 1,
            Self::SecretBasic(_) => 2,
            Self::SecretPost(_) => 3,
            Self::DangerousNone => 4,
        }
    }

    /// Whether the method needs no secret that the server shares.
    pub(super) const fn is_secret_free(&self) -> bool {
        !matches!(self, Self::SecretBasic(_) | Self::SecretPost(_))
    }
}

impl fmt::Debug for ClientMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A client's identity at the one authorization server it was registered with.
#[derive(Clone, Debug)]
pub struct ClientCredentials {
    issuer: Issuer,
    client_id: ClientId,
    method: ClientMethod,
}

impl ClientCredentials {
    /// Credentials registered with `issuer`.
    #[must_use]
    pub const fn new(issuer: Issuer, client_id: ClientId, method: ClientMethod) -> Self {
        Self { issuer, client_id, method }
    }

    /// The server they are for.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The client, as that server knows it.
    #[must_use]
    pub const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// How they are presented.
    #[must_use]
    pub const fn method(&self) -> &ClientMethod {
        &self.method
    }

    /// The best of `candidates` for `server`: registered with it, by a method it says it takes where one is, and
    /// asymmetric before shared (R9700-004). A server that lists no methods takes all.
    ///
    /// Fails with `credentials_issuer_mismatch` when none was registered with this issuer (MCP-009, MCP-010).
    pub fn choose<'c>(
        candidates: impl IntoIterator<Item = &'c Self>,
        server: &AuthorizationServerMetadata,
    ) -> Result<&'c Self, Error> {
        let listed = &server.token_endpoint_auth_methods_supported;
        let is_taken =
            |method: &ClientMethod| listed.is_empty() || listed.iter().any(|name| name == method.name());
        let own = candidates.into_iter().filter(|candidate| candidate.issuer == server.issuer);
        own.min_by_key(|candidate| (!is_taken(&candidate.method), candidate.method.rank()))
            .ok_or(Error::new(ErrorCode::CredentialsIssuerMismatch))
    }

    /// Makes the credentials ready for one request to `server`'s token endpoint. `token_id` names the client
    /// assertion, where there is one, which lives for a minute from `now`.
    ///
    /// Fails with `credentials_issuer_mismatch` when `server` is another than they were registered with
    /// (MCP-009); as the signer does; with `config_invalid` when the key signs elsewhere.
    pub fn at(
        &self,
        server: &AuthorizationServerMetadata,
        token_id: TokenId,
        now: UnixTime,
    ) -> Result<EndpointCredentials, Error> {
        server.accept_credentials_of(&self.issuer)?;
        let presented = match &self.method {
            ClientMethod::PrivateKeyJwt(signer) => {
                let assertion = self.assertion(token_id, now).to_unsigned().sign_with(signer.as_ref())?;
                Presented::Assertion(Secret::new(assertion.expose()))
            }
            ClientMethod::PrivateKeyJwtElsewhere(_) => return Err(Error::config("the key signs elsewhere")),
            ClientMethod::SecretBasic(secret) => Presented::Basic(secret.clone()),
            ClientMethod::SecretPost(secret) => Presented::Post(secret.clone()),
            ClientMethod::DangerousNone => Presented::Nothing,
        };
        Ok(self.presented(server, presented))
    }

    /// The same with `private_key_jwt` signed elsewhere: hands out the assertion's signing input.
    ///
    /// Fails with `credentials_issuer_mismatch`, or with `config_invalid` under any other method.
    pub fn pending_at(
        &self,
        server: &AuthorizationServerMetadata,
        token_id: TokenId,
        now: UnixTime,
    ) -> Result<PendingCredentials, Error> {
        server.accept_credentials_of(&self.issuer)?;
        let key = match &self.method {
            ClientMethod::PrivateKeyJwtElsewhere(key) => key,
            ClientMethod::PrivateKeyJwt(signer) => signer.public_key(),
            _ => return Err(Error::config("the method has nothing to sign")),
        };
        let pending = self.assertion(token_id, now).to_unsigned().signing_input(key);
        Ok(PendingCredentials { pending, rest: self.presented(server, Presented::Nothing) })
    }

    /// RFC 7523bis: the issuer is the sole audience, never the token endpoint (R7523B-001, R7523B-002).
    fn assertion(&self, token_id: TokenId, now: UnixTime) -> ClientAssertion {
        ClientAssertion {
            client_id: self.client_id.clone(),
            audience: self.issuer.clone(),
            token_id,
            issued_at: now,
            expires_at: now.plus(ClientAssertion::LIFETIME),
        }
    }

    fn presented(&self, server: &AuthorizationServerMetadata, presented: Presented) -> EndpointCredentials {
        EndpointCredentials {
            issuer: self.issuer.clone(),
            endpoint: server.token_endpoint.clone(),
            client_id: self.client_id.clone(),
            presented,
        }
    }
}

/// Credentials that wait for the signature of their assertion.
#[derive(Clone, Debug)]
pub struct PendingCredentials {
    pending: PendingSignature,
    rest: EndpointCredentials,
}

impl PendingCredentials {
    /// What to sign.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.pending.as_bytes()
    }

    /// Adds the signature, in JWS form; fails with `signer_mismatch`.
    pub fn attach(self, signature: &[u8]) -> Result<EndpointCredentials, Error> {
        let assertion: Jwt = self.pending.attach(signature)?;
        Ok(EndpointCredentials {
            presented: Presented::Assertion(Secret::new(assertion.expose())),
            ..self.rest
        })
    }
}

/// Credentials made ready for one request to one token endpoint.
#[derive(Clone, Debug)]
pub struct EndpointCredentials {
    issuer: Issuer,
    endpoint: Url,
    client_id: ClientId,
    presented: Presented,
}

impl EndpointCredentials {
    /// Whose token endpoint it is.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The token endpoint: what a DPoP proof names.
    #[must_use]
    pub const fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// The POST of another grant's `parameters`, such as a code or a refresh token, authenticated in the same way.
    ///
    /// Fails with `proof_method_mismatch` or `proof_uri_mismatch` when the proof was made for something else.
    pub fn post_parameters<'p>(
        &self,
        parameters: impl IntoIterator<Item = (&'p str, &'p str)>,
        proof: Option<&Proof>,
    ) -> Result<HttpRequest, Error> {
        let mut form = Form::default();
        for (name, value) in parameters {
            form.push(name, value);
        }
        self.post(form, proof)
    }

    /// The POST of `form`, authenticated in exactly one way (R6749-004). A token is in the body or in a header,
    /// never in the address (EMAP12-004).
    ///
    /// Fails with `proof_method_mismatch` or `proof_uri_mismatch` when the proof was made for something else.
    pub(super) fn post(&self, mut form: Form, proof: Option<&Proof>) -> Result<HttpRequest, Error> {
        let mut headers = Headers::new()
            .with("Content-Type", "application/x-www-form-urlencoded")
            .with("Accept", "application/json");
        match &self.presented {
            Presented::Basic(secret) => {
                headers.push("Authorization", basic_header(&self.client_id, secret));
            }
            Presented::Post(secret) => {
                form.push("client_id", self.client_id.as_str());
                form.push("client_secret", secret.expose());
            }
            Presented::Assertion(assertion) => {
                form.push("client_id", self.client_id.as_str());
                form.push("client_assertion_type", CLIENT_ASSERTION_TYPE);
                form.push("client_assertion", assertion.expose());
            }
            Presented::Nothing => form.push("client_id", self.client_id.as_str()),
        }
        if let Some(proof) = proof {
            headers.push("DPoP", proof.for_request("POST", &self.endpoint)?);
        }
        Ok(HttpRequest {
            method: String::from("POST"),
            url: String::from(self.endpoint.as_str()),
            headers,
            body: form.encode().into_bytes(),
        })
    }
}
