//! The parts of a configuration that the token operations share, as JSON, and the library's values they become.

use idjag::crypto::Algorithms;
use idjag::jose::{KeySet, PublicKeys};
use idjag::token::{ContextClaim, Window};
use idjag::uri::{Issuer, Transport};
use idjag::{Error, Limits, Seconds, Tolerance};
use serde::Deserialize;

use crate::format::Keys;
use crate::providers::provider;

/// The rules of time; what is absent is the library's default.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WindowSettings {
    tolerance: Option<u64>,
    max_lifetime: Option<u64>,
    max_age: Option<u64>,
}

impl WindowSettings {
    pub(super) fn read(self) -> Result<Window, Error> {
        let tolerance = self.tolerance.map(Tolerance::new).transpose()?.unwrap_or_default();
        let seconds = |value: Option<u64>| value.map(Seconds);
        Ok(Window { tolerance, max_lifetime: seconds(self.max_lifetime), max_age: seconds(self.max_age) })
    }
}

/// The caps; what is absent is the library's default.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LimitSettings {
    token_bytes: Option<usize>,
    json_depth: Option<usize>,
    token_values: Option<usize>,
    jwks_bytes: Option<usize>,
    jwks_keys: Option<usize>,
    scope_tokens: Option<usize>,
    authorization_details: Option<usize>,
    resources: Option<usize>,
    actor_depth: Option<usize>,
}

impl LimitSettings {
    pub(super) fn read(&self) -> Limits {
        let mut limits = Limits::DEFAULT;
        for (cap, setting) in [
            (&mut limits.token_bytes, self.token_bytes),
            (&mut limits.json_depth, self.json_depth),
            (&mut limits.token_values, self.token_values),
            (&mut limits.jwks_bytes, self.jwks_bytes),
            (&mut limits.jwks_keys, self.jwks_keys),
            (&mut limits.scope_tokens, self.scope_tokens),
            (&mut limits.authorization_details, self.authorization_details),
            (&mut limits.resources, self.resources),
            (&mut limits.actor_depth, self.actor_depth),
        ] {
            *cap = setting.unwrap_or(*cap);
        }
        limits
    }
}

/// The allow-list of the algorithms that a vector names; fails as [`idjag::crypto::Provider::allow`].
pub(super) fn algorithms(names: &[String]) -> Result<Algorithms, Error> {
    let named = |name: &String| {
        idjag::crypto::Algorithm::from_name(name).unwrap_or_else(|| panic!("no algorithm `{name}`"))
    };
    provider().allow(&names.iter().map(named).collect::<Vec<_>>())
}

/// The claim that names a conversation, by name; `ctx` where none is given.
pub(super) fn context_claim(name: Option<&str>) -> Result<ContextClaim, Error> {
    name.map_or(Ok(ContextClaim::CTX), ContextClaim::new)
}

/// An issuer identifier.
pub(super) fn issuer(text: &str) -> Result<Issuer, Error> {
    Issuer::new(text, Transport::HttpsOnly)
}

/// The key set `issuer` of a vector's group, as that of `owner` where the configuration names one, else of `issuer`.
pub(super) fn key_set(
    keys: &Keys,
    owner: Option<&str>,
    issuer: &Issuer,
    algorithms: &Algorithms,
    limits: &Limits,
) -> Result<KeySet, Error> {
    let owner = owner.map(self::issuer).transpose()?.unwrap_or_else(|| issuer.clone());
    KeySet::parse(owner, keys.set_text(ISSUER).as_bytes(), algorithms, limits)
}

/// The key set `client` of a vector's group: the keys that a client registered.
pub(super) fn client_keys(
    keys: &Keys,
    algorithms: &Algorithms,
    limits: &Limits,
) -> Result<PublicKeys, Error> {
    PublicKeys::parse(keys.set_text(CLIENT).as_bytes(), algorithms, limits)
}

const ISSUER: &str = "issuer";
const CLIENT: &str = "client";
