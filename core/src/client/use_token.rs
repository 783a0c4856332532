//! RFC 6750 §2.1, RFC 9449 §7.1: an access token on a request, in the `Authorization` field and nowhere else.

use alloc::string::String;

use super::{ObtainedAccessToken, Proof};
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::challenge::{AccessScheme, PresentedToken};
use crate::oauth::http::HttpRequest;
use crate::text::{Nonce, TokenId};
use crate::time::UnixTime;
use crate::token::{DpopProof, access_token_hash};
use crate::uri::{ResourceId, Transport, Url};

impl ObtainedAccessToken {
    /// The address of `request`, when it belongs to this token's resource: the same origin, and the resource's
    /// path or a path below it.
    ///
    /// Fails with `url_malformed`, or with `token_for_another_server` (MCP-020). A path with dot segments is
    /// another server's too: it does not lead where it seems to.
    pub(super) fn address(&self, request: &HttpRequest) -> Result<Url, Error> {
        // Whether http to loopback may be used was decided when the resource was configured: the origins agree.
        let url = Url::new(&request.url, Transport::DangerousAllowHttpLoopback)?;
        let named = ResourceId::indicator(url.as_str())?;
        if url.has_dot_segment() || !self.resource.is_prefix_of(&named) {
            return Err(Error::new(ErrorCode::TokenForAnotherServer));
        }
        Ok(url)
    }

    /// The claims of the proof that `request` needs (R9449-004): `None` under the Bearer scheme.
    ///
    /// `nonce` is the newest one of this resource's origin. Fails as [`Self::authorize`] does on the address.
    pub fn proof_claims(
        &self,
        request: &HttpRequest,
        nonce: Option<&Nonce>,
        token_id: TokenId,
        now: UnixTime,
    ) -> Result<Option<DpopProof>, Error> {
        let url = self.address(request)?;
        if self.scheme == AccessScheme::Bearer {
            return Ok(None);
        }
        Ok(Some(DpopProof {
            token_id,
            method: request.method.clone(),
            url,
            issued_at: now,
            access_token_hash: Some(access_token_hash(self.token.expose())),
            nonce: nonce.cloned(),
        }))
    }

    /// Adds the token, and the proof where the token is bound, to `request`.
    ///
    /// Fails with `token_for_another_server` when the request is not for this token's resource; with
    /// `credentials_repeated` when it already carries a token, in a header, the query or a form; with
    /// `proof_repeated`; with `proof_missing`, `proof_key_mismatch`, `proof_token_mismatch`,
    /// `proof_method_mismatch` or `proof_uri_mismatch` when the token is bound and this is not its proof.
    pub fn authorize(
        &self,
        mut request: HttpRequest,
        proof: Option<&Proof>,
        limits: &Limits,
    ) -> Result<HttpRequest, Error> {
        let url = self.address(&request)?;
        if request.headers.all("Authorization").next().is_some() {
            return Err(Error::new(ErrorCode::CredentialsRepeated));
        }
        if request.headers.all("DPoP").next().is_some() {
            return Err(Error::new(ErrorCode::ProofRepeated));
        }
        if self.scheme == AccessScheme::Dpop {
            let proof = proof.ok_or(Error::new(ErrorCode::ProofMissing))?;
            if Some(proof.thumbprint()) != self.key {
                return Err(Error::new(ErrorCode::ProofKeyMismatch));
            }
            let hash: String = access_token_hash(self.token.expose());
            if proof.access_token_hash() != Some(hash.as_str()) {
                return Err(Error::new(ErrorCode::ProofTokenMismatch));
            }
            let proof = proof.for_request(&request.method, &url)?;
            request.headers.push("DPoP", proof);
        }
        request.headers.push("Authorization", [self.scheme.as_str(), " ", self.token.expose()].concat());
        PresentedToken::of(&request, limits)?;
        Ok(request)
    }
}
