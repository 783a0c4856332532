//! Which rules can be about an app, a server and a user, found without looking at those that cannot.
//!
//! A rule is posted under every combination of an app atom, a server atom and a user key that could make it
//! match. What an app has (its id, its labels) and what a user has (id, groups) is little, so that few places
//! are looked up. A candidate is still checked in full: the index may name a rule too many, never one too
//! few.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::parts::{Rule, Selection, Who};

/// Stands for every app or server; no document has this many.
const ANY: u32 = u32::MAX;
/// A rule with more combinations than this is posted under fewer atoms, so that the index stays in proportion
/// to the document.
const MAX_COMBINATIONS: usize = 64;

/// Rules of one effect.
#[derive(Debug)]
pub(super) struct Index {
    /// Sorted by app and server.
    buckets: Box<[Bucket]>,
    /// Bucket by bucket, in each sorted by key and rule.
    postings: Box<[Posting]>,
    /// Rules with too many apps and servers to be posted under both, ascending.
    coarse: Box<[u32]>,
}

#[derive(Debug)]
struct Bucket {
    app: u32,
    server: u32,
    start: usize,
    end: usize,
    /// The first rule that is about this app and this server, whatever the user.
    first: Option<u32>,
}

#[derive(Debug)]
struct Posting {
    key: Key,
    rule: u32,
}

/// What a user has that a rule can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Anybody,
    Group(u32),
    Id(u32),
}

/// Which keys of one kind a request reaches.
#[derive(Clone, Copy)]
pub(super) enum Reach<'a> {
    /// All: the fact is unknown and an unknown fact matches.
    All,
    /// These, sorted.
    These(&'a [u32]),
}

impl Index {
    /// An index of `rules`, given in ascending order of their numbers.
    pub(super) fn of<'r>(rules: impl Iterator<Item = (u32, &'r Rule)> + Clone) -> Self {
        let usage = group_usage(rules.clone().map(|(_, rule)| rule));
        let mut entries: Vec<(u32, u32, Key, u32)> = Vec::new();
        let mut coarse = Vec::new();
        for (rule_number, rule) in rules {
            let (mut apps, mut servers) = (atoms(&rule.apps), atoms(&rule.servers));
            let mut keys = keys(&rule.who, &usage);
            if apps.len().saturating_mul(servers.len()) > MAX_COMBINATIONS {
                // The longer list selects least.
                *(if apps.len() > servers.len() { &mut apps } else { &mut servers }) = &[ANY];
                coarse.push(rule_number);
            }
            let pairs = apps.len().saturating_mul(servers.len());
            if pairs > 1 && keys.len() > 1 && pairs.saturating_mul(keys.len()) > MAX_COMBINATIONS {
                keys = Vec::from([Key::Anybody]);
            }
            for app in apps {
                for server in servers {
                    entries.extend(keys.iter().map(|key| (*app, *server, *key, rule_number)));
                }
            }
        }
        entries.sort_unstable();
        let mut buckets: Vec<Bucket> = Vec::new();
        for (position, (app, server, _, rule)) in entries.iter().enumerate() {
            let end = position.saturating_add(1);
            let exact = coarse.binary_search(rule).is_err().then_some(*rule);
            match buckets.last_mut().filter(|bucket| (bucket.app, bucket.server) == (*app, *server)) {
                Some(bucket) => {
                    bucket.end = end;
                    bucket.first = bucket.first.into_iter().chain(exact).min();
                }
                None => {
                    buckets.push(Bucket { app: *app, server: *server, start: position, end, first: exact })
                }
            }
        }
        let postings = entries.into_iter().map(|(_, _, key, rule)| Posting { key, rule }).collect();
        Self { buckets: buckets.into(), postings, coarse: coarse.into() }
    }

    /// The rules that may match, ascending: all that do are among them.
    pub(super) fn candidates(
        &self,
        app: &[u32],
        server: &[u32],
        groups: Reach<'_>,
        ids: Reach<'_>,
    ) -> Vec<u32> {
        let mut found = Vec::new();
        self.each_bucket(app, server, |bucket| {
            let postings = self.postings.get(bucket.start..bucket.end).unwrap_or_default();
            let (anybody, rest) = split(postings, Key::Group(0));
            let (of_groups, of_ids) = split(rest, Key::Id(0));
            found.extend(anybody.iter().map(|posting| posting.rule));
            reached(of_groups, groups, Key::Group, &mut found);
            reached(of_ids, ids, Key::Id, &mut found);
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The first rule that is about this app and this server, whatever the user.
    pub(super) fn first_for(&self, app: &[u32], server: &[u32], rules: &[Rule]) -> Option<u32> {
        let selects = |rule: &&Rule| rule.apps.selects(app) && rule.servers.selects(server);
        let is_about = |number: &&u32| rules.get(**number as usize).as_ref().is_some_and(selects);
        let mut first = self.coarse.iter().find(is_about).copied();
        self.each_bucket(app, server, |bucket| first = first.into_iter().chain(bucket.first).min());
        first
    }

    fn each_bucket(&self, app: &[u32], server: &[u32], mut visit: impl FnMut(&Bucket)) {
        for app in app.iter().chain([&ANY]) {
            let start = self.buckets.partition_point(|bucket| bucket.app < *app);
            let from_app = self.buckets.get(start..).unwrap_or_default();
            let of_app = from_app.partition_point(|bucket| bucket.app == *app);
            let of_app = from_app.get(..of_app).unwrap_or_default();
            for server in server.iter().chain([&ANY]) {
                let at = of_app.binary_search_by(|bucket| bucket.server.cmp(server)).ok();
                if let Some(bucket) = at.and_then(|at| of_app.get(at)) {
                    visit(bucket);
                }
            }
        }
    }
}

/// The postings before and from `key`.
fn split(postings: &[Posting], key: Key) -> (&[Posting], &[Posting]) {
    postings.split_at(postings.partition_point(|posting| posting.key < key))
}

/// Adds the rules of `postings` whose keys are reached, going through the shorter of the two lists.
fn reached(postings: &[Posting], reach: Reach<'_>, key: fn(u32) -> Key, found: &mut Vec<u32>) {
    match reach {
        Reach::All => found.extend(postings.iter().map(|posting| posting.rule)),
        Reach::These(numbers) if numbers.len() < postings.len() => {
            for number in numbers {
                let key = key(*number);
                let (_, from) = split(postings, key);
                found
                    .extend(from.iter().take_while(|posting| posting.key == key).map(|posting| posting.rule));
            }
        }
        Reach::These(numbers) => {
            let is_reached = |posting: &&Posting| match posting.key {
                Key::Anybody => true,
                Key::Group(number) | Key::Id(number) => numbers.binary_search(&number).is_ok(),
            };
            found.extend(postings.iter().filter(is_reached).map(|posting| posting.rule));
        }
    }
}

fn atoms(selection: &Selection) -> &[u32] {
    match selection {
        Selection::Any => &[ANY],
        Selection::Of(atoms) => atoms,
    }
}

/// The keys of which a matching user has one. Of groups that are all required the rarest is enough.
fn keys(who: &Who, usage: &[usize]) -> Vec<Key> {
    match who {
        Who::Any => Vec::from([Key::Anybody]),
        Who::Ids(ids) => ids.iter().map(|id| Key::Id(*id)).collect(),
        Who::Groups { any, all } => {
            let rarest = all.iter().min_by_key(|group| usage.get(**group as usize));
            match rarest {
                Some(group) => Vec::from([Key::Group(*group)]),
                None => any.iter().map(|group| Key::Group(*group)).collect(),
            }
        }
    }
}

/// In how many rules each group occurs.
fn group_usage<'r>(rules: impl Iterator<Item = &'r Rule>) -> Vec<usize> {
    let mut usage = Vec::new();
    for rule in rules {
        let Who::Groups { any, all } = &rule.who else { continue };
        for group in any.iter().chain(all.iter()) {
            let group = *group as usize;
            if usage.len() <= group {
                usage.resize(group.saturating_add(1), 0_usize);
            }
            if let Some(count) = usage.get_mut(group) {
                *count = count.saturating_add(1);
            }
        }
    }
    usage
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::super::table::number;
    use super::super::{Policy, PolicyOptions};
    use super::*;

    /// Apps `a0…`, servers `s0…` and these rules.
    fn policy(size: usize, rules: impl Iterator<Item = String>) -> Policy {
        let list = |item: &dyn Fn(usize) -> String| (0..size).map(item).collect::<Vec<_>>().join(",");
        let apps = list(&|n| format!(r#"{{"id": "a{n}", "client_ids": ["c{n}"], "status": "approved"}}"#));
        let servers = list(&|n| format!(r#"{{"id": "s{n}", "issuer": "https://s{n}.example"}}"#));
        let rules = rules.collect::<Vec<_>>().join(",");
        let text =
            format!(r#"{{"version": 1, "apps": [{apps}], "servers": [{servers}], "rules": [{rules}]}}"#);
        Policy::compile(text.as_bytes(), &PolicyOptions::default()).unwrap()
    }

    fn permit(id: usize, apps: &str, servers: &str, subjects: &str) -> String {
        format!(
            r#"{{"id": "{id}", "effect": "permit", "apps": {apps}, "servers": {servers}, "subjects": {subjects}, "scopes": ["*"]}}"#
        )
    }

    #[test]
    fn rules_that_cannot_match_are_not_looked_at() {
        let any = r#"{"any": true}"#;
        let by: [&dyn Fn(usize) -> String; 6] = [
            &|n| permit(n, &format!(r#"{{"ids": ["a{n}"]}}"#), any, any),
            &|n| permit(n, any, &format!(r#"{{"ids": ["s{n}"]}}"#), any),
            &|n| permit(n, any, any, &format!(r#"{{"ids": ["u{n}"]}}"#)),
            &|n| permit(n, any, any, &format!(r#"{{"groups_any": ["g{n}"]}}"#)),
            &|n| permit(n, any, any, &format!(r#"{{"groups_all": ["everyone", "g{n}"]}}"#)),
            &|n| permit(n, any, any, &format!(r#"{{"groups_any": ["everyone"], "groups_all": ["g{n}"]}}"#)),
        ];
        for rule in by {
            let policy = policy(50, (0..50).map(rule));
            let (app, server) = (policy.app("a7").unwrap(), policy.server("s7").unwrap());
            let group = |name| policy.groups.number_of(&crate::text::Group::new(name).unwrap());
            let mut groups: Vec<u32> = ["everyone", "g7"].into_iter().filter_map(group).collect();
            groups.sort_unstable();
            let user = policy.subjects.number_of(&crate::text::Subject::new("u7").unwrap());
            let (groups, ids) = (Reach::These(&groups), Reach::These(user.as_slice()));
            assert_eq!(policy.permits.candidates(&app.atoms, &server.atoms, groups, ids).len(), 1);
        }
    }

    #[test]
    fn the_index_stays_in_proportion_to_the_document() {
        let ids = |prefix: &str, count: usize| {
            let ids: Vec<String> = (0..count).map(|n| format!(r#""{prefix}{n}""#)).collect();
            format!("[{}]", ids.join(","))
        };
        let postings = |apps: usize, servers: usize, groups: usize| {
            let (apps, servers) = (ids("a", apps), ids("s", servers));
            let (apps, servers) = (format!(r#"{{"ids": {apps}}}"#), format!(r#"{{"ids": {servers}}}"#));
            let rule = permit(0, &apps, &servers, &format!(r#"{{"groups_any": {}}}"#, ids("g", groups)));
            policy(300, [rule].into_iter()).permits.postings.len()
        };
        assert_eq!(postings(4, 4, 4), 64);
        assert_eq!(postings(4, 4, 300), 16);
        assert_eq!(postings(300, 4, 4), 16);
        assert_eq!(postings(4, 300, 1), 4);
        assert_eq!(postings(300, 300, 300), 300);
        assert_eq!(postings(1, 1, 300), 300);
    }

    #[test]
    fn numbers_do_not_reach_the_one_that_stands_for_any() {
        assert!(number(usize::MAX) == ANY && number(0x7FFF_FFFF) < ANY);
    }
}
