//! RFC 8252 §7.3: the loopback port on which an app waits for the answer to its authorization request.

use alloc::sync::Arc;
use std::sync::{Mutex, PoisonError};

use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::failure::Failure;
use crate::web::{Form, Port, Site, html, query_of};

pub(super) struct Callback {
    pub(super) redirect_uri: String,
    answer: Arc<Mutex<Option<Form>>>,
    task: JoinHandle<()>,
}

impl Callback {
    pub(super) async fn open(clock: &Clock) -> Result<Self, Failure> {
        let port = Port::open().await.map_err(Failure::broken)?;
        let redirect_uri = format!("{}/callback", port.origin);
        let answer = Arc::<Mutex<Option<Form>>>::default();
        let slot = answer.clone();
        let site = Site::new(&port.origin, clock).get("/callback", move |request, _| {
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Form::parse(query_of(request).as_bytes());
            html(200, "<!doctype html><title>Done</title><p>You can close this window.</p>")
        });
        Ok(Self { redirect_uri, answer, task: port.serve(site.into_router()) })
    }

    /// The parameters that the browser brought.
    pub(super) fn answer(&self) -> Result<Form, Failure> {
        let mut slot = self.answer.lock().unwrap_or_else(PoisonError::into_inner);
        slot.take().ok_or_else(|| Failure::broken("the browser brought no answer"))
    }
}

impl Drop for Callback {
    /// The port is closed as soon as the app has what it waited for.
    fn drop(&mut self) {
        self.task.abort();
    }
}
