//! `revocation_list.run`, signed updates: what a copy takes (docs/decisions/010).

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::expand::base64url;
use crate::format::{Keys, Topic};
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::keys::{ATTACKER, IDP, RAS, jwks};
use crate::generate::mint::{Jws, break_signature};
use crate::generate::scene::{NOW, RAS_ISSUER};
use crate::generate::web::{Refusal, refuse};

pub(super) const SPEC: &str = "docs/decisions/010";
pub(super) const TYP: &str = "idjag-revocations+jwt";
/// Who tells what is revoked.
pub(super) const AUTHORITY: &str = "https://revocations.example";
/// How long what is told is good.
pub(super) const INTERVAL: u64 = 30;

/// A record: the selector's digest, until when, how long to remember it.
pub(super) fn record(kind: &str, parts: &[&str], until: u64, retain_until: u64) -> Vec<u8> {
    let mut hash = Sha256::new();
    for text in ["idjag-revocation", RAS_ISSUER, kind].iter().chain(parts) {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    let mut bytes = hash.finalize()[..16].to_vec();
    bytes.extend(&until.to_be_bytes()[3..]);
    bytes.extend(&retain_until.to_be_bytes()[3..]);
    bytes
}

pub(super) const FOR_EVER: u64 = 0xff_ffff_ffff;

pub(super) fn token_record() -> Vec<u8> {
    record("jti", &["at-1"], FOR_EVER, NOW + 60)
}

pub(super) fn user_record() -> Vec<u8> {
    record("sub", &["u"], NOW, NOW + 90)
}

/// The records in order, as one chunk.
pub(super) fn chunk(mut records: Vec<Vec<u8>>) -> Vec<u8> {
    records.sort();
    records.concat()
}

fn manifest(sequence: u64, base: Option<u64>, chunk: &[u8]) -> Value {
    let chunks: Vec<String> =
        (!chunk.is_empty()).then(|| base64url(Sha256::digest(chunk).as_slice())).into_iter().collect();
    let mut claims = json!({
        "iss": AUTHORITY, "iat": NOW, "next_update": NOW + INTERVAL, "sequence": sequence,
        "size": chunk.len() / 26, "chunks": chunks,
    });
    if let Some(base) = base {
        claims["base_sequence"] = json!(base);
    }
    claims
}

fn signed(claims: &Value) -> Jws {
    Jws::new(RAS.eddsa(), TYP, claims)
}

fn receive(at: u64, manifest: impl Into<String>) -> Value {
    json!({"at": NOW + at, "receive": manifest.into()})
}

fn take(at: u64, chunk: &[u8]) -> Value {
    json!({"at": NOW + at, "chunk": base64url(chunk)})
}

fn export(at: u64) -> Value {
    json!({"at": NOW + at, "export": null})
}

/// A chunk of `missing` records is to come, or none.
fn received(sequence: u64, size: u64, missing: u64) -> Value {
    let chunks = missing.min(1);
    json!({"sequence": sequence, "size": size, "missing_chunks": chunks, "chunk_bytes": missing * 26})
}

/// What a copy writes of a record.
fn digest(record: &[u8]) -> Value {
    let [until, retain_until] = [16..21, 21..26].map(|range| {
        let mut bytes = [0; 8];
        bytes[3..].copy_from_slice(&record[range]);
        u64::from_be_bytes(bytes)
    });
    let mut entry = json!({"digest": base64url(&record[..16]), "retain_until": retain_until});
    if until != FOR_EVER {
        entry["issued_before"] = json!(until);
    }
    entry
}

fn digests(sequence: u64, mut records: Vec<Vec<u8>>) -> Value {
    records.sort();
    let entries: Vec<Value> = records.iter().map(|record| digest(record)).collect();
    json!({"sequence": sequence, "entries": entries})
}

fn trusted() -> Keys {
    keys().set("authority", jwks(&[RAS.eddsa()]))
}

fn config() -> Value {
    json!({"capacity": 3, "max_stale": 10, "updates": {"issuer": AUTHORITY, "algorithms": ["EdDSA", "ES256"]}})
}

pub(super) fn run(steps: &[Value]) -> Value {
    json!({"steps": steps})
}

pub(super) fn told(events: &[Value]) -> Value {
    json!({"events": events})
}

/// Snapshots and deltas, told and taken.
pub fn updates() -> Topic {
    let mut topic = TopicBuilder::new("revocation_list.run", "updates");
    taken(&mut topic);
    refused(&mut topic);
    other_lists(&mut topic);
    topic.finish()
}

fn taken(topic: &mut TopicBuilder) {
    let both = chunk(vec![token_record(), user_record()]);
    let one = chunk(vec![token_record()]);
    let later = chunk(vec![user_record()]);
    let mut group = topic.group("A copy is told what is revoked.", config(), trusted(), NOW);
    for (id, comment, steps, events) in [
        (
            "snapshot",
            "A manifest and its one chunk.",
            vec![receive(0, signed(&manifest(2, None, &both))), take(0, &both), export(0)],
            vec![received(0, 0, 2), received(2, 2, 0), digests(2, vec![token_record(), user_record()])],
        ),
        (
            "empty",
            "Nothing is revoked.",
            vec![receive(0, signed(&manifest(0, None, &[])))],
            vec![received(0, 0, 0)],
        ),
        (
            "delta",
            "What changed after it.",
            vec![
                receive(0, signed(&manifest(1, None, &one))),
                take(0, &one),
                receive(0, signed(&manifest(2, Some(1), &later))),
                take(0, &later),
                export(0),
            ],
            vec![
                received(0, 0, 1),
                received(1, 1, 0),
                received(1, 1, 1),
                received(2, 2, 0),
                digests(2, vec![token_record(), user_record()]),
            ],
        ),
        (
            "unchanged",
            "Nothing changed: a delta of nothing.",
            vec![
                receive(0, signed(&manifest(1, None, &one))),
                take(0, &one),
                receive(0, signed(&manifest(1, Some(1), &[]))),
            ],
            vec![received(0, 0, 1), received(1, 1, 0), received(1, 1, 0)],
        ),
        (
            "replaced",
            "A manifest in place of one whose chunk never came.",
            vec![
                receive(0, signed(&manifest(2, None, &both))),
                receive(0, signed(&manifest(1, None, &one))),
                take(0, &one),
            ],
            vec![received(0, 0, 2), received(0, 0, 1), received(1, 1, 0)],
        ),
        (
            "kept",
            "A snapshot that leaves out what was revoked takes nothing back.",
            vec![
                receive(0, signed(&manifest(1, None, &one))),
                take(0, &one),
                receive(0, signed(&manifest(2, None, &later))),
                take(0, &later),
                export(0),
            ],
            vec![
                received(0, 0, 1),
                received(1, 1, 0),
                received(1, 1, 1),
                received(2, 2, 0),
                digests(2, vec![token_record(), user_record()]),
            ],
        ),
        (
            "broken-then-whole",
            "A chunk that is not the one that was signed changes nothing; the update can be taken again.",
            vec![
                receive(0, signed(&manifest(1, None, &one))),
                take(0, &later),
                export(0),
                receive(0, signed(&manifest(1, None, &one))),
                take(0, &one),
            ],
            vec![
                received(0, 0, 1),
                json!({"error": "revocations_digest_mismatch"}),
                digests(0, vec![]),
                received(0, 0, 1),
                received(1, 1, 0),
            ],
        ),
        (
            "last-moment",
            "The update was to be followed by another, and the copy may be that old.",
            vec![receive(INTERVAL + 10, signed(&manifest(0, None, &[])))],
            vec![received(0, 0, 0)],
        ),
    ] {
        group.valid(case(id, comment, SPEC, &[]), run(&steps), told(&events));
    }
}

fn refused(topic: &mut TopicBuilder) {
    let one = chunk(vec![token_record()]);
    let later = chunk(vec![user_record()]);
    let mut group = topic.group("What a copy does not take.", config(), trusted(), NOW);
    let alone = |manifest: Jws| run(&[receive(0, manifest)]);
    let whole = signed(&manifest(1, None, &one));
    group.valid(
        case("whole", "A manifest that holds.", SPEC, &[]),
        alone(whole.clone()),
        told(&[received(0, 0, 1)]),
    );
    let claim = |name: &str, value: Value| alone(whole.clone().claim(name, value));
    let without = |name: &str| alone(whole.clone().without(name));
    let broken = break_signature(&whole.compact());
    let rows: Vec<Refusal<'_>> = vec![
        (
            "typ",
            "A token of another kind.",
            &[],
            alone(whole.clone().header("typ", "at+jwt")),
            "typ_mismatch",
        ),
        ("no-kid", "A key that nobody has.", &[], alone(whole.clone().header("kid", "other")), "key_unknown"),
        ("signature", "A broken signature.", &[], run(&[receive(0, broken)]), "signature_invalid"),
        (
            "forged",
            "Signed by another.",
            &[],
            alone(whole.clone().signed_by(ATTACKER.eddsa())),
            "signature_invalid",
        ),
        (
            "algorithm",
            "An algorithm that is not allowed.",
            &[],
            alone(whole.clone().header("alg", "RS256")),
            "algorithm_not_allowed",
        ),
        ("other-issuer", "Another's list.", &[], claim("iss", json!(RAS_ISSUER)), "issuer_mismatch"),
        ("no-issuer", "Nobody's list.", &[], without("iss"), "claim_missing"),
        ("no-iat", "Told at no time.", &[], without("iat"), "claim_missing"),
        ("no-next", "Good for ever.", &[], without("next_update"), "claim_missing"),
        ("no-sequence", "Nobody knows how new it is.", &[], without("sequence"), "claim_missing"),
        ("no-size", "Of no size.", &[], without("size"), "claim_missing"),
        ("no-chunks", "Of no content.", &[], without("chunks"), "claim_missing"),
        (
            "size",
            "More entries than the chunks can hold.",
            &[],
            claim("size", json!(8193)),
            "claim_malformed",
        ),
        ("chunks", "A digest that is none.", &[], claim("chunks", json!(["AAAA"])), "claim_malformed"),
        ("sequence", "A number that is none.", &[], claim("sequence", json!("1")), "claim_malformed"),
        (
            "backwards",
            "A delta that starts after its end.",
            &[],
            claim("base_sequence", json!(2)),
            "claim_malformed",
        ),
        (
            "before",
            "To be followed before it was told.",
            &[],
            claim("next_update", json!(NOW - 1)),
            "claim_malformed",
        ),
        ("future", "Told in the future.", &[], claim("iat", json!(NOW + 61)), "token_issued_in_future"),
        (
            "long",
            "Good for longer than an hour.",
            &[],
            claim("next_update", json!(NOW + 3601)),
            "lifetime_too_long",
        ),
        ("room", "More entries than there is room for.", &[], claim("size", json!(4)), "store_unavailable"),
        (
            "base",
            "A delta, where the copy has nothing yet.",
            &[],
            claim("base_sequence", json!(0)),
            "revocations_base_mismatch",
        ),
        (
            "late",
            "It should have been followed by another long ago.",
            &[],
            run(&[json!({"at": NOW + INTERVAL + 11, "receive": whole.compact()})]),
            "revocations_stale",
        ),
    ];
    refuse(&mut group, "whole", SPEC, &rows);
    let then = |second: Jws, content: &[u8]| {
        run(&[receive(0, whole.clone()), take(0, &one), receive(0, second), take(0, content)])
    };
    let second = signed(&manifest(2, Some(1), &later));
    group.valid(
        case("next", "A delta that starts where the copy ends.", SPEC, &[]),
        then(second.clone(), &later),
        told(&[received(0, 0, 1), received(1, 1, 0), received(1, 1, 1), received(2, 2, 0)]),
    );
    let lost = |base: u64| {
        run(&[
            receive(0, whole.clone()),
            take(0, &one),
            receive(0, second.clone().claim("base_sequence", base)),
        ])
    };
    group.valid(
        case("second", "The same, whose chunk has not come yet.", SPEC, &[]),
        lost(1),
        told(&[received(0, 0, 1), received(1, 1, 0), received(1, 1, 1)]),
    );
    let snapshot_after = |sequence: u64| {
        let again = signed(&manifest(1, None, &one)).claim("sequence", sequence);
        run(&[receive(0, whole.clone()), take(0, &one), receive(0, again)])
    };
    group.valid(
        case("again", "The same snapshot again.", SPEC, &[]),
        snapshot_after(1),
        told(&[received(0, 0, 1), received(1, 1, 0), received(1, 1, 1)]),
    );
    let rows: [(&str, Refusal<'_>); 5] = [
        (
            "next",
            (
                "chunk",
                "A chunk that is not the one that was signed.",
                &[],
                then(second.clone(), &one),
                "revocations_digest_mismatch",
            ),
        ),
        (
            "next",
            (
                "chunk-cut",
                "A chunk that is cut.",
                &[],
                then(second.clone(), &later[1..]),
                "revocations_digest_mismatch",
            ),
        ),
        (
            "second",
            (
                "older-base",
                "A delta that starts before where the copy ends.",
                &[],
                lost(0),
                "revocations_base_mismatch",
            ),
        ),
        (
            "second",
            (
                "newer-base",
                "A delta that starts after where the copy ends.",
                &[],
                lost(2),
                "revocations_base_mismatch",
            ),
        ),
        (
            "again",
            (
                "old",
                "A snapshot that is older than what the copy knows.",
                &[],
                snapshot_after(0),
                "revocations_outdated",
            ),
        ),
    ];
    for (twin, row) in rows {
        refuse(&mut group, twin, SPEC, &[row]);
    }
}

fn other_lists(topic: &mut TopicBuilder) {
    let empty = run(&[receive(0, signed(&manifest(0, None, &[])))]);
    let mut own =
        topic.group("A list of one's own.", with(&config(), &[("max_stale", Value::Null)]), trusted(), NOW);
    let rows: [Refusal<'_>; 1] =
        [("no-copy", "It is no copy of another.", &[], empty.clone(), "config_invalid")];
    refuse(&mut own, "revocation_list.run/updates/empty", SPEC, &rows);
    let mut foreign =
        topic.group("Keys of another.", config(), keys().set("authority", jwks(&[IDP.eddsa()])), NOW);
    let rows: [Refusal<'_>; 1] =
        [("other-keys", "Signed with no key of the issuer's.", &[], empty, "key_unknown")];
    refuse(&mut foreign, "revocation_list.run/updates/empty", SPEC, &rows);
    let mut fed = topic.group("A copy that is brought up to date in another way.", config(), trusted(), NOW);
    let after = |sequence: u64| {
        run(&[json!({"at": NOW, "synchronize": 4}), receive(0, signed(&manifest(sequence, None, &[])))])
    };
    fed.valid(
        case("synchronized", "It was told of another's numbers.", SPEC, &[]),
        run(&[json!({"at": NOW, "synchronize": 4}), export(0)]),
        told(&[json!({"sequence": 4, "size": 0}), digests(4, vec![])]),
    );
    let other: [Refusal<'_>; 1] =
        [("other-numbers", "Its numbers are not those of the update.", &[], after(5), "issuer_mismatch")];
    refuse(&mut fed, "synchronized", SPEC, &other);
}
