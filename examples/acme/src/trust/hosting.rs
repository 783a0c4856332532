//! What the company's servers are made with: the others' keys, a memory, the company's clock, and where they write.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::future::ready;

use idjag::record::DecisionRecord;
use idjag::uri::Issuer;
use idjag_http::server::{Hosting, MemoryReplay, Records};
use idjag_http::{Failures, Http, KeySetFetcher, KeySetOptions, Looked, Surroundings};

use super::{TRANSPORT, algorithms};
use crate::clock::Clock;
use crate::company::{Company, Server};
use crate::failure::Failure;

/// Tokens that one server remembers at a time: far more than a run of the story needs.
const CAPACITY: usize = 100_000;
/// Token requests and tool arguments are small here.
const MAX_BODY_BYTES: usize = 256 << 10;

/// What the endpoints of `server` share. A fleet would keep the same in Redis.
pub(crate) fn hosting(company: &Arc<Company>, server: &Server, clock: &Clock) -> Hosting {
    Hosting::new()
        .with_replay(MemoryReplay::new(CAPACITY))
        .with_revocations(company.revoked.at(server.id).clone())
        .with_records(Written(company.clone()))
        .with_surroundings(surroundings(clock))
        .with_max_body_bytes(MAX_BODY_BYTES)
}

/// Another party's keys, as its metadata names them.
pub(crate) fn keys_of(issuer: &Issuer, clock: &Clock) -> Result<Arc<KeySetFetcher>, Failure> {
    let options = KeySetOptions { transport: TRANSPORT, ..KeySetOptions::new(algorithms()) };
    let http = Http::new().map_err(Failure::broken)?;
    let failures = Failures::ignored();
    Ok(KeySetFetcher::in_surroundings(issuer.clone(), options, http, surroundings(clock), failures)?)
}

fn surroundings(clock: &Clock) -> Surroundings {
    let clock = clock.clone();
    Surroundings::system().with_clock(move || clock.now())
}

/// The company's records, where the servers write.
struct Written(Arc<Company>);

impl Records for Written {
    fn keep<'a>(&'a self, record: &'a DecisionRecord) -> Looked<'a, ()> {
        self.0.records.add(record);
        Box::pin(ready(Ok(())))
    }
}
