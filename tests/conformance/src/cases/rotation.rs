//! The issuer exchanges its keys.

use core::time::Duration;
use std::thread;
use std::time::Instant;

use serde_json::Value;

use crate::attempt::Attempt;
use crate::bench::{Bench, GRANT, Idp, is_refusal};
use crate::case::{Case, Miss, ensure, must, not_applicable, passed, should};
use crate::keys::Key;
use crate::publisher::Publisher;

pub(super) const CASES: &[Case] = &[
    must(
        "rotation.new-key",
        "a grant signed with a key that the issuer published since",
        &["EMAP12-006"],
        |bench| {
            let idp = published(bench)?;
            let old = bench.idp.key.borrow().clone();
            let new = old.another();
            idp.publish(jwks(&bench.idp, &[&old, &new]));
            let accepted = eventually(bench, |bench| {
                let attempt = signed(bench, &new);
                Ok(bench.send(&attempt)?.is_granted())
            })?;
            // What follows signs with a key that the server has not seen go.
            if accepted {
                bench.idp.key.replace(new);
            } else {
                idp.publish(jwks(&bench.idp, &[&old]));
            }
            ensure(accepted, "refused for as long as was waited")?;
            passed()
        },
    ),
    should(
        "rotation.removed-key",
        "a grant signed with a key that the issuer has withdrawn",
        &["EMAP12-006"],
        |bench| {
            let idp = published(bench)?;
            let withdrawn = bench.idp.key.borrow().clone();
            let next = withdrawn.another();
            idp.publish(jwks(&bench.idp, &[&next]));
            // A server learns of it when it next asks for keys: an unknown one makes it ask.
            let refused = eventually(bench, |bench| {
                bench.send(&signed(bench, &next))?;
                let answer = bench.send(&signed(bench, &withdrawn))?;
                if answer.is_granted() { Ok(false) } else { is_refusal(&answer, GRANT).map(|_| true) }
            })?;
            bench.idp.key.replace(next);
            ensure(refused, "granted for as long as was waited")?;
            let answer = bench.send(&bench.attempt())?;
            ensure(answer.is_granted(), format!("afterwards, with the new key: {}", answer.said()))?;
            passed()
        },
    ),
];

fn published(bench: &Bench) -> Result<&Publisher, Miss> {
    match &bench.idp.publisher {
        Some(publisher) => Ok(publisher),
        None => not_applicable("this program does not serve the issuer's keys"),
    }
}

/// The key set of the issuer with these signing keys.
fn jwks(idp: &Idp, keys: &[&Key]) -> Vec<Value> {
    keys.iter().copied().chain(idp.rsa.as_ref()).map(Key::public_jwk).collect()
}

fn signed(bench: &Bench, key: &Key) -> Attempt {
    let mut attempt = bench.attempt();
    attempt.grant.header("alg", key.alg());
    attempt.grant.header("kid", key.kid.as_str());
    attempt.grant.signed_by(key);
    attempt
}

/// Asks until it holds, or until nobody would wait longer.
fn eventually(bench: &Bench, holds: impl Fn(&Bench) -> Result<bool, Miss>) -> Result<bool, Miss> {
    let started = Instant::now();
    loop {
        if holds(bench)? {
            return Ok(true);
        }
        if started.elapsed() > Duration::from_secs(bench.world.rotation_wait) {
            return Ok(false);
        }
        thread::sleep(Duration::from_millis(250));
    }
}
