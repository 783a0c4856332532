//! Whether one authorization detail asks for no more than another: one engine for grants, children and answers.

use core::cmp::Ordering;

use super::{AuthorizationDetail, DetailType};
use crate::codec::json::{Json, Object};

/// How a member may be narrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Narrowing {
    /// Not at all.
    Equal,
    /// An array may lose items.
    Subset,
    /// An amount may be lowered.
    AtMost,
    /// An object, member by member.
    Members,
}

impl Narrowing {
    /// Whether a ceiling without the member sets no limit on it: naming one is then narrower.
    const fn is_limit(self) -> bool {
        matches!(self, Self::Subset | Self::AtMost)
    }
}

impl DetailType {
    /// Whether `detail` asks for nothing beyond `ceiling`, of the same type: no member of the ceiling is left out, each is
    /// narrowed as the type says, and none is added but limits.
    pub(super) fn is_within(&self, detail: &AuthorizationDetail, ceiling: &AuthorizationDetail) -> bool {
        detail.kind == ceiling.kind && self.members_within(None, &detail.object, &ceiling.object)
    }

    fn members_within(&self, parent: Option<&str>, asked: &Object<'_>, allowed: &Object<'_>) -> bool {
        // Absence is no limit: a member that is left out would ask for more.
        let keeps = |(name, allowed): (&str, &Json<'_>)| {
            asked.get(name).is_some_and(|asked| self.value_within(parent, name, asked, allowed))
        };
        let adds =
            |(name, _): (&str, &Json<'_>)| allowed.contains(name) || self.narrowing(parent, name).is_limit();
        allowed.iter().all(keeps) && asked.iter().all(adds)
    }

    fn value_within(&self, parent: Option<&str>, name: &str, asked: &Json<'_>, allowed: &Json<'_>) -> bool {
        if asked == allowed {
            return true;
        }
        match (self.narrowing(parent, name), asked, allowed) {
            (Narrowing::Subset, Json::Array(asked), Json::Array(allowed)) => {
                asked.iter().all(|item| allowed.contains(item))
            }
            (Narrowing::AtMost, asked, allowed) => {
                compare(asked, allowed).is_some_and(|order| order != Ordering::Greater)
            }
            (Narrowing::Members, Json::Object(asked), Json::Object(allowed)) => {
                self.members_within(Some(name), asked, allowed)
            }
            _ => false,
        }
    }
}

/// Whether it is an amount that can be compared: a whole number, or a decimal in a text.
pub(super) fn is_amount(value: &Json<'_>) -> bool {
    match value {
        Json::String(text) => Decimal::read(text).is_some(),
        value => value.as_u64().is_some(),
    }
}

/// Two amounts of the same kind; nothing of two kinds, which only equal themselves.
fn compare(one: &Json<'_>, other: &Json<'_>) -> Option<Ordering> {
    match (one, other) {
        (Json::String(one), Json::String(other)) => Some(Decimal::read(one)?.cmp(&Decimal::read(other)?)),
        (one, other) => Some(one.as_u64()?.cmp(&other.as_u64()?)),
    }
}

/// A decimal of at least zero, as it is written: `123.50`. It is compared digit by digit, so that no amount is rounded.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Decimal<'t> {
    /// How many digits there are before the point; then the digits themselves; then those after it, without zeros that end
    /// them. In this order the derived comparison is that of the amounts.
    digits: usize,
    whole: &'t str,
    fraction: &'t str,
}

impl<'t> Decimal<'t> {
    /// Digits, and after a point more of them. No sign, no exponent, no spaces.
    fn read(text: &'t str) -> Option<Self> {
        const MAX_BYTES: usize = 64;
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        if text.len() > MAX_BYTES || !is_digits(whole) || !fraction.is_none_or(is_digits) {
            return None;
        }
        let whole = whole.trim_start_matches('0');
        Some(Self {
            digits: whole.len(),
            whole,
            fraction: fraction.unwrap_or_default().trim_end_matches('0'),
        })
    }
}
