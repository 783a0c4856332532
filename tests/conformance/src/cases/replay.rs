//! A grant that is presented again.

use std::thread;

use crate::bench::{Bench, GRANT, is_refusal};
use crate::case::{Case, Miss, ensure, must, not_applicable, passed};

/// How many redeem one grant at once.
const CROWD: usize = 20;

pub(super) const CASES: &[Case] = &[
    must(
        "replay.again",
        "a grant that was redeemed: refused, or good until it expires",
        &["AMB-001", "JAG-076", "R7523-010"],
        |bench| {
            if is_single_use(bench)? { Ok("single use".into()) } else { Ok("good until it expires".into()) }
        },
    ),
    must(
        "replay.crowd",
        "twenty redemptions of one grant at once: one is granted, where grants are good once",
        &["EMAP12-008", "AMB-001"],
        |bench| {
            if !is_single_use(bench)? {
                return not_applicable("grants are good until they expire");
            }
            let request = bench.attempt().request();
            let answers = thread::scope(|scope| {
                let senders: Vec<_> = (0..CROWD)
                    .map(|_| {
                        let (network, request) = (bench.network.clone(), &request);
                        scope.spawn(move || network.send(request))
                    })
                    .collect();
                let answers =
                    senders.into_iter().map(|sender| sender.join().unwrap_or_else(|_| Err("lost".into())));
                answers.collect::<Result<Vec<_>, _>>()
            });
            let answers = answers.map_err(Miss::Failed)?;
            let granted = answers.iter().filter(|answer| answer.is_granted()).count();
            ensure(granted <= 1, "several are granted")?;
            ensure(granted == 1, "none is granted")?;
            for answer in answers.iter().filter(|answer| !answer.is_granted()) {
                is_refusal(answer, GRANT)?;
            }
            passed()
        },
    ),
    must(
        "replay.scope-not-spent",
        "a grant of which too much was asked is still good",
        &["AMB-001"],
        |bench| {
            let right = bench.attempt();
            let mut greedy = right.clone();
            greedy.parameter("scope", format!("{} \"", bench.world.first_scope()));
            let answer = bench.send(&greedy)?;
            if answer.is_granted() {
                return not_applicable("the server grants what `scope.illegal` asks for");
            }
            let answer = bench.send(&right)?;
            ensure(answer.is_granted(), format!("afterwards: {}", answer.said()))?;
            passed()
        },
    ),
    must(
        "replay.secret-not-spent",
        "a grant that came with a wrong secret is still good",
        &["AMB-001"],
        |bench| {
            let right = bench.attempt();
            let mut wrong = right.clone();
            wrong.client.secret = crate::keys::unique();
            if wrong.request().body == right.request().body
                && wrong.request().headers == right.request().headers
            {
                return not_applicable("the client has no secret");
            }
            is_refusal(&bench.send(&wrong)?, &["invalid_client"])?;
            let answer = bench.send(&right)?;
            ensure(answer.is_granted(), format!("afterwards: {}", answer.said()))?;
            passed()
        },
    ),
    must(
        "replay.signature-not-spent",
        "a forgery does not spend the grant whose name it bears",
        &["AMB-001", "R7523-012"],
        |bench| {
            let right = bench.attempt();
            let mut forged = right.clone();
            forged.grant.signed_by(&bench.stranger);
            is_refusal(&bench.send(&forged)?, GRANT)?;
            let answer = bench.send(&right)?;
            ensure(answer.is_granted(), format!("afterwards: {}", answer.said()))?;
            passed()
        },
    ),
];

/// Whether a second redemption is refused.
fn is_single_use(bench: &Bench) -> Result<bool, Miss> {
    let attempt = bench.attempt();
    bench.granted(&attempt)?;
    let second = bench.send(&attempt)?;
    if second.is_granted() {
        return Ok(false);
    }
    is_refusal(&second, GRANT).map(|_| true)
}
