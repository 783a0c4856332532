//! How refusals are said: their shape, and nothing in them that the sender chose.

use crate::bench::{Bench, GRANT, is_refusal};
use crate::case::{Case, Miss, Verdict, ensure, must, passed, should};
use crate::http::Answer;

/// A word that no server says by itself.
const MARK: &str = "zqx7mark";

pub(super) const CASES: &[Case] = &[
    must(
        "refusal.shape",
        "a JSON object with one error code, of legal letters",
        &["R6749-010", "R7523-015"],
        |bench| {
            let answer = refusal(bench)?;
            let kind = answer.header("content-type").to_lowercase();
            ensure(kind.starts_with("application/json"), "it says that it is something else than JSON")?;
            let legal =
                |text: &str| text.chars().all(|one| matches!(one, ' '..='~') && !matches!(one, '"' | '\\'));
            ensure(legal(answer.text("error")), "the code has letters that no code has")?;
            ensure(legal(answer.text("error_description")), "the description has letters that none has")?;
            ensure(answer.json.get("access_token").is_none(), "there is a token in it")?;
            passed()
        },
    ),
    must("refusal.status", "an invalid grant is answered by 400", &["R7523-015", "R6749-010"], |bench| {
        let answer = refusal(bench)?;
        ensure(answer.status == 400, answer.said())?;
        passed()
    }),
    must("refusal.not-cached", "nobody keeps it", &["R6749-008"], |bench| {
        let answer = refusal(bench)?;
        let control = answer.header("cache-control").to_lowercase();
        ensure(control.contains("no-store"), "`Cache-Control: no-store` is missing")?;
        passed()
    }),
    should("refusal.echo-issuer", "it does not repeat the issuer", &["R7523-015"], |bench| {
        quiet(bench, |attempt| attempt.grant.claim("iss", format!("https://{MARK}.example")))
    }),
    should("refusal.echo-type", "it does not repeat the `typ`", &["R7523-015"], |bench| {
        quiet(bench, |attempt| attempt.grant.header("typ", MARK))
    }),
    should("refusal.echo-key", "it does not repeat the `kid`", &["R7523-015"], |bench| {
        quiet(bench, |attempt| attempt.grant.header("kid", MARK))
    }),
    should("refusal.echo-client", "it does not repeat the client", &["R7523-015"], |bench| {
        quiet(bench, |attempt| attempt.client.id = MARK.into())
    }),
    should("refusal.echo-scope", "it does not repeat the scope", &["R7523-015"], |bench| {
        quiet(bench, |attempt| attempt.parameter("scope", format!("{MARK} \"")))
    }),
    should("refusal.echo-grant-type", "it does not repeat the grant type", &["R7523-015"], |bench| {
        quiet(bench, |attempt| attempt.grant_type = Some(MARK.into()))
    }),
    should("refusal.echo-grant", "it does not repeat the grant", &["EMAP12-009", "R7523-015"], |bench| {
        let mut attempt = bench.attempt();
        attempt.grant.claim("aud", "https://elsewhere.example");
        let answer = bench.send(&attempt)?;
        is_refusal(&answer, GRANT)?;
        let token = attempt.grant.compact();
        ensure(token.split('.').all(|part| !answer.holds(part)), "it does")?;
        passed()
    }),
];

fn refusal(bench: &Bench) -> Result<Answer, Miss> {
    let mut attempt = bench.attempt();
    attempt.grant.claim("aud", "https://elsewhere.example");
    let answer = bench.send(&attempt)?;
    is_refusal(&answer, GRANT)?;
    Ok(answer)
}

/// Whatever is answered, the mark is not in it.
fn quiet(bench: &Bench, change: fn(&mut crate::attempt::Attempt)) -> Verdict {
    let mut attempt = bench.attempt();
    change(&mut attempt);
    let answer = bench.send(&attempt)?;
    ensure(!answer.holds(MARK), format!("it does: {}", answer.said()))?;
    passed()
}
