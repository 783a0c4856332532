//! RFC 7800 §3.1, RFC 9449 §6.1: to which key a token is bound.

use super::claims::Claims;
use crate::codec::json::{Json, Object, Value};
use crate::crypto::{KeyMaterial, Thumbprint};
use crate::error::{Error, ErrorCode};

/// A `cnf` claim that is understood: the thumbprint of the one key that may use the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// RFC 9449 §6.1.
    pub jkt: Thumbprint,
}

impl Confirmation {
    /// Reads `cnf`. Any `cnf` means constrained; one without an understood member is refused (AMB-003).
    ///
    /// Fails with `claim_malformed`, or with `confirmation_unsupported` when it holds neither `jkt` nor `jwk`
    /// or the two disagree.
    pub(crate) fn from_claims(claims: Claims<'_>) -> Result<Option<Self>, Error> {
        const MALFORMED: Error = Error::with_detail(ErrorCode::ClaimMalformed, "cnf");
        let cnf = match claims.get("cnf").map(Value::to_json) {
            None => return Ok(None),
            Some(Json::Object(cnf)) => cnf,
            Some(_) => return Err(MALFORMED),
        };
        let jkt = match cnf.get("jkt") {
            None => None,
            Some(value) => Some(Thumbprint::parse(value.as_str().ok_or(MALFORMED)?).map_err(|_| MALFORMED)?),
        };
        let jwk = match cnf.get("jwk") {
            None => None,
            Some(value) => {
                let jwk = value.as_object().ok_or(MALFORMED)?;
                Some(KeyMaterial::from_public_jwk(jwk).map_err(|_| MALFORMED)?.thumbprint())
            }
        };
        match (jkt, jwk) {
            (Some(jkt), Some(jwk)) if jkt != jwk => Err(Error::new(ErrorCode::ConfirmationUnsupported)),
            (Some(jkt), _) | (None, Some(jkt)) => Ok(Some(Self { jkt })),
            (None, None) => Err(Error::new(ErrorCode::ConfirmationUnsupported)),
        }
    }

    /// The key, if `proof` shows that the sender has it: the thumbprint of a proof that was verified.
    ///
    /// Fails with `proof_missing` or `proof_key_mismatch`: a bound token is worth nothing on a weaker footing.
    pub fn proven_by(self, proof: Option<Thumbprint>) -> Result<Thumbprint, Error> {
        match proof {
            Some(proven) if proven == self.jkt => Ok(proven),
            Some(_) => Err(Error::new(ErrorCode::ProofKeyMismatch)),
            None => Err(Error::new(ErrorCode::ProofMissing)),
        }
    }

    /// The claim's value.
    #[must_use]
    pub fn to_json(self) -> Json<'static> {
        let mut cnf = Object::new();
        cnf.set_str("jkt", self.jkt.to_base64url());
        Json::Object(cnf)
    }
}
