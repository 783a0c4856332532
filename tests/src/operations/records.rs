//! `record.*` and `records.*`: decision records read back, folded, told as a chain and as events of another schema.
//!
//! `record.read`, `record.to_ocsf`: input `{record}`, an object or its text · `record.of_revocation`: input `{entry,
//! decided_by}` · `records.connections`: config the caps, input `{records}` · `records.chain`: input `{records, id}`

use idjag::codec::json::{Json, Object};
use idjag::record::chain::chain as chain_of;
use idjag::record::connections::{ConnectionLimits, Connections};
use idjag::record::{DecisionRecord, RecordedDecision, ocsf};
use idjag::revocation::Revocation;
use idjag::{Error, UnixTime};
use serde::Deserialize;
use serde_json::{Value, json};

use super::locally;
use super::roles::settings::json as json_of;
use super::roles::to_json;
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

fn object(value: &Value) -> Object<'static> {
    match json_of(value.clone()) {
        Json::Object(object) => object,
        _ => panic!("the vector has an object"),
    }
}

fn recorded(value: &Value) -> Result<RecordedDecision, Error> {
    match value {
        Value::String(text) => RecordedDecision::parse(text.as_bytes()),
        value => RecordedDecision::from_json(object(value)),
    }
}

fn all(values: &[Value]) -> Result<Vec<RecordedDecision>, Error> {
    values.iter().map(recorded).collect()
}

pub(super) fn read(_: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    recorded(&input.0["record"]).map(|record| to_json(record.to_json())).map_err(locally)
}

pub(super) fn event(_: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    let record = recorded(&input.0["record"]).map_err(locally)?;
    Ok(json!({"event": to_json(&ocsf::event(&record))}))
}

pub(super) fn of_revocation(_: &Config, _: &Keys, now: u64, input: &Input) -> Outcome {
    let decided_by = input.0["decided_by"].as_str().expect("a text");
    let made = || {
        let entry = Revocation::from_json(&object(&input.0["entry"]))?;
        DecisionRecord::of_revocation(&entry, decided_by, UnixTime::now(now)?)
    };
    made().map(|record| to_json(&record.to_json())).map_err(locally)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Caps {
    max_tokens: Option<usize>,
    max_denials: Option<usize>,
    max_revocations: Option<usize>,
}

pub(super) fn connections(config: &Config, _: &Keys, now: u64, input: &Input) -> Outcome {
    let caps: Caps = config.read();
    let default = ConnectionLimits::default();
    let mut folded = Connections::new(ConnectionLimits {
        tokens: caps.max_tokens.unwrap_or(default.tokens),
        denials: caps.max_denials.unwrap_or(default.denials),
        revocations: caps.max_revocations.unwrap_or(default.revocations),
    });
    let records = all(input.0["records"].as_array().expect("a list")).map_err(locally)?;
    records.iter().for_each(|record| folded.add(record));
    let now = UnixTime::now(now).map_err(locally)?;
    Ok(to_json(&folded.table(now).to_json()))
}

pub(super) fn chain(_: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    let records = all(input.0["records"].as_array().expect("a list")).map_err(locally)?;
    let steps = chain_of(&records, input.0["id"].as_str().expect("a text"));
    Ok(json!({"steps": steps.iter().map(|step| to_json(&step.to_json())).collect::<Vec<_>>()}))
}
