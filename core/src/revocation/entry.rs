//! One revocation: which tokens of which issuer, and for how long that must be remembered.

use alloc::string::String;

use crate::codec::json::{Json, Object};
use crate::error::{Error, ErrorCode};
use crate::text::{ClientId, Subject, TokenId, is_plain};
use crate::time::UnixTime;
use crate::uri::{Issuer, Transport};

/// The longest `ctx` in bytes.
const MAX_CONTEXT_BYTES: usize = 512;
/// The longest `iss` of an actor in bytes.
const MAX_ACTOR_ISSUER_BYTES: usize = 1024;

/// Some tokens of one issuer that are no longer good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// The `iss` of the tokens: names of one issuer mean nothing in the tokens of another.
    pub issuer: Issuer,
    /// Which of its tokens.
    pub revoked: Revoked,
    /// From when on none of them can be accepted anyway, tolerances included: the entry may then be forgotten.
    pub retain_until: UnixTime,
}

/// Which tokens of an issuer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Revoked {
    /// The one with this `jti`.
    Token(TokenId),
    /// Access tokens that were issued for the ID-JAG of this `jti`: those with this `jag_jti`.
    Grant(TokenId),
    /// Those of a holder that were issued until then: `iat ≤ until`. A token without `iat` is among them.
    IssuedTo {
        /// Whose.
        holder: Holder,
        /// Until when, by the issuer's clock: add how far that may be ahead of the one that says now.
        until: UnixTime,
    },
}

/// Whose tokens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A user's, whatever the client: `sub`.
    Subject(Subject),
    /// A client's, whoever the user: `client_id`.
    Client(ClientId),
    /// A client's for one user: `client_id` and `sub`.
    Connection {
        /// The client.
        client_id: ClientId,
        /// The user.
        subject: Subject,
    },
    /// A client's for one user, in one conversation: `client_id`, `sub` and `ctx`.
    Conversation {
        /// The client.
        client_id: ClientId,
        /// The user.
        subject: Subject,
        /// The conversation.
        context: String,
    },
    /// Those with which an actor acts: the outermost `act`.
    Actor {
        /// The `iss` of the actor, where the claim has one.
        issuer: Option<String>,
        /// Its `sub`.
        subject: Subject,
    },
}

const fn malformed(member: &'static str) -> Error {
    Error::with_detail(ErrorCode::RevocationMalformed, member)
}

/// Nesting of an entry: itself, and an actor.
const DEPTH: usize = 2;

impl Revocation {
    /// Reads the text of an entry, from a store for example. Fails as [`Self::from_json`], or with `duplicate_member` or
    /// `json_too_deep`.
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        Self::from_json(&Json::parse_object(text, DEPTH, ErrorCode::RevocationMalformed)?)
    }

    /// Reads an entry as [`Self::to_json`] writes it; fails with `revocation_malformed`, the member as detail, when it
    /// names no tokens, or more than one kind of selector.
    pub fn from_json(entry: &Object<'_>) -> Result<Self, Error> {
        let text = |object: &Object<'_>, name: &'static str| match object.get(name) {
            None => Ok(None),
            Some(value) => value.as_str().map(String::from).map(Some).ok_or(malformed(name)),
        };
        let time = |name: &'static str| match entry.get(name) {
            None => Ok(None),
            Some(value) => {
                let time = value.as_u64().and_then(|seconds| UnixTime::now(seconds).ok());
                time.map(Some).ok_or(malformed(name))
            }
        };
        let issuer = text(entry, "iss")?.ok_or(malformed("iss"))?;
        // An entry is compared, never fetched from.
        let issuer =
            Issuer::new(&issuer, Transport::DangerousAllowHttpLoopback).map_err(|_| malformed("iss"))?;
        let actor = match entry.get("act") {
            None => None,
            Some(value) => {
                let act = value.as_object().ok_or(malformed("act"))?;
                Some((text(act, "iss")?, text(act, "sub")?.ok_or(malformed("act"))?))
            }
        };
        let token_id = |text: String| TokenId::new(text).map_err(|_| malformed("jti"));
        let (jti, grant) = (text(entry, "jti")?, text(entry, "jag_jti")?);
        let holder =
            Holder::read(text(entry, "sub")?, text(entry, "client_id")?, text(entry, "ctx")?, actor)?;
        let revoked = match (jti, grant, holder, time("issued_before")?) {
            (Some(jti), None, None, None) => Revoked::Token(token_id(jti)?),
            (None, Some(grant), None, None) => Revoked::Grant(token_id(grant)?),
            (None, None, Some(holder), Some(until)) => Revoked::IssuedTo { holder, until },
            (None, None, Some(_), None) => return Err(malformed("issued_before")),
            _ => return Err(malformed("selector")),
        };
        const KNOWN: [&str; 9] =
            ["iss", "jti", "jag_jti", "sub", "client_id", "ctx", "act", "issued_before", "retain_until"];
        if entry.iter().any(|(name, _)| !KNOWN.contains(&name)) {
            // What is not understood might narrow the entry, or widen it.
            return Err(malformed("unknown member"));
        }
        Ok(Self { issuer, revoked, retain_until: time("retain_until")?.ok_or(malformed("retain_until"))? })
    }

    /// The entry as JSON: the claims that a token is selected by, under their own names, `issued_before` and
    /// `retain_until`.
    #[must_use]
    pub fn to_json(&self) -> Object<'static> {
        let mut out = Object::new();
        out.set_str("iss", String::from(self.issuer.as_str()));
        match &self.revoked {
            Revoked::Token(jti) => out.set_str("jti", String::from(jti.as_str())),
            Revoked::Grant(jti) => out.set_str("jag_jti", String::from(jti.as_str())),
            Revoked::IssuedTo { holder, until } => {
                holder.write(&mut out);
                out.set("issued_before", until.as_secs());
            }
        }
        out.set("retain_until", self.retain_until.as_secs());
        out
    }
}

impl Holder {
    fn read(
        subject: Option<String>,
        client_id: Option<String>,
        context: Option<String>,
        actor: Option<(Option<String>, String)>,
    ) -> Result<Option<Self>, Error> {
        let as_subject = |text: String| Subject::new(text).map_err(|_| malformed("sub"));
        let as_client = |text: String| ClientId::new(text).map_err(|_| malformed("client_id"));
        Ok(match (subject, client_id, context, actor) {
            (None, None, None, None) => None,
            (Some(subject), None, None, None) => Some(Self::Subject(as_subject(subject)?)),
            (None, Some(client_id), None, None) => Some(Self::Client(as_client(client_id)?)),
            (Some(subject), Some(client_id), None, None) => {
                Some(Self::Connection { client_id: as_client(client_id)?, subject: as_subject(subject)? })
            }
            (Some(subject), Some(client_id), Some(context), None)
                if is_plain(&context, MAX_CONTEXT_BYTES) =>
            {
                let (client_id, subject) = (as_client(client_id)?, as_subject(subject)?);
                Some(Self::Conversation { client_id, subject, context })
            }
            (None, None, None, Some((issuer, subject)))
                if issuer.as_ref().is_none_or(|issuer| is_plain(issuer, MAX_ACTOR_ISSUER_BYTES)) =>
            {
                Some(Self::Actor { issuer, subject: as_subject(subject)? })
            }
            _ => return Err(malformed("selector")),
        })
    }

    fn write(&self, out: &mut Object<'static>) {
        match self {
            Self::Subject(subject) => out.set_str("sub", String::from(subject.as_str())),
            Self::Client(client_id) => out.set_str("client_id", String::from(client_id.as_str())),
            Self::Connection { client_id, subject } => {
                out.set_str("client_id", String::from(client_id.as_str()));
                out.set_str("sub", String::from(subject.as_str()));
            }
            Self::Conversation { client_id, subject, context } => {
                out.set_str("client_id", String::from(client_id.as_str()));
                out.set_str("sub", String::from(subject.as_str()));
                out.set_str("ctx", context.clone());
            }
            Self::Actor { issuer, subject } => {
                let mut act = Object::new();
                if let Some(issuer) = issuer {
                    act.set_str("iss", issuer.clone());
                }
                act.set_str("sub", String::from(subject.as_str()));
                out.set("act", Json::Object(act));
            }
        }
    }
}
