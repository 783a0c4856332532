//! No configuration that is accepted lets a read-only token reach a tool that may write; and what is printed of a request.

use alloc::string::String;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::codec::base64url;
use crate::crypto::Algorithm;
use crate::crypto::rustcrypto::PROVIDER;
use crate::oauth::http::{Headers, HttpRequest};
use crate::scope::{Scope, ScopeToken};
use crate::time::UnixTime;
use crate::token::RelaxedClaims;
use crate::uri::{Issuer, ResourceId, Transport};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

fn scopes() -> impl Strategy<Value = Scope> {
    let names = prop::collection::vec(prop::sample::select(&NAMES[..]), 0..3);
    names.prop_map(|names| names.into_iter().map(|name| ScopeToken::new(name).unwrap()).collect())
}

fn config(
    tools: &[(Scope, bool)],
    reads: &Scope,
    includes: &[(&'static str, Scope)],
) -> ResourceServerConfig {
    let algorithms = PROVIDER.allow(&[Algorithm::Es256]).unwrap();
    let resource = ResourceId::new("https://mcp.example/mcp", Transport::HttpsOnly).unwrap();
    let mut config = ResourceServerConfig::new(resource, algorithms.clone());
    config.authorization_servers.push(TrustedAuthorizationServer {
        issuer: Issuer::new("https://as.example", Transport::HttpsOnly).unwrap(),
        algorithms,
        relaxed: RelaxedClaims::default(),
    });
    config.read_only_scopes = reads.clone();
    for (index, (scope, read_only)) in tools.iter().enumerate() {
        let (name, requirement) = (String::from(NAMES[index]), Requirement::scope(scope.clone()));
        config.access = match read_only {
            true => config.access.with_read_only_tool(name, requirement),
            false => config.access.with_tool(name, requirement),
        };
    }
    for (name, included) in includes {
        config.hierarchy = config.hierarchy.including(ScopeToken::new(*name).unwrap(), included.clone());
    }
    config
}

#[test]
fn a_request_prints_neither_token_nor_proof() {
    let part = |text: &str| base64url::encode(text.as_bytes());
    let claims = part(r#"{"iss":"https://as.example"}"#);
    let token = [part(r#"{"alg":"ES256"}"#), claims, part("signature")].join(".");
    let mut headers = Headers::new();
    headers.push("Authorization", ["DPoP ", token.as_str()].concat());
    headers.push("DPoP", "header.claims.signature");
    let request = HttpRequest {
        method: "POST".into(),
        url: "https://mcp.example/mcp".into(),
        headers,
        body: Vec::new(),
    };
    let server = ResourceServer::new(config(&[], &Scope::empty(), &[])).unwrap();
    let pending = server.parse(&request, UnixTime::now(1_800_000_000).unwrap()).unwrap();
    let printed = alloc::format!("{pending:?}");
    assert!(!printed.contains(&token) && !printed.contains("header.claims.signature"), "{printed}");
}

proptest! {
    #[test]
    fn a_read_only_token_reaches_read_only_tools_at_most(
        tools in prop::collection::vec((scopes(), any::<bool>()), 1..4),
        reads in scopes(),
        includes in prop::collection::vec((prop::sample::select(&NAMES[..]), scopes()), 0..3),
        token in scopes(),
    ) {
        let config = config(&tools, &reads, &includes);
        let has = config.hierarchy.expand(&token);
        let distinguishes = !reads.is_empty() || tools.iter().any(|(_, read_only)| *read_only);
        if ResourceServer::new(config).is_ok() && distinguishes && has.is_subset(&reads) {
            let reached: Vec<&(Scope, bool)> = tools.iter().filter(|(needs, _)| needs.is_subset(&has)).collect();
            prop_assert!(reached.iter().all(|(_, read_only)| *read_only));
        }
    }
}
