//! ID-JAG §4.4.2, RFC 8707, RFC 6749 §3.3: for which resource a grant is redeemed, and within which scope.

use serde_json::{Value, json};

use super::{config, grant, output, redeem, scoped, server_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::mint::Jws;
use crate::generate::scene::{NOW, RAS_ISSUER, RESOURCE, RESOURCE2};

/// The server guards two resources.
fn two_resources(second_scopes: &str) -> Value {
    with(&config(), &[("server/resources/1", json!({"id": RESOURCE2, "scopes": second_scopes}))])
}

/// The answer for other resources.
fn for_resources(output: &Value, resources: &[&str]) -> Value {
    let one_or_many = if resources.len() == 1 { json!(resources[0]) } else { json!(resources) };
    with(
        output,
        &[
            ("body/resource", one_or_many.clone()),
            ("body/access_token/claims/aud", one_or_many),
            ("record/resources", json!(resources)),
        ],
    )
}

/// `resource`, as claim and as parameter.
pub fn resources() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "resources");
    let mut group = topic.group("One resource.", config(), server_keys(), NOW);
    group
        .valid(
            case("parameter", "The resource of the claim, asked for by name.", "RFC 8707 §2.2", &["AMB-018"]),
            redeem(&grant()).set("resource", RESOURCE).input(),
            output(),
        )
        .valid(
            case("parameter-twice", "The same resource twice is one.", "RFC 8707 §2", &["R8707-004"]),
            redeem(&grant()).add("resource", RESOURCE).add("resource", RESOURCE).input(),
            output(),
        )
        .valid(
            case("claim-array", "The claim is an array of one.", "ID-JAG §3.1", &["JAG-071"]),
            redeem(&grant().claim("resource", json!([RESOURCE]))).input(),
            output(),
        )
        .valid(
            case(
                "no-claim",
                "A grant without a resource is for the only one there is.",
                "RFC 9068 §3",
                &["AMB-007", "R9068-012"],
            ),
            redeem(&grant().without("resource")).input(),
            output(),
        );
    for (id, comment, req, resource, code) in [
        (
            "parameter-unknown",
            "A resource of another server.",
            &["AMB-006", "AMB-018"],
            RESOURCE2,
            "resource_unknown",
        ),
        (
            "parameter-slash",
            "The resource without its slash is another.",
            &["AMB-008", "AMB-018"],
            "https://mcp.chat.example",
            "resource_unknown",
        ),
        (
            "parameter-case",
            "The resource in another case is another.",
            &["AMB-008", "AMB-018"],
            "https://MCP.chat.example/",
            "resource_unknown",
        ),
        (
            "parameter-relative",
            "A relative reference.",
            &["R8693-004", "R8707-001"],
            "/mcp",
            "resource_malformed",
        ),
        (
            "parameter-fragment",
            "A fragment.",
            &["R8693-004", "R8707-002"],
            "https://mcp.chat.example/#x",
            "resource_malformed",
        ),
        (
            "parameter-empty-fragment",
            "An empty fragment.",
            &["R8693-004", "R8707-002"],
            "https://mcp.chat.example/#",
            "resource_malformed",
        ),
    ] {
        group.invalid(
            case(id, comment, "RFC 8707 §2", req),
            "parameter",
            redeem(&grant()).set("resource", resource).input(),
            fails(code, "invalid_target"),
        );
    }
    group.invalid(
        case(
            "claim-case",
            "The claim in another case is another resource.",
            "ID-JAG §4.4.2",
            &["AMB-008", "EMAP12-015"],
        ),
        "parameter",
        redeem(&grant().claim("resource", "https://MCP.chat.example/")).set("resource", RESOURCE).input(),
        fails("grant_resource_unknown", "invalid_grant"),
    );
    normalized(&mut topic);
    required(&mut topic);
    several(&mut topic);
    topic.finish()
}

fn normalized(topic: &mut TopicBuilder) {
    let loose = with(&config(), &[("server/normalize_resources", json!(true))]);
    let mut group =
        topic.group("Resources are compared after normalisation, by name.", loose, server_keys(), NOW);
    let send = |resource: &str| redeem(&grant().claim("resource", resource)).input();
    group
        .valid(
            case(
                "normalized",
                "Host in upper case, default port; the token names the configured spelling.",
                "RFC 3986 §6.2",
                &["AMB-008"],
            ),
            send("https://MCP.chat.example:443/"),
            output(),
        )
        .invalid(
            case("normalized-path", "A path is still another resource.", "RFC 3986 §6.2", &["AMB-008"]),
            "normalized",
            send("https://MCP.chat.example:443/x"),
            fails("grant_resource_unknown", "invalid_grant"),
        );
    let alias = with(&config(), &[("server/audience_aliases", json!(["https://auth.chat.example"]))]);
    topic
        .group("The server has another spelling of itself, by name.", alias, server_keys(), NOW)
        .valid(
            case("audience-alias", "The alias as audience.", "DESIGN §3.9", &["AMB-008"]),
            redeem(&grant().claim("aud", "https://auth.chat.example")).input(),
            output(),
        )
        .invalid(
            case(
                "audience-alias-case",
                "Another spelling is not accepted.",
                "DESIGN §3.9",
                &["AMB-008", "JAG-066"],
            ),
            "audience-alias",
            redeem(&grant().claim("aud", "https://AUTH.chat.example")).input(),
            fails("audience_mismatch", "invalid_grant"),
        );
    let _ = RAS_ISSUER;
}

fn required(topic: &mut TopicBuilder) {
    let strict = with(&config(), &[("server/resource_required", json!(true))]);
    topic
        .group("Grants must name their resource.", strict, server_keys(), NOW)
        .valid(case("required", "It does.", "MCP EMA §6", &["EMA-004"]), redeem(&grant()).input(), output())
        .invalid(
            case("required-missing", "It does not.", "MCP EMA §6", &["EMA-004", "EMA-010", "AMB-007"]),
            "required",
            redeem(&grant().without("resource")).input(),
            fails("claim_missing", "invalid_grant"),
        );
}

fn several(topic: &mut TopicBuilder) {
    let config = two_resources("files.read");
    let both =
        || grant().claim("resource", json!([RESOURCE, RESOURCE2])).claim("scope", "chat.read files.read");
    let mut group = topic.group("Two resources, one per token.", config.clone(), server_keys(), NOW);
    let chosen = scoped(&for_resources(&output(), &[RESOURCE2]), "chat.read files.read", "files.read");
    group
        .valid(
            case(
                "choose",
                "The client chooses one; scopes of the other are dropped, visibly.",
                "RFC 8707 §2.2",
                &["AMB-010", "R9068-008", "JAG-048"],
            ),
            redeem(&both()).set("resource", RESOURCE2).input(),
            chosen,
        )
        .invalid(
            case("choose-none", "It does not choose.", "RFC 9068 §3", &["AMB-010", "R8707-004", "R9068-011"]),
            "choose",
            redeem(&both()).input(),
            fails("resource_required", "invalid_target"),
        )
        .invalid(
            case("choose-both", "It chooses both.", "RFC 9068 §3", &["AMB-010", "R8707-004", "R9068-011"]),
            "choose",
            redeem(&both()).add("resource", RESOURCE).add("resource", RESOURCE2).input(),
            fails("resource_required", "invalid_target"),
        )
        .valid(
            case("within-claim", "The claim names one of the two.", "RFC 8707 §2.2", &["AMB-018", "JAG-071"]),
            redeem(&grant()).set("resource", RESOURCE).input(),
            output(),
        )
        .invalid(
            case(
                "outside-claim",
                "The client asks for the other.",
                "RFC 8707 §2.2",
                &["AMB-018", "AMB-006", "EMA-016"],
            ),
            "within-claim",
            redeem(&grant()).set("resource", RESOURCE2).input(),
            fails("resource_not_granted", "invalid_target"),
        )
        .invalid(
            case(
                "no-default",
                "No resource in the grant, and no default.",
                "RFC 9068 §3",
                &["R9068-012", "AMB-007"],
            ),
            "within-claim",
            redeem(&grant().without("resource")).set("resource", RESOURCE).input(),
            fails("claim_missing", "invalid_grant"),
        );
    let default = with(&config, &[("server/default_resource", json!(RESOURCE))]);
    topic.group("The same with a default.", default, server_keys(), NOW).valid(
        case(
            "default",
            "A grant without a resource is for the default.",
            "RFC 9068 §3",
            &["R9068-012", "AMB-007"],
        ),
        redeem(&grant().without("resource")).input(),
        output(),
    );
    let several = with(&config, &[("server/several_resources_per_token", json!(true))]);
    topic
        .group("Several resources per token, whose scopes are distinct.", several, server_keys(), NOW)
        .valid(
            case("several", "One token for both.", "RFC 9068 §3", &["AMB-010", "R9068-008"]),
            redeem(&both()).input(),
            scoped(
                &for_resources(&output(), &[RESOURCE, RESOURCE2]),
                "chat.read files.read",
                "chat.read files.read",
            ),
        );
    let shared =
        with(&two_resources("chat.read files.read"), &[("server/several_resources_per_token", json!(true))]);
    topic.group("A scope means something at both resources.", shared, server_keys(), NOW).invalid(
        case(
            "ambiguous",
            "It would be ambiguous in a token for both.",
            "RFC 9068 §3",
            &["R9068-011", "AMB-010"],
        ),
        "several",
        redeem(&both()).input(),
        fails("scope_ambiguous", "invalid_scope"),
    );
}

/// `scope`, as claim and as parameter.
pub fn scopes() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "scopes");
    let mut group = topic.group("A catalogue of two scopes.", config(), server_keys(), NOW);
    let send = |grant: &Jws, scope: &str| redeem(grant).set("scope", scope).input();
    group
        .valid(
            case("absent", "Absent: the scope of the grant.", "ID-JAG §4.4.2", &["AMB-017", "JAG-072"]),
            redeem(&grant()).input(),
            output(),
        )
        .valid(
            case("same-in-another-order", "Order means nothing.", "RFC 6749 §3.3", &["R6749-006"]),
            send(&grant(), "chat.history chat.read"),
            output(),
        )
        .valid(
            case("subset", "A part of it.", "RFC 7521 §4.1", &["AMB-017", "R7521-002", "EMAP12-001"]),
            send(&grant(), "chat.read"),
            scoped(&output(), "chat.read", "chat.read"),
        )
        .invalid(
            case(
                "excess",
                "A part of it and something else.",
                "RFC 7521 §4.1",
                &["AMB-017", "R7521-002", "JAG-072"],
            ),
            "subset",
            send(&grant(), "chat.read chat.write"),
            fails("scope_not_granted", "invalid_scope"),
        )
        .invalid(
            case("case", "Scopes are case-sensitive.", "RFC 6749 §3.3", &["R6749-006", "EMAP12-001"]),
            "subset",
            send(&grant(), "Chat.Read"),
            fails("scope_not_granted", "invalid_scope"),
        )
        .valid(
            case(
                "narrowed",
                "A scope that means nothing at the resource is left out, visibly.",
                "RFC 9068 §2.2.3",
                &["R9068-008", "R6749-007"],
            ),
            redeem(&grant().claim("scope", "chat.read mail.read")).input(),
            scoped(&output(), "chat.read mail.read", "chat.read"),
        )
        .invalid(
            case(
                "narrowed-to-nothing",
                "Nothing of what was asked is left: that is a denial.",
                "ID-JAG §4.4.2",
                &["R9068-008", "AMB-004"],
            ),
            "narrowed",
            redeem(&grant().claim("scope", "mail.read")).input(),
            fails("policy_denied", "access_denied"),
        );
    let without = |output: &Value| {
        with(
            output,
            &[
                ("body/scope", Value::Null),
                ("body/access_token/claims/scope", Value::Null),
                ("record/scope_asked", Value::Null),
                ("record/scope_granted", json!("")),
            ],
        )
    };
    group
        .valid(
            case("none-at-all", "Neither grant nor request name a scope.", "ID-JAG §4.4.2", &["AMB-017"]),
            redeem(&grant().without("scope")).input(),
            without(&output()),
        )
        .invalid(
            case(
                "asked-of-nothing",
                "A grant without scope says nothing; what is asked is nobody's to grant.",
                "ID-JAG §4.4.2",
                &["AMB-017", "R7521-002"],
            ),
            "none-at-all",
            send(&grant().without("scope"), "chat.read"),
            fails("policy_denied", "access_denied"),
        );
    topic.finish()
}
