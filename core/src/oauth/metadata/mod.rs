//! RFC 8414, RFC 9728 and OpenID Connect Discovery: the documents servers publish about themselves.

mod authorization_server;
mod members;
mod protected_resource;

use alloc::string::String;

pub use authorization_server::{AuthorizationServerMetadata, ProfileSupport};
pub(crate) use members::{Members, set_algorithms, set_strings, set_true, set_url};
pub use protected_resource::{Fetched, ProtectedResourceMetadata, ResourceMatching};

use crate::codec::json::Object;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::http::{Headers, HttpRequest, HttpResponse};
use crate::scope::{Scope, ScopeToken};
use crate::uri::Url;

/// A request for a metadata document.
pub(crate) fn request(url: &Url) -> HttpRequest {
    HttpRequest {
        method: String::from("GET"),
        url: String::from(url.as_str()),
        headers: Headers::new().with("Accept", "application/json"),
        body: alloc::vec::Vec::new(),
    }
}

/// The object in a response to such a request.
///
/// Fails with `redirect_refused`; with `metadata_not_found` on a status that says the document is not there;
/// with `server_failed` on one that says to come back later; with `response_too_large`, `response_malformed`,
/// `duplicate_member`, `json_too_deep`.
pub(crate) fn document<'r>(response: &'r HttpResponse, limits: &Limits) -> Result<Object<'r>, Error> {
    match response.status {
        200 | 300..400 => response.json_object(limits),
        408 | 425 | 429 | 500.. => Err(Error::new(ErrorCode::ServerFailed)),
        400..500 => Err(Error::new(ErrorCode::MetadataNotFound)),
        _ => Err(Error::with_detail(ErrorCode::ResponseMalformed, "status")),
    }
}

/// MCP-029: a refresh token is the client's wish, never something a resource asks for.
pub(crate) fn without_offline_access(scope: &Scope) -> Scope {
    scope.iter().filter(|token| token.as_str() != "offline_access").cloned().collect::<Scope>()
}

/// The tokens of `scope`, as a metadata array lists them.
fn scope_names(scope: &Scope) -> impl Iterator<Item = &str> {
    scope.iter().map(ScopeToken::as_str)
}
