//! The keys of issuers over time: the library says when to fetch and what to use, this fetches.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use idjag::crypto::Algorithms;
use idjag::jose::KeySet;
use idjag::keyset_cache::{KeySetAges, KeySetCache, Lookup};
use idjag::oauth::http::HttpRequest;
use idjag::text::KeyId;
use idjag::uri::{Issuer, Transport, Url};
use idjag::{Error, Limits, UnixTime};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::{Failures, HostFailure, Http, Looked, Surroundings, discover_issuer};

/// Whoever has the keys of issuers, such as [`KeySets`].
pub trait KeySource: Send + Sync {
    /// The keys of `issuer`, which is one of the server's configuration, to verify a token that claims the key `kid`;
    /// `None` when they cannot be had: then nothing is verified.
    fn keys<'a>(&'a self, issuer: &'a Issuer, kid: Option<&'a KeyId>) -> Looked<'a, Option<Arc<KeySet>>>;
}

/// How the keys of one issuer are found and kept.
#[derive(Clone, Debug)]
pub struct KeySetOptions {
    /// Where they are, as you know or as the issuer's metadata says; without it, the metadata is fetched first.
    pub jwks_uri: Option<Url>,
    /// What they may be used with.
    pub algorithms: Algorithms,
    /// How long they serve.
    pub ages: KeySetAges,
    /// Caps on what is read.
    pub limits: Limits,
    /// Which addresses the issuer may name.
    pub transport: Transport,
}

impl KeySetOptions {
    /// Keys for these algorithms, found by the issuer's metadata, over https.
    #[must_use]
    pub fn new(algorithms: Algorithms) -> Self {
        Self {
            jwks_uri: None,
            algorithms,
            ages: KeySetAges::default(),
            limits: Limits::default(),
            transport: Transport::default(),
        }
    }
}

/// The keys of one issuer, fetched when the library says so: without redirects, within bounds of time and size, and at
/// most once per [`KeySetAges::min_refresh_interval`], however many requests ask and whatever keys they name.
#[derive(Debug)]
pub struct KeySetFetcher {
    issuer: Issuer,
    options: KeySetOptions,
    http: Http,
    surroundings: Surroundings,
    failures: Failures,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Once it is known where the keys are.
    cache: Option<KeySetCache>,
    /// What was taken from the cache last; replaced whenever a refresh succeeds.
    taken: Option<Arc<KeySet>>,
    /// When the issuer's metadata was looked for last.
    searched: Option<UnixTime>,
    /// Closed when the fetching under way is over.
    flight: Option<watch::Receiver<()>>,
}

/// What is to be fetched.
enum Errand {
    Metadata,
    Keys(HttpRequest),
}

impl KeySetFetcher {
    /// The keys of `issuer`. Fails with `config_invalid` when the ages contradict each other.
    pub fn new(issuer: Issuer, options: KeySetOptions, http: Http) -> Result<Arc<Self>, Error> {
        Self::in_surroundings(issuer, options, http, Surroundings::system(), Failures::ignored())
    }

    /// The same by another clock, and with somebody who is told why keys could not be fetched.
    pub fn in_surroundings(
        issuer: Issuer,
        options: KeySetOptions,
        http: Http,
        surroundings: Surroundings,
        failures: Failures,
    ) -> Result<Arc<Self>, Error> {
        // The ages are checked even where the address is still to be found.
        let somewhere = Url::new(issuer.as_str(), options.transport)?;
        let cache = options.cache(&issuer, options.jwks_uri.clone().unwrap_or(somewhere))?;
        let state = State { cache: options.jwks_uri.is_some().then_some(cache), ..State::default() };
        Ok(Arc::new(Self { issuer, options, http, surroundings, failures, state: Mutex::new(state) }))
    }

    /// Whose keys these are.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The keys to verify a token with that claims the key `kid`; `None` when none can be had.
    ///
    /// Fetching goes on when the caller that began it gives up, for the others that wait.
    pub async fn keys(self: &Arc<Self>, kid: Option<&KeyId>) -> Result<Option<Arc<KeySet>>, HostFailure> {
        // At most twice: find out where the keys are, then fetch them.
        for _ in 0..2 {
            let now = self.surroundings.now()?;
            let Some(flight) = self.board(kid, now) else { break };
            land(flight, self.http.timeout()).await;
        }
        Ok(self.state().take(kid, self.surroundings.now()?))
    }

    /// The fetching to wait for before looking again, begun here if need be.
    fn board(self: &Arc<Self>, kid: Option<&KeyId>, now: UnixTime) -> Option<watch::Receiver<()>> {
        let mut state = self.state();
        let errand = match &mut state.cache {
            Some(cache) => match cache.lookup(kid, now) {
                Lookup::Refresh { .. } => cache.begin_refresh(now).map(Errand::Keys),
                // While a refresh is under way the library says to use what there is; what is missing may be coming.
                Lookup::Use(keys) if holds(keys, kid) => return None,
                Lookup::Use(_) | Lookup::Unavailable { .. } => None,
            },
            None => state.may_search(now, self.options.ages).then_some(Errand::Metadata),
        };
        if let Some(errand) = errand {
            if matches!(errand, Errand::Metadata) {
                state.searched = Some(now);
            }
            let (landed, flight) = watch::channel(());
            state.flight = Some(flight);
            let fetcher = Arc::clone(self);
            tokio::spawn(async move {
                fetcher.run(errand).await;
                drop(landed);
            });
        }
        state.flight.clone().filter(|flight| flight.has_changed().is_ok())
    }

    async fn run(&self, errand: Errand) {
        let outcome = match errand {
            Errand::Metadata => self.find().await,
            Errand::Keys(request) => self.refresh(&request).await,
        };
        if let Err(failure) = outcome {
            self.failures.report(failure.cause());
        }
    }

    async fn refresh(&self, request: &HttpRequest) -> Result<(), HostFailure> {
        let response = self.http.send(request).await?;
        let now = self.surroundings.now()?;
        let mut state = self.state();
        if let Some(cache) = &mut state.cache {
            cache.refreshed(&response, now)?;
            state.taken = None;
        }
        Ok(())
    }

    async fn find(&self) -> Result<(), HostFailure> {
        let found = discover_issuer(&self.http, &self.issuer, self.options.transport).await?;
        let jwks_uri = found.jwks_uri.ok_or("the metadata names no keys")?;
        let cache = self.options.cache(&self.issuer, jwks_uri)?;
        self.state().cache.get_or_insert(cache);
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// As seldom as keys are fetched.
    fn may_search(&self, now: UnixTime, ages: KeySetAges) -> bool {
        self.searched.is_none_or(|last| now < last || now >= last.plus(ages.min_refresh_interval))
    }

    /// The keys that serve now: one value for as long as they stay the same.
    fn take(&mut self, kid: Option<&KeyId>, now: UnixTime) -> Option<Arc<KeySet>> {
        match self.cache.as_ref()?.lookup(kid, now) {
            Lookup::Use(keys) | Lookup::Refresh { then: Some(keys) } => {
                Some(self.taken.get_or_insert_with(|| Arc::new(keys.clone())).clone())
            }
            Lookup::Refresh { then: None } | Lookup::Unavailable { .. } => None,
        }
    }
}

impl KeySetOptions {
    fn cache(&self, issuer: &Issuer, jwks_uri: Url) -> Result<KeySetCache, Error> {
        KeySetCache::new(issuer.clone(), jwks_uri, self.algorithms.clone(), self.ages, self.limits.clone())
    }
}

fn holds(keys: &KeySet, kid: Option<&KeyId>) -> bool {
    kid.is_none_or(|kid| keys.keys().keys().iter().any(|key| key.kid() == Some(kid)))
}

/// Waits until the sender is dropped, but not longer than one exchange may take.
async fn land(mut flight: watch::Receiver<()>, patience: core::time::Duration) {
    let _ = timeout(patience, async { while flight.changed().await.is_ok() {} }).await;
}

/// The keys of several issuers: of those that are listed, and of nobody else.
#[derive(Debug, Default)]
pub struct KeySets(BTreeMap<Issuer, Source>);

enum Source {
    Fixed(Arc<KeySet>),
    Fetched(Arc<KeySetFetcher>),
}

impl KeySets {
    /// Nobody's keys.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds the keys of an issuer, which never change. A later entry for an issuer replaces an earlier one.
    #[must_use]
    pub fn with_fixed(mut self, keys: KeySet) -> Self {
        self.0.insert(keys.issuer().clone(), Source::Fixed(Arc::new(keys)));
        self
    }

    /// Adds an issuer whose keys are fetched.
    #[must_use]
    pub fn with_fetched(mut self, fetcher: Arc<KeySetFetcher>) -> Self {
        self.0.insert(fetcher.issuer().clone(), Source::Fetched(fetcher));
        self
    }
}

impl KeySource for KeySets {
    fn keys<'a>(&'a self, issuer: &'a Issuer, kid: Option<&'a KeyId>) -> Looked<'a, Option<Arc<KeySet>>> {
        Box::pin(async move {
            match self.0.get(issuer) {
                Some(Source::Fixed(keys)) => Ok(Some(keys.clone())),
                Some(Source::Fetched(fetcher)) => fetcher.keys(kid).await,
                None => Ok(None),
            }
        })
    }
}

impl KeySource for Arc<KeySetFetcher> {
    fn keys<'a>(&'a self, issuer: &'a Issuer, kid: Option<&'a KeyId>) -> Looked<'a, Option<Arc<KeySet>>> {
        Box::pin(async move {
            if issuer == self.issuer() { KeySetFetcher::keys(self, kid).await } else { Ok(None) }
        })
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fixed(_) => "Fixed",
            Self::Fetched(_) => "Fetched",
        })
    }
}
