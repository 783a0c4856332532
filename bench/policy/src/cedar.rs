//! The same policy in Cedar.

use std::collections::{HashMap, HashSet};

use cedar_policy::{Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request};
use harness::Failure;

use crate::Scene;

/// A parsed policy set, and the user who asks among the entities.
pub(crate) struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
}

fn uid(kind: &str, name: &str) -> Result<EntityUid, Failure> {
    format!("{kind}::\"{name}\"").parse().map_err(told)
}

fn told(error: impl ToString) -> Failure {
    error.to_string()
}

/// The user asks to use a server.
pub(crate) fn question(server: usize) -> Result<Request, Failure> {
    let (user, action) = (uid("User", "u")?, uid("Action", "use")?);
    Request::new(user, action, uid("Server", &format!("s{server}"))?, Context::empty(), None).map_err(told)
}

/// The policy set, a line for each rule.
pub(crate) fn document(scene: Scene) -> String {
    let line = |(group, server)| {
        format!(
            "permit(principal in Group::\"g{group}\", action == Action::\"use\", resource == Server::\"s{server}\");\n"
        )
    };
    scene.permits().map(line).collect()
}

impl Cedar {
    pub(crate) fn parse(scene: Scene, document: &str) -> Result<Self, Failure> {
        let groups: Result<HashSet<EntityUid>, _> =
            scene.groups().map(|group| uid("Group", &format!("g{group}"))).collect();
        let user = Entity::new(uid("User", "u")?, HashMap::new(), groups?).map_err(told)?;
        Ok(Self {
            authorizer: Authorizer::new(),
            policies: document.parse().map_err(told)?,
            entities: Entities::from_entities([user], None).map_err(told)?,
        })
    }

    /// Whether the request is allowed.
    pub(crate) fn permits(&self, request: &Request) -> bool {
        let response = self.authorizer.is_authorized(request, &self.policies, &self.entities);
        std::hint::black_box(response).decision() == Decision::Allow
    }
}
