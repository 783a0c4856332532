//! How the rules of a policy took part in a decision.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::answer::{NearestRule, acr_values};
use crate::policy::{Answer, AppId, Bar, RuleTrace, ServerId, Share, Status, Trace, Verdict};
use crate::scope::ScopeToken;
use crate::time::Seconds;
use crate::wire::write::{count, flag, list, output};

output! {
    /// A decision and how each rule took part in it. It holds names of the policy document only: a scope or type that
    /// the document does not mention is counted.
    pub(in crate::wire) struct PolicyTrace {
        /// The app, by its id in the policy, if it has one.
        app: Option<String>,
        /// The app's status.
        status: Option<&'static str>,
        /// The server, by its id in the policy, if it has one.
        server: Option<String>,
        /// What is answered: one of its members.
        answer: TraceAnswer,
        /// Why the rules were not asked, if they were not.
        bar: Option<&'static str>,
        /// When nothing is granted: the permit that came nearest.
        nearest: Option<NearestRule>,
        /// Every rule, sorted by id; left out when the rules were not asked.
        rules: Option<Vec<TracedRule>>,
        /// The same in lines for people.
        text: Vec<String>,
    }
}

output! {
    /// What was answered.
    pub(in crate::wire) struct TraceAnswer {
        /// This is granted.
        granted: Option<PolicyShare>,
        /// Nothing is granted now, and something would be after this sign-on.
        step_up: Option<SignOnAgain>,
        /// Nothing is granted: the error code.
        denied: Option<&'static str>,
    }
}

output! {
    /// A sign-on after which the same request is granted.
    pub(in crate::wire) struct SignOnAgain {
        /// The classes of which any will do, space-separated.
        acr_values: Option<String>,
        /// The greatest age that will do, in seconds.
        max_age: Option<Seconds>,
    }
}

output! {
    /// A part of what was asked for. What is empty is left out.
    pub(in crate::wire) struct PolicyShare {
        /// Of a deny: everything, whatever was asked for.
        everything: Option<bool>,
        /// Scopes that the document mentions, space-separated.
        scope: Option<String>,
        /// How many more scopes.
        other_scopes: Option<u64>,
        /// Types of authorization details that the document mentions.
        authorization_details_types: Option<Vec<String>>,
        /// How many more types.
        other_types: Option<u64>,
        /// Of a grant: for at most this many seconds.
        max_lifetime: Option<Seconds>,
    }
}

output! {
    /// How one rule took part: `share` if it matched, else `missed`.
    pub(in crate::wire) struct TracedRule {
        /// Its id.
        id: String,
        /// `permit` or `deny`.
        effect: &'static str,
        /// What it grants or takes away.
        share: Option<PolicyShare>,
        /// The condition that failed first.
        missed: Option<&'static str>,
    }
}

pub(super) fn trace(trace: &Trace) -> PolicyTrace {
    let mut answer = TraceAnswer { granted: None, step_up: None, denied: None };
    match &trace.answer {
        Answer::Granted(granted, lifetime) => answer.granted = Some(share(granted, *lifetime)),
        Answer::StepUp(step_up) => {
            answer.step_up = Some(SignOnAgain { acr_values: acr_values(step_up), max_age: step_up.max_age });
        }
        Answer::Denied(code) => answer.denied = Some(code.as_str()),
    }
    PolicyTrace {
        app: trace.app.as_ref().map(AppId::as_str).map(String::from),
        status: trace.status.map(Status::as_str),
        server: trace.server.as_ref().map(ServerId::as_str).map(String::from),
        answer,
        bar: trace.bar.map(Bar::as_str),
        nearest: trace.nearest.as_ref().map(NearestRule::from),
        rules: Some(trace.rules.iter().map(rule).collect::<Vec<_>>()).filter(|rules| !rules.is_empty()),
        text: trace.to_string().lines().map(String::from).collect(),
    }
}

fn rule(trace: &RuleTrace) -> TracedRule {
    let (share, missed) = match &trace.verdict {
        Verdict::Matched(part) => (Some(share(part, None)), None),
        Verdict::Missed(reason) => (None, Some(reason.as_str())),
    };
    TracedRule { id: String::from(trace.rule.as_str()), effect: trace.effect.as_str(), share, missed }
}

fn share(share: &Share, max_lifetime: Option<Seconds>) -> PolicyShare {
    let scopes: Vec<&str> = share.scopes.iter().map(ScopeToken::as_str).collect();
    PolicyShare {
        everything: flag(share.everything),
        scope: Some(scopes.join(" ")).filter(|text| !text.is_empty()),
        other_scopes: count(share.other_scopes),
        authorization_details_types: list(share.detail_types.iter().map(String::as_str)),
        other_types: count(share.other_types),
        max_lifetime,
    }
}
