//! The policy as our admins write it.

use std::collections::BTreeSet;

use harness::Failure;
use idjag::policy::{ClientAt, Facts, Policy, PolicyOptions, Request};
use idjag::text::{ClientId, Group};

use crate::Scene;

/// A compiled policy and the user who asks.
pub(crate) struct Ours {
    policy: Policy,
    client: ClientId,
    groups: BTreeSet<Group>,
}

/// The issuer of the server that is asked for.
pub(crate) fn question(server: usize) -> Result<String, Failure> {
    Ok(format!("https://s{server}.example"))
}

/// The document, written piece by piece: a tree of it would leave memory behind that the policy then uses.
pub(crate) fn document(scene: Scene) -> String {
    let mut out = String::from(
        r#"{"version":1,"apps":[{"id":"agent","client_ids":["agent"],"status":"approved"}],"servers":["#,
    );
    for server in 0..scene.servers() {
        let comma = if server == 0 { "" } else { "," };
        out += &format!(
            r#"{comma}{{"id":"s{server}","issuer":"https://s{server}.example","resources":["https://s{server}.example/mcp"]}}"#
        );
    }
    out += r#"],"rules":["#;
    for (group, server) in scene.permits() {
        let comma = if group == 0 { "" } else { "," };
        out += &format!(
            r#"{comma}{{"id":"r{group}","effect":"permit","apps":{{"any":true}},"servers":{{"ids":["s{server}"]}},"subjects":{{"groups_any":["g{group}"]}},"scopes":["use"]}}"#
        );
    }
    out + "]}"
}

impl Ours {
    pub(crate) fn compile(scene: Scene, document: &str) -> Result<Self, Failure> {
        let mut options = PolicyOptions::default();
        options.max_bytes = document.len();
        let policy = Policy::compile(document.as_bytes(), &options).map_err(|errors| errors.to_string())?;
        let groups: Result<BTreeSet<Group>, _> =
            scene.groups().map(|group| Group::new(format!("g{group}"))).collect();
        let client = ClientId::new("agent").map_err(|error| error.to_string())?;
        Ok(Self { policy, client, groups: groups.map_err(|error| error.to_string())? })
    }

    /// Whether the user may use the server of this issuer.
    pub(crate) fn permits(&self, issuer: &str) -> Result<bool, Failure> {
        let request = Request {
            client: ClientAt::IdentityProvider(&self.client),
            issuer,
            resources: &[],
            scope: None,
            detail_types: &[],
            facts: Facts { groups: Some(&self.groups), ..Facts::default() },
        };
        Ok(std::hint::black_box(self.policy.evaluate(&request)).grant().is_some())
    }
}
