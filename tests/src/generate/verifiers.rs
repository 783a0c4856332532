//! The verifiers of tokens as the vectors see them: configuration, a good token, and how a case becomes an input and
//! an output. What all kinds have in common is written once, over these.

use serde_json::{Map, Value, json};

use super::dsl::{About, GroupBuilder, TopicBuilder, case, fails, fails_locally, keys, with};
use super::keys::{CLIENT, IDP, IDP_NEXT, RAS, TestKey, jwks};
use super::mint::{Jws, replay_name};
use super::scene::{
    CLIENT_AT_IDP, CLIENT_ID, IDP_ISSUER, NOW, OTHER_IDP_ISSUER, RAS_ISSUER, RESOURCE, SUBJECT,
};
use crate::format::{Failure, Keys};

/// Codes of the caller's own doing, which no OAuth response carries.
const LOCAL: [&str; 5] = ["config_invalid", "invalid_now", "text_invalid", "url_insecure", "url_malformed"];

/// One operation that verifies a kind of token.
#[derive(Clone, Copy)]
pub struct Verifier {
    /// The operation.
    pub operation: &'static str,
    /// The requirements that the rules about each of these things come from, for this kind of token.
    pub rules: Rules,
    token: fn() -> Jws,
    config: fn() -> Value,
    key: fn() -> TestKey,
    key_set: &'static str,
    input: fn(&str) -> Value,
    output: fn(&Map<String, Value>, u64) -> Value,
    oauth: &'static str,
    details_oauth: &'static str,
}

/// The requirements of one kind of token.
#[derive(Clone, Copy)]
pub struct Rules {
    /// On `exp`.
    pub exp: &'static [&'static str],
    /// On `nbf`.
    pub nbf: &'static [&'static str],
    /// On lifetime and age.
    pub age: &'static [&'static str],
    /// On the signature.
    pub signature: &'static [&'static str],
    /// On whose keys are used.
    pub keys: &'static [&'static str],
    /// On RS256.
    pub rs256: &'static [&'static str],
    /// On claims that are not understood.
    pub unknown: &'static [&'static str],
    /// On `typ`.
    pub typ: &'static [&'static str],
}

/// An ID-JAG at the resource authorization server.
pub const ID_JAG: Verifier = Verifier {
    operation: "id_jag.verify",
    rules: Rules {
        exp: &["R7519-004", "R7523-006", "JAG-010"],
        nbf: &["R7519-005", "R7523-008", "R7523-013"],
        age: &["R7523-007", "R7523-009", "AMB-025"],
        signature: &["R7523-012", "R8725-007", "R7521-001"],
        keys: &["R8725-012", "JAG-025"],
        rs256: &["R7523-016", "AMB-012"],
        unknown: &["R7519-008", "R7523-011", "JAG-021"],
        typ: &["JAG-065", "JAG-020", "R8725-017"],
    },
    token: jag,
    config: || json!({"issuer": IDP_ISSUER, "audience": RAS_ISSUER, "algorithms": ["ES256"]}),
    key: || IDP.es256(),
    key_set: "issuer",
    input: |token| json!({"token": token, "client_id": CLIENT_ID}),
    output: |claims, tolerance| {
        let until = ceiling(&claims["exp"]) + tolerance;
        json!({"claims": understood(claims), "replay_key": replay_key("id_jag", &claims["iss"], claims, until)})
    },
    oauth: "invalid_grant",
    details_oauth: "invalid_authorization_details",
};

/// An access token at the resource.
pub const ACCESS_TOKEN: Verifier = Verifier {
    operation: "access_token.verify",
    rules: Rules {
        exp: &["R7519-004", "R9068-020", "R9068-021"],
        nbf: &["R7519-005", "R9068-021"],
        age: &["AMB-025"],
        signature: &["R9068-018", "R8725-007", "R9068-021"],
        keys: &["R8725-012", "R9068-019"],
        rs256: &["R9068-002", "AMB-012"],
        unknown: &["R7519-008"],
        typ: &["R9068-014", "R9068-021", "R8725-017"],
    },
    token: at,
    config: || json!({"issuer": RAS_ISSUER, "resource": RESOURCE, "algorithms": ["ES256"]}),
    key: || RAS.es256(),
    key_set: "issuer",
    input: |token| json!({"token": token}),
    output: |claims, _| json!({"claims": understood(claims)}),
    oauth: "invalid_token",
    details_oauth: "invalid_token",
};

/// An ID Token as the subject token of an exchange.
pub const ID_TOKEN: Verifier = Verifier {
    operation: "id_token.verify",
    rules: Rules {
        exp: &["R7519-004", "OIDC-006", "JAG-040"],
        nbf: &["R7519-005"],
        age: &["OIDC-007"],
        signature: &["OIDC-004", "JAG-040", "AMB-005"],
        keys: &["R8725-012"],
        rs256: &["OIDC-005", "AMB-012"],
        unknown: &["R7519-008"],
        typ: &["R8693-006", "R8725-017"],
    },
    token: id_token,
    config: || json!({"issuer": IDP_ISSUER, "algorithms": ["ES256"]}),
    key: || IDP.es256(),
    key_set: "issuer",
    input: |token| json!({"token": token, "client_id": CLIENT_AT_IDP}),
    output: |claims, _| {
        let shown = ["iss", "sub", "iat", "exp", "auth_time", "acr", "amr", "tenant", "may_act"];
        let mut claims = understood(claims);
        let members = claims.as_object_mut().expect("an object");
        members.retain(|name, _| shown.contains(&name.as_str()));
        members.entry("amr").or_insert_with(|| json!([]));
        json!({"claims": claims})
    },
    oauth: "invalid_grant",
    details_oauth: "invalid_grant",
};

/// A client's authentication.
pub const CLIENT_ASSERTION: Verifier = Verifier {
    operation: "client_assertion.verify",
    rules: Rules {
        exp: &["R7519-004", "R7523-006", "R7521-004"],
        nbf: &["R7519-005", "R7523-008", "R7521-004"],
        age: &["R7523-007", "R7523-009"],
        signature: &["R7523-012", "R8725-007", "R7521-004"],
        keys: &["R8725-002", "R7521-004"],
        rs256: &["R7523-016", "AMB-012"],
        unknown: &["R7519-008", "R7523-011"],
        typ: &["R7523B-004", "R8725-017", "R7521-004"],
    },
    token: assertion,
    config: || json!({"audience": RAS_ISSUER, "algorithms": ["ES256"]}),
    key: || CLIENT.es256(),
    key_set: "client",
    input: |token| json!({"token": token, "client_id": CLIENT_ID}),
    output: |claims, tolerance| {
        let until = ceiling(&claims["exp"]) + tolerance;
        let key = replay_key("client_assertion", &claims["iss"], claims, until);
        json!({"client_id": CLIENT_ID, "replay_key": key})
    },
    oauth: "invalid_client",
    details_oauth: "invalid_client",
};

/// An actor token under a configured profile.
pub const ACTOR_TOKEN: Verifier = Verifier {
    operation: "actor_token.verify",
    rules: Rules {
        exp: &["R7519-004", "R8693-006"],
        nbf: &["R7519-005", "R8693-006"],
        age: &["AMB-025"],
        signature: &["R7515-008", "R8693-006"],
        keys: &["R8725-012"],
        rs256: &["AMB-012"],
        unknown: &["R7519-008"],
        typ: &["R8693-006", "R8725-017"],
    },
    token: actor,
    config: || json!({"issuer": OTHER_IDP_ISSUER, "audience": IDP_ISSUER, "typ": "actor+jwt", "algorithms": ["ES256"]}),
    key: || super::keys::OTHER_IDP.es256(),
    key_set: "issuer",
    input: |token| json!({"token": token}),
    output: |claims, _| {
        let mut act = json!({"iss": claims["iss"], "sub": claims["sub"]});
        for name in ["sub_profile", "act"] {
            if let Some(value) = claims.get(name) {
                act[name] = value.clone();
            }
        }
        let cnf = claims.get("cnf").map(|cnf| json!({"act": act, "cnf": cnf}));
        cnf.unwrap_or_else(|| json!({"act": act}))
    },
    oauth: "invalid_request",
    details_oauth: "invalid_request",
};

/// Every verifier of a token with an issuer and a lifetime.
pub const VERIFIERS: [Verifier; 5] = [ID_JAG, ACCESS_TOKEN, ID_TOKEN, CLIENT_ASSERTION, ACTOR_TOKEN];

/// The tolerance that is in force unless a configuration says otherwise (AMB-026).
pub const TOLERANCE: u64 = 60;
/// When the good tokens were issued.
pub const ISSUED: u64 = NOW - 10;
/// When the good tokens expire.
pub const EXPIRES: u64 = ISSUED + 300;

/// A good ID-JAG.
pub fn jag() -> Jws {
    let claims = json!({
        "iss": IDP_ISSUER, "sub": SUBJECT, "aud": RAS_ISSUER, "client_id": CLIENT_ID, "jti": "jag-1",
        "iat": ISSUED, "exp": EXPIRES, "resource": RESOURCE, "scope": "chat.history chat.read",
    });
    Jws::new(IDP.es256(), "oauth-id-jag+jwt", &claims)
}

/// A good access token.
pub fn at() -> Jws {
    let claims = json!({
        "iss": RAS_ISSUER, "sub": SUBJECT, "aud": RESOURCE, "client_id": CLIENT_ID, "jti": "at-1",
        "iat": ISSUED, "exp": EXPIRES, "scope": "chat.read",
    });
    Jws::new(RAS.es256(), "at+jwt", &claims)
}

/// A good ID Token.
pub fn id_token() -> Jws {
    let claims = json!({
        "iss": IDP_ISSUER, "sub": SUBJECT, "aud": CLIENT_AT_IDP, "iat": ISSUED, "exp": EXPIRES,
        "auth_time": NOW - 100,
    });
    Jws::new(IDP.es256(), "JWT", &claims)
}

/// A good client assertion.
pub fn assertion() -> Jws {
    let claims = json!({
        "iss": CLIENT_ID, "sub": CLIENT_ID, "aud": RAS_ISSUER, "jti": "ca-1", "iat": ISSUED, "exp": EXPIRES,
    });
    Jws::new(CLIENT.es256(), "client-authentication+jwt", &claims)
}

/// A good actor token.
pub fn actor() -> Jws {
    let claims = json!({
        "iss": OTHER_IDP_ISSUER, "sub": "agent-7", "aud": IDP_ISSUER, "iat": ISSUED, "exp": EXPIRES,
    });
    Jws::new(super::keys::OTHER_IDP.es256(), "actor+jwt", &claims)
}

/// A claim beside the good ones: id of the case, name, value, paragraph, requirements.
pub type Claim = (&'static str, &'static str, Value, &'static str, &'static [&'static str]);

/// A case about a token that is refused.
pub struct Row {
    pub(super) about: About,
    pub(super) token: String,
    pub(super) code: &'static str,
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

/// A date as the library reports it: the second by which it has been reached.
pub fn ceiling(date: &Value) -> u64 {
    date.as_u64().unwrap_or_else(|| {
        let date = date.as_f64().expect("a number");
        date.ceil().max(0.0) as u64
    })
}

/// What a verifier reports of claims: dates in whole seconds, lists of one as one, nothing that it does not keep.
fn understood(claims: &Map<String, Value>) -> Value {
    let mut claims = claims.clone();
    for name in ["iat", "exp", "auth_time"] {
        if let Some(date) = claims.get_mut(name) {
            *date = ceiling(date).into();
        }
    }
    for name in ["aud", "resource"] {
        if let Some([one]) = claims.get(name).and_then(Value::as_array).map(Vec::as_slice) {
            let one = one.clone();
            claims.insert(name.into(), one);
        }
    }
    claims.remove("nbf");
    Value::Object(claims)
}

/// What a replay store is told of these claims.
pub fn replay_key(kind: &str, issuer: &Value, claims: &Map<String, Value>, until: u64) -> Value {
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    json!({"kind": kind, "name": replay_name(kind, &text(issuer), &text(&claims["jti"])), "retain_until": until})
}
