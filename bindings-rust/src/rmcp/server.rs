//! What a handler of an rmcp server is told of who calls.

use http::request::Parts;
use idjag::resource_server::{AccessTable, AuthorizedAccess, Requirement};
use rmcp::model::{ErrorData, Tool};
use rmcp::service::{RequestContext, RoleServer};

/// What the guard let in: whose request it is, by which client, within which scope.
///
/// Fails when no [`Guard`](crate::server::Guard) is before the server: then nothing may happen.
pub fn access_of(context: &RequestContext<RoleServer>) -> Result<&AuthorizedAccess, ErrorData> {
    let access = context.extensions.get::<Parts>().and_then(|parts| parts.extensions.get());
    access.ok_or_else(|| ErrorData::internal_error("the request was not authorized", None))
}

/// `table` with a tool of the server's, as one that only reads where its annotations say so (`read_only_hint`): tokens with
/// read-only scopes reach no other.
#[must_use]
pub fn listing_tool(table: AccessTable, tool: &Tool, requirement: Requirement) -> AccessTable {
    let only_reads = tool.annotations.as_ref().and_then(|annotations| annotations.read_only_hint);
    match only_reads {
        Some(true) => table.with_read_only_tool(tool.name.as_ref(), requirement),
        _ => table.with_tool(tool.name.as_ref(), requirement),
    }
}
