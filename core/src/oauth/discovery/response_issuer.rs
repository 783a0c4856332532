//! RFC 9207 §2.4 as MCP tightens it: whose authorization response this is (MCP-032).

use crate::error::{Error, ErrorCode};
use crate::uri::Issuer;

/// Checks the `iss` of an authorization response before its code is sent anywhere.
///
/// `expected` is the issuer recorded with the request, from validated metadata; `iss` the response's decoded
/// parameter; `advertised` what [`authorization_response_iss_parameter_supported`] said. An `iss` is compared
/// code point by code point whether or not it was advertised, and may be absent only if it was not.
///
/// Fails with `metadata_issuer_mismatch`; then nothing else of the response may be used or shown, its `error`
/// and `error_description` included.
///
/// [`authorization_response_iss_parameter_supported`]:
/// crate::oauth::metadata::AuthorizationServerMetadata::authorization_response_iss_parameter_supported
pub fn check_authorization_response_issuer(
    expected: &Issuer,
    iss: Option<&str>,
    advertised: bool,
) -> Result<(), Error> {
    match (iss, advertised) {
        (Some(iss), _) if iss == expected.as_str() => Ok(()),
        (None, false) => Ok(()),
        _ => Err(Error::with_detail(ErrorCode::MetadataIssuerMismatch, "iss")),
    }
}
