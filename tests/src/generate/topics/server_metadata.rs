//! `authorization_server_metadata.read`: RFC 8414 §3, OpenID Connect Discovery §3, ID-JAG §7.

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::scene::{IDP_ISSUER, NOW, RAS_ISSUER, RAS_TOKEN_ENDPOINT};
use crate::generate::web::{
    ID_JAG_PROFILE, ID_JAG_TYPE, JWT_BEARER, Refusal, TOKEN_EXCHANGE, found, json_response, ras_as_read,
    ras_document, refuse, response,
};
use crate::json::compact;
use serde_json::{Value, json};

fn of(document: &Value) -> Value {
    json!({"response": found(document)})
}

fn changed(member: &str, value: Value) -> Value {
    of(&with(&ras_document(), &[(member, value)]))
}

/// Reading a document.
pub fn read() -> Topic {
    let mut topic = TopicBuilder::new("authorization_server_metadata.read", "documents");
    let config = json!({"issuer": RAS_ISSUER});
    let mut group = topic.group("The resource authorization server.", config.clone(), keys(), NOW);
    let minimal = json!({"issuer": RAS_ISSUER, "token_endpoint": RAS_TOKEN_ENDPOINT});
    let rich = json!({
        "authorization_endpoint": "https://auth.chat.example/authorize",
        "registration_endpoint": "https://auth.chat.example/register",
        "revocation_endpoint": "https://auth.chat.example/revoke",
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256", "RS256"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "dpop_signing_alg_values_supported": ["ES256", "EdDSA"],
        "authorization_details_types_supported": ["file_access"],
        "client_id_metadata_document_supported": true,
        "authorization_response_iss_parameter_supported": true,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    let members: Vec<(&str, Value)> = rich
        .as_object()
        .expect("an object")
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    let full = with(&with(&ras_document(), &members), &[("scopes_supported", json!(["write", "read"]))]);
    let full_read = with(&with(&ras_as_read(), &members), &[("scope", "read write".into())]);
    let foreign = json!(["none", "HS256", "ES256", "ES256K", "ES256"]);
    let without = |removed: &str, output: &[(&str, Value)]| {
        (of(&with(&ras_document(), &[(removed, Value::Null)])), with(&ras_as_read(), output))
    };
    let gone = || Value::Null;
    let (no_profile, no_profile_read) = without(
        "authorization_grant_profiles_supported",
        &[
            ("authorization_grant_profiles_supported", gone()),
            ("id_jag_profile", "not_listed".into()),
            ("supports_id_jag", gone()),
        ],
    );
    let (no_grant, no_grant_read) = without(
        "grant_types_supported",
        &[
            ("grant_types_supported", gone()),
            ("id_jag_profile", "without_grants".into()),
            ("supports_id_jag", gone()),
        ],
    );
    let other_profile = json!([ID_JAG_PROFILE.to_uppercase()]);
    let charset = response(200, "Application/JSON; charset=utf-8", &compact(&ras_document()));
    group
        .valid(
            case("minimal", "An issuer and a token endpoint.", "RFC 8414 §2", &["R8414-002", "MCP-007"]),
            of(&minimal),
            with(&minimal, &[("id_jag_profile", "not_listed".into())]),
        )
        .valid(
            case("ras", "The profile and its grant.", "JAG §7.2", &["JAG-088", "JAG-089", "EMA-017"]),
            of(&ras_document()),
            ras_as_read(),
        )
        .valid(
            case("full", "Every member that is understood.", "RFC 8414 §2", &["MCP-008"]),
            of(&full),
            full_read,
        )
        .valid(
            case("unknown-member", "An unknown member means nothing.", "RFC 8414 §3.2", &[]),
            changed("trusted_issuers", json!([IDP_ISSUER])),
            ras_as_read(),
        )
        .valid(
            case("charset", "A media type with a parameter, in another case.", "RFC 8414 §3.2", &[]),
            json!({"response": charset}),
            ras_as_read(),
        )
        .valid(
            case(
                "foreign-algorithms",
                "Algorithms that do not exist here are dropped.",
                "RFC 9449 §5.1",
                &["MCP-038"],
            ),
            changed("dpop_signing_alg_values_supported", foreign),
            with(&ras_as_read(), &[("dpop_signing_alg_values_supported", json!(["ES256"]))]),
        )
        .valid(
            case("no-profile", "The profile is not listed.", "JAG §7.2", &["EMA-017"]),
            no_profile,
            no_profile_read,
        )
        .valid(
            case("profile-in-upper-case", "Another profile.", "JAG §7.2", &["EMA-017"]),
            changed("authorization_grant_profiles_supported", other_profile.clone()),
            with(
                &ras_as_read(),
                &[
                    ("authorization_grant_profiles_supported", other_profile),
                    ("id_jag_profile", "not_listed".into()),
                    ("supports_id_jag", gone()),
                ],
            ),
        )
        .valid(
            case("profile-without-grant", "The metadata contradicts itself.", "JAG §7.2", &["JAG-090"]),
            no_grant,
            no_grant_read,
        );
    read_issuers(&mut group_of(&mut topic, &config));
    read_members(&mut group_of(&mut topic, &config));
    read_responses(&mut topic, &config);
    let idp = json!({
        "issuer": IDP_ISSUER, "token_endpoint": "https://acme.idp.example/token",
        "grant_types_supported": [TOKEN_EXCHANGE],
        "identity_chaining_requested_token_types_supported": [ID_JAG_TYPE],
    });
    let idp_read = with(&idp, &[("id_jag_profile", "not_listed".into()), ("issues_id_jag", true.into())]);
    topic.group("The identity provider.", json!({"issuer": IDP_ISSUER}), keys(), NOW).valid(
        case("idp", "It says that it issues ID-JAGs.", "JAG §7.1", &["JAG-087"]),
        of(&idp),
        idp_read,
    );
    topic.finish()
}

fn group_of<'t>(topic: &'t mut TopicBuilder, config: &Value) -> crate::generate::dsl::GroupBuilder<'t> {
    topic.group("The resource authorization server, refused.", config.clone(), keys(), NOW)
}

fn read_issuers(group: &mut crate::generate::dsl::GroupBuilder<'_>) {
    let req: &[&str] = &["MCP-007", "R8414-002", "AMB-008"];
    let issuers = [
        ("issuer-other", "Another issuer.", json!("https://auth.evil.example/")),
        ("issuer-without-slash", "Without its slash.", json!("https://auth.chat.example")),
        ("issuer-in-another-case", "Its host in another case.", json!("https://AUTH.chat.example/")),
        ("issuer-with-port", "With the default port.", json!("https://auth.chat.example:443/")),
        ("issuer-missing", "None.", Value::Null),
        ("issuer-list", "A list with it.", json!([RAS_ISSUER])),
    ];
    let rows: Vec<Refusal<'_>> = issuers
        .into_iter()
        .map(|(id, comment, value)| (id, comment, req, changed("issuer", value), "metadata_issuer_mismatch"))
        .collect();
    refuse(group, "ras", "RFC 8414 §3.3", &rows);
}

fn read_members(group: &mut crate::generate::dsl::GroupBuilder<'_>) {
    let https: &[&str] = &["MCP-033", "MCP-035"];
    let list: &[&str] = &["JAG-088"];
    let (profiles, token) = ("authorization_grant_profiles_supported", "token_endpoint");
    let malformed = "metadata_malformed";
    let http = |path: &str| json!(format!("http://auth.chat.example{path}"));
    refuse(
        group,
        "ras",
        "RFC 8414 §2",
        &[
            (
                "token-endpoint-http",
                "Not https.",
                https,
                changed(token, http("/oauth2/token")),
                "url_insecure",
            ),
            ("token-endpoint-missing", "None.", &["MCP-008"], changed(token, Value::Null), malformed),
            ("token-endpoint-relative", "Relative.", &[], changed(token, json!("/token")), malformed),
            ("token-endpoint-number", "A number.", &[], changed(token, json!(1)), malformed),
            ("jwks-uri-http", "Not https.", https, changed("jwks_uri", http("/jwks.json")), "url_insecure"),
            ("jwks-uri-list", "A list.", &[], changed("jwks_uri", json!([null])), malformed),
            (
                "authorization-endpoint-http",
                "Not https.",
                https,
                changed("authorization_endpoint", http("/authorize")),
                "url_insecure",
            ),
            ("profiles-string", "A string.", list, changed(profiles, json!(ID_JAG_PROFILE)), malformed),
            (
                "profiles-number",
                "A number in the list.",
                list,
                changed(profiles, json!([ID_JAG_PROFILE, 1])),
                malformed,
            ),
            (
                "profiles-object",
                "An object.",
                list,
                changed(profiles, json!({ID_JAG_PROFILE: true})),
                malformed,
            ),
            ("profiles-empty-name", "A name without text.", list, changed(profiles, json!([""])), malformed),
            (
                "grants-string",
                "A string.",
                &["JAG-090"],
                changed("grant_types_supported", json!(JWT_BEARER)),
                malformed,
            ),
            (
                "flag-string",
                "A flag in quotes.",
                &[],
                changed("client_id_metadata_document_supported", json!("true")),
                malformed,
            ),
            (
                "scope-with-space",
                "Two scopes in one string.",
                &["R6749-006"],
                changed("scopes_supported", json!(["read write"])),
                malformed,
            ),
        ],
    );
}

fn read_responses(topic: &mut TopicBuilder, config: &Value) {
    let text = compact(&ras_document());
    let status = |status| json!({"response": json_response(status, &ras_document())});
    let body = |body: &str| json!({"response": response(200, "application/json", body)});
    let media = |media: &str| json!({"response": response(200, media, &text)});
    let twice = format!("{},\"issuer\":\"{RAS_ISSUER}\"}}", text.strip_suffix('}').expect("an object"));
    let inner_twice = text.replacen('{', r#"{"aaa":{"b":1,"b":2},"#, 1);
    let deep = |depth| {
        changed(
            "x",
            serde_json::from_str(&format!("{}1{}", "[".repeat(depth), "]".repeat(depth))).expect("JSON"),
        )
    };
    let mut group = group_of(topic, config);
    let json_only: &[&str] = &["R8414-004"];
    let once: &[&str] = &["AMB-028"];
    refuse(
        &mut group,
        "ras",
        "RFC 8414 §3.2",
        &[
            ("status-404", "It is not there.", &[], status(404), "metadata_not_found"),
            ("status-410", "It is gone.", &[], status(410), "metadata_not_found"),
            ("status-429", "Come back later.", &[], status(429), "server_failed"),
            ("status-500", "The server failed.", &[], status(500), "server_failed"),
            ("status-302", "A redirect is not followed.", &["MCP-007"], status(302), "redirect_refused"),
            ("status-204", "A success without content.", &[], status(204), "response_malformed"),
            ("status-101", "No final answer.", &[], status(101), "response_malformed"),
            ("html", "A page.", json_only, media("text/html"), "response_malformed"),
            (
                "media-type-alike",
                "Not a JSON media type.",
                json_only,
                media("application/jsonp"),
                "response_malformed",
            ),
            ("array", "An array.", json_only, body(&format!("[{text}]")), "response_malformed"),
            ("truncated", "Half a document.", json_only, body(&text[..text.len() - 1]), "response_malformed"),
            ("trailing", "Something after it.", json_only, body(&format!("{text}x")), "response_malformed"),
            ("duplicate", "The issuer twice.", once, body(&twice), "duplicate_member"),
            ("duplicate-inside", "A member twice, deeper.", once, body(&inner_twice), "duplicate_member"),
            ("deep", "Nesting of 17.", &[], deep(16), "json_too_deep"),
        ],
    );
    group.valid(case("deepest", "Nesting of 16.", "DESIGN §3.4", &[]), deep(15), ras_as_read());
    let capped = |bytes: usize| with(config, &[("reading", json!({"response_bytes": bytes}))]);
    let longest = text.len();
    topic.group("Capped at its length.", capped(longest), keys(), NOW).valid(
        case("longest", "As long as allowed.", "DESIGN §3.4", &[]),
        of(&ras_document()),
        ras_as_read(),
    );
    let mut group = topic.group("Capped below its length.", capped(longest - 1), keys(), NOW);
    refuse(
        &mut group,
        "longest",
        "DESIGN §3.4",
        &[("one-byte-more", "One byte longer.", &[], of(&ras_document()), "response_too_large")],
    );
    for (id, comment, issuer, code) in [
        ("expected-http", "Not https.", "http://auth.chat.example/", "url_insecure"),
        ("expected-query", "With a query.", "https://auth.chat.example/?a", "url_malformed"),
        ("expected-fragment", "With a fragment.", "https://auth.chat.example/#", "url_malformed"),
    ] {
        let mut group = topic.group(comment, json!({"issuer": issuer}), keys(), NOW);
        refuse(
            &mut group,
            "ras",
            "RFC 8414 §2",
            &[(id, "No issuer identifier.", &["R8414-001"], of(&ras_document()), code)],
        );
    }
}
