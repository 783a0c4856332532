//! The operations of the core, as JSON in and JSON out: what the program answers is what every other language gets.

use idjag::wire::{Crypto, Table};
use serde_json::Value;

use crate::report::Trouble;

/// The core's objects.
pub(crate) struct Operations(Table);

impl Default for Operations {
    fn default() -> Self {
        Self(Table::new(&Crypto::RUST))
    }
}

/// What an operation refused, as it says it: `code`, `message` and more.
pub(crate) struct Refusal(pub(crate) Value);

impl Refusal {
    pub(crate) fn code(&self) -> &str {
        self.0.get("code").and_then(Value::as_str).unwrap_or_default()
    }

    pub(crate) fn message(&self) -> &str {
        self.0.get("message").and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether it is about what the caller passed, and not about the token or document that was looked at.
    pub(crate) fn is_of_arguments(&self) -> bool {
        const ARGUMENTS: [&str; 8] = [
            "argument_invalid",
            "call_malformed",
            "config_invalid",
            "handle_invalid",
            "invalid_now",
            "text_invalid",
            "url_insecure",
            "url_malformed",
        ];
        self.0.get("token").is_none() && ARGUMENTS.contains(&self.code())
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.0.get("detail").and_then(Value::as_str);
        match detail.filter(|detail| !refusal.message().contains(detail)) {
            Some(detail) => Self(format!("{}: {detail}", refusal.message())),
            None => Self(String::from(refusal.message())),
        }
    }
}

impl Operations {
    /// Calls an operation with the objects of these numbers.
    pub(crate) fn call(&mut self, name: &str, objects: &[u64], input: &Value) -> Result<Value, Refusal> {
        self.made(name, objects, input).map(|(answer, _)| answer)
    }

    /// Calls an operation that makes an object: its number.
    pub(crate) fn make(&mut self, name: &str, input: &Value) -> Result<u64, Refusal> {
        self.made(name, &[], input).map(|(_, number)| number)
    }

    fn made(&mut self, name: &str, objects: &[u64], input: &Value) -> Result<(Value, u64), Refusal> {
        let numbers: Vec<String> = objects.iter().map(u64::to_string).collect();
        let answer = self.0.call(&format!("{name}\n{}\n{input}", numbers.join(" ")));
        let mut envelope: Value = serde_json::from_str(&answer).unwrap_or_default();
        match envelope.get_mut("err").map(Value::take) {
            Some(refused) => Err(Refusal(refused)),
            None => {
                let number = envelope.get("handle").and_then(Value::as_u64).unwrap_or_default();
                Ok((envelope.get_mut("ok").map(Value::take).unwrap_or_default(), number))
            }
        }
    }
}
