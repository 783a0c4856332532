//! The public names of the Python package: which operation is a function, a constructor, a method, a chain of steps.

use alloc::collections::BTreeMap;

use idjag::wire::schema::{Described, Member, Record, Shape, operations};

/// The classes by the noun of the operations that make and use them.
const CLASSES: &[(&str, &str)] = &[
    ("key_set", "KeySet"),
    ("signing_key", "SigningKey"),
    ("policy", "Policy"),
    ("registered_client", "RegisteredClient"),
    ("idp", "IdentityProvider"),
    ("resource_as", "ResourceAuthorizationServer"),
    ("resource_server", "ResourceServer"),
    ("client", "Client"),
    ("connection", "Connection"),
    ("key_set_cache", "KeySetCache"),
    ("replay_store", "MemoryReplayStore"),
    ("discovery", "Discovery"),
];

/// The class that a slot's object has, where the slot is not called by its noun.
const SLOTS: &[(&str, &str)] = &[
    ("keys", "KeySet"),
    ("own_keys", "KeySet"),
    ("actor_keys", "KeySet"),
    ("signer", "SigningKey"),
    ("proof_key", "SigningKey"),
    ("dpop_key", "SigningKey"),
    ("proof_signer", "SigningKey"),
    ("assertion_signer", "SigningKey"),
    ("client_signer", "SigningKey"),
];

/// The class of what an operation makes that is no constructor.
const MADE: &[(&str, &str)] = &[("key_set_cache.keys", "KeySet")];

/// What a step of a role leaves, by the step's name.
const STEPS: &[(&str, &str)] = &[
    ("parse", "Pending"),
    ("verify", "Verified"),
    ("target", "Targeted"),
    ("authorize", "Authorized"),
    ("spend", "Spent"),
    ("issue", "Issued"),
];

/// What a role's request is called, by its class.
const REQUESTS: &[(&str, &str)] = &[
    ("IdentityProvider", "Exchange"),
    ("ResourceAuthorizationServer", "Grant"),
    ("ResourceServer", "Access"),
];

/// The step that takes the object in a slot.
const TAKEN_BY: &[(&str, &str)] = &[
    ("keys", "verify"),
    ("own_keys", "verify"),
    ("actor_keys", "verify"),
    ("client", "verify"),
    ("policy", "authorize"),
    ("signer", "issue"),
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
    /// The shape of the request.
    pub(super) request: Shape,
    /// The steps in order.
    pub(super) steps: Vec<Step>,
}

/// One step of a role.
pub(super) struct Step {
    /// Its name.
    pub(super) name: &'static str,
    /// What it does.
    pub(super) doc: String,
    /// What it takes.
    pub(super) arguments: Vec<Argument>,
    /// What it answers.
    pub(super) members: Vec<Member>,
    /// The class of what it leaves: that has the next step's method, or after the last one holds the answer.
    pub(super) leaves: String,
    /// What can be asked after it without using it up.
    pub(super) questions: Vec<Function>,
}

impl Step {
    /// Whether it answers a token instead of leaving something for another step.
    pub(super) fn issues(&self) -> bool {
        self.name == "issue"
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
            let class = lookup(CLASSES, noun);
            if let Some(steps) = steps_of(&operation) {
                if matches!(steps.last().map(|step| &step.shape), Some(Shape::Optional(_))) {
                    model.chains.push(chain(&operation, class.expect("a role has a class")));
                } else {
                    model.branches.push(operation);
                }
            } else if class.is_some() && verb == "new" {
                constructors.insert(class.unwrap_or_default(), function(&operation, String::new(), 0, class));
            } else if let (Some(class), Some(_)) = (class, operation.slots.first()) {
                let makes = operation.makes.then(|| made(&operation));
                methods.entry(class).or_default().push(function(&operation, verb.into(), 1, makes));
            } else {
                let makes = operation.makes.then(|| made(&operation));
                model.functions.push(function(&operation, format!("{verb}_{noun}"), 0, makes));
            }
        }
        for (_, name) in CLASSES {
            if let Some(constructor) = constructors.remove(name) {
                let methods = methods.remove(name).unwrap_or_default();
                model.classes.push(Class { name, constructor, methods });
            }
        }
        assert!(methods.is_empty(), "methods of classes that nothing makes");
        for operation in core::mem::take(&mut model.branches) {
            model.ask(&operation);
        }
        model
    }

    /// Puts a question where the steps that it takes lead.
    fn ask(&mut self, operation: &Described) {
        let (_, verb) = operation.name.rsplit_once('.').expect("an operation is a noun and a verb");
        let chain = self.chains.iter_mut().find(|chain| operation.slots.first() == chain.slots.first());
        let chain = chain.unwrap_or_else(|| panic!("`{}` belongs to no role", operation.name));
        let (steps, rest): (Vec<Member>, Vec<Member>) = members(&operation.input)
            .into_iter()
            .skip(1)
            .partition(|member| chain.steps.iter().any(|step| step.name == member.name));
        let last = steps.last().expect("a question comes after a step").name;
        let step = chain.steps.iter_mut().find(|step| step.name == last).expect("a step of the role");
        step.questions.push(Function {
            name: verb.to_owned(),
            operation: operation.name,
            doc: operation.doc.clone(),
            slots: operation.slots,
            arguments: arguments(rest, &[], false, class_in_step),
            output: operation.output.clone(),
            makes: None,
        });
    }

    /// Every function, constructor and method.
    pub(super) fn all(&self) -> impl Iterator<Item = &Function> {
        let classes = self.classes.iter();
        let of_classes = classes.flat_map(|class| [&class.constructor].into_iter().chain(&class.methods));
        let steps = self.chains.iter().flat_map(|chain| &chain.steps);
        self.functions.iter().chain(of_classes).chain(steps.flat_map(|step| &step.questions))
    }
}

/// Whether `step` answers the member: its documentation starts with the steps that do.
fn is_answered_by(step: &str, member: &Member) -> bool {
    let (steps, _) = member.doc.split_once(':').unwrap_or_default();
    steps.starts_with("After ") && steps.contains(&format!("`{step}`"))
}

pub(super) fn lookup(table: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    table.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

fn class_of_slot(slot: &str) -> &'static str {
    let found = lookup(SLOTS, slot).or_else(|| lookup(CLASSES, slot));
    found.unwrap_or_else(|| panic!("no class for the slot `{slot}`"))
}

/// The same in a step of a role, where a client is one that the role has registered.
fn class_in_step(slot: &str) -> &'static str {
    if slot == "client" { "RegisteredClient" } else { class_of_slot(slot) }
}

fn made(operation: &Described) -> &'static str {
    lookup(MADE, operation.name).unwrap_or_else(|| panic!("no class for what `{}` makes", operation.name))
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
        arguments: arguments(members(&operation.input), &slots, slots.len() == 1, class_of_slot),
        output: operation.output.clone(),
        makes,
    }
}

/// The arguments that these members and slots are. A member and a slot of one name are one argument.
fn arguments(
    members: Vec<Member>,
    slots: &[&'static str],
    slot_required: bool,
    class_of: fn(&str) -> &'static str,
) -> Vec<Argument> {
    let mut arguments: Vec<Argument> = members
        .into_iter()
        .map(|member| Argument {
            name: member.name,
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
                required: slot_required,
                class: Some(class),
                data: None,
            });
        }
    }
    arguments.sort_by_key(|argument| !argument.required);
    arguments
}

fn chain(operation: &Described, class: &'static str) -> Chain {
    let noun = lookup(REQUESTS, class).unwrap_or_else(|| panic!("no name for requests to `{class}`"));
    let answers = members(&operation.output);
    let (_, slots) = operation.slots.split_first().expect("a role is its operation's first slot");
    let taken = steps_of(operation).expect("a role's operation has steps");
    let steps = taken.into_iter().map(|member| {
        let mine: Vec<&str> =
            slots.iter().copied().filter(|slot| lookup(TAKEN_BY, slot) == Some(member.name)).collect();
        let prefix = lookup(STEPS, member.name).unwrap_or_else(|| panic!("no name after `{}`", member.name));
        Step {
            name: member.name,
            doc: member.doc,
            arguments: arguments(members(&member.shape), &mine, false, class_in_step),
            members: answers
                .iter()
                .filter(|answer| is_answered_by(member.name, answer))
                .map(|answer| Member {
                    name: answer.name,
                    doc: answer.doc.clone(),
                    shape: answer.shape.clone(),
                })
                .collect(),
            leaves: format!("{prefix}{noun}"),
            questions: Vec::new(),
        }
    });
    Chain {
        class,
        operation: operation.name,
        slots: operation.slots,
        request: members(&operation.input)[0].shape.clone(),
        steps: steps.collect(),
    }
}
