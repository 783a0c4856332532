//! Other parties' public keys, fetched over HTTP: their metadata names the address, the set is kept for a while.

use alloc::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use idjag::jose::KeySet;
use idjag::keyset_cache::{KeySetAges, KeySetCache, Lookup};
use idjag::oauth::discovery::{IssuerDiscovery, Progress};
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::text::KeyId;
use idjag::uri::Issuer;
use idjag::{Limits, UnixTime};

use super::{TRANSPORT, algorithms};
use crate::failure::Failure;
use crate::web::Web;

/// One party's view of the others' keys. When to fetch is `idjag`'s to say; fetching is done here.
pub(crate) struct KeyRing {
    web: Web,
    caches: Mutex<BTreeMap<Issuer, KeySetCache>>,
}

impl KeyRing {
    pub(crate) fn new(web: &Web) -> Self {
        Self { web: web.clone(), caches: Mutex::default() }
    }

    /// The keys of `issuer`, fetched again when they are old or `kid` is not among them. `None`: they cannot be had.
    ///
    /// `issuer` is one of the caller's configuration, never one that a token merely claims.
    pub(crate) async fn of(&self, issuer: &Issuer, kid: Option<&KeyId>, now: UnixTime) -> Option<KeySet> {
        if !self.caches().contains_key(issuer) {
            let cache = self.open(issuer).await.ok()?;
            self.caches().entry(issuer.clone()).or_insert(cache);
        }
        if self.needs_refresh(issuer, kid, now) {
            self.refresh(issuer, now).await;
        }
        match self.caches().get(issuer)?.lookup(kid, now) {
            Lookup::Use(keys) | Lookup::Refresh { then: Some(keys) } => Some(keys.clone()),
            Lookup::Refresh { then: None } | Lookup::Unavailable { .. } => None,
        }
    }

    fn needs_refresh(&self, issuer: &Issuer, kid: Option<&KeyId>, now: UnixTime) -> bool {
        let caches = self.caches();
        caches.get(issuer).is_some_and(|cache| matches!(cache.lookup(kid, now), Lookup::Refresh { .. }))
    }

    /// Of many requests that need the keys at once, one fetches them. A failure leaves things as they were.
    async fn refresh(&self, issuer: &Issuer, now: UnixTime) {
        let request = self.caches().get_mut(issuer).and_then(|cache| cache.begin_refresh(now));
        let Some(request) = request else { return };
        let Ok(response) = self.web.send(&request).await else { return };
        if let Some(cache) = self.caches().get_mut(issuer) {
            let _ = cache.refreshed(&response, now);
        }
    }

    async fn open(&self, issuer: &Issuer) -> Result<KeySetCache, Failure> {
        let metadata = discover(&self.web, issuer).await?;
        let jwks_uri = metadata.jwks_uri.ok_or_else(|| Failure::broken("the metadata names no keys"))?;
        let cache = KeySetCache::new(
            issuer.clone(),
            jwks_uri,
            algorithms(),
            KeySetAges::default(),
            Limits::default(),
        );
        Ok(cache?)
    }

    fn caches(&self) -> MutexGuard<'_, BTreeMap<Issuer, KeySetCache>> {
        self.caches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The metadata of `issuer`, from wherever the specifications allow it to be.
pub(crate) async fn discover(web: &Web, issuer: &Issuer) -> Result<AuthorizationServerMetadata, Failure> {
    let mut discovery = IssuerDiscovery::new(issuer.clone()).with_transport(TRANSPORT);
    while let Some(request) = discovery.next() {
        if let Progress::Done(metadata) = discovery.receive(&web.send(&request).await?)? {
            return Ok(metadata);
        }
    }
    Err(Failure::broken("the issuer publishes no metadata"))
}
