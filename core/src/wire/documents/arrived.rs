//! Responses that arrived, and what the readers of documents share.

use alloc::string::String;
use alloc::vec::Vec;

use crate::crypto::Algorithm;
use crate::error::{Error, ErrorCode};
use crate::oauth::http::HttpResponse;
use crate::oauth::metadata::ProfileSupport;
use crate::wire::declare::input;
use crate::wire::read::Bytes;
use crate::wire::write::list;

input! {
    Protocol
    /// A response as it arrived, without redirects followed.
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

impl ArrivedResponse {
    pub(in crate::wire) fn into_http(self) -> HttpResponse {
        let body = match (self.body_bytes, self.body) {
            (Some(Bytes(bytes)), _) => bytes,
            (None, Some(text)) => text.into_bytes(),
            (None, None) => Vec::new(),
        };
        let headers = self.headers.unwrap_or_default().into_iter().collect();
        HttpResponse { status: self.status, headers, body }
    }
}

/// The algorithms of these names; fails with `algorithm_not_allowed` for one that does not exist here.
pub(super) fn algorithms(names: Option<&Vec<String>>) -> Result<Option<Vec<Algorithm>>, Error> {
    let named = |name: &String| Algorithm::from_name(name).ok_or(Error::new(ErrorCode::AlgorithmNotAllowed));
    names.map(|names| names.iter().map(named).collect()).transpose()
}

/// The names of algorithms, left out when there are none.
pub(super) fn names(algorithms: Option<&[Algorithm]>) -> Option<Vec<String>> {
    list(algorithms.unwrap_or_default().iter().map(|algorithm| algorithm.name()))
}

/// What metadata says about the ID-JAG profile.
pub(super) const fn support(support: ProfileSupport) -> &'static str {
    match support {
        ProfileSupport::NotListed => "not_listed",
        ProfileSupport::WithoutGrants => "without_grants",
        ProfileSupport::Listed => "listed",
    }
}
