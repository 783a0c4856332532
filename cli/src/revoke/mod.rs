//! `idjag revoke`: an entry for a list of revocations, added to a file in one step, or to the store that servers share.

mod entry;
mod list;
#[cfg(feature = "redis")]
mod redis;

use core::fmt::Write as _;
use core::slice;
use std::path::PathBuf;

use clap::{ArgGroup, Args};
use idjag::UnixTime;
use idjag::revocation::Revocation;
use serde_json::{Value, json};

use self::entry::{dies, entry};
pub(crate) use self::list::{Added, LIST_BYTES, MAX_ENTRIES, add};
use crate::args::Clock;
use crate::moment;
use crate::records::RecordArgs;
use crate::report::{Answer, Report, Trouble};
use crate::screen::shown;

/// Revoke tokens: add an entry to a list of revocations.
///
/// The tokens are those of one issuer: by --jti the one, by --jag-jti what an ID-JAG became, by --subject, --client-id, both,
/// or both with --ctx everything of a user, an app, their connection or one conversation, by --actor what an actor acts
/// with. What was derived from a revoked token dies with it. Servers refuse them once they have the list, or within a second
/// where they share a Redis: --redis writes the entry there, and is all that this program uses the network for.
#[derive(Args)]
#[command(group = ArgGroup::new("where").required(true).multiple(true))]
pub(crate) struct RevokeArgs {
    /// The list of revocations. It is replaced in one step; a second change at the same time is refused.
    #[arg(long, value_name = "FILE", group = "where")]
    list: Option<PathBuf>,
    /// Make the list if there is none.
    #[arg(long, requires = "list")]
    create: bool,
    #[cfg(feature = "redis")]
    #[command(flatten)]
    redis: redis::RedisArgs,
    #[command(flatten)]
    record: RecordArgs,
    /// Print the entry and change nothing.
    #[arg(long, group = "where")]
    dry_run: bool,
    /// The issuer of the tokens: what `iss` says in them.
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// The one token with this id.
    #[arg(long, value_name = "ID")]
    jti: Option<String>,
    /// The access tokens that stem from the ID-JAG with this id.
    #[arg(long, value_name = "ID")]
    jag_jti: Option<String>,
    /// The tokens of this user.
    #[arg(long, value_name = "SUB")]
    subject: Option<String>,
    /// The tokens of this client, by its id at the issuer.
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// The tokens of this conversation; needs --subject and --client-id.
    #[arg(long)]
    ctx: Option<String>,
    /// The tokens with which this actor acts.
    #[arg(long, value_name = "SUB")]
    actor: Option<String>,
    /// The issuer of the actor, where tokens name it.
    #[arg(long, value_name = "URL", requires = "actor")]
    actor_issuer: Option<String>,
    /// Of a user, client, conversation or actor: the tokens issued until then. By default now and 60 seconds, for an issuer
    /// whose clock is ahead: whoever signs on again in these seconds has to do it once more.
    #[arg(long, value_name = "TIME", value_parser = moment::parse)]
    issued_before: Option<u64>,
    /// The longest life of such tokens: the entry is kept for as long, and for clocks that differ.
    #[arg(long, value_name = "SPAN", value_parser = moment::parse_span, required_unless_present = "retain_until")]
    max_lifetime: Option<u64>,
    /// Keep the entry until then, when every such token has expired everywhere.
    #[arg(long, value_name = "TIME", value_parser = moment::parse, conflicts_with = "max_lifetime")]
    retain_until: Option<u64>,
    #[command(flatten)]
    clock: Clock,
}

pub(crate) fn run(args: &RevokeArgs) -> Answer {
    let now = moment::now(args.clock.now)?;
    let entry = entry(args, now)?;
    let written: Value = serde_json::from_str(&entry.to_json().to_string()).unwrap_or_default();
    let mut out = dies(&entry, &written);
    let mut answer = json!({ "changed": false, "entry": written });
    if args.dry_run {
        out.push_str("nothing was changed\n");
        return Ok(Report::new(out, &answer));
    }
    let mut log = args.record.open(&entry, now)?;
    let added = match &args.list {
        Some(path) => Some((path, add(path, slice::from_ref(&entry), args.create, now)?)),
        None => None,
    };
    if let Some((path, Added { changed, sequence, entries })) = &added {
        let name = path.display().to_string();
        let verb = if *changed { "added to" } else { "already in" };
        let _ = writeln!(out, "{verb} {}: {entries} entries, sequence {sequence}", shown(&name));
        answer["changed"] = (*changed).into();
        answer["file"] = name.into();
        answer["sequence"] = (*sequence).into();
        answer["entries"] = (*entries).into();
    }
    let stored = stored(args, &entry, now);
    if let Ok(true) = stored {
        out.push_str("stored: every server that shares this Redis has it within a second\n");
        answer["changed"] = true.into();
        answer["stored"] = true.into();
    }
    let changed = answer["changed"] == true;
    let recorded = if changed { log.append(slice::from_ref(&entry), now) } else { Ok(()) };
    match (stored, added) {
        (Err(Trouble(text)), Some((path, _))) => {
            let unrecorded = recorded.map_or_else(|Trouble(text)| format!("; {text}"), |()| String::new());
            Err(Trouble(format!("{text}. Only the list {} has the entry{unrecorded}", path.display())))
        }
        (Err(trouble), None) => Err(trouble),
        (Ok(_), _) => recorded.map(|()| Report::new(out, &answer)),
    }
}

/// Whether the store has the entry; `false` where it was not to go there.
#[cfg(feature = "redis")]
fn stored(args: &RevokeArgs, entry: &Revocation, now: UnixTime) -> Result<bool, Trouble> {
    args.redis.store(entry, now)
}

#[cfg(not(feature = "redis"))]
const fn stored(_: &RevokeArgs, _: &Revocation, _: UnixTime) -> Result<bool, Trouble> {
    Ok(false)
}
