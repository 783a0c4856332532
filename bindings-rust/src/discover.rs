//! The metadata of an issuer, from wherever the specifications allow it to be.

use core::fmt;

use idjag::Error;
use idjag::oauth::discovery::{IssuerDiscovery, Progress};
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::uri::{Issuer, Transport};

use crate::{Http, Unanswered};

/// Why an issuer's metadata could not be had.
#[derive(Debug)]
#[non_exhaustive]
pub enum DiscoveryFailure {
    /// Somebody did not answer.
    Unanswered(Unanswered),
    /// There is none, or none that holds.
    Refused(Error),
    /// There is no address where it could be.
    Nowhere,
}

/// Fetches and reads the RFC 8414 or OpenID Connect document of `issuer`, which must name exactly this issuer.
/// `transport` says which addresses it may name.
pub async fn discover_issuer(
    http: &Http,
    issuer: &Issuer,
    transport: Transport,
) -> Result<AuthorizationServerMetadata, DiscoveryFailure> {
    let mut discovery = IssuerDiscovery::new(issuer.clone()).with_transport(transport);
    while let Some(request) = discovery.next() {
        let response = http.send(&request).await.map_err(DiscoveryFailure::Unanswered)?;
        if let Progress::Done(found) = discovery.receive(&response).map_err(DiscoveryFailure::Refused)? {
            return Ok(found);
        }
    }
    Err(DiscoveryFailure::Nowhere)
}

impl fmt::Display for DiscoveryFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unanswered(failure) => write!(f, "the issuer's metadata cannot be had: {failure}"),
            Self::Refused(error) => write!(f, "the issuer's metadata does not hold: {error}"),
            Self::Nowhere => f.write_str("the issuer's metadata can be nowhere"),
        }
    }
}

impl core::error::Error for DiscoveryFailure {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Unanswered(failure) => Some(failure),
            Self::Refused(error) => Some(error),
            Self::Nowhere => None,
        }
    }
}
