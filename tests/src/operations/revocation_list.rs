//! `revocation_list.run`: a list of revocations over time, as a script.
//!
//! config `{capacity, document?, max_stale?}` · input `{steps}`, each at its own `at` · output one event for each step; a
//! script whose last step fails, fails

use idjag::codec::json::Json;
use idjag::revocation::{Revocation, RevocationList};
use idjag::{Error, Seconds, UnixTime};
use serde::Deserialize;
use serde_json::{Value, json};

use super::roles::settings::json as library_json;
use super::{locally, value};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    capacity: usize,
    document: Option<Value>,
    max_stale: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    steps: Vec<At>,
}

#[derive(Deserialize)]
struct At {
    at: u64,
    #[serde(flatten)]
    act: Act,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    /// Entries come.
    Add(Vec<Value>),
    /// The copy is complete, up to this number.
    Synchronize(u64),
    /// The list is written.
    Export(()),
}

pub(super) fn run(config: &Config, _keys: &Keys, now: u64, input: &Input) -> Outcome {
    let (settings, script): (Settings, Script) = (config.read(), input.read());
    let mut list = settings.list(now).map_err(locally)?;
    let mut events = Vec::new();
    let mut last = Ok(());
    for At { at, act } in &script.steps {
        let event = UnixTime::now(*at).and_then(|now| play(&mut list, act, now));
        last = event.as_ref().map(|_| ()).map_err(|error| locally(*error));
        events.push(event.unwrap_or_else(|error| json!({"error": error.code().as_str()})));
    }
    last.map(|()| json!({"events": events}))
}

impl Settings {
    fn list(&self, now: u64) -> Result<RevocationList, Error> {
        let mut list = match self.max_stale {
            None => RevocationList::new(self.capacity),
            Some(max_stale) => RevocationList::copy_of_another(self.capacity, Seconds(max_stale)),
        };
        if let Some(document) = &self.document {
            list.read(document.to_string().as_bytes(), UnixTime::now(now)?)?;
        }
        Ok(list)
    }
}

fn play(list: &mut RevocationList, act: &Act, now: UnixTime) -> Result<Value, Error> {
    match act {
        Act::Add(entries) => {
            let entry = |entry: &Value| match library_json(entry.clone()) {
                Json::Object(entry) => Revocation::from_json(&entry),
                _ => panic!("an entry is an object"),
            };
            for entry in entries.iter().map(entry).collect::<Result<Vec<_>, _>>()? {
                list.add(&entry, now)?;
            }
        }
        Act::Synchronize(sequence) => list.synchronized(*sequence, now),
        Act::Export(()) => return Ok(value(list.to_json(now))),
    }
    Ok(json!({"sequence": list.sequence(), "size": list.len()}))
}
