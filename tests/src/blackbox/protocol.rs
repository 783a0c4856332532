//! The lines of the black-box format.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One case.
///
/// Members beside these are the corpus's own and are ignored; an unknown member of `expected` is a check that nobody
/// would make, so it is refused.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    /// Copied into the answer.
    pub id: String,
    /// What is under test.
    pub kind: Kind,
    /// The token or proof.
    pub token: String,
    /// The keys to verify it with; a DPoP proof brings its own.
    #[serde(default)]
    pub jwks: Option<Value>,
    /// The keys as text, parsed as given, instead of `jwks`.
    #[serde(default)]
    pub jwks_text: Option<String>,
    /// What the verifier expects.
    pub expected: Expected,
}

/// What is under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An ID-JAG at the resource authorization server.
    IdJag,
    /// An access token at a resource server.
    AccessToken,
    /// An ID Token as a subject token.
    IdToken,
    /// A DPoP proof.
    Dpop,
    /// The text of a key set, with an ID-JAG that one of its keys signed.
    Jwks,
    /// A signature, whatever the payload is.
    Jws,
}

/// What the verifier expects; what is not named is set wide.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The algorithms allowed.
    pub algs: Vec<String>,
    /// The time in seconds.
    #[serde(default)]
    pub now: u64,
    /// The tolerance between clocks in seconds.
    #[serde(default)]
    pub leeway: u64,
    /// The issuer.
    pub iss: Option<String>,
    /// The audience.
    pub aud: Option<String>,
    /// The authenticated client.
    pub client_id: Option<String>,
    /// The media type in the header.
    pub typ: Option<String>,
    /// The thumbprint of a proof that has been verified.
    pub dpop_jkt: Option<String>,
    /// The greatest nesting of JSON.
    pub max_depth: Option<usize>,
    /// The greatest length of the token.
    pub max_token_bytes: Option<usize>,
    /// The authorization scheme that carried the access token.
    pub scheme: Option<String>,
    /// The nonce of the ID Token or of the proof.
    pub nonce: Option<String>,
    /// The greatest age of the sign-on in seconds.
    pub max_age: Option<u64>,
    /// Audiences besides the client that an ID Token may name.
    pub trusted_audiences: Option<Vec<String>>,
    /// The method of the request that carried the proof.
    pub htm: Option<String>,
    /// The URL of that request.
    pub htu: Option<String>,
    /// How far `iat` of the proof may lie from `now`, in seconds.
    pub iat_window: Option<u64>,
    /// The thumbprint that the proof's key must have.
    pub jkt: Option<String>,
    /// The access token that came with the proof.
    pub access_token: Option<String>,
    /// The SHA-256 of the payload, in hexadecimal or base64url.
    pub payload_sha256: Option<String>,
}

/// The answer to one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The id of the case; empty when the line had none.
    pub id: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, when it is not acceptance.
    pub code: Option<String>,
}

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The token is good.
    Accept,
    /// It is not.
    Reject,
    /// The case is about an algorithm that this library does not have.
    Skip,
}

impl Case {
    /// Reads one line; the error is the answer to a line that holds no case.
    pub fn parse(line: &[u8]) -> Result<Self, Answer> {
        serde_json::from_slice(line).map_err(|_| {
            let value: Value = serde_json::from_slice(line).unwrap_or_default();
            Answer::new(value["id"].as_str().unwrap_or_default(), Verdict::Reject, Some("request_malformed"))
        })
    }

    /// The text of the key set; an empty set when the case has none.
    pub fn keys_text(&self) -> String {
        match (&self.jwks_text, &self.jwks) {
            (Some(text), _) => text.clone(),
            (None, Some(jwks)) => jwks.to_string(),
            (None, None) => r#"{"keys":[]}"#.to_owned(),
        }
    }
}

impl Answer {
    /// An answer to the case `id`.
    pub fn new(id: &str, verdict: Verdict, code: Option<&str>) -> Self {
        Self { id: id.to_owned(), verdict, code: code.map(str::to_owned) }
    }
}
