//! The entry that the arguments ask for, and what it comes to in words.

use idjag::codec::json::{Json, Object};
use idjag::revocation::{Holder, Revocation, Revoked};
use idjag::{Seconds, Tolerance, UnixTime};
use serde_json::Value;

use super::RevokeArgs;
use crate::moment;
use crate::report::Trouble;
use crate::screen::shown;

/// How far an issuer's clock may be ahead of this one.
const AHEAD: Seconds = Seconds(60);

pub(super) fn entry(args: &RevokeArgs, now: UnixTime) -> Result<Revocation, Trouble> {
    let mut entry = Object::new();
    let texts = [
        ("iss", Some(&args.issuer)),
        ("jti", args.jti.as_ref()),
        ("jag_jti", args.jag_jti.as_ref()),
        ("sub", args.subject.as_ref()),
        ("client_id", args.client_id.as_ref()),
        ("ctx", args.ctx.as_ref()),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            entry.set_str(name, text.as_str());
        }
    }
    if let Some(actor) = &args.actor {
        let mut act = Object::new();
        if let Some(issuer) = &args.actor_issuer {
            act.set_str("iss", issuer.as_str());
        }
        act.set_str("sub", actor.as_str());
        entry.set("act", Json::Object(act));
    }
    let of_holder = args.jti.is_none() && args.jag_jti.is_none();
    let until = match args.issued_before {
        None if of_holder => Some(now.plus(AHEAD).as_secs()),
        stated => stated,
    };
    if let Some(until) = until {
        entry.set("issued_before", until);
    }
    let issued_last =
        UnixTime::now(until.unwrap_or_default()).map_err(|error| Trouble(error.to_string()))?.max(now);
    let retain_until = match (args.retain_until, args.max_lifetime) {
        (Some(time), _) => time,
        (None, Some(life)) => issued_last.plus(Seconds(life)).plus(Tolerance::MAX).as_secs(),
        (None, None) => return Err(Trouble::new("--max-lifetime or --retain-until is needed")),
    };
    if retain_until <= now.as_secs() {
        return Err(Trouble::new("the entry would be forgotten at once: --retain-until lies in the past"));
    }
    entry.set("retain_until", retain_until);
    Revocation::from_json(&entry).map_err(|error| match error.detail() {
        Some("selector") => Trouble::new(
            "say whose tokens in one way: --jti, --jag-jti, --subject, --client-id, these two, these two with --ctx, or --actor",
        ),
        _ => Trouble(error.to_string()),
    })
}

/// What will be refused, in words.
pub(super) fn dies(entry: &Revocation, written: &Value) -> String {
    let issuer = shown(entry.issuer.as_str());
    let kept = moment::to_utc(entry.retain_until.as_secs());
    let what = match &entry.revoked {
        Revoked::Token(jti) => {
            format!("the token `{}` of {issuer}, and what was derived from it", shown(jti.as_str()))
        }
        Revoked::Grant(jti) => {
            format!("every access token of {issuer} that stems from ID-JAG `{}`", shown(jti.as_str()))
        }
        Revoked::IssuedTo { holder, until } => {
            let until = moment::to_utc(until.as_secs());
            format!("every token of {issuer} {}, issued until {until}", whose(holder, written))
        }
    };
    format!("dies: {what}\nkept: until {kept}, when all of them have expired\n")
}

fn whose(holder: &Holder, written: &Value) -> String {
    let written = |name: &str| shown(written.pointer(name).and_then(Value::as_str).unwrap_or_default());
    match holder {
        Holder::Subject(_) => format!("for user `{}`, whatever the app", written("/sub")),
        Holder::Client(_) => format!("for client `{}`, whoever the user", written("/client_id")),
        Holder::Connection { .. } => {
            format!("for user `{}` through client `{}`", written("/sub"), written("/client_id"))
        }
        Holder::Conversation { .. } => format!(
            "for user `{}` through client `{}` in conversation `{}`",
            written("/sub"),
            written("/client_id"),
            written("/ctx")
        ),
        Holder::Actor { .. } => format!("with which actor `{}` acts", written("/act/sub")),
    }
}
