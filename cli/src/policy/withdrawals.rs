//! `idjag policy withdrawals`: which entries belong on whose list when a policy takes the place of another.

use alloc::collections::BTreeMap;
use core::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use idjag::policy::{Policy, Withdrawal, WithdrawalTimes};
use idjag::uri::{Issuer, Transport};
use idjag::{Seconds, UnixTime};
use serde_json::{Value, json};

use super::faultless;
use crate::args::{Clock, PolicyReading};
use crate::moment;
use crate::records::RecordArgs;
use crate::report::{Answer, Report, Trouble};
use crate::revoke::{Added, add};
use crate::screen::{Columns, shown};

/// The list of the identity provider.
const IDP: &str = "idp";

/// Show what to revoke when a policy takes the place of another: what was granted to apps that may no longer be used.
///
/// A policy decides about new grants alone. Each server has its own list of revocations, and so has the identity provider:
/// the same client id may be another app elsewhere. With --lists the entries are added to them.
#[derive(Args)]
#[command(allow_missing_positional = true)]
pub(crate) struct WithdrawalsArgs {
    /// The policy as it was. Without it, everything of every app is revoked that NEW says may not be used.
    old: Option<PathBuf>,
    /// The policy as it is to be.
    new: PathBuf,
    /// The identity provider: the issuer of ID Tokens and ID-JAGs.
    #[arg(long, value_name = "URL")]
    idp: String,
    /// Add the entries to the lists in this directory: <server id>.json, and idp.json for the identity provider. In names of
    /// files everything but letters, digits and -_. is written as %XX.
    #[arg(long, value_name = "DIR")]
    lists: Option<PathBuf>,
    /// Make the lists that are not there.
    #[arg(long, requires = "lists")]
    create: bool,
    #[command(flatten)]
    record: RecordArgs,
    /// The longest life of an ID-JAG.
    #[arg(long, value_name = "SPAN", value_parser = moment::parse_span, default_value = "1h")]
    id_jag_lifetime: u64,
    /// The longest life of an access token.
    #[arg(long, value_name = "SPAN", value_parser = moment::parse_span, default_value = "1h")]
    access_token_lifetime: u64,
    /// The longest life of an ID Token.
    #[arg(long, value_name = "SPAN", value_parser = moment::parse_span, default_value = "1d")]
    id_token_lifetime: u64,
    #[command(flatten)]
    clock: Clock,
    #[command(flatten)]
    reading: PolicyReading,
}

pub(crate) fn run(args: &WithdrawalsArgs) -> Answer {
    if args.record.is_wanted() && args.lists.is_none() {
        return Err(Trouble::new("--records needs --lists: without it nothing is revoked"));
    }
    let now = moment::now(args.clock.now)?;
    let former = args.old.as_deref().map(|old| faultless(old, args.reading)).transpose()?;
    let former = former.as_ref().map(|(_, policy)| policy);
    let (_, policy) = faultless(&args.new, args.reading)?;
    let transport = match args.reading.dangerous_allow_http_loopback {
        true => Transport::DangerousAllowHttpLoopback,
        false => Transport::HttpsOnly,
    };
    let idp = Issuer::new(&args.idp, transport).map_err(|error| Trouble(format!("--idp: {error}")))?;
    let times = WithdrawalTimes {
        id_jag_lifetime: Seconds(args.id_jag_lifetime),
        access_token_lifetime: Seconds(args.access_token_lifetime),
        id_token_lifetime: Seconds(args.id_token_lifetime),
        ..WithdrawalTimes::default()
    };
    let withdrawals = policy.withdrawals(former, &idp, &times, now);
    let added = match &args.lists {
        Some(folder) => {
            distinct(former.into_iter().chain([&policy]))?;
            add_all(args, folder, &withdrawals, now)?
        }
        None => Vec::new(),
    };
    Ok(report(&withdrawals, &added))
}

/// Adds what belongs on each list: to as many as can be, and what failed is told.
fn add_all(
    args: &WithdrawalsArgs,
    folder: &Path,
    withdrawals: &[Withdrawal],
    now: UnixTime,
) -> Result<Vec<(PathBuf, Added)>, Trouble> {
    let Some(first) = withdrawals.iter().flat_map(|one| &one.entries).next() else {
        return Ok(Vec::new());
    };
    let mut log = args.record.open(first, now)?;
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for one in withdrawals {
        let path = folder.join(file_name(one.server.as_ref().map_or(IDP, |id| id.as_str())));
        match add(&path, &one.entries, args.create, now) {
            Ok(added) => {
                if added.changed {
                    failed.extend(log.append(&one.entries, now).err());
                }
                done.push((path, added));
            }
            Err(trouble) => failed.push(trouble),
        }
    }
    if failed.is_empty() {
        return Ok(done);
    }
    let mut text = String::from("not everything was revoked and recorded; the same command may be run again");
    failed.iter().for_each(|Trouble(cause)| {
        let _ = write!(text, "\n  failed: {cause}");
    });
    done.iter().for_each(|(path, _)| {
        let _ = write!(text, "\n  revoked: {}", path.display());
    });
    Err(Trouble(text))
}

/// The name of a list: within its directory, whatever the id is.
fn file_name(id: &str) -> String {
    let mut name = String::new();
    for (at, byte) in id.bytes().enumerate() {
        match byte {
            b'.' if at > 0 => name.push('.'),
            b'-' | b'_' => name.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => name.push(char::from(byte)),
            _ => {
                let _ = write!(name, "%{byte:02X}");
            }
        }
    }
    name + ".json"
}

/// Every server of the policies has a file of its own, also where a system takes `A` and `a` for one.
fn distinct<'p>(policies: impl Iterator<Item = &'p Policy>) -> Result<(), Trouble> {
    let mut names = BTreeMap::from([(String::from(IDP), IDP)]);
    for id in policies.flat_map(Policy::servers).map(|server| server.id().as_str()) {
        match names.insert(id.to_ascii_lowercase(), id) {
            Some(other) if other != id || id == IDP => {
                return Err(Trouble(format!(
                    "--lists: server `{id}` would have the same file as {}",
                    match other {
                        IDP => String::from("the identity provider"),
                        other => format!("server `{other}`"),
                    }
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

fn report(withdrawals: &[Withdrawal], added: &[(PathBuf, Added)]) -> Report {
    let mut out = String::new();
    let mut lines = Vec::new();
    for (number, Withdrawal { server, issuer, entries }) in withdrawals.iter().enumerate() {
        let list = added.get(number);
        let whose = server.as_ref().map_or("the identity provider", |id| id.as_str());
        let _ = writeln!(out, "on the list of {} ({})", shown(whose), shown(issuer.as_str()));
        let mut columns = Columns::new(["tokens of", "client or actor", "issued until", "kept until"]);
        for entry in entries {
            let entry: Value = serde_json::from_str(&entry.to_json().to_string()).unwrap_or_default();
            let text = |name: &str| entry[name].as_str().unwrap_or_default();
            let time = |name: &str| moment::to_utc(entry[name].as_u64().unwrap_or_default());
            let actor = entry.pointer("/act/sub").and_then(Value::as_str);
            let who = actor.map_or_else(|| text("client_id").into(), |actor| format!("{actor}, who acts"));
            columns.row([text("iss"), &who, &time("issued_before"), &time("retain_until")]);
            let mut line = json!({
                "server": server.as_ref().map(|id| id.as_str()),
                "issuer": issuer.as_str(),
                "entry": entry,
            });
            if let Some((path, added)) = list {
                line["file"] = path.display().to_string().into();
                line["changed"] = added.changed.into();
            }
            lines.push(line.to_string());
        }
        columns.print(&mut out, "  ");
        if let Some((path, Added { changed, sequence, entries })) = list {
            let verb = if *changed { "added to" } else { "already in" };
            let name = shown(&path.display().to_string());
            let _ = writeln!(out, "  {verb} {name}: {entries} entries, sequence {sequence}");
        }
    }
    if withdrawals.is_empty() {
        out.push_str("there is nothing to revoke\n");
    }
    Report::of_lines(out, lines)
}
