//! An operation: its name, the objects it uses, what it does.

use super::fault::Fault;
use super::handle::{Handle, Held, Machine, Slot};
use crate::codec::json::Json;

/// One operation. The lists of these are all that the bindings export.
pub(super) struct Operation {
    /// Its name, such as `id_jag.verify`.
    pub(super) name: &'static str,
    /// The objects it uses, in order, by the name of the argument that holds them.
    pub(super) slots: &'static [&'static str],
    /// What it does.
    pub(super) run: Run,
    /// Whether it makes an object.
    #[cfg(feature = "schema")]
    pub(super) makes: bool,
    /// Its documentation.
    #[cfg(feature = "schema")]
    pub(super) doc: &'static [&'static str],
    /// What it takes and answers.
    #[cfg(feature = "schema")]
    pub(super) shapes: fn() -> (super::schema::Shape, super::schema::Shape),
}

/// What came of a call: the object it made, if it makes one, and its answer.
pub(super) type Outcome = Result<(Option<Slot>, Json<'static>), Fault>;

/// What an operation does with its argument and the objects it uses.
#[derive(Clone, Copy)]
pub(super) enum Run {
    /// It uses objects that never change.
    Apart(fn(&Json<'_>, &Held<'_>) -> Outcome),
    /// It moves the machine in its first slot.
    Drive(fn(&Json<'_>, &Held<'_>, &mut Machine) -> Outcome),
}

/// Lists operations: `Pure "name" [slots] function: Input => Output;`.
///
/// The function is `fn(Input, &Held) -> Result<Output, Fault>` for `Pure`, answers `(Handle, Output)` or
/// `(Machine, Output)` for `Make`, takes `&mut Machine` third for `Drive`, and does both for `Derive`.
macro_rules! operations {
    ($($(#[doc = $doc:literal])* $kind:ident $name:literal [$($slot:literal),*] $run:path: $input:ty => $output:ty;)*) => {
        &[$($crate::wire::operation::Operation {
            name: $name,
            slots: &[$($slot),*],
            run: $crate::wire::operation::operations!(@ $kind $run, $input, $output),
            #[cfg(feature = "schema")]
            makes: $crate::wire::operation::is_make(stringify!($kind)),
            #[cfg(feature = "schema")]
            doc: &[$($doc),*],
            #[cfg(feature = "schema")]
            shapes: $crate::wire::schema::shapes::<$input, $output>,
        }),*]
    };
    (@ Pure $run:path, $input:ty, $output:ty) => {
        $crate::wire::operation::Run::Apart(|json, held| {
            let input = <$input as $crate::wire::read::Read>::read(json, &$crate::codec::json::At::Root)?;
            Ok((None, $crate::wire::operation::written::<$output>($run(input, held)?)))
        })
    };
    (@ Make $run:path, $input:ty, $output:ty) => {
        $crate::wire::operation::Run::Apart(|json, held| {
            let input = <$input as $crate::wire::read::Read>::read(json, &$crate::codec::json::At::Root)?;
            let (made, answer) = $run(input, held)?;
            Ok((Some(made.into()), $crate::wire::operation::written::<$output>(answer)))
        })
    };
    (@ Drive $run:path, $input:ty, $output:ty) => {
        $crate::wire::operation::Run::Drive(|json, held, machine| {
            let input = <$input as $crate::wire::read::Read>::read(json, &$crate::codec::json::At::Root)?;
            Ok((None, $crate::wire::operation::written::<$output>($run(input, held, machine)?)))
        })
    };
    (@ Derive $run:path, $input:ty, $output:ty) => {
        $crate::wire::operation::Run::Drive(|json, held, machine| {
            let input = <$input as $crate::wire::read::Read>::read(json, &$crate::codec::json::At::Root)?;
            let (made, answer) = $run(input, held, machine)?;
            Ok((Some(made.into()), $crate::wire::operation::written::<$output>(answer)))
        })
    };
}
pub(super) use operations;

/// The answer as JSON; one that says nothing is `null`.
pub(super) fn written<O: super::write::Write>(answer: O) -> Json<'static> {
    answer.write().unwrap_or(Json::Null)
}

/// Whether the kind of an entry makes an object.
#[cfg(feature = "schema")]
pub(super) const fn is_make(kind: &str) -> bool {
    matches!(kind.as_bytes(), b"Make" | b"Derive")
}

impl From<Handle> for Slot {
    fn from(handle: Handle) -> Self {
        Self::Shared(handle)
    }
}

impl From<Machine> for Slot {
    fn from(machine: Machine) -> Self {
        Self::Machine(machine)
    }
}
