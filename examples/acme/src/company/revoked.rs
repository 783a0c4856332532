//! What the company has taken back: one list at the identity provider, one at each server.

use alloc::collections::BTreeMap;

use idjag_http::server::MemoryRevocations;

/// Entries that one list remembers: far more than a run of the story needs.
const CAPACITY: usize = 100_000;

/// A list for everyone who decides. Each server holds tokens against its own, because a client identifier means
/// something else at each.
pub(crate) struct Revoked {
    at_idp: MemoryRevocations,
    at_servers: BTreeMap<&'static str, MemoryRevocations>,
}

impl Revoked {
    pub(crate) fn nothing_at(servers: &[&'static str]) -> Self {
        let empty = || MemoryRevocations::new(CAPACITY);
        let at_servers = servers.iter().map(|server| (*server, empty())).collect();
        Self { at_idp: empty(), at_servers }
    }

    pub(crate) const fn at_idp(&self) -> &MemoryRevocations {
        &self.at_idp
    }

    /// The list of a server by its id; the story only names servers that exist.
    pub(crate) fn at(&self, server: &str) -> &MemoryRevocations {
        self.at_servers.get(server).expect("one of the nine")
    }
}
