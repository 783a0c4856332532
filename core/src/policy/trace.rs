//! Explaining a decision: every rule, whether it matched, and if not, which condition failed first.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::case::Case;
use super::compile::Policy;
use super::decision::{Bar, Decision, NearMiss, Outcome, Reason, Request, StepUp};
use super::document::{Effect, Status};
use super::evaluate::{decide, turn_away};
use super::names::{AppId, RuleId, ServerId};
use super::parts::{App, Rule};
use super::wish::Wish;
use crate::error::ErrorCode;
use crate::scope::ScopeToken;
use crate::time::Seconds;

/// A decision and how each rule took part in it.
///
/// It holds and prints names of the policy document and fixed text only: a scope or type that the document
/// does not mention is counted, never shown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trace {
    /// The app, if the document has it.
    pub app: Option<AppId>,
    /// Its status.
    pub status: Option<Status>,
    /// The server, if the document has it.
    pub server: Option<ServerId>,
    /// What [`Policy::evaluate`] answers.
    pub answer: Answer,
    /// Why the rules were not asked, if they were not.
    pub bar: Option<Bar>,
    /// When nothing is granted: the permit for this app and this server that came nearest.
    pub nearest: Option<NearMiss>,
    /// Every rule, in ascending order of ids; none when the rules were not asked.
    pub rules: Vec<RuleTrace>,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// This is granted, for at most this many seconds if a permit says so.
    Granted(Share, Option<Seconds>),
    /// Nothing is granted now, and something would be after this sign-on.
    StepUp(StepUp),
    /// Nothing is granted.
    Denied(ErrorCode),
}

/// How one rule took part.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleTrace {
    /// The rule.
    pub rule: RuleId,
    /// Whether it permits or denies.
    pub effect: Effect,
    /// What came of it.
    pub verdict: Verdict,
}

/// What came of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It matched and this is its share.
    Matched(Share),
    /// This condition failed; those after it were not tried. The order: app, server, user, actor, DPoP, class
    /// and age of the sign-on.
    Missed(Reason),
}

/// A part of what was asked for: what a permit grants or a deny takes away, each on its own, or what is
/// granted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Share {
    /// Of a deny without scopes and types: everything, whatever was asked for.
    pub everything: bool,
    /// Scopes that the document mentions.
    pub scopes: Vec<ScopeToken>,
    /// How many more scopes, which the document does not mention.
    pub other_scopes: usize,
    /// Types of authorization details that the document mentions.
    pub detail_types: Vec<String>,
    /// How many more types, which the document does not mention.
    pub other_types: usize,
}

impl Policy {
    /// Decides, and says how each rule took part. For people: the cost grows with every rule of the policy.
    #[must_use]
    pub fn explain(&self, request: &Request<'_>) -> Trace {
        match Case::of(self, request) {
            Ok(case) => self.trace(decide(&case), Some(case.app), rules(&case)),
            Err(barred) => self.trace(turn_away(&barred), barred.app, Vec::new()),
        }
    }

    fn trace(&self, decision: Decision, app: Option<&App>, rules: Vec<RuleTrace>) -> Trace {
        let answer = match decision.outcome {
            Outcome::Permit(grant) => {
                let scopes = grant.scope.iter().map(|token| (token, self.scopes.number_of(token)));
                let types = grant.detail_types.iter().map(String::as_str);
                let types = types.map(|text| (text, self.detail_types.number_of(text)));
                Answer::Granted(Share::of(scopes, types), grant.lifetime)
            }
            Outcome::StepUp(step_up) => Answer::StepUp(step_up),
            Outcome::Deny(code) => Answer::Denied(code),
        };
        let Decision { app: id, server, bar, nearest, .. } = decision;
        Trace { app: id, status: app.map(App::status), server, answer, bar, nearest, rules }
    }
}

fn rules(case: &Case<'_, '_>) -> Vec<RuleTrace> {
    let wish = Wish::of(case, Vec::new());
    let met = case.hits(Effect::Permit).into_iter().filter(|hit| hit.unmet.is_none());
    let permits: Vec<&Rule> = met.map(|hit| hit.rule).collect();
    let asked = wish.scopes(&permits);
    let share = |rule: &Rule| {
        let named = |scope| match rule.effect {
            Effect::Permit => rule.grants(scope, case.server),
            Effect::Deny => rule.removes(scope, case.server),
        };
        let scopes = asked.iter().copied().filter(|(_, scope)| named(*scope));
        let types = wish.types().filter(|(_, detail_type)| rule.names_type(*detail_type));
        let everything = rule.effect == Effect::Deny && rule.denies_all();
        Share { everything, ..Share::of(scopes, types) }
    };
    let trace = |rule: &Rule| RuleTrace {
        rule: rule.id.clone(),
        effect: rule.effect,
        verdict: match case.misses(rule).or_else(|| case.unmet(rule)) {
            Some(reason) => Verdict::Missed(reason),
            None => Verdict::Matched(share(rule)),
        },
    };
    case.policy.rules.iter().map(trace).collect()
}

impl Share {
    /// Whether it is no part at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Names that the document mentions, which are those with a number, and the count of the others.
    fn of<'a>(
        scopes: impl Iterator<Item = (&'a ScopeToken, Option<u32>)>,
        types: impl Iterator<Item = (&'a str, Option<u32>)>,
    ) -> Self {
        let mut share = Self::default();
        for (token, known) in scopes {
            match known {
                Some(_) => share.scopes.push(token.clone()),
                None => share.other_scopes = share.other_scopes.saturating_add(1),
            }
        }
        for (text, known) in types {
            match known {
                Some(_) => share.detail_types.push(text.into()),
                None => share.other_types = share.other_types.saturating_add(1),
            }
        }
        share
    }
}

/// A list such as "`rows:read`, 2 scopes not mentioned in the policy" or "nothing that was asked for".
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.everything {
            return f.write_str("everything");
        }
        if self.is_empty() {
            return f.write_str("nothing that was asked for");
        }
        let mut separator = "";
        let named = self.scopes.iter().map(ScopeToken::as_str);
        for name in named.chain(self.detail_types.iter().map(String::as_str)) {
            write!(f, "{separator}`{}`", name.escape_debug())?;
            separator = ", ";
        }
        for (count, what) in [(self.other_scopes, "scope"), (self.other_types, "type")] {
            if count > 0 {
                let plural = if count == 1 { "" } else { "s" };
                write!(f, "{separator}{count} {what}{plural} not mentioned in the policy")?;
                separator = ", ";
            }
        }
        Ok(())
    }
}

impl fmt::Display for RuleTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}` ", self.effect.as_str(), self.rule)?;
        match (&self.verdict, self.effect) {
            (Verdict::Missed(reason), _) => write!(f, "does not match: {}", reason.sentence()),
            (Verdict::Matched(share), Effect::Permit) => write!(f, "matches: grants {share}"),
            (Verdict::Matched(share), Effect::Deny) => write!(f, "matches: takes away {share}"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Granted(share, lifetime) => {
                match share.is_empty() {
                    true => f.write_str("granted: access without any scope")?,
                    false => write!(f, "granted: {share}")?,
                }
                match lifetime {
                    Some(lifetime) => write!(f, ", for at most {} seconds", lifetime.as_secs()),
                    None => Ok(()),
                }
            }
            Self::StepUp(step_up) => {
                f.write_str("step-up: granted after a sign-on")?;
                if let Some(age) = step_up.max_age {
                    write!(f, " in the last {} seconds", age.as_secs())?;
                }
                let mut separator = " of class ";
                for class in &step_up.acr_values {
                    write!(f, "{separator}`{class}`")?;
                    separator = " or ";
                }
                Ok(())
            }
            Self::Denied(code) => write!(f, "denied: {}", code.sentence()),
        }
    }
}

/// The answer, what it rests on, and then one line for each rule.
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.app, &self.server) {
            (Some(app), Some(server)) => write!(f, "app `{app}` at server `{server}`: ")?,
            (Some(app), None) => write!(f, "app `{app}`: ")?,
            (None, Some(server)) => write!(f, "server `{server}`: ")?,
            (None, None) => {}
        }
        self.answer.fmt(f)?;
        if let Some(bar) = self.bar {
            write!(f, "\nthe rules were not asked: {}", bar.sentence())?;
        }
        if let Some(nearest) = &self.nearest {
            write!(f, "\nnearest {nearest}")?;
        }
        self.rules.iter().try_for_each(|rule| write!(f, "\n{rule}"))
    }
}
