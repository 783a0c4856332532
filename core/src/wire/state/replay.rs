//! The replay store in memory.

use alloc::string::String;

use crate::error::ErrorCode;
use crate::replay::{FirstUse, MemoryReplayStore, ReplayKey};
use crate::text::TokenId;
use crate::time::UnixTime;
use crate::token::TokenKind;
use crate::wire::answer::ReplayKeyAnswer;
use crate::wire::declare::{input, names};
use crate::wire::fault::Fault;
use crate::wire::handle::{Held, Machine};
use crate::wire::operation::{Operation, operations};
use crate::wire::write::output;

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// What to record of a token that is used once.
    Pure "replay_key.new" [] key: ReplayKeyOptions => ReplayKeyAnswer;
    /// A bounded replay store in memory: the default for one process. It never forgets a token early: when it is full
    /// it answers `unavailable`.
    Make "replay_store.new" [] new: ReplayStoreOptions => Empty;
    /// Records a key and says whether it is new.
    Drive "replay_store.first_use" ["store"] first_use: RecordUse => StoreVerdict;
};

output! {
    /// Nothing to say.
    pub(in crate::wire) struct Empty {}
}

names! {
    /// A kind of token.
    pub(in crate::wire) enum TokenKindName {
        /// An ID-JAG.
        IdJag = "id_jag",
        /// An access token.
        AccessToken = "access_token",
        /// An ID Token.
        IdToken = "id_token",
        /// A client assertion.
        ClientAssertion = "client_assertion",
        /// A DPoP proof.
        DpopProof = "dpop_proof",
        /// An actor token.
        ActorToken = "actor_token",
    }
}

impl From<TokenKindName> for TokenKind {
    fn from(name: TokenKindName) -> Self {
        match name {
            TokenKindName::IdJag => Self::IdJag,
            TokenKindName::AccessToken => Self::AccessToken,
            TokenKindName::IdToken => Self::IdToken,
            TokenKindName::ClientAssertion => Self::ClientAssertion,
            TokenKindName::DpopProof => Self::DpopProof,
            TokenKindName::ActorToken => Self::ActorToken,
        }
    }
}

input! {
    Arguments
    /// A token that is used once.
    pub(in crate::wire) struct ReplayKeyOptions {
        /// Its kind.
        kind: TokenKindName,
        /// Whose namespace its id stands in.
        issuer: String,
        /// Its id.
        jti: TokenId,
        /// When it can no longer be accepted, in seconds since 1970.
        retain_until: UnixTime,
    }
}

fn key(options: ReplayKeyOptions, _: &Held) -> Result<ReplayKeyAnswer, Fault> {
    let ReplayKeyOptions { kind, issuer, jti, retain_until } = options;
    Ok(ReplayKeyAnswer::from(&ReplayKey::new(kind.into(), &issuer, &jti, retain_until)))
}

input! {
    Arguments
    /// A replay store in memory.
    pub(in crate::wire) struct ReplayStoreOptions {
        /// How many tokens it remembers at most.
        capacity: usize,
    }
}

fn new(options: ReplayStoreOptions, _: &Held) -> Result<(Machine, Empty), Fault> {
    Ok((Machine::ReplayStore(MemoryReplayStore::new(options.capacity)), Empty {}))
}

input! {
    Arguments
    /// A use to record.
    pub(in crate::wire) struct RecordUse {
        /// The name of the replay key.
        name: String,
        /// Until when to remember it, in seconds since 1970.
        retain_until: UnixTime,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// What a replay store says.
    pub(in crate::wire) struct StoreVerdict {
        /// `first`, `seen` or `unavailable`.
        answer: &'static str,
    }
}

fn first_use(options: RecordUse, _: &Held, machine: &mut Machine) -> Result<StoreVerdict, Fault> {
    let store = machine.replay_store()?;
    let key = ReplayKey::parse(&options.name, options.retain_until).ok_or(ErrorCode::TextInvalid)?;
    let answer = match store.first_use(&key, options.now) {
        FirstUse::First => "first",
        FirstUse::Seen => "seen",
        FirstUse::Unavailable => "unavailable",
    };
    Ok(StoreVerdict { answer })
}
