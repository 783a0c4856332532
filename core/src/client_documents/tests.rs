//! Whatever strangers publish: nothing serves longer than it may, nothing is fetched more often than it may.

use alloc::string::String;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::crypto::Algorithm;
use crate::crypto::rustcrypto::PROVIDER;

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
