//! What has been revoked, on Redis: entries by when they may be forgotten and by their numbers, and a copy in each process.

use alloc::boxed::Box;
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use idjag::revocation::{Revocation, RevocationList};
use idjag::{Seconds, UnixTime};
use redis::aio::{ConnectionLike, ConnectionManager};
use redis::{FromRedisValue, RedisError, cmd};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::{MARGIN, TIMEOUT, connection};
use crate::server::Revocations;
use crate::{Failures, HostFailure, Looked, Surroundings};

/// What a writer does in one step. The name of the series tells a store that was emptied from one that is the same.
const WRITE: &str = include_str!("write.lua");
/// What a reader does in one step: the series, its last number, and the entries after the one it has read. Where the store
/// no longer has that one at its number or a later one, as after a failover to a replica that lags, they are read from the
/// first.
const READ: &str = include_str!("read.lua");
/// How many entries are read at once.
const PAGE: usize = 5000;

/// Revocations on Redis 6.2 or newer, shared by any number of processes; the stores of the other languages' packages use the
/// same keys and scripts. Cheap to clone; the clones share one copy.
///
/// The copy is brought up to date when it is asked for and older than half a second, reading only what is new. While Redis
/// cannot be reached it serves for ten seconds, then every token is refused. Let Redis run with `appendonly yes` and
/// `maxmemory-policy noeviction`: an entry that it loses is unknown to every process that had not read it.
#[derive(Clone)]
pub struct RedisRevocations<C = ConnectionManager> {
    connection: C,
    prefix: String,
    timeout: Duration,
    max_age: Duration,
    failures: Failures,
    surroundings: Surroundings,
    copy: Arc<Mutex<Copied>>,
}

/// The copy, and up to where in which series it has been read.
struct Copied {
    list: Arc<RevocationList>,
    series: String,
    number: String,
    /// The entry that was read last, as it is written there.
    latest: String,
    attempted: Option<Instant>,
}

/// What a reader is told.
type Page = (String, String, Vec<String>);

impl RedisRevocations {
    /// A store at `url`, such as `redis://127.0.0.1/`, connected with the first question and again whenever the
    /// connection is lost. Call it within a Tokio runtime.
    ///
    /// Fails when `url` is none.
    pub fn open(url: &str) -> Result<Self, RedisError> {
        Ok(Self::over(connection(url)?))
    }
}

impl<C: ConnectionLike + Clone + Send + Sync> RedisRevocations<C> {
    /// A store over a connection of your own.
    pub fn over(connection: C) -> Self {
        Self {
            connection,
            prefix: String::new(),
            timeout: TIMEOUT,
            max_age: Duration::from_millis(500),
            failures: Failures::ignored(),
            surroundings: Surroundings::system(),
            copy: Arc::new(Mutex::new(Copied::of(100_000, Seconds(10)))),
        }
    }

    /// What the names begin with, where several services share a Redis.
    #[must_use]
    pub fn with_prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    /// How long one question may take.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// How old the copy may be before it is brought up to date: the time that a revocation takes to arrive.
    #[must_use]
    pub fn with_max_age(self, max_age: Duration) -> Self {
        Self { max_age, ..self }
    }

    /// How many entries a copy holds at most, and for how long it serves while Redis cannot be reached. The copy starts
    /// anew: call it before the store is used.
    #[must_use]
    pub fn with_copy(self, capacity: usize, max_stale: Seconds) -> Self {
        Self { copy: Arc::new(Mutex::new(Copied::of(capacity, max_stale))), ..self }
    }

    /// Who is told why the copy could not be brought up to date.
    #[must_use]
    pub fn with_failures(self, failures: Failures) -> Self {
        Self { failures, ..self }
    }

    /// Another clock, another source of randomness.
    #[must_use]
    pub fn with_surroundings(self, surroundings: Surroundings) -> Self {
        Self { surroundings, ..self }
    }

    async fn listed(&self) -> Result<Arc<RevocationList>, HostFailure> {
        // Whoever comes while somebody reads waits for what that finds, or does not find: while Redis does not answer, many
        // who wait must not each ask it in turn.
        let asked = Instant::now();
        let mut copy = self.copy.lock().await;
        let is_old = |at: Instant| asked.checked_duration_since(at).is_some_and(|age| age >= self.max_age);
        if copy.attempted.is_none_or(is_old) {
            copy.attempted = Some(Instant::now());
            let read = timeout(self.timeout, self.pull(&mut copy)).await;
            // What fails is told, and the copy ages: the library refuses when it is too old.
            if let Err(failure) = read.unwrap_or_else(|_| Err("there was no answer in time".into())) {
                self.failures.report(failure.cause());
            }
        }
        Ok(Arc::clone(&copy.list))
    }

    /// Reads what is new. The copy counts as complete at a time before Redis was asked.
    async fn pull(&self, copy: &mut Copied) -> Result<(), HostFailure> {
        let now = self.surroundings.now()?;
        loop {
            let arguments = [copy.series.clone(), copy.number.clone(), copy.latest.clone(), PAGE.to_string()];
            let (series, last, found): Page = self.run(READ, &arguments).await?;
            let (pairs, rest) = found.as_chunks::<2>();
            if !rest.is_empty() {
                return Err("the store gives no answer".into());
            }
            let list = Arc::make_mut(&mut copy.list);
            for [entry, _] in pairs {
                list.add(&Revocation::parse(entry.as_bytes())?, now)?;
            }
            match pairs.last() {
                Some([entry, number]) => (copy.latest, copy.number) = (entry.clone(), number.clone()),
                None if series != copy.series => copy.number = "0".into(),
                None => {}
            }
            copy.series = series;
            if pairs.len() < PAGE {
                list.synchronized(last.parse()?, now);
                return Ok(());
            }
        }
    }

    async fn write(&self, entry: &Revocation, now: UnixTime) -> Result<(), HostFailure> {
        let named: String =
            self.surroundings.random()?.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        // What is forgotten is forgotten for all: a time that was only stated is not enough.
        let forget = now.min(self.surroundings.now()?).as_secs().saturating_sub(MARGIN).to_string();
        let arguments = [
            named,
            forget,
            self.base(),
            entry.retain_until.as_secs().to_string(),
            entry.to_json().to_string(),
        ];
        let series: String = match timeout(self.timeout, self.run(WRITE, &arguments)).await {
            Ok(answer) => answer?,
            Err(_) => return Err("there was no answer in time".into()),
        };
        if !is_series(&series) {
            return Err("the store gives no answer".into());
        }
        Arc::make_mut(&mut self.copy.lock().await.list).add(entry, now)?;
        Ok(())
    }

    async fn run<T: FromRedisValue>(&self, script: &str, arguments: &[String]) -> Result<T, RedisError> {
        let base = self.base();
        let mut command = cmd("EVAL");
        command.arg(script).arg(3);
        for name in ["until", "sequence", "state"] {
            command.arg(format!("{base}:{name}"));
        }
        command.arg(arguments);
        command.query_async(&mut self.connection.clone()).await
    }

    fn base(&self) -> String {
        format!("{}{{idjag:revoked}}", self.prefix)
    }
}

/// Whether a writer may have drawn this name: 16 bytes or more in hexadecimal digits. The `OK` of something that runs no
/// script is none.
fn is_series(name: &str) -> bool {
    name.len() >= 16 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

impl Copied {
    fn of(capacity: usize, max_stale: Seconds) -> Self {
        let list = Arc::new(RevocationList::copy_of_another(capacity, max_stale));
        Self { list, series: String::new(), number: "0".into(), latest: String::new(), attempted: None }
    }
}

impl<C: ConnectionLike + Clone + Send + Sync> Revocations for RedisRevocations<C> {
    fn list(&self) -> Looked<'_, Arc<RevocationList>> {
        Box::pin(self.listed())
    }

    fn add<'a>(&'a self, entry: &'a Revocation, now: UnixTime) -> Looked<'a, ()> {
        Box::pin(self.write(entry, now))
    }
}

impl<C> fmt::Debug for RedisRevocations<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisRevocations").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
