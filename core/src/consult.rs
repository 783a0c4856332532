//! Asking the policy, and writing what it said into the record.

use alloc::string::ToString;

use crate::error::Error;
use crate::policy::{Grant, Outcome, Policy, Request};
use crate::record::DecisionRecord;
use crate::rejection::Refusal;

/// The policy's grant. Its refusal carries the sign-on that would change it, when there is one.
pub(crate) fn consult(
    policy: &Policy,
    request: &Request<'_>,
    record: &mut DecisionRecord,
) -> Result<Grant, Refusal> {
    let decision = policy.evaluate(request);
    record.app = decision.app.as_ref().map(ToString::to_string);
    record.server = decision.server.as_ref().map(ToString::to_string);
    record.policy = Some(policy.digest().clone());
    record.agents = decision.agents.iter().map(ToString::to_string).collect();
    record.rules = decision.matched.iter().map(ToString::to_string).collect();
    record.nearest = match (&decision.bar, &decision.nearest) {
        (Some(bar), _) => Some(bar.sentence().to_string()),
        (None, nearest) => nearest.as_ref().map(ToString::to_string),
    };
    match decision.outcome {
        Outcome::Permit(grant) => Ok(grant),
        Outcome::StepUp(step_up) => Err(Refusal::step_up(step_up)),
        Outcome::Deny(code) => Err(Refusal::from(Error::new(code))),
    }
}
