//! Signed snapshots and deltas of lists of revocations: made by whoever knows, taken by copies.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::codec::base64url;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::revocation::{UnverifiedUpdate, UpdateRules};
use crate::time::{Seconds, Tolerance, UnixTime};
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::{Handle, Held, Machine, Revocations};
use crate::wire::operation::{Operation, operations};
use crate::wire::read::{Bytes, Document};
use crate::wire::shared::{Alg, allowed, issuer, key_set, transport};
use crate::wire::tokens::claims::{PendingToken, SignedToken, prepare, sign, some_or_all};
use crate::wire::write::output;

/// What a copy does.
pub(in crate::wire) const RECEIVING: &[Operation] = operations! {
    /// Of a copy: begins to take a signed snapshot or delta, in place of one that it was still taking. The chunks are to
    /// follow; what has none is applied at once.
    Drive "revocation_list.receive" ["revocation_list", "keys"] receive: ReceiveRevocations => ReceivedRevocations;
    /// Of a copy: takes the next chunk. With the last the update is applied, all of it or nothing.
    Drive "revocation_list.receive_chunk" ["revocation_list"] receive_chunk: ReceiveChunk => ReceivedRevocations;
};

/// What the one who knows does.
#[cfg(feature = "wire")]
pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// A list as it is now, or what changed of it, to be signed and sent to copies.
    Make "revocation_update.new" ["revocations"] new: RevocationUpdateOptions => RevocationUpdateAnswer;
    /// Signs the manifest.
    Pure "revocation_update.sign" ["revocation_update", "signer"] sign_update: SignRevocationUpdate => SignedToken;
    /// Shows what a signer elsewhere has to sign; `attach_jws` makes the manifest of it.
    Pure "revocation_update.prepare" ["revocation_update"] prepare_update: PrepareRevocationUpdate => PendingToken;
    /// One of the chunks that follow the manifest.
    Pure "revocation_update.chunk" ["revocation_update"] chunk: RevocationChunkNumber => RevocationChunk;
};

input! {
    Arguments
    /// The manifest of an update, and who must have signed it.
    pub(in crate::wire) struct ReceiveRevocations {
        /// The manifest.
        manifest: String,
        /// The one who may tell what is revoked.
        issuer: String,
        /// The algorithms that may be used.
        algorithms: Vec<Alg>,
        /// The issuer's keys: a key set, or a JWK Set.
        keys: Option<Document>,
        /// How far the issuer's clock may be ahead, in seconds; 60 by default.
        tolerance: Option<u64>,
        /// How many seconds after it was issued an update may be followed by the next; an hour by default.
        max_interval: Option<Seconds>,
        /// Also take an `http` issuer on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// How far an update has come.
    pub(in crate::wire) struct ReceivedRevocations {
        /// The number of the other list up to which the copy is complete.
        sequence: u64,
        /// How many entries there are.
        size: u64,
        /// How many chunks are still to come; none when the update has been applied.
        missing_chunks: u64,
        /// How many bytes the next one has; none when the update has been applied.
        chunk_bytes: u64,
    }
}

fn receive(
    options: ReceiveRevocations,
    held: &Held,
    machine: &mut Machine,
) -> Result<ReceivedRevocations, Fault> {
    let revocations = machine.revocation_list()?;
    revocations.receiving = None;
    let algorithms = allowed(&options.algorithms, held)?;
    let from = issuer(&options.issuer, transport(options.dangerous_allow_http_loopback))?;
    let rules = UpdateRules {
        issuer: &from,
        algorithms: &algorithms,
        tolerance: options.tolerance.map_or(Ok(Tolerance::default()), Tolerance::new)?,
        max_interval: options.max_interval.unwrap_or(Seconds(3600)),
        limits: &Limits::DEFAULT,
    };
    let update = UnverifiedUpdate::parse(&options.manifest, rules.limits)?;
    let keys = key_set(held, 0, options.keys.as_ref(), &from, &algorithms, rules.limits)?;
    let update = update.verify(&keys, &rules, options.now)?;
    revocations.receiving = Some(revocations.list.receive(update, options.now)?);
    revocations.applied(options.now)
}

input! {
    Arguments
    /// A chunk of an update.
    pub(in crate::wire) struct ReceiveChunk {
        /// Its bytes.
        chunk: Bytes,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

fn receive_chunk(
    options: ReceiveChunk,
    _: &Held,
    machine: &mut Machine,
) -> Result<ReceivedRevocations, Fault> {
    let revocations = machine.revocation_list()?;
    let none = Error::with_detail(ErrorCode::RevocationsDigestMismatch, "chunks");
    let mut receiving = revocations.receiving.take().ok_or(none)?;
    receiving.chunk(&options.chunk.0)?;
    revocations.receiving = Some(receiving);
    revocations.applied(options.now)
}

impl Revocations {
    /// Applies the update once it is complete.
    fn applied(&mut self, now: UnixTime) -> Result<ReceivedRevocations, Fault> {
        if let Some(complete) = self.receiving.take_if(|receiving| receiving.missing() == 0) {
            Arc::make_mut(&mut self.list).apply(complete, now)?;
        }
        Ok(ReceivedRevocations {
            sequence: self.list.sequence(),
            size: self.list.len() as u64,
            missing_chunks: self.receiving.as_ref().map_or(0, |receiving| receiving.missing() as u64),
            chunk_bytes: self.receiving.as_ref().map_or(0, |receiving| receiving.next_bytes() as u64),
        })
    }
}

input! {
    Arguments
    /// What of a list to tell.
    pub(in crate::wire) struct RevocationUpdateOptions {
        /// Who tells it: the issuer that copies are configured with.
        issuer: String,
        /// Only what changed after the list had this number, where that is still known; else everything.
        since: Option<u64>,
        /// When to ask again, in seconds since 1970: copies serve until then, and for their `max_stale` after it.
        next_update: UnixTime,
        /// Also take an `http` issuer on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// What is told.
    pub(in crate::wire) struct RevocationUpdateAnswer {
        /// The number that the list has.
        sequence: u64,
        /// Of a delta, the number that it starts after.
        base_sequence: Option<u64>,
        /// How many entries are told.
        size: u64,
        /// How many chunks follow the manifest.
        chunks: u64,
    }
}

fn new(options: RevocationUpdateOptions, held: &Held) -> Result<(Handle, RevocationUpdateAnswer), Fault> {
    let missing = Error::with_detail(ErrorCode::HandleInvalid, "an object is missing");
    let list = held.maybe_revocations(0)?.ok_or(missing)?;
    let from = || issuer(&options.issuer, transport(options.dangerous_allow_http_loopback));
    let delta = match options.since {
        Some(base) => list.delta_since(base, from()?, options.next_update, options.now)?,
        None => None,
    };
    let update = match delta {
        Some(delta) => delta,
        None => list.snapshot(from()?, options.next_update, options.now)?,
    };
    let answer = RevocationUpdateAnswer {
        sequence: update.sequence(),
        base_sequence: update.base_sequence(),
        size: update.len() as u64,
        chunks: update.chunks() as u64,
    };
    Ok((Handle::RevocationUpdate(Arc::new(update)), answer))
}

input! {
    Arguments
    /// No options.
    pub(in crate::wire) struct SignRevocationUpdate {}
}

fn sign_update(_: SignRevocationUpdate, held: &Held) -> Result<SignedToken, Fault> {
    sign(held, 1, &held.revocation_update(0)?.to_unsigned())
}

input! {
    Arguments
    /// The key of a signer elsewhere.
    pub(in crate::wire) struct PrepareRevocationUpdate {
        /// The public JWK of the key that will sign.
        key: Document,
        /// The algorithms that may be used; every one by default.
        algorithms: Option<Vec<Alg>>,
    }
}

fn prepare_update(options: PrepareRevocationUpdate, held: &Held) -> Result<PendingToken, Fault> {
    let algorithms = some_or_all(options.algorithms.as_deref(), held)?;
    prepare(&options.key, &algorithms, held.revocation_update(0)?.to_unsigned())
}

input! {
    Arguments
    /// Which chunk.
    pub(in crate::wire) struct RevocationChunkNumber {
        /// Its number, from 0.
        number: usize,
    }
}

output! {
    /// A chunk.
    pub(in crate::wire) struct RevocationChunk {
        /// Its bytes, base64url.
        chunk: String,
    }
}

fn chunk(options: RevocationChunkNumber, held: &Held) -> Result<RevocationChunk, Fault> {
    let chunk = held.revocation_update(0)?.chunk(options.number);
    let chunk = chunk.ok_or(Error::config("there is no such chunk"))?;
    Ok(RevocationChunk { chunk: base64url::encode(&chunk) })
}
