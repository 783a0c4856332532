//! What each operation requires: a table from method and tool to scopes. What it does not list is refused.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use crate::codec::json::Json;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::http::{Headers, HttpRequest};
use crate::ordered;
use crate::scope::{Scope, ScopeToken};
use crate::text::Acr;
use crate::time::Seconds;

/// What a token must offer for one operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirement {
    /// All of these scopes.
    pub scope: Scope,
    /// A sign-on at most this old.
    pub max_age: Option<Seconds>,
    /// A sign-on of one of these classes; empty means any.
    pub acr_values: Vec<Acr>,
}

impl Requirement {
    /// These scopes, and any sign-on.
    #[must_use]
    pub fn scope(scope: Scope) -> Self {
        Self { scope, ..Self::default() }
    }
}

/// The operations that tokens can be granted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessTable {
    methods: BTreeMap<String, Requirement>,
    tools: BTreeMap<String, Requirement>,
    /// Those of `tools` that change nothing.
    read_only: BTreeSet<String>,
    session: Requirement,
}

/// The MCP methods that any valid token may call: they reveal nothing but the tool list, which is filtered.
const OPEN_METHODS: [&str; 8] = [
    "initialize",
    "ping",
    "server/discover",
    "tools/list",
    "notifications/initialized",
    "notifications/cancelled",
    "notifications/progress",
    "notifications/roots/list_changed",
];

impl AccessTable {
    /// The MCP methods that every session needs, and no tool.
    #[must_use]
    pub fn mcp() -> Self {
        let open = |method: &&str| (String::from(*method), Requirement::default());
        Self { methods: ordered::map(OPEN_METHODS.iter().map(open)), ..Self::default() }
    }

    /// Lists a JSON-RPC method.
    #[must_use]
    pub fn with_method(mut self, method: impl Into<String>, requirement: Requirement) -> Self {
        self.methods.insert(method.into(), requirement);
        self
    }

    /// Lists a tool. As far as anybody knows, it writes.
    #[must_use]
    pub fn with_tool(mut self, tool: impl Into<String>, requirement: Requirement) -> Self {
        let tool = tool.into();
        self.read_only.remove(&tool);
        self.tools.insert(tool, requirement);
        self
    }

    /// Lists a tool that only reads: one with the annotation `readOnlyHint`, if it is to be believed.
    #[must_use]
    pub fn with_read_only_tool(mut self, tool: impl Into<String>, requirement: Requirement) -> Self {
        let tool = tool.into();
        self.read_only.insert(tool.clone());
        self.tools.insert(tool, requirement);
        self
    }

    /// What listening on, answering in or ending a session requires; without this, any valid token.
    #[must_use]
    pub fn with_session(mut self, requirement: Requirement) -> Self {
        self.session = requirement;
        self
    }

    /// The table's own name for `operation`, and what it requires; fails with `operation_not_listed`.
    pub(super) fn find(&self, operation: &Operation<'_>) -> Result<(&str, &Requirement), Error> {
        let (table, name) = match operation {
            Operation::Session => return Ok(("session", &self.session)),
            Operation::Method(method) => (&self.methods, method),
            Operation::Tool(tool) => (&self.tools, tool),
        };
        let found = table.get_key_value(name.as_ref());
        found
            .map(|(name, requirement)| (name.as_str(), requirement))
            .ok_or(Error::new(ErrorCode::OperationNotListed))
    }

    /// Every scope the table mentions: for `scopes_supported`.
    #[must_use]
    pub fn scopes(&self) -> Scope {
        self.requirements().fold(Scope::empty(), |scopes, requirement| scopes.union(&requirement.scope))
    }

    /// Whether any tool is said to only read.
    pub(super) fn has_read_only_tools(&self) -> bool {
        !self.read_only.is_empty()
    }

    /// What the tools require that may write.
    pub(super) fn writing_tools(&self) -> impl Iterator<Item = &Requirement> {
        let writing = self.tools.iter().filter(|(tool, _)| !self.read_only.contains(*tool));
        writing.map(|(_, requirement)| requirement)
    }

    /// Every requirement of the table.
    pub(super) fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        self.methods.values().chain(self.tools.values()).chain([&self.session])
    }
}

/// What a request does, as its method and its parsed body say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation<'a> {
    /// A JSON-RPC method other than a tool call.
    Method(Cow<'a, str>),
    /// A tool call.
    Tool(Cow<'a, str>),
    /// Listening on, answering in or ending a session: GET, DELETE, or a JSON-RPC response.
    Session,
}

/// The members of a JSON-RPC 2.0 message.
const ENVELOPE: [&str; 6] = ["jsonrpc", "id", "method", "params", "result", "error"];

impl<'a> Operation<'a> {
    /// What a request asks for, as its method and its body say: GET, HEAD and DELETE use the session and have no body;
    /// whatever else a server may take for a POST is read as one.
    ///
    /// Fails as [`Self::from_json_rpc`], and with `operation_malformed` when a header tells whoever reads the body next
    /// to read something else in it: a `Content-Encoding`, or a charset other than UTF-8.
    pub fn from_request(request: &'a HttpRequest, limits: &Limits) -> Result<Self, Error> {
        if let "GET" | "HEAD" | "DELETE" = request.method.as_str() {
            let malformed = Error::with_detail(ErrorCode::OperationMalformed, "body");
            return if request.body.is_empty() { Ok(Self::Session) } else { Err(malformed) };
        }
        if let Some(header) = other_reading(&request.headers) {
            return Err(Error::with_detail(ErrorCode::OperationMalformed, header));
        }
        Self::from_json_rpc(&request.body, limits)
    }

    /// Reads one JSON-RPC 2.0 message. Fails with `operation_malformed` on anything else, batches included, with
    /// `duplicate_member` and with `json_too_deep`: a body with two readings has no operation.
    pub fn from_json_rpc(body: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        const MALFORMED: Error = Error::new(ErrorCode::OperationMalformed);
        // Arguments of tools are the server's business and may be deeper than anything of ours.
        let depth = limits.json_depth.saturating_mul(4);
        let message = Json::parse_object(body, depth, ErrorCode::OperationMalformed)?;
        if message.get("jsonrpc").and_then(Json::as_str) != Some("2.0") {
            return Err(MALFORMED);
        }
        // Parsers that ignore case would take another spelling for the member itself.
        if message.iter().any(|(name, _)| !ENVELOPE.contains(&name)) {
            return Err(MALFORMED);
        }
        let Some(method) = message.get("method") else {
            let answers = message.contains("result") || message.contains("error");
            return if answers && message.contains("id") { Ok(Self::Session) } else { Err(MALFORMED) };
        };
        let method = method.as_str().ok_or(MALFORMED)?;
        if method != "tools/call" {
            return Ok(Self::Method(Cow::Owned(String::from(method))));
        }
        let params = message.get("params").and_then(Json::as_object).ok_or(MALFORMED)?;
        if params.iter().any(|(name, _)| name != "name" && name.eq_ignore_ascii_case("name")) {
            return Err(MALFORMED);
        }
        let tool = params.get("name").and_then(Json::as_str).ok_or(MALFORMED)?;
        Ok(Self::Tool(Cow::Owned(String::from(tool))))
    }
}

/// The header that lets a body be read as anything but the UTF-8 that it is.
fn other_reading(headers: &Headers) -> Option<&'static str> {
    let encoded =
        headers.all("Content-Encoding").any(|coding| !coding.trim().eq_ignore_ascii_case("identity"));
    let is_utf8 = |parameter: &str| match parameter.split_once('=') {
        Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => {
            let charset = charset.trim().trim_matches('"');
            charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
        }
        _ => true,
    };
    let mut media = headers.all("Content-Type").flat_map(|value| value.split([';', ',']).skip(1));
    match (encoded, media.all(is_utf8)) {
        (true, _) => Some("Content-Encoding"),
        (_, false) => Some("Content-Type"),
        _ => None,
    }
}

/// Which scopes include others (MCP-028): `admin` → `read write`. Inclusion carries on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeHierarchy(BTreeMap<ScopeToken, Scope>);

impl ScopeHierarchy {
    /// Declares that whoever has `scope` has `included` too.
    #[must_use]
    pub fn including(mut self, scope: ScopeToken, included: Scope) -> Self {
        let known = self.0.entry(scope).or_default();
        *known = known.union(&included);
        self
    }

    /// Everything that `scope` amounts to. Every round adds a scope or is the last, so that a circle ends too.
    #[must_use]
    pub fn expand(&self, scope: &Scope) -> Scope {
        let mut all = scope.clone();
        loop {
            let included = || all.iter().filter_map(|token| self.0.get(token)).flat_map(Scope::iter);
            if included().all(|token| all.contains(token.as_str())) {
                return all;
            }
            all = all.iter().chain(included()).cloned().collect();
        }
    }
}
