//! Signed snapshots and deltas: a copy that took them refuses what the list refuses; what it must not take changes nothing.

#![allow(clippy::arithmetic_side_effects)]

use super::*;
use crate::codec::json::Object;
use crate::crypto::Signer as _;
use crate::crypto::rustcrypto::{PROVIDER, SigningKey};
use crate::jose::{KeySet, Unsigned};
use crate::limits::Limits;
use crate::text::KeyId;
use crate::time::Tolerance;

const MAX_STALE: Seconds = Seconds(10);

fn key() -> SigningKey {
    SigningKey::ed25519(KeyId::new("k").unwrap(), &[7; 32]).unwrap()
}

fn verified(token: &str, now: u64) -> Result<VerifiedUpdate, Error> {
    let (limits, algorithms, from) = (Limits::DEFAULT, PROVIDER.allow_all(), issuer(9));
    let keys = KeySet::of(from.clone(), [key().public_key().clone()]);
    let rules = UpdateRules {
        issuer: &from,
        algorithms: &algorithms,
        tolerance: Tolerance::default(),
        max_interval: Seconds(3600),
        limits: &limits,
    };
    UnverifiedUpdate::parse(token, &limits)?.verify(&keys, &rules, at(now))
}

/// The whole way: signed, verified, chunk by chunk, applied.
fn send(update: &RevocationUpdate, to: &mut RevocationList, now: u64) -> Result<(), Error> {
    let token = update.to_unsigned().sign_with(&key()).unwrap();
    let mut received = to.receive(verified(token.expose(), now)?, at(now))?;
    for number in 0..update.chunks() {
        received.chunk(&update.chunk(number).unwrap())?;
    }
    assert_eq!(received.missing(), 0);
    assert!(update.chunk(update.chunks()).is_none());
    to.apply(received, at(now))
}

fn snapshot(list: &RevocationList, now: u64) -> RevocationUpdate {
    list.snapshot(issuer(9), at(now + 5), at(now)).unwrap()
}

fn delta(list: &RevocationList, base: u64) -> RevocationUpdate {
    list.delta_since(base, issuer(9), at(NOW + 5), at(NOW)).unwrap().unwrap()
}

fn copy() -> RevocationList {
    RevocationList::copy_of_another(100, MAX_STALE)
}

/// What is told of the tokens, and everything else that shows of a list.
fn state(list: &RevocationList, tokens: &[Token]) -> (Vec<bool>, u64, String) {
    let revoked = tokens.iter().map(|token| list.check(&token.revocable(), at(NOW)).is_err()).collect();
    (revoked, list.sequence(), list.to_json(at(NOW)).to_string())
}

fn many(count: usize) -> Vec<Revocation> {
    let entry = |number| Revocation {
        issuer: issuer(0),
        revoked: Revoked::Token(TokenId::new(format!("at-{number}")).unwrap()),
        retain_until: at(NOW + 60),
    };
    (0..count).map(entry).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_copy_refuses_what_the_list_refuses(
        first in prop::collection::vec(entries(), 0..6),
        later in prop::collection::vec(entries(), 0..6),
        tokens in prop::collection::vec(tokens(), 1..8),
    ) {
        let mut list = list_of(&first);
        let (mut by_delta, mut by_snapshot) = (copy(), copy());
        send(&snapshot(&list, NOW), &mut by_delta, NOW).unwrap();
        let base = list.sequence();
        prop_assert_eq!(&state(&list, &tokens).0, &state(&by_delta, &tokens).0);
        for entry in &later {
            list.add(entry, at(NOW)).unwrap();
        }
        send(&delta(&list, base), &mut by_delta, NOW).unwrap();
        send(&snapshot(&list, NOW), &mut by_snapshot, NOW).unwrap();
        prop_assert_eq!(&state(&list, &tokens).0, &state(&by_delta, &tokens).0);
        prop_assert_eq!(state(&by_delta, &tokens), state(&by_snapshot, &tokens));
        prop_assert_eq!(list.sequence(), by_delta.sequence());
    }

    #[test]
    fn what_was_published_before_takes_nothing_back(
        first in prop::collection::vec(entries(), 0..6),
        later in prop::collection::vec(entries(), 0..6),
        tokens in prop::collection::vec(tokens(), 1..8),
    ) {
        let mut list = list_of(&first);
        let old = snapshot(&list, NOW);
        for entry in &later {
            list.add(entry, at(NOW)).unwrap();
        }
        let mut copy = copy();
        send(&snapshot(&list, NOW), &mut copy, NOW).unwrap();
        let before = state(&copy, &tokens);
        let replayed = send(&old, &mut copy, NOW).map_err(|error| error.code());
        let expected = if old.sequence() < list.sequence() { Err(ErrorCode::RevocationsOutdated) } else { Ok(()) };
        prop_assert_eq!(replayed, expected);
        prop_assert_eq!(state(&copy, &tokens), before);
    }

    #[test]
    fn a_byte_that_differs_changes_nothing(
        first in prop::collection::vec(entries(), 1..6),
        tokens in prop::collection::vec(tokens(), 1..8),
        position: prop::sample::Index,
    ) {
        let list = list_of(&first);
        prop_assume!(!list.is_empty());
        let (mut copy, update) = (copy(), snapshot(&list, NOW));
        prop_assume!(update.chunks() > 0);
        let before = state(&copy, &tokens);
        let token = update.to_unsigned().sign_with(&key()).unwrap();
        let mut received = copy.receive(verified(token.expose(), NOW).unwrap(), at(NOW)).unwrap();
        let mut bytes = update.chunk(0).unwrap();
        let at_byte = position.index(bytes.len());
        bytes[at_byte] ^= 1;
        let refused = received.chunk(&bytes).map_err(|error| error.code());
        prop_assert_eq!(refused, Err(ErrorCode::RevocationsDigestMismatch));
        let applied = copy.apply(received, at(NOW)).map_err(|error| error.code());
        prop_assert_eq!(applied, Err(ErrorCode::RevocationsDigestMismatch));
        prop_assert_eq!(state(&copy, &tokens), before);
    }

    #[test]
    fn no_claims_make_it_panic(size in any::<u64>(), sequence in any::<u64>(), chunks in 0..300_usize) {
        let mut claims = Object::new();
        claims.set_str("iss", "https://as9.example");
        for (name, value) in [("iat", NOW), ("next_update", NOW), ("size", size), ("sequence", sequence)] {
            claims.set(name, value);
        }
        let chunks = (0..chunks).map(|_| crate::codec::base64url::encode(&[0; 32]));
        claims.set("chunks", crate::codec::json::Json::strings(chunks));
        let token = Unsigned::new("idjag-revocations+jwt", claims).sign_with(&key()).unwrap();
        if let Ok(update) = verified(token.expose(), NOW) {
            let _ = copy().receive(update, at(NOW)).map(|mut received| received.chunk(&[0; 26]));
        }
    }
}

#[test]
fn many_entries_come_in_chunks() {
    let mut list = RevocationList::new(30_000);
    for entry in many(20_000) {
        list.add(&entry, at(NOW)).unwrap();
    }
    let update = snapshot(&list, NOW);
    assert_eq!((update.len(), update.chunks()), (20_000, 3));
    assert_eq!(update.chunk(0).unwrap().len(), CHUNK_BYTES);
    let mut copy = RevocationList::copy_of_another(20_000, MAX_STALE);
    send(&update, &mut copy, NOW).unwrap();
    assert_eq!(copy.len(), 20_000);
    let revoked = |number: usize, list: &RevocationList| {
        let id = TokenId::new(format!("at-{number}")).unwrap();
        let token = Token { token_id: Some(id), ..nobody() };
        list.check(&token.revocable(), at(NOW)).is_err()
    };
    assert!((0..20_000).all(|number| revoked(number, &copy)));
    assert!((20_000..21_000).all(|number| !revoked(number, &copy)));
    let mut small = RevocationList::copy_of_another(19_999, MAX_STALE);
    assert_eq!(
        send(&update, &mut small, NOW).map_err(|error| error.code()),
        Err(ErrorCode::StoreUnavailable)
    );
}

#[test]
fn a_delta_is_known_while_the_changes_are() {
    let mut list = RevocationList::new(30_000);
    for entry in many(10_000) {
        list.add(&entry, at(NOW)).unwrap();
    }
    let size = |base| {
        let update = list.delta_since(base, issuer(9), at(NOW + 5), at(NOW)).unwrap();
        update.map(|update| update.len())
    };
    assert_eq!([size(1), size(1_807), size(1_808), size(9_999)], [None, None, Some(8_192), Some(1)]);
    assert_eq!([size(10_000), size(10_001)], [Some(0), None]);
}

#[test]
fn a_copy_tells_what_it_is_known_to_have() {
    let mut copy = copy();
    let told = |copy: &RevocationList, now| copy.snapshot(issuer(9), at(now + 5), at(now));
    assert_eq!(told(&copy, NOW).unwrap_err().code(), ErrorCode::RevocationsUnavailable);
    copy.synchronized(40, at(NOW));
    copy.add(&many(1)[0], at(NOW + 1)).unwrap();
    let update = told(&copy, NOW + 1).unwrap();
    assert_eq!((update.sequence(), update.len()), (40, 1));
    assert_eq!(update.to_unsigned().claims().get("iat").and_then(|iat| iat.as_u64()), Some(NOW));
    assert_eq!(told(&copy, NOW + 11).unwrap_err().code(), ErrorCode::RevocationsUnavailable);
    // The entry may have any later number: it is part of the deltas up to there.
    copy.synchronized(43, at(NOW + 2));
    let size = |copy: &RevocationList, base| {
        let update = copy.delta_since(base, issuer(9), at(NOW + 5), at(NOW + 2)).unwrap();
        update.map(|update| update.len())
    };
    assert_eq!([size(&copy, 40), size(&copy, 42), size(&copy, 43)], [Some(1), Some(1), Some(0)]);
    // Numbers were lost: up to the last that was given, nobody knows what they stood for.
    copy.synchronized(41, at(NOW + 2));
    assert_eq!([size(&copy, 41), size(&copy, 43)], [None, None]);
}

#[test]
fn updates_that_are_not_for_this_copy_change_nothing() {
    let mut list = list_of(&many(3));
    let code = |update: &RevocationUpdate, to: &mut RevocationList, now| {
        send(update, to, now).map_err(|error| error.code())
    };
    let mut fresh = copy();
    assert_eq!(code(&delta(&list, 3), &mut fresh, NOW), Err(ErrorCode::RevocationsBaseMismatch));
    assert_eq!(code(&snapshot(&list, NOW), &mut fresh, NOW + 16), Err(ErrorCode::RevocationsStale));
    assert_eq!(code(&snapshot(&list, NOW), &mut RevocationList::new(9), NOW), Err(ErrorCode::ConfigInvalid));
    assert_eq!(code(&snapshot(&list, NOW), &mut fresh, NOW + 15), Ok(()));
    let mut other = copy();
    other.synchronized(1, at(NOW));
    assert_eq!(code(&snapshot(&list, NOW), &mut other, NOW), Err(ErrorCode::IssuerMismatch));
    list.add(&many(4)[3], at(NOW)).unwrap();
    assert_eq!(code(&delta(&list, 2), &mut fresh, NOW), Err(ErrorCode::RevocationsBaseMismatch));
    assert_eq!((fresh.sequence(), fresh.len()), (3, 3));
    assert_eq!(code(&delta(&list, 3), &mut fresh, NOW), Ok(()));
    assert_eq!((fresh.sequence(), fresh.len()), (4, 4));
}

#[test]
fn an_update_that_comes_late_makes_nothing_younger_or_older() {
    let list = list_of(&many(1));
    let mut copy = copy();
    send(&snapshot(&list, NOW + 20), &mut copy, NOW + 20).unwrap();
    send(&snapshot(&list, NOW + 12), &mut copy, NOW + 20).unwrap();
    let serves = |now| copy.check(&nobody().revocable(), at(now)).is_ok();
    assert!([NOW + 20, NOW + 35].into_iter().all(serves));
    assert!(![NOW + 19, NOW + 36].into_iter().any(serves));
}
