//! Stores on Redis, shared by any number of processes in any language of this project.

mod replay;
mod revocations;

pub use replay::RedisReplay;
pub use revocations::RedisRevocations;

use core::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError};

/// For how long after it may be forgotten something is kept, in seconds: clocks of servers and store differ.
const MARGIN: u64 = 300;
const TIMEOUT: Duration = Duration::from_secs(1);

/// A connection that is made with the first question, and again whenever it is lost.
fn connection(url: &str) -> Result<ConnectionManager, RedisError> {
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(1)
        .set_connection_timeout(Some(TIMEOUT))
        .set_response_timeout(Some(TIMEOUT));
    ConnectionManager::new_lazy_with_config(Client::open(url)?, config)
}
