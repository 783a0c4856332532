//! What a policy is asked and what it answers.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::names::{AgentId, AppId, RuleId, ServerId};
use crate::error::{Error, ErrorCode};
use crate::scope::Scope;
use crate::text::{Acr, ClientId, Group, Subject};
use crate::time::Seconds;
use crate::token::Actor;
use crate::uri::ResourceId;

/// What an app asks for on behalf of a user (JAG-044).
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The authenticated client.
    pub client: ClientAt<'a>,
    /// The issuer identifier of the server that access is asked for: the `audience` of a token exchange.
    pub issuer: &'a str,
    /// The resources asked for. Each must be one of the server's; none means all that the server guards.
    pub resources: &'a [ResourceId],
    /// The scopes asked for.
    ///
    /// `None` asks for the default: every scope that a permit grants by naming it, alone or in a scope set.
    /// What `["*"]` alone would grant has to be asked for by name.
    pub scope: Option<&'a Scope>,
    /// The types of the `authorization_details` asked for, in any order; one may come more than once.
    pub detail_types: &'a [&'a str],
    /// What is known about the user and the request.
    pub facts: Facts<'a>,
}

/// By which name the client is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAt<'a> {
    /// Its client id at the identity provider ([`super::Policy::app_by_client_id`]).
    IdentityProvider(&'a ClientId),
    /// Its client id at the server that access is asked for ([`super::Policy::app_at_server`]).
    Server(&'a ClientId),
}

/// What is known about the user and the request.
///
/// `None` is unknown, not empty: a condition of a permit on it fails, a condition of a deny on it holds. The
/// default knows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// The user's `sub` at the identity provider whose users the document lists.
    pub subject: Option<&'a Subject>,
    /// All groups of the user; an empty set says that there are none.
    pub groups: Option<&'a BTreeSet<Group>>,
    /// The class of the user's sign-on.
    pub acr: Option<&'a Acr>,
    /// Seconds since the user signed on.
    pub auth_age: Option<Seconds>,
    /// Whether possession of a DPoP key was proven with the request.
    pub dpop: bool,
    /// Whether the request is for one conversation.
    pub context: bool,
    /// Whether the app passes on an actor's request.
    pub acting: Option<Acting>,
    /// Who acts, and how far the token is from the grant.
    pub chain: Chain<'a>,
}

/// Who acts with a token, and how it was derived.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chain<'a> {
    /// The actor that was verified: the outermost one (R8693-015). Where the document lists agents, it must be one.
    pub actor: Option<&'a Actor>,
    /// A client that asks although the token was issued to another: it must be an agent, whatever the document lists.
    pub client: Option<&'a ClientId>,
    /// How many tokens it is derived from; zero is one issued for a grant, or the grant.
    pub depth: Option<usize>,
}

/// Who acts for the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Acting {
    /// The app itself: there is no actor.
    Directly,
    /// An actor that was verified: the outermost one (R8693-015).
    ThroughActor,
}

/// The policy's answer, and what it rests on. It holds nothing that the sender chose save what was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// The answer.
    pub outcome: Outcome,
    /// The app, if the document has it.
    pub app: Option<AppId>,
    /// The server, if the document has it.
    pub server: Option<ServerId>,
    /// The agents that whoever acts is, if the document lists any.
    pub agents: Vec<AgentId>,
    /// Why the rules were not asked, if they were not.
    pub bar: Option<Bar>,
    /// Every rule that matched, permits and denies, in ascending order: one whose selections and requirements
    /// hold, whether or not it is about the scopes asked for.
    pub matched: Vec<RuleId>,
    /// When nothing is granted: the permit for this app and this server that came nearest.
    pub nearest: Option<NearMiss>,
}

impl Decision {
    /// The error of anything but a grant: `policy_denied`, `approval_required`, `app_restricted` or
    /// `step_up_required`.
    #[must_use]
    pub const fn error(&self) -> Option<Error> {
        match &self.outcome {
            Outcome::Permit(_) => None,
            Outcome::StepUp(_) => Some(Error::new(ErrorCode::StepUpRequired)),
            Outcome::Deny(code) => Some(Error::new(*code)),
        }
    }

    /// What is granted, if anything is.
    #[must_use]
    pub const fn grant(&self) -> Option<&Grant> {
        match &self.outcome {
            Outcome::Permit(grant) => Some(grant),
            _ => None,
        }
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// This is granted: all that was asked for or a part of it.
    Permit(Grant),
    /// Nothing is granted now, and something would be after this sign-on (AMB-027).
    StepUp(StepUp),
    /// Nothing is granted: `policy_denied`, `approval_required` or `app_restricted`.
    Deny(ErrorCode),
}

/// What is granted. Never more than was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grant {
    /// The scopes. Empty only when none were asked for.
    pub scope: Scope,
    /// The types of authorization details. Empty only when none were asked for.
    pub detail_types: BTreeSet<String>,
    /// The longest life of a token with this grant, in seconds; `None` leaves it to the issuer.
    ///
    /// The least over everything granted of the greatest `max_lifetime` among the permits that grant it.
    pub lifetime: Option<Seconds>,
}

/// A sign-on after which the same request is granted: of any of these classes, if any are listed, and no
/// older than `max_age`, if that is given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepUp {
    /// In ascending order. Empty unless a fresh sign-on of whatever class would not do.
    pub acr_values: Vec<Acr>,
    /// The greatest age that will do, in seconds.
    pub max_age: Option<Seconds>,
}

/// Why the rules were not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bar {
    /// No server of the document has the issuer.
    ServerUnknown,
    /// No app of the document has the client id.
    AppUnknown,
    /// The app awaits approval.
    ApprovalRequired,
    /// The app is restricted.
    AppRestricted,
    /// Whoever acts is no agent of the document, or it was not said who acts.
    AgentUnknown,
    /// The agent awaits approval.
    AgentApprovalRequired,
    /// The agent is restricted.
    AgentRestricted,
    /// The app may not let the agent act.
    AgentForeign,
    /// The token would be derived from more others than the agent may be given.
    AgentTooDeep,
    /// A resource is not one of the server's.
    ResourceForeign,
}

impl Bar {
    /// A stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ServerUnknown => "server_unknown",
            Self::AppUnknown => "app_unknown",
            Self::ApprovalRequired => "approval_required",
            Self::AppRestricted => "app_restricted",
            Self::AgentUnknown => "agent_unknown",
            Self::AgentApprovalRequired => "agent_approval_required",
            Self::AgentRestricted => "agent_restricted",
            Self::AgentForeign => "agent_foreign",
            Self::AgentTooDeep => "agent_too_deep",
            Self::ResourceForeign => "resource_foreign",
        }
    }

    /// The code of the denial.
    #[must_use]
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::ServerUnknown
            | Self::AppUnknown
            | Self::AgentUnknown
            | Self::AgentForeign
            | Self::AgentTooDeep
            | Self::ResourceForeign => ErrorCode::PolicyDenied,
            Self::ApprovalRequired | Self::AgentApprovalRequired => ErrorCode::ApprovalRequired,
            Self::AgentRestricted => ErrorCode::AgentRestricted,
            Self::AppRestricted => ErrorCode::AppRestricted,
        }
    }

    /// One fixed sentence: lower case, no period.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::ServerUnknown => "no server of the policy has this issuer",
            Self::AppUnknown => "no app of the policy has this client id",
            Self::ApprovalRequired => "the app awaits the approval of an administrator",
            Self::AppRestricted => "the app is restricted by an administrator",
            Self::AgentUnknown => "whoever acts is no agent of the policy",
            Self::AgentApprovalRequired => "the agent awaits the approval of an administrator",
            Self::AgentRestricted => "the agent is restricted by an administrator",
            Self::AgentForeign => "the app may not let this agent act",
            Self::AgentTooDeep => "the token is derived too often for this agent",
            Self::ResourceForeign => "a resource asked for is not one of the server's",
        }
    }
}

/// A permit that granted nothing, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NearMiss {
    /// The permit.
    pub rule: RuleId,
    /// Why it granted nothing.
    pub reason: Reason,
    /// The deny that took away what it grants.
    pub deny: Option<RuleId>,
}

impl fmt::Display for NearMiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "permit `{}`: {}", self.rule, self.reason.sentence())?;
        match &self.deny {
            Some(deny) => write!(f, ": `{deny}`"),
            None => Ok(()),
        }
    }
}

macro_rules! reasons {
    ($($name:ident $code:literal $sentence:literal;)*) => {
        /// Why a rule did not match, or why a permit that is about the app and the server granted nothing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Reason {
            $(#[doc = concat!("`", $code, "`: ", $sentence, ".")] $name,)*
        }

        impl Reason {
            /// A stable name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// One fixed sentence: lower case, no period.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }
    };
}

reasons! {
    App "app" "it is about other apps";
    Server "server" "it is about other servers";
    SubjectUnknown "subject_unknown" "it is about certain users, and which user this is was not said";
    Subject "subject" "it is about other users";
    GroupsUnknown "groups_unknown" "it is about groups, and which groups the user is in was not said";
    Groups "groups" "the user is not in its groups";
    AgentUnknown "agent_unknown" "it is about agents, and who acts was not said";
    Agent "agent" "it is about other agents, or about agents at all";
    Scope "scope" "it grants none of the scopes asked for";
    Details "details" "it grants none of the authorization details asked for";
    Denied "denied" "a deny takes away what it grants";
    ActorUnknown "actor_unknown" "it is about who acts for the user, and that was not said";
    ActorMissing "actor_missing" "it requires an actor";
    ActorPresent "actor_present" "it requires that no actor is involved";
    Dpop "dpop" "it requires DPoP";
    Context "context" "it requires a conversation";
    AcrUnknown "acr_unknown" "it requires a class of sign-on, and the class was not said";
    Acr "acr" "it requires another class of sign-on";
    AuthAgeUnknown "auth_age_unknown" "it requires a fresh sign-on, and the age was not said";
    AuthAge "auth_age" "it requires a fresher sign-on";
}
