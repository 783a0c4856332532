//! Decision records of what this program did, added to a log.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use idjag::UnixTime;
use idjag::record::DecisionRecord;
use idjag::revocation::Revocation;

use crate::new_file::trouble;
use crate::report::Trouble;

#[derive(Args)]
pub(crate) struct RecordArgs {
    /// Append a decision record of each revocation that is made: a JSON line, which `idjag records` reads.
    #[arg(long, value_name = "FILE", requires = "decided_by")]
    records: Option<PathBuf>,
    /// Who revokes, as the records are to say it.
    #[arg(long, value_name = "WHO", requires = "records")]
    decided_by: Option<String>,
}

/// A log that records are appended to; none where none was asked for.
pub(crate) struct RecordLog(Option<Opened>);

struct Opened {
    file: File,
    path: PathBuf,
    decided_by: String,
    /// Whether the last line ends.
    whole: bool,
}

impl RecordArgs {
    pub(crate) const fn is_wanted(&self) -> bool {
        self.records.is_some()
    }

    /// Opens the log and writes nothing yet: what cannot be recorded, as `entry` cannot, is not to be done.
    pub(crate) fn open(&self, entry: &Revocation, now: UnixTime) -> Result<RecordLog, Trouble> {
        let (Some(path), Some(decided_by)) = (&self.records, &self.decided_by) else {
            return Ok(RecordLog(None));
        };
        line(entry, decided_by, now)?;
        let (file, whole) = open(path).map_err(|error| trouble(path, &error))?;
        Ok(RecordLog(Some(Opened { file, path: path.clone(), decided_by: decided_by.clone(), whole })))
    }
}

impl RecordLog {
    /// Appends a record of each entry that was revoked.
    pub(crate) fn append(&mut self, entries: &[Revocation], now: UnixTime) -> Result<(), Trouble> {
        let Some(Opened { file, path, decided_by, whole }) = &mut self.0 else {
            return Ok(());
        };
        let mut lines = String::from(if *whole { "" } else { "\n" });
        for entry in entries {
            lines.push_str(&line(entry, decided_by, now)?);
        }
        *whole = true;
        file.write_all(lines.as_bytes()).map_err(|error| {
            Trouble(format!("{}: {error}: what was revoked is revoked, but not recorded", path.display()))
        })
    }
}

fn line(entry: &Revocation, decided_by: &str, now: UnixTime) -> Result<String, Trouble> {
    let record = DecisionRecord::of_revocation(entry, decided_by, now);
    let record = record.map_err(|error| Trouble(format!("--decided-by: {error}")))?;
    Ok(format!("{}\n", record.to_json()))
}

/// A log to append to, and whether its last line is whole.
fn open(path: &Path) -> io::Result<(File, bool)> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Ok((options.open(path)?, true));
    }
    let mut file = options.read(true).open(path)?;
    let mut byte = [0];
    if file.read(&mut byte)? == 0 {
        return Ok((file, true));
    }
    if byte == *b"[" {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "this is one JSON array, and no JSON lines"));
    }
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut byte)?;
    Ok((file, byte == *b"\n"))
}
