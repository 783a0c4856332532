//! `wire.call`: the text of a call, as a binding passes it on.
//!
//! input `{calls}`: each a text in which `#1` stands for the number of the object that the first call made · output `{ok}`
//! of the last call; all others must succeed

use idjag::wire::Table;
use serde_json::{Value, json};

use super::caller::Refusal;
use crate::format::{Config, Failure, Input, Keys};
use crate::providers::crypto;
use crate::run::Outcome;

pub(crate) fn run(_: &str, _: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    let mut table = Table::new(crypto());
    let mut made: Vec<String> = Vec::new();
    let mut last = Value::Null;
    for call in input.0["calls"].as_array().expect("a list") {
        assert!(last.get("err").is_none(), "a call before the last failed: {last}");
        let mut text = call.as_str().expect("a text").to_owned();
        for (index, number) in made.iter().enumerate() {
            text = text.replace(&format!("#{}", index + 1), number);
        }
        last = serde_json::from_str(&table.call(&text)).expect("an answer is JSON");
        made.push(last["handle"].to_string());
    }
    match last.get_mut("err") {
        Some(err) => Err(Failure::from(Refusal(err.take()))),
        None => Ok(json!({"ok": last["ok"].take()})),
    }
}
