//! The Python package's generated files: the catalog that its shell runs by, the types, the stub of its public names.

mod catalog;
mod model;
mod stub;
mod types;

use std::path::{Path, PathBuf};

use model::Model;

/// The package's folder in the checkout.
const PACKAGE: &str = "bindings-python/python/idjag";

/// The files, relative to the root of the checkout, and their texts.
pub(super) fn files() -> Vec<(PathBuf, String)> {
    let model = Model::new();
    let texts = [
        ("_catalog.py", catalog::text(&model)),
        ("__init__.pyi", stub::text(&model)),
        ("types.py", types::text(&model)),
    ];
    texts.into_iter().map(|(name, text)| (Path::new(PACKAGE).join(name), text)).collect()
}

/// A Python string literal.
fn literal(text: &str) -> String {
    format!("{text:?}").replace("\\'", "'")
}

/// A documentation string at this indentation, with its lines as they are.
fn docstring(indent: &str, text: &str) -> String {
    assert!(!text.contains(['\\', '"']) || !text.contains("\"\"\""), "a docstring cannot hold `{text}`");
    let raw = if text.contains('\\') { "r" } else { "" };
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    match lines.as_slice() {
        [line] if !line.ends_with('"') => format!("{indent}{raw}\"\"\"{line}\"\"\"\n"),
        [first, rest @ ..] => {
            let rest = rest
                .iter()
                .map(|line| if line.is_empty() { "\n".into() } else { format!("{indent}{line}\n") });
            format!("{indent}{raw}\"\"\"{first}\n{}{indent}\"\"\"\n", rest.collect::<String>())
        }
        [] => String::new(),
    }
}
