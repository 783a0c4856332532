//! `revocation_list.run`: a list of revocations over time, as a script.
//!
//! config `{capacity, document?, max_stale?, updates?: {issuer, algorithms}}` · input `{steps}`, each at its own `at` ·
//! output one event for each step; a script whose last step fails, fails. Updates are signed by the signer, and verified
//! with the key set, `authority`.

use base64ct::{Base64UrlUnpadded, Encoding};
use idjag::codec::json::Json;
use idjag::crypto::rustcrypto::SigningKey;
use idjag::jose::KeySet;
use idjag::revocation::{
    ReceivedUpdate, Revocation, RevocationList, RevocationUpdate, UnverifiedUpdate, UpdateRules,
};
use idjag::uri::{Issuer, Transport};
use idjag::{Error, ErrorCode, Limits, Seconds, Tolerance, UnixTime};
use serde::Deserialize;
use serde_json::{Value, json};

use super::roles::settings::json as library_json;
use super::settings::algorithms;
use super::{locally, value};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    capacity: usize,
    document: Option<Value>,
    max_stale: Option<u64>,
    updates: Option<Updates>,
}

/// Who tells what is revoked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Updates {
    issuer: String,
    algorithms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    steps: Vec<At>,
}

#[derive(Deserialize)]
struct At {
    at: u64,
    #[serde(flatten)]
    act: Act,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    /// Entries come.
    Add(Vec<Value>),
    /// The copy is complete, up to this number.
    Synchronize(u64),
    /// The list is written.
    Export(()),
    /// The manifest of an update comes.
    Receive(String),
    /// A chunk of it comes.
    Chunk(String),
    /// The list, or what changed, is told.
    Publish { since: Option<u64>, next_update: u64 },
}

/// A list, the update that it is being told, and the keys of who tells it.
struct Playing<'k> {
    list: RevocationList,
    receiving: Option<ReceivedUpdate>,
    updates: Option<Updates>,
    keys: &'k Keys,
}

pub(super) fn run(config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let (settings, script): (Settings, Script) = (config.read(), input.read());
    let list = settings.list(now).map_err(locally)?;
    let mut playing = Playing { list, receiving: None, updates: settings.updates, keys };
    let mut events = Vec::new();
    let mut last = Ok(());
    for At { at, act } in &script.steps {
        let event = UnixTime::now(*at).and_then(|now| playing.play(act, now));
        last = event.as_ref().map(|_| ()).map_err(|error| locally(*error));
        events.push(event.unwrap_or_else(|error| json!({"error": error.code().as_str()})));
    }
    last.map(|()| json!({"events": events}))
}

impl Settings {
    fn list(&self, now: u64) -> Result<RevocationList, Error> {
        let mut list = match self.max_stale {
            None => RevocationList::new(self.capacity),
            Some(max_stale) => RevocationList::copy_of_another(self.capacity, Seconds(max_stale)),
        };
        if let Some(document) = &self.document {
            list.read(document.to_string().as_bytes(), UnixTime::now(now)?)?;
        }
        Ok(list)
    }
}

impl Playing<'_> {
    fn play(&mut self, act: &Act, now: UnixTime) -> Result<Value, Error> {
        match act {
            Act::Add(entries) => {
                let entry = |entry: &Value| match library_json(entry.clone()) {
                    Json::Object(entry) => Revocation::from_json(&entry),
                    _ => panic!("an entry is an object"),
                };
                for entry in entries.iter().map(entry).collect::<Result<Vec<_>, _>>()? {
                    self.list.add(&entry, now)?;
                }
            }
            Act::Synchronize(sequence) => self.list.synchronized(*sequence, now),
            Act::Export(()) => return Ok(value(self.list.to_json(now))),
            Act::Receive(manifest) => return self.receive(manifest, now),
            Act::Chunk(chunk) => return self.chunk(chunk, now),
            Act::Publish { since, next_update } => return self.publish(*since, *next_update, now),
        }
        Ok(json!({"sequence": self.list.sequence(), "size": self.list.len()}))
    }

    fn authority(&self) -> (Issuer, &Updates) {
        let updates = self.updates.as_ref().expect("who tells it");
        (Issuer::new(&updates.issuer, Transport::HttpsOnly).expect("an issuer"), updates)
    }

    fn receive(&mut self, manifest: &str, now: UnixTime) -> Result<Value, Error> {
        self.receiving = None;
        let ((issuer, updates), limits) = (self.authority(), Limits::DEFAULT);
        let algorithms = algorithms(&updates.algorithms)?;
        let jwks = self.keys.sets["authority"].to_string();
        let keys = KeySet::parse(issuer.clone(), jwks.as_bytes(), &algorithms, &limits)?;
        let rules = UpdateRules {
            issuer: &issuer,
            algorithms: &algorithms,
            tolerance: Tolerance::default(),
            max_interval: Seconds(3600),
            limits: &limits,
        };
        let update = UnverifiedUpdate::parse(manifest, &limits)?.verify(&keys, &rules, now)?;
        let received = self.list.receive(update, now)?;
        self.received(received, now)
    }

    fn chunk(&mut self, chunk: &str, now: UnixTime) -> Result<Value, Error> {
        let mut received = self.receiving.take().ok_or(Error::from(ErrorCode::RevocationsDigestMismatch))?;
        received.chunk(&Base64UrlUnpadded::decode_vec(chunk).expect("base64url"))?;
        self.received(received, now)
    }

    fn received(&mut self, received: ReceivedUpdate, now: UnixTime) -> Result<Value, Error> {
        let (missing, bytes) = (received.missing(), received.next_bytes());
        match missing {
            0 => self.list.apply(received, now)?,
            _ => self.receiving = Some(received),
        }
        Ok(json!({
            "sequence": self.list.sequence(), "size": self.list.len(), "missing_chunks": missing,
            "chunk_bytes": bytes,
        }))
    }

    fn publish(&self, since: Option<u64>, next_update: u64, now: UnixTime) -> Result<Value, Error> {
        let (issuer, _) = self.authority();
        let next_update = UnixTime::now(next_update)?;
        let delta = since.map(|base| self.list.delta_since(base, issuer.clone(), next_update, now));
        let update: RevocationUpdate = match delta.transpose()?.flatten() {
            Some(delta) => delta,
            None => self.list.snapshot(issuer, next_update, now)?,
        };
        let signer = SigningKey::from_jwk(&self.keys.signer("authority").to_string())?;
        let manifest = update.to_unsigned().sign_with(&signer)?;
        let chunks = (0..update.chunks()).map(|number| update.chunk(number).expect("a chunk"));
        let chunks: Vec<String> = chunks.map(|chunk| Base64UrlUnpadded::encode_string(&chunk)).collect();
        Ok(json!({"manifest": manifest.expose(), "chunks": chunks}))
    }
}
