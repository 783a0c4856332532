//! A question to a policy in the admin's words: apps and servers by their ids.

use serde::Deserialize;
use serde::de::{Error as _, MapAccess, Visitor};
use serde_json::{Map, Value, json};

use crate::operations::{Operations, Refusal};

/// The members of a JSON object, none of which may come twice.
#[derive(Clone, Debug, Default)]
pub(super) struct Members(pub(super) Map<String, Value>);

/// A policy among the core's objects.
pub(super) struct Asked {
    operations: Operations,
    policy: u64,
    contents: Value,
}

impl Asked {
    /// The policy of a document.
    pub(super) fn of(document: &str, allow_http_loopback: bool) -> Result<Self, Refusal> {
        let mut operations = Operations::default();
        let input = json!({ "document": document, "dangerous_allow_http_loopback": allow_http_loopback });
        let policy = operations.make("policy.new", &input)?;
        let contents = operations.call("policy.describe", &[policy], &json!({}))?;
        Ok(Self { operations, policy, contents })
    }

    /// Calls `policy.evaluate` or `policy.explain`. Of `request`, `app` and `server` are ids of the policy; the other
    /// members are the operation's own.
    pub(super) fn ask(&mut self, operation: &str, request: &Members) -> Result<Value, String> {
        let mut question = request.0.clone();
        if let Some(app) = self.take("apps", "app", &mut question)? {
            let client_id = app.pointer("/client_ids/0").cloned().unwrap_or_default();
            put(&mut question, "app", "client_id", client_id)?;
        }
        if let Some(server) = self.take("servers", "server", &mut question)? {
            let issuer = server.get("issuer").cloned().unwrap_or_default();
            put(&mut question, "server", "audience", issuer)?;
        }
        let answer = self.operations.call(operation, &[self.policy], &question.into());
        answer.map_err(|refusal| crate::report::Trouble::from(refusal).0)
    }

    /// Takes the member `name`, an id, out of the question: what the policy holds under it.
    fn take(
        &self,
        list: &str,
        name: &str,
        question: &mut Map<String, Value>,
    ) -> Result<Option<Value>, String> {
        let Some(id) = question.remove(name) else { return Ok(None) };
        let known = self.contents.get(list).and_then(Value::as_array).into_iter().flatten();
        let found = known.into_iter().find(|entry| entry.get("id") == Some(&id));
        found.cloned().map(Some).ok_or_else(|| format!("no {name} of the policy has the id {id}"))
    }
}

fn put(question: &mut Map<String, Value>, from: &str, name: &str, value: Value) -> Result<(), String> {
    match question.insert(name.into(), value) {
        None => Ok(()),
        Some(_) => Err(format!("`{from}` and `{name}` say the same: give one")),
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Members, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = entries.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a member occurs twice"));
                    }
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}
