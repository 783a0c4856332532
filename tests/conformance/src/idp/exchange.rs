//! What the identity provider publishes, and how it answers a good exchange.

use super::{ID_JAG_TYPE, IdpBench, TOKEN_EXCHANGE, claims};
use crate::case::{Case, ensure, must, passed, should};

pub(super) const CASES: &[Case<IdpBench>] = &[
    must(
        "metadata.issuer",
        "the document names the issuer under which it was asked for",
        &["R8414-003"],
        |bench| {
            ensure(bench.metadata["issuer"] == bench.world.url.as_str(), "the `issuer` is another one")?;
            passed()
        },
    ),
    must("metadata.grant-type", "it lists token exchange", &["R8693-001"], |bench| {
        lists(bench, "grant_types_supported", TOKEN_EXCHANGE)
    }),
    should(
        "metadata.token-type",
        "it lists ID-JAGs among what it issues for other domains",
        &["JAG-087"],
        |bench| lists(bench, "identity_chaining_requested_token_types_supported", ID_JAG_TYPE),
    ),
    must("metadata.no-empty-arrays", "arrays without elements are left out", &["R8414-004"], |bench| {
        let members = bench.metadata.as_object().into_iter().flatten();
        let empty = members.filter(|(_, value)| value.as_array().is_some_and(Vec::is_empty)).count();
        ensure(empty == 0, "there are some")?;
        passed()
    }),
    must("response.granted", "a good exchange is granted", &["JAG-034", "JAG-028", "R8693-009"], |bench| {
        bench.granted(&bench.attempt())?;
        passed()
    }),
    must("response.issued-type", "`issued_token_type` is the ID-JAG's", &["JAG-053", "EMA-009"], |bench| {
        let answer = bench.granted(&bench.attempt())?;
        ensure(answer.text("issued_token_type") == ID_JAG_TYPE, "it is another one")?;
        passed()
    }),
    must("response.token-type", "`token_type` is `N_A`", &["JAG-055", "R8693-010"], |bench| {
        let answer = bench.granted(&bench.attempt())?;
        ensure(answer.text("token_type").eq_ignore_ascii_case("N_A"), "it is another one")?;
        passed()
    }),
    should("response.lifetime", "`expires_in` is the grant's lifetime", &["JAG-058"], |bench| {
        let answer = bench.granted(&bench.attempt())?;
        let claims = claims(&answer)?;
        let lives = claims["exp"].as_f64().unwrap_or_default() - claims["iat"].as_f64().unwrap_or_default();
        ensure(answer.json["expires_in"].as_f64() == Some(lives), "it is not said, or another one")?;
        passed()
    }),
    should("response.no-refresh-token", "there is no refresh token", &["JAG-059"], |bench| {
        let answer = bench.granted(&bench.attempt())?;
        ensure(answer.json.get("refresh_token").is_none(), "there is one")?;
        passed()
    }),
    must("response.not-cached", "nobody keeps the answer, which is JSON", &["R6749-008"], |bench| {
        let answer = bench.granted(&bench.attempt())?;
        let said = |name: &str| answer.header(name).to_lowercase();
        ensure(said("cache-control").contains("no-store"), "`Cache-Control: no-store` is missing")?;
        ensure(said("pragma") == "no-cache", "`Pragma: no-cache` is missing")?;
        ensure(said("content-type").starts_with("application/json"), "it says that it is something else")?;
        passed()
    }),
];

fn lists(bench: &IdpBench, member: &str, value: &str) -> crate::case::Verdict {
    let listed = bench.metadata[member].as_array().is_some_and(|all| all.iter().any(|one| one == value));
    ensure(listed, format!("`{member}` does not list it"))?;
    passed()
}
