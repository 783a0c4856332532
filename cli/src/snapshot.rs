//! `idjag snapshot`: a list of revocations, signed, as servers elsewhere fetch it.

use std::path::PathBuf;

use clap::Args;
use idjag::Error;
use idjag::Seconds;
use idjag::crypto::rustcrypto::SigningKey;
use idjag::revocation::RevocationList;
use idjag::uri::{Issuer, Transport};
use serde_json::json;

use crate::args::Clock;
use crate::new_file::{NewFile, Readers, trouble};
use crate::report::{Answer, Report, Trouble};
use crate::revoke::{LIST_BYTES, MAX_ENTRIES};
use crate::screen::shown;
use crate::{input, moment};

/// Bytes of a private key.
const KEY_BYTES: u64 = 64 * 1024;

/// Sign a list of revocations as it is now: a file for any web server, which copies at the edge fetch and verify.
///
/// Copies serve until --interval is over, and for as long as they are configured to after it: publish again before.
#[derive(Args)]
pub(crate) struct SnapshotArgs {
    /// The list of revocations.
    #[arg(long, value_name = "FILE")]
    list: PathBuf,
    /// Who tells it: the issuer that copies are configured with.
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// The private JWK of the key that signs.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// After how long copies are to ask again.
    #[arg(long, value_name = "SPAN", value_parser = moment::parse_span, default_value = "10m")]
    interval: u64,
    /// Where the snapshot goes; replaced in one step.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    clock: Clock,
}

pub(crate) fn run(args: &SnapshotArgs) -> Answer {
    let now = moment::now(args.clock.now)?;
    let said = |error: Error| Trouble(error.to_string());
    let of_file = |path: &PathBuf, error: Error| Trouble(format!("{}: {error}", path.display()));
    let issuer = Issuer::new(&args.issuer, Transport::HttpsOnly).map_err(said)?;
    let key = SigningKey::from_jwk(&input::text(&args.key, KEY_BYTES)?)
        .map_err(|error| of_file(&args.key, error))?;
    let mut list = RevocationList::new(MAX_ENTRIES);
    let text = input::bytes(&args.list, LIST_BYTES)?;
    list.read(&text, now).map_err(|error| of_file(&args.list, error))?;
    let update = list.snapshot(issuer, now.plus(Seconds(args.interval)), now).map_err(said)?;
    let manifest = update.to_unsigned().sign_with(&key).map_err(said)?;

    // The manifest in a line, and the entries after it.
    let mut content = manifest.expose().as_bytes().to_vec();
    content.push(b'\n');
    for chunk in (0..update.chunks()).filter_map(|number| update.chunk(number)) {
        content.extend(chunk);
    }
    let mut beside = args.out.clone().into_os_string();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let mut file = NewFile::create(&beside, Readers::Default).map_err(|error| trouble(&beside, &error))?;
    file.write(&content)
        .and_then(|()| file.replace(&args.out))
        .map_err(|error| trouble(&args.out, &error))?;

    let next = now.plus(Seconds(args.interval)).as_secs();
    let name = shown(&args.out.display().to_string());
    let out = format!(
        "{name}: {} entries, sequence {}, {} bytes; publish again by {}\n",
        update.len(),
        update.sequence(),
        content.len(),
        moment::to_utc(next)
    );
    let answer = json!({
        "file": args.out.display().to_string(),
        "entries": update.len(),
        "sequence": update.sequence(),
        "bytes": content.len(),
        "next_update": next,
    });
    Ok(Report::new(out, &answer))
}
