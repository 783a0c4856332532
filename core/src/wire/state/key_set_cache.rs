//! The key set of one issuer over time.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::error::{Error, ErrorCode};
use crate::jose::KeySet;
use crate::keyset_cache::{KeySetAges, KeySetCache, Lookup};
use crate::limits::Limits;
use crate::text::KeyId;
use crate::time::{Seconds, UnixTime};
use crate::uri::Url;
use crate::wire::answer::{HttpMessage, KeyAnswer};
use crate::wire::declare::input;
use crate::wire::documents::ArrivedResponse;
use crate::wire::fault::Fault;
use crate::wire::handle::{Handle, Held, Machine};
use crate::wire::operation::{Operation, operations};
use crate::wire::read::Document;
use crate::wire::shared::{Alg, LimitOptions, issuer, overwrite, transport};
use crate::wire::tokens::claims::some_or_all;
use crate::wire::tokens::keys::{ParsedJwks, SkippedKey};
use crate::wire::write::{OrNull, output};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// A cache for the keys of one issuer: it says when to fetch them, and for how long they serve. It fetches nothing.
    Make "key_set_cache.new" [] new: KeySetCacheOptions => CacheGeneration;
    /// What to do about a token that claims a key.
    Drive "key_set_cache.lookup" ["cache"] lookup: LookUpKey => KeyLookup;
    /// The keys that serve now, as a key set. Fails with `keys_unavailable` when there are none.
    Derive "key_set_cache.keys" ["cache"] keys: AtTime => CachedKeys;
    /// Starts a refresh: the request to send, without following redirects. Of many callers that were told to refresh,
    /// one is given a request.
    Drive "key_set_cache.begin_refresh" ["cache"] begin_refresh: AtTime => RefreshRequest;
    /// Takes the response. On failure everything stays as it was, and the next refresh is due after the interval.
    Drive "key_set_cache.refreshed" ["cache"] refreshed: Refreshed => CacheGeneration;
    /// Takes a set that you got in another way, such as from a store shared with other machines.
    Drive "key_set_cache.replace" ["cache"] replace: ReplaceKeys => CacheGeneration;
};

/// A cache that counts how often its set was replaced.
pub(in crate::wire) struct CountedCache {
    cache: KeySetCache,
    limits: Limits,
    generation: u64,
}

impl CountedCache {
    fn replaced(&mut self) -> CacheGeneration {
        self.generation = self.generation.saturating_add(1);
        CacheGeneration { generation: self.generation }
    }
}

input! {
    Arguments
    /// Whose keys are cached, and for how long.
    pub(in crate::wire) struct KeySetCacheOptions {
        /// The issuer identifier, verbatim.
        issuer: String,
        /// Where its keys are, as its metadata says.
        jwks_uri: String,
        /// The algorithms that may be used; every one by default.
        algorithms: Option<Vec<Alg>>,
        /// For how long a set is used without asking again, in seconds; 600 by default.
        time_to_live: Option<Seconds>,
        /// How much time lies between two refreshes at least, in seconds, whatever their reason and outcome; 30 by
        /// default.
        min_refresh_interval: Option<Seconds>,
        /// For how long after that a set still serves while no refresh succeeds, in seconds; 3600 by default, at most a
        /// day.
        max_stale: Option<Seconds>,
        /// Prepare the keys of every set when it is taken, instead of as they are used: see `prepare` of a key set.
        prepare: Option<bool>,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

output! {
    /// A state of the cache.
    pub(in crate::wire) struct CacheGeneration {
        /// How often the set was replaced: while it stays the same, so do the keys.
        generation: u64,
    }
}

fn new(options: KeySetCacheOptions, held: &Held) -> Result<(Machine, CacheGeneration), Fault> {
    let transport = transport(options.dangerous_allow_http_loopback);
    let limits = LimitOptions::over_default(options.limits.as_ref());
    let algorithms = some_or_all(options.algorithms.as_deref(), held)?;
    let mut ages = KeySetAges::default();
    overwrite!(ages from options: time_to_live, min_refresh_interval, max_stale);
    let (owner, url) = (issuer(&options.issuer, transport)?, Url::new(&options.jwks_uri, transport)?);
    let mut cache = KeySetCache::new(owner, url, algorithms, ages, limits.clone())?;
    if options.prepare == Some(true) {
        cache = cache.preparing();
    }
    let counted = CountedCache { cache, limits, generation: 0 };
    Ok((Machine::KeySetCache(alloc::boxed::Box::new(counted)), CacheGeneration { generation: 0 }))
}

input! {
    Arguments
    /// The key that a token claims.
    pub(in crate::wire) struct LookUpKey {
        /// Its `kid`; leave it out when the token names none.
        kid: Option<String>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// What to do about a token.
    pub(in crate::wire) struct KeyLookup {
        /// `use` the keys; `refresh`, then look again; or `unavailable`: nothing can be verified, and a refresh was
        /// tried a moment ago.
        state: &'static str,
        /// Whether there are keys that serve, with `refresh` until then or should it fail. Without this, keys taken
        /// before serve no more.
        usable: bool,
        /// Which keys: take them anew when it has changed.
        generation: u64,
        /// With `unavailable`: when the next refresh is due, in seconds since 1970.
        retry_at: Option<UnixTime>,
    }
}

fn lookup(options: LookUpKey, _: &Held, machine: &mut Machine) -> Result<KeyLookup, Fault> {
    let counted = machine.key_set_cache()?;
    let kid = options.kid.map(KeyId::new).transpose()?;
    let generation = counted.generation;
    let (state, usable, retry_at) = match counted.cache.lookup(kid.as_ref(), options.now) {
        Lookup::Use(_) => ("use", true, None),
        Lookup::Refresh { then } => ("refresh", then.is_some(), None),
        Lookup::Unavailable { retry_at } => ("unavailable", false, Some(retry_at)),
    };
    Ok(KeyLookup { state, usable, generation, retry_at })
}

input! {
    Arguments
    /// A point in time.
    pub(in crate::wire) struct AtTime {
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// The keys that serve now.
    pub(in crate::wire) struct CachedKeys {
        /// The keys.
        keys: Vec<KeyAnswer>,
        /// The keys of the set that cannot be used.
        skipped: Vec<SkippedKey>,
        /// Which keys: they are the same while it stays the same.
        generation: u64,
    }
}

fn keys(options: AtTime, _: &Held, machine: &mut Machine) -> Result<(Handle, CachedKeys), Fault> {
    let counted = machine.key_set_cache()?;
    let keys = match counted.cache.lookup(None, options.now) {
        Lookup::Use(keys) | Lookup::Refresh { then: Some(keys) } => keys,
        Lookup::Refresh { then: None } | Lookup::Unavailable { .. } => {
            return Err(ErrorCode::KeysUnavailable.into());
        }
    };
    let ParsedJwks { keys: usable, skipped } = ParsedJwks::from(keys.keys());
    let answer = CachedKeys { keys: usable, skipped, generation: counted.generation };
    Ok((Handle::KeySet(Arc::new(keys.clone())), answer))
}

output! {
    /// A refresh.
    pub(in crate::wire) struct RefreshRequest {
        /// The request to send; `null` when a refresh was started a moment ago.
        request: OrNull<HttpMessage>,
    }
}

fn begin_refresh(options: AtTime, _: &Held, machine: &mut Machine) -> Result<RefreshRequest, Fault> {
    let request = machine.key_set_cache()?.cache.begin_refresh(options.now);
    Ok(RefreshRequest { request: OrNull(request.as_ref().map(HttpMessage::from)) })
}

input! {
    Arguments
    /// What came back.
    pub(in crate::wire) struct Refreshed {
        /// The response.
        response: ArrivedResponse,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

fn refreshed(options: Refreshed, _: &Held, machine: &mut Machine) -> Result<CacheGeneration, Fault> {
    let counted = machine.key_set_cache()?;
    counted.cache.refreshed(&options.response.into_http(), options.now)?;
    Ok(counted.replaced())
}

input! {
    Arguments
    /// A set from elsewhere.
    pub(in crate::wire) struct ReplaceKeys {
        /// Whose keys these are; it must be the issuer of the cache.
        issuer: String,
        /// The JWK Set.
        jwks: Document,
        /// When it was fetched, in seconds since 1970.
        fetched_at: UnixTime,
    }
}

fn replace(options: ReplaceKeys, _: &Held, machine: &mut Machine) -> Result<CacheGeneration, Fault> {
    let counted = machine.key_set_cache()?;
    if options.issuer != counted.cache.issuer().as_str() {
        return Err(Error::new(ErrorCode::IssuerMismatch).into());
    }
    let owner = counted.cache.issuer().clone();
    let (algorithms, text) = (counted.cache.algorithms(), options.jwks.0);
    let keys = KeySet::parse(owner, text.as_bytes(), algorithms, &counted.limits)?;
    counted.cache.replace(keys, options.fetched_at)?;
    Ok(counted.replaced())
}
