//! A comparison in words: rows of what changes for whom and when, and what was not compared.

use core::fmt::Write as _;

use serde::Serialize;

use super::actors::Acts;
use super::cover::{Grid, Region};
use super::identities::{Note, RuleChanges, Weight};
use super::space::{Alike, Dimension, Space};
use super::weigh::{Change, Difference, Life, Right, Weighed};
use super::{Found, quoted};
use crate::report::Report;
use crate::screen::{Columns, shown};

/// Rows for one change at one app and server; the combinations beyond are counted.
const MAX_ROWS: usize = 24;
/// Names in one cell for people; JSON has them all.
const MAX_NAMES: usize = 6;

#[derive(Serialize)]
struct Compared<'f> {
    /// Whether everything was compared.
    complete: bool,
    gains: usize,
    losses: usize,
    changes: Vec<Row<'f>>,
    identities: &'f [Note],
    rules: &'f RuleChanges,
    not_compared: Vec<String>,
}

#[derive(Serialize)]
struct Row<'f> {
    change: &'static str,
    app: &'f str,
    server: &'f str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes: Vec<&'f str>,
    /// Any scope that neither document names.
    other_scopes: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authorization_details_types: Vec<&'f str>,
    other_types: bool,
    /// A token without any scope.
    without_scope: bool,
    /// Seconds; left out for what has no limit, or is not granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    lifetime_before: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lifetime_after: Option<u64>,
    users: String,
    when: String,
    /// With a list of people, those meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    people: Vec<&'f str>,
    #[serde(skip)]
    lifetime: String,
}

pub(super) fn report(found: &Found<'_>, of_people: bool) -> Report {
    let mut rows = Vec::new();
    let mut not_compared = Vec::new();
    for (app, server, weighed) in &found.pairs {
        match weighed {
            Weighed::Same => {}
            Weighed::TooMany => {
                let why = "the rules tell apart too many combinations";
                not_compared.push(format!("app `{app}` at server `{server}`: {why}; give --people"));
            }
            Weighed::Compared { space, differences } => {
                if !space.complete {
                    let why = "only a sample of the combinations of groups was compared";
                    not_compared.push(format!("app `{app}` at server `{server}`: {why}; give --people"));
                }
                for difference in differences {
                    rows.extend(rows_of(app, server, space, difference));
                }
            }
        }
    }
    let unjudged = found.notes.iter().filter(|note| note.change == Weight::Unjudged);
    not_compared.extend(unjudged.map(|note| format!("{}: it is not known here what that does", note.what)));
    rows.sort_by_key(|row| place(row.change));
    let count = |changes: [&str; 2], weight| {
        let rows = rows.iter().filter(|row| changes.contains(&row.change)).count();
        rows + found.notes.iter().filter(|note| note.change == weight).count()
    };
    let compared = Compared {
        complete: not_compared.is_empty(),
        gains: count(["gain", "longer"], Weight::Gain),
        losses: count(["loss", "shorter"], Weight::Loss),
        changes: rows,
        identities: &found.notes,
        rules: &found.rules,
        not_compared,
    };
    Report::new(text(&compared, of_people), &compared)
}

fn place(change: &str) -> usize {
    ["gain", "longer", "loss", "shorter"].iter().position(|known| *known == change).unwrap_or_default()
}

fn rows_of<'f>(
    app: &'f str,
    server: &'f str,
    space: &'f Space<'_>,
    difference: &'f Difference,
) -> Vec<Row<'f>> {
    let sizes = space.sizes();
    let cover = Grid::of(&sizes).cover(&difference.inside, MAX_ROWS);
    let (change, before, after) = match difference.change {
        Change::Gain(life) => ("gain", None, Some(life)),
        Change::Longer(before, after) => ("longer", Some(before), Some(after)),
        Change::Loss(life) => ("loss", Some(life), None),
        Change::Shorter(before, after) => ("shorter", Some(before), Some(after)),
    };
    let seconds = |life: Option<Life>| match life {
        Some(Life::Seconds(seconds)) => Some(seconds),
        Some(Life::Unlimited) | None => None,
    };
    let said = |life: Life| match life {
        Life::Seconds(seconds) => format!("{seconds} s"),
        Life::Unlimited => String::from("no limit"),
    };
    let lifetime = [before, after].into_iter().flatten().map(said).collect::<Vec<_>>().join(" -> ");
    let rights = &difference.rights;
    let row = |users: String, when: String, people: Vec<&'f str>| Row {
        change,
        app,
        server,
        scopes: rights.iter().filter_map(scope).collect(),
        other_scopes: rights.contains(&Right::OtherScopes),
        authorization_details_types: rights.iter().filter_map(detail_type).collect(),
        other_types: rights.contains(&Right::OtherTypes),
        without_scope: rights.contains(&Right::NoScope),
        lifetime_before: seconds(before),
        lifetime_after: seconds(after),
        users,
        when,
        people,
        lifetime: lifetime.clone(),
    };
    let mut rows: Vec<Row<'f>> = cover
        .regions
        .iter()
        .map(|within| row(users(space, within), when(space, within), people(space, within)))
        .collect();
    if cover.left_out > 0 {
        let more = format!("{} more combinations of users and conditions", cover.left_out);
        rows.push(row(more, String::new(), Vec::new()));
    }
    rows
}

fn scope(right: &Right) -> Option<&str> {
    match right {
        Right::Scope(token) => Some(token.as_str()),
        _ => None,
    }
}

fn detail_type(right: &Right) -> Option<&str> {
    match right {
        Right::Type(name) => Some(name),
        _ => None,
    }
}

/// The dimensions that matter to a region, with the states it has of each.
fn limits<'s, 'p>(
    space: &'s Space<'p>,
    within: &'s Region,
) -> impl Iterator<Item = (&'s Dimension<'p>, &'s Vec<bool>)> {
    let limits = space.dimensions.iter().zip(within);
    limits.filter(|(dimension, states)| {
        matches!(dimension, Dimension::People(_)) || states.iter().any(|state| !state)
    })
}

fn people<'s>(space: &'s Space<'_>, within: &Region) -> Vec<&'s str> {
    let dimensions = space.dimensions.iter().zip(within);
    let meant = dimensions.filter_map(|(dimension, states)| match dimension {
        Dimension::People(people) => {
            Some(people.iter().zip(states.clone()).filter(|(_, is)| *is).collect::<Vec<_>>())
        }
        _ => None,
    });
    meant.flatten().flat_map(|(alike, _)| &alike.names).map(String::as_str).collect()
}

fn users(space: &Space<'_>, within: &Region) -> String {
    let words: Vec<String> = limits(space, within)
        .filter_map(|(dimension, states)| match dimension {
            Dimension::Subject(classes) => {
                Some(chosen(classes, states, "anybody but ", |user| user.as_str()))
            }
            Dimension::Groups { members, one, all } => {
                let names = |last| quoted(members.iter().map(|group| group.as_str()), usize::MAX, last);
                Some(in_groups(states, names("or"), names("and"), *one, *all))
            }
            Dimension::People(people) => Some(these(people, states)),
            _ => None,
        })
        .collect();
    // What they are is easier to read before what they are not.
    let (are_not, are): (Vec<String>, Vec<String>) =
        words.into_iter().partition(|word| word.starts_with("not "));
    match [are, are_not].concat() {
        words if words.is_empty() => String::from("everybody"),
        words => words.join(", "),
    }
}

/// The users or classes that are meant, or all but those that are not.
fn chosen<T>(classes: &[Vec<&T>], states: &[bool], but: &str, name: impl Fn(&T) -> &str) -> String {
    let others = states.first().copied().unwrap_or_default();
    let named = classes.iter().zip(states.iter().skip(1)).filter(|(_, is)| **is != others);
    let names = quoted(named.flat_map(|(class, _)| class.iter().map(|one| name(one))), usize::MAX, "or");
    if others { format!("{but}{names}") } else { names }
}

fn in_groups(states: &[bool], any: String, every: String, one: bool, all: bool) -> String {
    match (states, one, all) {
        ([false, true], true, _) => format!("in {any}"),
        ([false, true], false, _) => format!("in {every}"),
        ([true, false], true, _) => format!("not in {any}"),
        ([true, false], false, _) => format!("not in all of {every}"),
        ([false, true, true], ..) => format!("in {any}"),
        ([false, false, true], ..) => format!("in {every}"),
        ([false, true, false], ..) => format!("in {any}, not in all"),
        ([true, true, false], ..) => format!("not in all of {every}"),
        ([true, false, false], ..) => format!("not in {any}"),
        _ => format!("in none or all of {every}"),
    }
}

fn these(people: &[Alike], states: &[bool]) -> String {
    let meant: Vec<&Alike> =
        people.iter().zip(states).filter_map(|(alike, is)| is.then_some(alike)).collect();
    let names: Vec<&str> = meant.iter().flat_map(|alike| &alike.names).map(String::as_str).collect();
    if !names.is_empty() {
        return quoted(names, MAX_NAMES, "and");
    }
    let samples: Vec<String> = meant
        .iter()
        .take(3)
        .map(|alike| match alike.groups().is_empty() {
            true => format!("`{}` in no group", alike.subject()),
            false => format!(
                "`{}` in {}",
                alike.subject(),
                quoted(alike.groups().iter().map(|group| group.as_str()), MAX_NAMES, "and")
            ),
        })
        .collect();
    format!("{} samples, such as {}", meant.len(), samples.join("; "))
}

fn when(space: &Space<'_>, within: &Region) -> String {
    let words =
        limits(space, within).filter_map(|(dimension, states)| match (dimension, states.as_slice()) {
            (Dimension::Dpop, [true, false]) => Some(String::from("without DPoP")),
            (Dimension::Dpop, _) => Some(String::from("with DPoP")),
            (Dimension::Context, [true, false]) => Some(String::from("in no conversation")),
            (Dimension::Context, _) => Some(String::from("in a conversation")),
            (Dimension::Acts(acts), states) => Some(acting(acts, states)),
            (Dimension::Depth(depths), states) => Some(derived(depths, states)),
            (Dimension::Acr(classes), states) => {
                let classes = chosen(classes, states, "any but ", |acr: &idjag::text::Acr| acr.as_str());
                Some(format!("sign-on of class {classes}"))
            }
            (Dimension::Age(ages), states) => Some(aged(ages, states)),
            _ => None,
        });
    words.collect::<Vec<_>>().join(", ")
}

/// Who acts, or who does not, whichever is less to say.
fn acting(acts: &[Acts<'_>], states: &[bool]) -> String {
    const MOST: usize = 4;
    let all = |meant: bool| {
        acts.iter().zip(states).filter(move |(_, is)| **is == meant).map(|(acts, _)| acts.said())
    };
    let (are, are_not): (Vec<String>, Vec<String>) = (all(true).collect(), all(false).collect());
    let (prefix, names) = if are.len() <= are_not.len() { ("", are) } else { ("unless ", are_not) };
    match names.len().saturating_sub(MOST) {
        0 => format!("{prefix}{}", names.join(" or ")),
        more => format!("{prefix}{} or {more} more ways to act", names[..MOST].join(" or ")),
    }
}

/// How often the token was derived.
fn derived(depths: &[u64], states: &[bool]) -> String {
    let said = |(at, _): (usize, &bool)| match (
        at.checked_sub(1).and_then(|before| depths.get(before)),
        depths.get(at),
    ) {
        (None, Some(most)) => format!("at most {most} times"),
        (Some(above), Some(most)) => format!("more than {above} and at most {most} times"),
        (Some(above), None) => format!("more than {above} times, or nobody knows how often"),
        (None, None) => String::new(),
    };
    let meant: Vec<String> = states.iter().enumerate().filter(|(_, is)| **is).map(said).collect();
    format!("derived {}", meant.join(" or "))
}

/// Which ages of the sign-on are meant, in runs of neighbours.
fn aged(ages: &[idjag::Seconds], states: &[bool]) -> String {
    let mut runs: Vec<(Option<u64>, Option<u64>)> = Vec::new();
    let mut open = false;
    for (at, is) in states.iter().enumerate() {
        let below = at.checked_sub(1).and_then(|before| ages.get(before)).map(|age| age.as_secs());
        let upper = ages.get(at).map(|age| age.as_secs());
        match (*is, open, runs.last_mut()) {
            (true, true, Some(run)) => run.1 = upper,
            (true, ..) => runs.push((below, upper)),
            _ => {}
        }
        open = *is;
    }
    let said = |(above, up_to): &(Option<u64>, Option<u64>)| match (above, up_to) {
        (None, Some(age)) => format!("at most {age} s ago"),
        (Some(age), None) => format!("more than {age} s ago, or nobody knows when"),
        (Some(above), Some(age)) => format!("more than {above} s and at most {age} s ago"),
        (None, None) => String::from("at any time"),
    };
    format!("sign-on {}", runs.iter().map(said).collect::<Vec<_>>().join(" or "))
}

fn text(compared: &Compared<'_>, of_people: bool) -> String {
    let mut out = String::new();
    let titles =
        [("gain", "gains"), ("longer", "lives longer"), ("loss", "loses"), ("shorter", "lives shorter")];
    for (change, title) in titles {
        let mut columns = Columns::new(["app", "server", "what", "for at most", "who", "when"]);
        let mut rows = compared.changes.iter().filter(|row| row.change == change).peekable();
        if rows.peek().is_none() {
            continue;
        }
        for row in rows {
            columns.row([row.app, row.server, &what(row), &row.lifetime, &row.users, &row.when]);
        }
        let _ = writeln!(out, "{title}");
        columns.print(&mut out, "  ");
        out.push('\n');
    }
    let judged = compared.identities.iter().filter(|note| note.change != Weight::Unjudged);
    let mut columns = Columns::bare();
    for note in judged {
        columns.row([if note.change == Weight::Gain { "gain" } else { "loss" }, &note.what]);
    }
    let mut identities = String::new();
    columns.print(&mut identities, "  ");
    if !identities.is_empty() {
        let _ = writeln!(out, "who and where\n{identities}");
    }
    let RuleChanges { added, removed, changed } = compared.rules;
    for (title, rules) in [("added", added), ("removed", removed), ("changed", changed)] {
        if !rules.is_empty() {
            let _ = writeln!(out, "rules {title}: {}", shown(&rules.join(", ")));
        }
    }
    for line in &compared.not_compared {
        let _ = writeln!(out, "NOT COMPARED: {}", shown(line));
    }
    let (gains, losses) = (compared.gains, compared.losses);
    let whom = if of_people { "for the people listed" } else { "for everybody" };
    let _ = match (gains + losses, compared.complete) {
        (0, true) => writeln!(out, "both decide alike {whom}"),
        (0, false) => writeln!(out, "no difference was found, and not everything was compared"),
        _ => writeln!(out, "{gains} gained, {losses} lost, {whom}"),
    };
    if gains + losses > 0 || !compared.complete {
        let tokens = "tokens issued before stay as they are: `idjag revoke`";
        let _ = writeln!(out, "not seen: who is in which group, what a server makes of its scopes; {tokens}");
    }
    out
}

fn what(row: &Row<'_>) -> String {
    let mut parts: Vec<String> = row.scopes.iter().map(ToString::to_string).collect();
    let types = row.authorization_details_types.iter().map(|name| format!("details of type {name}"));
    let others = [
        (row.other_scopes, "any scope not named"),
        (row.other_types, "details of any type not named"),
        (row.without_scope, "a token without scope"),
    ];
    parts.extend(types);
    parts.extend(others.into_iter().filter(|(is, _)| *is).map(|(_, name)| String::from(name)));
    parts.join(", ")
}
