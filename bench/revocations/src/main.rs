//! How large a list of a million revocations is, and how long it takes.
//!
//! The resident set is that of the whole process, read where Linux tells it.

use core::error::Error;
use core::hint::black_box;
use std::time::Instant;

use harness::{Contender, Races, value};
use idjag::codec::json::Object;
use idjag::crypto::Signer as _;
use idjag::crypto::rustcrypto::{PROVIDER, SigningKey};
use idjag::jose::KeySet;
use idjag::revocation::{Revocation, RevocationList, Revoked, UnverifiedUpdate, UpdateRules};
use idjag::scope::Scope;
use idjag::text::{ClientId, KeyId, Subject, TokenId};
use idjag::token::AccessToken;
use idjag::uri::{Issuer, Transport};
use idjag::{Limits, Seconds, Tolerance, UnixTime};

const ENTRIES: usize = 1_000_000;
const NOW: u64 = 1_900_000_000;

fn token_id(number: usize) -> Result<TokenId, idjag::Error> {
    TokenId::new(format!("{number:032x}"))
}

fn token(issuer: &Issuer, number: usize) -> Result<AccessToken, Box<dyn Error>> {
    Ok(AccessToken {
        issuer: issuer.clone(),
        subject: Some(Subject::new("U019488227")?),
        audience: vec!["https://mcp.data.example/".into()],
        client_id: Some(ClientId::new("f53f191f9311af35")?),
        token_id: Some(token_id(number)?),
        issued_at: Some(UnixTime::now(NOW)?),
        expires_at: UnixTime::now(NOW + 600)?,
        scope: Scope::parse("rows:read", &Limits::DEFAULT)?,
        details: None,
        actor: None,
        may_act: None,
        confirmation: None,
        auth_time: None,
        acr: None,
        amr: Vec::new(),
        grant_id: Some(TokenId::new("jag-1")?),
        ancestors: Vec::new(),
        context: None,
        extra: Object::new(),
    })
}

/// The resident set in bytes, where the system tells it.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<usize>().ok().map(|kilobytes| kilobytes * 1024)
}

fn line(row: &str, unit: &str, figure: f64) {
    value("revocations", row, "idjag", unit, figure);
}

/// Runs `work`, and prints how much the resident set grew by it.
fn grown<T>(row: &str, work: impl FnOnce() -> T) -> T {
    let before = resident();
    let made = work();
    if let Some((before, after)) = before.zip(resident()) {
        line(row, "MB", after.saturating_sub(before) as f64 / 1e6);
    }
    made
}

fn main() -> Result<(), Box<dyn Error>> {
    let (now, issuer) = (UnixTime::now(NOW)?, Issuer::new("https://auth.example", Transport::HttpsOnly)?);
    let entries = ENTRIES;
    let started = Instant::now();
    let list = grown("memory of a copy that was told one by one", || -> Result<_, Box<dyn Error>> {
        let mut list = RevocationList::copy_of_another(entries, Seconds(60));
        for number in 0..entries {
            let revoked = Revoked::Token(token_id(number)?);
            let entry =
                Revocation { issuer: issuer.clone(), revoked, retain_until: UnixTime::now(NOW + 3600)? };
            list.add(&entry, now)?;
        }
        list.synchronized(entries as u64, now);
        Ok(list)
    })?;
    line("adding an entry", "us", started.elapsed().as_secs_f64() * 1e6 / entries as f64);

    let authority = Issuer::new("https://revocations.example", Transport::HttpsOnly)?;
    let key = SigningKey::es256(KeyId::new("k")?, &[7; 32])?;
    let started = Instant::now();
    let update = list.snapshot(authority.clone(), UnixTime::now(NOW + 30)?, now)?;
    let manifest = update.to_unsigned().sign_with(&key)?;
    let made = started.elapsed();
    let chunks: Option<Vec<Vec<u8>>> = (0..update.chunks()).map(|number| update.chunk(number)).collect();
    let chunks = chunks.ok_or("a chunk is missing")?;
    let sent = manifest.expose().len() + chunks.iter().map(Vec::len).sum::<usize>();
    line("signed snapshot on the wire", "MB", sent as f64 / 1e6);
    line("making and signing it", "ms", made.as_secs_f64() * 1e3);

    let started = Instant::now();
    let copy = grown("memory of a copy that took the snapshot", || -> Result<_, Box<dyn Error>> {
        let (algorithms, limits) = (PROVIDER.allow_all(), Limits::DEFAULT);
        let keys = KeySet::of(authority.clone(), [key.public_key().clone()]);
        let rules = UpdateRules {
            issuer: &authority,
            algorithms: &algorithms,
            tolerance: Tolerance::default(),
            max_interval: Seconds(3600),
            limits: &limits,
        };
        let mut copy = RevocationList::copy_of_another(entries, Seconds(60));
        let update = UnverifiedUpdate::parse(manifest.expose(), &limits)?.verify(&keys, &rules, now)?;
        let mut received = copy.receive(update, now)?;
        for chunk in &chunks {
            received.chunk(chunk)?;
        }
        copy.apply(received, now)?;
        Ok(copy)
    })?;
    line("verifying and loading it", "ms", started.elapsed().as_secs_f64() * 1e3);

    for (row, first, is_revoked) in
        [("checking a token that is revoked", 0, true), ("checking a token that is not", entries, false)]
    {
        let step = (entries / 1000).max(1);
        let tokens: Result<Vec<_>, _> = (0..1000).map(|at| token(&issuer, first + at * step)).collect();
        let (tokens, mut at) = (tokens?, 0);
        let check = || {
            at = (at + 1) % tokens.len();
            black_box(&copy).check_access_token(black_box(&tokens[at]), now).is_err() == is_revoked
        };
        Races::Timed.row("revocations", row, &mut [Contender::new("idjag", check)])?;
    }
    Ok(())
}
