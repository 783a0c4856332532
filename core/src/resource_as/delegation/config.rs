//! What a server is told once about tokens derived from its own.

use alloc::vec::Vec;

use super::super::config::ResourceAsConfig;
use crate::error::Error;
use crate::oauth::ActorProfile;
use crate::time::Seconds;

/// How access tokens of this server become tokens for subagents (DESIGN §7). Without it, none does.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DelegationConfig {
    /// How often one token may be derived from the other: 4.
    pub max_depth: usize,
    /// How long derived tokens live, and never longer than their parents; without it, as long as others.
    pub max_lifetime: Option<Seconds>,
    /// Whose actor tokens are accepted; none means that every actor token is refused (AMB-024).
    pub actor_profiles: Vec<ActorProfile>,
}

impl Default for DelegationConfig {
    fn default() -> Self {
        Self { max_depth: 4, max_lifetime: None, actor_profiles: Vec::new() }
    }
}

impl DelegationConfig {
    /// Fails with `config_invalid` on a configuration that cannot be meant.
    pub(in crate::resource_as) fn check(&self, server: &ResourceAsConfig) -> Result<(), Error> {
        if self.max_depth == 0 || self.max_depth > server.limits.ancestors {
            return Err(Error::config("the depth of delegation is 1 to the most ancestors that are read"));
        }
        if self.max_lifetime == Some(Seconds::ZERO) {
            return Err(Error::config("derived tokens live at least a second"));
        }
        // Under its own name the server knows clients as actors, and nobody else may say who they are.
        if self.actor_profiles.iter().any(|profile| profile.issuer == server.issuer) {
            return Err(Error::config("the server vouches for actors itself"));
        }
        Ok(())
    }
}
