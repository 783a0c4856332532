//! Client ID Metadata Documents -02 §3: a client identifier that is the address of its own metadata.

use core::fmt;

use crate::error::{Error, ErrorCode};
use crate::oauth::http::HttpRequest;
use crate::oauth::metadata::request;
use crate::text::ClientId;
use crate::uri::{Transport, Url};

/// A client identifier URL. Compared as text: another case, slash or default port is another client
/// (CIMD-002).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientIdUrl {
    url: Url,
    client_id: ClientId,
}

impl ClientIdUrl {
    /// Checks `text`; fails with `client_document_invalid` unless it is an `https` URL of at most 1024 bytes
    /// with a path, without user information, fragment or dot segments, percent-encoded ones included.
    ///
    /// Where the host of the URL may lie is the fetching host's to decide (§8.6: no special-use addresses).
    pub fn parse(text: &str, transport: Transport) -> Result<Self, Error> {
        const INVALID: ErrorCode = ErrorCode::ClientDocumentInvalid;
        let client_id = ClientId::new(text).map_err(|_| Error::with_detail(INVALID, "client_id text"))?;
        let url = Url::new(text, transport).map_err(|error| match error.code() {
            ErrorCode::UrlInsecure => Error::with_detail(INVALID, "client_id scheme"),
            _ => Error::with_detail(INVALID, "client_id URL"),
        })?;
        let parsed = Self { url, client_id };
        if parsed.path().is_empty() {
            return Err(Error::with_detail(INVALID, "client_id path"));
        }
        if parsed.url.has_dot_segment() {
            return Err(Error::with_detail(INVALID, "client_id dot segment"));
        }
        Ok(parsed)
    }

    /// The text, verbatim.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// The same text as the client identifier of every request and claim (EMA-014).
    #[must_use]
    pub const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Whether the path is only `/`, which §3 advises against.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.path() == "/"
    }

    /// Whether there is a query, which §3 advises against.
    #[must_use]
    pub fn has_query(&self) -> bool {
        self.as_str().contains('?')
    }

    /// The request for the document (§5). Redirects must not be followed.
    #[must_use]
    pub fn request(&self) -> HttpRequest {
        request(&self.url)
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> &str {
        self.url.origin()
    }

    fn path(&self) -> &str {
        self.url.without_query().strip_prefix(self.url.origin()).unwrap_or_default()
    }
}

impl fmt::Display for ClientIdUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
