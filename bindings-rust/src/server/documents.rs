//! Clients registered by the document at their identifier: the library says what is needed, this fetches it.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use idjag::client_documents::{ClientDocuments, ClientDocumentsConfig, ClientStep};
use idjag::oauth::RegisteredClient;
use idjag::oauth::http::HttpRequest;
use idjag::text::ClientId;
use tokio::sync::{Semaphore, watch};

use super::{Clients, SetupFailure, StaticClients};
use crate::{Failures, HostFailure, Http, Looked, Surroundings};

/// Documents fetched at once: strangers name the addresses.
const MAX_FLIGHTS: usize = 16;
/// The document, its keys, and the answer.
const MAX_STEPS: usize = 4;

/// Clients registered by hand, and clients registered by their Client ID Metadata Documents.
///
/// Documents are fetched over https (or, where the configuration's transport says so, http on this machine), without
/// redirects, from public addresses only, within bounds of time and size; what is known serves as long as the library
/// says. What cannot be fetched refuses the request for the moment, with 503; what was fetched and does not hold means that
/// there is no such client.
#[derive(Clone)]
pub struct DocumentClients(Arc<Inner>);

struct Inner {
    registered: StaticClients,
    http: Http,
    surroundings: Surroundings,
    failures: Failures,
    state: Mutex<State>,
    flights: Semaphore,
}

struct State {
    documents: ClientDocuments,
    /// Closed when the fetching under way is over.
    fetching: BTreeMap<ClientId, watch::Receiver<()>>,
}

/// What to do about a client.
enum Next {
    Found(Option<Arc<RegisteredClient>>),
    /// Send this; the sender is dropped when that is over.
    Fetch(HttpRequest, watch::Sender<()>, watch::Receiver<()>),
    Wait(watch::Receiver<()>),
    Unavailable,
}

impl DocumentClients {
    /// Clients as `config` says, after those `registered` by hand.
    ///
    /// Fails with `config_invalid`, or when TLS cannot be set up.
    pub fn new(config: ClientDocumentsConfig, registered: StaticClients) -> Result<Self, SetupFailure> {
        let http = Http::public_only(config.transport);
        let http = http.map_err(|_| SetupFailure::Contradiction("TLS cannot be set up"))?;
        let state = State { documents: ClientDocuments::new(config)?, fetching: BTreeMap::new() };
        Ok(Self(Arc::new(Inner {
            registered,
            http: http.with_max_bytes(64 << 10),
            surroundings: Surroundings::system(),
            failures: Failures::ignored(),
            state: Mutex::new(state),
            flights: Semaphore::new(MAX_FLIGHTS),
        })))
    }

    /// The same by another clock, and with somebody who is told why documents are not had.
    ///
    /// Takes effect before the first use only.
    #[must_use]
    pub fn in_surroundings(mut self, surroundings: Surroundings, failures: Failures) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            (inner.surroundings, inner.failures) = (surroundings, failures);
        }
        self
    }
}

impl Clients for DocumentClients {
    fn client<'a>(&'a self, client_id: &'a ClientId) -> Looked<'a, Option<Arc<RegisteredClient>>> {
        Box::pin(async move {
            let registered = self.0.registered.client(client_id).await?;
            if registered.is_some() {
                return Ok(registered);
            }
            for _ in 0..MAX_STEPS {
                match self.0.next(client_id)? {
                    Next::Found(client) => return Ok(client),
                    Next::Unavailable => break,
                    Next::Wait(flight) => land(flight).await,
                    Next::Fetch(request, landed, flight) => {
                        // Fetching goes on when the caller that began it gives up, for the others that wait.
                        let (inner, client_id) = (self.0.clone(), client_id.clone());
                        tokio::spawn(async move {
                            if let Err(failure) = inner.fetch(&client_id, &request).await {
                                inner.failures.report(failure.cause());
                            }
                            inner.state().fetching.remove(&client_id);
                            drop(landed);
                        });
                        land(flight).await;
                    }
                }
            }
            Err("the client's document cannot be had".into())
        })
    }
}

impl Inner {
    fn next(&self, client_id: &ClientId) -> Result<Next, HostFailure> {
        let now = self.surroundings.now()?;
        let mut state = self.state();
        let flight = state.fetching.get(client_id).cloned();
        Ok(match state.documents.next(client_id, now) {
            ClientStep::NotADocument => Next::Found(None),
            ClientStep::Use(client) => Next::Found(Some(Arc::new(client.clone()))),
            ClientStep::Send(request) => {
                let (landed, flight) = watch::channel(());
                state.fetching.insert(client_id.clone(), flight.clone());
                Next::Fetch(request, landed, flight)
            }
            ClientStep::Refused(error) => {
                self.failures.report(&error);
                Next::Found(None)
            }
            ClientStep::Unavailable { .. } => flight.map_or(Next::Unavailable, Next::Wait),
        })
    }

    async fn fetch(&self, client_id: &ClientId, request: &HttpRequest) -> Result<(), HostFailure> {
        let waiting = tokio::time::timeout(self.http.timeout(), self.flights.acquire()).await;
        let _seat = waiting.map_err(|_| "too many documents are being fetched")??;
        let response = self.http.send(request).await?;
        let now = self.surroundings.now()?;
        Ok(self.state().documents.received(client_id, &response, now)?)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until the sender is dropped. Whoever fetches is bounded in time.
async fn land(mut flight: watch::Receiver<()>) {
    while flight.changed().await.is_ok() {}
}

impl fmt::Debug for DocumentClients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentClients").field("registered", &self.0.registered).finish_non_exhaustive()
    }
}
