//! The client: each exchange as a pair of operations, and connections that drive them.
//!
//! An operation that reads a response takes what the request asked for again: what comes back is judged by that, and by
//! nothing that was remembered of it.

mod answer;
mod config;
mod connection;
mod downscope;
mod exchange;
mod grant;
mod material;
mod refresh;
mod step;
#[cfg(test)]
mod tests;

pub(super) use config::OPERATIONS as CLIENT;
pub(super) use connection::OPERATIONS as CONNECTION;
pub(super) use downscope::OPERATIONS as DOWNSCOPE;

use super::operation::{Operation, operations};

/// The pairs.
pub(super) const PAIRS: &[Operation] = operations! {
    /// The request for an ID-JAG, to send to the identity provider's token endpoint without following redirects. Client
    /// assertions are signed by `signer`, proofs by `dpop`.
    Pure "client.exchange_request" ["signer", "dpop"] exchange::request: exchange::ExchangeCall => material::RequestAnswer;
    /// Checks the identity provider's response: the ID-JAG is the one that was asked for. What a refusal means,
    /// `client.read_answer` says.
    Pure "client.exchange_response" [] exchange::response: exchange::ExchangeAnswered => exchange::IdJagAnswer;
    /// The request for a refresh token in exchange for a SAML assertion.
    Pure "client.refresh_request" ["signer", "dpop"] refresh::request: refresh::RefreshCall => material::RequestAnswer;
    /// Checks the identity provider's response to it.
    Pure "client.refresh_response" [] refresh::response: refresh::RefreshAnswered => refresh::RefreshTokenAnswer;
    /// The request that redeems an ID-JAG, to send to the resource authorization server's token endpoint without
    /// following redirects. Client assertions are signed by `signer`, proofs by `dpop`.
    Pure "client.grant_request" ["signer", "dpop"] grant::request: grant::GrantCall => material::RequestAnswer;
    /// Checks the server's response: the access token is for the resource and within the rights that were asked for.
    /// What a refusal means, `client.read_answer` says.
    Pure "client.grant_response" [] grant::response: grant::GrantAnswered => grant::AccessTokenAnswer;
    /// Adds the access token, and the proof where it is bound, to a request to its resource, which must be sent without
    /// following redirects. Proofs are signed by `dpop`.
    Pure "client.use_token" ["dpop"] grant::use_token: grant::TokenUse => material::AuthorizedAnswer;
    /// What the refusal of a token endpoint, or of a resource, means.
    Pure "client.read_answer" [] answer::read: answer::AnswerOptions => answer::AnswerMeaning;
};
