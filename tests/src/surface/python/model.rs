//! The public names of the Python package: which operation is a function, a constructor, a method, a chain of steps.

use alloc::collections::BTreeMap;

use idjag::wire::schema::{Described, Member, Record, Shape, operations};

use crate::surface::names::beginning;
use crate::surface::{class_of, class_of_slot, function as function_name, is_required, is_self};

/// The class of what an operation makes that is no constructor.
const MADE: &[(&str, &str)] = &[("key_set_cache.keys", "KeySet")];

/// What a step of a role leaves, by the step's name.
const STAGES: &[(&str, &str)] = &[
    ("parse", "Pending"),
    ("verify", "Verified"),
    ("authenticate", "Authenticated"),
    ("target", "Targeted"),
    ("authorize", "Authorized"),
    ("refresh", "Authorized"),
    ("spend", "Spent"),
    ("issue", "Issued"),
    ("respond", "Responded"),
    ("conclude", "Concluded"),
];

/// What may follow a step, where it is not the next one in the list.
const FOLLOWING: &[(&str, &str, &[&str])] = &[
    ("idp.exchange", "verify", &["target", "refresh"]),
    ("idp.exchange", "authorize", &["spend"]),
    ("idp.exchange", "spend", &["issue", "respond"]),
    ("idp.exchange", "issue", &[]),
];

/// The steps that take the object in a slot.
const TAKEN_BY: &[(&str, &[&str])] = &[
    ("keys", &["verify"]),
    ("actor_keys", &["verify"]),
    ("client", &["verify", "authenticate"]),
    ("policy", &["target", "refresh", "authorize"]),
    ("revocations", &["verify"]),
    ("signer", &["issue"]),
];

/// The whole surface.
pub(super) struct Model {
    pub(super) functions: Vec<Function>,
    pub(super) classes: Vec<Class>,
    pub(super) chains: Vec<Chain>,
    branches: Vec<Described>,
}

/// A function, constructor or method.
pub(super) struct Function {
    /// Its name in Python.
    pub(super) name: String,
    /// The operation.
    pub(super) operation: &'static str,
    /// What it does.
    pub(super) doc: String,
    /// All slots of the operation; that of the object itself first, where it is a method.
    pub(super) slots: &'static [&'static str],
    /// The arguments.
    pub(super) arguments: Vec<Argument>,
    /// What it answers.
    pub(super) output: Shape,
    /// The class of the object it makes.
    pub(super) makes: Option<&'static str>,
}

/// A keyword argument.
pub(super) struct Argument {
    pub(super) name: &'static str,
    pub(super) doc: String,
    pub(super) required: bool,
    /// The class of an object that may be given.
    pub(super) class: Option<&'static str>,
    /// The shape of the data that may be given.
    pub(super) data: Option<Shape>,
}

/// A class.
pub(super) struct Class {
    pub(super) name: &'static str,
    pub(super) constructor: Function,
    pub(super) methods: Vec<Function>,
}

/// The steps of a role.
pub(super) struct Chain {
    /// The class of the role.
    pub(super) class: &'static str,
    /// The operation.
    pub(super) operation: &'static str,
    /// Its slots; the role's own first.
    pub(super) slots: &'static [&'static str],
    /// The method of the role that takes the first step.
    pub(super) begin: &'static str,
    /// The shape of the request.
    pub(super) request: Shape,
    /// The steps in order.
    pub(super) steps: Vec<Step>,
    /// What they leave.
    pub(super) stages: Vec<Stage>,
}

/// One step of a role.
pub(super) struct Step {
    /// Its name.
    pub(super) name: &'static str,
    /// What it does.
    pub(super) doc: String,
    /// What it takes.
    pub(super) arguments: Vec<Argument>,
    /// What it leaves: the name of a stage, or of the answer when it issues a token.
    pub(super) leaves: String,
    /// What it answers.
    pub(super) members: Vec<Member>,
}

/// What a step leaves for the steps that may follow.
pub(super) struct Stage {
    /// Its class.
    pub(super) name: String,
    /// What it does.
    pub(super) doc: String,
    /// What the steps that lead here answered.
    pub(super) members: Vec<Member>,
    /// The steps that may follow.
    pub(super) next: Vec<&'static str>,
    /// What can be asked without using it up.
    pub(super) questions: Vec<Function>,
}

impl Step {
    /// Whether it answers a token instead of leaving something for another step.
    pub(super) fn issues(&self) -> bool {
        self.name == "issue" || self.name == "respond"
    }
}

impl Chain {
    /// The step `name`.
    pub(super) fn step(&self, name: &str) -> &Step {
        self.steps.iter().find(|step| step.name == name).expect("a step of the role")
    }
}

impl Model {
    pub(super) fn new() -> Self {
        let mut model =
            Self { functions: Vec::new(), classes: Vec::new(), chains: Vec::new(), branches: Vec::new() };
        let mut methods: BTreeMap<&str, Vec<Function>> = BTreeMap::new();
        let mut constructors = BTreeMap::new();
        for operation in operations() {
            let (noun, verb) = operation.name.rsplit_once('.').expect("an operation is a noun and a verb");
            let own = operation.slots.first().is_some_and(|slot| is_self(noun, slot));
            if let Some(steps) = steps_of(&operation) {
                if matches!(steps.last().map(|step| &step.shape), Some(Shape::Optional(_))) {
                    model.chains.push(chain(&operation, class_of(noun)));
                } else {
                    model.branches.push(operation);
                }
            } else if operation.makes && verb == "new" {
                let class = Some(class_of(noun));
                constructors.insert(noun, function(&operation, String::new(), 0, class));
            } else {
                let makes = operation.makes.then(|| made(&operation));
                if own {
                    methods.entry(noun).or_default().push(function(&operation, verb.into(), 1, makes));
                } else {
                    let name = function_name(operation.name).0;
                    model.functions.push(function(&operation, name, 0, makes));
                }
            }
        }
        for (noun, constructor) in constructors {
            let methods = methods.remove(noun).unwrap_or_default();
            model.classes.push(Class { name: class_of(noun), constructor, methods });
        }
        assert!(methods.is_empty(), "methods of classes that nothing makes");
        for operation in core::mem::take(&mut model.branches) {
            model.ask(&operation);
        }
        model
    }

    /// Puts a question where the steps that it takes lead.
    fn ask(&mut self, operation: &Described) {
        let noun_of = |name: &'static str| name.rsplit_once('.').expect("an operation is a noun and a verb");
        let (noun, verb) = noun_of(operation.name);
        let chain = self.chains.iter_mut().find(|chain| noun_of(chain.operation).0 == noun);
        let chain = chain.unwrap_or_else(|| panic!("`{}` belongs to no role", operation.name));
        let (steps, rest): (Vec<Member>, Vec<Member>) = members(&operation.input)
            .into_iter()
            .skip(1)
            .partition(|member| chain.steps.iter().any(|step| step.name == member.name));
        let last = steps.last().expect("a question comes after a step").name;
        let stage = chain.step(last).leaves.clone();
        let stage = chain.stages.iter_mut().find(|known| known.name == stage).expect("a stage");
        stage.questions.push(Function {
            name: verb.to_owned(),
            operation: operation.name,
            doc: operation.doc.clone(),
            slots: operation.slots,
            arguments: arguments(operation.name, rest, &[]),
            output: operation.output.clone(),
            makes: None,
        });
    }

    /// Every function, constructor and method.
    pub(super) fn all(&self) -> impl Iterator<Item = &Function> {
        let classes = self.classes.iter();
        let of_classes = classes.flat_map(|class| [&class.constructor].into_iter().chain(&class.methods));
        let stages = self.chains.iter().flat_map(|chain| &chain.stages);
        self.functions.iter().chain(of_classes).chain(stages.flat_map(|stage| &stage.questions))
    }
}

/// Whether a step answers the member: its documentation names, after `answers`, what it does.
fn is_answered_by(doc: &str, member: &Member) -> bool {
    doc.split_once("answers").is_some_and(|(_, answers)| answers.contains(&format!("`{}`", member.name)))
}

pub(super) fn lookup(table: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    table.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

fn made(operation: &Described) -> &'static str {
    lookup(MADE, operation.name).unwrap_or_else(|| panic!("no class for what `{}` makes", operation.name))
}

/// The name as an argument: a word of Python gets an underscore, which the shell takes away.
fn argument_name(name: &'static str) -> &'static str {
    if name == "from" { "from_" } else { name }
}

pub(super) fn record(shape: &Shape) -> Option<Record> {
    match shape {
        Shape::Record(make) => Some(make()),
        Shape::Optional(inner) | Shape::Nullable(inner) => record(inner),
        _ => None,
    }
}

fn members(shape: &Shape) -> Vec<Member> {
    record(shape).map(|record| record.members).unwrap_or_default()
}

/// The members of a role's argument that are its steps.
fn steps_of(operation: &Described) -> Option<Vec<Member>> {
    let members = members(&operation.input);
    let starts = members.iter().map(|member| member.name).take(2).eq(["request", "parse"]);
    starts.then(|| members.into_iter().skip(1).collect())
}

fn function(operation: &Described, name: String, own: usize, makes: Option<&'static str>) -> Function {
    let slots: Vec<&'static str> = operation.slots.iter().skip(own).copied().collect();
    Function {
        name,
        operation: operation.name,
        doc: operation.doc.clone(),
        slots: operation.slots,
        arguments: arguments(operation.name, members(&operation.input), &slots),
        output: operation.output.clone(),
        makes,
    }
}

/// The arguments that these members and slots are. A member and a slot of one name are one argument.
fn arguments(operation: &str, members: Vec<Member>, slots: &[&'static str]) -> Vec<Argument> {
    let (noun, _) = operation.split_once('.').expect("an operation is a noun and a verb");
    let class_of = |slot: &str| class_of_slot(noun, slot);
    let mut arguments: Vec<Argument> = members
        .into_iter()
        .map(|member| Argument {
            name: argument_name(member.name),
            doc: member.doc,
            required: !matches!(member.shape, Shape::Optional(_)),
            class: slots.contains(&member.name).then(|| class_of(member.name)),
            data: Some(member.shape),
        })
        .collect();
    for slot in slots {
        if arguments.iter().all(|argument| argument.name != *slot) {
            let class = class_of(slot);
            let doc = format!("A `{class}`.");
            arguments.push(Argument {
                name: slot,
                doc,
                required: is_required(operation, slot),
                class: Some(class),
                data: None,
            });
        }
    }
    arguments.sort_by_key(|argument| !argument.required);
    arguments
}

fn chain(operation: &Described, class: &'static str) -> Chain {
    let (begin, first) = beginning(operation.name);
    let noun = first.strip_prefix("Pending").expect("what is parsed is pending");
    let answers = members(&operation.output);
    let taken = steps_of(operation).expect("a role's operation has steps");
    let leaves = |step: &str| {
        let prefix = lookup(STAGES, step).unwrap_or_else(|| panic!("no name for what `{step}` leaves"));
        format!("{prefix}{noun}")
    };
    let names: Vec<&'static str> = taken.iter().map(|member| member.name).collect();
    let steps: Vec<Step> = taken
        .into_iter()
        .map(|member| {
            let takes =
                |slot: &&&str| TAKEN_BY.iter().any(|(known, by)| known == *slot && by.contains(&member.name));
            // A role with a target asks its policy there.
            let asked = |slot: &&&str| {
                !(**slot == "policy" && member.name == "authorize" && names.contains(&"target"))
            };
            let slots: Vec<&str> =
                operation.slots.iter().skip(1).filter(takes).filter(asked).copied().collect();
            let answered = answers.iter().filter(|answer| is_answered_by(&member.doc, answer));
            Step {
                name: member.name,
                members: answered.map(copy).collect(),
                doc: member.doc,
                arguments: arguments(operation.name, members(&member.shape), &slots),
                leaves: leaves(member.name),
            }
        })
        .collect();
    let mut stages: Vec<Stage> = Vec::new();
    for (at, step) in steps.iter().enumerate().filter(|(_, step)| !step.issues()) {
        let following = FOLLOWING.iter().find(|(of, name, _)| *of == operation.name && *name == step.name);
        let next = match following {
            Some((_, _, next)) => next.to_vec(),
            None => names.get(at + 1).copied().into_iter().collect(),
        };
        match stages.iter_mut().find(|stage| stage.name == step.leaves) {
            // Two ways lead here.
            Some(stage) => {
                let known: Vec<&str> = stage.members.iter().map(|member| member.name).collect();
                let more = step.members.iter().filter(|member| !known.contains(&member.name)).map(copy);
                stage.members.extend(more.collect::<Vec<Member>>());
                assert_eq!(stage.next, next, "what follows does not depend on the way");
            }
            None => stages.push(Stage {
                name: step.leaves.clone(),
                doc: stage_doc(step.name, &next),
                members: step.members.iter().map(copy).collect(),
                next,
                questions: Vec::new(),
            }),
        }
    }
    let request = members(&operation.input)[0].shape.clone();
    let (operation, slots) = (operation.name, operation.slots);
    Chain { class, operation, slots, begin: snake(begin), request, steps, stages }
}

fn stage_doc(step: &str, next: &[&str]) -> String {
    let next: Vec<String> = next.iter().map(|next| format!("`{next}`")).collect();
    match next.as_slice() {
        [] => format!("After `{step}`."),
        next => format!("After `{step}`. Used up by {}.", next.join(" or ")),
    }
}

fn copy(member: &Member) -> Member {
    Member { name: member.name, doc: member.doc.clone(), shape: member.shape.clone() }
}

/// The method that begins, in Python's spelling.
fn snake(name: &'static str) -> &'static str {
    match name {
        "parseClient" => "parse_client",
        "parseRevocation" => "parse_revocation",
        _ => name,
    }
}
