//! How arguments are declared: once, for reading and for the shapes.

/// Declares a struct that is read from an object: `arguments` for what a caller passes, `document` for what is spelled
/// in the words of the protocol. Its documentation is that of the type in every language.
macro_rules! input {
    ($spelling:ident $(#[doc = $doc:literal])* $vis:vis struct $name:ident {
        $($(#[doc = $field_doc:literal])* $field_vis:vis $field:ident: $type:ty,)*
    }) => {
        $(#[doc = $doc])*
        $vis struct $name {
            $($(#[doc = $field_doc])* $field_vis $field: $type,)*
        }

        impl $crate::wire::read::Read for $name {
            // One function, rather than a copy in every operation that takes it.
            #[inline(never)]
            fn read(
                json: &$crate::codec::json::Json<'_>,
                at: &$crate::codec::json::At<'_>,
            ) -> Result<Self, $crate::wire::fault::Fault> {
                use $crate::wire::read::{Members, Spelling};
                #[allow(unused_mut, reason = "an object may have no members")]
                let mut members = Members::of(json, at, Spelling::$spelling)?;
                let value = Self { $($field: members.take(stringify!($field))?,)* };
                members.finish(&[$(stringify!($field)),*])?;
                Ok(value)
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
                    $crate::wire::schema::Record::new(
                        stringify!($name), &[$($doc),*], stringify!($spelling) == "Arguments", members,
                    )
                })
            }
        }
    };
}
pub(super) use input;

/// Declares an enum of fixed names.
macro_rules! names {
    ($(#[doc = $doc:literal])* $vis:vis enum $name:ident {
        $($(#[doc = $variant_doc:literal])* $variant:ident = $text:literal,)*
    }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq)]
        $vis enum $name {
            $($(#[doc = $variant_doc])* $variant,)*
        }

        impl $crate::wire::read::Read for $name {
            fn read(
                json: &$crate::codec::json::Json<'_>,
                at: &$crate::codec::json::At<'_>,
            ) -> Result<Self, $crate::wire::fault::Fault> {
                match json.as_str() {
                    $(Some($text) => Ok(Self::$variant),)*
                    _ => Err($crate::wire::fault::Fault::argument(
                        at, concat!("one of", $(" `", $text, "`"),*, " is expected"),
                    )),
                }
            }
        }

        #[cfg(feature = "schema")]
        impl $crate::wire::schema::Shaped for $name {
            fn shape() -> $crate::wire::schema::Shape {
                $crate::wire::schema::Shape::Names(&[$($text),*])
            }
        }
    };
}
pub(super) use names;
