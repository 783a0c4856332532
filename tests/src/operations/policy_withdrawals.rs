//! `policy.withdrawals`: what to revoke when a policy takes the place of another.
//!
//! config `{document}` · input `{former?, idp, clock_skew?, id_jag_lifetime?, access_token_lifetime?, id_token_lifetime?,
//! tolerance?}`, where `former` is a document · output `{withdrawals: [{server?, issuer, entries}]}`

use idjag::policy::{Policy, PolicyOptions, Withdrawal, WithdrawalTimes};
use idjag::uri::{Issuer, Transport};
use idjag::{Error, Seconds, UnixTime};
use serde::Deserialize;
use serde_json::{Value, json};

use super::http::sparse;
use super::{locally, value};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    document: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    former: Option<Value>,
    idp: String,
    clock_skew: Option<u64>,
    id_jag_lifetime: Option<u64>,
    access_token_lifetime: Option<u64>,
    id_token_lifetime: Option<u64>,
    tolerance: Option<u64>,
}

pub(super) fn run(config: &Config, _keys: &Keys, now: u64, input: &Input) -> Outcome {
    let (written, options): (Written, Options) = (config.read(), input.read());
    let withdrawals = withdrawals(&written, &options, now).map_err(locally)?;
    Ok(json!({"withdrawals": withdrawals.iter().map(shown).collect::<Vec<Value>>()}))
}

fn withdrawals(written: &Written, options: &Options, now: u64) -> Result<Vec<Withdrawal>, Error> {
    let compile = |document: &Value| {
        Ok::<Policy, Error>(Policy::compile(document.to_string().as_bytes(), &PolicyOptions::default())?)
    };
    let (policy, former) = (compile(&written.document)?, options.former.as_ref().map(compile).transpose()?);
    let mut times = WithdrawalTimes::default();
    for (given, time) in [
        (options.clock_skew, &mut times.clock_skew),
        (options.id_jag_lifetime, &mut times.id_jag_lifetime),
        (options.access_token_lifetime, &mut times.access_token_lifetime),
        (options.id_token_lifetime, &mut times.id_token_lifetime),
        (options.tolerance, &mut times.tolerance),
    ] {
        *time = given.map_or(*time, Seconds);
    }
    let idp = Issuer::new(&options.idp, Transport::HttpsOnly)?;
    Ok(policy.withdrawals(former.as_ref(), &idp, &times, UnixTime::now(now)?))
}

fn shown(withdrawal: &Withdrawal) -> Value {
    let entries: Vec<Value> = withdrawal.entries.iter().map(|entry| value(entry.to_json())).collect();
    sparse(json!({
        "server": withdrawal.server.as_ref().map(|server| server.as_str()),
        "issuer": withdrawal.issuer.as_str(),
        "entries": entries,
    }))
}
