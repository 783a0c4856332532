//! The token request as such: method, form, parameters.

use reqwest::Method as HttpMethod;

use crate::attempt::{Assertion, JWT_BEARER};
use crate::bench::{Bench, REQUEST, is_refusal};
use crate::case::{Case, Verdict, ensure, must, not_applicable, passed, should};
use crate::keys::unique;

pub(super) const CASES: &[Case] = &[
    must("request.get", "GET", &["R6749-003"], |bench| {
        closed(bench, |attempt| {
            attempt.method = HttpMethod::GET;
            attempt.in_query = true;
        })
    }),
    must("request.query", "POST with everything in the address", &["R6749-003"], |bench| {
        closed(bench, |attempt| attempt.in_query = true)
    }),
    should("request.content-type", "a form that says that it is JSON", &["R6749-010"], |bench| {
        closed(bench, |attempt| attempt.content_type = Some("application/json".into()))
    }),
    must("request.no-grant-type", "no grant type", &["R6749-010"], |bench| {
        bench.refused(&["invalid_request", "unsupported_grant_type"], |_, attempt| attempt.grant_type = None)
    }),
    must("request.other-grant-type", "a grant type that nobody knows", &["JAG-061"], |bench| {
        bench.refused(&["unsupported_grant_type"], |_, attempt| {
            attempt.grant_type = Some("urn:example:unheard-of".into());
        })
    }),
    must("request.no-assertion", "no assertion", &["JAG-062"], |bench| {
        bench.refused(REQUEST, |_, attempt| attempt.assertion = Assertion::Absent)
    }),
    must("request.empty-assertion", "an empty assertion is none", &["R6749-002", "JAG-062"], |bench| {
        bench.refused(REQUEST, |_, attempt| attempt.assertion = Assertion::Text(String::new()))
    }),
    must("request.two-assertions", "the assertion twice", &["R6749-001", "JAG-062", "R7523-001"], |bench| {
        bench.refused(REQUEST, |_, attempt| {
            let again = attempt.grant.compact();
            attempt.assertion = Assertion::Text(again.clone());
            attempt.parameter("assertion", again);
        })
    }),
    must("request.two-grant-types", "the grant type twice", &["R6749-001"], |bench| {
        bench.refused(REQUEST, |_, attempt| attempt.parameter("grant_type", JWT_BEARER))
    }),
    must("request.two-scopes", "`scope` twice", &["R6749-001"], |bench| {
        bench.refused(REQUEST, |bench, attempt| {
            attempt.parameter("scope", bench.world.first_scope());
            attempt.parameter("scope", bench.world.first_scope());
        })
    }),
    must("request.two-clients", "`client_id` twice", &["R6749-001"], |bench| {
        bench.refused(&["invalid_request", "invalid_client"], |_, attempt| {
            let id = attempt.client.id.clone();
            attempt.parameter("client_id", id.as_str());
            attempt.parameter("client_id", id);
        })
    }),
    must("request.unknown-parameter", "a parameter that nobody knows is ignored", &["R6749-002"], |bench| {
        bench.granted_with(|_, attempt| attempt.parameter("unheard_of", "1"))
    }),
    must("request.percent", "a percent sign with nothing behind it", &["R6749-010"], |bench| {
        closed(bench, |attempt| attempt.body = |body| body.replacen("assertion=", "assertion=%", 1))
    }),
    must("request.not-utf8", "bytes that are no UTF-8", &["R6749-010"], |bench| {
        closed(bench, |attempt| attempt.body = |body| body.replacen("assertion=", "assertion=%ff", 1))
    }),
    must("request.empty", "an empty form", &["R6749-010"], |bench| {
        let mut attempt = bench.attempt();
        attempt.body = |_| String::new();
        is_refusal(&bench.send(&attempt)?, &["invalid_request", "invalid_client", "unsupported_grant_type"])
    }),
    must("request.jwt-dpop", "the grant type jwt-dpop without a proof", &["AMB-002", "JDPOP-001"], |bench| {
        bench.refused(&["unsupported_grant_type", "invalid_grant", "invalid_request"], |_, attempt| {
            attempt.grant_type = Some("urn:ietf:params:oauth:grant-type:jwt-dpop".into());
        })
    }),
    must("request.basic-encoding", "a client whose name needs encoding", &["R6749-005"], |bench| {
        let needs = |client: &&crate::world::Client| {
            client.method == crate::world::Method::Basic && client.id.contains([':', '/', '%', ' '])
        };
        let Some(client) = bench.world.clients.iter().find(needs) else {
            return not_applicable("no client with Basic credentials has such a name");
        };
        bench.granted(&bench.attempt_by(client))?;
        passed()
    }),
];

/// Nothing is granted, the server is not shaken, and goes on.
fn closed(bench: &Bench, change: fn(&mut crate::attempt::Attempt)) -> Verdict {
    let mut attempt = bench.attempt();
    attempt.parameter("unheard_of", unique());
    change(&mut attempt);
    let answer = bench.send(&attempt)?;
    ensure(!answer.is_granted() && (400..500).contains(&answer.status), answer.said())?;
    let after = bench.send(&bench.attempt())?;
    ensure(after.is_granted(), format!("afterwards: {}", after.said()))?;
    passed()
}
