//! The exchange as a request, and how refusals are said.

use reqwest::Method as HttpMethod;

use super::{ID_JAG_TYPE, IdpBench, TOKEN_EXCHANGE};
use crate::bench::is_refusal;
use crate::case::{Case, Verdict, ensure, must, passed, should};

const REQUEST: &[&str] = &["invalid_request"];
const MARK: &str = "zqx7mark";

pub(super) const CASES: &[Case<IdpBench>] = &[
    must("request.get", "GET", &["R6749-003", "EMAP12-004"], |bench| {
        let mut attempt = bench.attempt();
        attempt.method = HttpMethod::GET;
        attempt.in_query = true;
        let answer = bench.send(&attempt)?;
        ensure(!answer.is_granted() && (400..500).contains(&answer.status), answer.said())?;
        passed()
    }),
    must("request.query", "POST with everything in the address", &["R8693-007", "EMAP12-004"], |bench| {
        let mut attempt = bench.attempt();
        attempt.in_query = true;
        let answer = bench.send(&attempt)?;
        ensure(!answer.is_granted() && (400..500).contains(&answer.status), answer.said())?;
        passed()
    }),
    must("request.other-grant-type", "a grant type that nobody knows", &["R8693-001"], |bench| {
        bench.refused(&["unsupported_grant_type"], |_, attempt| {
            attempt.grant_type = Some("urn:example:unheard-of".into());
        })
    }),
    must("request.no-requested-type", "no `requested_token_type`", &["JAG-026", "EMA-002"], |bench| {
        bench.refused(REQUEST, |_, attempt| attempt.unset("requested_token_type"))
    }),
    should("request.other-requested-type", "a token of a type that nobody knows", &["R8693-008"], |bench| {
        bench.refused(REQUEST, |_, attempt| attempt.set("requested_token_type", "urn:example:unheard-of"))
    }),
    must("request.two-grant-types", "the grant type twice", &["R6749-001"], |bench| {
        bench.refused(REQUEST, |_, attempt| attempt.parameter("grant_type", TOKEN_EXCHANGE))
    }),
    must("request.two-subjects", "the subject token twice", &["R6749-001"], |bench| {
        bench.refused(REQUEST, |bench, attempt| {
            attempt.parameter("subject_token", bench.world.subject_token.as_str());
        })
    }),
    must("request.two-requested-types", "`requested_token_type` twice", &["R6749-001"], |bench| {
        bench.refused(REQUEST, |_, attempt| attempt.parameter("requested_token_type", ID_JAG_TYPE))
    }),
    must("request.two-scopes", "`scope` twice", &["R6749-001"], |bench| {
        bench.refused(REQUEST, |bench, attempt| attempt.parameter("scope", bench.world.scope.as_str()))
    }),
    must("request.unknown-parameter", "a parameter that nobody knows is ignored", &["R6749-002"], |bench| {
        bench.granted_with(|_, attempt| attempt.parameter("unheard_of", "1"))
    }),
    must(
        "refusal.shape",
        "400, a JSON object with one error code, which nobody keeps",
        &["JAG-060", "R6749-010", "R6749-008"],
        |bench| {
            let mut attempt = bench.attempt();
            attempt.unset("requested_token_type");
            let answer = bench.send(&attempt)?;
            is_refusal(&answer, REQUEST)?;
            ensure(answer.status == 400, answer.said())?;
            let said = |name: &str| answer.header(name).to_lowercase();
            ensure(
                said("content-type").starts_with("application/json"),
                "it says that it is something else",
            )?;
            ensure(said("cache-control").contains("no-store"), "`Cache-Control: no-store` is missing")?;
            let legal =
                |text: &str| text.chars().all(|one| matches!(one, ' '..='~') && !matches!(one, '"' | '\\'));
            ensure(legal(answer.text("error_description")), "the description has letters that none has")?;
            passed()
        },
    ),
    should(
        "refusal.echo-audience",
        "it does not repeat the audience",
        &["EMAP12-009", "R6749-010"],
        |bench| quiet(bench, |attempt| attempt.set("audience", format!("https://{MARK}.example"))),
    ),
    should("refusal.echo-type", "it does not repeat the type asked for", &["R6749-010"], |bench| {
        quiet(bench, |attempt| attempt.set("requested_token_type", MARK))
    }),
];

/// Whatever is answered, the mark is not in it.
fn quiet(bench: &IdpBench, change: fn(&mut crate::attempt::Attempt)) -> Verdict {
    let mut attempt = bench.attempt();
    change(&mut attempt);
    let answer = bench.send(&attempt)?;
    ensure(!answer.holds(MARK), format!("it does: {}", answer.said()))?;
    passed()
}
