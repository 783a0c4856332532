//! `dpop.verify`: RFC 9449 §4.3, check by check.

pub mod bindings;
pub mod header;
pub mod request;

use serde_json::{Value, json};

use crate::generate::dsl::{About, GroupBuilder, TopicBuilder, case, fails, keys, with};
use crate::generate::keys::{CLIENT, TestKey};
use crate::generate::mint::{Jws, replay_name};
use crate::generate::scene::{NOW, RAS_TOKEN_ENDPOINT};
use crate::generate::verifiers::{Row, ceiling};

const SPEC: &str = "RFC 9449 §4.3";
const WINDOW: u64 = 60;

/// The example access token of RFC 9449 §7.1 and the hash that the RFC gives for it.
pub const EXAMPLE_TOKEN: &str = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
/// See [`EXAMPLE_TOKEN`].
pub const EXAMPLE_ATH: &str = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo";

fn proof() -> Jws {
    proof_by(CLIENT.es256())
}

fn proof_by(key: TestKey) -> Jws {
    let claims = json!({"jti": "proof-1", "htm": "POST", "htu": RAS_TOKEN_ENDPOINT, "iat": NOW});
    Jws::dpop(key, &claims)
}

fn input(proof: &str) -> Value {
    json!({"proof": proof, "method": "POST", "url": RAS_TOKEN_ENDPOINT})
}

/// What is known of a good proof: the thumbprint of its key, and what to remember until its `iat` leaves the window.
fn output(key: TestKey, proof: &Jws) -> Value {
    let (jkt, claims) = (key.thumbprint(), proof.claims());
    let jti = claims["jti"].as_str().expect("a string");
    let until = ceiling(&claims["iat"]) + WINDOW + 1;
    let name = replay_name("dpop_proof", &jkt, jti);
    json!({"jkt": jkt, "replay_key": {"kind": "dpop_proof", "name": name, "retain_until": until}})
}

fn group<'a>(topic: &'a mut TopicBuilder, comment: &str) -> GroupBuilder<'a> {
    topic.group(comment, json!({"algorithms": ["ES256"], "window": WINDOW}), keys(), NOW)
}

fn accepts(group: &mut GroupBuilder<'_>, about: About, proof: &Jws, changes: &[(&str, Value)]) {
    group.valid(about, with(&input(&proof.compact()), changes), output(CLIENT.es256(), proof));
}

fn refuses(
    group: &mut GroupBuilder<'_>,
    twin: &str,
    changes: &[(&str, Value)],
    rows: impl IntoIterator<Item = Row>,
) {
    for row in rows {
        let oauth = if row.code == "proof_nonce_required" { "use_dpop_nonce" } else { "invalid_dpop_proof" };
        group.invalid(row.about, twin, with(&input(&row.token), changes), fails(row.code, oauth));
    }
}

fn good(group: &mut GroupBuilder<'_>) {
    accepts(group, case("good", "An ordinary proof.", SPEC, &[]), &proof(), &[]);
}
