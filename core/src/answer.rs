//! The answer of a token endpoint around a token that is yet to be signed: in process or elsewhere.

use alloc::string::String;

use crate::codec::json::{Json, Object};
use crate::crypto::Signer;
use crate::error::Error;
use crate::jose::{Jwt, PendingSignature, PublicKey, Unsigned};
use crate::oauth::http::HttpResponse;
use crate::record::DecisionRecord;
use crate::rejection::{Refusal, Rejection};
use crate::text::Nonce;
use crate::uri::ResourceId;

/// An answer whose token waits for its signature.
#[derive(Clone, Debug)]
pub struct UnsignedAnswer {
    unsigned: Unsigned,
    frame: Frame,
}

/// An answer whose token's signing input has been handed out.
#[derive(Clone, Debug)]
pub struct PendingAnswer {
    pending: PendingSignature,
    frame: Frame,
}

/// An answer ready to send.
#[derive(Clone, Debug)]
pub struct SignedAnswer {
    token: Jwt,
    frame: Frame,
}

/// Everything but the token.
#[derive(Clone, Debug)]
struct Frame {
    members: Object<'static>,
    nonce: Option<Nonce>,
    record: DecisionRecord,
}

impl UnsignedAnswer {
    pub(crate) const fn new(
        unsigned: Unsigned,
        members: Object<'static>,
        nonce: Option<Nonce>,
        record: DecisionRecord,
    ) -> Self {
        Self { unsigned, frame: Frame { members, nonce, record } }
    }

    /// The claims that will be signed.
    #[must_use]
    pub const fn claims(&self) -> &Object<'static> {
        self.unsigned.claims()
    }

    /// Signs in process. A signer that fails becomes a `server_error`.
    pub fn sign_with(self, signer: &dyn Signer) -> Result<SignedAnswer, Rejection> {
        match self.unsigned.sign_with(signer) {
            Ok(token) => Ok(SignedAnswer { token, frame: self.frame }),
            Err(error) => Err(self.frame.fail(error)),
        }
    }

    /// Hands out what a KMS, an HSM or WebCrypto signs with the private half of `key`.
    #[must_use]
    pub fn signing_input(self, key: &PublicKey) -> PendingAnswer {
        PendingAnswer { pending: self.unsigned.signing_input(key), frame: self.frame }
    }
}

impl PendingAnswer {
    /// What to sign.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.pending.as_bytes()
    }

    /// Adds the signature. One that is not the declared key's is `signer_mismatch`, a `server_error` on the wire.
    pub fn attach(self, signature: &[u8]) -> Result<SignedAnswer, Rejection> {
        match self.pending.attach(signature) {
            Ok(token) => Ok(SignedAnswer { token, frame: self.frame }),
            Err(error) => Err(self.frame.fail(error)),
        }
    }
}

impl Frame {
    fn fail(self, error: Error) -> Rejection {
        Refusal::from(error).failing(self.record)
    }
}

impl SignedAnswer {
    /// What to record.
    #[must_use]
    pub const fn record(&self) -> &DecisionRecord {
        &self.frame.record
    }

    /// The response to send (RFC 6749 §5.1), and the record to keep.
    #[must_use]
    pub fn into_response(self) -> (HttpResponse, DecisionRecord) {
        let response = respond(self.token.expose(), &self.frame.members, self.frame.nonce.as_ref());
        (response, self.frame.record)
    }
}

/// The response member `resource`: a string for one resource, an array for several, nothing for none (AMB-011).
pub(crate) fn report_resources(members: &mut Object<'static>, resources: &[&ResourceId]) {
    let own = |id: &&ResourceId| String::from(id.as_str());
    match resources {
        [] => {}
        [one] => members.set_str("resource", own(one)),
        many => members.set("resource", Json::strings(many.iter().map(own))),
    }
}

/// A successful token response with `token` in the member `access_token`.
pub(crate) fn respond(token: &str, members: &Object<'static>, nonce: Option<&Nonce>) -> HttpResponse {
    let mut body = Object::new();
    body.set_str("access_token", token);
    for (name, value) in members.iter() {
        body.set(name, value.clone());
    }
    let mut response = HttpResponse::json_no_store(200, &body);
    if let Some(nonce) = nonce {
        response.headers.push("DPoP-Nonce", nonce.as_str());
    }
    response
}
