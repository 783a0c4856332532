//! RFC 7519 §4: reading claims, each by its type or not at all.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Context, ContextClaim};
use crate::codec::json::{Json, Object};
use crate::details::AuthorizationDetails;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::scope::Scope;
use crate::text::{Acr, Amr, TokenId};
use crate::time::UnixTime;
use crate::uri::ResourceId;

/// A claims set: one JSON object with distinct members.
pub(crate) struct Claims<'a> {
    members: Object<'a>,
    limits: &'a Limits,
}

const fn malformed(name: &'static str) -> Error {
    Error::with_detail(ErrorCode::ClaimMalformed, name)
}

impl<'a> Claims<'a> {
    /// Fails with `claims_malformed`, `duplicate_member` or `json_too_deep`.
    pub(crate) fn parse(payload: &'a [u8], limits: &'a Limits) -> Result<Self, Error> {
        let members = Json::parse_object(payload, limits.json_depth, ErrorCode::ClaimsMalformed)?;
        Ok(Self { members, limits })
    }

    /// The value `read` makes of claim `name`; fails with `claim_malformed` when it makes nothing of it.
    fn read<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&Json<'a>) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        match self.members.get(name) {
            None => Ok(None),
            Some(value) => read(value).map(Some).ok_or(malformed(name)),
        }
    }

    /// A string claim.
    pub(crate) fn string(&self, name: &'static str) -> Result<Option<&str>, Error> {
        match self.members.get(name) {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or(malformed(name)),
        }
    }

    /// A string claim that must be there.
    pub(crate) fn required(&self, name: &'static str) -> Result<&str, Error> {
        self.string(name)?.ok_or(missing(name))
    }

    /// A string claim with the grammar of `T`.
    pub(crate) fn text<T>(
        &self,
        name: &'static str,
        new: impl FnOnce(String) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.read(name, |value| new(String::from(value.as_str()?)).ok())
    }

    /// A string claim with the grammar of `T` that must be there.
    pub(crate) fn required_text<T>(
        &self,
        name: &'static str,
        new: impl FnOnce(String) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.text(name, new)?.ok_or(missing(name))
    }

    /// A NumericDate.
    pub(crate) fn time(&self, name: &'static str) -> Result<Option<UnixTime>, Error> {
        self.read(name, |value| match value {
            Json::Number(number) => UnixTime::from_numeric_date(number.as_f64()),
            _ => None,
        })
    }

    /// A NumericDate that must be there.
    pub(crate) fn required_time(&self, name: &'static str) -> Result<UnixTime, Error> {
        self.time(name)?.ok_or(missing(name))
    }

    /// `aud`: one string, or an array of strings that may be empty; fails when it is missing.
    pub(crate) fn audience(&self) -> Result<Vec<&str>, Error> {
        let value = self.members.get("aud").ok_or(missing("aud"))?;
        match value {
            Json::String(one) => Ok(Vec::from([one.as_ref()])),
            Json::Array(many) => many.iter().map(|item| item.as_str().ok_or(malformed("aud"))).collect(),
            _ => Err(malformed("aud")),
        }
    }

    /// `aud` as exactly one string, alone or in an array (JAG-067, rfc7523bis); else `audience_mismatch`.
    pub(crate) fn sole_audience(&self) -> Result<&str, Error> {
        match self.audience()?.as_slice() {
            [one] => Ok(*one),
            _ => Err(Error::new(ErrorCode::AudienceMismatch)),
        }
    }

    /// `scope`: one space-separated string (R8693-017).
    pub(crate) fn scope(&self) -> Result<Option<Scope>, Error> {
        self.read("scope", |value| Scope::parse(value.as_str()?, self.limits).ok())
    }

    /// `resource`: one URI or a non-empty array of URIs (JAG-012).
    pub(crate) fn resources(&self) -> Result<Vec<ResourceId>, Error> {
        let one = |value: &Json<'a>| ResourceId::indicator(value.as_str()?).ok();
        let read = self.read("resource", |value| match value {
            Json::Array(items) if items.is_empty() || items.len() > self.limits.resources => None,
            Json::Array(items) => items.iter().map(one).collect(),
            single => one(single).map(|resource| Vec::from([resource])),
        })?;
        Ok(read.unwrap_or_default())
    }

    /// `authorization_details`: an array of objects with a `type` (JAG-014).
    pub(crate) fn details(&self) -> Result<Option<AuthorizationDetails>, Error> {
        match self.members.get("authorization_details") {
            None => Ok(None),
            Some(value) => AuthorizationDetails::from_json(value, self.limits).map(Some),
        }
    }

    /// The conversation, under the name that was agreed upon.
    pub(crate) fn context(&self, claim: &ContextClaim) -> Result<Option<Context>, Error> {
        let read = |value: &Json<'a>| Context::new(claim.clone(), value.as_str()?).ok();
        match self.members.get(claim.as_str()) {
            None => Ok(None),
            Some(value) => read(value).map(Some).ok_or(malformed("ctx")),
        }
    }

    /// `ancestors`: distinct token ids, the parent's first.
    pub(crate) fn ancestors(&self) -> Result<Vec<TokenId>, Error> {
        let one = |item: &Json<'a>| TokenId::new(item.as_str()?).ok();
        let read = self.read("ancestors", |value| match value.as_array() {
            Some(items) if !items.is_empty() && items.len() <= self.limits.ancestors => {
                items.iter().map(one).collect::<Option<Vec<_>>>()
            }
            _ => None,
        })?;
        Ok(read.unwrap_or_default())
    }

    /// `acr`.
    pub(crate) fn acr(&self) -> Result<Option<Acr>, Error> {
        self.text("acr", Acr::new)
    }

    /// `amr`: an array of strings.
    pub(crate) fn amr(&self) -> Result<Vec<Amr>, Error> {
        let one = |item: &Json<'a>| Amr::new(item.as_str()?).ok();
        let read = self.read("amr", |value| value.as_array()?.iter().map(one).collect())?;
        Ok(read.unwrap_or_default())
    }

    /// Any claim.
    pub(crate) fn get(&self, name: &str) -> Option<&Json<'a>> {
        self.members.get(name)
    }

    /// Every claim that is not among `registered` and does not name the conversation, owned.
    pub(crate) fn extra(self, registered: &[&str], context: &ContextClaim) -> Object<'static> {
        let mut extra = Object::new();
        let is_extra = |name: &str| !registered.contains(&name) && name != context.as_str();
        for (name, value) in self.members.iter().filter(|(name, _)| is_extra(name)) {
            extra.set(String::from(name), value.clone().into_owned());
        }
        extra
    }

    /// The caps in force.
    pub(crate) const fn limits(&self) -> &'a Limits {
        self.limits
    }
}

pub(crate) const fn missing(name: &'static str) -> Error {
    Error::with_detail(ErrorCode::ClaimMissing, name)
}

/// Fails with `claim_reserved` when one of the host's own claims has a registered name.
pub(crate) fn check_extra(
    extra: &Object<'static>,
    registered: &[&str],
    context: Option<&Context>,
) -> Result<(), Error> {
    let names_context = |name: &str| context.is_some_and(|context| context.claim().as_str() == name);
    if extra.iter().any(|(name, _)| registered.contains(&name) || names_context(name)) {
        return Err(Error::new(ErrorCode::ClaimReserved));
    }
    Ok(())
}

/// Adds the host's own claims; none takes the place of another.
pub(crate) fn add_extra(claims: &mut Object<'static>, extra: &Object<'static>) {
    for (name, value) in extra.iter() {
        if !claims.contains(name) {
            claims.set(String::from(name), value.clone());
        }
    }
}

/// One string, or an array of several: how `aud` and `resource` are written.
pub(crate) fn one_or_many<'s>(values: impl IntoIterator<Item = &'s str>) -> Option<Json<'static>> {
    let mut values: Vec<Json<'static>> =
        values.into_iter().map(|value| Json::string(String::from(value))).collect();
    if values.len() > 1 { Some(Json::Array(values)) } else { values.pop() }
}
