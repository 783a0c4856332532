//! RFC 7519 §4: reading claims, each by its type or not at all.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Context, ContextClaim};
use crate::codec::json::{Document, Json, Object, Value, mark};
use crate::details::AuthorizationDetails;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::scope::Scope;
use crate::text::{Acr, Amr, TokenId};
use crate::time::UnixTime;
use crate::uri::ResourceId;

/// A claims set: one JSON object with distinct members. It borrows nothing, so that it is read once and carried to where the
/// token is verified.
pub(crate) struct ClaimSet {
    document: Document,
    /// For each member the mark of its name, and where its value is.
    members: Vec<(u32, u32)>,
}

/// Claims being read, under the caps in force.
#[derive(Clone, Copy)]
pub(crate) struct Claims<'a> {
    set: &'a ClaimSet,
    limits: &'a Limits,
}

const fn malformed(name: &'static str) -> Error {
    Error::with_detail(ErrorCode::ClaimMalformed, name)
}

impl ClaimSet {
    /// Fails with `claims_malformed`, `duplicate_member`, `json_too_deep` or `too_many_values`.
    pub(crate) fn parse(payload: Vec<u8>, limits: &Limits) -> Result<Self, Error> {
        const MALFORMED: ErrorCode = ErrorCode::ClaimsMalformed;
        let document = Document::parse(payload, limits.token_caps()).map_err(|fault| fault.or(MALFORMED))?;
        let members = document.root().members().ok_or(Error::new(MALFORMED))?;
        let members = members.map(|value| (value.mark(), value.position())).collect();
        Ok(Self { document, members })
    }

    /// The claims, to be read.
    pub(crate) const fn under<'a>(&'a self, limits: &'a Limits) -> Claims<'a> {
        Claims { set: self, limits }
    }

    /// `iss`: whose claims these claim to be.
    pub(crate) fn issuer(&self) -> Result<&str, Error> {
        self.under(&Limits::DEFAULT).required("iss")
    }

    fn get(&self, name: &str) -> Option<Value<'_>> {
        let wanted = mark(name);
        let alike = self.members.iter().filter(|(found, _)| *found == wanted);
        alike.map(|(_, at)| self.document.value(*at)).find(|value| value.name() == name)
    }
}

impl<'a> Claims<'a> {
    /// The value `read` makes of claim `name`; fails with `claim_malformed` when it makes nothing of it.
    fn read<T>(
        self,
        name: &'static str,
        read: impl FnOnce(Value<'a>) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => read(value).map(Some).ok_or(malformed(name)),
        }
    }

    /// A string claim.
    pub(crate) fn string(self, name: &'static str) -> Result<Option<&'a str>, Error> {
        self.read(name, Value::as_str)
    }

    /// A string claim that must be there.
    pub(crate) fn required(self, name: &'static str) -> Result<&'a str, Error> {
        self.string(name)?.ok_or(missing(name))
    }

    /// A string claim with the grammar of `T`.
    pub(crate) fn text<T>(
        self,
        name: &'static str,
        new: impl FnOnce(&'a str) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.read(name, |value| new(value.as_str()?).ok())
    }

    /// A string claim with the grammar of `T` that must be there.
    pub(crate) fn required_text<T>(
        self,
        name: &'static str,
        new: impl FnOnce(&'a str) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.text(name, new)?.ok_or(missing(name))
    }

    /// A NumericDate.
    pub(crate) fn time(self, name: &'static str) -> Result<Option<UnixTime>, Error> {
        self.read(name, |value| UnixTime::from_numeric_date(value.as_number()?.as_f64()))
    }

    /// A NumericDate that must be there.
    pub(crate) fn required_time(self, name: &'static str) -> Result<UnixTime, Error> {
        self.time(name)?.ok_or(missing(name))
    }

    /// `aud`: one string, or an array of strings that may be empty; fails when it is missing.
    pub(crate) fn audience(self) -> Result<impl ExactSizeIterator<Item = &'a str> + Clone, Error> {
        let value = self.get("aud").ok_or(missing("aud"))?;
        let one = value.as_str();
        let many = if one.is_some() { None } else { Some(value.items().ok_or(malformed("aud"))?) };
        if many.clone().into_iter().flatten().any(|item| item.as_str().is_none()) {
            return Err(malformed("aud"));
        }
        let length = many.as_ref().map_or(1, ExactSizeIterator::len);
        let mut all = one.into_iter().chain(many.into_iter().flatten().filter_map(Value::as_str));
        Ok((0..length).map(move |_| all.next().unwrap_or_default()))
    }

    /// `aud` as exactly one string, alone or in an array (JAG-067, rfc7523bis); else `audience_mismatch`.
    pub(crate) fn sole_audience(self) -> Result<&'a str, Error> {
        let mut audience = self.audience()?;
        match (audience.next(), audience.next()) {
            (Some(one), None) => Ok(one),
            _ => Err(Error::new(ErrorCode::AudienceMismatch)),
        }
    }

    /// `scope`: one space-separated string (R8693-017).
    pub(crate) fn scope(self) -> Result<Option<Scope>, Error> {
        self.read("scope", |value| Scope::parse(value.as_str()?, self.limits).ok())
    }

    /// `resource`: one URI or a non-empty array of URIs (JAG-012).
    pub(crate) fn resources(self) -> Result<Vec<ResourceId>, Error> {
        let one = |value: Value<'a>| ResourceId::indicator(value.as_str()?).ok();
        let read = self.read("resource", |value| match value.items() {
            Some(items) if items.len() == 0 || items.len() > self.limits.resources => None,
            Some(items) => items.map(one).collect(),
            None => one(value).map(|resource| Vec::from([resource])),
        })?;
        Ok(read.unwrap_or_default())
    }

    /// `authorization_details`: an array of objects with a `type` (JAG-014).
    pub(crate) fn details(self) -> Result<Option<AuthorizationDetails>, Error> {
        let read = |value: Value<'_>| AuthorizationDetails::from_json(&value.to_json(), self.limits);
        self.get("authorization_details").map(read).transpose()
    }

    /// The conversation, under the name that was agreed upon.
    pub(crate) fn context(self, claim: &ContextClaim) -> Result<Option<Context>, Error> {
        let read = |value: Value<'a>| Context::new(claim.clone(), value.as_str()?).ok();
        match self.get(claim.as_str()) {
            None => Ok(None),
            Some(value) => read(value).map(Some).ok_or(malformed("ctx")),
        }
    }

    /// `ancestors`: distinct token ids, the parent's first.
    pub(crate) fn ancestors(self) -> Result<Vec<TokenId>, Error> {
        let one = |item: Value<'a>| TokenId::new(item.as_str()?).ok();
        let read = self.read("ancestors", |value| match value.items() {
            Some(items) if items.len() > 0 && items.len() <= self.limits.ancestors => {
                items.map(one).collect::<Option<Vec<_>>>()
            }
            _ => None,
        })?;
        Ok(read.unwrap_or_default())
    }

    /// `acr`.
    pub(crate) fn acr(self) -> Result<Option<Acr>, Error> {
        self.text("acr", Acr::new)
    }

    /// `amr`: an array of strings.
    pub(crate) fn amr(self) -> Result<Vec<Amr>, Error> {
        let one = |item: Value<'a>| Amr::new(item.as_str()?).ok();
        let read = self.read("amr", |value| value.items()?.map(one).collect())?;
        Ok(read.unwrap_or_default())
    }

    /// Any claim.
    pub(crate) fn get(self, name: &str) -> Option<Value<'a>> {
        self.set.get(name)
    }

    /// Every claim that is not among `registered` and does not name the conversation, owned.
    pub(crate) fn extra<const N: usize>(
        self,
        registered: &Registered<N>,
        context: &ContextClaim,
    ) -> Object<'static> {
        let mut extra = Object::new();
        for (mark, at) in &self.set.members {
            let value = self.set.document.value(*at);
            if !registered.has_marked(*mark, || value.name()) && value.name() != context.as_str() {
                extra.push(String::from(value.name()), value.to_owned_json());
            }
        }
        extra
    }

    /// The caps in force.
    pub(crate) const fn limits(self) -> &'a Limits {
        self.limits
    }
}

/// Names of claims with a meaning of their own.
pub(crate) struct Registered<const N: usize> {
    names: [&'static str; N],
    marks: [u32; N],
}

impl<const N: usize> Registered<N> {
    pub(crate) const fn new(names: [&'static str; N]) -> Self {
        let mut marks = [0; N];
        let (mut from, mut to) = (names.as_slice(), marks.as_mut_slice());
        while let ([name, names @ ..], [slot, slots @ ..]) = (from, to) {
            *slot = mark(name);
            (from, to) = (names, slots);
        }
        Self { names, marks }
    }

    fn has(&self, name: &str) -> bool {
        self.has_marked(mark(name), || name)
    }

    /// The same for a name whose mark is known, and which is looked at only when one of these has the same.
    fn has_marked<'n>(&self, mark: u32, name: impl Fn() -> &'n str) -> bool {
        self.marks.contains(&mark) && self.names.contains(&name())
    }
}

pub(crate) const fn missing(name: &'static str) -> Error {
    Error::with_detail(ErrorCode::ClaimMissing, name)
}

/// Fails with `claim_reserved` when one of the host's own claims has a registered name.
pub(crate) fn check_extra<const N: usize>(
    extra: &Object<'static>,
    registered: &Registered<N>,
    context: Option<&Context>,
) -> Result<(), Error> {
    let names_context = |name: &str| context.is_some_and(|context| context.claim().as_str() == name);
    if extra.iter().any(|(name, _)| registered.has(name) || names_context(name)) {
        return Err(Error::new(ErrorCode::ClaimReserved));
    }
    Ok(())
}

/// Adds the host's own claims; none takes the place of another.
pub(crate) fn add_extra(claims: &mut Object<'static>, extra: &Object<'static>) {
    // No two of the host's own have one name, so that many of them cost no more than each by itself.
    let known = claims.len();
    for (name, value) in extra.iter() {
        if !claims.iter().take(known).any(|(known, _)| known == name) {
            claims.push(String::from(name), value.clone());
        }
    }
}

/// One string, or an array of several: how `aud` and `resource` are written.
pub(crate) fn one_or_many<'s>(values: impl IntoIterator<Item = &'s str>) -> Option<Json<'static>> {
    let mut values: Vec<Json<'static>> =
        values.into_iter().map(|value| Json::string(String::from(value))).collect();
    if values.len() > 1 { Some(Json::Array(values)) } else { values.pop() }
}
