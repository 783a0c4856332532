//! The key set of one issuer over time: when to use it, when to fetch it again, when to stop trusting it.
//!
//! A state machine over `now` that the host owns. It fetches nothing: [`KeySetCache::begin_refresh`] says what to
//! send, [`KeySetCache::refreshed`] is told what came back. A refresh replaces the set and never merges, so that a
//! key the issuer removed is gone. However many tokens name a key that is not there, there is at most one refresh
//! per interval: a stranger who invents `kid`s cannot make the host fetch.

use crate::crypto::Algorithms;
use crate::error::{Error, ErrorCode};
use crate::jose::KeySet;
use crate::limits::Limits;
use crate::oauth::http::{HttpRequest, HttpResponse};
use crate::oauth::metadata::{document, request};
use crate::text::KeyId;
use crate::time::{Seconds, UnixTime};
use crate::uri::{Issuer, Url};

#[cfg(test)]
mod tests;

/// How long a key set serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeySetAges {
    /// For how long a set is used without asking again: 600 s.
    pub time_to_live: Seconds,
    /// How much time lies between two refreshes at least, whatever their reason and outcome: 30 s.
    pub min_refresh_interval: Seconds,
    /// For how long after that a set still serves while no refresh succeeds: 3600 s, at most a day. Zero: not at
    /// all.
    pub max_stale: Seconds,
}

impl KeySetAges {
    const MAX_STALE: Seconds = Seconds(86_400);
}

impl Default for KeySetAges {
    fn default() -> Self {
        Self { time_to_live: Seconds(600), min_refresh_interval: Seconds(30), max_stale: Seconds(3600) }
    }
}

/// The keys of one issuer.
#[derive(Clone, Debug)]
pub struct KeySetCache {
    issuer: Issuer,
    jwks_uri: Url,
    algorithms: Algorithms,
    limits: Limits,
    ages: KeySetAges,
    prepares: bool,
    held: Option<(KeySet, UnixTime)>,
    last_refresh: Option<UnixTime>,
}

/// What to do about a token of the issuer.
#[derive(Clone, Copy, Debug)]
pub enum Lookup<'c> {
    /// Verify with these keys. If the token's key is not among them, it fails with `key_unknown`, and rightly so.
    Use(&'c KeySet),
    /// Refresh now, then look again. Until then, or should it fail, use `then`; without it nothing can be verified.
    Refresh {
        /// The keys that still serve.
        then: Option<&'c KeySet>,
    },
    /// Nothing can be verified, and a refresh was tried a moment ago: `keys_unavailable`.
    Unavailable {
        /// When the next refresh is due.
        retry_at: UnixTime,
    },
}

impl KeySetCache {
    /// An empty cache for the keys of `issuer`, which are at `jwks_uri`, as its metadata says.
    ///
    /// Fails with `config_invalid` when the time to live or the interval is zero, the interval is longer than the
    /// time to live, or stale keys would serve for more than a day.
    pub fn new(
        issuer: Issuer,
        jwks_uri: Url,
        algorithms: Algorithms,
        ages: KeySetAges,
        limits: Limits,
    ) -> Result<Self, Error> {
        if ages.min_refresh_interval == Seconds::ZERO || ages.min_refresh_interval > ages.time_to_live {
            return Err(Error::config("min_refresh_interval"));
        }
        if ages.max_stale > KeySetAges::MAX_STALE {
            return Err(Error::config("max_stale"));
        }
        Ok(Self {
            issuer,
            jwks_uri,
            algorithms,
            limits,
            ages,
            prepares: false,
            held: None,
            last_refresh: None,
        })
    }

    /// The same cache, which prepares the keys of every set when it takes it: see [`KeySet::prepare`].
    #[must_use]
    pub const fn preparing(mut self) -> Self {
        self.prepares = true;
        self
    }

    /// Whose keys these are.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The algorithms that its keys may be used with.
    #[must_use]
    pub const fn algorithms(&self) -> &Algorithms {
        &self.algorithms
    }

    /// What to do about a token that claims the key `kid`.
    #[must_use]
    pub fn lookup(&self, kid: Option<&KeyId>, now: UnixTime) -> Lookup<'_> {
        let usable = self.held.as_ref().filter(|(_, since)| self.is_usable(*since, now));
        let keys = usable.map(|(keys, _)| keys);
        let is_known = |keys: &KeySet| match kid {
            None => true,
            Some(kid) => keys.keys().keys().iter().any(|key| key.kid() == Some(kid)),
        };
        let is_enough = usable.is_some_and(|(keys, since)| self.is_fresh(*since, now) && is_known(keys));
        match (keys, self.next_refresh(now)) {
            (Some(keys), _) if is_enough => Lookup::Use(keys),
            (then, None) => Lookup::Refresh { then },
            (Some(keys), Some(_)) => Lookup::Use(keys),
            (None, Some(retry_at)) => Lookup::Unavailable { retry_at },
        }
    }

    /// Starts a refresh: the request to send, without following redirects. `None` when one was started a moment
    /// ago: of many callers that were told to refresh, one does.
    pub fn begin_refresh(&mut self, now: UnixTime) -> Option<HttpRequest> {
        if self.next_refresh(now).is_some() {
            return None;
        }
        self.last_refresh = Some(now);
        Some(request(&self.jwks_uri))
    }

    /// Takes the response. On failure everything stays as it was, and the next refresh is due after the interval.
    /// A request that got no response needs no call.
    ///
    /// Fails with `metadata_not_found`, `server_failed`, `redirect_refused`, `response_too_large`,
    /// `response_malformed`, or as [`KeySet::parse`].
    pub fn refreshed(&mut self, response: &HttpResponse, now: UnixTime) -> Result<(), Error> {
        document(response, &self.limits)?;
        let keys = KeySet::parse(self.issuer.clone(), &response.body, &self.algorithms, &self.limits)?;
        // Keys that are still there keep what was computed for them. The set is the response's alone.
        let keys = match &self.held {
            Some((held, _)) => keys.sharing(held),
            None => keys,
        };
        self.hold(keys, now);
        Ok(())
    }

    /// Takes a set that the host got in another way, from a store it shares with other machines, say.
    ///
    /// Fails with `issuer_mismatch` when it is the set of another issuer.
    pub fn replace(&mut self, keys: KeySet, fetched_at: UnixTime) -> Result<(), Error> {
        if *keys.issuer() != self.issuer {
            return Err(Error::new(ErrorCode::IssuerMismatch));
        }
        self.hold(keys, fetched_at);
        Ok(())
    }

    fn hold(&mut self, keys: KeySet, since: UnixTime) {
        if self.prepares {
            keys.prepare();
        }
        self.held = Some((keys, since));
    }

    /// A set from the future means that the clock was set back: it is asked for again, like an old one.
    fn is_fresh(&self, since: UnixTime, now: UnixTime) -> bool {
        since <= now && now.since(since) < self.ages.time_to_live
    }

    fn is_usable(&self, since: UnixTime, now: UnixTime) -> bool {
        now < since.plus(self.ages.time_to_live).plus(self.ages.max_stale)
    }

    /// When the next refresh may start; `None`: now.
    fn next_refresh(&self, now: UnixTime) -> Option<UnixTime> {
        let last = self.last_refresh.filter(|last| *last <= now)?;
        Some(last.plus(self.ages.min_refresh_interval)).filter(|due| now < *due)
    }
}
