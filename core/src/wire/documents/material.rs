//! What the readers and writers of documents share.

use alloc::string::String;
use alloc::vec::Vec;

use crate::crypto::Algorithm;
use crate::error::{Error, ErrorCode};
use crate::oauth::metadata::ProfileSupport;
use crate::wire::write::list;

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
