//! What a protected resource is told once: itself, whom it trusts, what its operations require.

use alloc::string::String;
use alloc::vec::Vec;

use super::access::{AccessTable, ScopeHierarchy};
use crate::crypto::Algorithms;
use crate::error::Error;
use crate::limits::Limits;
use crate::revocation::RevocationCheck;
use crate::scope::Scope;
use crate::time::Seconds;
use crate::token::{ContextClaim, ContextRule, RelaxedClaims, Window};
use crate::uri::{Issuer, ResourceId, Url};

/// An authorization server whose tokens are accepted.
#[derive(Clone, Debug)]
pub struct TrustedAuthorizationServer {
    /// Its issuer identifier, compared code point by code point.
    pub issuer: Issuer,
    /// The algorithms it may sign with.
    pub algorithms: Algorithms,
    /// Claims it is excused from (AMB-032).
    pub relaxed: RelaxedClaims,
}

/// Whether tokens are bound to keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SenderConstraint {
    /// Bound tokens with their proof, and bearer tokens.
    #[default]
    Optional,
    /// Bound tokens only.
    Required,
}

/// The configuration of a [`super::ResourceServer`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ResourceServerConfig {
    /// The resource's own identifier: what `aud` must name.
    pub resource: ResourceId,
    /// Further identifiers it answers to (AMB-008).
    pub resource_aliases: Vec<String>,
    /// Compare `aud` after RFC 3986 normalisation (MCP-015, AMB-008).
    pub normalize_resource: bool,
    /// Where its RFC 9728 metadata is; by default the well-known address of `resource`.
    pub metadata_url: Url,
    /// The authorization servers it trusts; the first is the one that clients are sent to.
    pub authorization_servers: Vec<TrustedAuthorizationServer>,
    /// What each operation requires.
    pub access: AccessTable,
    /// Which scopes include which (MCP-028).
    pub hierarchy: ScopeHierarchy,
    /// The scope named to clients that come without a token (MCP-022).
    pub initial_scope: Scope,
    /// Whether tokens must be bound to a key.
    pub sender_constraint: SenderConstraint,
    /// The algorithms of proofs.
    pub proof_algorithms: Algorithms,
    /// How far a proof's `iat` may lie from now: 300 s (MCP-037).
    pub proof_window: Seconds,
    /// Let a proof be used once only: the host must then ask its replay store.
    pub proof_single_use: bool,
    /// Whether tokens are held against a list of revocations.
    pub revocation: RevocationCheck,
    /// The scopes that only read: a token whose scopes, included ones among them, are all of these reaches no tool but
    /// those that only read; nor does a token without scopes.
    pub read_only_scopes: Scope,
    /// The claim that names a conversation.
    pub context_claim: ContextClaim,
    /// Whether a token must be for one conversation.
    pub context: ContextRule,
    /// The rules of time for access tokens.
    pub window: Window,
    /// Caps.
    pub limits: Limits,
}

impl ResourceServerConfig {
    /// The defaults: bearer or bound, exact comparison, the MCP methods that need no scope, no tools.
    #[must_use]
    pub fn new(resource: ResourceId, proof_algorithms: Algorithms) -> Self {
        let metadata_url = resource.metadata_url();
        Self {
            resource,
            resource_aliases: Vec::new(),
            normalize_resource: false,
            metadata_url,
            authorization_servers: Vec::new(),
            access: AccessTable::mcp(),
            hierarchy: ScopeHierarchy::default(),
            initial_scope: Scope::empty(),
            sender_constraint: SenderConstraint::default(),
            proof_algorithms,
            proof_window: Seconds(300),
            proof_single_use: false,
            revocation: RevocationCheck::default(),
            read_only_scopes: Scope::empty(),
            context_claim: ContextClaim::default(),
            context: ContextRule::default(),
            window: Window::default(),
            limits: Limits::DEFAULT,
        }
    }

    /// Fails with `config_invalid` on a configuration that cannot be meant.
    pub(super) fn check(&self) -> Result<(), Error> {
        let servers = &self.authorization_servers;
        if servers.is_empty() {
            return Err(Error::config("no authorization server is trusted"));
        }
        let twice = servers
            .iter()
            .enumerate()
            .any(|(index, server)| servers.iter().take(index).any(|earlier| earlier.issuer == server.issuer));
        if twice {
            return Err(Error::config("an authorization server is trusted twice"));
        }
        if self.proof_window > Seconds(300) {
            return Err(Error::config("the window of proofs is at most 300 seconds"));
        }
        self.check_reading()
    }

    /// Where reading is told from writing, no tool may contradict it. With this, that a read-only token reaches a tool
    /// that writes is impossible: it would need a scope that the token does not have, and every refusal can name it.
    fn check_reading(&self) -> Result<(), Error> {
        let reads = &self.read_only_scopes;
        if reads.is_empty() && !self.access.has_read_only_tools() {
            return Ok(());
        }
        if !self.hierarchy.expand(reads).is_subset(reads) {
            return Err(Error::config("a read-only scope includes one that is not"));
        }
        if self.access.writing_tools().any(|requirement| requirement.scope.is_subset(reads)) {
            return Err(Error::config("a tool that is not read-only requires none but read-only scopes"));
        }
        Ok(())
    }
}
