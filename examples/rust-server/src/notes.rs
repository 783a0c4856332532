//! The tools, and what each requires. A tool that is not in the table is neither listed nor called; one that is not
//! annotated `read_only_hint` is out of reach for tokens that may only read, whatever scope it requires.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use idjag::resource_server::{AccessTable, AuthorizedAccess, Requirement};
use idjag::{Error, Limits, scope::Scope};
use idjag_http::rmcp::{access_of, listing_tool};
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::handler::server::wrapper::Parameters;
use rmcp::model::{ErrorData, Implementation, ServerCapabilities, ServerConfig};
use rmcp::service::{RequestContext, RoleServer};
use rmcp::{ServerHandler, tool, tool_handler, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;

/// What a token needs to see notes.
pub const READ: &str = "notes:read";
/// What a token needs to add one.
pub const WRITE: &str = "notes:write";

/// What each tool requires.
pub fn access() -> Result<AccessTable, Error> {
    let requires = |scope| Ok::<_, Error>(Requirement::scope(Scope::parse(scope, &Limits::DEFAULT)?));
    let table = listing_tool(AccessTable::mcp(), &Notes::list_notes_tool_attr(), requires(READ)?);
    Ok(listing_tool(table, &Notes::add_note_tool_attr(), requires(WRITE)?))
}

/// Everybody's notes. A user is known by the issuer and the subject together, never by the subject alone.
type Held = Arc<Mutex<BTreeMap<(String, String), Vec<String>>>>;

/// The MCP server. The SDK clones it for every session.
#[derive(Clone)]
pub struct Notes {
    held: Held,
    tool_router: ToolRouter<Self>,
}

#[derive(Deserialize, JsonSchema)]
struct NewNote {
    /// The text of the note.
    note: String,
}

#[tool_router]
impl Notes {
    /// No notes yet.
    pub fn new() -> Self {
        Self { held: Held::default(), tool_router: Self::tool_router() }
    }

    #[tool(description = "The notes of the user.", annotations(read_only_hint = true))]
    fn list_notes(&self, context: RequestContext<RoleServer>) -> Result<String, ErrorData> {
        let access = access_of(&context)?;
        Ok(self.with_notes(access, |notes| notes.join("\n")))
    }

    #[tool(description = "Adds a note.")]
    fn add_note(
        &self,
        Parameters(new): Parameters<NewNote>,
        context: RequestContext<RoleServer>,
    ) -> Result<String, ErrorData> {
        let access = access_of(&context)?;
        let count = self.with_notes(access, |notes| {
            notes.push(new.note);
            notes.len()
        });
        Ok(count.to_string())
    }

    fn with_notes<T>(&self, access: &AuthorizedAccess, use_notes: impl FnOnce(&mut Vec<String>) -> T) -> T {
        let claims = access.claims();
        let subject = claims.subject.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut held = self.held.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        use_notes(held.entry((claims.issuer.to_string(), subject)).or_default())
    }
}

impl Default for Notes {
    fn default() -> Self {
        Self::new()
    }
}

#[tool_handler(router = self.tool_router)]
impl ServerHandler for Notes {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new("notes", env!("CARGO_PKG_VERSION")))
    }
}
