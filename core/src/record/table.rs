//! The one table of what records hold: read by the reader, written out as JSON Schema, and proven by the vectors.

use super::decision::{Action, DecisionRecord, Outcome, Role};

/// What a member holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// [`DecisionRecord::VERSION`].
    Version,
    /// Seconds since 1970.
    Time,
    /// `true` or `false`.
    Flag,
    /// 1 to so many bytes, without control characters.
    Text(usize),
    /// Several of these, at least one.
    Texts(usize),
    /// Scope tokens, each once; none is an empty string.
    Scope,
    /// A [`Role`].
    Role,
    /// An [`Action`].
    Action,
    /// An [`Outcome`].
    Outcome,
    /// A name of the library's, of which later versions may have more.
    Name,
    /// Who acts, and who acted before.
    Actor,
    /// A revocation.
    Revocation,
}

/// A member of a record.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) doc: &'static str,
}

/// The longest list.
pub(super) const MAX_ITEMS: usize = 4096;
/// The longest scope in bytes.
pub(super) const MAX_SCOPE_BYTES: usize = 65_536;
/// Actors in one chain.
pub(super) const MAX_ACTORS: usize = 16;

/// What every record has.
pub(super) const ALWAYS: [&str; 8] = [
    "version",
    "time",
    "role",
    "action",
    "decided_by",
    "outcome",
    "client_authenticated",
    "sender_constrained",
];

const fn field(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field { name, kind, doc }
}

/// Every member.
pub(super) const FIELDS: &[Field] = &[
    field("version", Kind::Version, "The version of this format."),
    field("time", Kind::Time, "When it was decided, in seconds since 1970."),
    field("role", Kind::Role, "Who decided."),
    field("action", Kind::Action, "What was asked for."),
    field(
        "decided_by",
        Kind::Text(2048),
        "The deciding party's own identifier: issuer, resource or administrator.",
    ),
    field("request_id", Kind::Text(256), "The host's own name for the request."),
    field("outcome", Kind::Outcome, "What was decided."),
    field("error", Kind::Name, "The error code (docs/errors.md), where nothing was granted or revoked."),
    field(
        "error_detail",
        Kind::Text(256),
        "The claim, parameter or setting at fault: fixed text, never the sender's.",
    ),
    field("error_token", Kind::Name, "The kind of token at fault."),
    field("oauth_error", Kind::Name, "The error that the sender was told."),
    field(
        "policy",
        Kind::Text(64),
        "The policy document that was asked: the SHA-256 of its bytes, in hexadecimal.",
    ),
    field("rules", Kind::Texts(128), "Ids of the policy rules that matched."),
    field("nearest", Kind::Text(4096), "On denial: the nearest permit and what it lacked, as a sentence."),
    field("app", Kind::Text(128), "The app, by its id in the policy."),
    field("server", Kind::Text(128), "The server, by its id in the policy."),
    field(
        "client_id",
        Kind::Text(1024),
        "The client, as the deciding party knows it; at a resource, as the token names it.",
    ),
    field(
        "client_authenticated",
        Kind::Flag,
        "Whether the client proved to the deciding party that it is this client.",
    ),
    field("target_client_id", Kind::Text(1024), "The client, as the audience knows it."),
    field("issuer", Kind::Text(2048), "The issuer in whose namespace `subject` stands."),
    field("tenant", Kind::Text(256), "The tenant of the issuer."),
    field("subject", Kind::Text(512), "The user."),
    field(
        "target_subject",
        Kind::Text(512),
        "The user, as the token issued names it: `subject` of the next party's records.",
    ),
    field("audience", Kind::Text(2048), "The resource authorization server that the ID-JAG is for."),
    field("resources", Kind::Texts(2048), "The resources granted, or asked for where nothing was granted."),
    field("scope_asked", Kind::Scope, "The scope asked for; at a resource, what the operation needs."),
    field("scope_granted", Kind::Scope, "The scope granted; at a resource, that of the token."),
    field("details_asked", Kind::Texts(256), "The types of the authorization details asked for."),
    field(
        "details_granted",
        Kind::Texts(256),
        "The types of the authorization details granted; at a resource, those of the token.",
    ),
    field(
        "operation",
        Kind::Text(1024),
        "The operation, at a resource: a method or tool of the server's own table.",
    ),
    field("agents", Kind::Texts(256), "The agents that whoever acts is, by their ids in the policy."),
    field("actor", Kind::Actor, "Who acted for the user."),
    field("sender_constrained", Kind::Flag, "Whether the token issued or used is bound to a key."),
    field("jkt", Kind::Text(43), "The thumbprint of that key (RFC 9449 section 6.1)."),
    field("auth_time", Kind::Time, "When the user signed on, in seconds since 1970."),
    field("acr", Kind::Text(512), "How the user signed on."),
    field("session_id", Kind::Text(256), "The session of the sign-on: `sid` of the ID Token."),
    field("subject_token_id", Kind::Text(256), "The ID Token: its `jti`."),
    field("token_id", Kind::Text(256), "The token issued, used or revoked: its `jti`."),
    field("grant_id", Kind::Text(256), "The ID-JAG that it is or stems from: its `jti`."),
    field("parent_id", Kind::Text(256), "The access token that it was derived from: its `jti`."),
    field("context", Kind::Text(512), "The conversation."),
    field("expires_at", Kind::Time, "When the token issued or used expires, in seconds since 1970."),
    field("revoked", Kind::Revocation, "What an administrator revoked, as a revocation list holds it."),
];

/// The names of all members, in the order of the table.
pub fn members() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|field| field.name)
}

/// A decision that a role can take: nothing else is a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cell {
    /// Who decides.
    pub role: Role,
    /// What was asked for.
    pub action: Action,
    /// What is decided.
    pub outcome: Outcome,
    /// The members that such a record has beside those of every record.
    pub has: &'static [&'static str],
}

const fn cell(role: Role, action: Action, outcome: Outcome, has: &'static [&'static str]) -> Cell {
    Cell { role, action, outcome, has }
}

/// Every decision that is possible.
pub const CELLS: &[Cell] = &{
    use Role::{Administrator, Idp, ResourceAuthorizationServer as Server, ResourceServer as Resource};
    [
        cell(Idp, Action::Exchange, Outcome::Permit, &["client_id", "issuer", "subject", "expires_at"]),
        cell(Idp, Action::Exchange, Outcome::Deny, &["client_id", "issuer", "subject", "policy"]),
        cell(Idp, Action::Exchange, Outcome::StepUp, &["client_id", "issuer", "subject", "policy"]),
        cell(Idp, Action::Exchange, Outcome::Refuse, &[]),
        cell(
            Server,
            Action::Redeem,
            Outcome::Permit,
            &[
                "client_id",
                "issuer",
                "subject",
                "target_subject",
                "audience",
                "resources",
                "token_id",
                "grant_id",
                "expires_at",
            ],
        ),
        cell(Server, Action::Redeem, Outcome::Deny, &["client_id", "issuer", "subject", "grant_id"]),
        cell(
            Server,
            Action::Redeem,
            Outcome::StepUp,
            &["client_id", "issuer", "subject", "grant_id", "policy"],
        ),
        cell(Server, Action::Redeem, Outcome::Refuse, &[]),
        cell(
            Server,
            Action::Derive,
            Outcome::Permit,
            &["client_id", "issuer", "subject", "resources", "token_id", "parent_id", "expires_at"],
        ),
        cell(Server, Action::Derive, Outcome::Deny, &["client_id", "issuer", "subject", "parent_id"]),
        cell(
            Server,
            Action::Derive,
            Outcome::StepUp,
            &["client_id", "issuer", "subject", "parent_id", "policy"],
        ),
        cell(Server, Action::Derive, Outcome::Refuse, &[]),
        cell(Server, Action::Revoke, Outcome::Revoke, &["client_id", "issuer", "token_id", "expires_at"]),
        cell(Server, Action::Revoke, Outcome::Ignore, &["client_id"]),
        cell(Server, Action::Revoke, Outcome::Refuse, &[]),
        cell(Resource, Action::Access, Outcome::Permit, &["issuer", "expires_at"]),
        cell(Resource, Action::Access, Outcome::StepUp, &["issuer", "expires_at", "operation"]),
        cell(Resource, Action::Access, Outcome::Refuse, &[]),
        cell(Administrator, Action::Revoke, Outcome::Revoke, &["revoked"]),
    ]
};

impl DecisionRecord {
    /// The cell of the table that this decision belongs to.
    pub(super) fn cell_of(role: Role, action: Action, outcome: Outcome) -> Option<&'static Cell> {
        CELLS.iter().find(|cell| cell.role == role && cell.action == action && cell.outcome == outcome)
    }
}

impl Outcome {
    /// Whether a record of this outcome says what was wrong.
    #[must_use]
    pub const fn has_error(self) -> bool {
        !matches!(self, Self::Permit | Self::Revoke)
    }

    /// Whether the sender was told so.
    pub(super) const fn is_answered_with_error(self) -> bool {
        matches!(self, Self::Deny | Self::StepUp | Self::Refuse)
    }
}
