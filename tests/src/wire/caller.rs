//! A caller of `idjag::wire`, and what it gets back.

use core::cell::RefCell;

use idjag::wire::{BearerAnswer, BearerQuestion, Table, verify_bearer_of};
use serde_json::{Map, Value, json};

use super::{records, shapes};
use crate::format::Failure;
use crate::providers::crypto;

/// Every algorithm, for key sets that a case does not restrict.
pub(super) const ALL_ALGORITHMS: [&str; 5] = ["ES256", "ES384", "EdDSA", "RS256", "PS256"];

/// A number of an object; 0 is none.
pub(super) type Number = u64;

/// A caller with objects of its own.
pub(super) struct Caller {
    table: Table,
}

impl Default for Caller {
    fn default() -> Self {
        Self { table: Table::new(crypto()) }
    }
}

/// What a call did not do, and all that is said about it.
pub(super) struct Refusal(pub(super) Value);

impl Refusal {
    /// The part that vectors compare.
    pub(super) fn failure(&self) -> Failure {
        let oauth = self.0.get("oauth").map(|oauth| oauth.as_str().expect("a text").to_owned());
        Failure { code: self.0["code"].as_str().expect("a code").to_owned(), oauth }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        refusal.failure()
    }
}

impl Caller {
    /// Calls an operation with objects.
    pub(super) fn call(
        &mut self,
        operation: &str,
        numbers: &[Number],
        input: &Value,
    ) -> Result<Value, Refusal> {
        self.exchange(operation, numbers, input).map(|mut envelope| envelope["ok"].take())
    }

    /// Asks `resource_server.verify_bearer` by plain arguments: the answer, or null where it is a number alone; and the
    /// number of the token.
    pub(super) fn verify_bearer(
        &mut self,
        objects: &[Number; 3],
        input: &Value,
        number_will_do: bool,
    ) -> Result<(Value, Option<u64>), Refusal> {
        let question = BearerQuestion {
            objects: *objects,
            token: input["token"].as_str().expect("a token"),
            context: input["context"].as_str(),
            now: input["now"].as_f64().expect("a time"),
            number_will_do,
        };
        match verify_bearer_of(&RefCell::new(&mut self.table), &question) {
            BearerAnswer::Known(number) => Ok((Value::Null, Some(number))),
            BearerAnswer::Told(answer) => {
                let mut lines = answer.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
                let mut envelope = lines.next().expect("an answer");
                if let Some(err) = envelope.get_mut("err") {
                    return Err(Refusal(err.take()));
                }
                envelope["ok"]["record"] = lines.next().expect("a record");
                Ok((envelope["ok"].take(), envelope["number"].as_u64()))
            }
        }
    }

    /// Calls an operation that makes an object.
    pub(super) fn make(
        &mut self,
        operation: &str,
        numbers: &[Number],
        input: &Value,
    ) -> Result<Number, Refusal> {
        self.derive(operation, numbers, input).map(|(number, _)| number)
    }

    /// Calls an operation that makes an object, for what it answers too.
    pub(super) fn derive(
        &mut self,
        operation: &str,
        numbers: &[Number],
        input: &Value,
    ) -> Result<(Number, Value), Refusal> {
        let mut envelope = self.exchange(operation, numbers, input)?;
        let number = envelope["handle"].as_u64().unwrap_or_else(|| panic!("`{operation}` made nothing"));
        Ok((number, envelope["ok"].take()))
    }

    fn exchange(&mut self, operation: &str, numbers: &[Number], input: &Value) -> Result<Value, Refusal> {
        let numbers: Vec<String> = numbers.iter().map(Number::to_string).collect();
        let answer = self.table.call(&format!("{operation}\n{}\n{input}", numbers.join(" ")));
        let mut envelope: Value = serde_json::from_str(&answer).expect("an answer is JSON");
        records::check(operation, &envelope);
        let of_its_shape = shapes::input(operation, input);
        match envelope.get_mut("err") {
            Some(err) => {
                let blames_the_shape = err["code"] == "argument_invalid";
                assert!(
                    !(blames_the_shape && of_its_shape.is_ok()),
                    "{operation}: published, and refused: {err}"
                );
                Err(Refusal(err.take()))
            }
            None => {
                of_its_shape
                    .unwrap_or_else(|fault| panic!("{operation}: not published, and accepted: {fault}"));
                shapes::output(operation, &envelope["ok"]).unwrap_or_else(|fault| {
                    panic!("{operation}: answered otherwise than published: {fault}")
                });
                Ok(envelope)
            }
        }
    }

    /// The key set `jwks`, of `issuer`: prepared, so that every vector is verified so here, and plainly by the typed API.
    pub(super) fn key_set(
        &mut self,
        issuer: &str,
        jwks: &Value,
        algorithms: Value,
    ) -> Result<Number, Refusal> {
        let options = json!({"issuer": issuer, "jwks": jwks, "algorithms": algorithms, "prepare": true});
        self.make("key_set.new", &[], &options)
    }

    /// The private key `jwk`.
    pub(super) fn signing_key(&mut self, jwk: &Value) -> Result<Number, Refusal> {
        self.make("signing_key.new", &[], &json!({"jwk": jwk}))
    }
}

/// The members of several objects in one.
pub(super) fn merged(objects: &[&Value]) -> Value {
    let members = objects.iter().map(|object| object.as_object().expect("an object"));
    Value::Object(members.flat_map(|members| members.clone()).collect::<Map<_, _>>())
}
