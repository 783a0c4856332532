//! Whatever strangers publish: nothing serves longer than it may, nothing is fetched more often than it may.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering};

use proptest::prelude::*;

use super::*;
use crate::crypto::rustcrypto::{Es256, PROVIDER, SigningKey};
use crate::crypto::{Algorithm, JwsAlgorithm, KeyMaterial, Provider, Signer as _, VerifyingKey};
use crate::jose::KeySet;
use crate::text::KeyId;
use crate::uri::{Issuer, Transport};

const START: u64 = 1_800_000_000;

fn at(seconds: u64) -> UnixTime {
    UnixTime::now(START).unwrap().plus(Seconds(seconds))
}

fn documents(capacity: usize) -> ClientDocuments {
    let algorithms = PROVIDER.allow(&[Algorithm::Es256]).unwrap();
    let mut config = ClientDocumentsConfig::new(DocumentFor::ResourceAuthorizationServer, algorithms);
    config.dangerous_public_clients = true;
    config.capacity = capacity;
    ClientDocuments::new(config).unwrap()
}

fn id(index: u8) -> ClientId {
    ClientId::new(format!("https://app{index}.example/client.json")).unwrap()
}

/// A document of client `index`, or something else.
fn response(index: u8) -> impl Strategy<Value = HttpResponse> {
    let good = format!(
        r#"{{"client_id":"https://app{index}.example/client.json","client_name":"n","redirect_uris":[]}}"#
    );
    let body = prop_oneof![Just(good.into_bytes()), prop::collection::vec(any::<u8>(), 0..40)];
    let control = prop_oneof!["max-age=[0-9]{0,30}", "(no-store|no-cache|private|,| ){0,3}", ".{0,20}"];
    let status = prop_oneof![4 => Just(200_u16), 1 => any::<u16>()];
    (status, control, body).prop_map(|(status, control, body)| HttpResponse {
        status,
        headers: [("Content-Type", "application/json"), ("Cache-Control", control.as_str())]
            .into_iter()
            .collect(),
        body,
    })
}

proptest! {
    #[test]
    fn nothing_serves_longer_than_it_may(response in response(0)) {
        let mut documents = documents(10);
        prop_assert!(matches!(documents.next(&id(0), at(0)), ClientStep::Send(_)));
        let taken = documents.received(&id(0), &response, at(0));
        let is_used = matches!(documents.next(&id(0), at(59)), ClientStep::Use(_));
        prop_assert_eq!(is_used, taken.is_ok());
        prop_assert!(!matches!(documents.next(&id(0), at(3600)), ClientStep::Use(_) | ClientStep::Refused(_)));
    }

    /// Every client is asked for at most once in any 30 seconds, and the memory keeps to its size.
    #[test]
    fn a_stranger_chooses_neither_how_often_nor_how_much(
        asked in prop::collection::vec((0..6_u8, 0..20_u64), 1..60),
    ) {
        let mut documents = documents(10);
        let (mut now, mut sent) = (0_u64, Vec::<(u8, u64)>::new());
        for (index, later) in asked {
            now = now.saturating_add(later);
            if matches!(documents.next(&id(index), at(now)), ClientStep::Send(_)) {
                prop_assert!(!sent.iter().any(|(known, when)| *known == index && now.saturating_sub(*when) < 30));
                sent.push((index, now));
            }
        }
        prop_assert!(documents.known.len() <= 10);
    }

    #[test]
    fn the_memory_keeps_to_its_size(asked in prop::collection::vec(any::<u8>(), 1..60)) {
        let mut documents = documents(3);
        for index in asked {
            documents.next(&id(index), at(0));
            prop_assert!(documents.known.len() <= 3);
        }
    }
}

#[test]
fn a_request_says_what_it_wants_and_nothing_else() {
    let mut documents = documents(1);
    let ClientStep::Send(request) = documents.next(&id(0), at(0)) else { panic!("nothing is known yet") };
    assert_eq!((request.method.as_str(), request.url.as_str()), ("GET", id(0).as_str()));
    let names: Vec<String> = request.headers.iter().map(|(name, _)| String::from(name)).collect();
    assert_eq!(names, ["Accept"]);
}

/// ES256 with keys that only count how often they are prepared.
#[derive(Debug)]
struct Counting;

struct CountingKey;

static PREPARED: AtomicU32 = AtomicU32::new(0);

impl JwsAlgorithm for Counting {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn import(&self, material: &KeyMaterial) -> Result<Box<dyn VerifyingKey>, Error> {
        Es256.import(material).map(|_| Box::new(CountingKey) as Box<dyn VerifyingKey>)
    }
}

impl VerifyingKey for CountingKey {
    fn verify(&self, _: &[u8], _: &[u8]) -> bool {
        true
    }

    fn prepare(&self) -> bool {
        PREPARED.fetch_add(1, Ordering::Relaxed);
        true
    }
}

/// What tables may take of the process is for issuers: no stranger has them built, however many documents are published.
#[test]
fn the_keys_of_a_document_are_never_prepared() {
    const COUNTING: Provider = Provider { algorithms: &[&Counting] };
    let key = SigningKey::es256(KeyId::new("k").unwrap(), &[7; 32]).unwrap();
    let jwks = KeySet::of(
        Issuer::new("https://app.example", Transport::HttpsOnly).unwrap(),
        [key.public_key().clone()],
    );
    let body = format!(
        r#"{{"client_id":"{}","client_name":"n","redirect_uris":[],"token_endpoint_auth_method":"private_key_jwt",
            "grant_types":["{GRANT_JWT_BEARER}"],"jwks":{}}}"#,
        id(0).as_str(),
        jwks.to_text()
    );
    let server = DocumentFor::ResourceAuthorizationServer;
    let config = ClientDocumentsConfig::new(server, COUNTING.allow_all());
    let mut documents = ClientDocuments::new(config).unwrap();
    assert!(matches!(documents.next(&id(0), at(0)), ClientStep::Send(_)));
    let headers = [("Content-Type", "application/json")].into_iter().collect();
    let response = HttpResponse { status: 200, headers, body: body.into_bytes() };
    documents.received(&id(0), &response, at(0)).unwrap();
    let ClientStep::Use(client) = documents.next(&id(0), at(0)) else { panic!("the document is good") };
    let ClientAuthentication::PrivateKeyJwt(keys) = &client.authentication else { panic!("it has keys") };
    keys.prepare();
    let key = keys.keys().first().unwrap();
    (0..300).for_each(|_| keys.used(key));
    // A copy of the client, as a registration keeps one, does no other.
    keys.clone().prepare();
    assert_eq!(PREPARED.load(Ordering::Relaxed), 0);
}
