//! `client.connection`: one MCP server from discovery to use, as a script.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value, json};

use super::caller::{Caller, Number};
use super::client::{refused, signer};
use crate::format::{Config, Failure, Input, Keys};
use crate::operations::{opened_message, page, without_token_id};
use crate::run::Outcome;

pub(super) fn run(_: &str, config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let mut caller = Caller::default();
    let own = signer(&mut caller, keys, "client")?;
    let mut options = config.0.as_object().expect("an object").clone();
    let dpop = match options.remove("dpop") {
        Some(Value::Bool(true)) => signer(&mut caller, keys, "dpop")?,
        _ => 0,
    };
    if let Some(document) = options.get_mut("document") {
        *document = json!({"client_id": document[0], "token_endpoint_auth_method": document[1]});
    }
    let client = caller.make("client.new", &[own, dpop], &Value::Object(options))?;
    let mut script = input.0.clone();
    let steps = script.as_object_mut().and_then(|script| script.remove("steps")).expect("steps");
    let connection = caller.make("connection.new", &[client], &script)?;
    let mut player = Player { caller, connection, keys, seen: Vec::new(), drawn: 0 };
    let mut events = Vec::new();
    let mut last = Ok(());
    for step in steps.as_array().expect("a list") {
        let mut step = step.as_object().expect("an object").clone();
        let at = step.remove("at").map_or(now, |at| at.as_u64().expect("a time"));
        let event = player.act(&step, at);
        last = event.as_ref().map(|_| ()).map_err(Clone::clone);
        events.push(event.unwrap_or_else(|failure| json!({"error": failure.code})));
    }
    last.map(|()| json!({"events": events}))
}

struct Player<'k> {
    caller: Caller,
    connection: Number,
    keys: &'k Keys,
    seen: Vec<String>,
    drawn: u8,
}

impl Player<'_> {
    fn random(&mut self) -> String {
        self.drawn += 1;
        Base64UrlUnpadded::encode_string(&[self.drawn; 32])
    }

    fn call(&mut self, operation: &str, options: &Value) -> Outcome {
        Ok(self.caller.call(operation, &[self.connection], options)?)
    }

    fn act(&mut self, step: &Map<String, Value>, now: u64) -> Outcome {
        let (act, argument) = step.iter().next().expect("an act");
        match act.as_str() {
            "identify" => {
                self.call("connection.identify", argument)?;
                Ok(json!({"identified": true}))
            }
            "assert" => {
                self.call("connection.supply_assertion", &json!({"assertion": argument}))?;
                Ok(json!({"asserted": true}))
            }
            "called" => {
                self.call("connection.authorization_response", &json!({"url": argument}))?;
                Ok(json!({"called": true}))
            }
            "decline" => {
                self.call("connection.decline", &json!({}))?;
                Ok(json!({"declined": true}))
            }
            "next" => self.next(now),
            "answer" => {
                let event = self.next(now)?;
                assert!(event.get("send").is_some(), "a request is due, not {event}");
                self.call("connection.receive", &json!({"response": argument, "now": now}))?;
                Ok(event)
            }
            "unreachable" => {
                let event = self.next(now)?;
                self.call("connection.unreachable", &json!({"now": now}))?;
                Ok(event)
            }
            "authorize" => {
                let request = json!({"method": argument[0], "url": argument[1]});
                let options = json!({"request": request, "random": self.random(), "now": now});
                let request = self.call("connection.authorize", &options)?;
                Ok(self.view(&request))
            }
            "used" => {
                let options = json!({"operation": argument[0], "response": argument[1], "now": now});
                let verdict = self.call("connection.on_resource_response", &options)?;
                match verdict.get("error") {
                    Some(error) => Err(refused(error)),
                    None => Ok(verdict),
                }
            }
            "derive" => self.derive(&argument[0], &argument[1], now),
            other => panic!("no act `{other}`"),
        }
    }

    fn derive(&mut self, wanted: &Value, response: &Value, now: u64) -> Outcome {
        let options = json!({"wanted": wanted, "random": self.random(), "now": now});
        let request = self.call("connection.downscope", &options)?;
        let options = json!({"wanted": wanted, "response": response, "now": now});
        let answer = self.call("connection.on_downscope_response", &options)?;
        if let Some(error) = answer.get("error") {
            return Err(refused(error));
        }
        let mut event = Map::new();
        event.insert("derive".into(), answer["verdict"].clone());
        event.insert("request".into(), self.view(&request));
        for (of, name) in [
            (&answer, "access_token"),
            (&answer["token"], "token_type"),
            (&answer["token"], "scope"),
            (&answer["token"], "expires_at"),
        ] {
            event.extend(of.get(name).map(|value| (name.to_owned(), value.clone())));
        }
        Ok(Value::Object(event))
    }

    /// The next step as an event: what it is about under the step's name.
    fn next(&mut self, now: u64) -> Outcome {
        let options = json!({"random": self.random(), "now": now});
        let mut step = self.call("connection.next", &options)?;
        let status = self.call("connection.status", &json!({"now": now}))?;
        // After a step-up that came to nothing it is ready again, and the step says what it came to.
        assert!(step["step"] != "ready" || status["ready"] == true, "the status contradicts the step");
        let mut event = Map::new();
        let name = step["step"].as_str().expect("a name").to_owned();
        let about = match name.as_str() {
            "send" => {
                event.insert("request".into(), self.view(&step["request"]));
                step["purpose"].take()
            }
            "need_identity" => {
                for member in ["max_age", "acr_values"] {
                    event.extend(step.get(member).map(|value| (member.to_owned(), value.clone())));
                }
                step["reason"].take()
            }
            "need_assertion" => {
                event.insert("resource".into(), step["resource"].take());
                step["audience"].take()
            }
            "need_authorization" => {
                let text = |member: &str| step[member].as_str().expect("a text");
                return Ok(page(text("authorization_url"), text("redirect_uri")));
            }
            "ready" => {
                for member in ["scope", "expires_at"] {
                    event.extend(step["token"].get(member).map(|value| (member.to_owned(), value.clone())));
                }
                step["token"]["resource"].take()
            }
            "wait" => step["seconds"].take(),
            "denied" => {
                assert!(step["by"] == "identity_provider" || step["by"] == "authorization_server");
                return Err(refused(&step["error"]));
            }
            "failed" => return Err::<Value, Failure>(refused(&step["error"])),
            other => panic!("no step `{other}`"),
        };
        event.insert(name, about);
        Ok(Value::Object(event))
    }

    /// The request without what differs each time.
    fn view(&mut self, request: &Value) -> Value {
        let mut view = opened_message(request, self.keys);
        for list in ["headers", "form"] {
            for pair in view.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
                if pair[1].is_object() {
                    without_token_id(&mut pair[1], &mut self.seen);
                }
            }
        }
        view
    }
}
