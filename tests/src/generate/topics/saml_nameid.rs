//! `saml_nameid.match`: ID-JAG -04 §3.2, from the claim to the account.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, keys, with};
use crate::generate::scene::NOW;

const SPEC: &str = "JAG-04 §3.2";
const ISSUER: &str = "https://saml.acme.example";

/// A NameID with everything that tells it apart.
fn name() -> Value {
    json!({
        "format": "saml-nameid", "issuer": ISSUER, "nameid": "jane",
        "nameid_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "name_qualifier": "q",
        "sp_name_qualifier": "https://chat.example", "sp_provided_id": "p",
    })
}

/// Accounts that are the user's, and accounts that are not.
pub fn accounts() -> Topic {
    let mut topic = TopicBuilder::new("saml_nameid.match", "accounts");
    let base = json!({"sub_id": name(), "account": name()});
    let matched = json!({"nameid": "jane"});
    let mut group =
        topic.group("One SAML issuer is tied to the IdP.", json!({"saml_issuer": ISSUER}), keys(), NOW);
    group.valid(
        case("same", "Every member is the same.", SPEC, &["JAG4-005", "JAG4-010", "JAG4-008"]),
        base.clone(),
        matched.clone(),
    );
    for (id, member, value) in [
        ("other-sp-qualifier", "sp_name_qualifier", json!("https://mail.example")),
        ("no-sp-qualifier", "sp_name_qualifier", Value::Null),
        ("other-qualifier", "name_qualifier", json!("r")),
        ("other-name-format", "nameid_format", json!("urn:oasis:names:tc:SAML:2.0:nameid-format:transient")),
        ("other-provided-id", "sp_provided_id", json!("x")),
        ("other-name", "nameid", json!("john")),
        ("upper-case", "nameid", json!("JANE")),
    ] {
        let input = with(&base, &[(&format!("sub_id/{member}"), value)]);
        let about = case(id, &format!("`{member}` differs."), SPEC, &["JAG4-005", "JAG4-006", "R8725-013"]);
        group.invalid(about, "same", input, fails("subject_unknown", "invalid_grant"));
    }
    for (id, comment, path, value, req) in [
        ("absent", "No `sub_id`.", "sub_id", Value::Null, &["JAG4-007"][..]),
        ("other-format", "Another format.", "sub_id/format", json!("opaque"), &["JAG4-007", "JAG4-008"]),
        (
            "untied-issuer",
            "A SAML issuer that is not tied to the IdP.",
            "sub_id/issuer",
            json!("https://saml.other.example"),
            &["JAG4-007", "JAG4-010"],
        ),
    ] {
        let about = case(id, comment, SPEC, req);
        group.invalid(
            about,
            "same",
            with(&base, &[(path, value)]),
            fails("subject_identifier_unusable", "invalid_grant"),
        );
    }
    let alone = json!({"saml_issuer": ISSUER, "dangerous_nameid_alone": true});
    let input = with(&base, &[("sub_id/sp_name_qualifier", json!("https://mail.example"))]);
    let mut group = topic.group("NameIDs of this issuer are unique by themselves.", alone, keys(), NOW);
    group
        .valid(
            case("alone", "Qualifiers differ and do not count.", SPEC, &["JAG4-006"]),
            input.clone(),
            matched,
        )
        .invalid(
            case("alone-other-name", "The name itself always counts.", SPEC, &["JAG4-006"]),
            "alone",
            with(&input, &[("sub_id/nameid", json!("john"))]),
            fails("subject_unknown", "invalid_grant"),
        )
        .invalid(
            case("alone-untied-issuer", "The issuer always counts.", SPEC, &["JAG4-010"]),
            "alone",
            with(&input, &[("sub_id/issuer", json!("https://saml.other.example"))]),
            fails("subject_identifier_unusable", "invalid_grant"),
        );
    let config = json!({"saml_issuer": ISSUER});
    topic.group("They are not.", config, keys(), NOW).invalid(
        case("not-alone", "`nameid` alone resolves nobody unless configured.", SPEC, &["JAG4-006"]),
        "alone",
        input,
        fails("subject_unknown", "invalid_grant"),
    );
    topic.finish()
}
