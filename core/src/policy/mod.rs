//! What the IT admin writes, compiled once and evaluated totally (DESIGN §6).
//!
//! A policy document lists apps, agents, servers and rules; [`POLICY_SCHEMA`] describes it. [`Policy::compile`]
//! refuses a document with any fault and names them all. [`Policy::evaluate`] answers a [`Request`] with a
//! [`Decision`]: there is an answer to every request, it depends on nothing but the document and the request,
//! and the cost does not grow with rules that cannot match. [`Policy::explain`] says how each rule took part.

mod agents;
mod case;
mod check;
mod compile;
mod decision;
mod document;
mod evaluate;
mod fault;
mod index;
mod locate;
mod lower;
mod names;
mod parts;
mod read;
mod read_agents;
mod table;
mod trace;
mod values;
mod view;
mod wish;
mod withdraw;

#[cfg(test)]
mod tests;

pub use compile::{Policy, PolicyDigest};
pub use decision::{
    Acting, Bar, Chain, ClientAt, Decision, Facts, Grant, NearMiss, Outcome, Reason, Request, StepUp,
};
pub use document::{Effect, Status};
pub use fault::{CompileErrors, PolicyError, PolicyFault};
pub use names::{AgentId, AppId, RuleId, ServerId};
pub use parts::{App, Server};
pub use trace::{Answer, RuleTrace, Share, Trace, Verdict};
pub use view::{AgentView, AgentsView, NamesView, RuleView, ScopesView, UsersView};
pub use withdraw::{Withdrawal, WithdrawalTimes};

use crate::uri::Transport;

/// The JSON Schema (draft 2020-12) of the policy document, for editors and generators.
///
/// It describes the shape. What only shows between the parts of a document, such as an id taken twice or a
/// label that nothing carries, is found by [`Policy::compile`].
pub const POLICY_SCHEMA: &str = include_str!("schema.json");

/// How a policy document is read. The defaults suit every deployment that has no reason to differ.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PolicyOptions {
    /// Bytes of the document: 16 MiB.
    pub max_bytes: usize,
    /// Rules in the document: 1,000,000.
    pub max_rules: usize,
    /// How many faults are reported, at least one: 100. The others are counted.
    pub max_faults: usize,
    /// Which schemes issuers and resources may have: `https` only.
    pub transport: Transport,
}

impl Default for PolicyOptions {
    fn default() -> Self {
        Self {
            max_bytes: 16 * 1024 * 1024,
            max_rules: 1_000_000,
            max_faults: 100,
            transport: Transport::HttpsOnly,
        }
    }
}
