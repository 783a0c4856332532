//! The keys of an issuer over time: fetched once for many, again when a key is new, and not at every stranger's wish.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::Mutex;

use axum::Router;
use axum::routing::get;
use idjag::UnixTime;
use idjag::crypto::Signer;
use idjag::jose::KeySet;
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::text::KeyId;
use idjag_http::{Failures, Http, KeySetFetcher, KeySetOptions, Surroundings};

use crate::world::{HTTP, Port, algorithms, key};

/// An issuer whose keys can be changed, and how often they were asked for.
struct Issuing {
    fetcher: Arc<KeySetFetcher>,
    served: Arc<Mutex<String>>,
    fetched: Arc<AtomicUsize>,
    clock: Arc<AtomicU64>,
    failed: Arc<AtomicUsize>,
}

fn keys(issuer: &idjag::uri::Issuer, names: &[(&str, u8)]) -> String {
    let public: Vec<_> = names.iter().map(|(name, seed)| key(name, *seed).public_key().clone()).collect();
    KeySet::of(issuer.clone(), public).to_text()
}

impl Issuing {
    async fn new() -> (Self, idjag::uri::Issuer) {
        let port = Port::open().await;
        let issuer = port.issuer();
        let served = Arc::new(Mutex::new(keys(&issuer, &[("a", 1)])));
        let (fetched, failed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let clock = Arc::new(AtomicU64::new(1_900_000_000));
        let metadata =
            AuthorizationServerMetadata::for_idp(issuer.clone(), port.url("/token"), port.url("/jwks"));
        let metadata = metadata.to_json().to_string();
        let json = [("content-type", "application/json")];
        let (text, count) = (served.clone(), fetched.clone());
        let router = Router::new()
            .route("/.well-known/oauth-authorization-server", get(async move || (json, metadata)))
            .route(
                "/jwks",
                get(async move || {
                    count.fetch_add(1, Ordering::SeqCst);
                    (json, text.lock().unwrap().clone())
                }),
            );
        port.serve(router);
        let (ticks, told) = (clock.clone(), failed.clone());
        let fetcher = KeySetFetcher::in_surroundings(
            issuer.clone(),
            KeySetOptions { transport: HTTP, ..KeySetOptions::new(algorithms()) },
            Http::new().unwrap(),
            Surroundings::system().with_clock(move || UnixTime::now(ticks.load(Ordering::SeqCst)).unwrap()),
            Failures::to(move |_| {
                told.fetch_add(1, Ordering::SeqCst);
            }),
        );
        (Self { fetcher: fetcher.unwrap(), served, fetched, clock, failed }, issuer)
    }

    /// The names of the keys that a token which claims `kid` is verified with.
    async fn names(&self, kid: &str) -> Vec<String> {
        let kid = KeyId::new(kid).unwrap();
        let found = self.fetcher.keys(Some(&kid)).await.unwrap().expect("there are keys");
        found.keys().keys().iter().map(|key| key.kid().unwrap().to_string()).collect()
    }

    fn fetched(&self) -> usize {
        self.fetched.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn many_at_once_fetch_once() {
    let (issuing, _) = Issuing::new().await;
    let asking: Vec<_> = (0..50)
        .map(|_| {
            let fetcher = issuing.fetcher.clone();
            tokio::spawn(
                async move { fetcher.keys(Some(&KeyId::new("a").unwrap())).await.unwrap().is_some() },
            )
        })
        .collect();
    for asked in asking {
        assert!(asked.await.unwrap());
    }
    assert_eq!(issuing.fetched(), 1);
}

#[tokio::test]
async fn a_new_key_is_found_and_an_invented_one_costs_one_fetch_an_interval() {
    let (issuing, issuer) = Issuing::new().await;
    assert_eq!(issuing.names("a").await, ["a"]);
    for invented in ["x", "y", "z"] {
        assert_eq!(issuing.names(invented).await, ["a"]);
    }
    assert_eq!(issuing.fetched(), 1);
    *issuing.served.lock().unwrap() = keys(&issuer, &[("b", 2)]);
    issuing.clock.fetch_add(31, Ordering::SeqCst);
    assert_eq!(issuing.names("b").await, ["b"]);
    assert_eq!(issuing.fetched(), 2);
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_again_serve_for_a_while() {
    let (issuing, _) = Issuing::new().await;
    assert_eq!(issuing.names("a").await, ["a"]);
    *issuing.served.lock().unwrap() = "no keys".into();
    issuing.clock.fetch_add(700, Ordering::SeqCst);
    assert_eq!(issuing.names("a").await, ["a"]);
    assert_eq!((issuing.fetched(), issuing.failed.load(Ordering::SeqCst)), (2, 1));
    issuing.clock.fetch_add(4000, Ordering::SeqCst);
    assert!(issuing.fetcher.keys(None).await.unwrap().is_none());
}
