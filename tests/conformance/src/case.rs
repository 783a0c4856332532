//! What a case is, and what it can come to.

use crate::bench::Bench;

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// The server does not conform.
    Must,
    /// The server conforms, and there are reasons to do otherwise.
    Should,
}

impl Level {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
        }
    }
}

/// Why a case did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Miss {
    /// The server did otherwise; the text says what it did.
    Failed(String),
    /// There is nothing to try it on; the text says why.
    NotApplicable(String),
}

/// A pass, with what is worth saying where several answers are right, or a miss.
pub(crate) type Verdict = Result<String, Miss>;

/// A failure.
pub(crate) fn failed<T>(did: impl Into<String>) -> Result<T, Miss> {
    Err(Miss::Failed(did.into()))
}

/// Nothing to try it on.
pub(crate) fn not_applicable<T>(why: impl Into<String>) -> Result<T, Miss> {
    Err(Miss::NotApplicable(why.into()))
}

/// `Ok` when `holds`, else a failure of which `did` says what happened.
pub(crate) fn ensure(holds: bool, did: impl Into<String>) -> Result<(), Miss> {
    if holds { Ok(()) } else { failed(did) }
}

/// A pass about which there is nothing to say.
pub(crate) fn passed() -> Verdict {
    Ok(String::new())
}

/// What a case is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    /// Its name: the topic, a full stop, the case.
    pub(crate) id: &'static str,
    /// What is sent, or what is looked at.
    pub(crate) what: &'static str,
    /// The requirements that it shows, the most telling one first.
    pub(crate) requirements: &'static [&'static str],
    /// What follows from a failure.
    pub(crate) level: Level,
}

/// A case that works with a `B`.
#[derive(Debug)]
pub(crate) struct Case<B = Bench> {
    /// What it is about.
    pub(crate) about: About,
    /// Runs it.
    pub(crate) run: fn(&B) -> Verdict,
}

/// A case on what every server does.
pub(crate) const fn must<B>(
    id: &'static str,
    what: &'static str,
    requirements: &'static [&'static str],
    run: fn(&B) -> Verdict,
) -> Case<B> {
    Case { about: About { id, what, requirements, level: Level::Must }, run }
}

/// A case on what servers do unless they know better.
pub(crate) const fn should<B>(
    id: &'static str,
    what: &'static str,
    requirements: &'static [&'static str],
    run: fn(&B) -> Verdict,
) -> Case<B> {
    Case { about: About { id, what, requirements, level: Level::Should }, run }
}
