//! RFC 9396: rich authorization requests, carried, checked against their types, and narrowed.

mod narrow;
#[cfg(test)]
mod tests;
mod types;

pub use types::{DetailType, DetailTypes};

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

    /// The same detail about those locations only that `keep` keeps, in a token that is not for the others (R9396-005);
    /// `None` when none is left. One that names no locations is about wherever the token is for.
    #[must_use]
    pub fn at_locations(&self, keep: impl Fn(&str) -> bool) -> Option<Self> {
        let Some(locations) = self.locations() else { return Some(self.clone()) };
        let kept: Vec<String> = locations.filter(|location| keep(location)).map(String::from).collect();
        if kept.is_empty() {
            return None;
        }
        let mut narrowed = self.clone();
        narrowed.object.set("locations", Json::strings(kept));
        Some(narrowed)
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

    /// What `change` makes of each detail, without those of which it makes nothing.
    #[must_use]
    pub fn filter_map(
        &self,
        change: impl FnMut(&AuthorizationDetail) -> Option<AuthorizationDetail>,
    ) -> Self {
        Self(self.0.iter().filter_map(change).collect())
    }

    /// Whether every detail asks for nothing beyond one of `ceiling`, as its type says what that means ([`DetailType`]). A
    /// type that is not among `types` is compared by the members of RFC 9396 §2.2 alone.
    #[must_use]
    pub fn is_within(&self, ceiling: &Self, types: &DetailTypes) -> bool {
        let within = |detail, allowed| types.is_within(detail, allowed);
        self.0.iter().all(|detail| ceiling.0.iter().any(|allowed| within(detail, allowed)))
    }
}
