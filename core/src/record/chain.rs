//! Everything that belongs to one id: from the sign-on over the ID-JAG and the tokens to what was done with them.
//!
//! Ids are unique within their issuer, so a node is an issuer and an id. Records say which node each came from; a record
//! that is missing leaves a node without records, and one that contradicts another is bounded by visiting each node once.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::decision::Role;
use super::read::{RecordedDecision, own};
use crate::codec::json::{Json, Object};
use crate::ordered;

/// What a node of a chain is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Link {
    /// A user's sign-on, by the ID Token's `sid`.
    Session,
    /// An ID Token, by its `jti`.
    IdToken,
    /// An ID-JAG.
    Grant,
    /// An access token.
    Token,
}

impl Link {
    /// The name of the kind of node.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::IdToken => "id_token",
            Self::Grant => "grant",
            Self::Token => "token",
        }
    }
}

/// A node of a chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Step<'r> {
    /// How many nodes are above it.
    pub level: usize,
    /// What it is.
    pub link: Link,
    /// Whose namespace its id stands in.
    pub issuer: String,
    /// Its id.
    pub id: String,
    /// Whether it was asked for: its id is the one given, or a record of it has that `context` or `request_id`.
    pub matched: bool,
    /// What was decided about it, in the order of time: how it was issued, used, refused and revoked.
    pub records: Vec<&'r RecordedDecision>,
}

/// A node's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Node {
    link: Link,
    issuer: String,
    id: String,
}

#[derive(Default)]
struct Known<'r> {
    records: Vec<&'r RecordedDecision>,
    above: BTreeSet<Node>,
    below: BTreeSet<Node>,
}

/// The nodes that `id` names, those above them up to the sign-on, and those below: each after the one it came from.
///
/// `id` is compared with ids of tokens and sessions, conversations and request ids, in whatever namespace: where several
/// match, each has its chain. Records of refusals belong to the node whose id they have. The order of the records does not
/// matter, and of equal ones each is there once.
#[must_use]
pub fn chain<'r>(records: impl IntoIterator<Item = &'r RecordedDecision>, id: &str) -> Vec<Step<'r>> {
    let graph = graph(records);
    let is_named = |node: &Node, known: &Known<'_>| {
        let says = |record: &&RecordedDecision| {
            ["context", "request_id"].iter().any(|name| record.text(name) == Some(id))
        };
        node.id == id || known.records.iter().any(says)
    };
    let matched =
        ordered::set(graph.iter().filter(|(node, known)| is_named(node, known)).map(|(node, _)| node));
    let above = reach(&graph, matched.iter().copied(), |known| &known.above);
    let below = reach(&graph, matched.iter().copied(), |known| &known.below);
    let wanted = ordered::set(above.union(&below).copied());
    let is_root = |node: &&Node| {
        let parents = graph.get(*node).map(|known| &known.above);
        parents.is_none_or(|parents| !parents.iter().any(|parent| wanted.contains(parent)))
    };
    let roots: Vec<&Node> = wanted.iter().copied().filter(is_root).collect();
    let mut steps = Vec::new();
    let mut seen: BTreeSet<&Node> = BTreeSet::new();
    // A circle has no root: whatever is left over begins where the order of names says.
    for start in roots.into_iter().chain(wanted.iter().copied()) {
        let mut stack = Vec::from([(start, 0_usize)]);
        while let Some((node, level)) = stack.pop() {
            if !seen.insert(node) {
                continue;
            }
            let Some(known) = graph.get(node) else { continue };
            steps.push(step(node, known, level, matched.contains(node)));
            let children = known.below.iter().rev().filter(|child| wanted.contains(child));
            stack.extend(children.map(|child| (child, level.saturating_add(1))));
        }
    }
    steps
}

fn step<'r>(node: &Node, known: &Known<'r>, level: usize, matched: bool) -> Step<'r> {
    let mut records = known.records.clone();
    records.sort_by_cached_key(|record| (record.time(), alloc::format!("{record}")));
    records.dedup();
    Step { level, link: node.link, issuer: node.issuer.clone(), id: node.id.clone(), matched, records }
}

fn reach<'g>(
    graph: &'g BTreeMap<Node, Known<'_>>,
    from: impl Iterator<Item = &'g Node>,
    next: impl Fn(&'g Known<'_>) -> &'g BTreeSet<Node>,
) -> BTreeSet<&'g Node> {
    let mut seen = BTreeSet::new();
    let mut stack: Vec<&Node> = from.collect();
    while let Some(node) = stack.pop() {
        if seen.insert(node)
            && let Some(known) = graph.get(node)
        {
            stack.extend(next(known));
        }
    }
    seen
}

fn graph<'r>(records: impl IntoIterator<Item = &'r RecordedDecision>) -> BTreeMap<Node, Known<'r>> {
    let mut graph: BTreeMap<Node, Known<'r>> = BTreeMap::new();
    let mut revocations = Vec::new();
    for record in records {
        if record.role() == Role::Administrator {
            revocations.push(record);
            continue;
        }
        let path = path(record);
        for (above, below) in path.iter().zip(path.iter().skip(1)) {
            graph.entry(above.clone()).or_default().below.insert(below.clone());
            graph.entry(below.clone()).or_default().above.insert(above.clone());
        }
        if let Some(last) = path.into_iter().next_back() {
            graph.entry(last).or_default().records.push(record);
        }
    }
    link_grants(&mut graph);
    let grants = grants(&graph);
    for record in revocations {
        if let Some(node) = revoked(record, &graph, &grants) {
            graph.entry(node).or_default().records.push(record);
        }
    }
    graph
}

/// The ID-JAGs of each id: two providers may have used one.
fn grants(graph: &BTreeMap<Node, Known<'_>>) -> BTreeMap<String, Vec<Node>> {
    let mut grants: BTreeMap<String, Vec<Node>> = BTreeMap::new();
    for node in graph.keys().filter(|node| node.link == Link::Grant) {
        grants.entry(node.id.clone()).or_default().push(node.clone());
    }
    grants
}

/// The nodes a record names, from the top down. The record belongs to the last.
fn path(record: &RecordedDecision) -> Vec<Node> {
    let node = |link, issuer: Option<&str>, id: Option<&str>| {
        issuer.zip(id).map(|(issuer, id)| Node { link, issuer: own(issuer), id: own(id) })
    };
    let text = |name| record.text(name);
    let (by, issuer) = (text("decided_by"), text("issuer"));
    let found = match record.role() {
        Role::Idp => Vec::from([
            node(Link::Session, by, text("session_id")),
            node(Link::IdToken, by, text("subject_token_id")),
            node(Link::Grant, by, text("token_id")),
        ]),
        Role::ResourceAuthorizationServer => Vec::from([
            // Of a token that was presented to its own issuer, the ID-JAG's issuer is not said.
            node(Link::Grant, issuer.filter(|issuer| Some(*issuer) != by), text("grant_id")),
            node(Link::Token, by, text("parent_id")),
            node(Link::Token, by, text("token_id")),
        ]),
        Role::ResourceServer => Vec::from([
            node(Link::Token, issuer, text("parent_id")),
            node(Link::Token, issuer, text("token_id")),
        ]),
        // What they revoked is known once everything else is.
        Role::Administrator => Vec::new(),
    };
    found.into_iter().flatten().collect()
}

/// The one token, or ID-JAG, that an administrator revoked, where it was one. An ID-JAG is named by its issuer, or by an
/// issuer of tokens that stem from it.
fn revoked(
    record: &RecordedDecision,
    graph: &BTreeMap<Node, Known<'_>>,
    grants: &BTreeMap<String, Vec<Node>>,
) -> Option<Node> {
    let entry = record.to_json().get("revoked").and_then(Json::as_object)?;
    let text = |name| entry.get(name).and_then(Json::as_str);
    let issuer = text("iss")?;
    let (id, has_issued): (&str, &dyn Fn(&Node) -> bool) = match (text("jti"), text("jag_jti")) {
        (Some(id), _) => (id, &|grant| grant.issuer == issuer),
        (None, Some(id)) => (id, &|grant| {
            graph.get(grant).is_some_and(|known| known.below.iter().any(|token| token.issuer == issuer))
        }),
        (None, None) => return None,
    };
    let mut found = grants.get(id).into_iter().flatten().filter(|grant| has_issued(grant));
    match (found.next(), found.next()) {
        (Some(grant), None) => Some(grant.clone()),
        _ => Some(Node { link: Link::Token, issuer: own(issuer), id: own(id) }),
    }
}

/// Ties tokens to the ID-JAG that their records name without its issuer.
fn link_grants(graph: &mut BTreeMap<Node, Known<'_>>) {
    let grants = grants(graph);
    let mut ties: Vec<(Node, Node)> = Vec::new();
    for (node, known) in graph.iter().filter(|(node, _)| node.link == Link::Token) {
        if known.above.iter().any(|above| above.link == Link::Grant || above.link == Link::Token) {
            continue;
        }
        for id in known.records.iter().filter_map(|record| record.text("grant_id")) {
            let found = grants.get(id).map(Vec::as_slice).unwrap_or_default();
            // Two providers may have used one id: which of them is not known, then.
            if let [grant] = found {
                ties.push((grant.clone(), node.clone()));
            }
        }
    }
    for (grant, token) in ties {
        graph.entry(grant.clone()).or_default().below.insert(token.clone());
        graph.entry(token).or_default().above.insert(grant);
    }
}

impl Step<'_> {
    /// The step as JSON.
    #[must_use]
    pub fn to_json(&self) -> Object<'static> {
        let mut out = Object::new();
        out.set("level", self.level as u64);
        out.set_str("link", self.link.as_str());
        out.set_str("issuer", self.issuer.clone());
        out.set_str("id", self.id.clone());
        out.set("matched", self.matched);
        let records = self.records.iter().map(|record| Json::Object(record.to_json().clone()));
        out.set("records", Json::Array(records.collect()));
        out
    }
}
