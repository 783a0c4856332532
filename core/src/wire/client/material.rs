//! What the client's operations share: servers, credentials, proofs, requests and responses.

use alloc::string::String;
use alloc::vec::Vec;

use crate::client::{Binding, ClientCredentials, ClientMethod, EndpointCredentials, Entropy, Proof};
use crate::codec::base64url;
use crate::codec::json::{At, Json};
use crate::crypto::Thumbprint;
use crate::error::{Error, ErrorCode};
use crate::jose::PublicKey;
use crate::limits::Limits;
use crate::oauth::http::{HttpRequest, HttpResponse};
use crate::oauth::metadata::AuthorizationServerMetadata;
use crate::secret::Secret;
use crate::text::{ClientId, Nonce};
use crate::time::UnixTime;
use crate::token::DpopProof;
use crate::uri::{Issuer, Transport, Url};
use crate::wire::answer::HttpMessage;
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::read::{Bytes, Document, Members, Read, Spelling};
use crate::wire::roles::ClientAuthMethod;
use crate::wire::write::output;

input! {
    Protocol
    /// A response as it arrived.
    pub(in crate::wire) struct ArrivedResponse {
        /// The status code.
        status: u16,
        /// The header fields in order, as pairs of name and value.
        headers: Option<Vec<(String, String)>>,
        /// The body, where it is text.
        body: Option<String>,
        /// The body, where it is bytes.
        body_bytes: Option<Bytes>,
    }
}

/// The bytes of a body that is given as bytes, as text or not at all.
fn body(bytes: Option<Bytes>, text: Option<String>) -> Vec<u8> {
    bytes.map(|Bytes(bytes)| bytes).or_else(|| text.map(String::into_bytes)).unwrap_or_default()
}

impl From<ArrivedResponse> for HttpResponse {
    fn from(arrived: ArrivedResponse) -> Self {
        Self {
            status: arrived.status,
            headers: arrived.headers.into_iter().flatten().collect(),
            body: body(arrived.body_bytes, arrived.body),
        }
    }
}

input! {
    Protocol
    /// A request of your own that is to carry an access token.
    pub(in crate::wire) struct OutgoingRequest {
        /// The method.
        method: String,
        /// The address: the resource's, or one below it.
        url: String,
        /// The header fields in order, as pairs of name and value; none by default.
        headers: Option<Vec<(String, String)>>,
        /// The body, where it is text.
        body: Option<String>,
        /// The body, where it is bytes.
        body_bytes: Option<Bytes>,
    }
}

impl From<OutgoingRequest> for HttpRequest {
    fn from(request: OutgoingRequest) -> Self {
        Self {
            method: request.method,
            url: request.url,
            headers: request.headers.into_iter().flatten().collect(),
            body: body(request.body_bytes, request.body),
        }
    }
}

output! {
    /// A request with its access token. Its body is the one you have, and stays as it is.
    pub(in crate::wire) struct AuthorizedRequest {
        /// The method.
        method: String,
        /// The address.
        url: String,
        /// The header fields to send, in order, as pairs of name and value.
        headers: Vec<(String, String)>,
    }
}

impl From<HttpRequest> for AuthorizedRequest {
    fn from(request: HttpRequest) -> Self {
        let HttpMessage { method, url, headers, .. } = HttpMessage::from(&request);
        Self { method, url, headers }
    }
}

output! {
    /// A request that carries an access token, or what is left to sign.
    pub(in crate::wire) struct AuthorizedAnswer {
        /// The request to send.
        pub(super) request: Option<AuthorizedRequest>,
        /// Where the proof is signed elsewhere and `proof.signature` is missing: the bytes to sign, base64url.
        pub(super) proof_input: Option<String>,
    }
}

output! {
    /// A request to a token endpoint, or what is left to sign.
    pub(in crate::wire) struct RequestAnswer {
        /// The request to send.
        pub(super) request: Option<HttpMessage>,
        /// Where the client assertion is signed elsewhere and `assertion_signature` is missing: the bytes to sign,
        /// base64url.
        pub(super) assertion_input: Option<String>,
        /// Where the proof is signed elsewhere and `proof.signature` is missing: the bytes to sign, base64url.
        pub(super) proof_input: Option<String>,
    }
}

/// The part of a server's metadata that says where its token endpoint is.
pub(in crate::wire) struct TokenServer {
    issuer: String,
    token_endpoint: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

// Unlike other arguments this one may have more members than are known: it is a whole metadata document.
impl Read for TokenServer {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        let mut members = Members::of(json, at, Spelling::Protocol)?;
        Ok(Self {
            issuer: members.take("issuer")?,
            token_endpoint: members.take("token_endpoint")?,
            token_endpoint_auth_methods_supported: members.take("token_endpoint_auth_methods_supported")?,
        })
    }
}

#[cfg(feature = "schema")]
impl crate::wire::schema::Shaped for TokenServer {
    fn shape() -> crate::wire::schema::Shape {
        use crate::wire::schema::{Member, Record, Shape};
        Shape::Record(|| {
            let doc =
                ["An authorization server's metadata, validated. Other members of the document are ignored."];
            let methods = ["How clients authenticate there; any way, when it does not say."];
            let members = Vec::from([
                Member::new::<String>("issuer", &["Its issuer identifier."]),
                Member::new::<String>("token_endpoint", &["Where it answers token requests."]),
                Member::new::<Option<Vec<String>>>("token_endpoint_auth_methods_supported", &methods),
            ]);
            Record::new("TokenServer", &doc, false, members)
        })
    }
}

impl TokenServer {
    pub(super) fn build(self, transport: Transport) -> Result<AuthorizationServerMetadata, Error> {
        let endpoint = Url::new(&self.token_endpoint, transport)?;
        let issuer = Issuer::new(&self.issuer, transport)?;
        let mut server = AuthorizationServerMetadata::at(issuer, endpoint);
        server.token_endpoint_auth_methods_supported =
            self.token_endpoint_auth_methods_supported.unwrap_or_default();
        Ok(server)
    }
}

input! {
    Protocol
    /// Who a client is at the one authorization server it was registered with, with the member names of RFC 7591 where
    /// it has them. Under `private_key_jwt` the key is `jwk`, or `key`, or, when neither is here, `signer`.
    pub(in crate::wire) struct Credentials {
        /// The server's issuer identifier: they are sent nowhere else.
        issuer: String,
        /// The client, as that server knows it.
        client_id: ClientId,
        /// How the client authenticates.
        token_endpoint_auth_method: ClientAuthMethod,
        /// The secret, for the methods that have one.
        client_secret: Option<Secret>,
        /// A private JWK with its `kid`, where the key is not `signer`.
        jwk: Option<Document>,
        /// The public JWK, with its `kid`, of a key that signs elsewhere; connections cannot use it.
        key: Option<Document>,
    }
}

impl Credentials {
    pub(super) fn build(
        self,
        transport: Transport,
        held: &Held,
        slot: usize,
    ) -> Result<ClientCredentials, Fault> {
        let issuer = Issuer::new(&self.issuer, transport)?;
        let method = Method {
            name: self.token_endpoint_auth_method,
            secret: self.client_secret,
            jwk: self.jwk,
            key: self.key,
        };
        Ok(ClientCredentials::new(issuer, self.client_id, method.build(held, slot)?))
    }
}

/// How a client authenticates, and with what.
pub(super) struct Method {
    pub(super) name: ClientAuthMethod,
    pub(super) secret: Option<Secret>,
    pub(super) jwk: Option<Document>,
    pub(super) key: Option<Document>,
}

impl Method {
    pub(super) fn build(self, held: &Held, slot: usize) -> Result<ClientMethod, Fault> {
        let secret = self.secret.ok_or(Error::config("client_secret"));
        Ok(match self.name {
            ClientAuthMethod::SecretBasic => ClientMethod::SecretBasic(secret?),
            ClientAuthMethod::SecretPost => ClientMethod::SecretPost(secret?),
            ClientAuthMethod::None => ClientMethod::DangerousNone,
            ClientAuthMethod::PrivateKeyJwt => match (self.jwk, self.key) {
                (Some(_), Some(_)) => return Err(Error::config("the key is given twice").into()),
                (Some(jwk), None) => ClientMethod::PrivateKeyJwt(held.crypto.signing_key_of(&jwk.0)?),
                (None, Some(key)) => ClientMethod::PrivateKeyJwtElsewhere(public_key(&key, held)?),
                (None, None) => {
                    let signer = held.maybe_signing_key(slot)?.ok_or(Error::config("signer"))?;
                    ClientMethod::PrivateKeyJwt(signer.clone())
                }
            },
        })
    }
}

fn public_key(key: &Document, held: &Held) -> Result<PublicKey, Error> {
    PublicKey::parse(key.0.as_bytes(), &held.crypto.allow_all(), &Limits::DEFAULT)
}

input! {
    Arguments
    /// A DPoP proof to send along (RFC 9449), signed by `dpop`, or elsewhere by the private half of `key`, in which case
    /// the call without `signature` answers what to sign.
    pub(in crate::wire) struct ProofOptions {
        /// The newest nonce of the server; leave it out while it has handed out none.
        nonce: Option<Nonce>,
        /// The public JWK, with its `kid`, of the key that signs elsewhere.
        key: Option<Document>,
        /// The signature made elsewhere.
        signature: Option<Bytes>,
        /// Its `htm`, when that is not the request's: the request is then refused.
        method: Option<String>,
        /// Its `htu`, when that is not the request's: the request is then refused.
        url: Option<String>,
        /// Its `ath`, when that is not the access token's: the request is then refused.
        access_token_hash: Option<String>,
    }
}

/// Something signed, or the bytes to sign, base64url.
pub(super) enum Signing<T> {
    Done(T),
    Input(String),
}

impl ProofOptions {
    pub(super) fn nonce(&self) -> Option<&Nonce> {
        self.nonce.as_ref()
    }

    /// Makes the proof of `claims`, which are those of the request.
    pub(super) fn sign(
        self,
        mut claims: DpopProof,
        transport: Transport,
        held: &Held,
        slot: usize,
    ) -> Result<Signing<Proof>, Fault> {
        if let Some(url) = &self.url {
            claims.url = Url::new(url, transport)?;
        }
        claims.method = self.method.unwrap_or(claims.method);
        claims.access_token_hash = self.access_token_hash.or(claims.access_token_hash);
        match (held.maybe_signing_key(slot)?, self.key, self.signature) {
            (Some(signer), None, None) => Ok(Signing::Done(Proof::sign(claims, signer.as_ref())?)),
            (None, Some(key), signature) => {
                let pending = Proof::pending(claims, &public_key(&key, held)?);
                Ok(match signature {
                    Some(Bytes(signature)) => Signing::Done(pending.attach(&signature)?),
                    None => Signing::Input(base64url::encode(pending.as_bytes())),
                })
            }
            _ => Err(Error::config("a proof is signed by `dpop` or by `key`").into()),
        }
    }
}

/// How a client presents itself with one request to a token endpoint. The client's key is in slot 0, that of proofs in
/// slot 1.
pub(super) struct Presenting {
    pub(super) server: TokenServer,
    pub(super) credentials: Vec<Credentials>,
    pub(super) assertion_signature: Option<Bytes>,
    pub(super) proof: Option<ProofOptions>,
    pub(super) random: Bytes,
    pub(super) transport: Transport,
    pub(super) now: UnixTime,
}

impl Presenting {
    /// Makes the request, or says what is left to sign.
    pub(super) fn request(
        self,
        held: &Held,
        write: impl FnOnce(&EndpointCredentials, Option<&Proof>) -> Result<HttpRequest, Error>,
    ) -> Result<RequestAnswer, Fault> {
        let server = self.server.build(self.transport)?;
        let Bytes(random) = &self.random;
        let entropy = Entropy::new(random)?;
        let own = self.credentials.into_iter().map(|one| one.build(self.transport, held, 0));
        let own: Vec<ClientCredentials> = own.collect::<Result<_, _>>()?;
        let chosen = ClientCredentials::choose(&own, &server)?;
        let token_id = entropy.token_id("client_assertion", 0)?;
        let credentials = match chosen.method() {
            ClientMethod::PrivateKeyJwtElsewhere(_) => {
                let pending = chosen.pending_at(&server, token_id, self.now)?;
                match self.assertion_signature {
                    Some(Bytes(signature)) => Signing::Done(pending.attach(&signature)?),
                    None => Signing::Input(base64url::encode(pending.as_bytes())),
                }
            }
            _ => Signing::Done(chosen.at(&server, token_id, self.now)?),
        };
        let proof = match self.proof {
            None => Signing::Done(None),
            Some(proof) => {
                let claims = DpopProof {
                    token_id: entropy.token_id("dpop_proof", 0)?,
                    method: String::from("POST"),
                    url: server.token_endpoint.clone(),
                    issued_at: self.now,
                    access_token_hash: None,
                    nonce: proof.nonce().cloned(),
                };
                match proof.sign(claims, self.transport, held, 1)? {
                    Signing::Done(proof) => Signing::Done(Some(proof)),
                    Signing::Input(input) => Signing::Input(input),
                }
            }
        };
        match (credentials, proof) {
            (Signing::Done(credentials), Signing::Done(proof)) => {
                let request = write(&credentials, proof.as_ref())?;
                let request = Some(HttpMessage::from(&request));
                Ok(RequestAnswer { request, assertion_input: None, proof_input: None })
            }
            (credentials, proof) => Ok(RequestAnswer {
                request: None,
                assertion_input: credentials.input(),
                proof_input: proof.input(),
            }),
        }
    }
}

impl<T> Signing<T> {
    fn input(self) -> Option<String> {
        match self {
            Self::Done(_) => None,
            Self::Input(input) => Some(input),
        }
    }
}

input! {
    Arguments
    /// The key that was proven, to which what comes back must be bound.
    pub(in crate::wire) struct BindingOptions {
        /// Its RFC 7638 thumbprint, SHA-256, base64url: the `jkt` of the signing key.
        jkt: String,
        /// Take what is not bound, too: a downgrade goes unnoticed. `false` by default.
        dangerous_preferred: Option<bool>,
    }
}

impl BindingOptions {
    /// What binding is insisted on; none, where no proof was sent.
    pub(super) fn of(this: Option<&Self>) -> Result<Binding, Error> {
        let Some(options) = this else { return Ok(Binding::Unbound) };
        let key = Thumbprint::parse(&options.jkt)?;
        Ok(match options.dangerous_preferred {
            Some(true) => Binding::DangerousPreferred(key),
            _ => Binding::Required(key),
        })
    }
}

/// 32 random bytes.
pub(super) fn entropy(Bytes(random): &Bytes) -> Result<&[u8; 32], Error> {
    random.as_slice().try_into().map_err(|_| Error::new(ErrorCode::EntropyTooShort))
}
