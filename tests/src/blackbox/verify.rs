//! The Rust surface's answer to a black-box case, by the library's typed API.

use idjag::crypto::rustcrypto::PROVIDER;
use idjag::crypto::{Algorithm, Algorithms, Thumbprint};
use idjag::jose::{KeySet, PublicKeys, UnverifiedJws};
use idjag::oauth::challenge::AccessScheme;
use idjag::oauth::params::{SCHEME_BEARER, SCHEME_DPOP, TYP_ACCESS_TOKEN, TYP_ID_JAG, TYP_JWT};
use idjag::text::{ClientId, Nonce};
use idjag::token::{
    AccessTokenRules, Confirmation, ContextClaim, IdJagRules, IdTokenRules, NonceRule, ProofRules,
    RelaxedClaims, UnverifiedAccessToken, UnverifiedIdJag, UnverifiedIdToken, VerifiedProof, Window,
};
use idjag::uri::{Issuer, ResourceId, Transport, Url};
use idjag::{Error, ErrorCode, Limits, Seconds, Tolerance, UnixTime};
use sha2::{Digest, Sha256};

use super::protocol::{Answer, Case, Expected, Kind, Verdict};
use crate::expand::base64url;

/// The cap on what a case leaves open: a day.
const WIDE: Seconds = Seconds(86_400);

/// Why a case is refused.
enum Refusal {
    /// By the library.
    Library(Error),
    /// By what the case itself says.
    Case(&'static str),
}

const MALFORMED: Refusal = Refusal::Case("request_malformed");

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

impl From<ErrorCode> for Refusal {
    fn from(code: ErrorCode) -> Self {
        Self::Library(code.into())
    }
}

/// The verdict on `case`.
pub fn answer(case: &Case) -> Answer {
    let algorithms: Vec<Algorithm> =
        case.expected.algs.iter().filter_map(|name| Algorithm::from_name(name)).collect();
    if algorithms.is_empty() && !case.expected.algs.is_empty() {
        return Answer::new(&case.id, Verdict::Skip, Some("algorithm_not_allowed"));
    }
    let allowed = PROVIDER.allow(&algorithms).map_err(Refusal::from);
    match allowed.and_then(|allowed| Verifier::new(case, &allowed)?.verify()) {
        Ok(()) => Answer::new(&case.id, Verdict::Accept, None),
        Err(Refusal::Library(error)) => Answer::new(&case.id, Verdict::Reject, Some(error.code().as_str())),
        Err(Refusal::Case(code)) => Answer::new(&case.id, Verdict::Reject, Some(code)),
    }
}

/// A case with what every kind needs of it.
struct Verifier<'c> {
    case: &'c Case,
    expected: &'c Expected,
    allowed: &'c Algorithms,
    limits: Limits,
    now: UnixTime,
    window: Window,
}

impl<'c> Verifier<'c> {
    fn new(case: &'c Case, allowed: &'c Algorithms) -> Result<Self, Refusal> {
        let expected = &case.expected;
        let mut limits = Limits::DEFAULT;
        limits.json_depth = expected.max_depth.unwrap_or(limits.json_depth);
        limits.token_bytes = expected.max_token_bytes.unwrap_or(limits.token_bytes);
        let tolerance = Tolerance::new(expected.leeway)?;
        let window = Window { tolerance, max_lifetime: Some(WIDE), max_age: None };
        Ok(Self { case, expected, allowed, limits, now: UnixTime::now(expected.now)?, window })
    }

    fn verify(&self) -> Result<(), Refusal> {
        match self.case.kind {
            Kind::IdJag | Kind::Jwks => self.id_jag(),
            Kind::AccessToken => self.access_token(),
            Kind::IdToken => self.id_token(),
            Kind::Dpop => self.proof(),
            Kind::Jws => self.signature(),
        }
    }

    fn id_jag(&self) -> Result<(), Refusal> {
        self.typ_is(TYP_ID_JAG)?;
        let (issuer, audience) = (self.issuer()?, issuer(&self.expected.aud)?);
        let client_id = self.client_id(&self.expected.client_id)?;
        let rules = IdJagRules {
            issuer: &issuer,
            audience: &audience,
            audience_aliases: &[],
            client_id: &client_id,
            algorithms: self.allowed,
            window: self.window,
            context: &ContextClaim::CTX,
            limits: &self.limits,
        };
        let token = UnverifiedIdJag::parse(&self.case.token, &self.limits)?;
        let verified = token.verify(&self.key_set(&issuer)?, &rules, self.now)?;
        // A proof beside an unbound ID-JAG is welcome (JAG-110).
        match verified.claims().confirmation {
            Some(bound) => bound.proven_by(self.proven()?).map(|_| ()).map_err(Refusal::from),
            None => Ok(()),
        }
    }

    fn access_token(&self) -> Result<(), Refusal> {
        let untyped = self.expected.typ.as_deref().is_some_and(|typ| typ.eq_ignore_ascii_case(TYP_JWT));
        if !untyped {
            self.typ_is(TYP_ACCESS_TOKEN)?;
        }
        let issuer = self.issuer()?;
        let resource = ResourceId::new(required(&self.expected.aud)?, LOOPBACK)?;
        let rules = AccessTokenRules {
            issuer: &issuer,
            resource: &resource,
            resource_aliases: &[],
            normalize_resource: false,
            algorithms: self.allowed,
            window: self.window,
            relaxed: RelaxedClaims { typ: untyped, ..RelaxedClaims::default() },
            context: &ContextClaim::CTX,
            limits: &self.limits,
        };
        let token = UnverifiedAccessToken::parse(&self.case.token, &self.limits)?;
        let verified = token.verify(&self.key_set(&issuer)?, &rules, self.now)?;
        self.access_token_binding(verified.confirmation)
    }

    /// RFC 9449 §7.1 and §7.2: a bound token comes by `DPoP` with its key's proof, an unbound one by `Bearer`.
    fn access_token_binding(&self, confirmation: Option<Confirmation>) -> Result<(), Refusal> {
        let proven = self.proven()?;
        let scheme = match self.expected.scheme.as_deref() {
            Some(scheme) if scheme.eq_ignore_ascii_case(SCHEME_DPOP) => AccessScheme::Dpop,
            Some(scheme) if scheme.eq_ignore_ascii_case(SCHEME_BEARER) => AccessScheme::Bearer,
            Some(_) => return Err(MALFORMED),
            None if proven.is_some() => AccessScheme::Dpop,
            None => AccessScheme::Bearer,
        };
        match scheme.expected_binding(confirmation)? {
            Some(bound) => bound.proven_by(proven).map(|_| ()).map_err(Refusal::from),
            None => Ok(()),
        }
    }

    fn id_token(&self) -> Result<(), Refusal> {
        let issuer = self.issuer()?;
        let client_id = self.client_id(&self.expected.aud)?;
        let nonce = self.nonce()?;
        let rules = IdTokenRules {
            issuer: &issuer,
            client_id: &client_id,
            trusted_audiences: self.expected.trusted_audiences.as_deref().unwrap_or_default(),
            nonce: nonce.as_ref(),
            max_authentication_age: self.expected.max_age.map(Seconds),
            algorithms: self.allowed,
            window: self.window,
            limits: &self.limits,
        };
        let token = UnverifiedIdToken::parse(&self.case.token, &self.limits)?;
        token.verify(&self.key_set(&issuer)?, &rules, self.now)?;
        Ok(())
    }

    fn proof(&self) -> Result<(), Refusal> {
        let url = Url::new(required(&self.expected.htu)?, LOOPBACK)?;
        let nonce = self.nonce()?;
        let window = self.expected.iat_window.unwrap_or(WIDE.0).saturating_add(self.expected.leeway);
        let rules = ProofRules {
            method: required(&self.expected.htm)?,
            url: &url,
            access_token: self.expected.access_token.as_deref(),
            nonce: match &nonce {
                Some(current) => NonceRule::Required { current, previous: None },
                None => NonceRule::NotRequired,
            },
            window: Seconds(window),
            algorithms: self.allowed,
            limits: &self.limits,
        };
        let proof = VerifiedProof::check(&self.case.token, &rules, self.now)?;
        match &self.expected.jkt {
            Some(jkt) if proof.thumbprint() != Thumbprint::parse(jkt)? => {
                Err(ErrorCode::ProofKeyMismatch.into())
            }
            _ => Ok(()),
        }
    }

    fn signature(&self) -> Result<(), Refusal> {
        let keys = PublicKeys::parse(self.case.keys_text().as_bytes(), self.allowed, &self.limits)?;
        let verified = UnverifiedJws::parse(&self.case.token, &self.limits)?.verify(&keys, self.allowed)?;
        match &self.expected.payload_sha256 {
            Some(expected) if !is_digest(expected, &Sha256::digest(verified.payload())) => {
                Err(Refusal::Case("payload_mismatch"))
            }
            _ => Ok(()),
        }
    }

    /// The library knows the type of each kind; a case that expects another has no token that fits.
    fn typ_is(&self, known: &str) -> Result<(), Refusal> {
        let Some(expected) = self.expected.typ.as_deref() else { return Ok(()) };
        let bare = expected.strip_prefix("application/").unwrap_or(expected);
        if bare.eq_ignore_ascii_case(known) { Ok(()) } else { Err(ErrorCode::TypMismatch.into()) }
    }

    fn issuer(&self) -> Result<Issuer, Refusal> {
        issuer(&self.expected.iss)
    }

    fn client_id(&self, text: &Option<String>) -> Result<ClientId, Refusal> {
        Ok(ClientId::new(required(text)?)?)
    }

    fn nonce(&self) -> Result<Option<Nonce>, Refusal> {
        Ok(self.expected.nonce.as_deref().map(Nonce::new).transpose()?)
    }

    fn proven(&self) -> Result<Option<Thumbprint>, Refusal> {
        Ok(self.expected.dpop_jkt.as_deref().map(Thumbprint::parse).transpose()?)
    }

    fn key_set(&self, issuer: &Issuer) -> Result<KeySet, Refusal> {
        Ok(KeySet::parse(issuer.clone(), self.case.keys_text().as_bytes(), self.allowed, &self.limits)?)
    }
}

/// Corpora of servers under test name them by loopback addresses.
const LOOPBACK: Transport = Transport::DangerousAllowHttpLoopback;

fn required(member: &Option<String>) -> Result<&str, Refusal> {
    member.as_deref().ok_or(MALFORMED)
}

fn issuer(member: &Option<String>) -> Result<Issuer, Refusal> {
    Ok(Issuer::new(required(member)?, LOOPBACK)?)
}

fn is_digest(text: &str, digest: &[u8]) -> bool {
    let hexadecimal: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    text == base64url(digest) || text.eq_ignore_ascii_case(&hexadecimal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::keys::{ATTACKER, CLIENT, RAS, jwks};
    use crate::generate::mint::Jws;
    use crate::generate::scene::{CLIENT_ID, NOW, RAS_ISSUER, RESOURCE, SUBJECT};
    use serde_json::{Value, json};

    /// The code of the answer about an access token bound to the client's key, or to none; `None` when accepted.
    fn code(bound: bool, expected: Value) -> Option<String> {
        let mut claims = json!({
            "iss": RAS_ISSUER, "aud": RESOURCE, "sub": SUBJECT, "client_id": CLIENT_ID, "jti": "x",
            "iat": NOW, "exp": NOW + 60,
        });
        if bound {
            claims["cnf"] = json!({"jkt": CLIENT.es256().thumbprint()});
        }
        let mut all = json!({"iss": RAS_ISSUER, "aud": RESOURCE, "now": NOW, "leeway": 0, "algs": ["ES256"]});
        all.as_object_mut().unwrap().extend(expected.as_object().unwrap().clone());
        let token = Jws::new(RAS.es256(), TYP_ACCESS_TOKEN, &claims).compact();
        let case = json!({
            "id": "x", "kind": "access_token", "token": token, "jwks": jwks(&[RAS.es256()]), "expected": all,
        });
        let answer = answer(&Case::parse(case.to_string().as_bytes()).unwrap());
        assert_eq!(answer.verdict == Verdict::Accept, answer.code.is_none());
        answer.code
    }

    #[test]
    fn a_bound_token_needs_the_proof_of_its_key() {
        let (own, other) = (CLIENT.es256().thumbprint(), ATTACKER.es256().thumbprint());
        assert_eq!(code(true, json!({"dpop_jkt": own})), None);
        assert_eq!(code(true, json!({"dpop_jkt": own, "scheme": "DPoP"})), None);
        assert_eq!(code(true, json!({"dpop_jkt": other})).unwrap(), "proof_key_mismatch");
        assert_eq!(code(true, json!({})).unwrap(), "bound_token_as_bearer");
        assert_eq!(code(true, json!({"scheme": "DPoP"})).unwrap(), "proof_missing");
        assert_eq!(
            code(true, json!({"dpop_jkt": own, "scheme": "Bearer"})).unwrap(),
            "bound_token_as_bearer"
        );
    }

    #[test]
    fn an_unbound_token_is_a_bearer_token() {
        assert_eq!(code(false, json!({})), None);
        assert_eq!(code(false, json!({"scheme": "Bearer"})), None);
        let own = CLIENT.es256().thumbprint();
        assert_eq!(code(false, json!({"dpop_jkt": own, "scheme": "DPoP"})).unwrap(), "scheme_mismatch");
    }

    #[test]
    fn what_the_case_expects_is_checked() {
        assert_eq!(code(false, json!({"typ": "application/at+jwt"})), None);
        assert_eq!(code(false, json!({"typ": "oauth-id-jag+jwt"})).unwrap(), "typ_mismatch");
        assert_eq!(code(false, json!({"aud": "https://other.example/"})).unwrap(), "audience_mismatch");
        assert_eq!(code(false, json!({"now": NOW + 60})).unwrap(), "token_expired");
        assert_eq!(code(false, json!({"now": NOW + 60, "leeway": 1})), None);
        assert_eq!(code(false, json!({"leeway": 301})).unwrap(), "config_invalid");
        assert_eq!(code(false, json!({"algs": ["HS256"]})).unwrap(), "algorithm_not_allowed");
    }
}
