//! What a handler of an rmcp server is told of who calls.

use http::request::Parts;
use idjag::resource_server::AuthorizedAccess;
use rmcp::model::ErrorData;
use rmcp::service::{RequestContext, RoleServer};

/// What the guard let in: whose request it is, by which client, within which scope.
///
/// Fails when no [`Guard`](crate::server::Guard) is before the server: then nothing may happen.
pub fn access_of(context: &RequestContext<RoleServer>) -> Result<&AuthorizedAccess, ErrorData> {
    let access = context.extensions.get::<Parts>().and_then(|parts| parts.extensions.get());
    access.ok_or_else(|| ErrorData::internal_error("the request was not authorized", None))
}
