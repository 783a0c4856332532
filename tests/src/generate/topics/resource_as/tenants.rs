//! ID-JAG §6 and -04 §3.2: tenants, grants of the server's own, and users found by SAML NameID.

use serde_json::{Value, json};

use super::{config, grant, output, redeem, server_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::{IDP, RAS, jwks};
use crate::generate::scene::{CLIENT_ID, IDP_ISSUER, NOW, OTHER_IDP_ISSUER, RAS_ISSUER, SUBJECT};

/// The four combinations of single and multi tenant, and grants across the server's own tenants.
pub fn tenants() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "tenants");
    let issuer_has_many = with(
        &config(),
        &[
            ("server/trusted_issuers/0/tenants", json!(["acme", "globex"])),
            (
                "accounts",
                json!([
                    {"issuer": IDP_ISSUER, "tenant": "acme", "subject": SUBJECT, "account": {"subject": "user-1"}},
                    {"issuer": IDP_ISSUER, "tenant": "globex", "subject": SUBJECT, "account": {"subject": "user-3"}},
                ]),
            ),
        ],
    );
    let of = |output: Value, tenant: &str, user: &str| {
        with(&output, &[("record/tenant", json!(tenant)), ("body/access_token/claims/sub", json!(user))])
    };
    let of_acme = grant().claim("tenant", "acme");
    topic
        .group("The issuer has many tenants, the server one.", issuer_has_many.clone(), server_keys(), NOW)
        .valid(
            case("tenant", "A user of a tenant that is served.", "ID-JAG §6.2", &["JAG-085", "AMB-023"]),
            redeem(&of_acme).input(),
            of(output(), "acme", "user-1"),
        )
        .valid(
            case(
                "same-sub-other-tenant",
                "The same `sub` of another tenant is another user.",
                "ID-JAG §3.1",
                &["JAG-005"],
            ),
            redeem(&grant().claim("tenant", "globex")).input(),
            of(output(), "globex", "user-3"),
        )
        .invalid(
            case("tenant-missing", "No tenant.", "ID-JAG §6.2", &["JAG-085", "AMB-023", "JAG-005"]),
            "tenant",
            redeem(&grant()).input(),
            fails("tenant_mismatch", "invalid_grant"),
        )
        .invalid(
            case("tenant-not-served", "A tenant that is not served.", "ID-JAG §6.2", &["JAG-085"]),
            "tenant",
            redeem(&grant().claim("tenant", "initech")).input(),
            fails("tenant_mismatch", "invalid_grant"),
        )
        .invalid(
            case("tenant-number", "The tenant is a number.", "ID-JAG §6.2", &["JAG-085"]),
            "tenant",
            redeem(&grant().claim("tenant", 7)).input(),
            fails("claim_malformed", "invalid_grant"),
        );
    let server_has_many = [("server/multi_tenant", json!(true)), ("clients/0/tenant", json!("chat-acme"))];
    let for_tenant = grant().claim("aud_tenant", "chat-acme").claim("aud_sub", "chat-user-9");
    topic
        .group(
            "The server has many tenants, the issuer one.",
            with(&config(), &server_has_many),
            server_keys(),
            NOW,
        )
        .valid(
            case(
                "aud-tenant",
                "For the tenant in which the client is registered.",
                "ID-JAG §6.3",
                &["AMB-023", "JAG-085"],
            ),
            redeem(&for_tenant).input(),
            output(),
        )
        .invalid(
            case("aud-tenant-missing", "For no tenant.", "ID-JAG §6.3", &["AMB-023", "JAG-085"]),
            "aud-tenant",
            redeem(&grant().claim("aud_sub", "chat-user-9")).input(),
            fails("tenant_mismatch", "invalid_grant"),
        )
        .invalid(
            case("aud-tenant-other", "For another tenant than the client's.", "ID-JAG §6.3", &["JAG-085"]),
            "aud-tenant",
            redeem(&for_tenant.clone().claim("aud_tenant", "chat-globex")).input(),
            fails("tenant_mismatch", "invalid_grant"),
        );
    topic
        .group("Both have many tenants.", with(&issuer_has_many, &server_has_many), server_keys(), NOW)
        .valid(
            case("both-tenants", "Both are named.", "ID-JAG §6", &["AMB-023"]),
            redeem(&for_tenant.clone().claim("tenant", "acme")).input(),
            of(output(), "acme", "user-1"),
        )
        .invalid(
            case("both-tenants-issuers-missing", "The issuer's is missing.", "ID-JAG §6", &["AMB-023"]),
            "both-tenants",
            redeem(&for_tenant).input(),
            fails("tenant_mismatch", "invalid_grant"),
        );
    self_issued(&mut topic);
    topic.finish()
}

fn self_issued(topic: &mut TopicBuilder) {
    let own = with(
        &config(),
        &[
            ("server/self_issued", json!("across_tenants")),
            ("server/multi_tenant", json!(true)),
            ("clients/0/tenant", json!("globex")),
            (
                "server/trusted_issuers",
                json!([{"issuer": RAS_ISSUER, "clients": [CLIENT_ID], "tenants": ["acme", "globex"]}]),
            ),
            (
                "accounts",
                json!([
                    {"issuer": RAS_ISSUER, "tenant": "acme", "subject": SUBJECT, "account": {"subject": "user-1"}},
                    {"issuer": RAS_ISSUER, "tenant": "globex", "subject": SUBJECT, "account": {"subject": "user-3"}},
                ]),
            ),
        ],
    );
    let keys =
        || crate::generate::dsl::keys().set(RAS_ISSUER, jwks(&[RAS.es256()])).private("server", RAS.es256());
    let grant = grant().claim("iss", RAS_ISSUER).header("kid", "ras-es256").signed_by(RAS.es256());
    let across = grant.claim("tenant", "acme").claim("aud_tenant", "globex");
    topic
        .group("One product, many tenants: grants across them are redeemed, by name.", own, keys(), NOW)
        .valid(
            case(
                "self-issued-across",
                "From one tenant to another.",
                "ID-JAG -04 §7.4",
                &["JAG4-014", "AMB-021"],
            ),
            redeem(&across).input(),
            with(&output(), &[("record/issuer", json!(RAS_ISSUER)), ("record/tenant", json!("acme"))]),
        )
        .invalid(
            case(
                "self-issued-same",
                "From a tenant to itself.",
                "ID-JAG -04 §7.4",
                &["JAG4-014", "AMB-021", "JAG-095"],
            ),
            "self-issued-across",
            redeem(&across.clone().claim("tenant", "globex")).input(),
            fails("self_issued", "invalid_grant"),
        )
        .invalid(
            case("self-issued-no-tenant", "From no tenant.", "ID-JAG -04 §7.4", &["JAG4-014", "AMB-021"]),
            "self-issued-across",
            redeem(&across.without("tenant")).input(),
            fails("tenant_mismatch", "invalid_grant"),
        );
}

/// -04 §3.2: `sub_id` of format `saml-nameid`.
pub fn subject_identifiers() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "subject-identifiers");
    let saml = "https://saml.acme.example/entity";
    let name_id = json!({"issuer": saml, "nameid": "n-4711", "sp_name_qualifier": "https://sp.chat.example"});
    let rule = json!({"saml_issuer": saml});
    let config = with(
        &config(),
        &[
            ("server/trusted_issuers/0/saml_nameid", rule),
            (
                "accounts",
                json!([{"issuer": IDP_ISSUER, "name_id": name_id, "account": {"subject": "user-1"}}]),
            ),
        ],
    );
    let identifier = with(&name_id, &[("format", json!("saml-nameid"))]);
    let send = |identifier: &Value| redeem(&grant().claim("sub_id", identifier.clone())).input();
    let changed = |changes: &[(&str, Value)]| send(&with(&identifier, changes));
    let mut group =
        topic.group("Users are found by NameID, qualifiers included.", config.clone(), server_keys(), NOW);
    group
        .valid(
            case(
                "nameid",
                "The user whose NameID this is.",
                "ID-JAG -04 §3.2",
                &["JAG4-003", "JAG4-005", "JAG4-001"],
            ),
            send(&identifier),
            output(),
        )
        .invalid(
            case("nameid-absent", "No `sub_id`.", "ID-JAG -04 §3.2", &["JAG4-007"]),
            "nameid",
            redeem(&grant()).input(),
            fails("subject_identifier_unusable", "invalid_grant"),
        );
    for (id, comment, req, input, code) in [
        (
            "nameid-other",
            "Another NameID.",
            &["JAG4-005", "CHAIN-004"][..],
            changed(&[("nameid", json!("n-4712"))]),
            "subject_unknown",
        ),
        (
            "nameid-other-qualifier",
            "The same NameID under another qualifier.",
            &["JAG4-005"],
            changed(&[("sp_name_qualifier", json!("https://sp.mail.example"))]),
            "subject_unknown",
        ),
        (
            "nameid-alone",
            "The same NameID without its qualifier.",
            &["JAG4-006", "JAG4-005"],
            changed(&[("sp_name_qualifier", Value::Null)]),
            "subject_unknown",
        ),
        (
            "nameid-more",
            "The same NameID with a member more.",
            &["JAG4-005"],
            changed(&[("name_qualifier", json!("x"))]),
            "subject_unknown",
        ),
        (
            "nameid-format",
            "An unsupported format.",
            &["JAG4-007", "JAG4-008"],
            send(&json!({"format": "email", "email": "a@acme.example"})),
            "subject_identifier_unusable",
        ),
        (
            "nameid-untied",
            "A SAML issuer that is not tied to the token's issuer.",
            &["JAG4-010", "JAG4-007"],
            changed(&[("issuer", json!("https://saml.other.example/entity"))]),
            "subject_identifier_unusable",
        ),
        (
            "nameid-missing-member",
            "No `nameid`.",
            &["JAG4-003", "JAG4-007"],
            changed(&[("nameid", Value::Null)]),
            "subject_identifier_unusable",
        ),
        (
            "nameid-mistyped",
            "An optional member that is a number.",
            &["JAG4-003", "JAG4-007"],
            changed(&[("sp_name_qualifier", json!(7))]),
            "subject_identifier_unusable",
        ),
        (
            "nameid-text",
            "`sub_id` is a string.",
            &["JAG4-003"],
            send(&json!("n-4711")),
            "subject_identifier_unusable",
        ),
    ] {
        group.invalid(
            case(id, comment, "ID-JAG -04 §3.2", req),
            "nameid",
            input,
            fails(code, "invalid_grant"),
        );
    }
    group.invalid(
        case(
            "nameid-untrusted-issuer",
            "The NameID is right and the token's issuer is nobody's.",
            "ID-JAG -04 §3.2",
            &["JAG4-009"],
        ),
        "nameid",
        redeem(&grant().claim("sub_id", identifier.clone()).claim("iss", OTHER_IDP_ISSUER)).input(),
        fails("issuer_untrusted", "invalid_grant"),
    );
    let alone =
        with(&config, &[("server/trusted_issuers/0/saml_nameid/dangerous_nameid_alone", json!(true))]);
    topic
        .group(
            "NameIDs of this SAML issuer are unique without qualifiers, by name.",
            alone,
            server_keys(),
            NOW,
        )
        .valid(
            case(
                "nameid-alone-accepted",
                "The NameID without its qualifier.",
                "ID-JAG -04 §3.2",
                &["JAG4-006"],
            ),
            changed(&[("sp_name_qualifier", Value::Null)]),
            output(),
        );
    topic.group("Users are found by `sub`.", super::config(), server_keys(), NOW).valid(
        case(
            "other-format-ignored",
            "A `sub_id` of a format that nobody needs is ignored.",
            "ID-JAG -04 §3.2",
            &["JAG4-008"],
        ),
        send(&json!({"format": "email", "email": "a@acme.example"})),
        output(),
    );
    let _ = IDP;
    topic.finish()
}
