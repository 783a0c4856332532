//! Decision records: who asked for what, what was decided and why. Never token text.

use alloc::string::String;
use alloc::vec::Vec;

use crate::codec::json::{Json, Object};
use crate::crypto::Thumbprint;
use crate::details::AuthorizationDetails;
use crate::error::{Error, OAuthError};
use crate::policy::PolicyDigest;
use crate::revocation::Revocation;
use crate::scope::Scope;
use crate::text::{Acr, ClientId, RequestId, SessionId, Subject, Tenant, TokenId, is_plain};
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
    /// An administrator, or a program for one.
    Administrator,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// At the identity provider: an ID-JAG, or a refresh token, for a user's assertion.
    Exchange,
    /// At the resource authorization server: an access token for an ID-JAG.
    Redeem,
    /// At the resource authorization server: a lesser access token for an access token.
    Derive,
    /// That a token, or several, be good no longer.
    Revoke,
    /// At the resource: an operation.
    Access,
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
    /// What was asked for.
    pub action: Action,
    /// The deciding party's own identifier: issuer or resource.
    pub decided_by: String,
    /// The host's own name for the request, to join with its other logs; this crate never sets it.
    pub request_id: Option<RequestId>,
    /// What.
    pub outcome: Outcome,
    /// The error, on any outcome but [`Outcome::Permit`] and [`Outcome::Revoke`].
    pub error: Option<Error>,
    /// What the sender was told.
    pub oauth_error: Option<OAuthError>,
    /// The policy document that was asked.
    pub policy: Option<PolicyDigest>,
    /// Ids of the policy rules that matched.
    pub rules: Vec<String>,
    /// On denial: the nearest permit and what it lacked.
    pub nearest: Option<String>,
    /// The app, by its id in the policy.
    pub app: Option<String>,
    /// The server, by its id in the policy.
    pub server: Option<String>,
    /// The agents that whoever acts is, by their ids in the policy.
    pub agents: Vec<String>,
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
    /// The user, as the token issued names it: to the next party in the chain this is `subject`.
    pub target_subject: Option<Subject>,
    /// The resource authorization server the grant is for.
    pub audience: Option<Issuer>,
    /// The resources granted, or asked for when nothing was granted.
    pub resources: Vec<ResourceId>,
    /// The scope asked for.
    pub scope_asked: Option<Scope>,
    /// The scope granted.
    pub scope_granted: Option<Scope>,
    /// The types of authorization details asked for.
    pub details_asked: Vec<String>,
    /// The types of authorization details granted.
    pub details_granted: Vec<String>,
    /// The operation, at a resource: a method or tool of the server's own table.
    pub operation: Option<String>,
    /// Who acted for the user.
    pub actor: Option<Actor>,
    /// The key that the token issued or used is bound to.
    pub jkt: Option<Thumbprint>,
    /// The session of the user's sign-on: `sid` of the ID Token.
    pub session_id: Option<SessionId>,
    /// The ID Token: its `jti`, where it has one.
    pub subject_token_id: Option<TokenId>,
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
    /// What an administrator revoked.
    pub revoked: Option<Revocation>,
}

impl DecisionRecord {
    /// The version of the format, in every record.
    pub const VERSION: u64 = 1;

    pub(crate) fn new(role: Role, decided_by: &str, time: UnixTime) -> Self {
        Self {
            time,
            role,
            action: match role {
                Role::Idp => Action::Exchange,
                Role::ResourceAuthorizationServer => Action::Redeem,
                Role::ResourceServer => Action::Access,
                Role::Administrator => Action::Revoke,
            },
            decided_by: String::from(decided_by),
            request_id: None,
            outcome: Outcome::Refuse,
            error: None,
            oauth_error: None,
            policy: None,
            rules: Vec::new(),
            nearest: None,
            app: None,
            server: None,
            agents: Vec::new(),
            client_id: None,
            client_authenticated: false,
            target_client_id: None,
            issuer: None,
            tenant: None,
            subject: None,
            target_subject: None,
            audience: None,
            resources: Vec::new(),
            scope_asked: None,
            scope_granted: None,
            details_asked: Vec::new(),
            details_granted: Vec::new(),
            operation: None,
            actor: None,
            jkt: None,
            session_id: None,
            subject_token_id: None,
            auth_time: None,
            acr: None,
            token_id: None,
            grant_id: None,
            parent_id: None,
            context: None,
            expires_at: None,
            revoked: None,
        }
    }

    /// The record of a revocation that an administrator, or a program for one, put on the lists. `decided_by` is who or
    /// what that is: 1 to 2048 bytes without control characters, or `text_invalid`.
    pub fn of_revocation(entry: &Revocation, decided_by: &str, now: UnixTime) -> Result<Self, Error> {
        if !is_plain(decided_by, 2048) {
            return Err(Error::text("decided_by"));
        }
        let mut record = Self::new(Role::Administrator, decided_by, now);
        record.outcome = Outcome::Revoke;
        record.revoked = Some(entry.clone());
        Ok(record)
    }

    /// The record as JSON; what is not known is left out.
    #[must_use]
    pub fn to_json(&self) -> Object<'static> {
        // No two members have one name.
        let mut out = Object::new();
        out.push("version", Self::VERSION);
        out.push("time", self.time.as_secs());
        out.push("role", Json::string(self.role.as_str()));
        out.push("action", Json::string(self.action.as_str()));
        out.push("decided_by", Json::string(self.decided_by.clone()));
        out.push("outcome", Json::string(self.outcome.as_str()));
        if let Some(error) = &self.error {
            out.push("error", Json::string(error.code().as_str()));
            if let Some(detail) = error.detail() {
                out.push("error_detail", Json::string(detail));
            }
            if let Some(kind) = error.token() {
                out.push("error_token", Json::string(kind.as_str()));
            }
        }
        let lists = [
            ("rules", &self.rules),
            ("agents", &self.agents),
            ("details_asked", &self.details_asked),
            ("details_granted", &self.details_granted),
        ];
        for (name, list) in lists {
            if !list.is_empty() {
                out.push(name, Json::strings(list.iter().cloned()));
            }
        }
        let texts = [
            ("request_id", self.request_id.as_ref().map(RequestId::as_str)),
            ("oauth_error", self.oauth_error.map(OAuthError::as_str)),
            ("policy", self.policy.as_ref().map(PolicyDigest::as_str)),
            ("nearest", self.nearest.as_deref()),
            ("app", self.app.as_deref()),
            ("server", self.server.as_deref()),
            ("client_id", self.client_id.as_ref().map(ClientId::as_str)),
            ("target_client_id", self.target_client_id.as_ref().map(ClientId::as_str)),
            ("issuer", self.issuer.as_ref().map(Issuer::as_str)),
            ("tenant", self.tenant.as_ref().map(Tenant::as_str)),
            ("subject", self.subject.as_ref().map(Subject::as_str)),
            ("target_subject", self.target_subject.as_ref().map(Subject::as_str)),
            ("audience", self.audience.as_ref().map(Issuer::as_str)),
            ("operation", self.operation.as_deref()),
            ("acr", self.acr.as_ref().map(Acr::as_str)),
            ("session_id", self.session_id.as_ref().map(SessionId::as_str)),
            ("subject_token_id", self.subject_token_id.as_ref().map(TokenId::as_str)),
            ("token_id", self.token_id.as_ref().map(TokenId::as_str)),
            ("grant_id", self.grant_id.as_ref().map(TokenId::as_str)),
            ("parent_id", self.parent_id.as_ref().map(TokenId::as_str)),
            ("context", self.context.as_ref().map(Context::as_str)),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                out.push(name, Json::string(String::from(text)));
            }
        }
        out.push("client_authenticated", self.client_authenticated);
        out.push("sender_constrained", self.jkt.is_some());
        if let Some(jkt) = &self.jkt {
            out.push("jkt", Json::string(jkt.to_base64url()));
        }
        if !self.resources.is_empty() {
            out.push("resources", Json::strings(self.resources.iter().map(|r| String::from(r.as_str()))));
        }
        for (name, scope) in [("scope_asked", &self.scope_asked), ("scope_granted", &self.scope_granted)] {
            if let Some(scope) = scope {
                out.push(name, Json::string(alloc::format!("{scope}")));
            }
        }
        if let Some(actor) = &self.actor {
            out.push("actor", actor.to_json());
        }
        for (name, time) in [("auth_time", self.auth_time), ("expires_at", self.expires_at)] {
            if let Some(time) = time {
                out.push(name, time.as_secs());
            }
        }
        if let Some(entry) = &self.revoked {
            out.push("revoked", entry.to_json());
        }
        out
    }
}

/// The types of some authorization details, each once.
pub(crate) fn types(details: Option<&AuthorizationDetails>) -> Vec<String> {
    let mut types: Vec<String> = Vec::new();
    for kind in details.into_iter().flat_map(|details| details.iter()).map(|detail| detail.kind()) {
        if !types.iter().any(|known| known == kind) {
            types.push(String::from(kind));
        }
    }
    types
}

/// The names of the values of an enum in records.
macro_rules! named {
    ($type:ident, $what:literal, $($variant:ident = $name:literal),*) => {
        impl $type {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            #[doc = concat!("The ", $what, "'s name in records.")]
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The value of this name.
            pub(super) fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == name)
            }
        }
    };
}
named!(
    Role,
    "role",
    Idp = "idp",
    ResourceAuthorizationServer = "resource_as",
    ResourceServer = "resource_server",
    Administrator = "administrator"
);
named!(
    Action,
    "action",
    Exchange = "exchange",
    Redeem = "redeem",
    Derive = "derive",
    Revoke = "revoke",
    Access = "access"
);
named!(
    Outcome,
    "outcome",
    Permit = "permit",
    Deny = "deny",
    StepUp = "step_up",
    Refuse = "refuse",
    Revoke = "revoke",
    Ignore = "ignore"
);
