//! An identity provider: what every case works with, and the cases.

mod exchange;
mod grant;
mod proof;
mod request;
mod subject;
mod target;

use serde_json::{Value, json};

use crate::attempt::{Assertion, Attempt};
use crate::bench::{is_refusal, now};
use crate::case::{Case, Miss, Verdict, ensure, not_applicable, passed};
use crate::http::{Answer, Network};
use crate::jws::Jws;
use crate::keys::{Key, from_base64url, unique};
use crate::world::Client;

/// RFC 8693 §2.1.
pub(crate) const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// What is asked for.
pub(crate) const ID_JAG_TYPE: &str = "urn:ietf:params:oauth:token-type:id-jag";
/// What it is asked for with.
pub(crate) const ID_TOKEN_TYPE: &str = "urn:ietf:params:oauth:token-type:id_token";

/// A case on an identity provider.
type Cases = &'static [Case<IdpBench>];

const TOPICS: &[Cases] =
    &[exchange::CASES, grant::CASES, subject::CASES, target::CASES, proof::CASES, request::CASES];

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Case<IdpBench>> {
    TOPICS.iter().copied().flatten()
}

/// What the identity provider was told about, and what it gave.
#[derive(Clone, Debug, Default)]
pub(crate) struct IdpWorld {
    /// Its issuer identifier.
    pub(crate) url: String,
    /// Its token endpoint, where its metadata should not be asked.
    pub(crate) token_endpoint: Option<String>,
    /// Its clients; the first one has the ID Token.
    pub(crate) clients: Vec<Client>,
    /// An authorization server that the first client may have grants for, and one of its resources.
    pub(crate) audience: String,
    pub(crate) resource: String,
    /// Scopes that it may have there, and one that it may not.
    pub(crate) scope: String,
    pub(crate) excess_scope: String,
    /// An ID Token of the first client; one that has expired; one of another client.
    pub(crate) subject_token: String,
    pub(crate) expired_subject_token: Option<String>,
    pub(crate) other_subject_token: Option<String>,
    /// What the first client is called at the audience.
    pub(crate) client_id_there: Option<String>,
}

impl IdpWorld {
    /// Takes over what `document` says.
    pub(crate) fn amend(&mut self, document: &Value) -> Result<(), String> {
        let set = |field: &mut String, name: &str| {
            if let Some(value) = document[name].as_str() {
                *field = value.to_owned();
            }
        };
        set(&mut self.url, "url");
        set(&mut self.audience, "audience");
        set(&mut self.resource, "resource");
        set(&mut self.scope, "scope");
        set(&mut self.excess_scope, "excess_scope");
        set(&mut self.subject_token, "subject_token");
        let set = |field: &mut Option<String>, name: &str| {
            if let Some(value) = document[name].as_str() {
                *field = Some(value.to_owned());
            }
        };
        set(&mut self.token_endpoint, "token_endpoint");
        set(&mut self.expired_subject_token, "expired_subject_token");
        set(&mut self.other_subject_token, "other_subject_token");
        set(&mut self.client_id_there, "client_id_there");
        Ok(())
    }
}

/// Everything that a case needs.
#[derive(Debug)]
pub(crate) struct IdpBench {
    pub(crate) world: IdpWorld,
    pub(crate) network: Network,
    pub(crate) metadata: Value,
    pub(crate) token_endpoint: String,
    /// A key of nobody whom the identity provider knows.
    pub(crate) stranger: Key,
    /// The key of clients that prove possession.
    pub(crate) holder: Key,
}

impl IdpBench {
    /// The client that has the ID Token.
    pub(crate) fn client(&self) -> &Client {
        &self.world.clients[0]
    }

    /// An exchange, good in everything.
    pub(crate) fn attempt(&self) -> Attempt {
        // Where a case wants a forged ID Token it starts from the real one's claims, under the stranger's signature.
        let forged =
            Jws::new(&self.stranger, "JWT", &token_part(&self.world.subject_token, 1).unwrap_or_default());
        let mut attempt = Attempt::new(&self.token_endpoint, &self.world.url, forged, self.client(), now());
        attempt.slot = "subject_token";
        attempt.assertion = Assertion::Text(self.world.subject_token.clone());
        attempt.grant_type = Some(TOKEN_EXCHANGE.to_owned());
        attempt.parameter("requested_token_type", ID_JAG_TYPE);
        attempt.parameter("subject_token_type", ID_TOKEN_TYPE);
        attempt.parameter("audience", self.world.audience.as_str());
        attempt.parameter("resource", self.world.resource.as_str());
        attempt.parameter("scope", self.world.scope.as_str());
        attempt
    }

    /// A DPoP proof for the token endpoint.
    pub(crate) fn proof(&self) -> Jws {
        let claims = json!({"jti": unique(), "htm": "POST", "htu": self.token_endpoint, "iat": now()});
        Jws::proof(&self.holder, &claims)
    }

    /// Sends it.
    pub(crate) fn send(&self, attempt: &Attempt) -> Result<Answer, Miss> {
        self.network.send(&attempt.request()).map_err(Miss::Failed)
    }

    /// Sends what must be granted.
    pub(crate) fn granted(&self, attempt: &Attempt) -> Result<Answer, Miss> {
        let answer = self.send(attempt)?;
        ensure(answer.is_granted(), answer.said())?;
        Ok(answer)
    }

    /// The claims of a good exchange's ID-JAG.
    pub(crate) fn id_jag(&self) -> Result<Value, Miss> {
        claims(&self.granted(&self.attempt())?)
    }

    /// A changed exchange is refused as one of `errors`, and its unchanged twin is granted.
    pub(crate) fn refused(&self, errors: &[&str], change: fn(&Self, &mut Attempt)) -> Verdict {
        let mut changed = self.attempt();
        change(self, &mut changed);
        let said = is_refusal(&self.send(&changed)?, errors)?;
        let twin = self.send(&self.attempt())?;
        ensure(twin.is_granted(), format!("{said}, and so is the valid twin: {}", twin.said()))?;
        Ok(if errors.len() > 1 { said } else { String::new() })
    }

    /// A changed exchange is granted.
    pub(crate) fn granted_with(&self, change: fn(&Self, &mut Attempt)) -> Verdict {
        let mut attempt = self.attempt();
        change(self, &mut attempt);
        self.granted(&attempt)?;
        passed()
    }
}

/// The claims of the ID-JAG in `answer`.
pub(crate) fn claims(answer: &Answer) -> Result<Value, Miss> {
    match token_part(answer.text("access_token"), 1) {
        Some(claims) => Ok(claims),
        None => Err(Miss::Failed("what was issued is no JWT".into())),
    }
}

/// A part of a JWT.
pub(crate) fn token_part(token: &str, at: usize) -> Option<Value> {
    let parts: Vec<&str> = token.split('.').collect();
    let part = parts.get(at).filter(|_| parts.len() == 3)?;
    serde_json::from_slice(&from_base64url(part)?).ok()
}

/// What was given, or that it was not.
fn given<'a>(value: &'a Option<String>, what: &str) -> Result<&'a str, Miss> {
    value.as_deref().map_or_else(|| not_applicable(format!("{what} is not given")), Ok)
}

#[cfg(test)]
mod tests {
    use alloc::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::case::Level;

    #[test]
    fn each_has_a_name_of_its_own_and_requirements_that_demand_it() {
        let document: Value = serde_json::from_str(include_str!("../../../requirements.json")).unwrap();
        let of = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
        let known: BTreeMap<String, String> =
            document.as_array().unwrap().iter().map(|entry| (of(entry, "id"), of(entry, "level"))).collect();
        let mut names = BTreeSet::new();
        for case in all() {
            let about = case.about;
            assert!(names.insert(about.id), "two cases are called {}", about.id);
            let levels: Vec<_> = about.requirements.iter().map(|id| known.get(*id)).collect();
            assert!(!levels.contains(&None), "{} names what does not exist", about.id);
            let demanded = levels.into_iter().flatten().any(|level| level.starts_with("MUST"));
            assert!(demanded || about.level == Level::Should, "{} is no MUST of its requirements", about.id);
        }
    }
}
