//! What the building operations share: claims as JSON become the library's types, and a signed token is shown decoded.
//!
//! input of each `*.sign`: `{claims, signer}`, with `extra` where a kind takes claims of the host's own;
//! output: `{token, header, claims}`.

use base64ct::{Base64UrlUnpadded, Encoding};
use idjag::codec::json::{Json, Number, Object};
use idjag::crypto::Thumbprint;
use idjag::crypto::rustcrypto::SigningKey;
use idjag::details::AuthorizationDetails;
use idjag::jose::Unsigned;
use idjag::scope::Scope;
use idjag::text::Subject;
use idjag::token::{Actor, Confirmation};
use idjag::{Error, Limits, UnixTime};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::locally;
use crate::format::Keys;
use crate::run::Outcome;

/// Signs what `build` makes with the private key `signer` and shows the token.
pub(super) fn signed(keys: &Keys, signer: &str, build: impl FnOnce() -> Result<Unsigned, Error>) -> Outcome {
    let token = || -> Result<String, Error> {
        let signer = SigningKey::from_jwk(&keys.signer(signer).to_string())?;
        Ok(build()?.sign_with(&signer)?.expose().to_owned())
    };
    let token = token().map_err(locally)?;
    let part = |at: usize| -> Value {
        let segment = token.split('.').nth(at).expect("three segments");
        serde_json::from_slice(&decode(segment).expect("base64url")).expect("JSON")
    };
    Ok(json!({"header": part(0), "claims": part(1), "token": token}))
}

/// The bytes of unpadded base64url.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

/// One text, or several.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(one) => core::slice::from_ref(one),
            Self::Many(many) => many.as_slice(),
        }
        .iter()
        .map(String::as_str)
    }
}

/// `cnf` as a server issues it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cnf {
    jkt: String,
}

impl Cnf {
    pub(super) fn build(&self) -> Result<Confirmation, Error> {
        Ok(Confirmation { jkt: Thumbprint::parse(&self.jkt)? })
    }
}

/// `act`, with the actors before it nested inside.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Act {
    iss: Option<String>,
    sub: String,
    sub_profile: Option<String>,
    act: Option<Box<Act>>,
}

impl Act {
    pub(super) fn build(&self) -> Result<Actor, Error> {
        let mut actor = Actor {
            issuer: self.iss.clone(),
            subject: Subject::new(self.sub.as_str())?,
            sub_profile: self.sub_profile.clone(),
            prior: Vec::new(),
        };
        if let Some(act) = &self.act {
            let mut before = act.build()?;
            let history = core::mem::take(&mut before.prior);
            actor.prior.push(before);
            actor.prior.extend(history);
        }
        Ok(actor)
    }
}

/// A point in time.
pub(super) fn time(seconds: u64) -> Result<UnixTime, Error> {
    UnixTime::now(seconds)
}

/// A scope value.
pub(super) fn scope(text: &str) -> Result<Scope, Error> {
    Scope::parse(text, &Limits::DEFAULT)
}

/// `authorization_details`.
pub(super) fn details(details: &Value) -> Result<AuthorizationDetails, Error> {
    AuthorizationDetails::from_json(&json_of(details), &Limits::DEFAULT)
}

/// The value `new` makes of each text.
pub(super) fn each<T>(texts: &[String], new: impl Fn(String) -> Result<T, Error>) -> Result<Vec<T>, Error> {
    texts.iter().cloned().map(new).collect()
}

/// The members as the library holds JSON objects.
pub(super) fn object(members: &Map<String, Value>) -> Object<'static> {
    let mut object = Object::new();
    for (name, value) in members {
        object.set(name.clone(), json_of(value));
    }
    object
}

fn json_of(value: &Value) -> Json<'static> {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => Json::Number(match (number.as_u64(), number.as_i64()) {
            (Some(value), _) => Number::Unsigned(value),
            (None, Some(value)) => Number::Signed(value),
            (None, None) => Number::Float(number.as_f64().expect("a finite number")),
        }),
        Value::String(text) => Json::string(text.clone()),
        Value::Array(items) => Json::Array(items.iter().map(json_of).collect()),
        Value::Object(members) => Json::Object(object(members)),
    }
}
