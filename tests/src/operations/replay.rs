//! `replay.first_use`: what the bounded store in memory answers to a series of uses.
//!
//! config `{capacity}` · input `{uses: [{kind, issuer, jti, retain_until, now}]}` · output `{answers}`, one of `first`,
//! `seen` and `unavailable` for each use; the operation fails as the request of the last use would

use idjag::replay::{FirstUse, MemoryReplayStore, ReplayKey};
use idjag::text::TokenId;
use idjag::token::TokenKind;
use idjag::{Error, ErrorCode, UnixTime};
use serde::Deserialize;
use serde_json::json;

use super::at_token_endpoint;
use crate::format::{Config, Failure, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    capacity: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    uses: Vec<Use>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Use {
    kind: Kind,
    issuer: String,
    jti: String,
    retain_until: u64,
    now: u64,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    IdJag,
    ClientAssertion,
    DpopProof,
}

impl From<Kind> for TokenKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::IdJag => Self::IdJag,
            Kind::ClientAssertion => Self::ClientAssertion,
            Kind::DpopProof => Self::DpopProof,
        }
    }
}

impl Use {
    fn ask(&self, store: &mut MemoryReplayStore) -> Result<FirstUse, Error> {
        let jti = TokenId::new(self.jti.as_str())?;
        let key = ReplayKey::new(self.kind.into(), &self.issuer, &jti, UnixTime::now(self.retain_until)?);
        Ok(store.first_use(&key, UnixTime::now(self.now)?))
    }
}

pub(super) fn first_use(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let (settings, script): (Settings, Script) = (config.read(), input.read());
    let mut store = MemoryReplayStore::new(settings.capacity);
    let answers: Result<Vec<FirstUse>, Error> = script.uses.iter().map(|one| one.ask(&mut store)).collect();
    let answers = answers.map_err(at_token_endpoint)?;
    match (answers.last(), script.uses.last()) {
        (Some(FirstUse::Seen), Some(last)) => Err(Failure {
            code: ErrorCode::TokenReplayed.as_str().into(),
            oauth: Some(TokenKind::from(last.kind).error_at_token_endpoint().as_str().into()),
        }),
        (Some(FirstUse::Unavailable), _) => Err(at_token_endpoint(ErrorCode::StoreUnavailable.into())),
        _ => Ok(json!({"answers": answers.into_iter().map(name).collect::<Vec<_>>()})),
    }
}

fn name(answer: FirstUse) -> &'static str {
    match answer {
        FirstUse::First => "first",
        FirstUse::Seen => "seen",
        FirstUse::Unavailable => "unavailable",
    }
}
