//! Revocations on a real Redis: told to every process, refused while nobody can know, kept when it dies.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;

use idjag::revocation::{Revocation, Revoked};
use idjag::text::TokenId;
use idjag::uri::{Issuer, Transport};
use idjag::{ErrorCode, Seconds, UnixTime};
use idjag_http::server::{RedisRevocations, Revocations};
use idjag_http::{Failures, Surroundings};

use crate::redis::Server;

const NOW: u64 = 1_900_000_000;

fn at(seconds: u64) -> UnixTime {
    UnixTime::now(seconds).unwrap()
}

fn issuer() -> Issuer {
    Issuer::new("https://as.example", Transport::HttpsOnly).unwrap()
}

fn entry(jti: &str) -> Revocation {
    let revoked = Revoked::Token(TokenId::new(jti).unwrap());
    Revocation { issuer: issuer(), revoked, retain_until: at(NOW + 600) }
}

/// A process's store, and its clock.
fn store(server: &Server) -> (RedisRevocations, Arc<AtomicU64>) {
    let clock = Arc::new(AtomicU64::new(NOW));
    let told = Arc::clone(&clock);
    let surroundings = Surroundings::system().with_clock(move || at(told.load(Ordering::Relaxed)));
    let store = RedisRevocations::open(&server.url()).unwrap().with_surroundings(surroundings);
    (store.with_max_age(Duration::ZERO).with_copy(100, Seconds(10)), clock)
}

/// Stores an entry; Redis may still be starting.
async fn revoke(store: &RedisRevocations, jti: &str) {
    while store.add(&entry(jti), at(NOW)).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits until a store knows so many entries.
async fn knows(store: &RedisRevocations, count: usize) {
    while store.list().await.unwrap().len() != count {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whether the copy serves at a time: who may have missed something tells nobody anything.
async fn serves(store: &RedisRevocations, now: u64) -> bool {
    match store.list().await.unwrap().snapshot(issuer(), at(now), at(now)) {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.code(), ErrorCode::RevocationsUnavailable);
            false
        }
    }
}

#[tokio::test]
async fn what_one_revokes_all_know() {
    let server = Server::new("revoked");
    let ((first, _), (second, _)) = (store(&server), store(&server));
    revoke(&first, "at-1").await;
    knows(&second, 1).await;
    revoke(&second, "at-2").await;
    revoke(&second, "at-2").await;
    knows(&first, 2).await;
    let sequence = |list: Arc<idjag::revocation::RevocationList>| list.sequence();
    assert_eq!(sequence(first.list().await.unwrap()), 3);
    // Another service's are others.
    let other = RedisRevocations::open(&server.url()).unwrap().with_prefix("other:");
    assert!(other.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn whoever_states_another_time_makes_nobody_forget() {
    let server = Server::new("ahead");
    let ((first, _), (second, _)) = (store(&server), store(&server));
    revoke(&first, "at-1").await;
    first.add(&entry("at-2"), at(NOW + 100_000)).await.unwrap();
    knows(&second, 2).await;
}

#[tokio::test]
async fn more_than_one_page_is_read() {
    let server = Server::new("pages");
    let ((first, _), (second, _)) = (store(&server), store(&server));
    let (first, second) = (first.with_copy(6000, Seconds(10)), second.with_copy(6000, Seconds(10)));
    revoke(&first, "at-0").await;
    let client = first.clone();
    let writing = (1..5500).map(|number| {
        let client = client.clone();
        tokio::spawn(async move { revoke(&client, &format!("at-{number}")).await })
    });
    for written in writing.collect::<Vec<_>>() {
        written.await.unwrap();
    }
    knows(&second, 5500).await;
    assert_eq!(second.list().await.unwrap().sequence(), first.list().await.unwrap().sequence());
}

#[tokio::test]
async fn while_redis_does_not_answer_nobody_waits_for_everybody_else() {
    // It takes connections, and says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}/", silent.local_addr().unwrap());
    let failures = Arc::new(AtomicU64::new(0));
    let told = Arc::clone(&failures);
    let store = RedisRevocations::open(&url)
        .unwrap()
        .with_failures(Failures::to(move |_| _ = told.fetch_add(1, Ordering::Relaxed)))
        .with_timeout(Duration::from_millis(50))
        .with_max_age(Duration::ZERO);
    let asking: Vec<_> = (0..20)
        .map(|_| {
            let store = store.clone();
            async move { store.list().await.unwrap().len() }
        })
        .collect();
    let mut asked = tokio::task::JoinSet::from_iter(asking);
    while let Some(count) = asked.join_next().await {
        assert_eq!(count.unwrap(), 0);
    }
    // The first, and one for all who came meanwhile.
    assert!(failures.load(Ordering::Relaxed) <= 2, "{failures:?}");
}

#[tokio::test]
async fn while_redis_is_away_a_copy_serves_for_as_long_as_it_may_and_nothing_is_forgotten() {
    let mut server = Server::new("gone");
    let ((first, _), (second, clock)) = (store(&server), store(&server));
    revoke(&first, "at-1").await;
    knows(&second, 1).await;
    assert!(serves(&second, NOW).await);
    server.kill().await;
    assert!(first.add(&entry("at-2"), at(NOW)).await.is_err());
    assert!(serves(&second, NOW + 10).await);
    assert!(!serves(&second, NOW + 11).await);
    assert_eq!(second.list().await.unwrap().len(), 1);
    server.start();
    clock.store(NOW + 11, Ordering::Relaxed);
    revoke(&first, "at-3").await;
    knows(&second, 2).await;
    assert!(serves(&second, NOW + 11).await);
}
