//! The words in which topics are written; misuse panics.

use core::mem;

use serde_json::Value;

use super::keys::TestKey;
use super::records;
use crate::format::{Case, Config, Failure, Group, Input, Keys, Topic, Verdict};
use crate::gates::structure::is_case_name;

/// A topic being written.
pub struct TopicBuilder(Topic);

/// A group being written.
pub struct GroupBuilder<'a> {
    topic: &'a mut Topic,
    now: u64,
}

/// What a case shows, and what is peculiar about it.
pub struct About {
    id: String,
    comment: String,
    spec: &'static str,
    req: Vec<String>,
    now: Option<u64>,
    differs: Option<Vec<String>>,
}

impl TopicBuilder {
    /// The file `tests/vectors/<operation>/<topic>.json`.
    pub fn new(operation: &str, topic: &str) -> Self {
        assert!(is_case_name(topic), "the topic `{topic}` is not in kebab-case");
        Self(Topic { operation: operation.into(), topic: topic.into(), groups: Vec::new() })
    }

    /// Opens a group, whose cases happen at `now` unless they say otherwise.
    pub fn group(&mut self, comment: &str, config: Value, keys: Keys, now: u64) -> GroupBuilder<'_> {
        let group = Group { comment: comment.into(), config: Config(config), keys, tests: Vec::new() };
        self.0.groups.push(group);
        GroupBuilder { topic: &mut self.0, now }
    }

    /// The finished topic.
    pub fn finish(&mut self) -> Topic {
        let topic = Topic { operation: String::new(), topic: String::new(), groups: Vec::new() };
        mem::replace(&mut self.0, topic)
    }
}

impl GroupBuilder<'_> {
    /// Adds a valid case with its full output.
    pub fn valid(&mut self, about: About, input: Value, mut output: Value) -> &mut Self {
        assert!(!output.is_null(), "`{}` has no output", about.id);
        let config = &self.topic.groups.last().expect("the group that was opened").config.0;
        records::complete(&self.topic.operation, config, &mut output);
        assert!(about.differs.is_none(), "`{}` is valid and has no twin", about.id);
        self.push(about, input, |case| case.output = Some(output))
    }

    /// Adds an invalid case that differs from the valid case `twin`, named like `about` or by its full id, in one thing.
    pub fn invalid(&mut self, about: About, twin: &str, input: Value, error: Failure) -> &mut Self {
        let twin = if twin.contains('/') { twin.to_owned() } else { self.full_id(twin) };
        if twin.starts_with(&self.full_id("")) {
            let mut tests = self.topic.groups.iter().flat_map(|group| &group.tests);
            let known = tests.any(|case| case.id == twin && case.result == Verdict::Valid);
            assert!(known, "`{}` names the twin `{twin}`, which is no valid case above it", about.id);
        }
        self.push(about, input, |case| {
            case.result = Verdict::Invalid;
            case.twin = Some(twin);
            case.error = Some(error);
        })
    }

    fn push(&mut self, about: About, input: Value, complete: impl FnOnce(&mut Case)) -> &mut Self {
        let id = self.full_id(&about.id);
        let taken = self.topic.groups.iter().flat_map(|group| &group.tests).any(|case| case.id == id);
        assert!(!taken, "`{id}` occurs twice");
        let mut case = Case {
            id,
            comment: about.comment,
            spec: about.spec.into(),
            req: about.req,
            now: about.now.unwrap_or(self.now),
            input: Input(input),
            result: Verdict::Valid,
            output: None,
            twin: None,
            differs: about.differs,
            error: None,
        };
        complete(&mut case);
        self.topic.groups.last_mut().expect("the group that was opened").tests.push(case);
        self
    }

    fn full_id(&self, name: &str) -> String {
        format!("{}/{}/{name}", self.topic.operation, self.topic.topic)
    }
}

/// What a case shows: the last part of its id, a sentence, the deciding paragraph, at most three requirements.
pub fn case(id: &str, comment: &str, spec: &'static str, req: &[&str]) -> About {
    assert!(is_case_name(id), "the id `{id}` is not in kebab-case");
    assert!(req.len() <= 3, "`{id}` claims more than three requirements");
    let req = req.iter().map(|id| (*id).to_owned()).collect();
    About { id: id.into(), comment: comment.into(), spec, req, now: None, differs: None }
}

impl About {
    /// The case happens at another time than its group.
    pub fn at(mut self, now: u64) -> Self {
        self.now = Some(now);
        self
    }

    /// The case cannot differ from its twin in one thing only: these paths differ.
    pub fn differs(mut self, paths: &[&str]) -> Self {
        assert!((2..=3).contains(&paths.len()), "`{}` declares {} differences", self.id, paths.len());
        self.differs = Some(paths.iter().map(|path| (*path).to_owned()).collect());
        self
    }
}

/// A refusal with the OAuth error that goes over the wire.
pub fn fails(code: &str, oauth: &str) -> Failure {
    Failure { code: code.into(), oauth: Some(oauth.into()) }
}

/// A refusal that no OAuth response carries.
pub fn fails_locally(code: &str) -> Failure {
    Failure { code: code.into(), oauth: None }
}

/// No keys yet.
pub fn keys() -> Keys {
    Keys::default()
}

impl Keys {
    /// Adds the key set `name`: a JWKS, or its verbatim text.
    #[must_use]
    pub fn set(mut self, name: &str, jwks: impl Into<Value>) -> Self {
        assert!(self.sets.insert(name.into(), jwks.into()).is_none(), "two key sets `{name}`");
        self
    }

    /// Adds the private key `name`.
    #[must_use]
    pub fn private(mut self, name: &str, key: TestKey) -> Self {
        assert!(self.signers.insert(name.into(), key.private_jwk()).is_none(), "two signers `{name}`");
        self
    }
}

/// `base` with the member at each path (`a/b/0`) set; a path to a new member adds it, `Value::Null` removes it.
pub fn with(base: &Value, changes: &[(&str, Value)]) -> Value {
    let mut value = base.clone();
    for (path, change) in changes {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        let pointer = if parent.is_empty() { String::new() } else { format!("/{parent}") };
        let target = value.pointer_mut(&pointer).unwrap_or_else(|| panic!("nothing at `{parent}`"));
        match (target, change) {
            (Value::Object(members), Value::Null) => {
                assert!(members.remove(name).is_some(), "nothing at `{path}`");
            }
            (Value::Object(members), change) => {
                members.insert(name.to_owned(), change.clone());
            }
            (Value::Array(items), change) => {
                let at: usize = name.parse().unwrap_or_else(|_| panic!("`{name}` is no index"));
                if at == items.len() { items.push(change.clone()) } else { items[at] = change.clone() }
            }
            _ => panic!("nothing below `{parent}`"),
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gates::structure::structure;
    use crate::generate::keys::{IDP, jwks};
    use core::slice;
    use serde_json::json;

    fn sample() -> Topic {
        let mut topic = TopicBuilder::new("a.b", "t");
        let keys = keys().set("idp", jwks(&[IDP.es256()])).private("idp", IDP.es256());
        topic
            .group("a group", json!({"x": 1}), keys, 1_700_000_000)
            .valid(case("ok", "It works.", "JAG §3.1", &["JAG-001"]), json!({"y": 1}), json!({}))
            .invalid(
                case("bad", "It fails.", "JAG §3.1", &[]),
                "ok",
                json!({"y": 2}),
                fails("x", "invalid_grant"),
            )
            .invalid(
                case("late", "Late.", "JAG §3.1", &[]).at(1),
                "a.b/t/ok",
                json!({"y": 1}),
                fails_locally("x"),
            );
        topic.finish()
    }

    #[test]
    fn writes_what_the_gates_accept_and_the_reader_reads() {
        let topic = sample();
        assert_eq!(structure(slice::from_ref(&topic), |_| true), [""; 0]);
        let read: Topic = serde_json::from_str(&topic.to_text()).unwrap();
        assert_eq!(read.to_text(), topic.to_text());
    }

    #[test]
    #[should_panic(expected = "no valid case above it")]
    fn a_twin_must_stand_above() {
        let mut topic = TopicBuilder::new("a.b", "t");
        let mut group = topic.group("", json!({}), keys(), 1);
        group.invalid(case("bad", "", "", &[]), "ok", json!(1), fails_locally("x"));
    }

    #[test]
    fn changes_add_replace_and_remove() {
        let base = json!({"a": {"b": [1, 2]}, "c": 1});
        let changed = with(&base, &[("a/b/0", json!(3)), ("c", Value::Null), ("d", json!(4))]);
        assert_eq!(changed, json!({"a": {"b": [3, 2]}, "d": 4}));
    }
}
