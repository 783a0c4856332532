//! The shape of a vector file, `tests/vectors/<operation>/<topic>.json`, and how the files are read and written.

use alloc::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::json;

/// The folder of `tests/vectors` that holds tokens of foreign libraries instead of vectors.
pub const FOREIGN: &str = "foreign";

/// One file: the cases of one operation about one topic.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// The operation's name, such as `id_jag.verify`; also the name of the file's folder.
    pub operation: String,
    /// The topic's name; also the name of the file.
    pub topic: String,
    /// The cases, grouped by what they share.
    pub groups: Vec<Group>,
}

/// Cases that share a configuration and keys.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// What the cases have in common.
    pub comment: String,
    /// The configuration of the operation.
    pub config: Config,
    /// The keys that the operation is given.
    pub keys: Keys,
    /// The cases.
    pub tests: Vec<Case>,
}

/// An operation's configuration.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Config(pub Value);

/// An operation's input.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Input(pub Value);

/// Named keys.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Key sets by name: a JWKS object, or its verbatim text (a string) where the text is what is under test.
    #[serde(default)]
    pub sets: BTreeMap<String, Value>,
    /// Private test keys by name, as JWKs.
    #[serde(default)]
    pub signers: BTreeMap<String, Value>,
}

/// One case.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// `<operation>/<topic>/<name>`, unique in the whole corpus.
    pub id: String,
    /// What the case shows, in one sentence.
    pub comment: String,
    /// The paragraph that decides the case, such as `JAG §3.1`.
    pub spec: String,
    /// At most three ids of `requirements.json` that the case shows.
    pub req: Vec<String>,
    /// The time passed to the operation, in seconds.
    pub now: u64,
    /// The input of the operation.
    pub input: Input,
    /// Whether the operation succeeds.
    pub result: Verdict,
    /// Of a valid case: the full output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// Of an invalid case: the valid case it differs from in one thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twin: Option<String>,
    /// Of an invalid case that cannot differ in one thing only: the paths in which it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub differs: Option<Vec<String>>,
    /// Of an invalid case: the refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
}

/// Whether an operation succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It succeeds.
    Valid,
    /// It refuses.
    Invalid,
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failure {
    /// The library's error code.
    pub code: String,
    /// The OAuth error that goes over the wire, where there is one.
    pub oauth: Option<String>,
}

impl Config {
    /// The configuration as the operation's own type; panics when the vector does not have that shape.
    pub fn read<T: DeserializeOwned>(&self) -> T {
        read(&self.0, "config")
    }
}

impl Input {
    /// The input as the operation's own type; panics when the vector does not have that shape.
    pub fn read<T: DeserializeOwned>(&self) -> T {
        read(&self.0, "input")
    }
}

fn read<T: DeserializeOwned>(value: &Value, what: &str) -> T {
    T::deserialize(value).unwrap_or_else(|error| panic!("the {what} of the vector: {error}"))
}

impl Keys {
    /// The key set `name`, an object or a text; panics when the group has none.
    pub fn key_set(&self, name: &str) -> &Value {
        self.sets.get(name).unwrap_or_else(|| panic!("the vector has no key set `{name}`"))
    }

    /// The text of the key set `name`; panics when the group has none.
    pub fn set_text(&self, name: &str) -> String {
        match self.key_set(name) {
            Value::String(text) => text.clone(),
            set => set.to_string(),
        }
    }

    /// The private JWK `name`; panics when the group has none.
    pub fn signer(&self, name: &str) -> &Value {
        self.signers.get(name).unwrap_or_else(|| panic!("the vector has no signer `{name}`"))
    }
}

impl Topic {
    /// The file of this topic, relative to `tests/vectors`.
    pub fn path(&self) -> PathBuf {
        Path::new(&self.operation).join(format!("{}.json", self.topic))
    }

    /// The canonical text: pretty-printed, members of free-form objects sorted, a newline at the end.
    pub fn to_text(&self) -> String {
        let mut canonical = self.clone();
        for group in &mut canonical.groups {
            group.config.0 = json::sorted(&group.config.0);
            for key in group.keys.sets.values_mut().chain(group.keys.signers.values_mut()) {
                *key = json::sorted(key);
            }
            for case in &mut group.tests {
                case.input.0 = json::sorted(&case.input.0);
                case.output = case.output.as_ref().map(json::sorted);
            }
        }
        serde_json::to_string_pretty(&canonical).expect("a topic is JSON") + "\n"
    }
}

/// The vector files below `folder`, relative to it and sorted; the tokens of foreign libraries are not among them.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let list = |path: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(path).into_iter().flatten();
        entries.map(|entry| entry.expect("a folder entry").path()).collect()
    };
    let operations = list(folder).into_iter().filter(|path| path.is_dir() && !path.ends_with(FOREIGN));
    let mut files: Vec<PathBuf> = operations.flat_map(|operation| list(&operation)).collect();
    files.sort();
    files.into_iter().map(|path| path.strip_prefix(folder).expect("below the folder").to_path_buf()).collect()
}

/// Reads every vector file below `folder`; the second list says what is wrong with the files that could not be read.
pub fn load(folder: &Path) -> (Vec<Topic>, Vec<String>) {
    let (mut topics, mut problems) = (Vec::new(), Vec::new());
    for file in files(folder) {
        let text = fs::read_to_string(folder.join(&file)).expect("a readable vector file");
        match parse(&file, &text) {
            Ok(topic) => topics.push(topic),
            Err(problem) => problems.push(format!("{}: {problem}", file.display())),
        }
    }
    (topics, problems)
}

/// Parses the text of one vector file, whose path must name its operation and topic.
fn parse(file: &Path, text: &str) -> Result<Topic, String> {
    json::strict(text)?;
    let topic: Topic = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if topic.path() != file {
        return Err(format!("holds {}", topic.path().display()));
    }
    Ok(topic)
}

/// Every case with its group, in file order.
pub fn cases(topics: &[Topic]) -> impl Iterator<Item = (&Topic, &Group, &Case)> {
    topics.iter().flat_map(|topic| {
        topic.groups.iter().flat_map(move |group| group.tests.iter().map(move |case| (topic, group, case)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"operation":"a.b","topic":"t","groups":[]}"#;

    #[test]
    fn reads_a_file_that_names_its_own_path() {
        assert!(parse(Path::new("a.b/t.json"), TEXT).is_ok());
        assert!(parse(Path::new("a.b/u.json"), TEXT).is_err());
        assert!(parse(Path::new("a.c/t.json"), TEXT).is_err());
    }

    #[test]
    fn refuses_unknown_and_duplicate_members() {
        let unknown = TEXT.replace(r#""groups""#, r#""group":1,"groups""#);
        let duplicate = TEXT.replace(r#""groups""#, r#""topic":"t","groups""#);
        assert!(parse(Path::new("a.b/t.json"), &unknown).is_err());
        assert!(parse(Path::new("a.b/t.json"), &duplicate).is_err());
    }
}
