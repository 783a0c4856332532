//! The client: asks the IdP for an ID-JAG, redeems it, uses the access token, renews it; sends nothing itself.
//!
//! Two layers. Each exchange is a pair of pure functions: [`ExchangeRequest::to_http`] and
//! [`process_exchange_response`], [`RefreshTokenRequest::to_http`] and [`process_refresh_token_response`],
//! [`GrantRequest::to_http`] and [`process_grant_response`], [`Downscope::to_http`] and [`process_downscope_response`], [`ObtainedAccessToken::authorize`] and
//! [`ServerAnswer::of_resource`]. On top of them a [`Connection`] drives one MCP server from discovery to use:
//! it says what to send, is told what came back, and in the end is ready, was denied, or failed. One
//! [`Identity`], the outcome of one sign-on, serves any number of connections.
//!
//! Tokens come by ID-JAG, or by another grant that MCP knows: the client's own credentials, a workload's assertion, a
//! user's permission. Which it is, [`ClientConfig`] says once; a connection by ID-JAG has no step that opens a browser:
//! after an administrator's denial it says so and stops (EMA-018). Redirects must never be followed with any request
//! made here.
//!
//! A [`Connection`] signs in process, through [`Signer`](crate::crypto::Signer). A host whose keys sign
//! asynchronously (WebCrypto, a KMS) uses the pairs: [`ClientCredentials::pending_at`] and [`PendingProof`] hand
//! out what is to be signed.

//!
//! How a host drives a connection; `send`, `sign_on`, `random` and `clock` are its own:
//!
//! ```
//! use idjag::client::{Connection, Identity, IdentityNeed, Step};
//! use idjag::oauth::http::{HttpRequest, HttpResponse};
//! use idjag::{Error, UnixTime};
//! use std::{sync::Arc, thread::sleep, time::Duration};
//!
//! fn connect(
//!     connection: &mut Connection,
//!     send: impl Fn(HttpRequest) -> Option<HttpResponse>,
//!     sign_on: impl Fn(IdentityNeed) -> Option<Arc<Identity>>,
//!     random: impl Fn() -> [u8; 32],
//!     clock: impl Fn() -> UnixTime,
//! ) -> Result<(), Error> {
//!     loop {
//!         match connection.next(&random(), clock()) {
//!             Step::Send(outgoing) => match send(outgoing.request) {
//!                 Some(response) => connection.receive(&response, clock())?,
//!                 None => connection.unreachable(clock()),
//!             },
//!             Step::NeedIdentity(need) => match sign_on(need) {
//!                 Some(identity) => connection.identify(identity)?,
//!                 None => connection.decline(),
//!             },
//!             // Asked for by the other grants only.
//!             Step::NeedAssertion(_) | Step::NeedAuthorization(_) => connection.decline(),
//!             Step::Wait { seconds } => sleep(Duration::from_secs(seconds.as_secs())),
//!             Step::Ready => return Ok(()), // now: connection.authorize(request, &random(), clock())
//!             Step::Denied(denial) => return Err(denial.error()),
//!             Step::Failed(error) => return Err(error),
//!         }
//!     }
//! }
//! ```

mod answer;
mod authorize;
mod config;
mod connection;
mod credentials;
mod downscope;
mod entropy;
mod exchange;
mod grant;
mod plain_grant;
mod proof;
mod refresh;
mod register;
mod response;
mod subject;
#[cfg(test)]
mod tests;
mod use_token;
mod verdict;
mod way;

pub use answer::ServerAnswer;
pub use config::ClientConfig;
pub use connection::{
    AssertionNeed, AuthorizationNeed, Connection, Denial, DownscopeAnswer, IdentityNeed, IdentityReason,
    Outgoing, Party, Purpose, ResourceVerdict, Step,
};
pub use credentials::{ClientCredentials, ClientMethod, EndpointCredentials, PendingCredentials};
pub use downscope::{DerivedAccessToken, Downscope, process_downscope_response};
pub use entropy::Entropy;
pub use exchange::{ExchangeRequest, ObtainedIdJag, process_exchange_response};
pub use grant::{GrantRequest, ObtainedAccessToken, process_grant_response};
pub use proof::{Binding, Nonces, PendingProof, Proof};
pub use refresh::{ObtainedRefreshToken, RefreshTokenRequest, process_refresh_token_response};
pub use subject::{Identity, SubjectKind, SubjectToken};
pub use way::RedirectUri;

pub use crate::oauth::params::MCP_EXTENSION;
