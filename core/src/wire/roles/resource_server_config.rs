//! What a protected resource is told once.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::resource_as_config::DEFAULT_ALGORITHMS;
use crate::error::Error;
use crate::resource_server::{
    AccessTable, Requirement, ResourceServerConfig, ScopeHierarchy, SenderConstraint,
    TrustedAuthorizationServer,
};
use crate::scope::ScopeToken;
use crate::text::Acr;
use crate::time::Seconds;
use crate::token::RelaxedClaims;
use crate::uri::{ResourceId, Transport, Url};
use crate::wire::declare::{input, names};
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::shared::{Alg, LimitOptions, WindowOptions, allowed, issuer, overwrite, transport};
use crate::wire::state::RevocationCheckName;
use crate::wire::tokens::claims::scope;
use crate::wire::tokens::context::{ContextRuleName, context_claim};

input! {
    Arguments
    /// What a protected resource is told once: itself, whom it trusts, what its operations require.
    pub(in crate::wire) struct ResourceServerOptions {
        /// The resource's own identifier: what `aud` must name.
        resource: String,
        /// Further identifiers it answers to; none by default.
        resource_aliases: Option<Vec<String>>,
        /// Compare `aud` after RFC 3986 normalisation; `false` by default: code point by code point.
        normalize_resource: Option<bool>,
        /// Where its metadata document is; by default the well-known address of `resource` (RFC 9728 §3).
        metadata_url: Option<String>,
        /// The authorization servers it trusts; the first is the one that clients are sent to.
        authorization_servers: Vec<TrustedServerOptions>,
        /// What each operation requires. What is not listed is refused; the methods that every MCP session needs are
        /// listed already and require any valid token.
        access: Option<AccessOptions>,
        /// Which scopes include which others, space-separated: `{"admin": "read write"}`. Inclusion carries on.
        hierarchy: Option<BTreeMap<String, String>>,
        /// The scope named to clients that come without a token, space-separated; none by default.
        initial_scope: Option<String>,
        /// Whether tokens must be bound to a key; `optional` by default.
        sender_constraint: Option<SenderConstraintName>,
        /// The algorithms of proofs; ES256 by default.
        proof_algorithms: Option<Vec<Alg>>,
        /// How far a proof's `iat` may lie from now, in seconds: 300 by default and at most.
        proof_window: Option<Seconds>,
        /// Let a proof be used once only; `false` by default. `authorize` then answers a replay key.
        proof_single_use: Option<bool>,
        /// Whether tokens are held against revocations; `when_given` by default.
        revocation: Option<RevocationCheckName>,
        /// The scopes that only read, space-separated. A token whose scopes, included ones among them, are all of these
        /// reaches no tool but those with `read_only`; nor does a token without scopes.
        read_only_scopes: Option<String>,
        /// The claim that names a conversation; `ctx` by default.
        context_claim: Option<String>,
        /// Whether a token must be for one conversation; `optional` by default.
        context: Option<ContextRuleName>,
        /// The rules of time for access tokens.
        window: Option<WindowOptions>,
        /// How many verified tokens are remembered, so that their signatures need not be computed again: 1,024 by default,
        /// 65,536 at most; of 0, none is. Everything but the signature is checked on each use all the same.
        pub(super) token_cache_capacity: Option<usize>,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

input! {
    Arguments
    /// An authorization server whose tokens are accepted.
    pub(in crate::wire) struct TrustedServerOptions {
        /// Its issuer identifier, compared code point by code point.
        issuer: String,
        /// The algorithms it may sign with; ES256 by default.
        algorithms: Option<Vec<Alg>>,
        /// What its tokens may lack; nothing by default.
        relaxed: Option<RelaxedOptions>,
    }
}

input! {
    Arguments
    /// What the access tokens of one server may lack of RFC 9068 §2.2. Each is `false` by default.
    pub(in crate::wire) struct RelaxedOptions {
        /// `sub` may be missing.
        subject: Option<bool>,
        /// `client_id` may be missing.
        client_id: Option<bool>,
        /// `iat` may be missing.
        issued_at: Option<bool>,
        /// `jti` may be missing.
        token_id: Option<bool>,
        /// The header's `typ` may be another than `at+jwt`.
        typ: Option<bool>,
    }
}

input! {
    Arguments
    /// What each operation requires.
    pub(in crate::wire) struct AccessOptions {
        /// JSON-RPC methods other than tool calls, by name.
        methods: Option<BTreeMap<String, RequirementOptions>>,
        /// Tools, by name.
        tools: Option<BTreeMap<String, ToolOptions>>,
        /// Listening on, answering in or ending a session; any valid token by default.
        session: Option<RequirementOptions>,
    }
}

input! {
    Arguments
    /// What a token must offer for one operation.
    pub(in crate::wire) struct RequirementOptions {
        /// All of these scopes, space-separated; none by default.
        scope: Option<String>,
        /// How long ago the user may have signed on, in seconds; any time by default.
        max_age: Option<Seconds>,
        /// A sign-on of one of these classes; any by default.
        acr_values: Option<Vec<Acr>>,
    }
}

input! {
    Arguments
    /// What a token must offer for one tool.
    pub(in crate::wire) struct ToolOptions {
        /// All of these scopes, space-separated; none by default.
        scope: Option<String>,
        /// How long ago the user may have signed on, in seconds; any time by default.
        max_age: Option<Seconds>,
        /// A sign-on of one of these classes; any by default.
        acr_values: Option<Vec<Acr>>,
        /// The tool changes nothing: MCP's annotation `readOnlyHint`, if it is to be believed; `false` by default.
        read_only: Option<bool>,
    }
}

names! {
    /// Whether tokens are bound to keys.
    pub(in crate::wire) enum SenderConstraintName {
        /// Bound tokens with their proof, and bearer tokens.
        Optional = "optional",
        /// Bound tokens only.
        Required = "required",
    }
}

impl ResourceServerOptions {
    pub(super) fn build(self, held: &Held) -> Result<ResourceServerConfig, Fault> {
        let transport = transport(self.dangerous_allow_http_loopback);
        let algorithms = allowed(self.proof_algorithms.as_deref().unwrap_or(DEFAULT_ALGORITHMS), held)?;
        let mut config = ResourceServerConfig::new(ResourceId::new(&self.resource, transport)?, algorithms);
        let trusted = self.authorization_servers.into_iter().map(|trusted| trusted.build(transport, held));
        config.authorization_servers = trusted.collect::<Result<_, _>>()?;
        if let Some(text) = &self.metadata_url {
            config.metadata_url = Url::new(text, transport)?;
        }
        if let Some(access) = self.access {
            config.access = access.build()?;
        }
        config.hierarchy = self.hierarchy.unwrap_or_default().into_iter().try_fold(
            ScopeHierarchy::default(),
            |hierarchy, (name, included)| {
                Ok::<_, Error>(hierarchy.including(ScopeToken::new(name)?, scope(&included)?))
            },
        )?;
        config.initial_scope = self.initial_scope.as_deref().map(scope).transpose()?.unwrap_or_default();
        config.sender_constraint = match self.sender_constraint {
            None | Some(SenderConstraintName::Optional) => SenderConstraint::Optional,
            Some(SenderConstraintName::Required) => SenderConstraint::Required,
        };
        config.revocation = RevocationCheckName::check(self.revocation);
        config.read_only_scopes =
            self.read_only_scopes.as_deref().map(scope).transpose()?.unwrap_or_default();
        config.window = WindowOptions::over(self.window.as_ref(), config.window)?;
        config.context_claim = context_claim(self.context_claim.as_deref())?;
        config.context = ContextRuleName::rule(self.context);
        config.limits = LimitOptions::over_default(self.limits.as_ref());
        overwrite!(config from self: resource_aliases, normalize_resource, proof_window, proof_single_use);
        Ok(config)
    }
}

impl TrustedServerOptions {
    fn build(self, transport: Transport, held: &Held) -> Result<TrustedAuthorizationServer, Error> {
        let relaxed = self.relaxed.map_or_else(RelaxedClaims::default, |relaxed| RelaxedClaims {
            subject: relaxed.subject.unwrap_or_default(),
            client_id: relaxed.client_id.unwrap_or_default(),
            issued_at: relaxed.issued_at.unwrap_or_default(),
            token_id: relaxed.token_id.unwrap_or_default(),
            typ: relaxed.typ.unwrap_or_default(),
        });
        Ok(TrustedAuthorizationServer {
            issuer: issuer(&self.issuer, transport)?,
            algorithms: allowed(self.algorithms.as_deref().unwrap_or(DEFAULT_ALGORITHMS), held)?,
            relaxed,
        })
    }
}

impl AccessOptions {
    fn build(self) -> Result<AccessTable, Error> {
        let mut table = AccessTable::mcp();
        for (name, requirement) in self.methods.unwrap_or_default() {
            table = table.with_method(name, requirement.build()?);
        }
        for (name, tool) in self.tools.unwrap_or_default() {
            let ToolOptions { scope, max_age, acr_values, read_only } = tool;
            let requirement = RequirementOptions { scope, max_age, acr_values }.build()?;
            table = match read_only {
                Some(true) => table.with_read_only_tool(name, requirement),
                _ => table.with_tool(name, requirement),
            };
        }
        match self.session {
            Some(requirement) => Ok(table.with_session(requirement.build()?)),
            None => Ok(table),
        }
    }
}

impl RequirementOptions {
    fn build(self) -> Result<Requirement, Error> {
        Ok(Requirement {
            scope: self.scope.as_deref().map(scope).transpose()?.unwrap_or_default(),
            max_age: self.max_age,
            acr_values: self.acr_values.unwrap_or_default(),
        })
    }
}
