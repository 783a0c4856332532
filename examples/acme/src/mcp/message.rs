//! What a JSON-RPC body asks for, read once and strictly.

use serde_json::{Value, json};

use crate::web::PlainResponse;

const INVALID_REQUEST: i64 = -32600;
const PARSE_ERROR: i64 = -32700;

/// A single JSON-RPC request or notification.
pub(super) struct Message {
    pub(super) method: String,
    /// The tool that a `tools/call` names.
    pub(super) tool: Option<String>,
    body: Value,
}

impl Message {
    /// Refuses what nobody here has a use for: batches, responses, a `tools/call` without a name.
    pub(super) fn parse(body: &[u8]) -> Result<Self, PlainResponse> {
        let body: Value =
            serde_json::from_slice(body).map_err(|_| refuse(PARSE_ERROR, "the body is not JSON"))?;
        if body.is_array() {
            return Err(refuse(INVALID_REQUEST, "batches are not accepted"));
        }
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let method = text(&body["method"]).ok_or_else(|| refuse(INVALID_REQUEST, "`method` is missing"))?;
        let tool = text(&body["params"]["name"]).filter(|_| method == "tools/call");
        if method == "tools/call" && tool.is_none() {
            return Err(refuse(INVALID_REQUEST, "`params.name` is missing"));
        }
        Ok(Self { method, tool, body })
    }

    /// The body that goes on to the SDK. It is written anew from what was read here, so the one who decides and the
    /// one who acts cannot read a repeated member differently.
    pub(super) fn into_body(self) -> String {
        self.body.to_string()
    }
}

fn refuse(code: i64, message: &str) -> PlainResponse {
    PlainResponse::json(
        400,
        &json!({ "jsonrpc": "2.0", "id": null, "error": { "code": code, "message": message } }),
    )
}

#[cfg(test)]
mod tests {
    use super::Message;

    #[test]
    fn reads_method_and_tool() {
        let call = Message::parse(br#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}"#);
        let call = call.ok().unwrap();
        assert_eq!((call.method.as_str(), call.tool.as_deref()), ("tools/call", Some("x")));
        let list = Message::parse(br#"{"method":"tools/list","params":{"name":"x"}}"#).ok().unwrap();
        assert_eq!(list.tool, None);
    }

    #[test]
    fn refuses_batches_responses_and_nameless_calls() {
        for body in [
            r#"[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]"#,
            r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}"#,
            r#""tools/list""#,
            "",
        ] {
            assert_eq!(Message::parse(body.as_bytes()).err().unwrap().status, 400, "{body}");
        }
    }

    #[test]
    fn what_was_decided_on_is_what_is_passed_on() {
        let twice = br#"{"method":"tools/list","method":"tools/call","params":{"name":"a","name":"b"}}"#;
        let message = Message::parse(twice).ok().unwrap();
        assert_eq!(message.tool.as_deref(), Some("b"));
        assert_eq!(message.into_body(), r#"{"method":"tools/call","params":{"name":"b"}}"#);
    }
}
