//! The store on Redis that servers share: the one thing that this program reaches over the network.

use core::error::Error;
use core::time::Duration;
use std::env::{self, VarError};

use clap::Args;
use idjag::UnixTime;
use idjag::revocation::Revocation;
use idjag_http::server::{RedisRevocations, Revocations as _};
use redis::{ErrorKind, RedisError};
use tokio::runtime::Builder;

use crate::report::Trouble;

/// How long the store has to say that it has an entry.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Where the URL is looked for that is not among the arguments.
const VARIABLE: &str = "IDJAG_REDIS_URL";

#[derive(Args)]
pub(super) struct RedisArgs {
    /// Write the entry to the Redis that servers share, at redis://… or unix://…; without URL at what IDJAG_REDIS_URL says.
    /// A URL with a password belongs into the variable: others on the machine can read arguments.
    #[arg(long, value_name = "URL", num_args = 0..=1, group = "where")]
    redis: Option<Option<String>>,
    /// What the servers' names in that Redis begin with.
    #[arg(long, value_name = "PREFIX", requires = "redis")]
    prefix: Option<String>,
}

impl RedisArgs {
    /// Writes the entry to the store, if one was named: whether the store said that it has it.
    pub(super) fn store(&self, entry: &Revocation, now: UnixTime) -> Result<bool, Trouble> {
        let Some(argument) = &self.redis else {
            return Ok(false);
        };
        let url = match argument {
            Some(url) => url.clone(),
            None => env::var(VARIABLE).map_err(|error| match error {
                VarError::NotPresent => unknown(&format!("--redis has no URL, and {VARIABLE} is not set")),
                VarError::NotUnicode(_) => unknown(&format!("{VARIABLE} is not text")),
            })?,
        };
        let prefix = self.prefix.clone().unwrap_or_default();
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| unknown(&error.to_string()))?;
        let stored = runtime.block_on(async {
            let store = RedisRevocations::open(&url).map_err(|error| said(&error))?;
            let store = store.with_prefix(prefix).with_timeout(TIMEOUT);
            store.add(entry, now).await.map_err(|failure| said(failure.cause()))
        });
        // Whoever still looks for the host's address is not waited for.
        runtime.shutdown_background();
        stored.map(|()| true).map_err(|cause| unknown(&cause))
    }
}

fn unknown(cause: &str) -> Trouble {
    Trouble(format!("nothing is known to be revoked at the Redis: {cause}"))
}

/// What went wrong, by its kind: what a server wrote may repeat the password that it was sent.
fn said(error: &(dyn Error + 'static)) -> String {
    let Some(error) = error.downcast_ref::<RedisError>() else {
        return error.to_string();
    };
    let is_code = |code: &&str| code.len() < 20 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    match (error.kind(), error.code().filter(is_code)) {
        (ErrorKind::InvalidClientConfig, _) => {
            "the URL is none that can be used: redis://[user:password@]host[:port][/db] or unix://path, without TLS".into()
        }
        (ErrorKind::Io, _) if error.is_connection_refusal() => "nobody answers there".into(),
        (ErrorKind::Io, _) if error.is_timeout() => "there was no answer in time".into(),
        (_, Some(code)) => format!("{} ({code})", error.category()),
        (_, None) => error.category().into(),
    }
}
