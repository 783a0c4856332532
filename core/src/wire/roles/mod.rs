//! The server roles.
//!
//! Each request is one operation with a member per step, in order. A call names the steps up to the one it is about;
//! all of them are taken again, from the request on, and the answer is that of the last. The steps taken before are
//! therefore what they were, and nobody can claim one that was not.

mod bearer;
mod detail_types;
mod idp;
mod idp_client;
mod idp_config;
mod idp_subject;
mod material;
mod record;
mod resource_as;
mod resource_as_config;
mod resource_as_revocation;
mod resource_server;
mod resource_server_config;
mod steps;
#[cfg(test)]
mod tests;

pub use bearer::{BearerAnswer, BearerQuestion, verify_bearer_of};
pub(super) use detail_types::{DetailTypeOptions, detail_types};
pub(super) use idp::OPERATIONS as IDP;
pub(super) use material::{ClientAuthMethod, NonceOptions};
pub(super) use record::DecisionRecord;
pub(super) use resource_as::OPERATIONS as RESOURCE_AS;
pub(super) use resource_as_revocation::OPERATIONS as REVOCATION;
pub(super) use resource_server::OPERATIONS as RESOURCE_SERVER;
