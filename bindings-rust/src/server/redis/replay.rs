//! A replay store on Redis, shared by any number of processes in any language of this project.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::pin::Pin;
use core::time::Duration;

use idjag::UnixTime;
use idjag::replay::{FirstUse, ReplayKey};
use redis::aio::{ConnectionLike, ConnectionManager};
use redis::{Cmd, RedisError, cmd};
use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::{MARGIN, TIMEOUT, connection};
use crate::server::ReplayStore;
use crate::{Failures, HostFailure, Surroundings};

/// A store on Redis: one `SET name value EX seconds NX` per token. The stores of the other languages' packages use the same
/// names. The value is drawn for each question, so that a command that was sent twice, because its answer was lost, does
/// not take its own first use for another's.
///
/// Whatever goes wrong, and whatever takes longer than a second, is [`FirstUse::Unavailable`]. Let Redis run with
/// `appendonly yes` and `maxmemory-policy noeviction`: a name that was evicted, or lost in a restart or a failover, is a
/// token that can be used twice.
///
/// Something between here and Redis that overlooks `NX` would let everything pass for ever. So the first thing that is
/// recorded is a name of our own, twice: where that succeeds, the store is unavailable for good.
#[derive(Clone)]
pub struct RedisReplay<C = ConnectionManager> {
    connection: C,
    prefix: String,
    timeout: Duration,
    failures: Failures,
    random: Surroundings,
    keeps_to_nx: alloc::sync::Arc<OnceCell<bool>>,
}

impl RedisReplay {
    /// A store at `url`, such as `redis://127.0.0.1/`, connected with the first question and again whenever the
    /// connection is lost. Call it within a Tokio runtime.
    ///
    /// Fails when `url` is none.
    pub fn open(url: &str) -> Result<Self, RedisError> {
        Ok(Self::over(connection(url)?))
    }
}

impl<C: ConnectionLike + Clone + Send + Sync> RedisReplay<C> {
    /// A store over a connection of your own, to a cluster for example.
    pub fn over(connection: C) -> Self {
        Self {
            connection,
            prefix: String::new(),
            timeout: TIMEOUT,
            failures: Failures::ignored(),
            random: Surroundings::system(),
            keeps_to_nx: alloc::sync::Arc::default(),
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

    /// Who is told why the store is unavailable.
    #[must_use]
    pub fn with_failures(self, failures: Failures) -> Self {
        Self { failures, ..self }
    }

    async fn record(&self, key: &ReplayKey, now: UnixTime) -> Result<FirstUse, HostFailure> {
        if !*self.keeps_to_nx.get_or_try_init(|| self.probe()).await? {
            return Err("NX is overlooked: this Redis cannot remember what was used".into());
        }
        let (name, mine) = ([self.prefix.as_str(), &key.name()].concat(), self.drawn()?);
        let seconds = key.retain_until().since(now).as_secs().saturating_add(MARGIN);
        if self.set(&name, &mine, seconds).await? {
            return Ok(FirstUse::First);
        }
        let held: Option<String> = self.ask(cmd("GET").arg(&name)).await?;
        Ok(if held.as_ref() == Some(&mine) { FirstUse::First } else { FirstUse::Seen })
    }

    /// Records a name that nobody else has, twice: whether the second time it was taken.
    async fn probe(&self) -> Result<bool, HostFailure> {
        let name = [self.prefix.as_str(), "idjag-probe:", &self.drawn()?].concat();
        if !self.set(&name, "1", MARGIN).await? {
            return Err("the store gives no answer".into());
        }
        Ok(!self.set(&name, "1", MARGIN).await?)
    }

    /// Whether the name was free. A span and not a point in time: the clock of Redis may be another.
    async fn set(&self, name: &str, value: &str, seconds: u64) -> Result<bool, RedisError> {
        let mut command = cmd("SET");
        command.arg(name).arg(value).arg("EX").arg(seconds).arg("NX");
        Ok(self.ask::<Option<String>>(&command).await?.is_some())
    }

    async fn ask<T: redis::FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        command.query_async(&mut self.connection.clone()).await
    }

    fn drawn(&self) -> Result<String, HostFailure> {
        Ok(self.random.random()?.iter().take(16).map(|byte| format!("{byte:02x}")).collect())
    }
}

impl<C: ConnectionLike + Clone + Send + Sync> ReplayStore for RedisReplay<C> {
    fn first_use<'a>(
        &'a self,
        key: &'a ReplayKey,
        now: UnixTime,
    ) -> Pin<Box<dyn Future<Output = FirstUse> + Send + 'a>> {
        Box::pin(async move {
            let answer = match timeout(self.timeout, self.record(key, now)).await {
                Ok(answer) => answer,
                Err(_) => Err("there was no answer in time".into()),
            };
            answer.unwrap_or_else(|failure| {
                self.failures.report(failure.cause());
                FirstUse::Unavailable
            })
        })
    }
}

impl<C> fmt::Debug for RedisReplay<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisReplay").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}
