//! What a policy answers.

use alloc::string::String;
use alloc::vec::Vec;

use crate::policy::{AppId, Bar, Decision, NearMiss, Outcome, ServerId, StepUp};
use crate::text::Acr;
use crate::time::Seconds;
use crate::wire::write::{list, output, text};

output! {
    /// The policy's answer, and what it rests on.
    pub(in crate::wire) struct PolicyDecision {
        /// `permit`, `step_up` or `deny`.
        outcome: &'static str,
        /// The error code, unless permitted.
        code: Option<&'static str>,
        /// The scope granted, space-separated; left out when it is empty.
        scope: Option<String>,
        /// The types of authorization details granted; left out when there are none.
        authorization_details_types: Option<Vec<String>>,
        /// The longest life of a token with this grant, in seconds; left out, it is up to the issuer.
        max_lifetime: Option<Seconds>,
        /// For a step-up: the classes of sign-on of which any will do, space-separated.
        acr_values: Option<String>,
        /// For a step-up: the greatest age of the sign-on that will do, in seconds.
        max_age: Option<Seconds>,
        /// The app, by its id in the policy, if it has one.
        app: Option<String>,
        /// The agents that whoever acts is, by their ids in the policy; left out when there are none.
        agents: Option<Vec<String>>,
        /// The server, by its id in the policy, if it has one.
        server: Option<String>,
        /// Why the rules were not asked, if they were not.
        bar: Option<&'static str>,
        /// The rules that matched; left out when none did.
        rules: Option<Vec<String>>,
        /// When nothing is granted: the permit that came nearest.
        nearest: Option<NearestRule>,
    }
}

output! {
    /// The permit that came nearest.
    pub(in crate::wire) struct NearestRule {
        /// Its id.
        rule: String,
        /// Why it granted nothing, as a stable name.
        reason: &'static str,
        /// The deny that took away what it grants.
        deny: Option<String>,
    }
}

impl From<&NearMiss> for NearestRule {
    fn from(nearest: &NearMiss) -> Self {
        Self {
            rule: String::from(nearest.rule.as_str()),
            reason: nearest.reason.as_str(),
            deny: nearest.deny.as_ref().map(|deny| String::from(deny.as_str())),
        }
    }
}

pub(super) fn decision(decision: &Decision) -> PolicyDecision {
    let grant = decision.grant();
    let step_up = match &decision.outcome {
        Outcome::StepUp(step_up) => Some(step_up),
        _ => None,
    };
    PolicyDecision {
        outcome: match &decision.outcome {
            Outcome::Permit(_) => "permit",
            Outcome::StepUp(_) => "step_up",
            Outcome::Deny(_) => "deny",
        },
        code: decision.error().map(|error| error.code().as_str()),
        scope: grant.and_then(|grant| text(&grant.scope)),
        authorization_details_types: grant
            .and_then(|grant| list(grant.detail_types.iter().map(String::as_str))),
        max_lifetime: grant.and_then(|grant| grant.lifetime),
        acr_values: step_up.and_then(acr_values),
        max_age: step_up.and_then(|step_up| step_up.max_age),
        app: decision.app.as_ref().map(AppId::as_str).map(String::from),
        agents: list(decision.agents.iter().map(|agent| agent.as_str())),
        server: decision.server.as_ref().map(ServerId::as_str).map(String::from),
        bar: decision.bar.map(Bar::as_str),
        rules: list(decision.matched.iter().map(|rule| rule.as_str())),
        nearest: decision.nearest.as_ref().map(NearestRule::from),
    }
}

/// The classes as one text, as a challenge carries them.
pub(super) fn acr_values(step_up: &StepUp) -> Option<String> {
    let classes: Vec<&str> = step_up.acr_values.iter().map(Acr::as_str).collect();
    Some(classes.join(" ")).filter(|text| !text.is_empty())
}
