//! The key set cache, rule by rule.

use alloc::vec::Vec;

use super::*;
use crate::crypto::Signer as _;
use crate::crypto::rustcrypto::{PROVIDER, SigningKey};
use crate::oauth::http::Headers;
use crate::uri::Transport;

fn at(seconds: u64) -> UnixTime {
    UnixTime::now(1_800_000_000).unwrap().plus(Seconds(seconds))
}

fn issuer(text: &str) -> Issuer {
    Issuer::new(text, Transport::HttpsOnly).unwrap()
}

fn kid(text: &str) -> KeyId {
    KeyId::new(text).unwrap()
}

fn key_set(of: &str, kids: &[&str]) -> KeySet {
    let key = |name: &&str| {
        let key = SigningKey::ed25519(kid(name), &[name.len() as u8; 32]).unwrap();
        key.public_key().clone()
    };
    KeySet::of(issuer(of), kids.iter().map(key))
}

fn document(kids: &[&str]) -> HttpResponse {
    key_set("https://idp.example", kids).to_response()
}

fn cache_with(ages: KeySetAges) -> Result<KeySetCache, Error> {
    let jwks_uri = Url::new("https://idp.example/jwks", Transport::HttpsOnly).unwrap();
    let limits = Limits::default();
    KeySetCache::new(issuer("https://idp.example"), jwks_uri, PROVIDER.allow_all(), ages, limits)
}

/// Time to live 100, interval 10, stale for 50 more.
fn empty() -> KeySetCache {
    let ages =
        KeySetAges { time_to_live: Seconds(100), min_refresh_interval: Seconds(10), max_stale: Seconds(50) };
    cache_with(ages).unwrap()
}

fn filled(kids: &[&str]) -> KeySetCache {
    let mut cache = empty();
    cache.begin_refresh(at(0)).unwrap();
    cache.refreshed(&document(kids), at(0)).unwrap();
    cache
}

/// One letter per verdict: use, refresh while using, refresh with nothing, unavailable.
fn verdict(cache: &KeySetCache, name: Option<&str>, seconds: u64) -> char {
    match cache.lookup(name.map(kid).as_ref(), at(seconds)) {
        Lookup::Use(_) => 'u',
        Lookup::Refresh { then: Some(_) } => 'r',
        Lookup::Refresh { then: None } => 'R',
        Lookup::Unavailable { .. } => 'x',
    }
}

#[test]
fn an_empty_cache_asks_for_a_refresh_once_per_interval() {
    let mut cache = empty();
    assert_eq!(verdict(&cache, Some("a"), 0), 'R');
    let request = cache.begin_refresh(at(0)).unwrap();
    assert_eq!((request.method.as_str(), request.url.as_str()), ("GET", "https://idp.example/jwks"));
    assert!(cache.begin_refresh(at(0)).is_none());
    match cache.lookup(None, at(9)) {
        Lookup::Unavailable { retry_at } => assert_eq!(retry_at, at(10)),
        other => panic!("{other:?}"),
    }
    assert_eq!(verdict(&cache, None, 10), 'R');
}

#[test]
fn a_set_serves_for_its_time_to_live() {
    let cache = filled(&["a"]);
    assert_eq!(verdict(&cache, Some("a"), 0), 'u');
    assert_eq!(verdict(&cache, None, 99), 'u');
    assert_eq!(verdict(&cache, Some("a"), 100), 'r');
}

#[test]
fn an_unknown_key_causes_one_refresh_per_interval_however_many_arrive() {
    let mut cache = filled(&["a"]);
    assert_eq!(verdict(&cache, Some("new"), 5), 'u');
    assert_eq!(verdict(&cache, Some("new"), 10), 'r');
    let begun = (0..1000).filter(|_| cache.begin_refresh(at(10)).is_some()).count();
    assert_eq!(begun, 1);
    assert_eq!(verdict(&cache, Some("invented"), 11), 'u');
    cache.refreshed(&document(&["a", "new"]), at(12)).unwrap();
    assert_eq!(verdict(&cache, Some("new"), 12), 'u');
    assert_eq!(verdict(&cache, Some("invented"), 19), 'u');
    assert_eq!(verdict(&cache, Some("invented"), 20), 'r');
}

#[test]
fn a_refresh_replaces_and_never_merges() {
    let mut cache = filled(&["a", "bb"]);
    cache.begin_refresh(at(50)).unwrap();
    cache.refreshed(&document(&["bb"]), at(50)).unwrap();
    let Lookup::Use(keys) = cache.lookup(Some(&kid("bb")), at(50)) else { panic!() };
    let kids: Vec<_> = keys.keys().keys().iter().filter_map(|key| key.kid()).map(KeyId::as_str).collect();
    assert_eq!(kids, ["bb"]);
}

#[test]
fn stale_keys_serve_through_an_outage_but_not_for_ever() {
    let mut cache = filled(&["a"]);
    let down = HttpResponse { status: 503, headers: Headers::new(), body: vec![] };
    for seconds in [100, 110, 120, 130, 140] {
        assert_eq!(verdict(&cache, Some("a"), seconds), 'r');
        cache.begin_refresh(at(seconds)).unwrap();
        assert_eq!(cache.refreshed(&down, at(seconds)).unwrap_err().code(), ErrorCode::ServerFailed);
        assert_eq!(verdict(&cache, Some("a"), seconds + 9), 'u');
    }
    assert_eq!(verdict(&cache, Some("a"), 149), 'u');
    assert_eq!(verdict(&cache, Some("a"), 150), 'R');
    cache.begin_refresh(at(150)).unwrap();
    assert_eq!(verdict(&cache, Some("a"), 151), 'x');
    cache.refreshed(&document(&["a"]), at(152)).unwrap();
    assert_eq!(verdict(&cache, Some("a"), 152), 'u');
}

#[test]
fn a_response_that_is_no_key_set_changes_nothing() {
    let mut cache = filled(&["a"]);
    let html = Headers::new().with("Content-Type", "text/html");
    let big = HttpResponse { body: vec![b' '; Limits::DEFAULT.response_bytes + 1], ..document(&["a"]) };
    for (response, code) in [
        (HttpResponse { status: 302, ..document(&["b"]) }, ErrorCode::RedirectRefused),
        (HttpResponse { status: 404, ..document(&["b"]) }, ErrorCode::MetadataNotFound),
        (HttpResponse { headers: html, ..document(&["b"]) }, ErrorCode::ResponseMalformed),
        (HttpResponse { body: b"{}".to_vec(), ..document(&["b"]) }, ErrorCode::JwksMalformed),
        (
            HttpResponse { body: b"{\"keys\":[],\"keys\":[]}".to_vec(), ..document(&[]) },
            ErrorCode::DuplicateMember,
        ),
        (big, ErrorCode::ResponseTooLarge),
    ] {
        assert_eq!(cache.refreshed(&response, at(50)).unwrap_err().code(), code);
        assert_eq!(verdict(&cache, Some("a"), 60), 'u');
    }
}

#[test]
fn the_set_of_another_issuer_is_refused() {
    let mut cache = empty();
    let foreign = key_set("https://idp.example/", &["a"]);
    assert_eq!(cache.replace(foreign, at(0)).unwrap_err().code(), ErrorCode::IssuerMismatch);
    assert_eq!(verdict(&cache, Some("a"), 0), 'R');
    cache.replace(key_set("https://idp.example", &["a"]), at(0)).unwrap();
    assert_eq!(verdict(&cache, Some("a"), 0), 'u');
}

#[test]
fn a_clock_set_back_causes_a_refresh_and_no_lockout() {
    let mut cache = empty();
    cache.begin_refresh(at(10_000)).unwrap();
    cache.refreshed(&document(&["a"]), at(10_000)).unwrap();
    assert_eq!(verdict(&cache, Some("a"), 0), 'r');
    assert!(cache.begin_refresh(at(0)).is_some());
}

#[test]
fn ages_that_cannot_hold_are_refused() {
    let ages = KeySetAges::default();
    assert!(cache_with(ages).is_ok());
    for wrong in [
        KeySetAges { time_to_live: Seconds(0), ..ages },
        KeySetAges { min_refresh_interval: Seconds(0), ..ages },
        KeySetAges { min_refresh_interval: Seconds(601), ..ages },
        KeySetAges { max_stale: Seconds(86_401), ..ages },
    ] {
        assert_eq!(cache_with(wrong).unwrap_err().code(), ErrorCode::ConfigInvalid);
    }
}

#[test]
fn a_refresh_keeps_what_was_computed_for_keys_that_stay() {
    let mut cache = filled(&["a", "bb"]);
    let steps = |cache: &KeySetCache| match cache.lookup(None, at(0)) {
        Lookup::Use(keys) => keys.keys().keys().iter().map(|key| key.steps()).collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    if let Lookup::Use(keys) = cache.lookup(None, at(0)) {
        keys.prepare();
    }
    assert_eq!(steps(&cache), [1, 1]);
    cache.refreshed(&document(&["bb", "ccc"]), at(0)).unwrap();
    assert_eq!(steps(&cache), [1, 0]);
    let mut cache = cache.preparing();
    cache.refreshed(&document(&["a", "bb"]), at(0)).unwrap();
    assert_eq!(steps(&cache), [1, 1]);
    cache.replace(key_set("https://idp.example", &["dddd"]), at(0)).unwrap();
    assert_eq!(steps(&cache), [1]);
}
