//! `idjag records`: who did what, told from decision records alone.

mod append;
mod connections;
mod read;
mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use idjag::record::chain::chain;
use idjag::record::connections::{ConnectionLimits, Connections};
use idjag::record::{RecordedDecision, ocsf};

pub(crate) use self::append::RecordArgs;
use self::read::Log;
use crate::args::Clock;
use crate::moment;
use crate::report::{Answer, Report};
use crate::screen::shown;

/// Tokens, refusals and revocations that `connections` remembers, each.
const MAX_REMEMBERED: usize = 1_000_000;

/// The steps of a chain that are moved in, one more than the one before: more than any server derives.
const DEEPEST: usize = 32;

/// Read decision records: what was decided, what belongs to an id, who can reach what.
///
/// Records are JSON lines, or one JSON array, in any order; standard input by default. Whoever can write to a log can write
/// any decision there: records are evidence, never permission.
#[derive(Subcommand)]
pub(crate) enum RecordsCommand {
    /// Show records in the order of time. Exit code 1 when none fits.
    Show(Box<show::ShowArgs>),
    /// Show everything that belongs to an id: from the sign-on over the ID-JAG and its tokens to the tool calls.
    ///
    /// Exit code 1 when no record names the id.
    Chain {
        /// The id of a token, an ID-JAG, an ID Token or a session; a conversation; or a request id.
        id: String,
        #[command(flatten)]
        source: Source,
    },
    /// Show which apps can reach which servers: for whom, with what, since when and until when.
    Connections {
        /// A line for each user.
        #[arg(long)]
        users: bool,
        #[command(flatten)]
        source: Source,
        #[command(flatten)]
        clock: Clock,
    },
    /// Print records as events of the Open Cybersecurity Schema Framework, one JSON object a line.
    Ocsf {
        #[command(flatten)]
        source: Source,
    },
}

/// Where records are read from.
#[derive(Args)]
pub(crate) struct Source {
    /// The records; standard input without it, or for `-`.
    #[arg(default_value = "-")]
    file: PathBuf,
    /// Skip lines that are no records, and say on standard error how many there were. Without it they are an error.
    #[arg(long)]
    skip_others: bool,
}

pub(crate) fn run(command: &RecordsCommand) -> Answer {
    match command {
        RecordsCommand::Show(args) => {
            let log = Log::read(args.source())?;
            Ok(show::run(args, &log).with_note(log.note()))
        }
        RecordsCommand::Chain { id, source } => {
            let log = Log::read(source)?;
            Ok(chained(&log.records, id).with_note(log.note()))
        }
        RecordsCommand::Connections { users, source, clock } => {
            let now = moment::now(clock.now)?;
            let log = Log::read(source)?;
            let (tokens, denials, revocations) = (MAX_REMEMBERED, MAX_REMEMBERED, MAX_REMEMBERED);
            let mut folded = Connections::new(ConnectionLimits { tokens, denials, revocations });
            log.records.iter().for_each(|record| folded.add(record));
            let table = folded.table(now).to_json().to_string();
            Ok(connections::report(table, *users, now.as_secs()).with_note(log.note()))
        }
        RecordsCommand::Ocsf { source } => {
            let log = Log::read(source)?;
            let lines: Vec<String> =
                log.records.iter().map(|record| ocsf::event(record).to_string()).collect();
            Ok(Report::of_lines(lines.join("\n"), lines).with_note(log.note()))
        }
    }
}

fn chained(records: &[RecordedDecision], id: &str) -> Report {
    let steps = chain(records, id);
    let mut out = String::new();
    let mut lines = Vec::new();
    for step in &steps {
        lines.push(step.to_json().to_string());
        let indent = "  ".repeat(step.level.min(DEEPEST));
        let mark = if step.matched { " <-" } else { "" };
        let (link, issuer) = (step.link.as_str().replace('_', " "), shown(&step.issuer));
        out.push_str(&format!("{indent}{link} `{}` of {issuer}{mark}\n", shown(&step.id)));
        for record in &step.records {
            out.push_str(&format!("{indent}  - {}\n", show::sentence(record)));
        }
    }
    let found = !steps.is_empty();
    if !found {
        out = format!("no record names `{}`\n", shown(id));
    }
    Report::of_lines(out, lines).is(found)
}
