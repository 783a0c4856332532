//! Sending what the library wrote and reading what comes back: no redirects, bounded in time and size.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use idjag::oauth::http::{HttpRequest, HttpResponse};
use idjag::uri::Transport;
use tokio::time::timeout;

use crate::address::Reach;
use crate::plain::{read_response_headers, write_headers, write_method};

/// The longest that one exchange may take, its body included.
const TIMEOUT: Duration = Duration::from_secs(10);
/// More than any document or token response has: the library's own caps are far below it.
const MAX_BYTES: usize = 1 << 20;

/// An HTTP client that never follows a redirect and waits for nobody for ever. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    timeout: Duration,
    max_bytes: usize,
    /// Where requests may go; everywhere, unless strangers choose the addresses.
    reach: Option<Reach>,
}

/// No response that could be used: nothing is known of what the other side did. No text of the other side's is in it,
/// and no address.
#[derive(Debug)]
#[non_exhaustive]
pub enum Unanswered {
    /// It took longer than it may.
    TimedOut,
    /// The response has more bytes than it may.
    TooLarge,
    /// The request cannot be written as HTTP.
    Unsendable,
    /// The address is not one of the public network.
    NotPublic,
    /// The connection failed.
    Failed(reqwest::Error),
}

impl Http {
    /// A client with the defaults: ten seconds, a mebibyte, no proxy.
    ///
    /// Fails when the TLS that was compiled in cannot be set up.
    pub fn new() -> Result<Self, Unanswered> {
        Self::of(reqwest::Client::builder().no_proxy())
    }

    /// A client made by `builder`, with its proxies and its trusted certificates. Redirects are not followed, whatever it
    /// was told.
    pub fn of(builder: reqwest::ClientBuilder) -> Result<Self, Unanswered> {
        let builder = builder.redirect(reqwest::redirect::Policy::none()).referer(false);
        let client = builder.connect_timeout(TIMEOUT).build().map_err(Unanswered::failed)?;
        Ok(Self { client, timeout: TIMEOUT, max_bytes: MAX_BYTES, reach: None })
    }

    /// A client for addresses that a stranger chose: it reaches addresses of the public network only, those that a name
    /// leads to among them, and of this machine where `transport` says so. There is no proxy that would resolve names
    /// another time.
    pub fn public_only(transport: Transport) -> Result<Self, Unanswered> {
        let reach = Reach { loopback: transport == Transport::DangerousAllowHttpLoopback };
        let builder = reqwest::Client::builder().no_proxy().dns_resolver(Arc::new(reach));
        Ok(Self { reach: Some(reach), ..Self::of(builder)? })
    }

    /// How long one exchange may take.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// How many bytes a response may have.
    #[must_use]
    pub fn with_max_bytes(self, max_bytes: usize) -> Self {
        Self { max_bytes, ..self }
    }

    pub(crate) const fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Sends `request` and reads the whole response. A redirect is handed on, for the library to refuse.
    pub async fn send(&self, request: &HttpRequest) -> Result<HttpResponse, Unanswered> {
        timeout(self.timeout, self.exchange(request)).await.map_err(|_| Unanswered::TimedOut)?
    }

    async fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, Unanswered> {
        let outgoing = outgoing(request)?;
        // An address that is no name is not resolved, so the resolver does not see it.
        if self.reach.is_some_and(|reach| !reach.allows_literal(outgoing.url())) {
            return Err(Unanswered::NotPublic);
        }
        let mut response = self.client.execute(outgoing).await.map_err(Unanswered::failed)?;
        let head = head_of(&response);
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(Unanswered::failed)? {
            if piece.len() > self.max_bytes.saturating_sub(body.len()) {
                return Err(Unanswered::TooLarge);
            }
            body.extend_from_slice(&piece);
        }
        Ok(HttpResponse { body, ..head })
    }

    /// Sends `request` and waits `patience` for the head of the response; the body is the caller's to read.
    #[cfg(feature = "client")]
    pub(crate) async fn open(
        &self,
        request: &HttpRequest,
        patience: Duration,
    ) -> Result<reqwest::Response, Unanswered> {
        let sent = timeout(patience, self.client.execute(outgoing(request)?)).await;
        sent.map_err(|_| Unanswered::TimedOut)?.map_err(Unanswered::failed)
    }
}

/// Status and fields of a response, as the library reads them.
pub(crate) fn head_of(response: &reqwest::Response) -> HttpResponse {
    let headers = read_response_headers(response.headers());
    HttpResponse { status: response.status().as_u16(), headers, body: Vec::new() }
}

fn outgoing(request: &HttpRequest) -> Result<reqwest::Request, Unanswered> {
    let method = write_method(&request.method).ok_or(Unanswered::Unsendable)?;
    let url = reqwest::Url::parse(&request.url).map_err(|_| Unanswered::Unsendable)?;
    let mut outgoing = reqwest::Request::new(method, url);
    *outgoing.headers_mut() = write_headers(&request.headers).ok_or(Unanswered::Unsendable)?;
    if !request.body.is_empty() {
        *outgoing.body_mut() = Some(request.body.clone().into());
    }
    Ok(outgoing)
}

impl Unanswered {
    /// The address that was asked may hold what should not be logged.
    pub(crate) fn failed(error: reqwest::Error) -> Self {
        Self::Failed(error.without_url())
    }
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut => f.write_str("there was no answer in time"),
            Self::TooLarge => f.write_str("the response is larger than allowed"),
            Self::Unsendable => f.write_str("the request cannot be written as HTTP"),
            Self::NotPublic => f.write_str("the address is not public"),
            Self::Failed(error) => write!(f, "there was no answer: {error}"),
        }
    }
}

impl core::error::Error for Unanswered {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Failed(error) => Some(error),
            _ => None,
        }
    }
}
