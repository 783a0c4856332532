//! `__init__.pyi`: the public names with their types, for editors and type checkers.

use idjag::wire::schema::{Member, Shape};

use super::docstring;
use super::model::{Argument, Chain, Class, Function, Model, Stage, Step};
use super::types::{Flow, python_type};

const HEAD: &str = "\
\"\"\"Cross-App Access (XAA): ID-JAG grants for MCP. You pass in the time, the keys, the randomness and the bytes; you get
back a decision, a token or a request to send.

Generated from the operations of the core by `cargo xtask vectors`.
\"\"\"

from types import TracebackType
from typing import Any, Final, Literal, NoReturn, final

from . import types as types

__version__: Final[str]
";

const ERROR: &str = "
class IdJagError(Exception):
    \"\"\"Everything that is refused: a token, a request, a policy, an argument.\"\"\"

    code: types.ErrorCode
    \"\"\"Why, for your log; see docs/errors.md. Never any text that a sender chose.\"\"\"
    detail: str | None
    \"\"\"The claim, parameter, argument or setting at fault.\"\"\"
    oauth: str | None
    \"\"\"The OAuth error that goes over the wire, where there is one.\"\"\"
    status: int | None
    \"\"\"The status of `response`.\"\"\"
    response: types.HttpAnswer | None
    \"\"\"The finished response of a role that refused.\"\"\"
    record: types.DecisionRecord | None
    \"\"\"The decision record of a role that refused.\"\"\"
    faults: list[dict[str, Any]] | None
    \"\"\"What is wrong with a policy document, each with its place.\"\"\"
    def __init__(
        self,
        code: str,
        message: str | None = None,
        *,
        detail: str | None = None,
        oauth: str | None = None,
        response: types.HttpAnswer | None = None,
        record: types.DecisionRecord | None = None,
        faults: list[dict[str, Any]] | None = None,
    ) -> None: ...
";

const HANDLE: &str = "    def free(self) -> None:
        \"\"\"Gives the object up. Doing it twice, or not at all, does no harm.\"\"\"
    def __enter__(self) -> {class}: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None: ...
";

/// The text of the file.
pub(super) fn text(model: &Model) -> String {
    let mut text = HEAD.to_owned();
    text.push_str(&all(model));
    text.push_str(ERROR);
    for class in &model.classes {
        let chains: Vec<&Chain> = model.chains.iter().filter(|chain| chain.class == class.name).collect();
        text.push_str(&class_text(class, &chains));
    }
    for chain in &model.chains {
        text.push_str(&steps_text(chain));
    }
    let issued: Vec<String> = model
        .chains
        .iter()
        .flat_map(|chain| &chain.steps)
        .filter(|step| step.name == "issue")
        .filter_map(issued)
        .collect();
    text.push_str(&PENDING_SIGNATURE.replace("{issued}", &issued.join(" | ")));
    for function in &model.functions {
        text.push_str(&format!("\n{}", definition("", &function.name, &[], function, &result(function))));
    }
    text
}

/// What is signed elsewhere, whatever role it is of.
const PENDING_SIGNATURE: &str = "
@final
class PendingSignature:
    \"\"\"A token that is to be signed elsewhere.\"\"\"

    def __init__(self, never: NoReturn, /) -> None: ...
    @property
    def signing_input(self) -> bytes:
        \"\"\"The bytes to sign.\"\"\"
    def attach(self, *, signature: bytes | str) -> {issued}:
        \"\"\"Takes the signature, verifies it against the declared key, and answers what `issue` would have.\"\"\"
";

/// A step is what the step before it answers.
const UNCONSTRUCTABLE: &str = "    def __init__(self, never: NoReturn, /) -> None: ...\n";

/// The names in `__all__`, sorted.
pub(super) fn names(model: &Model) -> Vec<String> {
    let fixed = ["IdJagError", "PendingSignature", "__version__", "types"].map(String::from);
    let functions = model.functions.iter().map(|function| function.name.clone());
    let classes = model.classes.iter().map(|class| class.name.to_owned());
    let steps = model.chains.iter().flat_map(|chain| chain.stages.iter().map(|stage| stage.name.clone()));
    let mut names: Vec<String> = fixed.into_iter().chain(functions).chain(classes).chain(steps).collect();
    names.sort();
    names
}

fn all(model: &Model) -> String {
    let names: Vec<String> = names(model).into_iter().map(|name| format!("    \"{name}\",\n")).collect();
    format!("__all__ = [\n{}]\n", names.concat())
}

fn class_text(class: &Class, chains: &[&Chain]) -> String {
    let mut text =
        format!("\n@final\nclass {}:\n{}\n", class.name, docstring("    ", &class.constructor.doc));
    text.push_str(&definition("    ", "__init__", &["self"], &class.constructor, "None"));
    for member in super::catalog::attributes(class) {
        text.push_str(&property(member.name, &python_type(&member.shape, Flow::Out, "types."), &member.doc));
    }
    for chain in chains {
        let first = &chain.steps[0];
        let request = format!("request: {}", python_type(&chain.request, Flow::In, "types."));
        text.push_str(&signature("    ", chain.begin, &["self", &request], &first.arguments, &first.leaves));
        text.push_str(&docstring("        ", &documentation(&first.doc, &first.arguments)));
    }
    for method in &class.methods {
        text.push_str(&definition("    ", &method.name, &["self"], method, &result(method)));
    }
    text.push_str(&HANDLE.replace("{class}", class.name));
    text
}

fn steps_text(chain: &Chain) -> String {
    let mut text = String::new();
    for stage in &chain.stages {
        text.push_str(&format!("\n@final\nclass {}:\n{}\n", stage.name, docstring("    ", &stage.doc)));
        text.push_str(UNCONSTRUCTABLE);
        for member in &stage.members {
            text.push_str(&property(member.name, &attribute(stage, member), &member.doc));
        }
        for question in &stage.questions {
            text.push_str(&definition("    ", &question.name, &["self"], question, &result(question)));
        }
        for next in stage.next.iter().map(|next| chain.step(next)) {
            let leaves = match issued(next) {
                Some(issued) if next.members.iter().any(|member| member.name == "signing_input") => {
                    format!("{issued} | PendingSignature")
                }
                Some(issued) => issued,
                None => next.leaves.clone(),
            };
            text.push_str(&signature("    ", next.name, &["self"], &next.arguments, &leaves));
            text.push_str(&docstring("        ", &documentation(&next.doc, &next.arguments)));
        }
    }
    text
}

/// The type of what a stage shows: it may be left out where the documentation says when.
fn attribute(stage: &Stage, member: &Member) -> String {
    let present = python_type(super::catalog::present(&member.shape), Flow::Out, "types.");
    let may_be_missing = member.doc.contains("eft out") || stage.next.contains(&"issue");
    if may_be_missing { format!("{present} | None") } else { present }
}

/// The type of what `step` answers, when it issues a token.
fn issued(step: &Step) -> Option<String> {
    step.issues().then(|| format!("types.{}", step.leaves))
}

fn property(name: &str, annotation: &str, doc: &str) -> String {
    format!("    @property\n    def {name}(self) -> {annotation}:\n{}", docstring("        ", doc))
}

fn result(function: &Function) -> String {
    match function.makes {
        Some(class) => class.to_owned(),
        None => python_type(&function.output, Flow::Out, "types."),
    }
}

fn definition(indent: &str, name: &str, first: &[&str], function: &Function, result: &str) -> String {
    let inner = format!("{indent}    ");
    let doc = docstring(&inner, &documentation(&function.doc, &function.arguments));
    format!("{}{doc}", signature(indent, name, first, &function.arguments, result))
}

fn signature(indent: &str, name: &str, first: &[&str], arguments: &[Argument], result: &str) -> String {
    let mut text = format!("{indent}def {name}(\n");
    first.iter().for_each(|argument| text.push_str(&format!("{indent}    {argument},\n")));
    if !arguments.is_empty() {
        text.push_str(&format!("{indent}    *,\n"));
    }
    for argument in arguments {
        let default = if argument.required { "" } else { " = None" };
        text.push_str(&format!("{indent}    {}: {}{default},\n", argument.name, annotation(argument)));
    }
    format!("{text}{indent}) -> {result}:\n")
}

fn annotation(argument: &Argument) -> String {
    let data = argument.data.as_ref().map(|shape| match shape {
        Shape::Optional(inner) => python_type(inner, Flow::In, "types."),
        shape => python_type(shape, Flow::In, "types."),
    });
    let kinds = argument.class.map(str::to_owned).into_iter().chain(data);
    let kinds = kinds.chain((!argument.required).then(|| "None".to_owned()));
    kinds.collect::<Vec<String>>().join(" | ")
}

/// What a function does, and what its arguments mean.
pub(super) fn documentation(doc: &str, arguments: &[Argument]) -> String {
    if arguments.is_empty() {
        return doc.to_owned();
    }
    let lines = arguments
        .iter()
        .map(|argument| format!("    {}: {}\n", argument.name, argument.doc.replace('\n', "\n        ")));
    format!("{doc}\n\nArguments:\n{}", lines.collect::<String>())
}
