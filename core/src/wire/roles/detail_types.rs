//! What is declared of types of authorization details.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::details::{DetailType, DetailTypes};
use crate::error::Error;
use crate::wire::declare::input;

input! {
    Arguments
    /// What a type of authorization details consists of (RFC 9396). `subset` and `at_most` name members, or members of members
    /// as `instructedAmount.amount`: what may be narrowed, and how. Every other member stays as it is; the common arrays of
    /// RFC 9396 §2.2 may lose items in every type.
    pub(in crate::wire) struct DetailTypeOptions {
        /// Members beside the common ones of RFC 9396 §2.2 and those named below.
        members: Option<Vec<String>>,
        /// Members, common ones included, without which a detail of this type says nothing.
        required: Option<Vec<String>>,
        /// Arrays that may lose items; a detail without one asks for everything.
        subset: Option<Vec<String>>,
        /// Amounts that may be lowered: whole numbers, or decimals in a text such as `123.50`; a detail without one asks for
        /// any.
        at_most: Option<Vec<String>>,
        /// Nothing is known of the type: its details are passed on exactly as they are, whatever they hold. Stands alone.
        unchanged: Option<bool>,
    }
}

/// The types of authorization details, by name.
pub(in crate::wire) fn detail_types(
    options: Option<BTreeMap<String, DetailTypeOptions>>,
) -> Result<DetailTypes, Error> {
    options.unwrap_or_default().into_iter().try_fold(DetailTypes::NONE, |types, (name, kind)| {
        let DetailTypeOptions { members, required, subset, at_most, unchanged } = kind;
        let says_nothing = [&members, &required, &subset, &at_most].iter().all(|list| list.is_none());
        match unchanged {
            Some(true) if says_nothing => Ok(types.with_unchanged(name)),
            Some(true) => Err(Error::config("a type that is passed on unchanged has no members")),
            _ => Ok(types.with(
                name,
                DetailType {
                    members: members.unwrap_or_default(),
                    required: required.unwrap_or_default(),
                    subset: subset.unwrap_or_default(),
                    at_most: at_most.unwrap_or_default(),
                },
            )),
        }
    })
}
