//! `idjag revoke`: an entry for a list of revocations, added to a file in one step.

use core::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::Args;
use idjag::codec::json::{Json, Object};
use idjag::revocation::{Holder, Revocation, RevocationList, Revoked};
use idjag::{Seconds, Tolerance, UnixTime};
use serde_json::{Value, json};

use crate::args::Clock;
use crate::new_file::{NewFile, Readers, trouble};
use crate::report::{Answer, Report, Trouble};
use crate::screen::shown;
use crate::{input, moment};

/// Bytes of a list: room for more than a million entries.
pub(crate) const LIST_BYTES: u64 = 512 * 1024 * 1024;
/// Entries of a list.
pub(crate) const MAX_ENTRIES: usize = 2_000_000;
/// How far an issuer's clock may be ahead of this one.
const AHEAD: Seconds = Seconds(60);

/// Revoke tokens: add an entry to a list of revocations.
///
/// The tokens are those of one issuer: by --jti the one, by --jag-jti what an ID-JAG became, by --subject, --client-id, both,
/// or both with --ctx everything of a user, an app, their connection or one conversation, by --actor what an actor acts
/// with. What was derived from a revoked token dies with it. Servers refuse them once they have the list.
#[derive(Args)]
pub(crate) struct RevokeArgs {
    /// The list of revocations. It is replaced in one step; a second change at the same time is refused.
    #[arg(long, value_name = "FILE", required_unless_present = "dry_run")]
    list: Option<PathBuf>,
    /// Make the list if there is none.
    #[arg(long)]
    create: bool,
    /// Print the entry and change nothing.
    #[arg(long)]
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
    let Some(path) = args.list.as_ref().filter(|_| !args.dry_run) else {
        out.push_str("nothing was changed\n");
        return Ok(Report::new(out, &json!({ "changed": false, "entry": written })));
    };
    let Added { changed, sequence, entries } = add(path, &entry, args.create, now)?;
    let name = shown(&path.display().to_string());
    let verb = if changed { "added to" } else { "already in" };
    let _ = writeln!(out, "{verb} {name}: {entries} entries, sequence {sequence}");
    let answer = json!({
        "changed": changed,
        "entry": written,
        "file": path.display().to_string(),
        "sequence": sequence,
        "entries": entries,
    });
    Ok(Report::new(out, &answer))
}

fn entry(args: &RevokeArgs, now: UnixTime) -> Result<Revocation, Trouble> {
    let mut entry = Object::new();
    let texts = [
        ("iss", Some(&args.issuer)),
        ("jti", args.jti.as_ref()),
        ("jag_jti", args.jag_jti.as_ref()),
        ("sub", args.subject.as_ref()),
        ("client_id", args.client_id.as_ref()),
        ("ctx", args.ctx.as_ref()),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            entry.set_str(name, text.as_str());
        }
    }
    if let Some(actor) = &args.actor {
        let mut act = Object::new();
        if let Some(issuer) = &args.actor_issuer {
            act.set_str("iss", issuer.as_str());
        }
        act.set_str("sub", actor.as_str());
        entry.set("act", Json::Object(act));
    }
    let of_holder = args.jti.is_none() && args.jag_jti.is_none();
    let until = match args.issued_before {
        None if of_holder => Some(now.plus(AHEAD).as_secs()),
        stated => stated,
    };
    if let Some(until) = until {
        entry.set("issued_before", until);
    }
    let issued_last =
        UnixTime::now(until.unwrap_or_default()).map_err(|error| Trouble(error.to_string()))?.max(now);
    let retain_until = match (args.retain_until, args.max_lifetime) {
        (Some(time), _) => time,
        (None, Some(life)) => issued_last.plus(Seconds(life)).plus(Tolerance::MAX).as_secs(),
        (None, None) => return Err(Trouble::new("--max-lifetime or --retain-until is needed")),
    };
    if retain_until <= now.as_secs() {
        return Err(Trouble::new("the entry would be forgotten at once: --retain-until lies in the past"));
    }
    entry.set("retain_until", retain_until);
    Revocation::from_json(&entry).map_err(|error| match error.detail() {
        Some("selector") => Trouble::new(
            "say whose tokens in one way: --jti, --jag-jti, --subject, --client-id, these two, these two with --ctx, or --actor",
        ),
        _ => Trouble(error.to_string()),
    })
}

/// What will be refused, in words.
fn dies(entry: &Revocation, written: &Value) -> String {
    let issuer = shown(entry.issuer.as_str());
    let kept = moment::to_utc(entry.retain_until.as_secs());
    let what = match &entry.revoked {
        Revoked::Token(jti) => {
            format!("the token `{}` of {issuer}, and what was derived from it", shown(jti.as_str()))
        }
        Revoked::Grant(jti) => {
            format!("every access token of {issuer} that stems from ID-JAG `{}`", shown(jti.as_str()))
        }
        Revoked::IssuedTo { holder, until } => {
            let until = moment::to_utc(until.as_secs());
            format!("every token of {issuer} {}, issued until {until}", whose(holder, written))
        }
    };
    format!("dies: {what}\nkept: until {kept}, when all of them have expired\n")
}

fn whose(holder: &Holder, written: &Value) -> String {
    let written = |name: &str| shown(written.pointer(name).and_then(Value::as_str).unwrap_or_default());
    match holder {
        Holder::Subject(_) => format!("for user `{}`, whatever the app", written("/sub")),
        Holder::Client(_) => format!("for client `{}`, whoever the user", written("/client_id")),
        Holder::Connection { .. } => {
            format!("for user `{}` through client `{}`", written("/sub"), written("/client_id"))
        }
        Holder::Conversation { .. } => format!(
            "for user `{}` through client `{}` in conversation `{}`",
            written("/sub"),
            written("/client_id"),
            written("/ctx")
        ),
        Holder::Actor { .. } => format!("with which actor `{}` acts", written("/act/sub")),
    }
}

/// What became of a list.
struct Added {
    changed: bool,
    sequence: u64,
    entries: usize,
}

/// Adds an entry to the list in a file. The new file is also the lock: nobody else changes the list while it is there.
fn add(path: &Path, entry: &Revocation, create: bool, now: UnixTime) -> Result<Added, Trouble> {
    let target = match fs::canonicalize(path) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::NotFound && create => path.into(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Trouble(format!("{}: there is no such list; --create makes one", path.display())));
        }
        Err(error) => return Err(trouble(path, &error)),
    };
    let mut beside = target.clone().into_os_string();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let mut file = NewFile::create(&beside, Readers::Default).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Trouble(format!(
            "{}: somebody else is changing the list, or was interrupted: remove this file if nobody is",
            beside.display()
        )),
        _ => trouble(&beside, &error),
    })?;
    let refused = |error: idjag::Error| Trouble(format!("{}: {error}", path.display()));
    let mut list = RevocationList::new(MAX_ENTRIES);
    // That nobody can say is not that there is none: a new list in its place would revoke nothing.
    match fs::exists(&target).map_err(|error| trouble(&target, &error))? {
        true => list.read(&input::bytes(&target, LIST_BYTES)?, now).map_err(refused)?,
        false if create => {}
        false => return Err(Trouble(format!("{}: the list is gone", path.display()))),
    }
    let before = list.to_json(now).to_string();
    list.add(entry, now).map_err(refused)?;
    let after = list.to_json(now).to_string();
    let added = Added { changed: before != after, sequence: list.sequence(), entries: list.len() };
    if added.changed {
        let write = |file: &mut NewFile| {
            file.permit_as(&target)?;
            file.write(format!("{after}\n").as_bytes())
        };
        write(&mut file).and_then(|()| file.replace(&target)).map_err(|error| trouble(&target, &error))?;
    }
    Ok(added)
}
