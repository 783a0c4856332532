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

/// Records that are to be appended once what they say was done; none where none were asked for.
pub(crate) struct Ready(Option<(File, PathBuf, String)>);

impl RecordArgs {
    /// Opens the log and writes nothing yet: what cannot be recorded is not to be done.
    pub(crate) fn ready(&self, entries: &[Revocation], now: UnixTime) -> Result<Ready, Trouble> {
        let (Some(path), Some(decided_by)) = (&self.records, &self.decided_by) else {
            return Ok(Ready(None));
        };
        let mut lines = String::new();
        for entry in entries {
            let record = DecisionRecord::of_revocation(entry, decided_by, now)
                .map_err(|error| Trouble(format!("--decided-by: {error}")))?;
            lines.push_str(&record.to_json().to_string());
            lines.push('\n');
        }
        let (file, whole_lines) = open(path).map_err(|error| trouble(path, &error))?;
        if !whole_lines {
            lines.insert(0, '\n');
        }
        Ok(Ready(Some((file, path.clone(), lines))))
    }
}

impl Ready {
    /// Appends the records.
    pub(crate) fn append(self) -> Result<(), Trouble> {
        let Some((mut file, path, lines)) = self.0 else {
            return Ok(());
        };
        file.write_all(lines.as_bytes()).and_then(|()| file.flush()).map_err(|error| {
            Trouble(format!("{}: {error}: what was revoked is revoked, but not recorded", path.display()))
        })
    }
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
