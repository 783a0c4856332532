//! Who the client is, at which server, and how it says so.

use super::*;
use crate::jose::PublicKeys;
use crate::token::{ClientAssertionRules, UnverifiedClientAssertion, Window};

fn with(method: ClientMethod) -> ClientCredentials {
    ClientCredentials::new(issuer(RAS), ClientId::new("https://c.example/x:y %").unwrap(), method)
}

fn sent(method: ClientMethod) -> HttpRequest {
    let endpoint = with(method).at(&ras(), token_id(), now()).unwrap();
    endpoint.post(Form::default(), None).unwrap()
}

/// MCP-009, MCP-010.
#[test]
fn refuses_to_show_credentials_to_another_server() {
    let other = AuthorizationServerMetadata { issuer: issuer("https://as.example/t1/"), ..ras() };
    for method in [ClientMethod::DangerousNone, ClientMethod::PrivateKeyJwt(key(3))] {
        let error = with(method).at(&other, token_id(), now()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::CredentialsIssuerMismatch);
    }
    let error = ClientConfig::new(idp(), basic(RAS, "x")).unwrap_err();
    assert_eq!(error.code(), ErrorCode::CredentialsIssuerMismatch);
}

/// R6749-005.
#[test]
fn basic_credentials_are_form_encoded_before_they_are_joined() {
    let request = sent(ClientMethod::SecretBasic(Secret::new("a:b c%")));
    let header = request.headers.all("Authorization").next().unwrap();
    let decoded =
        crate::codec::base64url::decode(header.strip_prefix("Basic ").unwrap().trim_end_matches('='));
    let expected = "https%3A%2F%2Fc.example%2Fx%3Ay+%25:a%3Ab+c%25";
    assert_eq!(decoded.unwrap(), expected.as_bytes());
    assert_eq!(form(&request).single("client_id").unwrap(), None);
}

/// R6749-004, R8693-007: one way of authentication, in a POST body or a header, never in the address.
#[test]
fn every_method_authenticates_in_exactly_one_way() {
    let secret = || Secret::new("s3cret");
    for (method, ways) in [
        (ClientMethod::SecretBasic(secret()), [true, false, false]),
        (ClientMethod::SecretPost(secret()), [false, true, false]),
        (ClientMethod::PrivateKeyJwt(key(3)), [false, false, true]),
        (ClientMethod::DangerousNone, [false, false, false]),
    ] {
        let name = method.name();
        let request = sent(method);
        let form = form(&request);
        let found = [
            request.headers.all("Authorization").next().is_some(),
            form.single("client_secret").unwrap().is_some(),
            form.single("client_assertion").unwrap().is_some(),
        ];
        assert_eq!(found, ways, "{name}");
        assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", RAS_TOKEN));
        let content_type: Vec<&str> = request.headers.all("Content-Type").collect();
        assert_eq!(content_type, ["application/x-www-form-urlencoded"]);
        form.check_repetition(&[]).unwrap();
    }
}

/// R7523B-001, R7523B-002, R7523B-003.
#[test]
fn a_client_assertion_is_for_the_issuer_alone_and_carries_its_typ() {
    let signer = key(3);
    let request = sent(ClientMethod::PrivateKeyJwt(signer.clone()));
    let form = form(&request);
    assert_eq!(form.single("client_assertion_type").unwrap(), Some(CLIENT_ASSERTION_TYPE));
    let assertion = form.required("client_assertion").unwrap();
    let header = assertion.split('.').next().and_then(crate::codec::base64url::decode).unwrap();
    assert!(String::from_utf8(header).unwrap().contains(r#""typ":"client-authentication+jwt""#));
    let mut jwks = Object::new();
    jwks.set("keys", Json::Array(vec![Json::Object(signer.public_key().to_jwk())]));
    let keys = PublicKeys::parse(format!("{jwks}").as_bytes(), &PROVIDER.allow_all(), &LIMITS).unwrap();
    let client_id = ClientId::new("https://c.example/x:y %").unwrap();
    for (audience, verdict) in [(RAS, None), (RAS_TOKEN, Some(ErrorCode::AudienceMismatch))] {
        let rules = ClientAssertionRules {
            client_id: &client_id,
            audience: &issuer(audience),
            dangerous_token_endpoint_audience: None,
            algorithms: &PROVIDER.allow_all(),
            window: Window::default(),
            limits: &LIMITS,
        };
        let unverified = UnverifiedClientAssertion::parse(assertion, &LIMITS).unwrap();
        let found = unverified.verify(&keys, &rules, now()).err().map(|error| error.code());
        assert_eq!(found, verdict);
    }
}

/// R9700-004.
#[test]
fn asymmetric_authentication_is_preferred_where_the_server_takes_it() {
    let secret = basic(RAS, "x");
    let signed = with(ClientMethod::PrivateKeyJwt(key(3)));
    let foreign = basic("https://other.example", "x");
    let candidates = [foreign.clone(), secret, signed];
    let chosen = |methods: &[&str]| {
        let methods = methods.iter().map(|name| String::from(*name)).collect();
        let server = AuthorizationServerMetadata { token_endpoint_auth_methods_supported: methods, ..ras() };
        ClientCredentials::choose(&candidates, &server).unwrap().method().name()
    };
    assert_eq!(chosen(&[]), "private_key_jwt");
    assert_eq!(chosen(&["client_secret_basic", "private_key_jwt"]), "private_key_jwt");
    assert_eq!(chosen(&["client_secret_basic"]), "client_secret_basic");
    assert_eq!(chosen(&["tls_client_auth"]), "private_key_jwt");
    let error = ClientCredentials::choose([&foreign], &ras()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::CredentialsIssuerMismatch);
}

#[test]
fn an_assertion_can_be_signed_elsewhere() {
    let signer = key(3);
    let credentials = with(ClientMethod::PrivateKeyJwtElsewhere(signer.public_key().clone()));
    let error = credentials.at(&ras(), token_id(), now()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConfigInvalid);
    let pending = credentials.pending_at(&ras(), token_id(), now()).unwrap();
    let signature = signer.sign(pending.as_bytes()).unwrap();
    let elsewhere = pending.attach(&signature).unwrap().post(Form::default(), None).unwrap();
    assert_eq!(elsewhere, sent(ClientMethod::PrivateKeyJwt(signer)));
    let pending = credentials.pending_at(&ras(), token_id(), now()).unwrap();
    assert_eq!(pending.attach(&[0; 64]).unwrap_err().code(), ErrorCode::SignerMismatch);
}

/// CIMD-003.
#[test]
fn a_metadata_document_allows_no_shared_secret() {
    let document = || {
        crate::oauth::client_metadata::ClientIdUrl::parse("https://c.example/id", Transport::HttpsOnly)
            .unwrap()
    };
    let config = || ClientConfig::new(idp(), basic(IDP, "x")).unwrap();
    let secret = ClientMethod::SecretPost(Secret::new("s"));
    let error = config().with_metadata_document(document(), secret).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConfigInvalid);
    config().with_metadata_document(document(), ClientMethod::PrivateKeyJwt(key(3))).unwrap();
}

/// R9449-002.
#[test]
fn too_few_random_bytes_are_refused_and_every_label_and_count_has_its_own_jti() {
    assert_eq!(Entropy::new(&[0; 11]).unwrap_err().code(), ErrorCode::EntropyTooShort);
    let (one, two) = (Entropy::new(&[1; 12]).unwrap(), Entropy::new(&[2; 32]).unwrap());
    let mut seen = alloc::collections::BTreeSet::new();
    for entropy in [one, two] {
        for label in ["", "a", "b", "ab"] {
            for counter in [0, 1, 1 << 40] {
                assert!(seen.insert(entropy.token_id(label, counter).unwrap()));
            }
        }
    }
}

/// EMAP12-009, R6750-002.
#[test]
fn nothing_secret_prints() {
    let token = obtained(Binding::Unbound, |_| {});
    let exposed = token.expose_to(&issuer(RAS)).unwrap();
    let request = GrantRequest::new(token.clone(), server());
    let access = process_grant_response(&granted(), &request, Binding::Unbound, &LIMITS, now()).unwrap();
    let identity = Identity::new(issuer(IDP)).with_refresh_token(Secret::new("refresh-me"));
    let printed = format!("{token:?} {request:?} {access:?} {:?} {identity:?} {:?}", id_token(), at_ras());
    for secret in [exposed, "an.access.token", "the-id-token", "s3cret-of-the-client", "refresh-me"] {
        assert!(!printed.contains(secret), "{secret}");
    }
}
