//! ID-JAG §3.1, §6, -04 §3.2: tenants, client mappings, and what of a user is released to whom.

use serde_json::{Value, json};

use super::{config, exchange, good, id_token, output, provider_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::scene::{CLIENT_AT_IDP, NOW};
use crate::generate::topics::endpoints::{SECRET, basic_client};

/// The four combinations of single and multi tenant, and clients known by tenant.
pub fn tenants() -> Topic {
    let mut topic = TopicBuilder::new("idp.token_exchange", "tenants");
    let with_tenant = |changes: &[(&str, Value)]| {
        with(&with(&config(), &[("directory/0/user/tenant", json!("acme"))]), changes)
    };
    let tenant = |output: &Value| {
        with(output, &[("body/access_token/claims/tenant", json!("acme")), ("record/tenant", json!("acme"))])
    };
    let aud_tenant =
        |output: &Value| with(output, &[("body/access_token/claims/aud_tenant", json!("chat-acme"))]);
    topic.group("Neither has tenants.", with_tenant(&[]), provider_keys(), NOW).valid(
        case("single-single", "The user's tenant goes nowhere.", "ID-JAG §6", &["AMB-023"]),
        good().input(),
        output(),
    );
    let many = with_tenant(&[("server/multi_tenant", json!(true))]);
    topic
        .group("The provider has many tenants.", many.clone(), provider_keys(), NOW)
        .valid(
            case(
                "multi-single",
                "The grant names the user's, whatever the request says.",
                "ID-JAG §6.1",
                &["JAG-082", "JAG-083", "AMB-023"],
            ),
            exchange(&id_token().claim("tenant", "globex")).set("tenant", "globex").input(),
            tenant(&output()),
        )
        .valid(
            case(
                "multi-single-plain",
                "The same, when the request says nothing.",
                "ID-JAG §6.1",
                &["JAG-082"],
            ),
            good().input(),
            tenant(&output()),
        );
    topic
        .group(
            "The provider has many tenants, and does not know the user's.",
            with(&many, &[("directory/0/user/tenant", Value::Null)]),
            provider_keys(),
            NOW,
        )
        .invalid(
            case("multi-single-unknown", "No grant without it.", "ID-JAG §6.1", &["JAG-082", "JAG-083"]),
            "multi-single-plain",
            good().input(),
            fails("tenant_required", "invalid_target"),
        );
    let server_many = with_tenant(&[
        ("server/audiences/0/needs_audience_tenant", json!(true)),
        ("directory/0/user/audience_tenant", json!("chat-acme")),
    ]);
    let both = with(&server_many, &[("server/multi_tenant", json!(true))]);
    for (id, invalid, comment, config, answer) in [
        (
            "single-multi",
            "single-multi-unknown",
            "The server has many tenants.",
            server_many,
            aud_tenant(&output()),
        ),
        (
            "multi-multi",
            "multi-multi-unknown",
            "Both have many tenants.",
            both,
            tenant(&aud_tenant(&output())),
        ),
    ] {
        topic.group(comment, config.clone(), provider_keys(), NOW).valid(
            case(id, comment, "ID-JAG §6.3", &["AMB-023", "JAG-086"]),
            good().input(),
            answer,
        );
        topic
            .group(
                "The user's tenant there is not known.",
                with(&config, &[("directory/0/user/audience_tenant", Value::Null)]),
                provider_keys(),
                NOW,
            )
            .invalid(
                case(invalid, "No grant without it.", "ID-JAG §6.3", &["AMB-023", "JAG-086"]),
                id,
                good().input(),
                fails("tenant_required", "invalid_target"),
            );
    }
    let needs = with_tenant(&[("server/audiences/0/needs_tenant", json!(true))]);
    topic.group("The server needs the provider's tenant.", needs.clone(), provider_keys(), NOW).valid(
        case("needed", "It is known.", "ID-JAG §6.3", &["JAG-086"]),
        good().input(),
        tenant(&output()),
    );
    topic
        .group(
            "The server needs a tenant that is not known.",
            with(&needs, &[("directory/0/user/tenant", Value::Null)]),
            provider_keys(),
            NOW,
        )
        .invalid(
            case("needed-unknown", "No grant without it.", "ID-JAG §6.3", &["JAG-086", "JAG-082"]),
            "needed",
            good().input(),
            fails("tenant_required", "invalid_target"),
        );
    topic.finish()
}

/// As whom the audience knows the client.
pub fn mappings() -> Topic {
    let mut topic = TopicBuilder::new("idp.token_exchange", "mappings");
    topic.group("The administrator has mapped the client.", config(), provider_keys(), NOW).valid(
        case("mapped", "The audience's own name for it.", "ID-JAG §5", &["JAG-081", "JAG-007"]),
        good().input(),
        output(),
    );
    topic
        .group(
            "Nobody has mapped the client.",
            with(&config(), &[("policy/servers/0/client_ids", Value::Null)]),
            provider_keys(),
            NOW,
        )
        .invalid(
            case("not-mapped", "Its name here is not its name there.", "ID-JAG §5", &["JAG-081", "JAG-007"]),
            "mapped",
            good().input(),
            fails("client_mapping_missing", "invalid_target"),
        );
    let by_tenant = with(
        &config(),
        &[
            (
                "server/audiences/0/client_ids_by_tenant",
                json!({"acme": {CLIENT_AT_IDP: "client-in-acme"}, "globex": {CLIENT_AT_IDP: "client-in-globex"}}),
            ),
            ("server/multi_tenant", json!(true)),
            ("directory/0/user/tenant", json!("acme")),
        ],
    );
    let in_tenant = |tenant: &str| {
        with(
            &output(),
            &[
                ("body/access_token/claims/client_id", json!(format!("client-in-{tenant}"))),
                ("body/access_token/claims/tenant", json!(tenant)),
                ("record/target_client_id", json!(format!("client-in-{tenant}"))),
                ("record/tenant", json!(tenant)),
            ],
        )
    };
    topic.group("The audience knows clients by tenant.", by_tenant.clone(), provider_keys(), NOW).valid(
        case("by-tenant", "The name in the user's tenant.", "ID-JAG §6.2", &["JAG-084"]),
        good().input(),
        in_tenant("acme"),
    );
    for (id, comment, tenant) in [
        ("by-tenant-missing", "A tenant where the client has no name.", json!("initech")),
        ("by-tenant-unknown", "No known tenant.", Value::Null),
    ] {
        topic
            .group(comment, with(&by_tenant, &[("directory/0/user/tenant", tenant)]), provider_keys(), NOW)
            .invalid(
                case(id, comment, "ID-JAG §6.2", &["JAG-084", "JAG-081"]),
                "by-tenant",
                good().input(),
                fails("client_mapping_missing", "invalid_target"),
            );
    }
    documents(&mut topic);
    topic.finish()
}

/// JAG-081: a client whose name is the address of its metadata has that name everywhere, where that is configured.
fn documents(topic: &mut TopicBuilder) {
    let url = "https://agent.example/client.json";
    let base = with(
        &config(),
        &[
            ("clients/0", basic_client(url)),
            ("policy/apps/0/client_ids", json!([url])),
            ("policy/servers/0/client_ids", Value::Null),
        ],
    );
    let global = with(&base, &[("server/client_id_documents_are_global", json!(true))]);
    let request = super::exchange_text(&id_token().claim("aud", url).compact()).basic(url, SECRET).input();
    topic
        .group(
            "Clients named by their metadata document have that name everywhere.",
            global,
            provider_keys(),
            NOW,
        )
        .valid(
            case("document", "The document's address.", "ID-JAG §5", &["JAG-081"]),
            request.clone(),
            with(
                &output(),
                &[
                    ("body/access_token/claims/client_id", json!(url)),
                    ("record/client_id", json!(url)),
                    ("record/target_client_id", json!(url)),
                ],
            ),
        );
    topic.group("Nobody said so.", base, provider_keys(), NOW).invalid(
        case(
            "document-not-global",
            "The document's address is not its name there.",
            "ID-JAG §5",
            &["JAG-081"],
        ),
        "document",
        request,
        fails("client_mapping_missing", "invalid_target"),
    );
}

/// AMB-031, JAG4-004: what of a user is released to an audience.
pub fn releases() -> Topic {
    let mut topic = TopicBuilder::new("idp.token_exchange", "releases");
    let name_id = json!({"issuer": "https://saml.acme.example/entity", "nameid": "n-4711"});
    let known = with(
        &config(),
        &[
            ("directory/0/user/email", json!("u@acme.example")),
            ("directory/0/user/audience_subject", json!("chat-user-9")),
            ("directory/0/user/name_id", name_id.clone()),
            ("directory/0/user/extra", json!({"plan": "gold"})),
        ],
    );
    let claims = |claims: &[(&str, Value)]| {
        let base = [("aud_sub", json!("chat-user-9")), ("plan", json!("gold"))];
        base.iter().chain(claims).fold(output(), |output, (name, value)| {
            with(&output, &[(&format!("body/access_token/claims/{name}"), value.clone())])
        })
    };
    topic.group("The directory knows everything about the user.", known.clone(), provider_keys(), NOW).valid(
        case(
            "default",
            "`aud_sub` is released, the e-mail address and the NameID are not.",
            "ID-JAG §3.1",
            &["AMB-031"],
        ),
        good().input(),
        claims(&[]),
    );
    topic
        .group(
            "The audience gets the e-mail address.",
            with(&known, &[("server/audiences/0/release_email", json!(true))]),
            provider_keys(),
            NOW,
        )
        .valid(
            case("email", "Because it is configured to.", "ID-JAG §3.1", &["AMB-031"]),
            good().input(),
            claims(&[("email", json!("u@acme.example"))]),
        );
    let nothing = with(&known, &[("server/audiences/0/release_audience_subject", json!(false))]);
    topic.group("The audience does not even get `aud_sub`.", nothing, provider_keys(), NOW).valid(
        case("no-aud-sub", "Because it is configured not to.", "ID-JAG §3.1", &["AMB-031"]),
        good().input(),
        with(&claims(&[]), &[("body/access_token/claims/aud_sub", Value::Null)]),
    );
    let saml = with(&known, &[("server/audiences/0/release_subject_identifier", json!(true))]);
    let sub_id = with(&name_id, &[("format", json!("saml-nameid"))]);
    topic.group("The audience gets the NameID.", saml.clone(), provider_keys(), NOW).valid(
        case(
            "nameid",
            "Without the attributes that the NameID does not have.",
            "ID-JAG -04 §3.2",
            &["JAG4-004", "JAG4-003", "JAG4-001"],
        ),
        good().input(),
        claims(&[("sub_id", sub_id.clone())]),
    );
    let more = [
        ("name_qualifier", "acme"),
        ("sp_name_qualifier", "https://sp.chat.example"),
        ("nameid_format", "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"),
        ("sp_provided_id", "p-1"),
    ];
    let full = |base: &Value| {
        more.iter().fold(base.clone(), |name, (member, value)| with(&name, &[(member, json!(value))]))
    };
    topic
        .group(
            "The NameID has every attribute.",
            with(&saml, &[("directory/0/user/name_id", full(&name_id))]),
            provider_keys(),
            NOW,
        )
        .valid(
            case("nameid-full", "Each becomes a member.", "ID-JAG -04 §3.2", &["JAG4-004", "JAG4-003"]),
            good().input(),
            claims(&[("sub_id", full(&sub_id))]),
        );
    topic
        .group(
            "The audience needs a NameID that nobody knows.",
            with(&saml, &[("directory/0/user/name_id", Value::Null)]),
            provider_keys(),
            NOW,
        )
        .invalid(
            case("nameid-unknown", "No grant without it.", "ID-JAG -04 §3.2", &["JAG4-004"]),
            "nameid",
            good().input(),
            fails("subject_identifier_unusable", "invalid_grant"),
        );
    let reserved = with(&known, &[("directory/0/user/extra", json!({"tenant": "globex"}))]);
    topic.group("The host adds a claim of a registered name.", reserved, provider_keys(), NOW).invalid(
        case("reserved", "Such a claim is not the host's to add.", "DESIGN §4", &["JAG-083"]),
        "default",
        good().input(),
        fails("claim_reserved", "server_error"),
    );
    topic.finish()
}
