//! RFC 6749 §3.2: a request to a token endpoint, taken apart before anything in it is believed.

use alloc::string::String;

use base64ct::{Base64, Encoding as _};

use crate::codec::form::{self, Form};
use crate::crypto::Algorithms;
use crate::details::AuthorizationDetails;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::http::HttpRequest;
use crate::oauth::params::CLIENT_ASSERTION_TYPE;
use crate::secret::Secret;
use crate::text::{ClientId, Nonce};
use crate::time::{Seconds, UnixTime};
use crate::token::{NonceRule, ProofRules, UnverifiedClientAssertion, VerifiedProof};
use crate::uri::Url;

/// How a client says who it is; nothing of it has been checked.
#[derive(Clone, Debug)]
pub(crate) enum Presented {
    /// `client_secret_basic`.
    Basic(Secret),
    /// `client_secret_post`.
    Post(Secret),
    /// `private_key_jwt`.
    Assertion(Secret),
    /// A bare `client_id`: identification, not authentication.
    Nothing,
}

/// A parsed request.
#[derive(Clone, Debug)]
pub(crate) struct TokenRequest {
    pub(crate) form: Form,
    /// The client it claims to be from.
    pub(crate) client_id: ClientId,
    pub(crate) presented: Presented,
    /// The DPoP proof, if one was sent.
    pub(crate) proof: Option<Secret>,
}

/// What a token endpoint demands of proofs.
#[derive(Clone, Debug)]
pub(crate) struct EndpointProofRules<'r> {
    pub(crate) endpoint: &'r Url,
    pub(crate) window: Seconds,
    pub(crate) algorithms: &'r Algorithms,
    pub(crate) limits: &'r Limits,
}

/// The nonce that a rule hands to clients.
pub(crate) const fn current_nonce(rule: NonceRule<'_>) -> Option<&Nonce> {
    match rule {
        NonceRule::NotRequired => None,
        NonceRule::Required { current, .. } => Some(current),
    }
}

/// The `authorization_details` that a request asks for.
///
/// Fails with `details_malformed` or `details_invalid`: whatever is wrong with the text, the parameter is at fault
/// (R9396-003).
pub(crate) fn requested_details(form: &Form, limits: &Limits) -> Result<Option<AuthorizationDetails>, Error> {
    let Some(text) = form.single("authorization_details")? else { return Ok(None) };
    match AuthorizationDetails::parse(text, limits) {
        Ok(details) => Ok(Some(details)),
        Err(error) if error.code() == ErrorCode::DetailsInvalid => Err(error),
        Err(error) => Err(Error::with_detail(ErrorCode::DetailsMalformed, error.code().as_str())),
    }
}

/// Parameters that a later RFC allows to repeat (RFC 8693 §2.1, RFC 8707 §2).
const REPEATABLE: [&str; 2] = ["resource", "audience"];

impl TokenRequest {
    pub(crate) fn parse(request: &HttpRequest, limits: &Limits) -> Result<Self, Error> {
        if request.method != "POST" {
            return Err(Error::new(ErrorCode::MethodNotAllowed));
        }
        check_content_type(request)?;
        let form = Form::parse(&request.body, limits)?;
        form.check_repetition(&REPEATABLE)?;
        let proof = request.headers.single("DPoP", ErrorCode::ProofRepeated)?.map(Secret::new);
        let (client_id, presented) = credentials(request, &form, limits)?;
        Ok(Self { form, client_id, presented, proof })
    }

    /// Checks the proof, if there is one, as one made for this POST to `endpoint`.
    pub(crate) fn check_proof(
        &self,
        rules: &EndpointProofRules<'_>,
        nonce: NonceRule<'_>,
        now: UnixTime,
    ) -> Result<Option<VerifiedProof>, Error> {
        let Some(proof) = &self.proof else { return Ok(None) };
        let rules = ProofRules {
            method: "POST",
            url: rules.endpoint,
            access_token: None,
            nonce,
            window: rules.window,
            algorithms: rules.algorithms,
            limits: rules.limits,
        };
        VerifiedProof::check(proof.expose(), &rules, now).map(Some)
    }
}

fn check_content_type(request: &HttpRequest) -> Result<(), Error> {
    let value =
        request.headers.single("Content-Type", ErrorCode::ContentTypeUnsupported)?.unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        Ok(())
    } else {
        Err(Error::new(ErrorCode::ContentTypeUnsupported))
    }
}

/// RFC 6749 §2.3: exactly one way of authentication.
fn credentials(request: &HttpRequest, form: &Form, limits: &Limits) -> Result<(ClientId, Presented), Error> {
    let named = form.single("client_id")?;
    let secret = form.single("client_secret")?;
    let assertion = form.single("client_assertion")?;
    let header = request.headers.single("Authorization", ErrorCode::AuthenticationRepeated)?;
    let ways = [header.is_some(), secret.is_some(), assertion.is_some()];
    if ways.iter().filter(|used| **used).count() > 1 {
        return Err(Error::new(ErrorCode::AuthenticationRepeated));
    }
    let (client_id, presented) = match (header, secret, assertion) {
        (Some(header), _, _) => {
            let (id, secret) = basic(header, limits)?;
            (client_id_of(&id)?, Presented::Basic(secret))
        }
        (_, Some(secret), _) => {
            let named = named.ok_or(Error::with_detail(ErrorCode::ParameterMissing, "client_id"))?;
            return Ok((client_id_of(named)?, Presented::Post(Secret::new(secret))));
        }
        (_, _, Some(assertion)) => {
            if form.required("client_assertion_type")? != CLIENT_ASSERTION_TYPE {
                return Err(Error::with_detail(ErrorCode::ParameterMalformed, "client_assertion_type"));
            }
            let claimed = UnverifiedClientAssertion::parse(assertion, limits)?.claimed_client_id().clone();
            (claimed, Presented::Assertion(Secret::new(assertion)))
        }
        (None, None, None) => {
            let named = named.ok_or(Error::new(ErrorCode::ClientAuthenticationMissing))?;
            return Ok((client_id_of(named)?, Presented::Nothing));
        }
    };
    // RFC 7521 §4.2: a `client_id` beside the credentials names the same client.
    if named.is_some_and(|named| named != client_id.as_str()) {
        return Err(Error::with_detail(ErrorCode::ClientAuthenticationFailed, "client_id"));
    }
    Ok((client_id, presented))
}

fn client_id_of(text: &str) -> Result<ClientId, Error> {
    ClientId::new(text).map_err(|_| Error::with_detail(ErrorCode::ParameterMalformed, "client_id"))
}

/// RFC 6749 §2.3.1: both parts are form-encoded before they are joined and encoded.
fn basic(header: &str, limits: &Limits) -> Result<(String, Secret), Error> {
    const MALFORMED: Error = Error::new(ErrorCode::AuthorizationMalformed);
    if header.len() > limits.header_bytes {
        return Err(MALFORMED);
    }
    let (scheme, encoded) = header.split_once(' ').ok_or(MALFORMED)?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return Err(MALFORMED);
    }
    let decoded = Base64::decode_vec(encoded.trim_matches(' ')).map_err(|_| MALFORMED)?;
    let decoded = Secret::new(String::from_utf8(decoded).map_err(|_| MALFORMED)?);
    let (id, secret) = decoded.expose().split_once(':').ok_or(MALFORMED)?;
    let part = |text: &str| form::decode(text.as_bytes()).map_err(|_| MALFORMED);
    Ok((part(id)?, Secret::new(part(secret)?)))
}

/// The header that `client_secret_basic` sends.
pub(crate) fn basic_header(client_id: &ClientId, secret: &Secret) -> String {
    let mut joined = String::new();
    form::encode_into(&mut joined, client_id.as_str());
    joined.push(':');
    form::encode_into(&mut joined, secret.expose());
    let joined = Secret::new(joined);
    ["Basic ", &Base64::encode_string(joined.expose().as_bytes())].concat()
}
