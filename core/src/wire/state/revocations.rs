//! Lists of what was revoked.

use alloc::boxed::Box;
#[cfg(feature = "schema")]
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Empty;
use crate::codec::json::{At, Json, Object};
use crate::revocation::{Revocation, RevocationCheck, RevocationList};
use crate::time::{Seconds, UnixTime};
use crate::wire::declare::{input, names};
use crate::wire::fault::Fault;
use crate::wire::handle::{Held, Machine, Revocations};
use crate::wire::operation::{Operation, operations};
use crate::wire::read::{Document, Read};
use crate::wire::write::{As, described, output};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// A bounded list of what was revoked, for the roles to hold tokens against. It never forgets an entry early: when it
    /// is full it takes no more.
    Make "revocation_list.new" [] new: RevocationListOptions => Empty;
    /// Adds entries. Of two for the same tokens the later time counts.
    Drive "revocation_list.add" ["revocation_list"] add: AddRevocations => RevocationListState;
    /// Of a copy: notes that everything up to `sequence` of the list that is kept elsewhere has been added.
    Drive "revocation_list.synchronize" ["revocation_list"] synchronize: SynchronizeRevocations => RevocationListState;
    /// The list as a document, without what may be forgotten.
    Drive "revocation_list.export" ["revocation_list"] export: ExportRevocations => As<RevocationDocument>;
};

names! {
    /// Whether tokens are held against revocations.
    pub(in crate::wire) enum RevocationCheckName {
        /// When a list is passed.
        WhenGiven = "when_given",
        /// Always: without a list nothing is decided.
        Required = "required",
    }
}

impl RevocationCheckName {
    pub(in crate::wire) const fn check(this: Option<Self>) -> RevocationCheck {
        match this {
            Some(Self::Required) => RevocationCheck::Required,
            None | Some(Self::WhenGiven) => RevocationCheck::WhenGiven,
        }
    }
}

input! {
    Arguments
    /// A list of what was revoked.
    pub(in crate::wire) struct RevocationListOptions {
        /// How many entries it holds at most; 100000 by default.
        capacity: Option<usize>,
        /// Entries to begin with: what `export` answered.
        document: Option<Document>,
        /// The list is a copy of one that is kept elsewhere: it serves after `synchronize`, for this many seconds. Leave it
        /// out for a list to which everything is added in this process.
        max_stale: Option<Seconds>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

fn new(options: RevocationListOptions, _: &Held) -> Result<(Machine, Empty), Fault> {
    let capacity = options.capacity.unwrap_or(100_000);
    let mut list = match options.max_stale {
        None => RevocationList::new(capacity),
        Some(max_stale) => RevocationList::copy_of_another(capacity, max_stale),
    };
    if let Some(Document(text)) = options.document {
        list.read(text.as_bytes(), options.now)?;
    }
    let held = Revocations { list: Arc::new(list), receiving: None };
    Ok((Machine::RevocationList(Box::new(held)), Empty {}))
}

/// One entry, as it is passed.
pub(in crate::wire) struct PassedRevocation(pub(in crate::wire) Revocation);

impl Read for PassedRevocation {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        let object = json.as_object().ok_or_else(|| Fault::argument(at, "an object is expected"))?;
        Revocation::from_json(object).map(Self).map_err(|error| Fault::value(at, error))
    }
}

#[cfg(feature = "schema")]
impl crate::wire::schema::Shaped for PassedRevocation {
    fn shape() -> crate::wire::schema::Shape {
        RevocationEntry::shape()
    }
}

described! {
    /// A revocation: some tokens of one issuer, selected by their claims. One of `jti`, `jag_jti`, `sub`, `client_id`, `sub`
    /// with `client_id`, these two with `ctx`, and `act`; all but the first two with `issued_before`.
    pub(in crate::wire) struct RevocationEntry {
        /// The issuer of the tokens.
        iss: String,
        /// The one token with this id.
        jti: Option<String>,
        /// The access tokens that stem from the ID-JAG with this id.
        jag_jti: Option<String>,
        /// The tokens of this user.
        sub: Option<String>,
        /// The tokens of this client.
        client_id: Option<String>,
        /// The tokens of this conversation.
        ctx: Option<String>,
        /// The tokens with which this actor acts.
        act: Option<RevokedActor>,
        /// Those issued at this time or before it, in seconds since 1970.
        issued_before: Option<UnixTime>,
        /// When none of them can be accepted anyway, in seconds since 1970: from then on the entry may be forgotten.
        retain_until: UnixTime,
    }
}

#[cfg(feature = "schema")]
described! {
    /// An actor whose tokens are revoked.
    pub(in crate::wire) struct RevokedActor {
        /// The issuer in whose namespace `sub` stands, where the claim names it.
        iss: Option<String>,
        /// The acting party.
        sub: String,
    }
}

input! {
    Arguments
    /// Entries to add.
    pub(in crate::wire) struct AddRevocations {
        /// The entries.
        entries: Vec<PassedRevocation>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// A list of revocations.
    pub(in crate::wire) struct RevocationListState {
        /// Counts its changes; of a copy, those of the list that is kept elsewhere.
        sequence: u64,
        /// How many entries there are.
        size: u64,
    }
}

impl From<&RevocationList> for RevocationListState {
    fn from(list: &RevocationList) -> Self {
        Self { sequence: list.sequence(), size: list.len() as u64 }
    }
}

fn add(options: AddRevocations, _: &Held, machine: &mut Machine) -> Result<RevocationListState, Fault> {
    let list = Arc::make_mut(&mut machine.revocation_list()?.list);
    for PassedRevocation(entry) in &options.entries {
        list.add(entry, options.now)?;
    }
    Ok(RevocationListState::from(&*list))
}

input! {
    Arguments
    /// What a copy is known to hold.
    pub(in crate::wire) struct SynchronizeRevocations {
        /// The sequence number of the list that is kept elsewhere.
        sequence: u64,
        /// When it had that number, in seconds since 1970.
        now: UnixTime,
    }
}

fn synchronize(
    options: SynchronizeRevocations,
    _: &Held,
    machine: &mut Machine,
) -> Result<RevocationListState, Fault> {
    let list = Arc::make_mut(&mut machine.revocation_list()?.list);
    list.synchronized(options.sequence, options.now);
    Ok(RevocationListState::from(&*list))
}

input! {
    Arguments
    /// When.
    pub(in crate::wire) struct ExportRevocations {
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

described! {
    /// A list of revocations as a document.
    pub(in crate::wire) struct RevocationDocument {
        /// Counts its changes.
        sequence: u64,
        /// The entries.
        entries: Vec<ExportedRevocation>,
    }
}

#[cfg(feature = "schema")]
described! {
    /// A revocation as a list has it: that of a list of one's own as it was told, that of a copy as the digest of its
    /// selector.
    pub(in crate::wire) struct ExportedRevocation {
        /// The issuer of the tokens.
        iss: Option<String>,
        /// The one token with this id.
        jti: Option<String>,
        /// The access tokens that stem from the ID-JAG with this id.
        jag_jti: Option<String>,
        /// The tokens of this user.
        sub: Option<String>,
        /// The tokens of this client.
        client_id: Option<String>,
        /// The tokens of this conversation.
        ctx: Option<String>,
        /// The tokens with which this actor acts.
        act: Option<RevokedActor>,
        /// Of a copy: the issuer and the selector, half a SHA-256, base64url.
        digest: Option<String>,
        /// Those issued at this time or before it, in seconds since 1970.
        issued_before: Option<UnixTime>,
        /// When the entry may be forgotten, in seconds since 1970.
        retain_until: UnixTime,
    }
}

fn export(
    options: ExportRevocations,
    _: &Held,
    machine: &mut Machine,
) -> Result<As<RevocationDocument>, Fault> {
    Ok(As::new(machine.revocation_list()?.list.to_json(options.now)))
}

/// An entry that the library writes.
pub(in crate::wire) fn written(entry: &Revocation) -> As<RevocationEntry> {
    let object: Object<'static> = entry.to_json();
    As::new(object)
}
