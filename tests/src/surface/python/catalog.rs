//! `_catalog.py`: what the package's shell runs by.

use alloc::collections::BTreeSet;
use core::fmt::Write as _;

use idjag::error::ErrorCode;
use idjag::wire::schema::{Member, Shape};

use super::literal;
use super::model::{Argument, Class, Function, Model, Step, record};
use super::stub::documentation;

const HEAD: &str = "\
\"\"\"What the operations of the core are in Python; `_shell` makes functions and classes of it.

Generated from the operations of the core by `cargo xtask vectors`.
\"\"\"
";

/// The text of the file.
pub(super) fn text(model: &Model) -> String {
    let mut text = format!("{HEAD}\nfrom __future__ import annotations\n\n{MODEL}\n");
    text.push_str("ERRORS: dict[str, str] = {\n");
    for code in ErrorCode::ALL {
        writeln!(text, "    \"{}\": {},", code.as_str(), literal(code.sentence())).expect("a text");
    }
    text.push_str("}\n");
    let (bytes, documents) = special(model);
    names(&mut text, "BYTES", "Members that take bytes.", &bytes);
    names(&mut text, "DOCUMENTS", "Members that take JSON documents, also as text or bytes.", &documents);
    text.push_str("\nFUNCTIONS = (\n");
    model.functions.iter().for_each(|function| text.push_str(&entry("    ", function)));
    text.push_str(")\n\nCLASSES = (\n");
    for class in &model.classes {
        let attributes = attributes(class).into_iter().map(|member| (member.name, member.doc));
        writeln!(text, "    Class(\n        {},", literal(class.name)).expect("a text");
        text.push_str(&entry("        ", &class.constructor));
        text.push_str(&format!("        {},\n        (\n", pairs(attributes)));
        class.methods.iter().for_each(|method| text.push_str(&entry("            ", method)));
        text.push_str("        ),\n    ),\n");
    }
    text.push_str(")\n\nCHAINS = (\n");
    for chain in &model.chains {
        let (role, operation, begin) = (literal(chain.class), literal(chain.operation), literal(chain.begin));
        writeln!(
            text,
            "    Chain(\n        {role}, {operation}, {}, {begin},\n        (",
            tuple(chain.slots)
        )
        .expect("a text");
        for step in &chain.steps {
            let doc = literal(&documentation(&step.doc, &step.arguments));
            let (name, leaves) = (literal(step.name), literal(&step.leaves));
            let parameters = parameters(&step.arguments);
            writeln!(text, "            Step({name}, {doc}, {parameters}, {leaves}),").expect("a text");
        }
        text.push_str("        ),\n        (\n");
        for stage in &chain.stages {
            let (name, doc, next) = (literal(&stage.name), literal(&stage.doc), tuple(&stage.next));
            let members = pairs(stage.members.iter().map(|member| (member.name, member.doc.clone())));
            let questions: String =
                stage.questions.iter().map(|one| entry("                    ", one)).collect();
            writeln!(
                text,
                "            Stage(\n                {name}, {doc}, {members},\n                {next},\n                (\n{questions}                ),\n            ),",
            )
            .expect("a text");
        }
        text.push_str("        ),\n    ),\n");
    }
    text.push_str(")\n");
    text
}

/// The types of the entries.
const MODEL: &str = "\
from typing import NamedTuple


class Function(NamedTuple):
    \"\"\"A function, constructor or method.\"\"\"

    name: str
    operation: str
    doc: str
    slots: tuple[str, ...]
    parameters: tuple[tuple[str, bool], ...]
    makes: str | None


class Class(NamedTuple):
    \"\"\"A class: its constructor, what the constructor's answer holds, its methods.\"\"\"

    name: str
    constructor: Function
    attributes: tuple[tuple[str, str], ...]
    methods: tuple[Function, ...]


class Step(NamedTuple):
    \"\"\"A step of a role, and the class of what it leaves.\"\"\"

    name: str
    doc: str
    parameters: tuple[tuple[str, bool], ...]
    leaves: str


class Stage(NamedTuple):
    \"\"\"What steps leave: what they answered, which steps may follow, and what can be asked.\"\"\"

    name: str
    doc: str
    attributes: tuple[tuple[str, str], ...]
    next: tuple[str, ...]
    questions: tuple[Function, ...]


class Chain(NamedTuple):
    \"\"\"The steps of a role's class, and the method that takes the first.\"\"\"

    role: str
    operation: str
    slots: tuple[str, ...]
    begin: str
    steps: tuple[Step, ...]
    stages: tuple[Stage, ...]

";

/// The members of what a constructor answers: attributes of the object.
pub(super) fn attributes(class: &Class) -> Vec<Member> {
    record(&class.constructor.output).map(|record| record.members).unwrap_or_default()
}

/// The members of what a step answers that are attributes of what it leaves.
pub(super) fn shown(step: &Step) -> Vec<&Member> {
    step.members.iter().filter(|member| member.name != "signing_input").collect()
}

/// The shape of a member that is there.
pub(super) fn present(shape: &Shape) -> &Shape {
    match shape {
        Shape::Optional(inner) => inner,
        shape => shape,
    }
}

fn entry(indent: &str, function: &Function) -> String {
    format!(
        "{indent}Function(\n{indent}    {}, {},\n{indent}    {},\n{indent}    {}, {}, {},\n{indent}),\n",
        literal(&function.name),
        literal(function.operation),
        literal(&documentation(&function.doc, &function.arguments)),
        tuple(function.slots),
        parameters(&function.arguments),
        function.makes.map_or("None".to_owned(), literal),
    )
}

fn tuple(names: &[&str]) -> String {
    let names: String = names.iter().map(|name| format!("{}, ", literal(name))).collect();
    format!("({})", names.trim_end())
}

fn parameters(arguments: &[Argument]) -> String {
    let each = arguments.iter().map(|argument| {
        format!("({}, {}), ", literal(argument.name), if argument.required { "True" } else { "False" })
    });
    format!("({})", each.collect::<String>().trim_end())
}

fn pairs(pairs: impl Iterator<Item = (&'static str, String)>) -> String {
    let pairs: String =
        pairs.map(|(name, doc)| format!("({}, {}), ", literal(name), literal(&doc))).collect();
    format!("({})", pairs.trim_end())
}

fn names(text: &mut String, name: &str, doc: &str, names: &BTreeSet<&str>) {
    writeln!(text, "\n# {doc}\n{name} = frozenset((").expect("a text");
    names.iter().for_each(|name| writeln!(text, "    {},", literal(name)).expect("a text"));
    text.push_str("))\n");
}

/// The names of members that are bytes, and of those that are documents; a name must not mean both, or text as well.
fn special(model: &Model) -> (BTreeSet<&'static str>, BTreeSet<&'static str>) {
    let mut kinds: [BTreeSet<&'static str>; 2] = Default::default();
    let mut seen = BTreeSet::new();
    let all = model.all().flat_map(|function| &function.arguments);
    let steps = model.chains.iter().flat_map(|chain| chain.steps.iter().flat_map(|step| &step.arguments));
    for argument in all.chain(steps) {
        argument.data.iter().for_each(|shape| walk(argument.name, shape, &mut kinds, &mut seen));
    }
    model.chains.iter().for_each(|chain| walk("request", &chain.request, &mut kinds, &mut seen));
    let [bytes, documents] = kinds;
    assert!(bytes.is_disjoint(&documents), "a member's name means bytes here and a document there");
    (bytes, documents)
}

fn walk(
    name: &'static str,
    shape: &Shape,
    kinds: &mut [BTreeSet<&'static str>; 2],
    seen: &mut BTreeSet<&'static str>,
) {
    match shape {
        Shape::Bytes => drop(kinds[0].insert(name)),
        Shape::Document => drop(kinds[1].insert(name)),
        Shape::List(inner) | Shape::Map(inner) | Shape::Optional(inner) | Shape::Nullable(inner) => {
            walk(name, inner, kinds, seen);
        }
        Shape::Record(make) => {
            let record = make();
            if seen.insert(record.name) {
                record.members.iter().for_each(|member| walk(member.name, &member.shape, kinds, seen));
            }
        }
        _ => {}
    }
}
