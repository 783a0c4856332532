//! The dependency ban: nothing that deny.toml names may be in the graph of the crate `idjag`.
//!
//! `cargo deny` is not on every machine, so this reads its file and asks cargo for the graph.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;

use crate::process::{capture, cargo, root};

/// A dependency graph: the package it starts from, and the direct dependencies of each package.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// The package that must be clean.
    pub(crate) start: String,
    /// Direct dependencies by package.
    pub(crate) edges: BTreeMap<String, BTreeSet<String>>,
}

/// The names that `[bans] deny` of deny.toml lists.
pub(crate) fn banned() -> Result<Vec<String>, String> {
    let text = fs::read_to_string(root().join("deny.toml")).map_err(|error| format!("deny.toml: {error}"))?;
    banned_in(&text)
}

fn banned_in(text: &str) -> Result<Vec<String>, String> {
    let document: toml::Table = text.parse().map_err(|error| format!("deny.toml: {error}"))?;
    let entries = document.get("bans").and_then(|bans| bans.get("deny")).and_then(toml::Value::as_array);
    let entries = entries.filter(|entries| !entries.is_empty()).ok_or("deny.toml has no [bans] deny list")?;
    let name = |entry: &toml::Value| {
        let name = entry.get("crate").or_else(|| entry.get("name")).unwrap_or(entry);
        name.as_str().map(str::to_owned).ok_or_else(|| format!("deny.toml: no name in {entry}"))
    };
    entries.iter().map(name).collect()
}

/// The graph of `idjag` with all its features, for every target: normal and build dependencies, features resolved for
/// this package alone (`cargo metadata` would resolve them for the whole workspace).
pub(crate) fn core_graph() -> Result<Graph, String> {
    let arguments =
        "tree --package idjag --edges normal,build --all-features --target all --prefix depth --no-dedupe";
    let mut command = cargo(&arguments.split(' ').collect::<Vec<&str>>());
    let finished = capture(command.args(["--quiet", "--format", " {p}"]));
    if finished.success { parse_tree(&finished.output) } else { Err(finished.output) }
}

/// Parses `cargo tree --prefix depth --format " {p}"`: a depth and a package per line.
fn parse_tree(text: &str) -> Result<Graph, String> {
    let mut graph = Graph::default();
    let mut path: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut words = line.split_whitespace();
        let depth: Option<usize> = words.next().and_then(|depth| depth.parse().ok());
        let (Some(depth), Some(name)) = (depth, words.next()) else {
            return Err(format!("cargo tree printed `{line}`"));
        };
        path.truncate(depth);
        match path.last() {
            Some(parent) => graph.edges.entry(parent.clone()).or_default().insert(name.to_owned()),
            None => {
                graph.start = name.to_owned();
                true
            }
        };
        path.push(name.to_owned());
    }
    if graph.start.is_empty() { Err("cargo tree printed nothing".into()) } else { Ok(graph) }
}

/// How each banned name is reached, for those that are: the packages from the start down to it.
pub(crate) fn violations(graph: &Graph, banned: &[String]) -> Vec<String> {
    let mut parents: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([graph.start.as_str()]);
    while let Some(package) = queue.pop_front() {
        for dependency in graph.edges.get(package).into_iter().flatten() {
            if *dependency != graph.start && !parents.contains_key(dependency.as_str()) {
                parents.insert(dependency, package);
                queue.push_back(dependency);
            }
        }
    }
    let chain = |name: &str| {
        let mut chain = vec![name];
        while let Some(parent) = chain.last().and_then(|last| parents.get(last)) {
            chain.push(parent);
        }
        chain.reverse();
        format!("`{name}` is banned: {}", chain.join(" -> "))
    };
    banned.iter().filter(|name| parents.contains_key(name.as_str())).map(|name| chain(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deny_toml_bans_what_the_design_bans() {
        let banned = banned().unwrap();
        for name in ["getrandom", "js-sys", "url", "openssl"] {
            assert!(banned.iter().any(|banned| banned == name), "{name}");
        }
    }

    #[test]
    fn reads_both_forms_of_an_entry() {
        let text =
            "[bans]\ndeny = [\"url\", { crate = \"getrandom\", reason = \"r\" }, { name = \"openssl\" }]";
        assert_eq!(banned_in(text).unwrap(), ["url", "getrandom", "openssl"]);
        assert!(banned_in("[bans]\ndeny = []").is_err());
        assert!(banned_in("").is_err());
    }

    #[test]
    fn the_ban_can_fail() {
        let tree =
            "0 idjag v0.1.0\n1 p256 v0.14.0\n2 rand_core v0.10.1\n3 getrandom v0.4.0\n1 sha2 v0.11.1\n";
        let graph = parse_tree(tree).unwrap();
        let banned = ["getrandom".to_owned(), "url".to_owned()];
        assert_eq!(
            violations(&graph, &banned),
            ["`getrandom` is banned: idjag -> p256 -> rand_core -> getrandom"]
        );
        let clean = parse_tree("0 idjag v0.1.0\n1 sha2 v0.11.1\n").unwrap();
        assert!(violations(&clean, &banned).is_empty());
    }

    #[test]
    fn a_graph_that_cannot_be_read_is_no_clean_graph() {
        assert!(parse_tree("").is_err());
        assert!(parse_tree("warning: something\n").is_err());
    }
}
