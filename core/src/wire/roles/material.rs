//! What the steps of several roles take and answer.

use alloc::string::String;
use alloc::vec::Vec;

use super::record::DecisionRecord;
use crate::answer::{SignedAnswer, UnsignedAnswer};
use crate::codec::base64url;
use crate::error::{Error, ErrorCode};
use crate::jose::{PublicKey, PublicKeys};
use crate::limits::Limits;
use crate::oauth::http::HttpRequest;
use crate::oauth::{ClientAuthentication, RegisteredClient};
use crate::replay::FirstUse;
use crate::secret::SecretDigest;
use crate::text::{ClientId, KeyId, Nonce, Tenant, TokenId};
use crate::time::UnixTime;
use crate::token::NonceRule;
use crate::uri::Issuer;
use crate::wire::answer::HttpAnswer;
use crate::wire::declare::{input, names};
use crate::wire::fault::Fault;
use crate::wire::handle::{Handle, Held};
use crate::wire::read::{Bytes, Document};
use crate::wire::write::{As, output};

input! {
    Protocol
    /// A request as it arrived.
    pub(in crate::wire) struct ArrivedRequest {
        /// The method, as sent.
        method: String,
        /// The public address, from your configuration, never from the Host header.
        url: Option<String>,
        /// The header fields in order, as pairs of name and value.
        headers: Option<Vec<(String, String)>>,
        /// The body, where it is text.
        body: Option<String>,
        /// The body, where it is bytes.
        body_bytes: Option<Bytes>,
    }
}

impl ArrivedRequest {
    pub(super) fn to_http(&self) -> HttpRequest {
        let body = match (&self.body_bytes, &self.body) {
            (Some(Bytes(bytes)), _) => bytes.clone(),
            (None, Some(text)) => text.clone().into_bytes(),
            (None, None) => Vec::new(),
        };
        HttpRequest {
            method: self.method.clone(),
            url: self.url.clone().unwrap_or_default(),
            headers: self.headers.iter().flatten().cloned().collect(),
            body,
        }
    }
}

input! {
    Arguments
    /// A request taken apart.
    pub(in crate::wire) struct ParseStep {
        /// The present, in seconds since 1970.
        pub(super) now: UnixTime,
    }
}

output! {
    /// Whose key set an actor token needs.
    pub(in crate::wire) struct ActorNeed {
        /// One of the configured issuers.
        issuer: String,
        /// The key the token claims; a set without it is worth one refresh.
        kid: Option<String>,
    }
}

impl From<(&Issuer, Option<&KeyId>)> for ActorNeed {
    fn from((issuer, kid): (&Issuer, Option<&KeyId>)) -> Self {
        Self { issuer: String::from(issuer.as_str()), kid: kid.map(|kid| String::from(kid.as_str())) }
    }
}

input! {
    Arguments
    /// The nonces that DPoP proofs must carry (RFC 9449 §8).
    pub(in crate::wire) struct NonceOptions {
        /// The nonce handed out now.
        current: Nonce,
        /// The one before, still accepted.
        previous: Option<Nonce>,
    }
}

impl NonceOptions {
    pub(in crate::wire) const fn rule(this: Option<&Self>) -> NonceRule<'_> {
        match this {
            None => NonceRule::NotRequired,
            Some(nonces) => {
                NonceRule::Required { current: &nonces.current, previous: nonces.previous.as_ref() }
            }
        }
    }
}

names! {
    /// How a client authenticates at a token endpoint.
    pub(in crate::wire) enum ClientAuthMethod {
        /// A secret, in the Authorization header.
        SecretBasic = "client_secret_basic",
        /// A secret, in the form.
        SecretPost = "client_secret_post",
        /// A signed assertion (RFC 7523 §3).
        PrivateKeyJwt = "private_key_jwt",
        /// Not at all: a public client.
        None = "none",
    }
}

input! {
    Protocol
    /// A client as you registered it, with the member names of RFC 7591 where it has them.
    pub(in crate::wire) struct ClientRecord {
        /// Its identifier here.
        client_id: ClientId,
        /// How it authenticates.
        token_endpoint_auth_method: ClientAuthMethod,
        /// SHA-256 of each of its secrets, base64url.
        client_secret_sha256: Option<Vec<Bytes>>,
        /// Its public keys.
        jwks: Option<Document>,
        /// Refused without a proof (RFC 9449 §5.2).
        dpop_bound_access_tokens: Option<bool>,
        /// Whether it may use the grant of this endpoint at all; `true` by default.
        may_use_grant: Option<bool>,
        /// The tenant in which it is registered, at a multi-tenant server.
        tenant: Option<Tenant>,
    }
}

impl ClientRecord {
    pub(in crate::wire) fn build(&self, held: &Held) -> Result<RegisteredClient, Error> {
        let digest = |Bytes(bytes): &Bytes| {
            let sha256 = bytes.as_slice().try_into();
            sha256.map(SecretDigest::from_bytes).map_err(|_| Error::config("client_secret_sha256"))
        };
        let digests = || -> Result<Vec<SecretDigest>, Error> {
            self.client_secret_sha256.iter().flatten().map(digest).collect()
        };
        let authentication = match self.token_endpoint_auth_method {
            ClientAuthMethod::SecretBasic => ClientAuthentication::SecretBasic(digests()?),
            ClientAuthMethod::SecretPost => ClientAuthentication::SecretPost(digests()?),
            ClientAuthMethod::PrivateKeyJwt => {
                let jwks = self.jwks.as_ref().ok_or(Error::config("jwks"))?;
                ClientAuthentication::PrivateKeyJwt(PublicKeys::parse(
                    jwks.0.as_bytes(),
                    &held.crypto.allow_all(),
                    &Limits::DEFAULT,
                )?)
            }
            ClientAuthMethod::None => ClientAuthentication::DangerousNone,
        };
        let mut client = RegisteredClient::new(self.client_id.clone(), authentication);
        client.dpop_bound_access_tokens = self.dpop_bound_access_tokens.unwrap_or_default();
        client.may_use_grant = self.may_use_grant.unwrap_or(true);
        client.tenant.clone_from(&self.tenant);
        Ok(client)
    }
}

/// The client in `slot`, or the one of `record`; neither is a client that is not registered.
pub(super) fn client(
    held: &Held,
    slot: usize,
    record: Option<&ClientRecord>,
) -> Result<Option<RegisteredClient>, Fault> {
    match (held.maybe_registered_client(slot)?, record) {
        (Some(client), None) => Ok(Some(RegisteredClient::clone(client))),
        (None, Some(record)) => Ok(Some(record.build(held)?)),
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(Error::config("the client is given twice").into()),
    }
}

/// Registers a client once, for any number of requests.
pub(super) fn register(record: ClientRecord, held: &Held) -> Result<(Handle, RegisteredClientAnswer), Fault> {
    let client = record.build(held)?;
    let answer = RegisteredClientAnswer { client_id: String::from(client.client_id.as_str()) };
    Ok((Handle::RegisteredClient(alloc::sync::Arc::new(client)), answer))
}

output! {
    /// A client that has been read.
    pub(in crate::wire) struct RegisteredClientAnswer {
        /// Its identifier here.
        client_id: String,
    }
}

names! {
    /// What a replay store says. Recording and answering are one atomic step.
    pub(in crate::wire) enum StoreAnswer {
        /// Recorded just now.
        First = "first",
        /// Recorded before.
        Seen = "seen",
        /// The store cannot say.
        Unavailable = "unavailable",
    }
}

impl From<StoreAnswer> for FirstUse {
    fn from(answer: StoreAnswer) -> Self {
        match answer {
            StoreAnswer::First => Self::First,
            StoreAnswer::Seen => Self::Seen,
            StoreAnswer::Unavailable => Self::Unavailable,
        }
    }
}

input! {
    Arguments
    /// The answers of the replay store.
    pub(in crate::wire) struct SpendStep {
        /// One for each replay key, in their order, up to the first that is not `first`.
        answers: Vec<StoreAnswer>,
    }
}

impl SpendStep {
    pub(super) fn answers(&self) -> Vec<FirstUse> {
        self.answers.iter().copied().map(FirstUse::from).collect()
    }
}

input! {
    Arguments
    /// The token, written and signed: in process by `signer`, or elsewhere by the private half of `key`, in which case
    /// the call without `signature` answers what to sign.
    pub(in crate::wire) struct IssueStep {
        /// The token's id. Give this or `random`.
        token_id: Option<TokenId>,
        /// At least 12 random bytes of which the token's id is made.
        random: Option<Bytes>,
        /// The public JWK, with its `kid`, of the key that signs elsewhere.
        key: Option<Document>,
        /// The signature made elsewhere.
        signature: Option<Bytes>,
        /// The present, in seconds since 1970.
        pub(super) now: UnixTime,
    }
}

impl IssueStep {
    pub(super) fn token_id(&self) -> Result<TokenId, Fault> {
        match (&self.token_id, &self.random) {
            (Some(id), None) => Ok(id.clone()),
            (None, Some(Bytes(random))) => Ok(TokenId::from_entropy(random)?),
            _ => Err(Error::config("a token's id is `token_id` or `random`").into()),
        }
    }

    /// Signs the answer, or says what is to be signed.
    pub(super) fn sign(&self, unsigned: UnsignedAnswer, held: &Held, slot: usize) -> Result<Issued, Fault> {
        match (held.maybe_signing_key(slot)?, &self.key, &self.signature) {
            (Some(signer), None, None) => Ok(Issued::signed(unsigned.sign_with(signer.as_ref())?)),
            (None, Some(key), signature) => {
                let key = PublicKey::parse(key.0.as_bytes(), &held.crypto.allow_all(), &Limits::DEFAULT)?;
                let pending = unsigned.signing_input(&key);
                match signature {
                    Some(Bytes(signature)) => Ok(Issued::signed(pending.attach(signature)?)),
                    None => Ok(Issued::Pending(base64url::encode(pending.as_bytes()))),
                }
            }
            _ => {
                Err(Error::with_detail(ErrorCode::ConfigInvalid, "a token is signed by `signer` or by `key`")
                    .into())
            }
        }
    }
}

/// What came of signing.
pub(super) enum Issued {
    /// The bytes to sign elsewhere, base64url.
    Pending(String),
    /// The response, and the record to keep.
    Done(HttpAnswer, As<DecisionRecord>),
}

impl Issued {
    fn signed(answer: SignedAnswer) -> Self {
        let (response, record) = answer.into_response();
        Self::Done(HttpAnswer::from(response), As::new(record.to_json()))
    }
}
