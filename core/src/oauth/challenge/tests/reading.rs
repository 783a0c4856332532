//! RFC 9110 §11.6.1 and the typed view of RFC 6750, RFC 9449, RFC 9470 and RFC 9728.

use std::prelude::v1::*;
use std::{env, fs, path::Path, println};

use super::*;
use crate::codec::json::{Json, Object};

/// A challenge in the form of the shared cases.
fn as_case(challenge: &Challenge) -> Object<'static> {
    let mut parameters = Object::new();
    for (name, value) in challenge.parameters() {
        parameters.set_str(name.to_string(), value.to_string());
    }
    let mut case = Object::new();
    case.set_str("scheme", challenge.scheme().to_string());
    case.set("parameters", parameters);
    if let Some(token68) = challenge.token68() {
        case.set_str("token68", token68.to_string());
    }
    case
}

/// MCP-004. Of the disputed cases the two that repeat a parameter are refused (RFC 9110 §11.2), the two that
/// follow the grammar are read by it.
#[test]
fn reads_every_shared_case_as_it_says() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = env::var_os("IDJAG_SHARED").map_or(beside, Into::into);
    let Ok(text) = fs::read(folder.join("vectors/www-authenticate.json")) else {
        return println!("www-authenticate.json: not present");
    };
    let cases = Json::parse(&text, 8).unwrap();
    for case in cases.as_array().unwrap() {
        let case = case.as_object().unwrap();
        let member = |name: &str| case.get(name).and_then(Json::as_str);
        let id = member("id").unwrap();
        let repeats = ["wa-015", "wa-050"].contains(&id);
        let found = parse(member("header").unwrap());
        if member("verdict") == Some("reject") || repeats {
            assert_eq!(code(found), ErrorCode::ChallengeMalformed, "{id}");
        } else {
            let found: Vec<_> = found.unwrap().iter().map(|one| Json::Object(as_case(one))).collect();
            assert_eq!(found, case.get("expected").unwrap().as_array().unwrap(), "{id}");
        }
    }
}

#[test]
fn reads_several_fields_and_an_empty_one() {
    let values = ["Bearer a=1, Basic realm=x", "", " DPoP algs=\"ES256\""];
    let found = Challenges::parse(values, &Limits::DEFAULT).unwrap();
    let schemes: Vec<_> = found.iter().map(Challenge::scheme).collect();
    assert_eq!(schemes, ["bearer", "basic", "dpop"]);
    assert_eq!(found.of_scheme("BASIC").unwrap().parameter("realm"), Some("x"));
    // A parameter does not continue the challenge of another field.
    assert!(Challenges::parse(["Bearer a=1", "b=2"], &Limits::DEFAULT).is_err());
    assert!(Challenges::parse([], &Limits::DEFAULT).is_err());
}

#[test]
fn refuses_what_the_grammar_does_not_have() {
    for header in [
        "Bearer realm=\"a\" scope=\"b\"",
        "Bearer realm=\"a\nb\"",
        "Bearer realm=\"a\u{7f}\"",
        "Bearer realm=",
        "Bearer realm=,",
        "Bearer =a",
        "Bearer a==b",
        "Bearer\ta=b",
        "Bearer a=b;c=d",
        "B\u{e9}arer a=b",
        "Bearer \u{e9}=b",
        "Bearer a=\u{e9}",
        "Bearer a=b, ,c",
        "Bearer a=\"b\\",
        "Bearer A=1, a=2",
        "@",
    ] {
        // Two of these are token68 by the grammar.
        let expected = matches!(header, "Bearer realm=" | "Bearer realm=," | "Bearer a=b, ,c");
        assert_eq!(parse(header).is_ok(), expected, "{header:?}");
    }
    assert_eq!(one("Bearer a=\"\u{e9},\\\"b=c\"").parameter("a"), Some("\u{e9},\"b=c"));
}

#[test]
fn refuses_more_than_the_caps() {
    let limits = &Limits::DEFAULT;
    let schemes = |count: usize| vec!["x"; count].join(",");
    assert!(parse(&schemes(32)).is_ok());
    assert!(parse(&schemes(33)).is_err());
    let parameters =
        |count: usize| (0..count).map(|index| format!("p{index}=1")).collect::<Vec<_>>().join(",");
    assert!(parse(&format!("x {}", parameters(64))).is_ok());
    assert!(parse(&format!("x {}", parameters(65))).is_err());
    let padded = |bytes: usize| [",".repeat(bytes.saturating_sub(1)), "x".into()].concat();
    assert!(parse(&padded(limits.header_bytes)).is_ok());
    assert!(parse(&padded(limits.header_bytes + 1)).is_err());
    let half = padded(limits.header_bytes / 2);
    assert!(Challenges::parse([half.as_str(), half.as_str()], limits).is_err());
    assert!(Challenges::parse(core::iter::repeat(""), limits).is_err());
}

/// R9470-004, R9728-007, R9449-028.
#[test]
fn gives_typed_values() {
    let challenge =
        one("DPoP algs=\"ES256 PS256\", error=\"insufficient_user_authentication\", max_age=\"5\", \
         acr_values=\"urn:a urn:b\", scope=\"b a\", \
         resource_metadata=\"https://r.example/.well-known/oauth-protected-resource\", shade=blue");
    assert_eq!(challenge.error().unwrap(), Some("insufficient_user_authentication"));
    assert!(challenge.is(OAuthError::InsufficientUserAuthentication));
    assert_eq!(challenge.max_age().unwrap(), Some(Seconds(5)));
    let acr: Vec<_> = challenge.acr_values().unwrap();
    assert_eq!(acr, [Acr::new("urn:a").unwrap(), Acr::new("urn:b").unwrap()]);
    assert_eq!(challenge.scope(&Limits::DEFAULT).unwrap(), Some(scope("a b")));
    assert_eq!(challenge.algs().collect::<Vec<_>>(), ["ES256", "PS256"]);
    assert_eq!(challenge.parameter("shade"), Some("blue"));
    let bare = one("Bearer scope=\"\"");
    assert_eq!(bare.scope(&Limits::DEFAULT).unwrap(), None);
    assert_eq!((bare.error().unwrap(), bare.max_age().unwrap()), (None, None));
    assert!(bare.acr_values().unwrap().is_empty());
}

#[test]
fn refuses_values_of_the_wrong_form() {
    for age in ["-1", "+1", "1.5", "\"\"", "\" 5\"", "99999999999999999999", "\"٣\""] {
        assert_eq!(code(one(&format!("Bearer max_age={age}")).max_age()), ErrorCode::ChallengeMalformed);
    }
    let long = "e".repeat(65);
    for error in ["\"\"", "\"a\\\"b\"", "\"a\\\\b\"", "\"\u{e9}\"", &long] {
        assert_eq!(code(one(&format!("Bearer error={error}")).error()), ErrorCode::ChallengeMalformed);
    }
    for text in ["\"a  b\"", "\" a\"", "\"a\\\"\""] {
        let challenge = one(&format!("Bearer scope={text}"));
        assert_eq!(code(challenge.scope(&Limits::DEFAULT)), ErrorCode::ChallengeMalformed);
    }
    let many = vec!["a"; 33].join(" ");
    assert!(one(&format!("Bearer acr_values=\"{many}\"")).acr_values().is_err());
}

/// MCP-035.
#[test]
fn refuses_metadata_addresses_that_are_not_https() {
    let at = |text: &str| one(&format!("Bearer resource_metadata=\"{text}\""));
    let https = Transport::HttpsOnly;
    assert_eq!(code(at("http://r.example/m").resource_metadata(https)), ErrorCode::UrlInsecure);
    assert_eq!(code(at("http://127.0.0.1/m").resource_metadata(https)), ErrorCode::UrlInsecure);
    assert_eq!(code(at("/m").resource_metadata(https)), ErrorCode::ChallengeMalformed);
    let loopback = Transport::DangerousAllowHttpLoopback;
    assert!(at("http://127.0.0.1/m").resource_metadata(loopback).unwrap().is_some());
    assert_eq!(code(at("http://r.example/m").resource_metadata(loopback)), ErrorCode::UrlInsecure);
}

/// R9728-007: in any scheme's challenge.
#[test]
fn finds_the_metadata_address_in_any_challenge_but_not_two() {
    let found = parse("Negotiate abc, DPoP resource_metadata=\"https://r.example/m\"").unwrap();
    assert_eq!(
        found.resource_metadata(Transport::HttpsOnly).unwrap().unwrap().as_str(),
        "https://r.example/m"
    );
    let same =
        "Bearer resource_metadata=\"https://r.example/m\", DPoP resource_metadata=\"https://r.example/m\"";
    assert!(parse(same).unwrap().resource_metadata(Transport::HttpsOnly).is_ok());
    let other = same.replacen("/m", "/n", 1);
    let found = parse(&other).unwrap().resource_metadata(Transport::HttpsOnly);
    assert_eq!(code(found), ErrorCode::ChallengeMalformed);
    assert_eq!(parse("Bearer a=b").unwrap().resource_metadata(Transport::HttpsOnly).unwrap(), None);
}

#[test]
fn debug_shows_no_value() {
    let shown = format!("{:?}", parse("Negotiate hidden==, Bearer realm=\"hidden\"").unwrap());
    assert!(shown.contains("realm") && !shown.contains("hidden"), "{shown}");
}
