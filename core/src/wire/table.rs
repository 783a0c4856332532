//! The objects of one binding, and how a call goes through it.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cell::RefCell;

use super::OPERATIONS;
use super::crypto::Crypto;
use super::envelope;
use super::fault::Fault;
use super::handle::{Handle, Held, Slot};
use super::operation::{Operation, Outcome, Run};
use crate::codec::json::Json;
use crate::error::ErrorCode;
use crate::resource_server::{SharedTokenCache, VerifiedTokenCache};

/// Nesting of an argument; documents inside have caps of their own.
const MAX_DEPTH: usize = 64;
/// Bytes of one call: room for the largest policy with every character escaped.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The objects that a binding's callers hold. Numbers are never used twice: a freed one names nothing ever after.
pub struct Table {
    crypto: &'static Crypto,
    /// In ascending order of their numbers, as they are given out.
    slots: Vec<(u64, Slot)>,
    last: u64,
}

/// A [`Table`] behind the lock of whoever owns it. A call asks for it a moment at a time, and never while it has it.
pub trait SharedTable {
    /// What `ask` answers of the table, while nobody else is at it.
    fn with<R>(&self, ask: impl FnOnce(&mut Table) -> R) -> R;
}

impl SharedTable for RefCell<&mut Table> {
    fn with<R>(&self, ask: impl FnOnce(&mut Table) -> R) -> R {
        ask(&mut self.borrow_mut())
    }
}

/// A call after the table has been asked.
enum Begun<'c> {
    /// Answered already: it moved a machine, freed objects, or was refused.
    Done(String),
    /// What is left needs no lock.
    Work(Work<'c>),
}

/// A call with all it needs.
struct Work<'c> {
    run: fn(&Json<'_>, &Held<'_>) -> Outcome,
    objects: Objects,
    input: &'c str,
}

/// The objects of a call.
pub(super) struct Objects {
    crypto: &'static Crypto,
    handles: Vec<Option<Handle>>,
    /// The number of the first, where that is a protected resource with a cache.
    cached: Option<u64>,
}

/// The cache of the protected resource with this number.
struct CacheOf<'t, T> {
    table: &'t T,
    number: u64,
}

impl<T: SharedTable> SharedTokenCache for CacheOf<'_, T> {
    fn with(&self, ask: &mut dyn FnMut(&mut VerifiedTokenCache)) {
        self.table.with(|table| {
            if let Some(Slot::Resource(_, cache)) = table.slot(self.number) {
                ask(cache);
            }
        });
    }
}

/// A whole call: `<operation>\n<numbers, space-separated; 0 for none>\n<JSON object>`.
///
/// Two operations are the table's own: `free` gives the objects up, whether or not they still exist, and `count`
/// answers how many there are.
pub fn call(table: &impl SharedTable, text: &str) -> String {
    match table.with(|table| table.begin(text)) {
        Begun::Done(answer) => answer,
        Begun::Work(Work { run, objects, input }) => {
            match parse(input).and_then(|json| holding(table, objects, |held| run(&json, held))) {
                Ok((None, answer)) => envelope::ok(answer, None),
                outcome => table.with(|table| table.finish(outcome)),
            }
        }
    }
}

/// What `run` makes of the objects with these numbers.
pub(super) fn with_objects<R>(
    table: &impl SharedTable,
    numbers: &[u64],
    run: impl FnOnce(&Held<'_>) -> Result<R, Fault>,
) -> Result<R, Fault> {
    let objects = table.with(|table| table.hold(numbers))?;
    holding(table, objects, run)
}

fn holding<R>(
    table: &impl SharedTable,
    Objects { crypto, handles, cached }: Objects,
    run: impl FnOnce(&Held<'_>) -> R,
) -> R {
    let cache = cached.map(|number| CacheOf { table, number });
    run(&Held::new(crypto, handles, cache.as_ref().map(|cache| cache as &dyn SharedTokenCache)))
}

/// A call taken apart.
struct Call<'c> {
    name: &'c str,
    numbers: Vec<u64>,
    input: &'c str,
}

impl Table {
    /// No objects yet; tokens are verified and signed by `crypto`.
    #[must_use]
    pub const fn new(crypto: &'static Crypto) -> Self {
        Self { crypto, slots: Vec::new(), last: 0 }
    }

    /// A whole call, as [`call`], where no lock is needed.
    pub fn call(&mut self, text: &str) -> String {
        call(&RefCell::new(self), text)
    }

    /// Looks up the operation and the objects of a call.
    fn begin<'c>(&mut self, text: &'c str) -> Begun<'c> {
        self.prepare(text).unwrap_or_else(|fault| Begun::Done(envelope::err(&fault)))
    }

    /// Keeps the object that a call made, and writes its answer.
    fn finish(&mut self, outcome: Outcome) -> String {
        match outcome {
            Ok((made, answer)) => envelope::ok(answer, made.map(|slot| self.keep(slot))),
            Err(fault) => envelope::err(&fault),
        }
    }

    fn prepare<'c>(&mut self, text: &'c str) -> Result<Begun<'c>, Fault> {
        let Call { name, numbers, input } = Call::parse(text).ok_or(ErrorCode::CallMalformed)?;
        match name {
            "free" => {
                for number in numbers {
                    if let Some(position) = self.position(number) {
                        self.slots.remove(position);
                    }
                }
                return Ok(Begun::Done(envelope::ok(Json::Null, None)));
            }
            "count" => return Ok(Begun::Done(envelope::ok(Json::from(self.slots.len() as u64), None))),
            _ => {}
        }
        let operation = find(name).ok_or(ErrorCode::OperationUnknown)?;
        if numbers.len() > operation.slots.len() {
            return Err(ErrorCode::CallMalformed.into());
        }
        match operation.run {
            Run::Apart(run) => Ok(Begun::Work(Work { run, objects: self.hold(&numbers)?, input })),
            Run::Drive(run) => {
                let (first, rest) = numbers.split_first().ok_or(ErrorCode::HandleInvalid)?;
                let held = Held::new(self.crypto, self.hold(rest)?.handles, None);
                let json = parse(input)?;
                let Some(Slot::Machine(machine)) = self.slot(*first) else {
                    return Err(ErrorCode::HandleInvalid.into());
                };
                let outcome = run(&json, &held, machine);
                Ok(Begun::Done(self.finish(outcome)))
            }
        }
    }

    /// The objects of these numbers. A machine is none that a call can hold; where it has one, its snapshot is.
    fn hold(&self, numbers: &[u64]) -> Result<Objects, Fault> {
        let slot = |number| self.slots.get(self.position(number)?);
        let object = |number: &u64| match (number, slot(*number)) {
            (0, _) => Ok(None),
            (_, Some((_, Slot::Shared(object)))) => Ok(Some(object.clone())),
            (_, Some((_, Slot::Resource(server, _)))) => Ok(Some(Handle::ResourceServer(Arc::clone(server)))),
            (_, Some((_, Slot::Machine(machine)))) => {
                machine.snapshot().map(Some).ok_or(Fault::from(ErrorCode::HandleInvalid))
            }
            _ => Err(Fault::from(ErrorCode::HandleInvalid)),
        };
        let handles = numbers.iter().map(object).collect::<Result<_, _>>()?;
        let has_cache = |number: &u64| matches!(slot(*number), Some((_, Slot::Resource(_, cache))) if cache.capacity() > 0);
        Ok(Objects { crypto: self.crypto, handles, cached: numbers.first().copied().filter(has_cache) })
    }

    fn slot(&mut self, number: u64) -> Option<&mut Slot> {
        let position = self.position(number)?;
        self.slots.get_mut(position).map(|(_, slot)| slot)
    }

    fn keep(&mut self, slot: Slot) -> u64 {
        self.last = self.last.saturating_add(1);
        self.slots.push((self.last, slot));
        self.last
    }

    fn position(&self, number: u64) -> Option<usize> {
        self.slots.binary_search_by_key(&number, |(known, _)| *known).ok()
    }
}

impl<'c> Call<'c> {
    fn parse(text: &'c str) -> Option<Self> {
        let (name, rest) = text.split_once('\n').filter(|_| text.len() <= MAX_BYTES)?;
        let (numbers, input) = rest.split_once('\n')?;
        let numbers = numbers.split(' ').filter(|number| !number.is_empty());
        Some(Self { name, numbers: numbers.map(str::parse).collect::<Result<_, _>>().ok()?, input })
    }
}

fn parse(input: &str) -> Result<Json<'_>, Fault> {
    Json::parse(input.as_bytes(), MAX_DEPTH).map_err(|fault| fault.or(ErrorCode::CallMalformed).into())
}

fn find(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().flat_map(|list| list.iter()).find(|operation| operation.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STORE: &str = "replay_store.new\n\n{\"capacity\":1}";
    const SIZE: &str = "count\n\n{}";

    fn key(table: &mut Table) -> String {
        let random = crate::codec::base64url::encode(&[7; 32]);
        table.call(&alloc::format!(
            "signing_key.new\n\n{{\"alg\":\"ES256\",\"kid\":\"k\",\"random\":\"{random}\"}}"
        ))
    }

    #[test]
    fn numbers_are_never_used_twice() {
        let mut table = Table::new(&Crypto::RUST);
        assert!(table.call(STORE).ends_with("\"handle\":1}"));
        assert_eq!(table.call("free\n1 1 7\n{}"), r#"{"ok":null}"#);
        assert_eq!(table.call(SIZE), r#"{"ok":0}"#);
        assert!(table.call(STORE).ends_with("\"handle\":2}"));
        assert_eq!(table.call(SIZE), r#"{"ok":1}"#);
    }

    #[test]
    fn a_call_that_has_begun_keeps_its_objects() {
        let mut table = Table::new(&Crypto::RUST);
        assert!(key(&mut table).ends_with("\"handle\":1}"));
        let Begun::Work(work) = table.begin("signing_key.dangerous_export\n1\n{}") else {
            panic!("it needs the table no more")
        };
        table.call("free\n1\n{}");
        let held = Held::new(&Crypto::RUST, work.objects.handles, None);
        let outcome = parse(work.input).and_then(|json| (work.run)(&json, &held));
        assert!(table.finish(outcome).starts_with(r#"{"ok":{"jwk""#));
        assert!(table.call("signing_key.dangerous_export\n1\n{}").contains("handle_invalid"));
    }

    #[test]
    fn a_call_that_fails_keeps_nothing() {
        let mut table = Table::new(&Crypto::RUST);
        assert!(table.call("key_set.new\n\n{}").contains("argument_invalid"));
        assert!(table.call("policy.new\n\n{\"document\":{}}").contains("policy_invalid"));
        assert_eq!(table.call(SIZE), r#"{"ok":0}"#);
    }
}
