//! What each operation takes and answers, as data: JSON Schema, `.d.ts` and `.pyi` are written from it.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::operation::Operation;
use super::read::{Bytes, Details, Document, OneOrMany};
use crate::codec::json::Object;
use crate::secret::Secret;
use crate::text::{Acr, Amr, ClientId, Email, Group, Nonce, SessionId, Subject, Tenant, TokenId};
use crate::time::{Seconds, UnixTime};

/// The shape of a JSON value.
#[derive(Clone)]
pub enum Shape {
    /// A string.
    Text,
    /// Bytes: base64url on the wire.
    Bytes,
    /// A whole number, not negative.
    Count,
    /// Seconds: a span of time.
    Seconds,
    /// Seconds since 1970: a point in time.
    Time,
    /// `true` or `false`.
    Flag,
    /// A JSON document: an object, or its verbatim text.
    Document,
    /// An object with members of anybody's choosing.
    Open,
    /// One of these strings.
    Names(&'static [&'static str]),
    /// One string or several.
    OneOrMany,
    /// A pair of strings.
    Pair,
    /// A list.
    List(Box<Shape>),
    /// An object from names to values of one shape.
    Map(Box<Shape>),
    /// May be left out, or `null`.
    Optional(Box<Shape>),
    /// Is there, and may be `null`.
    Nullable(Box<Shape>),
    /// An object with known members.
    Record(fn() -> Record),
}

/// An object with known members.
pub struct Record {
    /// Its name, as a type.
    pub name: &'static str,
    /// What it is.
    pub doc: String,
    /// Whether it is spelled as arguments are: camelCase where the language has it.
    pub arguments: bool,
    /// The members in order.
    pub members: Vec<Member>,
    /// Whether it may have more members, of anybody's choosing.
    pub open: bool,
}

/// A member of an object.
pub struct Member {
    /// Its name, snake_case.
    pub name: &'static str,
    /// What it means.
    pub doc: String,
    /// Its shape.
    pub shape: Shape,
}

/// An operation as the generators see it.
pub struct Described {
    /// Its name, such as `id_jag.verify`.
    pub name: &'static str,
    /// What it does.
    pub doc: String,
    /// The objects it uses, in order, by the name of the argument that holds them.
    pub slots: &'static [&'static str],
    /// Whether it makes an object, whose number is in the answer: a constructor (`new`), or a method of another object.
    pub makes: bool,
    /// What it takes.
    pub input: Shape,
    /// What it answers.
    pub output: Shape,
}

/// Every operation, in the order of the lists.
#[must_use]
pub fn operations() -> Vec<Described> {
    super::OPERATIONS.iter().flat_map(|list| list.iter()).map(describe).collect()
}

fn describe(operation: &Operation) -> Described {
    let (input, output) = (operation.shapes)();
    Described {
        name: operation.name,
        doc: text(operation.doc),
        slots: operation.slots,
        makes: operation.makes,
        input,
        output,
    }
}

/// The lines of a documentation comment as one text.
fn text(lines: &[&str]) -> String {
    let trimmed: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    trimmed.join("\n")
}

/// A type that has a shape.
pub(super) trait Shaped {
    /// The shape.
    fn shape() -> Shape;
}

/// The shapes of an operation's argument and answer.
pub(super) fn shapes<I: Shaped, O: Shaped>() -> (Shape, Shape) {
    (I::shape(), O::shape())
}

impl Record {
    pub(super) fn new(name: &'static str, doc: &[&str], arguments: bool, members: Vec<Member>) -> Self {
        Self { name, doc: text(doc), arguments, members, open: false }
    }
}

impl Record {
    /// A record of the members of `base` and of more.
    pub(super) fn extended(name: &'static str, doc: &[&str], base: Shape) -> Self {
        let (arguments, members) = match base {
            Shape::Record(base) => (base().arguments, base().members),
            _ => (false, Vec::new()),
        };
        Self { open: true, ..Self::new(name, doc, arguments, members) }
    }
}

impl Member {
    pub(super) fn new<T: Shaped>(name: &'static str, doc: &[&str]) -> Self {
        Self { name, doc: text(doc), shape: T::shape() }
    }
}

macro_rules! shapes {
    ($($shape:ident: $($type:ty),*;)*) => {
        $($(impl Shaped for $type {
            fn shape() -> Shape {
                Shape::$shape
            }
        })*)*
    };
}
shapes! {
    Text: String, &'static str, Secret, Acr, Amr, ClientId, Email, Group, Nonce, SessionId, Subject, Tenant, TokenId;
    Bytes: Bytes;
    Count: u64, u32, u16, usize;
    Seconds: Seconds;
    Time: UnixTime;
    Flag: bool;
    Document: Document;
    Open: Object<'static>;
    OneOrMany: OneOrMany;
    Pair: (String, String);
}

impl Shaped for Details {
    fn shape() -> Shape {
        Shape::List(Box::new(Shape::Open))
    }
}

impl<T: Shaped> Shaped for Option<T> {
    fn shape() -> Shape {
        Shape::Optional(Box::new(T::shape()))
    }
}

impl<T: Shaped> Shaped for Box<T> {
    fn shape() -> Shape {
        T::shape()
    }
}

impl<T: Shaped> Shaped for Vec<T> {
    fn shape() -> Shape {
        Shape::List(Box::new(T::shape()))
    }
}

impl<T: Shaped> Shaped for BTreeSet<T> {
    fn shape() -> Shape {
        Shape::List(Box::new(T::shape()))
    }
}

impl<T: Shaped> Shaped for BTreeMap<String, T> {
    fn shape() -> Shape {
        Shape::Map(Box::new(T::shape()))
    }
}
