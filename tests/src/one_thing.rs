//! The rule that makes an invalid vector a proof: it differs from its valid twin in one thing.
//!
//! A thing is a member added, removed or changed. A changed array is one thing, so is a structured claim and a JWK;
//! what lies in different tokens, or in different members of a request, never is. A signature that follows from a
//! changed header or payload does not count.

use alloc::collections::BTreeMap;

use serde_json::{Value, json};

use crate::expand::{Kind, Tree, expand};
use crate::format::{Case, Group};

/// More differences than this cannot be declared.
const MAX_DECLARED: usize = 3;

/// Checks `case` against its `twin`; the error says in which paths they differ.
pub fn check(group: &Group, case: &Case, twin_group: &Group, twin: &Case) -> Result<(), String> {
    let found = differences(&subject(group, case), &subject(twin_group, twin));
    match &case.differs {
        None if found.len() == 1 => Ok(()),
        None if found.is_empty() => Err("does not differ from its twin".into()),
        None => Err(format!("differs from its twin in {}", found.join(" and "))),
        Some(_) if found.len() < 2 => Err("needs no `differs`".into()),
        Some(declared) if declared.len() > MAX_DECLARED => {
            Err(format!("declares more than {MAX_DECLARED} differences"))
        }
        Some(declared) => {
            let mut declared = declared.clone();
            declared.sort();
            if declared == found {
                Ok(())
            } else {
                Err(format!("declares {declared:?} but differs in {found:?}"))
            }
        }
    }
}

/// What the two cases are compared by.
fn subject(group: &Group, case: &Case) -> Value {
    json!({"config": group.config, "keys": group.keys, "now": case.now, "input": case.input})
}

/// The sorted paths in which two values differ; tokens that hold the same members in another spelling are one thing.
fn differences(a: &Value, b: &Value) -> Vec<String> {
    let mut paths: Vec<String> =
        diff(&expand(a), &expand(b), false).into_iter().map(|difference| difference.path).collect();
    paths.sort();
    if paths.is_empty() && a != b {
        paths.push("(spelling)".to_owned());
    }
    paths
}

struct Difference {
    path: String,
    /// It lies in a token, form or document below the place where it was reported.
    sealed: bool,
}

impl Difference {
    fn here() -> Self {
        Self { path: String::new(), sealed: false }
    }

    fn below(self, name: &str, seal: bool) -> Self {
        Self { path: format!("/{name}{}", self.path), sealed: self.sealed || seal }
    }
}

fn diff(a: &Tree, b: &Tree, in_claim: bool) -> Vec<Difference> {
    match (a, b) {
        _ if a == b => Vec::new(),
        (Tree::List(a), Tree::List(b)) => lists(a, b, in_claim),
        (Tree::Map(kind, a), Tree::Map(other, b)) if kind == other => {
            let found = members(*kind, a, b, in_claim);
            let one_value = *kind == Kind::Object && (in_claim || (is_jwk(a) && is_jwk(b)));
            if one_value { as_one(found) } else { found }
        }
        _ => vec![Difference::here()],
    }
}

fn members(
    kind: Kind,
    a: &BTreeMap<String, Tree>,
    b: &BTreeMap<String, Tree>,
    in_claim: bool,
) -> Vec<Difference> {
    let in_claim = match kind {
        Kind::JwsPart => true,
        Kind::Object => in_claim,
        Kind::Jws | Kind::Form | Kind::Credentials | Kind::Document => false,
    };
    let mut names: Vec<&String> = a.keys().chain(b.keys()).collect();
    names.sort();
    names.dedup();
    let mut found = Vec::new();
    for name in names {
        let differences = match (a.get(name), b.get(name)) {
            (Some(a), Some(b)) => diff(a, b, in_claim),
            _ => vec![Difference::here()],
        };
        found.extend(differences.into_iter().map(|difference| difference.below(name, kind != Kind::Object)));
    }
    if kind == Kind::Jws && found.len() > 1 {
        found.retain(|difference| difference.path != "/signature");
    }
    found
}

fn lists(a: &[Tree], b: &[Tree], in_claim: bool) -> Vec<Difference> {
    if a.len() != b.len() {
        return vec![Difference::here()];
    }
    let items = a.iter().zip(b).enumerate();
    as_one(
        items
            .flat_map(|(at, (a, b))| {
                let below = move |difference: Difference| difference.below(&at.to_string(), false);
                diff(a, b, in_claim).into_iter().map(below)
            })
            .collect(),
    )
}

/// Several differences inside one value are one difference of that value, unless they lie in sealed places.
fn as_one(found: Vec<Difference>) -> Vec<Difference> {
    if found.len() > 1 && found.iter().all(|difference| !difference.sealed) {
        return vec![Difference::here()];
    }
    found
}

fn is_jwk(members: &BTreeMap<String, Tree>) -> bool {
    members.contains_key("kty")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expand::base64url;

    fn jws(header: Value, payload: Value, signature: &str) -> String {
        format!(
            "{}.{}.{signature}",
            base64url(header.to_string().as_bytes()),
            base64url(payload.to_string().as_bytes())
        )
    }

    fn paths(a: Value, b: Value) -> Vec<String> {
        differences(&a, &b)
    }

    #[test]
    fn one_claim_and_the_signature_that_follows_are_one_thing() {
        let a = jws(json!({"alg": "ES256"}), json!({"iss": "a", "aud": "b"}), "AAAA");
        let b = jws(json!({"alg": "ES256"}), json!({"iss": "x", "aud": "b"}), "BBBB");
        assert_eq!(paths(json!({"token": a}), json!({"token": b})), ["/token/payload/iss"]);
    }

    #[test]
    fn a_signature_alone_is_one_thing() {
        let token = |signature| json!({"token": jws(json!({}), json!({}), signature)});
        assert_eq!(paths(token("AAAA"), token("BBBB")), ["/token/signature"]);
    }

    #[test]
    fn two_claims_or_header_and_claim_are_two_things() {
        let a = jws(json!({"typ": "a"}), json!({"iss": "a", "aud": "b"}), "AAAA");
        let b = jws(json!({"typ": "a"}), json!({"iss": "x", "aud": "y"}), "BBBB");
        let c = jws(json!({"typ": "b"}), json!({"iss": "x", "aud": "b"}), "BBBB");
        assert_eq!(
            paths(json!({"token": a}), json!({"token": b})),
            ["/token/payload/aud", "/token/payload/iss"]
        );
        assert_eq!(
            paths(json!({"token": a}), json!({"token": c})),
            ["/token/header/typ", "/token/payload/iss"]
        );
    }

    #[test]
    fn a_structured_claim_is_one_thing() {
        let token = |cnf: Value| json!({"token": jws(json!({}), json!({"cnf": cnf}), "AAAA")});
        assert_eq!(paths(token(json!({"jkt": "a"})), token(json!({"jwk": {}}))), ["/token/payload/cnf"]);
    }

    #[test]
    fn a_jwk_is_one_thing_but_two_members_of_a_request_are_two() {
        let key = |x: &str, y: &str| json!({"keys": [{"kty": "EC", "x": x, "y": y}]});
        assert_eq!(paths(key("a", "b"), key("c", "d")), ["/keys/0"]);
        let request = |method: &str, url: &str| json!({"request": {"method": method, "url": url}});
        assert_eq!(paths(request("a", "b"), request("c", "d")), ["/request/method", "/request/url"]);
    }

    #[test]
    fn an_array_is_one_thing_unless_tokens_in_it_differ() {
        assert_eq!(paths(json!({"a": [1, 2, 3]}), json!({"a": [1]})), ["/a"]);
        assert_eq!(paths(json!({"a": [1, 2]}), json!({"a": [3, 4]})), ["/a"]);
        let tokens = |iss: &str, aud: &str| json!({"a": [jws(json!({}), json!({"iss": iss}), "AAAA"), jws(json!({}), json!({"aud": aud}), "AAAA")]});
        assert_eq!(paths(tokens("a", "b"), tokens("c", "d")), ["/a/0/payload/iss", "/a/1/payload/aud"]);
    }

    #[test]
    fn a_form_is_compared_by_parameter() {
        assert_eq!(
            paths(
                json!({"body": "grant_type=a&resource=x"}),
                json!({"body": "resource=x&resource=y&grant_type=a"})
            ),
            ["/body/resource"]
        );
        assert_eq!(
            paths(json!({"body": "grant_type=a&scope=x"}), json!({"body": "grant_type=b"})),
            ["/body/grant_type/0", "/body/scope"]
        );
    }

    #[test]
    fn another_spelling_of_the_same_members_is_one_thing() {
        let token = |payload: &str| json!({"token": format!("e30.{}.AAAA", base64url(payload.as_bytes()))});
        assert_eq!(paths(token(r#"{"a":1}"#), token(r#"{ "a": 1 }"#)), ["(spelling)"]);
        assert_eq!(paths(token("{}"), token("{}")), [""; 0]);
    }

    #[test]
    fn a_token_that_cannot_be_opened_is_one_leaf() {
        let token = jws(json!({}), json!({"iss": "a"}), "AAAA");
        assert_eq!(paths(json!({"token": token}), json!({"token": "a.b.c"})), ["/token"]);
    }

    fn group(config: Value) -> Group {
        serde_json::from_value(json!({"comment": "", "config": config, "keys": {}, "tests": []})).unwrap()
    }

    fn case(input: Value, differs: Option<Value>) -> Case {
        let mut value = json!({"id": "", "comment": "", "spec": "", "req": [], "now": 1, "input": input, "result": "invalid"});
        if let Some(differs) = differs {
            value["differs"] = differs;
        }
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_rule_can_fail() {
        let (one, other) = (group(json!({"a": 1})), group(json!({"a": 2})));
        let twin = case(json!({"x": 1, "y": 1}), None);
        let check_case = |case: &Case, group: &Group| check(group, case, &one, &twin);
        assert_eq!(check_case(&case(json!({"x": 2, "y": 1}), None), &one), Ok(()));
        assert!(check_case(&case(json!({"x": 1, "y": 1}), None), &one).is_err());
        assert!(check_case(&case(json!({"x": 2, "y": 2}), None), &one).is_err());
        assert!(check_case(&case(json!({"x": 2, "y": 1}), None), &other).is_err());
    }

    #[test]
    fn declared_differences_must_be_the_real_ones() {
        let one = group(json!({}));
        let twin = case(json!({"x": 1, "y": 1, "z": 1}), None);
        let check_case = |case: &Case| check(&one, case, &one, &twin);
        assert_eq!(
            check_case(&case(json!({"x": 2, "y": 2, "z": 1}), Some(json!(["/input/y", "/input/x"])))),
            Ok(())
        );
        assert!(
            check_case(&case(json!({"x": 2, "y": 2, "z": 1}), Some(json!(["/input/x", "/input/z"]))))
                .is_err()
        );
        assert!(check_case(&case(json!({"x": 2, "y": 1, "z": 1}), Some(json!(["/input/x"])))).is_err());
    }
}
