//! What a server declares of its types of authorization details: their members, and how each may be narrowed.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::narrow::{Narrowing, is_amount};
use super::{AuthorizationDetail, AuthorizationDetails, COMMON_ARRAYS};
use crate::codec::json::Json;
use crate::error::{Error, ErrorCode};
use crate::ordered;

/// What a type of authorization details consists of, as the server that offers it declares.
///
/// `subset` and `at_most` name members, or members of members as `instructedAmount.amount`. Every other member, and every
/// other member of a member, must stay as it is. The common arrays of RFC 9396 §2.2 may lose items in every type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetailType {
    /// Members beside the common ones of RFC 9396 §2.2 and those named below.
    pub members: Vec<String>,
    /// Members, common ones included, without which a detail of this type says nothing.
    pub required: Vec<String>,
    /// Arrays that may lose items. A detail without one asks for everything.
    pub subset: Vec<String>,
    /// Amounts that may be lowered: whole numbers, or decimals in a text such as `123.50`. A detail without one asks for any.
    pub at_most: Vec<String>,
}

impl DetailType {
    /// How the member `name`, inside the member `parent` where there is one, may be narrowed.
    pub(super) fn narrowing(&self, parent: Option<&str>, name: &str) -> Narrowing {
        let is_it = |path: &String| match (parent, path.split_once('.')) {
            (None, None) => path == name,
            (Some(parent), Some((outer, inner))) => outer == parent && inner == name,
            _ => false,
        };
        if self.at_most.iter().any(is_it) {
            Narrowing::AtMost
        } else if self.subset.iter().any(is_it) || (parent.is_none() && COMMON_ARRAYS.contains(&name)) {
            Narrowing::Subset
        } else if parent.is_none() && self.paths().any(|path| outer(path) == name) {
            Narrowing::Members
        } else {
            Narrowing::Equal
        }
    }

    fn paths(&self) -> impl Iterator<Item = &String> {
        self.subset.iter().chain(&self.at_most)
    }

    fn knows(&self, name: &str) -> bool {
        name == "type"
            || name == "identifier"
            || COMMON_ARRAYS.contains(&name)
            || self.members.iter().any(|member| member == name)
            || self.paths().any(|path| outer(path) == name)
    }

    /// Whether the member, if it narrows otherwise than by staying as it is, is of the kind that can.
    fn fits(&self, parent: Option<&str>, name: &str, value: &Json<'_>) -> bool {
        match self.narrowing(parent, name) {
            Narrowing::Equal => true,
            Narrowing::Subset => value.as_array().is_some(),
            Narrowing::AtMost => is_amount(value),
            Narrowing::Members => value.as_object().is_some_and(|object| {
                object.iter().all(|(inner, value)| self.fits(Some(name), inner, value))
            }),
        }
    }

    fn check(&self, detail: &AuthorizationDetail) -> Result<(), Error> {
        let members = &detail.object;
        let fits = members.iter().all(|(name, value)| self.knows(name) && self.fits(None, name, value))
            && self.required.iter().all(|name| members.contains(name));
        if fits { Ok(()) } else { Err(Error::new(ErrorCode::DetailsInvalid)) }
    }
}

/// The first step of a path.
fn outer(path: &str) -> &str {
    path.split_once('.').map_or(path, |(outer, _)| outer)
}

/// The types a server knows. A type that is not here is refused, never ignored (R9396-002).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetailTypes {
    known: BTreeMap<String, DetailType>,
    unchanged: BTreeSet<String>,
}

impl DetailTypes {
    /// No type at all.
    pub const NONE: Self = Self { known: BTreeMap::new(), unchanged: BTreeSet::new() };

    /// Adds a type.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, kind: DetailType) -> Self {
        self.known.insert(name.into(), kind);
        self
    }

    /// Adds a type of which nothing is known here: its details are passed on exactly as they are, and narrowed by leaving
    /// whole ones out only.
    #[must_use]
    pub fn with_unchanged(mut self, name: impl Into<String>) -> Self {
        self.unchanged.insert(name.into());
        self
    }

    /// The names of the types in ascending order, for `authorization_details_types_supported`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        ordered::set(self.known.keys().chain(&self.unchanged).map(String::as_str)).into_iter()
    }

    /// Checks that every detail is of a known type and fits it.
    ///
    /// Fails with `details_type_unknown`, or with `details_invalid` on a member the type does not have, one that cannot be
    /// compared as the type says, or a required one that is missing.
    pub fn check(&self, details: &AuthorizationDetails) -> Result<(), Error> {
        details.iter().try_for_each(|detail| match self.known.get(detail.kind()) {
            Some(kind) => kind.check(detail),
            None if self.unchanged.contains(detail.kind()) => Ok(()),
            None => Err(Error::new(ErrorCode::DetailsTypeUnknown)),
        })
    }

    /// What of `details` goes into a token that is for the locations of which `is_here` holds, and for no other (R9396-005).
    pub(crate) fn for_audience(
        &self,
        details: &AuthorizationDetails,
        is_here: impl Fn(&str) -> bool,
    ) -> AuthorizationDetails {
        details.filter_map(|detail| {
            let narrowed = detail.at_locations(&is_here)?;
            Some(if self.may_change(detail) { narrowed } else { detail.clone() })
        })
    }

    /// Whether `detail` may have fewer locations than it says: not so of a type that is passed on unchanged.
    fn may_change(&self, detail: &AuthorizationDetail) -> bool {
        self.known.contains_key(detail.kind()) || !self.unchanged.contains(detail.kind())
    }

    pub(super) fn is_within(&self, detail: &AuthorizationDetail, ceiling: &AuthorizationDetail) -> bool {
        match self.known.get(detail.kind()) {
            Some(kind) => kind.is_within(detail, ceiling),
            None if self.may_change(detail) => DetailType::default().is_within(detail, ceiling),
            None => detail == ceiling,
        }
    }
}
