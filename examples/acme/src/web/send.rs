//! Sending a request that someone else built: no redirects, no proxy, a timeout, a cap on what comes back.

use idjag::oauth::http::{HttpRequest, HttpResponse};
use idjag_http::Http;

use crate::failure::Failure;

/// An HTTP client as an OAuth client needs it.
#[derive(Clone)]
pub(crate) struct Web {
    plain: Http,
    http: reqwest::Client,
}

impl Web {
    pub(crate) fn new() -> Result<Self, Failure> {
        let builder = || reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        let plain = Http::of(builder()).map_err(Failure::broken)?;
        Ok(Self { plain, http: builder().build().map_err(Failure::broken)? })
    }

    /// A client for a library that brings its own requests.
    pub(crate) fn http(&self) -> reqwest::Client {
        self.http.clone()
    }

    /// For whoever looks for metadata.
    pub(crate) const fn plain(&self) -> &Http {
        &self.plain
    }

    pub(crate) async fn send(&self, request: &HttpRequest) -> Result<HttpResponse, Failure> {
        self.plain.send(request).await.map_err(Failure::broken)
    }
}
