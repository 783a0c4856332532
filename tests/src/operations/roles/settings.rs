//! What the configurations of all roles have in common: times, algorithms, detail types, nonces, limits.

use alloc::collections::BTreeMap;

use idjag::codec::json::{Json, Object};
use idjag::crypto::Algorithms;
use idjag::details::{DetailType, DetailTypes};
use idjag::error::{Error, OAuthError};
use idjag::revocation::{Revocation, RevocationCheck, RevocationList};
use idjag::scope::Scope;
use idjag::text::Nonce;
use idjag::token::{ContextClaim, ContextRule, NonceRule, SamlNameId, Window};
use idjag::uri::{Issuer, ResourceId, Transport, Url};
use idjag::{Limits, Seconds, Tolerance, UnixTime};
use serde::Deserialize;
use serde_json::Value;

use crate::operations::settings::algorithms;

/// Overwrites the fields of a configuration that the vector names.
macro_rules! overwrite {
    ($config:ident from $settings:ident: $($field:ident),* $(,)?) => {
        $(if let Some(value) = $settings.$field { $config.$field = value; })*
    };
}
pub(super) use overwrite;

/// The rules of time.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WindowSettings {
    tolerance: Option<u64>,
    max_lifetime: Option<u64>,
    max_age: Option<u64>,
}

impl WindowSettings {
    pub(super) fn over(&self, default: Window) -> Result<Window, Error> {
        Ok(Window {
            tolerance: self.tolerance.map_or(Ok(default.tolerance), Tolerance::new)?,
            max_lifetime: self.max_lifetime.map(Seconds).or(default.max_lifetime),
            max_age: self.max_age.map(Seconds).or(default.max_age),
        })
    }
}

/// A type of authorization details.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::operations) struct DetailTypeSettings {
    #[serde(default)]
    members: Vec<String>,
    #[serde(default)]
    required: Vec<String>,
    #[serde(default)]
    subset: Vec<String>,
    #[serde(default)]
    at_most: Vec<String>,
    /// Nothing is known of it.
    #[serde(default)]
    unchanged: bool,
}

pub(in crate::operations) fn detail_types(settings: BTreeMap<String, DetailTypeSettings>) -> DetailTypes {
    settings.into_iter().fold(DetailTypes::NONE, |types, (name, kind)| {
        let DetailTypeSettings { members, required, subset, at_most, unchanged } = kind;
        if unchanged {
            types.with_unchanged(name)
        } else {
            types.with(name, DetailType { members, required, subset, at_most })
        }
    })
}

/// The nonces that proofs must carry.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NonceSettings {
    current: String,
    previous: Option<String>,
}

/// What has been revoked, as far as the host knows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RevocationSettings {
    entries: Vec<Value>,
    /// The list is a copy, which serves for so long.
    max_stale: Option<u64>,
    /// When the copy was complete.
    synchronized_at: Option<u64>,
}

impl RevocationSettings {
    pub(super) fn build(self, now: UnixTime) -> RevocationList {
        let mut list = match self.max_stale {
            None => RevocationList::new(100),
            Some(max_stale) => RevocationList::copy_of_another(100, Seconds(max_stale)),
        };
        for entry in self.entries {
            let Json::Object(entry) = json(entry) else { panic!("an entry is an object") };
            list.add(&Revocation::from_json(&entry).expect("an entry"), now).expect("room");
        }
        if let Some(at) = self.synchronized_at {
            list.synchronized(1, UnixTime::now(at).expect("a time"));
        }
        list
    }
}

/// Whether tokens are held against revocations.
pub(super) fn revocation_check(name: Option<&str>) -> RevocationCheck {
    match name {
        None | Some("when_given") => RevocationCheck::WhenGiven,
        Some("required") => RevocationCheck::Required,
        Some(other) => panic!("no check `{other}`"),
    }
}

/// The claim that names a conversation, by name; `ctx` where none is given.
pub(super) fn context_claim(name: Option<&str>) -> Result<ContextClaim, Error> {
    name.map_or(Ok(ContextClaim::CTX), ContextClaim::new)
}

/// Whether there must be a conversation.
pub(super) fn context_rule(name: Option<&str>) -> ContextRule {
    match name {
        None | Some("optional") => ContextRule::Optional,
        Some("required") => ContextRule::Required,
        Some(other) => panic!("no rule `{other}`"),
    }
}

/// The same as values of the library.
pub(super) struct Nonces(Option<(Nonce, Option<Nonce>)>);

impl Nonces {
    pub(super) fn new(settings: Option<NonceSettings>) -> Self {
        let nonce = |text: String| Nonce::new(text).expect("a nonce");
        Self(settings.map(|settings| (nonce(settings.current), settings.previous.map(nonce))))
    }

    pub(super) fn rule(&self) -> NonceRule<'_> {
        match &self.0 {
            None => NonceRule::NotRequired,
            Some((current, previous)) => NonceRule::Required { current, previous: previous.as_ref() },
        }
    }
}

/// A SAML NameID.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NameId {
    issuer: String,
    nameid: String,
    nameid_format: Option<String>,
    name_qualifier: Option<String>,
    sp_name_qualifier: Option<String>,
    sp_provided_id: Option<String>,
}

impl From<NameId> for SamlNameId {
    fn from(name: NameId) -> Self {
        Self {
            issuer: name.issuer,
            nameid: name.nameid,
            nameid_format: name.nameid_format,
            name_qualifier: name.name_qualifier,
            sp_name_qualifier: name.sp_name_qualifier,
            sp_provided_id: name.sp_provided_id,
        }
    }
}

pub(super) fn issuer(text: &str) -> Result<Issuer, Error> {
    Issuer::new(text, Transport::HttpsOnly)
}

pub(super) fn resource(text: &str) -> Result<ResourceId, Error> {
    ResourceId::new(text, Transport::HttpsOnly)
}

pub(super) fn url(text: &str) -> Result<Url, Error> {
    Url::new(text, Transport::HttpsOnly)
}

pub(super) fn scope(text: &str) -> Scope {
    Scope::parse(text, &Limits::DEFAULT).expect("a scope")
}

/// Algorithms by name; ES256 where none are named.
pub(super) fn algorithms_or_es256(names: Option<&Vec<String>>) -> Algorithms {
    match names {
        Some(names) => algorithms(names),
        None => algorithms(&["ES256".to_owned()]),
    }
    .expect("algorithms of the provider")
}

/// The OAuth error that a policy denial or a faulty subject token becomes.
pub(super) fn oauth_error(name: &str) -> OAuthError {
    let all = [
        OAuthError::AccessDenied,
        OAuthError::InvalidGrant,
        OAuthError::InvalidRequest,
        OAuthError::InvalidClient,
    ];
    all.into_iter().find(|error| error.as_str() == name).unwrap_or_else(|| panic!("no error `{name}`"))
}

/// Claims of the host's own.
pub(super) fn extra(claims: Option<Value>) -> Object<'static> {
    match claims.map(json) {
        None => Object::new(),
        Some(Json::Object(claims)) => claims,
        Some(_) => panic!("`extra` is an object"),
    }
}

pub(in crate::operations) fn json(value: Value) -> Json<'static> {
    match value {
        Value::Null => Json::Null,
        Value::Bool(bool) => Json::Bool(bool),
        Value::Number(number) => Json::from(number.as_u64().expect("a whole number")),
        Value::String(text) => Json::string(text),
        Value::Array(items) => Json::Array(items.into_iter().map(json).collect()),
        Value::Object(members) => {
            let mut object = Object::new();
            members.into_iter().for_each(|(name, value)| object.set(name, json(value)));
            Json::Object(object)
        }
    }
}
