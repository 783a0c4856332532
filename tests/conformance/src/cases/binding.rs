//! A grant is one client's.

use serde_json::json;

use crate::bench::{GRANT, is_refusal};
use crate::case::{Case, ensure, must, not_applicable, passed};

pub(super) const CASES: &[Case] = &[
    must("client-id.absent", "a grant without `client_id`", &["JAG-007"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.no_claim("client_id"))
    }),
    must("client-id.number", "a `client_id` that is a number", &["JAG-007", "R8693-018"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("client_id", 7))
    }),
    must("client-id.array", "a `client_id` that is an array", &["JAG-007", "R8693-018"], |bench| {
        bench.refused(GRANT, |_, attempt| attempt.grant.claim("client_id", json!([attempt.client.id])))
    }),
    must(
        "client-id.unknown",
        "a grant of a client that nobody knows",
        &["JAG-069", "JAG-070", "EMA-015"],
        |bench| bench.refused(GRANT, |_, attempt| attempt.grant.claim("client_id", "nobody")),
    ),
    must("client-id.capitals", "the client in capitals", &["JAG-069"], |bench| {
        bench.refused(GRANT, |_, attempt| {
            let id = attempt.client.id.to_uppercase();
            attempt.grant.claim("client_id", id);
        })
    }),
    must("client-id.other", "the grant of another client", &["JAG-069", "JAG-070", "EMA-015"], |bench| {
        let Some(other) = bench.world.other_than(bench.client()) else {
            return not_applicable("there is one client only");
        };
        let mut attempt = bench.attempt();
        attempt.grant = bench.grant(other);
        is_refusal(&bench.send(&attempt)?, GRANT)?;
        passed()
    }),
    must(
        "client-id.not-spent",
        "a grant that the wrong client presented is still good for the right one",
        &["AMB-001"],
        |bench| {
            let Some(other) = bench.world.other_than(bench.client()) else {
                return not_applicable("there is one client only");
            };
            let right = bench.attempt();
            let mut wrong = bench.attempt_by(other);
            wrong.grant = right.grant.clone();
            is_refusal(&bench.send(&wrong)?, GRANT)?;
            let answer = bench.send(&right)?;
            ensure(answer.is_granted(), format!("afterwards the right one gets {}", answer.said()))?;
            passed()
        },
    ),
];
