//! RFC 8693 §4.1: who acts for the subject. Only the outermost actor decides anything (R8693-015).

use alloc::vec::Vec;

use crate::codec::json::{Json, Object};
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::text::{Subject, is_plain};

use alloc::string::String;

/// An actor and those that acted before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The issuer in whose namespace `subject` stands, where the claim names it.
    pub issuer: Option<String>,
    /// The acting party.
    pub subject: Subject,
    /// What kind of party acts (actor profile draft).
    pub sub_profile: Option<String>,
    /// Prior actors, latest first: history for records, never an input to a decision.
    pub prior: Vec<Actor>,
}

impl Actor {
    /// Reads an `act` claim; fails with `claim_malformed` when it is no object, an actor has no `sub`, or the
    /// chain is longer than [`Limits::actor_depth`]. Other members mean nothing (R8693-016).
    pub(crate) fn from_json(claim: &Json<'_>, limits: &Limits) -> Result<Self, Error> {
        const MALFORMED: Error = Error::with_detail(ErrorCode::ClaimMalformed, "act");
        let mut chain = Vec::new();
        let mut next = Some(claim);
        while let Some(value) = next {
            if chain.len() >= limits.actor_depth {
                return Err(MALFORMED);
            }
            let act = value.as_object().ok_or(MALFORMED)?;
            chain.push(Self::link(act).ok_or(MALFORMED)?);
            next = act.get("act");
        }
        let mut links = chain.into_iter();
        let outermost = links.next().ok_or(MALFORMED)?;
        Ok(Self { prior: links.collect(), ..outermost })
    }

    fn link(act: &Object<'_>) -> Option<Self> {
        let optional = |name| match act.get(name) {
            None => Some(None),
            Some(value) => {
                value.as_str().filter(|text| is_plain(text, 1024)).map(|text| Some(String::from(text)))
            }
        };
        Some(Self {
            issuer: optional("iss")?,
            subject: Subject::new(act.get("sub")?.as_str()?).ok()?,
            sub_profile: optional("sub_profile")?,
            prior: Vec::new(),
        })
    }

    /// The claim's value: each prior actor nested in the one after it.
    #[must_use]
    pub fn to_json(&self) -> Json<'static> {
        let mut nested: Option<Json<'static>> = None;
        for actor in self.prior.iter().rev().chain(core::iter::once(self)) {
            let mut act = Object::new();
            if let Some(issuer) = &actor.issuer {
                act.set_str("iss", issuer.clone());
            }
            act.set_str("sub", String::from(actor.subject.as_str()));
            if let Some(profile) = &actor.sub_profile {
                act.set_str("sub_profile", profile.clone());
            }
            if let Some(prior) = nested.take() {
                act.set("act", prior);
            }
            nested = Some(Json::Object(act));
        }
        nested.unwrap_or(Json::Null)
    }
}
