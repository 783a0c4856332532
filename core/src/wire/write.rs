//! From answers to JSON.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::codec::json::{Json, Object};
use crate::time::{Seconds, UnixTime};

/// What can be written as JSON; `None` is left out.
pub(super) trait Write {
    /// The value.
    fn write(self) -> Option<Json<'static>>;
}

impl Write for String {
    fn write(self) -> Option<Json<'static>> {
        Some(Json::string(self))
    }
}

impl Write for &'static str {
    fn write(self) -> Option<Json<'static>> {
        Some(Json::string(self))
    }
}

impl Write for bool {
    fn write(self) -> Option<Json<'static>> {
        Some(Json::Bool(self))
    }
}

impl Write for u64 {
    fn write(self) -> Option<Json<'static>> {
        Some(Json::from(self))
    }
}

impl Write for UnixTime {
    fn write(self) -> Option<Json<'static>> {
        Some(Json::from(self.as_secs()))
    }
}

impl Write for Seconds {
    fn write(self) -> Option<Json<'static>> {
        Some(Json::from(self.as_secs()))
    }
}

impl Write for Object<'static> {
    fn write(self) -> Option<Json<'static>> {
        Some(Json::Object(self))
    }
}

impl<T: Write> Write for Option<T> {
    fn write(self) -> Option<Json<'static>> {
        self.and_then(Write::write)
    }
}

/// Adds member `name`, which the object does not have, unless it is left out.
#[inline(never)]
pub(super) fn put(object: &mut Object<'static>, name: &'static str, value: Option<Json<'static>>) {
    if let Some(value) = value {
        object.push(name, value);
    }
}

/// A value that is `null` rather than left out.
pub(super) struct OrNull<T>(pub(super) Option<T>);

impl<T: Write> Write for OrNull<T> {
    fn write(self) -> Option<Json<'static>> {
        Some(self.0.and_then(Write::write).unwrap_or(Json::Null))
    }
}

#[cfg(feature = "schema")]
impl<T: super::schema::Shaped> super::schema::Shaped for OrNull<T> {
    fn shape() -> super::schema::Shape {
        super::schema::Shape::Nullable(alloc::boxed::Box::new(T::shape()))
    }
}

impl<T: Write> Write for Vec<T> {
    fn write(self) -> Option<Json<'static>> {
        Some(Json::Array(self.into_iter().filter_map(Write::write).collect()))
    }
}

impl<T: Write> Write for BTreeMap<String, T> {
    fn write(self) -> Option<Json<'static>> {
        let mut object = Object::new();
        for (name, value) in self {
            if let Some(value) = value.write() {
                object.set(name, value);
            }
        }
        Some(Json::Object(object))
    }
}

impl Write for (String, String) {
    fn write(self) -> Option<Json<'static>> {
        Some(Json::strings([self.0, self.1]))
    }
}

/// The texts, which are left out when there are none.
pub(super) fn list<'t>(texts: impl Iterator<Item = &'t str>) -> Option<Vec<String>> {
    Some(texts.map(String::from).collect::<Vec<_>>()).filter(|texts| !texts.is_empty())
}

/// What prints as nothing is left out.
pub(super) fn text(printed: &dyn core::fmt::Display) -> Option<String> {
    Some(printed.to_string()).filter(|text| !text.is_empty())
}

/// `true`, or nothing.
pub(super) fn flag(value: bool) -> Option<bool> {
    value.then_some(true)
}

/// A count, or nothing.
pub(super) fn count(value: usize) -> Option<u64> {
    (value > 0).then_some(value as u64)
}

/// What the library writes as JSON itself, in the shape of `T`.
pub(super) struct As<T> {
    json: Json<'static>,
    shape: core::marker::PhantomData<T>,
}

impl<T> As<T> {
    /// `json`, which has the shape of `T`.
    pub(super) fn new(json: impl Into<Json<'static>>) -> Self {
        Self { json: json.into(), shape: core::marker::PhantomData }
    }
}

impl<T> Write for As<T> {
    fn write(self) -> Option<Json<'static>> {
        Some(self.json)
    }
}

#[cfg(feature = "schema")]
impl<T: super::schema::Shaped> super::schema::Shaped for As<T> {
    fn shape() -> super::schema::Shape {
        T::shape()
    }
}

/// Declares a struct that is written as an object. Its documentation is that of the type in every language.
macro_rules! output {
    ($(#[doc = $doc:literal])* $vis:vis struct $name:ident {
        $($(#[doc = $field_doc:literal])* $field_vis:vis $field:ident: $type:ty,)*
    }) => {
        $(#[doc = $doc])*
        $vis struct $name {
            $($(#[doc = $field_doc])* $field_vis $field: $type,)*
        }

        impl $crate::wire::write::Write for $name {
            // One function, rather than a copy in every operation that answers it.
            #[inline(never)]
            fn write(self) -> Option<$crate::codec::json::Json<'static>> {
                #[allow(unused_mut, reason = "an object may have no members")]
                let mut object = $crate::codec::json::Object::new();
                $($crate::wire::write::put(&mut object, stringify!($field), $crate::wire::write::Write::write(self.$field));)*
                Some($crate::codec::json::Json::Object(object))
            }
        }

        #[cfg(feature = "schema")]
        impl $crate::wire::schema::Shaped for $name {
            fn shape() -> $crate::wire::schema::Shape {
                $crate::wire::schema::Shape::Record(|| {
                    let members = alloc::vec::Vec::from([
                        $($crate::wire::schema::Member::new::<$type>(
                            stringify!($field), &[$($field_doc),*],
                        ),)*
                    ]);
                    $crate::wire::schema::Record::new(stringify!($name), &[$($doc),*], false, members)
                })
            }
        }
    };
}
pub(super) use output;

/// Describes an object that the library writes itself, for [`As`].
macro_rules! described {
    ($(#[doc = $doc:literal])* $vis:vis struct $name:ident {
        $($(#[doc = $field_doc:literal])* $field:ident: $type:ty,)*
    }) => {
        $(#[doc = $doc])*
        $vis enum $name {}

        #[cfg(feature = "schema")]
        impl $crate::wire::schema::Shaped for $name {
            fn shape() -> $crate::wire::schema::Shape {
                $crate::wire::schema::Shape::Record(|| {
                    let members = alloc::vec::Vec::from([
                        $($crate::wire::schema::Member::new::<$type>(
                            stringify!($field), &[$($field_doc),*],
                        ),)*
                    ]);
                    $crate::wire::schema::Record::new(stringify!($name), &[$($doc),*], false, members)
                })
            }
        }
    };
}
pub(super) use described;

/// Describes an object that the library writes itself in the shape of another, and which may have more members.
macro_rules! extended {
    ($(#[doc = $doc:literal])* $vis:vis struct $name:ident of $base:ty;) => {
        $(#[doc = $doc])*
        $vis enum $name {}

        #[cfg(feature = "schema")]
        impl $crate::wire::schema::Shaped for $name {
            fn shape() -> $crate::wire::schema::Shape {
                $crate::wire::schema::Shape::Record(|| {
                    $crate::wire::schema::Record::extended(
                        stringify!($name), &[$($doc),*], <$base as $crate::wire::schema::Shaped>::shape(),
                    )
                })
            }
        }
    };
}
pub(super) use extended;

/// Declares an object in the words of the protocol that is both read and written.
macro_rules! exchanged {
    ($(#[doc = $doc:literal])* $vis:vis struct $name:ident {
        $($(#[doc = $field_doc:literal])* $field_vis:vis $field:ident: $type:ty,)*
    }) => {
        $crate::wire::declare::input! {
            Protocol
            $(#[doc = $doc])*
            $vis struct $name {
                $($(#[doc = $field_doc])* $field_vis $field: $type,)*
            }
        }

        impl $crate::wire::write::Write for $name {
            #[inline(never)]
            fn write(self) -> Option<$crate::codec::json::Json<'static>> {
                let mut object = $crate::codec::json::Object::new();
                $($crate::wire::write::put(
                    &mut object, stringify!($field), $crate::wire::write::Write::write(self.$field),
                );)*
                Some($crate::codec::json::Json::Object(object))
            }
        }
    };
}
pub(super) use exchanged;
