//! `idjag verify`: the core's verification of a token, with keys from a file.

use core::fmt::Write as _;

use clap::ValueEnum as _;
use serde_json::{Map, Value, json};

use crate::args::{Kind, VerifyAlg, VerifyArgs};
use crate::operations::{Operations, Refusal};
use crate::report::{Answer, Report, Trouble};
use crate::screen::{Columns, shown};
use crate::{input, moment};

/// Bytes of a key set: what the core reads of one.
const KEYS_BYTES: u64 = 256 * 1024;

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::IdJag => "id_jag",
            Self::AccessToken => "access_token",
            Self::IdToken => "id_token",
            Self::ClientAssertion => "client_assertion",
            Self::ActorToken => "actor_token",
        }
    }

    /// What has to be said about a token of this kind: the argument, and the member of the operation it becomes.
    const fn expectations(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::IdJag => &[("issuer", "issuer"), ("audience", "audience"), ("client-id", "client_id")],
            Self::AccessToken => &[("issuer", "issuer"), ("audience", "resource")],
            Self::IdToken => &[("issuer", "issuer"), ("client-id", "client_id")],
            Self::ClientAssertion => &[("client-id", "client_id"), ("audience", "audience")],
            Self::ActorToken => &[("issuer", "issuer"), ("audience", "audience"), ("typ", "typ")],
        }
    }
}

pub(crate) fn run(args: &VerifyArgs) -> Answer {
    let now = moment::now(args.clock.now)?.as_secs();
    let mut input = expected(args)?;
    let keys = input::text(&args.keys, KEYS_BYTES)?;
    let all = VerifyAlg::value_variants();
    let named = if args.alg.is_empty() { all } else { &args.alg };
    let names = named.iter().filter_map(VerifyAlg::to_possible_value).map(|alg| String::from(alg.get_name()));
    let algorithms: Value = names.collect();
    let mut operations = Operations::default();
    // Faults of the keys are no verdict about the token.
    let set = operations.call("jwks.parse", &[], &json!({ "algorithms": algorithms, "jwks": keys }));
    let set =
        set.map_err(|refusal| Trouble(format!("{}: {}", args.keys.display(), Trouble::from(refusal).0)))?;
    input.insert("token".into(), input::token(args.token.as_deref())?.into());
    input.insert("keys".into(), keys.into());
    input.insert("algorithms".into(), algorithms);
    input.insert("now".into(), now.into());
    let operation = format!("{}.verify", args.kind.as_str());
    match operations.call(&operation, &[], &input.into()) {
        Ok(answer) => Ok(valid(args.kind, &answer, now)),
        Err(refusal) if refusal.is_of_arguments() => Err(refusal.into()),
        Err(refusal) => Ok(invalid(args.kind, &refusal, &set)),
    }
}

fn expected(args: &VerifyArgs) -> Result<Map<String, Value>, Trouble> {
    let mut input = Map::new();
    let given = [
        ("issuer", &args.issuer),
        ("audience", &args.audience),
        ("client-id", &args.client_id),
        ("typ", &args.typ),
        ("nonce", &args.nonce),
    ];
    let wanted = args.kind.expectations();
    for (name, value) in given {
        let member = wanted.iter().find(|(argument, _)| *argument == name).map(|(_, member)| *member);
        match (member, value) {
            (Some(member), Some(value)) => _ = input.insert(member.into(), value.as_str().into()),
            (Some(_), None) => {
                return Err(Trouble(format!("--{name} is needed for --kind {}", shape(args.kind))));
            }
            (None, Some(value)) if name == "nonce" && args.kind == Kind::IdToken => {
                input.insert(name.into(), value.as_str().into());
            }
            (None, Some(_)) => {
                return Err(Trouble(format!("--{name} means nothing for --kind {}", shape(args.kind))));
            }
            (None, None) => {}
        }
    }
    let spans = [("tolerance", args.tolerance), ("max_lifetime", args.max_lifetime)];
    let window: Map<String, Value> =
        spans.into_iter().filter_map(|(name, span)| Some((name.into(), span?.into()))).collect();
    input.insert("window".into(), window.into());
    if args.dangerous_allow_http_loopback {
        input.insert("dangerous_allow_http_loopback".into(), true.into());
    }
    Ok(input)
}

fn shape(kind: Kind) -> String {
    kind.to_possible_value().map(|value| String::from(value.get_name())).unwrap_or_default()
}

fn valid(kind: Kind, answer: &Value, now: u64) -> Report {
    let mut out = format!("valid: {}\n", kind.as_str());
    let mut columns = Columns::bare();
    let claims = answer.get("claims").unwrap_or(answer).as_object();
    for (name, value) in claims.into_iter().flatten() {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match value.as_u64().filter(|_| matches!(name.as_str(), "exp" | "iat" | "auth_time")) {
            Some(at) => {
                let (utc, relative) = (moment::to_utc(at), moment::relative(at, now));
                columns.row([name, &format!("{utc}, {relative}  ({text})")]);
            }
            None => columns.row([name, &text]),
        }
    }
    columns.print(&mut out, "  ");
    out.push_str("not checked: replay, revocation, proof of possession, policy\n");
    let mut json = json!({ "valid": true, "kind": kind.as_str() });
    if let (Some(json), Some(answer)) = (json.as_object_mut(), answer.as_object()) {
        json.extend(answer.clone());
    }
    Report::new(out, &json)
}

fn invalid(kind: Kind, refusal: &Refusal, set: &Value) -> Report {
    let mut out = format!("invalid: {}: {}\n", refusal.code(), shown(refusal.message()));
    let skipped = set.get("skipped").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let usable = set.get("keys").and_then(Value::as_array).map_or(0, Vec::len);
    if refusal.code() == "key_unknown" {
        let _ = writeln!(out, "the key set has {usable} usable keys");
        for key in skipped {
            let (index, code) = (key.get("index"), key.get("code").and_then(Value::as_str));
            let _ = writeln!(
                out,
                "  its key {} cannot be used: {}",
                index.unwrap_or(&Value::Null),
                code.unwrap_or_default()
            );
        }
    }
    let member = |name: &str| refusal.0.get(name).cloned().unwrap_or_default();
    let json = json!({
        "valid": false,
        "kind": kind.as_str(),
        "code": member("code"),
        "message": member("message"),
        "detail": member("detail"),
        "keys_skipped": skipped,
    });
    Report::new(out, &json).is(false)
}
