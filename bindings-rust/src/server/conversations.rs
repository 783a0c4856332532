//! Which conversation a request is part of, for hosts that know.

use alloc::string::String;

use idjag::oauth::http::HttpRequest;

use crate::Looked;

/// Whoever knows which conversation a request is part of: by its MCP session, for example.
pub trait Conversations: Send + Sync {
    /// The conversation of the request with this head, whose body has not been read; `None` where it is not known. Otherwise
    /// a token for another conversation, or for none, is refused.
    fn of<'a>(&'a self, head: &'a HttpRequest) -> Looked<'a, Option<String>>;
}
