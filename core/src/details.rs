//! RFC 9396: rich authorization requests, carried, checked against their types, and narrowed.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::codec::json::{Json, Object};
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::text::is_plain;

/// Members every type may have (RFC 9396 §2.2); all but `identifier` are arrays of strings.
const COMMON_ARRAYS: [&str; 4] = ["locations", "actions", "datatypes", "privileges"];

/// One authorization detail: an object with a `type`.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizationDetail {
    kind: String,
    object: Object<'static>,
}

/// An `authorization_details` value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuthorizationDetails(Vec<AuthorizationDetail>);

/// What a type of authorization details consists of, as the server that offers it declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetailType {
    /// Members beside the common ones of RFC 9396 §2.2.
    pub members: Vec<String>,
    /// Members, common ones included, without which a detail of this type says nothing.
    pub required: Vec<String>,
}

/// The types a server knows. A type that is not here is refused, never ignored (R9396-002).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetailTypes(BTreeMap<String, DetailType>);

impl DetailTypes {
    /// Adds a type.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, kind: DetailType) -> Self {
        self.0.insert(name.into(), kind);
        self
    }

    /// The names of the types, for `authorization_details_types_supported`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Checks that every detail is of a known type and fits it.
    ///
    /// Fails with `details_type_unknown`, or with `details_invalid` on a member the type does not have or a
    /// required one that is missing.
    pub fn check(&self, details: &AuthorizationDetails) -> Result<(), Error> {
        for detail in &details.0 {
            let kind = self.0.get(&detail.kind).ok_or(Error::new(ErrorCode::DetailsTypeUnknown))?;
            let known = |name: &str| {
                name == "type"
                    || name == "identifier"
                    || COMMON_ARRAYS.contains(&name)
                    || kind.members.iter().any(|member| member == name)
            };
            let fits = detail.object.iter().all(|(name, _)| known(name))
                && kind.required.iter().all(|name| detail.object.contains(name));
            if !fits {
                return Err(Error::new(ErrorCode::DetailsInvalid));
            }
        }
        Ok(())
    }
}

impl AuthorizationDetail {
    fn from_json(value: &Json<'_>) -> Result<Self, Error> {
        const MALFORMED: Error = Error::new(ErrorCode::DetailsMalformed);
        let object = value.as_object().ok_or(MALFORMED)?;
        let kind =
            object.get("type").and_then(Json::as_str).filter(|kind| is_plain(kind, 256)).ok_or(MALFORMED)?;
        let is_strings = |value: &Json<'_>| {
            value.as_array().is_some_and(|items| items.iter().all(|item| item.as_str().is_some()))
        };
        let arrays = COMMON_ARRAYS.iter().filter_map(|name| object.get(name)).all(is_strings);
        let identifier = object.get("identifier").is_none_or(|value| value.as_str().is_some());
        if !arrays || !identifier {
            return Err(Error::new(ErrorCode::DetailsInvalid));
        }
        Ok(Self { kind: String::from(kind), object: object.clone().into_owned() })
    }

    /// The `type`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// All members.
    #[must_use]
    pub const fn as_object(&self) -> &Object<'static> {
        &self.object
    }

    /// The resources this detail is about, if it says.
    pub fn locations(&self) -> Option<impl Iterator<Item = &str>> {
        let items = self.object.get("locations")?.as_array()?;
        Some(items.iter().filter_map(Json::as_str))
    }

    /// Whether this detail asks for nothing beyond `ceiling`: the same type; of each common array that the
    /// ceiling has, a subset that is itself present; every other member of the ceiling unchanged, and no other.
    #[must_use]
    pub fn is_within(&self, ceiling: &Self) -> bool {
        self.kind == ceiling.kind
            && ceiling.object.iter().all(|(name, allowed)| {
                let asked = self.object.get(name);
                if COMMON_ARRAYS.contains(&name) { is_subset(asked, allowed) } else { asked == Some(allowed) }
            })
            && self
                .object
                .iter()
                .all(|(name, _)| ceiling.object.contains(name) || COMMON_ARRAYS.contains(&name))
    }
}

fn is_subset(asked: Option<&Json<'_>>, allowed: &Json<'_>) -> bool {
    match (asked.and_then(Json::as_array), allowed.as_array()) {
        (Some(asked), Some(allowed)) => asked.iter().all(|item| allowed.contains(item)),
        _ => false,
    }
}

impl AuthorizationDetails {
    /// Reads the form parameter or claim value as JSON text. Fails as [`Self::from_json`].
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, Error> {
        let value = Json::parse(text.as_bytes(), limits.json_depth);
        Self::from_json(&value.map_err(|fault| fault.or(ErrorCode::DetailsMalformed))?, limits)
    }

    /// Reads an array of objects with a string `type`.
    ///
    /// Fails with `details_malformed`, or with `details_invalid` when a common member has the wrong JSON type
    /// (R9396-006).
    pub fn from_json(value: &Json<'_>, limits: &Limits) -> Result<Self, Error> {
        let items = value.as_array().filter(|items| items.len() <= limits.authorization_details);
        let items = items.ok_or(Error::new(ErrorCode::DetailsMalformed))?;
        items.iter().map(AuthorizationDetail::from_json).collect::<Result<_, _>>().map(Self)
    }

    /// The claim's or response member's value.
    #[must_use]
    pub fn to_json(&self) -> Json<'static> {
        Json::Array(self.0.iter().map(|detail| Json::Object(detail.object.clone())).collect())
    }

    /// The details in order.
    pub fn iter(&self) -> impl Iterator<Item = &AuthorizationDetail> {
        self.0.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those details that `keep` keeps.
    #[must_use]
    pub fn filtered(&self, mut keep: impl FnMut(&AuthorizationDetail) -> bool) -> Self {
        Self(self.0.iter().filter(|detail| keep(detail)).cloned().collect())
    }

    /// Whether every detail is within one of `ceiling`.
    #[must_use]
    pub fn is_within(&self, ceiling: &Self) -> bool {
        self.0.iter().all(|detail| ceiling.0.iter().any(|allowed| detail.is_within(allowed)))
    }
}
