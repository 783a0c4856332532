//! MCP scope selection and step-up: what a client asks for, first and when that was not enough.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};

use crate::error::{Error, ErrorCode};
use crate::oauth::metadata::ProtectedResourceMetadata;
use crate::scope::Scope;
use crate::uri::ResourceId;

/// The scope of a first request: what the challenge named, whatever else the resource lists (MCP-023);
/// without it everything the resource lists; without that nothing, and `scope` is left out (MCP-024).
#[must_use]
pub fn initial_scope(challenged: Option<&Scope>, resource: Option<&ProtectedResourceMetadata>) -> Scope {
    first_scope(challenged, resource.map(|metadata| &metadata.scopes_supported))
}

/// [`initial_scope`] where the resource's list is at hand without its metadata.
pub(crate) fn first_scope(challenged: Option<&Scope>, listed: Option<&Scope>) -> Scope {
    challenged.filter(|scope| !scope.is_empty()).or(listed).cloned().unwrap_or_default()
}

/// The scope of a request after `insufficient_scope`: everything asked for so far and what the challenge
/// names, so that nothing is lost (MCP-025).
#[must_use]
pub fn step_up_scope(requested: &Scope, challenged: &Scope) -> Scope {
    requested.union(challenged)
}

/// Counts step-ups per resource and operation, so that a server that keeps asking is given up on (MCP-030).
#[derive(Clone, Debug)]
pub struct StepUps {
    limit: u32,
    made: BTreeMap<(ResourceId, String), u32>,
}

impl StepUps {
    /// At most `limit` step-ups in a row for one operation of one resource; zero allows none.
    #[must_use]
    pub const fn new(limit: u32) -> Self {
        Self { limit, made: BTreeMap::new() }
    }

    /// Counts one more step-up and says what to ask for; `operation` is the caller's own name for what it
    /// does.
    ///
    /// Fails with `step_up_limit` when the limit was reached: the failure is permanent until
    /// [`StepUps::succeeded`].
    pub fn plan(
        &mut self,
        resource: &ResourceId,
        operation: &str,
        requested: &Scope,
        challenged: &Scope,
    ) -> Result<Scope, Error> {
        let made = self.made.entry((resource.clone(), operation.to_string())).or_insert(0);
        if *made >= self.limit {
            return Err(Error::new(ErrorCode::StepUpLimit));
        }
        *made = made.saturating_add(1);
        Ok(step_up_scope(requested, challenged))
    }

    /// The operation was let through: its count starts again.
    pub fn succeeded(&mut self, resource: &ResourceId, operation: &str) {
        self.made.remove(&(resource.clone(), operation.to_string()));
    }
}

impl Default for StepUps {
    /// At most three.
    fn default() -> Self {
        Self::new(3)
    }
}
