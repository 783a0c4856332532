//! MCP authorization, RFC 9728 and RFC 8414: how a client finds out whom to ask for a token, and for what.
//!
//! Nothing here is sent: [`Discovery`] says what to send and is told what came back.

mod locations;
mod machine;
mod registration;
mod response_issuer;
mod scopes;
#[cfg(test)]
mod tests;

pub use locations::{authorization_server_metadata_urls, resource_metadata_urls};
pub use machine::{AuthorizationServerChoice, Discovered, Discovery, IssuerDiscovery, Progress};
pub use registration::{Registration, plan_registration};
pub use response_issuer::check_authorization_response_issuer;
#[cfg(feature = "wire-resource-server")]
pub(crate) use scopes::first_scope;
pub use scopes::{StepUps, initial_scope, step_up_scope};
