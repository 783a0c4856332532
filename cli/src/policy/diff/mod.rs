//! `idjag policy diff`: who gains and who loses what between two policy documents.
//!
//! Both documents are asked: for every app at every server, for every combination of users and requests that the rules of
//! either tell apart, for everything that can be granted. What cannot be compared that way is said, never passed over.

mod actors;
mod cover;
mod identities;
mod people;
mod print;
mod space;
mod weigh;

use alloc::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use idjag::policy::Policy;
use serde_json::Value;

use self::identities::{Note, RuleChanges};
use self::people::Person;
use self::weigh::{Weighed, weigh};
use super::faultless;
use crate::args::PolicyReading;
use crate::report::{Answer, Trouble};

/// Decisions that are asked for in all: some seconds.
const MAX_DECISIONS: usize = 4_000_000;

/// Compare two policies: who gains and who loses what, and what lives longer or shorter.
///
/// Compared is what the documents decide, for every combination of groups, users and kinds of sign-on that their rules tell
/// apart; or, with --people, for these people. Not seen: who is in which group, what a server makes of its scopes, and tokens
/// that were issued before.
#[derive(Args)]
pub(crate) struct DiffArgs {
    /// The policy as it is.
    old: PathBuf,
    /// The policy as it is to be.
    new: PathBuf,
    /// All people there are: a JSON list of {"subject", "groups"}. Then only what changes for them is shown.
    #[arg(long, value_name = "FILE")]
    people: Option<PathBuf>,
    /// Exit with 1 when anything differs, or could not be compared.
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    reading: PolicyReading,
}

/// What was found.
struct Found<'p> {
    pairs: Vec<(&'p str, &'p str, Weighed<'p>)>,
    notes: Vec<Note>,
    rules: RuleChanges,
}

impl Found<'_> {
    /// Whether the documents decide alike, as far as can be known.
    fn is_nothing(&self) -> bool {
        let same = |(_, _, weighed): &(&str, &str, Weighed<'_>)| match weighed {
            Weighed::Same => true,
            Weighed::TooMany => false,
            Weighed::Compared { space, differences } => space.complete && differences.is_empty(),
        };
        self.notes.is_empty() && self.pairs.iter().all(same)
    }
}

pub(crate) fn run(args: &DiffArgs) -> Answer {
    let (old_text, old) = faultless(&args.old, args.reading)?;
    let (new_text, new) = faultless(&args.new, args.reading)?;
    let people = args.people.as_deref().map(people::read).transpose()?;
    let (notes, rules) = identities::compare(&json(&old_text)?, &json(&new_text)?);
    let pairs = pairs(&old, &new, people.as_deref());
    let found = Found { pairs, notes, rules };
    let report = print::report(&found, people.is_some());
    Ok(report.is(!args.exit_code || found.is_nothing()))
}

fn json(text: &str) -> Result<Value, Trouble> {
    serde_json::from_str(text).map_err(|error| Trouble(format!("the policy is no JSON: {error}")))
}

fn pairs<'p>(
    old: &'p Policy,
    new: &'p Policy,
    people: Option<&[Person]>,
) -> Vec<(&'p str, &'p str, Weighed<'p>)> {
    let both = [old, new];
    let apps: BTreeSet<&str> =
        both.iter().flat_map(|policy| policy.apps()).map(|app| app.id().as_str()).collect();
    let servers: BTreeSet<&str> =
        both.iter().flat_map(|policy| policy.servers()).map(|server| server.id().as_str()).collect();
    let mut budget = MAX_DECISIONS;
    let mut found = Vec::new();
    for app in apps {
        for server in &servers {
            match weigh(both, (app, server), people, &mut budget) {
                Weighed::Same => {}
                weighed => found.push((app, *server, weighed)),
            }
        }
    }
    found
}

/// Names in backquotes, as in "`a`, `b` and 3 more"; all of them where there is no `most`.
fn quoted<'n>(names: impl IntoIterator<Item = &'n str>, most: usize, last: &str) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let (shown, rest) = names.split_at(names.len().min(most));
    match (shown, rest.len()) {
        (shown, 1..) => format!("{} and {} more", shown.join(", "), rest.len()),
        ([others @ .., end], 0) if !others.is_empty() => format!("{} {last} {end}", others.join(", ")),
        (shown, 0) => shown.concat(),
    }
}
