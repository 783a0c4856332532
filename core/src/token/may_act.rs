//! RFC 8693 §4.4: who may act for the subject of a token, where the token limits it.

use super::Actor;
use super::claims::Claims;
use crate::codec::json::{Json, Object, Value};
use crate::error::{Error, ErrorCode};
use crate::text::ClientId;

/// A `may_act` claim. It limits: whoever it does not name may not act, whatever else would let them.
///
/// `sub`, `iss` and `sub_profile` describe an actor, `client_id` a client of the server that issued the token. A claim with
/// any other member names nobody, for nobody here could tell whom it excludes; nor does a `sub` without `iss`, which is a name
/// of whoever wrote the claim first, and another's here.
#[derive(Clone, Debug, PartialEq)]
pub struct MayAct(Object<'static>);

impl MayAct {
    /// The claim of these members.
    #[must_use]
    pub const fn new(members: Object<'static>) -> Self {
        Self(members)
    }

    /// Reads the claim; fails with `claim_malformed` when it is no object.
    pub(super) fn from_claims(claims: Claims<'_>) -> Result<Option<Self>, Error> {
        match claims.get("may_act").map(Value::to_json) {
            None => Ok(None),
            Some(Json::Object(members)) => Ok(Some(Self(members.into_owned()))),
            Some(_) => Err(Error::with_detail(ErrorCode::ClaimMalformed, "may_act")),
        }
    }

    /// Whether it names this actor, acting through this client: every member must be theirs.
    #[must_use]
    pub fn names(&self, actor: Option<&Actor>, client_id: &ClientId) -> bool {
        let is = |name: &str, value: &Json<'_>| {
            let own = match name {
                "sub" => actor.map(|actor| actor.subject.as_str()),
                "iss" => actor.and_then(|actor| actor.issuer.as_deref()),
                "sub_profile" => actor.and_then(|actor| actor.sub_profile.as_deref()),
                "client_id" => Some(client_id.as_str()),
                _ => None,
            };
            own.is_some() && value.as_str() == own
        };
        let has = |name: &str| self.0.contains(name);
        let is_of_an_issuer = has("iss") || !(has("sub") || has("sub_profile"));
        (has("sub") || self.names_a_client())
            && is_of_an_issuer
            && self.0.iter().all(|(name, value)| is(name, value))
    }

    /// Whether it speaks of a client.
    pub(crate) fn names_a_client(&self) -> bool {
        self.0.contains("client_id")
    }

    /// The claim's value.
    #[must_use]
    pub fn to_json(&self) -> Json<'static> {
        Json::Object(self.0.clone())
    }
}
