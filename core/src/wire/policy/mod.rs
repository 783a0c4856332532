//! Policies: compiled once, asked any number of times.

mod answer;
mod question;
mod trace;
mod withdraw;

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use self::answer::{PolicyDecision, decision};
use self::question::Question;
use self::trace::{PolicyTrace, trace};
use self::withdraw::{WithdrawalOptions, Withdrawn, withdrawals};
use crate::codec::json::Json;
use crate::policy::{App, CompileErrors, Policy, PolicyFault, PolicyOptions, Server};
use crate::text::ClientId;
use crate::uri::ResourceId;
use crate::wire::declare::input;
use crate::wire::envelope;
use crate::wire::fault::Fault;
use crate::wire::handle::{Handle, Held};
use crate::wire::operation::{Operation, operations};
use crate::wire::read::Document;
use crate::wire::shared::{overwrite, transport};
use crate::wire::tokens::keys::Nothing;
use crate::wire::write::{As, described, list, output};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// A compiled policy. A document with a fault is no policy: the error names every fault.
    Make "policy.new" [] new: PolicyText => PolicySize;
    /// The apps, servers and rules of a policy, each sorted by id.
    Pure "policy.describe" ["policy"] describe: Nothing => PolicyContents;
    /// Every fault of a policy document, for editors: fails only when it is too large to be looked at.
    Pure "policy.check" [] check: PolicyText => PolicyFaults;
    /// Decides a request: the cost does not grow with rules that cannot match.
    Pure "policy.evaluate" ["policy"] evaluate: Question => PolicyDecision;
    /// Decides a request and says how each rule took part, for people: the cost grows with every rule.
    Pure "policy.explain" ["policy"] explain: Question => PolicyTrace;
    /// What to revoke when a policy takes the place of `former`: for each server, and for the identity provider, what to add
    /// to its list, and to no other's. Without `former`, what to revoke of the apps that may not be used.
    Pure "policy.withdrawals" ["policy", "former"] withdrawals: WithdrawalOptions => Withdrawn;
};

input! {
    Arguments
    /// A policy document, and how to read it.
    pub(in crate::wire) struct PolicyText {
        /// The document.
        document: Document,
        /// Bytes of the document; 16 MiB by default.
        max_bytes: Option<usize>,
        /// Rules in the document; 1,000,000 by default.
        max_rules: Option<usize>,
        /// How many faults are reported, at least one: 100 by default. The others are counted.
        max_faults: Option<usize>,
        /// Also take `http` issuers and resources on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

impl PolicyText {
    fn compile(self) -> Result<Policy, CompileErrors> {
        let mut options =
            PolicyOptions { transport: transport(self.dangerous_allow_http_loopback), ..Default::default() };
        overwrite!(options from self: max_bytes, max_rules, max_faults);
        Policy::compile(self.document.0.as_bytes(), &options)
    }
}

output! {
    /// How much a policy holds.
    pub(in crate::wire) struct PolicySize {
        /// How many apps.
        apps: u64,
        /// How many servers.
        servers: u64,
        /// How many rules.
        rules: u64,
    }
}

fn new(options: PolicyText, _: &Held) -> Result<(Handle, PolicySize), Fault> {
    let policy = options.compile()?;
    let size = PolicySize {
        apps: policy.apps().count() as u64,
        servers: policy.servers().count() as u64,
        rules: policy.rules().count() as u64,
    };
    Ok((Handle::Policy(Arc::new(policy)), size))
}

output! {
    /// What a policy holds.
    pub(in crate::wire) struct PolicyContents {
        /// The apps.
        apps: Vec<PolicyApp>,
        /// The servers.
        servers: Vec<PolicyServer>,
        /// The rules.
        rules: Vec<PolicyRule>,
    }
}

output! {
    /// An app.
    pub(in crate::wire) struct PolicyApp {
        /// Its id in the policy.
        id: String,
        /// Its name for people.
        name: Option<String>,
        /// Its client ids at the identity provider; left out when it has none.
        client_ids: Option<Vec<String>>,
        /// `approved`, `approval_required` or `restricted`.
        status: &'static str,
    }
}

impl From<&App> for PolicyApp {
    fn from(app: &App) -> Self {
        Self {
            id: String::from(app.id().as_str()),
            name: app.name().map(String::from),
            client_ids: list(app.client_ids().iter().map(ClientId::as_str)),
            status: app.status().as_str(),
        }
    }
}

output! {
    /// A server.
    pub(in crate::wire) struct PolicyServer {
        /// Its id in the policy.
        id: String,
        /// Its name for people.
        name: Option<String>,
        /// Its issuer identifier.
        issuer: String,
        /// The resources it guards; left out when none are listed.
        resources: Option<Vec<String>>,
    }
}

impl From<&Server> for PolicyServer {
    fn from(server: &Server) -> Self {
        Self {
            id: String::from(server.id().as_str()),
            name: server.name().map(String::from),
            issuer: String::from(server.issuer().as_str()),
            resources: list(server.resources().iter().map(ResourceId::as_str)),
        }
    }
}

output! {
    /// A rule.
    pub(in crate::wire) struct PolicyRule {
        /// Its id.
        id: String,
        /// `permit` or `deny`.
        effect: &'static str,
    }
}

fn describe(_: Nothing, held: &Held) -> Result<PolicyContents, Fault> {
    let policy = held.policy(0)?;
    let rules = policy.rules();
    Ok(PolicyContents {
        apps: policy.apps().map(PolicyApp::from).collect(),
        servers: policy.servers().map(PolicyServer::from).collect(),
        rules: rules
            .map(|(id, effect)| PolicyRule { id: String::from(id.as_str()), effect: effect.as_str() })
            .collect(),
    })
}

output! {
    /// What is wrong with a policy document.
    pub(in crate::wire) struct PolicyFaults {
        /// The faults; none of a document that compiles.
        faults: As<Vec<FaultOfPolicy>>,
        /// How many more there are; left out when these are all.
        left_out: Option<u64>,
    }
}

described! {
    /// One fault of a policy document.
    pub(in crate::wire) struct FaultOfPolicy {
        /// Where: a JSON Pointer (RFC 6901); empty for the document as a whole.
        path: String,
        /// What is wrong, as a stable name.
        fault: String,
        /// What is wrong, as a sentence.
        message: String,
        /// The text at fault, where there is one: the document's own, cut to 128 bytes.
        found: Option<String>,
        /// The line, counted from 1, of a text that is not JSON.
        line: Option<u64>,
        /// The column, counted from 1.
        column: Option<u64>,
    }
}

fn check(options: PolicyText, _: &Held) -> Result<PolicyFaults, Fault> {
    let Err(errors) = options.compile() else {
        return Ok(PolicyFaults { faults: As::new(Json::Array(Vec::new())), left_out: None });
    };
    if errors.errors().iter().any(|error| error.fault() == PolicyFault::TooLarge) {
        return Err(errors.into());
    }
    Ok(PolicyFaults {
        faults: As::new(envelope::faults(&errors)),
        left_out: Some(errors.left_out() as u64).filter(|more| *more > 0),
    })
}

fn evaluate(question: Question, held: &Held) -> Result<PolicyDecision, Fault> {
    let policy = held.policy(0)?;
    question.ask(|request| decision(&policy.evaluate(request)))
}

fn explain(question: Question, held: &Held) -> Result<PolicyTrace, Fault> {
    let policy = held.policy(0)?;
    question.ask(|request| trace(&policy.explain(request)))
}
