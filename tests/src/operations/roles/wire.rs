//! Requests, responses and records as JSON, and the check that no response or record repeats what it must not.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use idjag::crypto::rustcrypto::SigningKey;
use idjag::jose::KeySet;
use idjag::oauth::http::{HttpRequest, HttpResponse};
use idjag::record::DecisionRecord;
use idjag::rejection::Rejection;
use idjag::replay::{FirstUse, MemoryReplayStore, ReplayKey};
use idjag::uri::Issuer;
use idjag::{Error, Limits, UnixTime};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::expand;
use crate::format::{Failure, Keys};
use crate::providers::provider;

/// A request as it arrived.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    method: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: String,
}

impl Request {
    pub(super) fn to_http(&self) -> HttpRequest {
        HttpRequest {
            method: self.method.clone(),
            url: self.url.clone(),
            headers: self.headers.iter().cloned().collect(),
            body: self.body.clone().into_bytes(),
        }
    }
}

/// A request that was handled before the one under test, against the same replay store.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Earlier {
    /// When; the case's `now` where absent.
    pub(super) now: Option<u64>,
    pub(super) request: Request,
}

/// What the replay store does.
#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum StoreKind {
    /// It remembers.
    #[default]
    Memory,
    /// It does not answer.
    Unavailable,
}

/// A replay store.
pub(super) struct Store {
    kind: StoreKind,
    memory: MemoryReplayStore,
}

impl Store {
    pub(super) const fn new(kind: StoreKind) -> Self {
        Self { kind, memory: MemoryReplayStore::new(1000) }
    }

    pub(super) fn first_use(&mut self, key: &ReplayKey, now: UnixTime) -> FirstUse {
        match self.kind {
            StoreKind::Memory => self.memory.first_use(key, now),
            StoreKind::Unavailable => FirstUse::Unavailable,
        }
    }
}

/// What keeps an operation from an answer.
pub(super) enum Refused {
    /// The role's refusal.
    Rejected(Rejection),
    /// The caller's own doing.
    Locally(Error),
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Locally(error)
    }
}

impl Refused {
    pub(super) fn failure(&self) -> Failure {
        match self {
            Self::Rejected(rejection) => Failure {
                code: rejection.error().code().as_str().into(),
                oauth: Some(rejection.oauth_error().as_str().into()),
            },
            Self::Locally(error) => Failure { code: error.code().as_str().into(), oauth: None },
        }
    }

    /// Response and record of the refusal of `request`, after checking that they repeat nothing of it.
    pub(super) fn response(&self, request: &Request) -> Result<Value, Failure> {
        let Self::Rejected(rejection) = self else { return Err(self.failure()) };
        check_refusal(rejection, request);
        let record = to_json(&rejection.record().to_json());
        let mut output = response(rejection.response());
        output["record"] = record;
        Ok(output)
    }
}

/// The key set of `issuer`, when the vector has one.
pub(super) fn key_set(keys: &Keys, issuer: &Issuer) -> Option<KeySet> {
    keys.sets.get(issuer.as_str())?;
    let text = keys.set_text(issuer.as_str());
    Some(
        KeySet::parse(issuer.clone(), text.as_bytes(), &provider().allow_all(), &Limits::DEFAULT)
            .expect("a key set"),
    )
}

/// The server's own key.
pub(super) fn signer(keys: &Keys) -> SigningKey {
    SigningKey::from_jwk(&keys.signer("server").to_string()).expect("a signing key")
}

/// The JSON of one of the library's objects.
pub(in crate::operations) fn to_json(object: &idjag::codec::json::Object<'_>) -> Value {
    serde_json::from_str(&object.to_string()).expect("JSON")
}

/// `{status, headers, body}`; a body that is no JSON object is text.
pub(super) fn response(response: &HttpResponse) -> Value {
    let headers: Vec<(&str, &str)> = response.headers.iter().collect();
    let text = String::from_utf8_lossy(&response.body);
    let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| json!(text));
    json!({"status": response.status, "headers": headers, "body": body})
}

/// The response that carries a token, opened as `{header, claims}`, and its record.
pub(super) fn issued(request: &Request, answer: &HttpResponse, record: &DecisionRecord) -> Value {
    let record = to_json(&record.to_json());
    for secret in secrets(request) {
        assert!(!text_of(answer).contains(&secret), "the response holds a credential");
        assert!(!record.to_string().contains(&secret), "the record holds a credential");
    }
    let mut output = response(answer);
    let token = output["body"]["access_token"].as_str().expect("a token").to_owned();
    assert!(!record.to_string().contains(&token), "the record holds the token");
    if token.matches('.').count() == 2 {
        let part = |at: usize| -> Value {
            let segment = token.split('.').nth(at).expect("three segments");
            serde_json::from_slice(&Base64UrlUnpadded::decode_vec(segment).expect("base64url")).expect("JSON")
        };
        output["body"]["access_token"] = json!({"header": part(0), "claims": part(1)});
    }
    output["record"] = record;
    output
}

/// Fields of a record that hold what was asked for or proven, each in its own grammar.
const CHECKED_FIELDS: [&str; 26] = [
    "decided_by",
    "client_id",
    "target_client_id",
    "issuer",
    "tenant",
    "subject",
    "audience",
    "acr",
    "token_id",
    "grant_id",
    "app",
    "operation",
    "resources",
    "scope_asked",
    "scope_granted",
    "actor",
    "auth_time",
    "context",
    "details_asked",
    "details_granted",
    "jkt",
    "parent_id",
    "server",
    "session_id",
    "subject_token_id",
    "target_subject",
];

/// What must hold of every refusal, whatever it refuses.
pub(super) fn check_refusal(rejection: &Rejection, request: &Request) {
    let answer = rejection.response();
    let text = text_of(answer);
    let mut record = to_json(&rejection.record().to_json());
    let display = format!("{rejection} {rejection:?} {:?}", rejection.error());
    for secret in secrets(request) {
        for (place, text) in [("response", &text), ("record", &record.to_string()), ("message", &display)] {
            assert!(!text.contains(&secret), "the {place} holds a credential");
        }
    }
    let members = record.as_object_mut().expect("an object");
    CHECKED_FIELDS.iter().for_each(|field| drop(members.remove(*field)));
    for chosen in chosen(request) {
        assert!(!text.contains(&chosen), "the response repeats `{chosen}`");
        assert!(!record.to_string().contains(&chosen), "the record repeats `{chosen}`");
    }
    assert!(answer.headers.all("Cache-Control").eq(["no-store"]), "the response may be stored");
    let error = rejection.oauth_error();
    if !answer.body.is_empty() {
        let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
        assert_eq!(body["error"], error.as_str());
        assert!(
            answer.headers.all("Pragma").eq(["no-cache"])
                && answer.headers.all("Content-Type").eq(["application/json"])
        );
    }
    assert!(matches!(answer.status, 400 | 401 | 403 | 500 | 503), "status {}", answer.status);
    assert!(answer.headers.all("DPoP-Nonce").count() <= 1, "several nonces");
}

fn text_of(response: &HttpResponse) -> String {
    let headers: Vec<String> =
        response.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    format!("{}\n\n{}", headers.join("\n"), String::from_utf8_lossy(&response.body))
}

/// Shorter texts occur by chance.
const TELLING: usize = 8;

/// Every credential of a request, and every segment of those that are tokens.
fn secrets(request: &Request) -> Vec<String> {
    const PARAMETERS: [&str; 5] =
        ["assertion", "client_secret", "client_assertion", "subject_token", "actor_token"];
    let mut found = Vec::new();
    for (name, value) in &request.headers {
        if name.eq_ignore_ascii_case("authorization") {
            let credentials = value.split_once(' ').map_or(value.as_str(), |(_, credentials)| credentials);
            found.push(credentials.to_owned());
            let decoded =
                Base64::decode_vec(credentials).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            found.extend(decoded.and_then(|pair| Some(pair.split_once(':')?.1.to_owned())));
        } else if name.eq_ignore_ascii_case("dpop") {
            found.push(value.clone());
        }
    }
    for (name, value) in expand::form_pairs(&request.body) {
        if PARAMETERS.contains(&name.as_str()) {
            found.push(value);
        }
    }
    let segments: Vec<String> = found.iter().flat_map(|text| text.split('.')).map(str::to_owned).collect();
    found.extend(segments);
    found.retain(|secret| secret.len() >= TELLING);
    found
}

/// Every text that the sender chose.
fn chosen(request: &Request) -> Vec<String> {
    let headers = request.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
    let mut texts: Vec<String> = headers.map(|(_, value)| value.clone()).collect();
    texts.push(request.method.clone());
    texts.extend(expand::form_pairs(&request.body).into_iter().flat_map(|(name, value)| [name, value]));
    texts.retain(|text| text.len() >= TELLING && !EXPECTED.contains(&text.as_str()));
    texts
}

/// Names of parameters, which a detail may name, and of kinds of token are not the sender's.
const EXPECTED: [&str; 16] = [
    "access_token",
    "id_token",
    "actor_token",
    "requested_token_type",
    "grant_type",
    "assertion",
    "client_id",
    "client_secret",
    "client_assertion",
    "client_assertion_type",
    "resource",
    "audience",
    "subject_token",
    "subject_token_type",
    "actor_token_type",
    "authorization_details",
];
