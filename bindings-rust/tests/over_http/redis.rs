//! The replay store on a real Redis, while it runs, while it is away, when it is back.

use alloc::sync::Arc;
use core::time::Duration;
use std::path::PathBuf;
use std::process::Stdio;

use idjag::UnixTime;
use idjag::replay::{FirstUse, ReplayKey};
use idjag::text::TokenId;
use idjag::token::TokenKind;
use idjag_http::server::{RedisReplay, ReplayStore};
use tokio::process::{Child, Command};

const NOW: u64 = 1_900_000_000;

fn now() -> UnixTime {
    UnixTime::now(NOW).unwrap()
}

fn token(jti: &str) -> ReplayKey {
    let expires = UnixTime::now(NOW + 60).unwrap();
    ReplayKey::new(TokenKind::IdJag, "https://idp.example", &TokenId::new(jti).unwrap(), expires)
}

/// A Redis of our own, on a socket that nobody else has.
pub(crate) struct Server {
    folder: PathBuf,
    process: Option<Child>,
}

impl Server {
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("idjag-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut server = Self { folder, process: None };
        server.start();
        server
    }

    pub(crate) fn start(&mut self) {
        let process = Command::new("redis-server")
            .args(["--port", "0", "--unixsocket", "socket", "--appendonly", "yes", "--save", ""])
            .current_dir(&self.folder)
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        self.process = Some(process.expect("redis-server is installed"));
    }

    pub(crate) async fn kill(&mut self) {
        self.process.take().unwrap().kill().await.unwrap();
    }

    pub(crate) fn url(&self) -> String {
        format!("unix://{}", self.folder.join("socket").display())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Asks until the store has an answer: it may still be starting.
async fn answer(store: &RedisReplay, jti: &str) -> FirstUse {
    loop {
        match store.first_use(&token(jti), now()).await {
            FirstUse::Unavailable => tokio::time::sleep(Duration::from_millis(20)).await,
            answer => return answer,
        }
    }
}

#[tokio::test]
async fn of_many_that_ask_at_once_one_is_first() {
    let server = Server::new("many");
    let stores: Vec<_> = (0..4).map(|_| Arc::new(RedisReplay::open(&server.url()).unwrap())).collect();
    for store in &stores {
        answer(store, "warm").await;
    }
    let asking: Vec<_> = (0..200)
        .map(|at| {
            let store = stores[at % stores.len()].clone();
            tokio::spawn(async move { store.first_use(&token("one"), now()).await })
        })
        .collect();
    let mut first = 0;
    for asked in asking {
        match asked.await.unwrap() {
            FirstUse::First => first += 1,
            answer => assert_eq!(answer, FirstUse::Seen),
        }
    }
    assert_eq!(first, 1);
    // Another service's names are others.
    let other = RedisReplay::open(&server.url()).unwrap().with_prefix("other:");
    assert_eq!(answer(&other, "one").await, FirstUse::First);
}

#[tokio::test]
async fn a_store_that_is_away_cannot_say_and_one_that_is_back_remembers() {
    let mut server = Server::new("away");
    let store = RedisReplay::open(&server.url()).unwrap();
    assert_eq!(answer(&store, "before").await, FirstUse::First);
    server.kill().await;
    assert_eq!(store.first_use(&token("before"), now()).await, FirstUse::Unavailable);
    assert_eq!(store.first_use(&token("meanwhile"), now()).await, FirstUse::Unavailable);
    server.start();
    assert_eq!(answer(&store, "before").await, FirstUse::Seen);
    assert_eq!(answer(&store, "meanwhile").await, FirstUse::First);
}
