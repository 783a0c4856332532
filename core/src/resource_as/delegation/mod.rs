//! RFC 8693 at the resource authorization server: an access token of its own in, one for a subagent out.
//!
//! `parse_token → needs → verify → authorize → first_use → access_token → sign → response`, as with a grant.

mod config;
mod decide;
mod issue;
mod pending;

pub use config::DelegationConfig;
pub use decide::{AuthorizedDelegation, SpentDelegation, VerifiedDelegation};
pub(super) use pending::acts_as;
pub use pending::{DelegationMaterial, DelegationNeeds, PendingDelegation};
