//! `idjag records show`: records that fit, in the order of time.

use clap::Args;
use idjag::record::RecordedDecision;

use super::Source;
use super::read::Log;
use crate::moment;
use crate::report::Report;
use crate::screen::{Columns, shown};

#[derive(Args)]
pub(crate) struct ShowArgs {
    #[command(flatten)]
    source: Source,
    /// From then on.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    since: Option<u64>,
    /// Until then.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    until: Option<u64>,
    /// Of this app, by its id in the policy or a client id of it.
    #[arg(long)]
    app: Option<String>,
    /// Of this user, as either server knows it.
    #[arg(long, value_name = "SUB")]
    subject: Option<String>,
    /// Of this conversation.
    #[arg(long)]
    ctx: Option<String>,
    /// With this outcome, such as permit, deny, refuse, step_up or revoke; may be repeated.
    #[arg(long)]
    outcome: Vec<String>,
    /// Decided by this role: idp, resource_as, resource_server or administrator.
    #[arg(long)]
    role: Option<String>,
    /// With this error code.
    #[arg(long, value_name = "CODE")]
    error: Option<String>,
    /// Only so many, the last ones.
    #[arg(long, value_name = "COUNT")]
    last: Option<usize>,
}

impl ShowArgs {
    pub(super) const fn source(&self) -> &Source {
        &self.source
    }

    fn fits(&self, record: &RecordedDecision) -> bool {
        let time = record.time().as_secs();
        let is_one_of = |wanted: &Option<String>, members: &[&str]| {
            let says = |wanted: &str| members.iter().any(|member| record.text(member) == Some(wanted));
            wanted.as_deref().is_none_or(says)
        };
        self.since.is_none_or(|since| time >= since)
            && self.until.is_none_or(|until| time <= until)
            && is_one_of(&self.app, &["app", "client_id", "target_client_id"])
            && is_one_of(&self.subject, &["subject", "target_subject"])
            && is_one_of(&self.ctx, &["context"])
            && is_one_of(&self.error, &["error"])
            && self.role.as_deref().is_none_or(|role| record.role().as_str() == role)
            && (self.outcome.is_empty()
                || self.outcome.iter().any(|outcome| record.outcome().as_str() == outcome))
    }
}

pub(super) fn run(args: &ShowArgs, log: &Log) -> Report {
    let mut records: Vec<&RecordedDecision> = log.records.iter().filter(|record| args.fits(record)).collect();
    records.sort_by_key(|record| record.time());
    let skipped = args.last.map_or(0, |last| records.len().saturating_sub(last));
    let records = &records[skipped..];
    let mut columns =
        Columns::new(["time", "role", "outcome", "app", "user", "what", "conversation", "token"]);
    for record in records {
        let text = |name| record.text(name).unwrap_or_default();
        let app = record.text("app").or(record.text("client_id")).unwrap_or_default();
        let time = moment::to_utc(record.time().as_secs());
        columns.row([
            &time,
            record.role().as_str(),
            record.outcome().as_str(),
            app,
            text("subject"),
            &what(record),
            text("context"),
            text("token_id"),
        ]);
    }
    let mut out = String::new();
    match records.is_empty() {
        true => out.push_str("no record fits\n"),
        false => columns.print(&mut out, ""),
    }
    let lines = records.iter().map(|record| record.to_json().to_string()).collect();
    Report::of_lines(out, lines).is(!records.is_empty())
}

/// What it was about, and what was wrong.
fn what(record: &RecordedDecision) -> String {
    let about = record.text("operation").unwrap_or(record.action().as_str());
    let scope = record.text("scope_granted").or(record.text("scope_asked"));
    let resources: Vec<&str> = record.texts("resources").collect();
    let mut parts = vec![String::from(about)];
    parts.extend(scope.filter(|_| record.text("operation").is_none()).map(|scope| format!("[{scope}]")));
    parts.extend((!resources.is_empty()).then(|| format!("at {}", resources.join(" "))));
    parts.extend(record.text("error").map(|error| format!("({error})")));
    parts.join(" ")
}

/// A record in one line.
pub(super) fn sentence(record: &RecordedDecision) -> String {
    let time = moment::to_utc(record.time().as_secs());
    let (role, outcome) = (record.role().as_str(), record.outcome().as_str());
    let app = record.text("app").or(record.text("client_id"));
    let whom = [("by", app), ("for", record.text("subject")), ("in", record.text("context"))];
    let whom: Vec<String> =
        whom.iter().filter_map(|(word, name)| name.map(|name| format!("{word} `{name}`"))).collect();
    shown(&format!("{time} {role} {outcome}: {} {}", what(record), whom.join(" "))).trim_end().into()
}
