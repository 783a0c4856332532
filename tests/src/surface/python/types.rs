//! `types.py`: every object that is taken or answered, as a `TypedDict`.

use alloc::collections::BTreeMap;

use idjag::error::ErrorCode;
use idjag::wire::schema::{Member, Record, Shape};

use super::docstring;
use super::model::{Argument, Model, Step, record};

const HEAD: &str = "\
\"\"\"The objects that the functions of `idjag` take and answer: plain `dict`s with these members, for type checkers.

Generated from the operations of the core by `cargo xtask vectors`. Members keep the words of the protocol.
\"\"\"

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    from typing_extensions import NotRequired

";

/// Where a value goes: what is taken may be a list or a tuple, what is answered is a list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Flow {
    /// A caller passes it.
    In,
    /// A caller gets it, and may pass it on.
    Out,
}

/// The text of the file.
pub(super) fn text(model: &Model) -> String {
    let mut text = HEAD.to_owned();
    let records = records(model);
    text.push_str("__all__ = [\n");
    let issued: Vec<(String, Record)> =
        model.chains.iter().flat_map(|chain| &chain.steps).filter_map(issued).collect();
    let mut names: Vec<&str> =
        records.keys().copied().chain(issued.iter().map(|(name, _)| name.as_str())).collect();
    names.push("ErrorCode");
    names.sort_unstable();
    names.iter().for_each(|name| text.push_str(&format!("    \"{name}\",\n")));
    text.push_str("]\n\n# Every error code; docs/errors.md says what each means.\nErrorCode = Literal[\n");
    ErrorCode::ALL.iter().for_each(|code| text.push_str(&format!("    \"{}\",\n", code.as_str())));
    text.push_str("]\n");
    for (name, record) in &issued {
        text.push_str(&class(name, record, Flow::Out));
    }
    for (record, flow) in records.values() {
        text.push_str(&class(record.name, record, *flow));
    }
    text
}

fn class(name: &str, record: &Record, flow: Flow) -> String {
    let mut text = format!("\n\nclass {name}(TypedDict):\n{}", docstring("    ", &record.doc));
    for member in &record.members {
        assert!(!KEYWORDS.contains(&member.name), "`{}` is a word of Python", member.name);
        let (annotation, optional) = match &member.shape {
            Shape::Optional(inner) => (python_type(inner, flow, ""), true),
            shape => (python_type(shape, flow, ""), false),
        };
        // A body may be bytes; the core has a member of its own for them.
        let annotation = match (flow, member.name) {
            (Flow::In, "body") if record.members.iter().any(|other| other.name == "body_bytes") => {
                format!("{annotation} | bytes")
            }
            _ => annotation,
        };
        // What may be left out may also be `None`, save in answers, where it is left out.
        let annotation = match (optional, flow) {
            (true, Flow::In) => format!("NotRequired[{annotation} | None]"),
            (true, Flow::Out) => format!("NotRequired[{annotation}]"),
            (false, _) => annotation,
        };
        text.push_str(&format!("\n    {}: {annotation}\n{}", member.name, docstring("    ", &member.doc)));
    }
    text
}

/// What a step that issues a token answers.
fn issued(step: &Step) -> Option<(String, Record)> {
    let last = Some(step).filter(|step| step.issues())?;
    let members = super::catalog::shown(last).into_iter().map(|member| Member {
        name: member.name,
        doc: member.doc.clone(),
        shape: match member.doc.contains("eft out") {
            true => member.shape.clone(),
            false => super::catalog::present(&member.shape).clone(),
        },
    });
    let doc = "A token has been issued.".to_owned();
    Some((
        last.leaves.clone(),
        Record { name: "", doc, arguments: false, members: members.collect(), open: false },
    ))
}

const KEYWORDS: &[&str] =
    &["from", "class", "global", "import", "in", "is", "not", "with", "as", "pass", "def"];

/// The type of `shape`; records are looked up in the module `prefix`.
pub(super) fn python_type(shape: &Shape, flow: Flow, prefix: &str) -> String {
    let inner = |shape: &Shape| python_type(shape, flow, prefix);
    match (shape, flow) {
        (Shape::Text, _) | (Shape::Bytes, Flow::Out) => "str".into(),
        (Shape::Bytes, Flow::In) => "bytes | str".into(),
        (Shape::Count | Shape::Seconds, _) | (Shape::Time, Flow::Out) => "int".into(),
        // PEP 484: `float` admits `int`.
        (Shape::Time, Flow::In) => "float".into(),
        (Shape::Flag, _) => "bool".into(),
        (Shape::Document, Flow::In) => "dict[str, Any] | str | bytes".into(),
        (Shape::Document, Flow::Out) => "dict[str, Any] | str".into(),
        (Shape::Open, _) => "dict[str, Any]".into(),
        (Shape::Names(names), _) => {
            let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
            format!("Literal[{}]", names.join(", "))
        }
        (Shape::OneOrMany, Flow::In) => "str | list[str] | tuple[str, ...]".into(),
        (Shape::OneOrMany, Flow::Out) => "str | list[str]".into(),
        (Shape::Pair, Flow::In) => "list[str] | tuple[str, str]".into(),
        (Shape::Pair, Flow::Out) => "list[str]".into(),
        (Shape::List(item), Flow::In) => format!("list[{0}] | tuple[{0}, ...]", inner(item)),
        (Shape::List(item), Flow::Out) => format!("list[{}]", inner(item)),
        (Shape::Map(item), _) => format!("dict[str, {}]", inner(item)),
        (Shape::Optional(item) | Shape::Nullable(item), _) => format!("{} | None", inner(item)),
        (Shape::Record(make), _) => format!("{prefix}{}", make().name),
    }
}

/// Every record that a caller can meet, by name; what is answered anywhere is typed as an answer everywhere.
fn records(model: &Model) -> BTreeMap<&'static str, (Record, Flow)> {
    let mut found = BTreeMap::new();
    let data = |arguments: &[Argument], found: &mut _| {
        arguments.iter().filter_map(|argument| argument.data.as_ref()).for_each(|shape| {
            collect(shape, Flow::In, found);
        });
    };
    for function in model.all() {
        data(&function.arguments, &mut found);
        collect(&function.output, Flow::Out, &mut found);
    }
    for chain in &model.chains {
        collect(&chain.request, Flow::In, &mut found);
        for step in &chain.steps {
            data(&step.arguments, &mut found);
            step.members.iter().for_each(|member| collect(&member.shape, Flow::Out, &mut found));
        }
    }
    found
}

fn collect(shape: &Shape, flow: Flow, found: &mut BTreeMap<&'static str, (Record, Flow)>) {
    match shape {
        Shape::List(inner) | Shape::Map(inner) | Shape::Optional(inner) | Shape::Nullable(inner) => {
            collect(inner, flow, found);
        }
        Shape::Record(_) => {
            let record = record(shape).expect("a record");
            let shapes: Vec<Shape> = record.members.iter().map(|member| member.shape.clone()).collect();
            if let Some((known, as_far)) = found.get(record.name) {
                let names = |record: &Record| record.members.iter().map(|m| m.name).collect::<Vec<_>>();
                assert_eq!(names(known), names(&record), "two records are called `{}`", record.name);
                if *as_far >= flow {
                    return;
                }
            }
            found.insert(record.name, (record, flow));
            shapes.iter().for_each(|shape| collect(shape, flow, found));
        }
        _ => {}
    }
}
