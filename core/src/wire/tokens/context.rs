//! Conversations: under which claim, and whether there must be one.

use crate::error::Error;
use crate::token::{ContextClaim, ContextRule};
use crate::wire::declare::names;

names! {
    /// Whether a server takes only what is for one conversation.
    pub(in crate::wire) enum ContextRuleName {
        /// With a conversation or without one.
        Optional = "optional",
        /// With one only.
        Required = "required",
    }
}

impl ContextRuleName {
    pub(in crate::wire) const fn rule(name: Option<Self>) -> ContextRule {
        match name {
            None | Some(Self::Optional) => ContextRule::Optional,
            Some(Self::Required) => ContextRule::Required,
        }
    }
}

/// The claim of this name; `ctx` where none is given.
pub(in crate::wire) fn context_claim(name: Option<&str>) -> Result<ContextClaim, Error> {
    name.map_or(Ok(ContextClaim::CTX), ContextClaim::new)
}
