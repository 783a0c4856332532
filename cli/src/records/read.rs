//! A log of decision records: JSON lines, or one JSON array.

use idjag::record::RecordedDecision;
use serde_json::Value;

use super::Source;
use crate::input;
use crate::report::Trouble;

/// Bytes of a log.
const LOG_BYTES: u64 = 1024 * 1024 * 1024;

/// The records of a log, in its order, and what else was in it.
pub(super) struct Log {
    pub(super) records: Vec<RecordedDecision>,
    others: usize,
    first: Option<String>,
}

impl Log {
    pub(super) fn read(source: &Source) -> Result<Self, Trouble> {
        let bytes = input::bytes(&source.file, LOG_BYTES)?;
        let mut log = Self { records: Vec::new(), others: 0, first: None };
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[') {
            let items: Vec<Value> = serde_json::from_slice(&bytes)
                .map_err(|error| Trouble(format!("{}: {error}", source.file.display())))?;
            for (number, item) in items.iter().enumerate() {
                log.add("item", number, item.to_string().as_bytes());
            }
        } else {
            for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
                if !line.trim_ascii().is_empty() {
                    log.add("line", number, line);
                }
            }
        }
        match (&log.first, source.skip_others) {
            (Some(first), false) => Err(Trouble(format!("{}: {first}", source.file.display()))),
            _ => Ok(log),
        }
    }

    fn add(&mut self, what: &str, number: usize, text: &[u8]) {
        match RecordedDecision::parse(text) {
            Ok(record) => self.records.push(record),
            Err(error) => {
                self.others += 1;
                self.first.get_or_insert_with(|| format!("{what} {} is no record: {error}", number + 1));
            }
        }
    }

    /// What was skipped, if anything was.
    pub(super) fn note(&self) -> Option<String> {
        self.first.as_ref().map(|first| format!("{} skipped; the first: {first}", self.others))
    }
}
