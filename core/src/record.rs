//! Decision records: who asked for what, what was decided and why. Never token text.

use alloc::string::String;
use alloc::vec::Vec;

use crate::codec::json::{Json, Object};
use crate::error::Error;
use crate::scope::Scope;
use crate::text::{Acr, ClientId, Subject, Tenant, TokenId};
use crate::time::UnixTime;
use crate::token::{Actor, Context};
use crate::uri::{Issuer, ResourceId};

/// Who decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// The identity provider, asked for an ID-JAG.
    Idp,
    /// The resource authorization server, asked for an access token.
    ResourceAuthorizationServer,
    /// The resource, asked to let a request pass.
    ResourceServer,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// A token was issued, or a request let through.
    Permit,
    /// Everything checked out and policy says no.
    Deny,
    /// A fresher or stronger sign-on would change the answer.
    StepUp,
    /// The request was refused before or beside any policy.
    Refuse,
    /// A token was revoked.
    Revoke,
    /// A token was to be revoked that is none, or no longer: there was nothing to do.
    Ignore,
}

/// One decision. Fields hold checked types only; what was not verified is not recorded as if it were.
#[derive(Clone, Debug, PartialEq)]
pub struct DecisionRecord {
    /// When.
    pub time: UnixTime,
    /// Who decided.
    pub role: Role,
    /// The deciding party's own identifier: issuer or resource.
    pub decided_by: String,
    /// What.
    pub outcome: Outcome,
    /// The error, on any outcome but [`Outcome::Permit`] and [`Outcome::Revoke`].
    pub error: Option<Error>,
    /// Ids of the policy rules that matched.
    pub rules: Vec<String>,
    /// On denial: the nearest permit and what it lacked.
    pub nearest: Option<String>,
    /// The app, by its id in the policy.
    pub app: Option<String>,
    /// The client, as the deciding party knows it; only when such a client is registered.
    pub client_id: Option<ClientId>,
    /// Whether the client proved that it is this client.
    pub client_authenticated: bool,
    /// The client, as the target server knows it.
    pub target_client_id: Option<ClientId>,
    /// The issuer in whose namespace `subject` stands; only one that is configured.
    pub issuer: Option<Issuer>,
    /// The tenant of the issuer.
    pub tenant: Option<Tenant>,
    /// The user.
    pub subject: Option<Subject>,
    /// The resource authorization server the grant is for.
    pub audience: Option<Issuer>,
    /// The resources granted, or asked for when nothing was granted.
    pub resources: Vec<ResourceId>,
    /// The scope asked for.
    pub scope_asked: Option<Scope>,
    /// The scope granted.
    pub scope_granted: Option<Scope>,
    /// The operation, at a resource: a method or tool of the server's own table.
    pub operation: Option<String>,
    /// Who acted for the user.
    pub actor: Option<Actor>,
    /// Whether the token issued or used is bound to a key.
    pub sender_constrained: bool,
    /// When the user signed on.
    pub auth_time: Option<UnixTime>,
    /// How the user signed on.
    pub acr: Option<Acr>,
    /// The token issued or used.
    pub token_id: Option<TokenId>,
    /// The ID-JAG it stems from.
    pub grant_id: Option<TokenId>,
    /// The access token it was derived from.
    pub parent_id: Option<TokenId>,
    /// The conversation.
    pub context: Option<Context>,
    /// When the token issued or used expires.
    pub expires_at: Option<UnixTime>,
}

impl DecisionRecord {
    pub(crate) fn new(role: Role, decided_by: &str, time: UnixTime) -> Self {
        Self {
            time,
            role,
            decided_by: String::from(decided_by),
            outcome: Outcome::Refuse,
            error: None,
            rules: Vec::new(),
            nearest: None,
            app: None,
            client_id: None,
            client_authenticated: false,
            target_client_id: None,
            issuer: None,
            tenant: None,
            subject: None,
            audience: None,
            resources: Vec::new(),
            scope_asked: None,
            scope_granted: None,
            operation: None,
            actor: None,
            sender_constrained: false,
            auth_time: None,
            acr: None,
            token_id: None,
            grant_id: None,
            parent_id: None,
            context: None,
            expires_at: None,
        }
    }

    /// The record as JSON; what is not known is left out.
    #[must_use]
    pub fn to_json(&self) -> Object<'static> {
        let mut out = Object::new();
        out.set("time", self.time.as_secs());
        out.set_str("role", self.role.as_str());
        out.set_str("decided_by", self.decided_by.clone());
        out.set_str("outcome", self.outcome.as_str());
        if let Some(error) = &self.error {
            out.set_str("error", error.code().as_str());
            if let Some(detail) = error.detail() {
                out.set_str("error_detail", detail);
            }
        }
        if !self.rules.is_empty() {
            out.set("rules", Json::strings(self.rules.iter().cloned()));
        }
        let texts = [
            ("nearest", self.nearest.as_deref()),
            ("app", self.app.as_deref()),
            ("client_id", self.client_id.as_ref().map(ClientId::as_str)),
            ("target_client_id", self.target_client_id.as_ref().map(ClientId::as_str)),
            ("issuer", self.issuer.as_ref().map(Issuer::as_str)),
            ("tenant", self.tenant.as_ref().map(Tenant::as_str)),
            ("subject", self.subject.as_ref().map(Subject::as_str)),
            ("audience", self.audience.as_ref().map(Issuer::as_str)),
            ("operation", self.operation.as_deref()),
            ("acr", self.acr.as_ref().map(Acr::as_str)),
            ("token_id", self.token_id.as_ref().map(TokenId::as_str)),
            ("grant_id", self.grant_id.as_ref().map(TokenId::as_str)),
            ("parent_id", self.parent_id.as_ref().map(TokenId::as_str)),
            ("context", self.context.as_ref().map(Context::as_str)),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                out.set_str(name, String::from(text));
            }
        }
        out.set("client_authenticated", self.client_authenticated);
        out.set("sender_constrained", self.sender_constrained);
        if !self.resources.is_empty() {
            out.set("resources", Json::strings(self.resources.iter().map(|r| String::from(r.as_str()))));
        }
        for (name, scope) in [("scope_asked", &self.scope_asked), ("scope_granted", &self.scope_granted)] {
            if let Some(scope) = scope {
                out.set_str(name, alloc::format!("{scope}"));
            }
        }
        if let Some(actor) = &self.actor {
            out.set("actor", actor.to_json());
        }
        for (name, time) in [("auth_time", self.auth_time), ("expires_at", self.expires_at)] {
            if let Some(time) = time {
                out.set(name, time.as_secs());
            }
        }
        out
    }
}

impl Role {
    /// The role's name in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Idp => "idp",
            Self::ResourceAuthorizationServer => "resource_as",
            Self::ResourceServer => "resource_server",
        }
    }
}

impl Outcome {
    /// The outcome's name in records.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Permit => "permit",
            Self::Deny => "deny",
            Self::StepUp => "step_up",
            Self::Refuse => "refuse",
            Self::Revoke => "revoke",
            Self::Ignore => "ignore",
        }
    }
}
