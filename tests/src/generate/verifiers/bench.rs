//! Groups of cases of one verifier, a token at a time.

use serde_json::Value;

use super::{TOLERANCE, Verifier, ceiling};
use crate::format::{Failure, Keys};
use crate::generate::dsl::{About, GroupBuilder, TopicBuilder, case, fails, fails_locally, keys, with};
use crate::generate::keys::{IDP_NEXT, TestKey, jwks};
use crate::generate::mint::Jws;
use crate::generate::scene::NOW;

const LOCAL: [&str; 5] = ["config_invalid", "invalid_now", "text_invalid", "url_insecure", "url_malformed"];

/// A claim beside the good ones: id of the case, name, value, paragraph, requirements.
pub type Claim = (&'static str, &'static str, Value, &'static str, &'static [&'static str]);

/// A case about a token that is refused.
pub struct Row {
    pub(in crate::generate) about: About,
    pub(in crate::generate) token: String,
    pub(in crate::generate) code: &'static str,
}

/// A token that is refused with `code`.
pub fn row(about: About, token: impl Into<String>, code: &'static str) -> Row {
    Row { about, token: token.into(), code }
}

/// A group of cases of one verifier.
pub struct Bench<'a> {
    /// The group, to add a case of another shape.
    pub group: GroupBuilder<'a>,
    verifier: Verifier,
    tolerance: u64,
}

impl Verifier {
    /// A topic of the operation.
    pub fn topic(&self, topic: &str) -> TopicBuilder {
        TopicBuilder::new(self.operation, topic)
    }

    /// The good token.
    pub fn token(&self) -> Jws {
        (self.token)()
    }

    /// The key of the good token.
    pub fn key(&self) -> TestKey {
        (self.key)()
    }

    /// The group with the ordinary configuration and keys.
    pub fn bench<'a>(&self, topic: &'a mut TopicBuilder) -> Bench<'a> {
        self.bench_with(topic, "The ordinary configuration.", &[])
    }

    /// A group whose configuration differs in these members.
    pub fn bench_with<'a>(
        &self,
        topic: &'a mut TopicBuilder,
        comment: &str,
        changes: &[(&str, Value)],
    ) -> Bench<'a> {
        let party = self.key().party;
        self.bench_of(topic, comment, changes, jwks(&[party.es256(), party.rs256(), IDP_NEXT.es256()]))
    }

    /// The same with this key set.
    pub fn bench_of<'a>(
        &self,
        topic: &'a mut TopicBuilder,
        comment: &str,
        changes: &[(&str, Value)],
        set: Value,
    ) -> Bench<'a> {
        let keys: Keys = keys().set(self.key_set, set);
        let config = with(&(self.config)(), changes);
        let tolerance = config.pointer("/window/tolerance").map_or(TOLERANCE, ceiling);
        Bench { group: topic.group(comment, config, keys, NOW), verifier: *self, tolerance }
    }

    /// The refusal with `code`.
    pub fn failure(&self, code: &str) -> Failure {
        match code {
            _ if LOCAL.contains(&code) => fails_locally(code),
            "authentication_too_old" => fails(code, "insufficient_user_authentication"),
            "details_malformed" | "details_invalid" => fails(code, self.details_oauth),
            _ => fails(code, self.oauth),
        }
    }
}

impl Bench<'_> {
    /// The token is accepted and its claims are what was understood.
    pub fn accepts(&mut self, about: About, token: &Jws) -> &mut Self {
        self.accepts_reading(about, token, &[])
    }

    /// The token is accepted, and what was understood differs from its claims in these members of the output.
    pub fn accepts_reading(&mut self, about: About, token: &Jws, changes: &[(&str, Value)]) -> &mut Self {
        self.accepts_input(about, token, &[], changes)
    }

    /// The token is accepted beside these members of the input.
    pub fn accepts_input(
        &mut self,
        about: About,
        token: &Jws,
        input: &[(&str, Value)],
        changes: &[(&str, Value)],
    ) -> &mut Self {
        self.accepts_text(about, &token.compact(), &token.claims(), input, changes)
    }

    /// The same of a token that somebody else minted.
    pub fn accepts_text(
        &mut self,
        about: About,
        token: &str,
        claims: &Value,
        input: &[(&str, Value)],
        changes: &[(&str, Value)],
    ) -> &mut Self {
        let output = (self.verifier.output)(claims.as_object().expect("claims"), self.tolerance);
        self.group.valid(about, with(&(self.verifier.input)(token), input), with(&output, changes));
        self
    }

    /// Each token is refused; each differs from the one of `twin` in one thing.
    pub fn refuses(&mut self, twin: &str, rows: impl IntoIterator<Item = Row>) -> &mut Self {
        for Row { about, token, code } in rows {
            let failure = self.verifier.failure(code);
            self.group.invalid(about, twin, (self.verifier.input)(&token), failure);
        }
        self
    }

    /// The token is refused beside these members of the input.
    pub fn refuses_input(
        &mut self,
        about: About,
        twin: &str,
        token: &Jws,
        changes: &[(&str, Value)],
        code: &str,
    ) -> &mut Self {
        self.refuses_compact(about, twin, &token.compact(), changes, code)
    }

    /// The same of a token that somebody else minted.
    pub fn refuses_compact(
        &mut self,
        about: About,
        twin: &str,
        token: &str,
        changes: &[(&str, Value)],
        code: &str,
    ) -> &mut Self {
        let input = with(&(self.verifier.input)(token), changes);
        self.group.invalid(about, twin, input, self.verifier.failure(code));
        self
    }

    /// Claims that are accepted and reported as they are, one at a time beside the good ones.
    pub fn accepts_claims(&mut self, table: &[Claim]) -> &mut Self {
        for (id, claim, value, spec, req) in table {
            let about = case(id, &format!("`{claim}` is {value}."), spec, req);
            let token = self.verifier.token().claim(claim, value.clone());
            self.accepts(about, &token);
        }
        self
    }

    /// Claims that are refused, one at a time beside the good ones.
    pub fn refuses_claims(&mut self, twin: &str, code: &'static str, table: &[Claim]) -> &mut Self {
        for (id, claim, value, spec, req) in table {
            let about = case(id, &format!("`{claim}` is {value}."), spec, req);
            let token = self.verifier.token().claim(claim, value.clone());
            self.refuses(twin, [row(about, token, code)]);
        }
        self
    }

    /// The good token, accepted: what most refusals differ from.
    pub fn accepts_good(&mut self, spec: &'static str) -> &mut Self {
        let token = self.verifier.token();
        self.accepts(case("good", "An ordinary token.", spec, &[]), &token)
    }
}
