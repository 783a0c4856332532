//! RFC 7591 §2, Client ID Metadata Documents -02 and ID-JAG -04 §8: what a client says about itself.

mod build;
mod client_id_url;
mod document;
#[cfg(test)]
mod tests;

use fluent_uri::Uri;

pub use build::{ClientKeys, ClientMetadata};
pub use client_id_url::ClientIdUrl;
pub use document::{ClientDocument, DocumentAuthMethod};

/// The longest accepted redirect URI in bytes.
const MAX_REDIRECT_URI_BYTES: usize = 2048;
/// Schemes that would make a browser run or read something instead of calling a client.
const UNSAFE_SCHEMES: [&str; 7] = ["javascript", "data", "vbscript", "file", "blob", "about", "view-source"];

/// RFC 6749 §3.1.2, RFC 8252 §7 and MCP: an absolute URI without fragment; `http` to loopback only.
pub(crate) fn is_redirect_uri(text: &str) -> bool {
    let Some(uri) = Uri::parse(text).ok().filter(|_| text.len() <= MAX_REDIRECT_URI_BYTES) else {
        return false;
    };
    let host = uri.authority().map(|authority| authority.host());
    let scheme = uri.scheme().as_str().to_ascii_lowercase();
    !uri.has_fragment()
        && match scheme.as_str() {
            "https" => host.is_some_and(|host| !host.is_empty()),
            "http" => matches!(host, Some("127.0.0.1" | "[::1]" | "localhost")),
            other => !UNSAFE_SCHEMES.contains(&other),
        }
}
