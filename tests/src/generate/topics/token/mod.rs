//! What every kind of token has in common, over [`crate::generate::verifiers`]; and what each kind has of its own.

pub mod access_token;
pub mod actor_token;
pub mod claim_types;
pub mod claims_set;
pub mod client_assertion;
pub mod confirmation;
pub mod id_jag;
pub mod id_token;
pub mod kinds;
pub mod peers;
pub mod signature;
pub mod time;

use crate::format::Topic;
use crate::generate::verifiers::{VERIFIERS, Verifier};

/// The topics that every verifier has.
const SHARED: [fn(&Verifier) -> Topic; 5] =
    [claim_types::claim_types, claims_set::claims_set, kinds::kinds, signature::signature, time::time];

/// Every shared topic of every verifier.
pub fn shared() -> impl Iterator<Item = Topic> {
    VERIFIERS.iter().flat_map(|verifier| SHARED.iter().map(move |topic| topic(verifier)))
}
