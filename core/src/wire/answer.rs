//! Answers that several operations share.

use alloc::string::String;
use alloc::vec::Vec;

use super::write::{OrNull, output};
use crate::crypto::Thumbprint;
use crate::oauth::http::{Headers, HttpRequest, HttpResponse};
use crate::replay::ReplayKey;
use crate::time::UnixTime;

output! {
    /// A response to send.
    pub(super) struct HttpAnswer {
        /// The status code.
        pub(super) status: u64,
        /// The header fields in order, as pairs of name and value.
        pub(super) headers: Vec<(String, String)>,
        /// The body.
        pub(super) body: String,
    }
}

impl From<HttpResponse> for HttpAnswer {
    fn from(response: HttpResponse) -> Self {
        let HttpResponse { status, headers, body } = response;
        Self { status: status.into(), headers: pairs(&headers), body: text(&body) }
    }
}

output! {
    /// A request to send.
    pub(super) struct HttpMessage {
        /// The method.
        pub(super) method: String,
        /// The address.
        pub(super) url: String,
        /// The header fields in order, as pairs of name and value.
        pub(super) headers: Vec<(String, String)>,
        /// The body; left out where there is none.
        pub(super) body: Option<String>,
    }
}

impl From<&HttpRequest> for HttpMessage {
    fn from(request: &HttpRequest) -> Self {
        Self {
            method: request.method.clone(),
            url: request.url.clone(),
            headers: pairs(&request.headers),
            body: Some(text(&request.body)).filter(|body| !body.is_empty()),
        }
    }
}

output! {
    /// What a replay store records, in one atomic step that tells whether it is new (`SET NX`).
    pub(super) struct ReplayKeyAnswer {
        /// The kind of token that is used once.
        pub(super) kind: &'static str,
        /// The name to record: fixed length, nothing a sender chose.
        pub(super) name: String,
        /// When the store may forget it, in seconds since 1970.
        pub(super) retain_until: UnixTime,
    }
}

impl From<&ReplayKey> for ReplayKeyAnswer {
    fn from(key: &ReplayKey) -> Self {
        Self { kind: key.kind().as_str(), name: key.name(), retain_until: key.retain_until() }
    }
}

output! {
    /// A public key, as it was understood.
    pub(super) struct KeyAnswer {
        /// Its `kid`, if it has one.
        pub(super) kid: OrNull<String>,
        /// The algorithm it is used with.
        pub(super) alg: &'static str,
        /// Its RFC 7638 thumbprint, SHA-256, base64url.
        pub(super) jkt: String,
    }
}

impl From<&crate::jose::PublicKey> for KeyAnswer {
    fn from(key: &crate::jose::PublicKey) -> Self {
        Self {
            kid: OrNull(key.kid().map(|kid| String::from(kid.as_str()))),
            alg: key.algorithm().name(),
            jkt: Thumbprint::to_base64url(&key.thumbprint()),
        }
    }
}

fn pairs(headers: &Headers) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (String::from(name), String::from(value))).collect()
}

/// Bodies of this library are UTF-8.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
