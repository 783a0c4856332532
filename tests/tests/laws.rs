//! Laws that hold for every input: nothing widens, nothing altered passes, nothing a stranger sends panics or echoes.

extern crate alloc;

use alloc::collections::BTreeSet;

use idjag::codec::form::Form;
use idjag::codec::json::Object;
use idjag::crypto::Signer;
use idjag::crypto::rustcrypto::{PROVIDER, SigningKey};
use idjag::idp::{IdpAuthorizationServer, IdpConfig};
use idjag::jose::KeySet;
use idjag::oauth::http::{Headers, HttpRequest};
use idjag::oauth::{ClientAuthentication, RegisteredClient};
use idjag::record::{DecisionRecord, RecordedDecision};
use idjag::rejection::Rejection;
use idjag::replay::FirstUse;
use idjag::resource_as::{
    AuthorizedGrant, ClientAssociation, GrantMaterial, IssuerTenants, ProtectedResource, ResolvedSubject,
    ResourceAsConfig, ResourceAuthorizationServer, TrustedIssuer,
};
use idjag::resource_server::{Operation, ResourceServer, ResourceServerConfig, TrustedAuthorizationServer};
use idjag::scope::Scope;
use idjag::secret::SecretDigest;
use idjag::text::{ClientId, KeyId, Subject, TokenId};
use idjag::token::{NonceRule, RelaxedClaims};
use idjag::uri::{Issuer, ResourceId, Transport, Url};
use idjag::{ErrorCode, Limits, UnixTime};
use idjag_tests::generate::keys::{IDP, jwks};
use idjag_tests::generate::mint::Jws;
use idjag_tests::generate::scene::{
    CLIENT_ID, IDP_ISSUER, NOW, RAS_ISSUER, RAS_TOKEN_ENDPOINT, RESOURCE, RESOURCE2, SUBJECT,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const HTTPS: Transport = Transport::HttpsOnly;
const SECRET: &str = "a secret of this test";
const NAMES: [&str; 6] = ["read", "write", "admin", "files.read", "files.write", "elsewhere"];

fn now() -> UnixTime {
    UnixTime::now(NOW).unwrap()
}

fn scope(names: &BTreeSet<&str>) -> Scope {
    let text: Vec<&str> = names.iter().copied().collect();
    Scope::parse(&text.join(" "), &Limits::DEFAULT).unwrap()
}

fn server(catalogue: &BTreeSet<&str>) -> ResourceAuthorizationServer {
    let all = PROVIDER.allow_all();
    let issuer = Issuer::new(RAS_ISSUER, HTTPS).unwrap();
    let mut config = ResourceAsConfig::new(issuer, Url::new(RAS_TOKEN_ENDPOINT, HTTPS).unwrap(), all.clone());
    config.trusted_issuers.push(TrustedIssuer {
        issuer: Issuer::new(IDP_ISSUER, HTTPS).unwrap(),
        algorithms: all,
        clients: ClientAssociation::AnyRegistered,
        tenants: IssuerTenants::Single,
        saml_nameid: None,
    });
    let resource = |id: &str, scopes: Scope| ProtectedResource {
        id: ResourceId::new(id, HTTPS).unwrap(),
        scopes,
        dpop_required: false,
    };
    config.resources.push(resource(RESOURCE, scope(catalogue)));
    config.resources.push(resource(RESOURCE2, Scope::empty()));
    ResourceAuthorizationServer::new(config).unwrap()
}

fn key_set() -> KeySet {
    let text = jwks(&[IDP.es256()]).to_string();
    let issuer = Issuer::new(IDP_ISSUER, HTTPS).unwrap();
    KeySet::parse(issuer, text.as_bytes(), &PROVIDER.allow_all(), &Limits::DEFAULT).unwrap()
}

fn client() -> RegisteredClient {
    let digest = SecretDigest::of(SECRET);
    RegisteredClient::new(ClientId::new(CLIENT_ID).unwrap(), ClientAuthentication::SecretPost(vec![digest]))
}

fn claims(scope: Option<String>, resources: Vec<&str>) -> Value {
    let mut claims = json!({
        "iss": IDP_ISSUER, "sub": SUBJECT, "aud": RAS_ISSUER, "client_id": CLIENT_ID, "jti": "law", "iat": NOW,
        "exp": NOW + 300,
    });
    if let Some(scope) = scope.filter(|scope| !scope.is_empty()) {
        claims["scope"] = json!(scope);
    }
    if !resources.is_empty() {
        claims["resource"] = json!(resources);
    }
    claims
}

fn request(assertion: &str, more: &[(&str, String)]) -> HttpRequest {
    let mut form = Form::default();
    form.push("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
    form.push("assertion", assertion);
    form.push("client_id", CLIENT_ID);
    form.push("client_secret", SECRET);
    for (name, value) in more {
        form.push(*name, value.as_str());
    }
    post(form.encode().into_bytes())
}

fn post(body: Vec<u8>) -> HttpRequest {
    let headers = Headers::new().with("Content-Type", "application/x-www-form-urlencoded");
    HttpRequest { method: "POST".into(), url: RAS_TOKEN_ENDPOINT.into(), headers, body }
}

fn authorize<'s>(
    server: &'s ResourceAuthorizationServer,
    request: &HttpRequest,
) -> Result<AuthorizedGrant<'s>, Rejection> {
    let (keys, client) = (key_set(), client());
    let material = GrantMaterial {
        keys: Some(&keys),
        client: Some(&client),
        revocations: None,
        nonce: NonceRule::NotRequired,
    };
    let account =
        ResolvedSubject { subject: Subject::new("account-1").unwrap(), groups: None, extra: Object::new() };
    server.parse(request, now())?.verify(&material, now())?.authorize(None, Some(&account), now())
}

/// The access token's claims.
fn redeem(server: &ResourceAuthorizationServer, request: &HttpRequest) -> Result<Value, Rejection> {
    let spent = authorize(server, request)?.first_use(|_| FirstUse::First)?;
    let unsigned = spent.access_token(TokenId::new("at-1").unwrap(), now())?;
    Ok(serde_json::from_str(&unsigned.claims().to_string()).unwrap())
}

fn subset() -> impl Strategy<Value = BTreeSet<&'static str>> {
    prop::collection::btree_set(prop::sample::select(&NAMES[..]), 0..=NAMES.len())
}

fn joined(names: &BTreeSet<&str>) -> String {
    names.iter().copied().collect::<Vec<_>>().join(" ")
}

/// Refused with a code, with nothing of what was sent in the response, and with a record that can be read back and holds
/// no credential.
fn check_refusal(rejection: &Rejection, sent: &[u8]) {
    let response = rejection.response();
    assert!((400..=503).contains(&response.status));
    check_record(rejection.record(), sent);
    let body: Value =
        if response.body.is_empty() { json!({}) } else { serde_json::from_slice(&response.body).unwrap() };
    let shown = format!("{body}{:?}", response.headers.iter().collect::<Vec<_>>());
    for marker in
        String::from_utf8_lossy(sent).split(['&', '=', '.', ' ', '+', '%']).filter(|part| part.len() > 40)
    {
        assert!(!shown.contains(marker), "the refusal echoes {marker}");
    }
}

fn check_record(record: &DecisionRecord, sent: &[u8]) {
    let line = record.to_json().to_string();
    assert_eq!(RecordedDecision::parse(line.as_bytes()).unwrap(), RecordedDecision::from(record));
    let sent = String::from_utf8_lossy(sent);
    let parts = sent.split(['&', '=', '.', ' ', '+', '%']).filter(|part| part.len() > 40);
    for secret in parts.chain([SECRET]) {
        assert!(!line.contains(secret), "the record holds {secret}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// JAG-072: whatever is claimed, asked and on offer, the token holds what is in all three.
    #[test]
    fn scope_never_widens(claimed in subset(), asked in prop::option::of(subset()), catalogue in subset()) {
        let server = server(&catalogue);
        let token = Jws::new(IDP.es256(), "oauth-id-jag+jwt", &claims(Some(joined(&claimed)), vec![RESOURCE]));
        let more: Vec<_> = asked.iter().filter(|asked| !asked.is_empty()).map(|asked| ("scope", joined(asked))).collect();
        let wanted = asked.filter(|asked| !asked.is_empty()).unwrap_or_else(|| claimed.clone());
        let outcome = redeem(&server, &request(&token.compact(), &more));
        let granted = wanted.intersection(&catalogue).copied().collect::<BTreeSet<_>>();
        match outcome {
            Ok(token) => {
                let got: BTreeSet<&str> = token["scope"].as_str().unwrap_or_default().split(' ').filter(|s| !s.is_empty()).collect();
                prop_assert!(wanted.is_subset(&claimed));
                prop_assert_eq!(got, granted);
            }
            Err(rejection) if !claimed.is_empty() && !wanted.is_subset(&claimed) => {
                prop_assert_eq!(rejection.error().code(), ErrorCode::ScopeNotGranted);
            }
            Err(rejection) => {
                prop_assert_eq!(rejection.error().code(), ErrorCode::PolicyDenied);
                prop_assert!(granted.is_empty() || claimed.is_empty());
            }
        }
    }

    /// JAG-071: the token's audience is one resource, claimed and asked for.
    #[test]
    fn resources_never_widen(
        claimed in prop::collection::btree_set(prop::sample::select(vec![RESOURCE, RESOURCE2]), 0..=2),
        asked in prop::collection::vec(prop::sample::select(vec![RESOURCE, RESOURCE2, "https://x.example/"]), 0..=2),
    ) {
        let server = server(&BTreeSet::new());
        let token = Jws::new(IDP.es256(), "oauth-id-jag+jwt", &claims(None, claimed.iter().copied().collect()));
        let more: Vec<_> = asked.iter().map(|asked| ("resource", (*asked).to_owned())).collect();
        if let Ok(token) = redeem(&server, &request(&token.compact(), &more)) {
            let audience = token["aud"].as_str().unwrap();
            prop_assert!(claimed.contains(audience));
            prop_assert!(asked.is_empty() || asked.contains(&audience));
        }
    }

    /// R7515-008: no altered token passes, wherever the alteration is.
    #[test]
    fn every_altered_character_is_refused(position in any::<prop::sample::Index>(), by in 1_u8..63) {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
        let good = Jws::new(IDP.es256(), "oauth-id-jag+jwt", &claims(Some("read".into()), vec![RESOURCE])).compact();
        let mut bytes = good.into_bytes();
        let at = position.index(bytes.len());
        let old = ALPHABET.iter().position(|byte| *byte == bytes[at]).unwrap();
        bytes[at] = ALPHABET[(old + usize::from(by)) % ALPHABET.len()];
        let server = server(&BTreeSet::from(["read"]));
        let rejection = authorize(&server, &request(&String::from_utf8(bytes).unwrap(), &[])).unwrap_err();
        prop_assert_eq!(rejection.response().status, 400);
        prop_assert_eq!(rejection.oauth_error().as_str(), "invalid_grant");
    }

    /// Signed garbage: whatever an issuer puts into a claim, the answer is a coded one.
    #[test]
    fn odd_claims_are_refused_or_understood(name in prop::sample::select(vec![
        "iss", "sub", "aud", "client_id", "jti", "iat", "exp", "nbf", "resource", "scope", "authorization_details",
        "act", "cnf", "tenant", "aud_tenant", "aud_sub", "auth_time", "acr", "amr", "email", "sub_id",
    ]), value in odd_json()) {
        let token = Jws::new(IDP.es256(), "oauth-id-jag+jwt", &claims(Some("read".into()), vec![RESOURCE])).claim(name, value);
        let (server, request) = (server(&BTreeSet::from(["read"])), request(&token.compact(), &[]));
        let answer = authorize(&server, &request)
            .and_then(|granted| granted.first_use(|_| FirstUse::First))
            .and_then(|spent| spent.access_token(TokenId::new("at-1").unwrap(), now()));
        match answer {
            Ok(unsigned) => {
                let signer = SigningKey::from_jwk(&IDP.es256().private_jwk().to_string()).unwrap();
                let (response, record) = unsigned.sign_with(&signer).unwrap().into_response();
                check_record(&record, &request.body);
                check_record(&record, &response.body);
            }
            Err(rejection) => check_refusal(&rejection, &request.body),
        }
    }

    /// Any bytes at any endpoint: a coded refusal, never a panic, never an echo.
    #[test]
    fn any_bytes_get_a_coded_refusal(body in prop::collection::vec(any::<u8>(), 0..2_000), header in ".{0,200}") {
        let all = PROVIDER.allow_all();
        let mut asked = post(body.clone());
        asked.headers.push("Authorization", header.as_str());
        asked.headers.push("DPoP", header);
        check_refusal(&server(&BTreeSet::new()).parse(&asked, now()).unwrap_err(), &body);

        let issuer = Issuer::new(IDP_ISSUER, HTTPS).unwrap();
        let endpoint = Url::new("https://acme.idp.example/token", HTTPS).unwrap();
        let idp = IdpAuthorizationServer::new(IdpConfig::new(issuer, endpoint, all.clone(), all.clone())).unwrap();
        check_refusal(&idp.parse(&asked, now()).unwrap_err(), &body);

        let mut config = ResourceServerConfig::new(ResourceId::new(RESOURCE, HTTPS).unwrap(), all.clone());
        config.authorization_servers.push(TrustedAuthorizationServer {
            issuer: Issuer::new(RAS_ISSUER, HTTPS).unwrap(),
            algorithms: all,
            relaxed: RelaxedClaims::default(),
        });
        let resource = ResourceServer::new(config).unwrap();
        check_refusal(&resource.parse(&asked, now()).unwrap_err(), &body);
        let _ = Operation::from_json_rpc(&body, &Limits::DEFAULT);
    }

    /// Any form with the right names: the same.
    #[test]
    fn any_parameters_get_a_coded_refusal(values in prop::collection::vec(".{0,60}", 9)) {
        let names = ["assertion", "resource", "scope", "authorization_details", "client_id", "client_secret",
            "client_assertion", "client_assertion_type", "subject_token"];
        let mut form = Form::default();
        form.push("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
        for (name, value) in names.iter().zip(&values) {
            form.push(*name, value.as_str());
        }
        let body = form.encode().into_bytes();
        check_refusal(&server(&BTreeSet::new()).parse(&post(body.clone()), now()).unwrap_err(), &body);
    }

    /// A signature made in process is one that anybody's verifier accepts, and belongs to its message alone.
    #[test]
    fn what_is_signed_verifies(seed in any::<[u8; 32]>(), message in prop::collection::vec(any::<u8>(), 0..200)) {
        let kid = KeyId::new("k").unwrap();
        let keys = [SigningKey::es256(kid.clone(), &seed), SigningKey::ed25519(kid, &seed)];
        for key in keys.into_iter().flatten() {
            let signature = key.sign(&message).unwrap();
            prop_assert!(key.public_key().verify(&message, &signature).is_ok());
            let mut other = message.clone();
            other.push(0);
            prop_assert!(key.public_key().verify(&other, &signature).is_err());
        }
    }
}

fn odd_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,30}".prop_map(Value::from),
        Just(json!("https://acme.idp.example")),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,6}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}
