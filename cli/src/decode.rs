//! `idjag decode`: what a token says, unverified, and what is wrong with it at a glance.

use core::fmt::Write as _;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use idjag::crypto::Algorithm;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::args::DecodeArgs;
use crate::operations::Operations;
use crate::report::{Answer, Report};
use crate::screen::{Columns, shown};
use crate::{input, moment};

/// Claims that are points in time.
const TIMES: [&str; 6] = ["iat", "nbf", "exp", "auth_time", "updated_at", "toe"];
/// The order in which people look at claims.
const FIRST: [&str; 14] = [
    "iss",
    "sub",
    "aud",
    "client_id",
    "scope",
    "resource",
    "ctx",
    "act",
    "jti",
    "jag_jti",
    "ancestors",
    "iat",
    "nbf",
    "exp",
];

/// A token's parts. They are shown as far as they can be read, also where the core would refuse them.
#[derive(Serialize)]
struct Decoded {
    unverified: bool,
    kind: Option<String>,
    warnings: Vec<Warning>,
    unverified_header: Map<String, Value>,
    unverified_claims: Map<String, Value>,
    times: Map<String, Value>,
    token_bytes: usize,
    signature_bytes: usize,
    now: u64,
}

#[derive(Serialize)]
struct Warning {
    code: String,
    message: String,
}

pub(crate) fn run(args: &DecodeArgs) -> Answer {
    let token = input::token(args.token.as_deref())?;
    let now = moment::now(args.clock.now)?.as_secs();
    Ok(match decode(&token, now) {
        Ok(decoded) => Report::new(text(&decoded), &decoded),
        Err(why) => {
            Report::new(format!("this is no signed token: {why}"), &json!({ "error": why })).is(false)
        }
    })
}

fn decode(token: &str, now: u64) -> Result<Decoded, &'static str> {
    let segments: Vec<&str> = token.split('.').collect();
    let (header, claims, signature) = match *segments.as_slice() {
        [header, claims, signature] => (header, claims, signature),
        [_, _, _, _, _] => return Err("it is encrypted (JWE), which nobody here can read"),
        _ => return Err("three parts with dots between them are expected"),
    };
    let header = object(header).ok_or("its header is not a JSON object in base64url")?;
    let claims = object(claims).ok_or("its claims are not a JSON object in base64url")?;
    let opened = Operations::default().call("token.decode_unverified", &[], &json!({ "token": token }));
    let mut warnings = Vec::new();
    let kind = match &opened {
        Ok(answer) => answer.get("kind").and_then(Value::as_str).map(String::from),
        Err(refusal) => {
            warnings.push(Warning { code: refusal.code().into(), message: refusal.message().into() });
            None
        }
    };
    let kind = kind.or_else(|| guess(&header, &claims));
    warn(&mut warnings, &header, &claims, kind.as_deref(), now);
    let time = |(name, value): (&String, &Value)| {
        let seconds =
            value.as_f64().filter(|seconds| *seconds >= 0.0 && TIMES.contains(&name.as_str()))? as u64;
        let said = json!({ "utc": moment::to_utc(seconds), "relative": moment::relative(seconds, now) });
        (seconds <= idjag::UnixTime::NOW_LIMIT).then(|| (name.clone(), said))
    };
    Ok(Decoded {
        unverified: true,
        kind,
        warnings,
        times: claims.iter().filter_map(time).collect(),
        unverified_header: header,
        unverified_claims: claims,
        token_bytes: token.len(),
        signature_bytes: Base64UrlUnpadded::decode_vec(signature).map_or(0, |bytes| bytes.len()),
        now,
    })
}

fn object(segment: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(segment).ok()?).ok()
}

/// The kind of a token whose `typ` does not tell: said only where the claims leave little else.
fn guess(header: &Map<String, Value>, claims: &Map<String, Value>) -> Option<String> {
    let plain =
        header.get("typ").is_none_or(|typ| typ.as_str().is_some_and(|typ| typ.eq_ignore_ascii_case("JWT")));
    let has = |name| claims.contains_key(name);
    let same = claims.get("iss").is_some_and(|iss| claims.get("sub") == Some(iss));
    match plain && has("iss") && has("sub") && has("aud") {
        true if same => Some(String::from("probably client_assertion")),
        true if has("nonce") || has("auth_time") || has("azp") => Some(String::from("probably id_token")),
        _ => None,
    }
}

fn warn(
    warnings: &mut Vec<Warning>,
    header: &Map<String, Value>,
    claims: &Map<String, Value>,
    kind: Option<&str>,
    now: u64,
) {
    let refused = !warnings.is_empty();
    let mut say = |code: &str, message: &str| {
        warnings.push(Warning { code: code.into(), message: message.into() });
    };
    match header.get("alg").and_then(Value::as_str) {
        None => say("alg_missing", "there is no `alg`: it cannot be verified"),
        Some(alg) if alg.eq_ignore_ascii_case("none") => say("alg_none", "it is not signed (`alg` is none)"),
        Some(alg) if Algorithm::from_name(alg).is_none() => {
            say("alg_unsupported", "its `alg` is symmetric or not supported, and never accepted");
        }
        Some(_) => {}
    }
    if kind.is_none() && !refused {
        say("typ_unknown", "its `typ` is that of no kind of token known here");
    }
    for name in ["jku", "x5u", "x5c"] {
        if header.contains_key(name) {
            say("key_in_header", "it brings or points to its own key, which is never used");
        }
    }
    let seconds = |name| claims.get(name).map(|value| value.as_f64());
    let present = now as f64;
    for name in ["iat", "nbf", "exp", "auth_time"] {
        match seconds(name) {
            Some(None) => say("time_malformed", &format!("`{name}` is no number")),
            Some(Some(time)) if time > idjag::UnixTime::NOW_LIMIT as f64 => {
                say("time_in_milliseconds", &format!("`{name}` is not in seconds"));
            }
            _ => {}
        }
    }
    match seconds("exp").flatten() {
        None if kind != Some("dpop_proof") => say("exp_missing", "there is no time at which it expires"),
        Some(exp) if exp <= present => say("expired", "it has expired"),
        _ => {}
    }
    if seconds("nbf").flatten().is_some_and(|nbf| nbf > present) {
        say("not_yet_valid", "it is not valid yet");
    }
    if seconds("iat").flatten().is_some_and(|iat| iat > present) {
        say("issued_in_future", "it was issued in the future");
    }
}

fn text(decoded: &Decoded) -> String {
    let mut out = String::from("UNVERIFIED: anybody can have written this. `idjag verify` checks it.\n\n");
    let kind = match decoded.kind.as_deref() {
        Some("id_jag") => "ID-JAG",
        Some("access_token") => "access token",
        Some("client_assertion") => "client assertion",
        Some("dpop_proof") => "DPoP proof",
        Some(probably) => probably,
        None => "a kind of token that is not known here",
    };
    let _ = writeln!(out, "{kind}, {} bytes", decoded.token_bytes);
    for Warning { code, message } in &decoded.warnings {
        let _ = writeln!(out, "warning: {} ({})", shown(message), shown(code));
    }
    out.push_str("\nheader\n");
    members(&mut out, &decoded.unverified_header, &Map::new());
    out.push_str("\nclaims\n");
    members(&mut out, &decoded.unverified_claims, &decoded.times);
    let _ = writeln!(out, "\nnow    {}", moment::to_utc(decoded.now));
    out
}

fn members(out: &mut String, object: &Map<String, Value>, times: &Map<String, Value>) {
    let mut names: Vec<&String> = object.keys().collect();
    let place = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
    names.sort_by_key(|name| (place(name), name.to_string()));
    let mut columns = Columns::bare();
    for name in names {
        let value = match object.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let said = |member| times.get(name).and_then(|time| time.get(member)).and_then(Value::as_str);
        match (said("utc"), said("relative")) {
            (Some(utc), Some(relative)) => columns.row([name, &format!("{utc}, {relative}  ({value})")]),
            _ => columns.row([name, &value]),
        }
    }
    columns.print(out, "  ");
}
