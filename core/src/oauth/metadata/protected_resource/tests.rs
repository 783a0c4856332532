//! RFC 9728, MCP, AMB-008 and AMB-019: whose metadata is believed.

use std::prelude::v1::*;

use proptest::prelude::*;

use super::*;
use crate::codec::json::Json;
use crate::oauth::http::Headers;

fn resource(text: &str) -> ResourceId {
    ResourceId::new(text, Transport::HttpsOnly).unwrap()
}

fn issuer(text: &str) -> Issuer {
    Issuer::new(text, Transport::HttpsOnly).unwrap()
}

fn metadata() -> ProtectedResourceMetadata {
    ProtectedResourceMetadata::new(resource("https://r.example/mcp"), vec![issuer("https://as.example")])
        .unwrap()
}

fn response(body: impl Into<Vec<u8>>) -> HttpResponse {
    HttpResponse {
        status: 200,
        headers: Headers::new().with("Content-Type", "application/json"),
        body: body.into(),
    }
}

fn read(
    response: &HttpResponse,
    fetched: Fetched<'_>,
    matching: ResourceMatching,
) -> Result<ProtectedResourceMetadata, Error> {
    ProtectedResourceMetadata::read(response, fetched, matching, Transport::HttpsOnly, &Limits::DEFAULT)
}

/// Reads a document of `https://r.example/mcp` with these members.
fn with(members: &str) -> Result<ProtectedResourceMetadata, Error> {
    let requested = resource("https://r.example/mcp");
    read(
        &response(format!("{{{members}}}")),
        Fetched::ByChallenge { requested: &requested },
        ResourceMatching::Exact,
    )
}

/// Whether a document that states `stated` is believed.
fn believed(stated: &str, fetched: Fetched<'_>, matching: ResourceMatching) -> bool {
    let body = format!("{{\"resource\":\"{stated}\",\"authorization_servers\":[\"https://as.example\"]}}");
    match read(&response(body), fetched, matching) {
        Ok(found) => found.resource.as_str() == stated,
        Err(error) => {
            assert_eq!(error.code(), ErrorCode::MetadataResourceMismatch);
            false
        }
    }
}

/// MCP-014: the identifier is published and read verbatim.
#[test]
fn what_is_published_is_read_back() {
    let mut metadata = metadata();
    metadata.scopes_supported = Scope::parse("a b", &Limits::DEFAULT).unwrap();
    metadata.dpop_bound_access_tokens_required = true;
    metadata.dpop_signing_alg_values_supported = Some(vec![Algorithm::Es256]);
    metadata.resource_name = Some("Warehouse".into());
    metadata.authorization_details_types_supported = vec!["rows".into()];
    let requested = resource("https://r.example/mcp");
    let fetched = Fetched::ByWellKnown { derived_from: &requested };
    assert_eq!(read(&metadata.to_response(), fetched, ResourceMatching::Exact).unwrap(), metadata);
}

/// R9728-005, MCP-029.
#[test]
fn leaves_out_what_is_empty_and_offline_access() {
    let mut metadata = metadata();
    metadata.scopes_supported = Scope::parse("offline_access", &Limits::DEFAULT).unwrap();
    let json = metadata.to_json();
    let names: Vec<_> = json.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["resource", "authorization_servers", "bearer_methods_supported"]);
    metadata.scopes_supported = Scope::parse("offline_access a", &Limits::DEFAULT).unwrap();
    assert_eq!(metadata.to_json().get("scopes_supported"), Some(&Json::strings(["a"])));
}

/// MCP-001, R9728-001.
#[test]
fn needs_an_authorization_server_and_an_https_resource_without_fragment() {
    let none = ProtectedResourceMetadata::new(resource("https://r.example"), vec![]);
    assert_eq!(none.unwrap_err().code(), ErrorCode::ConfigInvalid);
    for text in ["http://r.example", "https://r.example/#", "https://r.example/a#b", "/mcp"] {
        assert!(ResourceId::new(text, Transport::HttpsOnly).is_err(), "{text}");
    }
    let own = "\"resource\":\"https://r.example/mcp\"";
    for servers in ["", ",\"authorization_servers\":[]", ",\"authorization_servers\":\"https://as.example\""]
    {
        let error = with(&format!("{own}{servers}")).unwrap_err();
        assert_eq!(error.code(), ErrorCode::MetadataMalformed);
        assert_eq!(error.detail(), Some("authorization_servers"));
    }
    let insecure =
        with(&format!("{own},\"authorization_servers\":[\"https://as.example\",\"http://b.example\"]"));
    assert_eq!(insecure.unwrap_err().code(), ErrorCode::UrlInsecure);
    let many = vec!["\"https://as.example\""; 33].join(",");
    assert!(with(&format!("{own},\"authorization_servers\":[{many}]")).is_err());
}

/// R9728-002, R9728-003.
#[test]
fn believes_only_the_document_of_the_same_resource() {
    let requested = resource("https://r.example/mcp");
    for fetched in
        [Fetched::ByChallenge { requested: &requested }, Fetched::ByWellKnown { derived_from: &requested }]
    {
        let exact = |stated| believed(stated, fetched, ResourceMatching::Exact);
        assert!(exact("https://r.example/mcp"));
        for stated in [
            "https://r.example/mcp/",
            "https://r.example/MCP",
            "https://R.example/mcp",
            "https://r.example:443/mcp",
            "https://r.example/mc",
            "https://r.example",
            "https://r.example/mcp?x=1",
            "https://other.example/mcp",
        ] {
            assert!(!exact(stated), "{stated}");
        }
    }
    let missing = with("\"authorization_servers\":[\"https://as.example\"]");
    assert_eq!(missing.unwrap_err().code(), ErrorCode::MetadataResourceMismatch);
}

/// AMB-019.
#[test]
fn believes_a_prefix_only_when_told_to_and_the_root_from_the_root() {
    let requested = resource("https://r.example/mcp");
    let challenge = Fetched::ByChallenge { requested: &requested };
    let root = Fetched::ByRootWellKnown { requested: &requested };
    for stated in ["https://r.example", "https://r.example/"] {
        assert!(!believed(stated, challenge, ResourceMatching::Exact));
        assert!(!believed(stated, challenge, ResourceMatching::DangerousNormalized));
        assert!(believed(stated, challenge, ResourceMatching::DangerousPrefix));
        assert!(believed(stated, root, ResourceMatching::Exact));
    }
    assert!(believed("https://r.example/mcp", root, ResourceMatching::Exact));
    for stated in [
        "https://other.example",
        "https://r.example.evil",
        "https://r.example:8443",
        "https://r.example/mc",
        "https://r.example/mcp/deeper",
    ] {
        for fetched in [challenge, root] {
            assert!(!believed(stated, fetched, ResourceMatching::DangerousPrefix), "{stated}");
        }
    }
}

/// AMB-008, MCP-015.
#[test]
fn equates_case_and_port_only_when_told_to() {
    let requested = resource("https://mcp.example/x");
    let fetched = Fetched::ByChallenge { requested: &requested };
    for stated in ["HTTPS://MCP.Example/x", "https://mcp.example:443/x"] {
        assert!(!believed(stated, fetched, ResourceMatching::Exact));
        assert!(believed(stated, fetched, ResourceMatching::DangerousNormalized));
    }
    assert!(!believed("https://mcp.example/x/", fetched, ResourceMatching::DangerousNormalized));
    assert!(!believed("https://mcp.example/X", fetched, ResourceMatching::DangerousNormalized));
}

/// R9728-004.
#[test]
fn the_well_known_segment_goes_between_host_and_path() {
    for (text, address) in [
        ("https://r.example", "https://r.example/.well-known/oauth-protected-resource"),
        ("https://r.example/", "https://r.example/.well-known/oauth-protected-resource"),
        ("https://r.example/mcp", "https://r.example/.well-known/oauth-protected-resource/mcp"),
        ("https://r.example/a/b/", "https://r.example/.well-known/oauth-protected-resource/a/b/"),
        ("https://r.example/mcp?k=v", "https://r.example/.well-known/oauth-protected-resource/mcp?k=v"),
        ("https://r.example/?k=v", "https://r.example/.well-known/oauth-protected-resource?k=v"),
    ] {
        assert_eq!(resource(text).metadata_url().as_str(), address);
    }
}

proptest! {
    #[test]
    fn no_document_makes_it_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let requested = resource("https://r.example/mcp");
        let fetched = Fetched::ByRootWellKnown { requested: &requested };
        let _ = read(&response(body), fetched, ResourceMatching::Exact);
    }

    #[test]
    fn another_origin_is_never_believed(
        stated in "https://[a-z]{1,3}\\.example(:[1-9][0-9]{0,3})?(/[a-z.%2e/]{0,6})?",
    ) {
        let requested = resource("https://r-x.example/a");
        let Ok(parsed) = ResourceId::new(&stated, Transport::HttpsOnly) else { return Ok(()) };
        for fetched in [
            Fetched::ByChallenge { requested: &requested },
            Fetched::ByWellKnown { derived_from: &requested },
            Fetched::ByRootWellKnown { requested: &requested },
        ] {
            for matching in [
                ResourceMatching::Exact,
                ResourceMatching::DangerousNormalized,
                ResourceMatching::DangerousPrefix,
            ] {
                prop_assert!(!fetched.accepts(&parsed, matching));
            }
        }
    }
}
