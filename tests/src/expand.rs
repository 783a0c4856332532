//! Opens up a vector's strings, so that two cases can be compared member by member instead of text by text.
//!
//! A compact JWS becomes its header, payload and signature; a form body a multimap of its parameters; credentials
//! (`DPoP …`) scheme and token; JSON text its members. A string that does not hold what it looks like stays one leaf.

use alloc::collections::BTreeMap;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::json;

/// A value whose strings have been opened up.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// A scalar.
    Leaf(Value),
    /// An array, or the values of one form parameter.
    List(Vec<Tree>),
    /// Named members.
    Map(Kind, BTreeMap<String, Tree>),
}

/// What a [`Tree::Map`] was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A JSON object.
    Object,
    /// A compact JWS: `header`, `payload`, `signature`.
    Jws,
    /// The header or the payload of a JWS.
    JwsPart,
    /// A form body.
    Form,
    /// `scheme` and `token` of an Authorization header.
    Credentials,
    /// The members of a string that is JSON text.
    Document,
}

/// Parameters that only a form body of these protocols carries.
const FORM_PARAMETERS: [&str; 6] =
    ["grant_type", "assertion", "subject_token", "client_id", "client_assertion", "token"];

/// Opens up `value`.
pub fn expand(value: &Value) -> Tree {
    let mut texts = BTreeMap::new();
    collect_hashes(value, "", &mut texts);
    Expander { texts }.value(value)
}

/// Where each text of a case stands, by its hash, so that a DPoP proof's `ath` can be written as what it is: a
/// reference to the token.
fn collect_hashes(value: &Value, path: &str, texts: &mut BTreeMap<String, String>) {
    match value {
        Value::String(text) => {
            let token = credentials(text).map_or(text.as_str(), |(_, token)| token);
            texts.entry(base64url(&Sha256::digest(token))).or_insert_with(|| path.to_owned());
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, item)| collect_hashes(item, &format!("{path}/{at}"), texts));
        }
        Value::Object(members) => {
            members
                .iter()
                .for_each(|(name, member)| collect_hashes(member, &format!("{path}/{name}"), texts));
        }
        _ => {}
    }
}

struct Expander {
    texts: BTreeMap<String, String>,
}

impl Expander {
    fn value(&self, value: &Value) -> Tree {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => Tree::List(items.iter().map(|item| self.value(item)).collect()),
            Value::Object(members) => self.members(Kind::Object, members),
            leaf => Tree::Leaf(leaf.clone()),
        }
    }

    fn members(&self, kind: Kind, members: &Members) -> Tree {
        Tree::Map(kind, members.iter().map(|(name, value)| (name.clone(), self.value(value))).collect())
    }

    fn text(&self, text: &str) -> Tree {
        if let Some((header, payload, signature)) = jws(text) {
            let payload = self.members(Kind::JwsPart, &self.with_symbolic_ath(payload));
            let parts = [
                ("header", self.members(Kind::JwsPart, &header)),
                ("payload", payload),
                ("signature", leaf(signature)),
            ];
            return map(Kind::Jws, parts);
        }
        if let Some((scheme, token)) = credentials(text) {
            return map(Kind::Credentials, [("scheme", leaf(scheme)), ("token", self.text(token))]);
        }
        if text.starts_with('{')
            && let Ok(Value::Object(members)) = json::strict(text)
        {
            return self.members(Kind::Document, &members);
        }
        match form(text) {
            Some(parameters) => {
                let open =
                    |values: Vec<String>| Tree::List(values.iter().map(|value| self.text(value)).collect());
                Tree::Map(
                    Kind::Form,
                    parameters.into_iter().map(|(name, values)| (name, open(values))).collect(),
                )
            }
            None => leaf(text),
        }
    }

    /// A proof over another token has another `ath`: that is no difference of its own.
    fn with_symbolic_ath(&self, mut payload: Members) -> Members {
        if let Some(Value::String(ath)) = payload.get_mut("ath")
            && let Some(path) = self.texts.get(ath)
        {
            *ath = format!("(hash of {path})");
        }
        payload
    }
}

fn leaf(text: &str) -> Tree {
    Tree::Leaf(text.into())
}

fn map<const N: usize>(kind: Kind, members: [(&str, Tree); N]) -> Tree {
    Tree::Map(kind, members.into_iter().map(|(name, tree)| (name.to_owned(), tree)).collect())
}

/// Unpadded base64url.
pub fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// The members of a JSON object.
type Members = Map<String, Value>;

fn jws(text: &str) -> Option<(Members, Members, &str)> {
    let mut parts = text.split('.');
    let (header, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    Base64UrlUnpadded::decode_vec(signature).ok()?;
    Some((jws_part(header)?, jws_part(payload)?, signature))
}

fn jws_part(segment: &str) -> Option<Members> {
    let text = String::from_utf8(Base64UrlUnpadded::decode_vec(segment).ok()?).ok()?;
    match json::strict(&text) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

fn credentials(text: &str) -> Option<(&str, &str)> {
    let (scheme, token) = text.split_once(' ')?;
    let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("dpop");
    (known && !token.is_empty() && !token.contains([' ', '='])).then_some((scheme, token))
}

fn form(text: &str) -> Option<BTreeMap<String, Vec<String>>> {
    let mut parameters: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pair in text.split('&') {
        let (name, value) = pair.split_once('=')?;
        parameters.entry(form_decode(name)?).or_default().push(form_decode(value)?);
    }
    FORM_PARAMETERS.iter().any(|name| parameters.contains_key(*name)).then_some(parameters)
}

/// The pairs of a form body that can be decoded, in order; none when one of them cannot.
pub fn form_pairs(text: &str) -> Vec<(String, String)> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((form_decode(name)?, form_decode(value)?))
    };
    text.split('&').map(pair).collect::<Option<_>>().unwrap_or_default()
}

fn form_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                let digit =
                    |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                bytes.push(digit(high)? * 16 + digit(low)?);
                tail
            }
            (b'%', _) | (0..=b' ', _) => return None,
            (b'+', _) => {
                bytes.push(b' ');
                tail
            }
            _ => {
                bytes.push(*first);
                tail
            }
        };
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn token(header: &str, payload: &str) -> String {
        format!("{}.{}.c2ln", base64url(header.as_bytes()), base64url(payload.as_bytes()))
    }

    fn kind(text: &str) -> Option<Kind> {
        match expand(&json!(text)) {
            Tree::Map(kind, _) => Some(kind),
            _ => None,
        }
    }

    #[test]
    fn opens_a_jws() {
        let Tree::Map(Kind::Jws, parts) = expand(&json!(token(r#"{"alg":"ES256"}"#, r#"{"iss":"a"}"#)))
        else {
            panic!("not opened")
        };
        assert_eq!(parts["signature"], leaf("c2ln"));
        assert_eq!(parts["header"], map(Kind::JwsPart, [("alg", leaf("ES256"))]));
    }

    #[test]
    fn leaves_a_malformed_jws_closed() {
        assert_eq!(kind(&token(r#"{"alg":"A","alg":"B"}"#, "{}")), None);
        assert_eq!(kind(&token("{}", "[]")), None);
        assert_eq!(kind(&format!("{}.c2ln", token("{}", "{}"))), None);
        assert_eq!(kind(&format!("{}=", token("{}", "{}"))), None);
        assert_eq!(kind("a.b.c"), None);
    }

    #[test]
    fn opens_a_form_with_a_token_inside() {
        let body = format!("grant_type=a%3Ab&assertion={}&resource=x&resource=y+z", token("{}", "{}"));
        let Tree::Map(Kind::Form, parameters) = expand(&json!(body)) else { panic!("not opened") };
        assert_eq!(parameters["grant_type"], Tree::List(vec![leaf("a:b")]));
        assert_eq!(parameters["resource"], Tree::List(vec![leaf("x"), leaf("y z")]));
        assert!(
            matches!(&parameters["assertion"], Tree::List(values) if matches!(values[0], Tree::Map(Kind::Jws, _)))
        );
    }

    #[test]
    fn leaves_what_is_no_form_closed() {
        assert_eq!(kind("https://a.example/?x=1"), None);
        assert_eq!(kind("grant_type=%zz"), None);
        assert_eq!(kind("grant_type=a b"), None);
    }

    #[test]
    fn opens_credentials_and_documents() {
        assert_eq!(kind("DPoP abc"), Some(Kind::Credentials));
        assert_eq!(kind("Bearer realm=\"x\""), None);
        assert_eq!(kind(r#"{"access_token":"a"}"#), Some(Kind::Document));
        assert_eq!(kind(r#"{"a":1,"a":1}"#), None);
    }

    #[test]
    fn writes_ath_as_a_reference() {
        let case = |access_token: &str| {
            let payload = json!({"ath": base64url(&Sha256::digest(access_token))}).to_string();
            json!({"authorization": format!("DPoP {access_token}"), "proof": token("{}", &payload)})
        };
        let proof = |value: &Value| match expand(value) {
            Tree::Map(_, members) => members["proof"].clone(),
            _ => panic!("not an object"),
        };
        assert_eq!(proof(&case("token-1")), proof(&case("token-2")));
    }
}
