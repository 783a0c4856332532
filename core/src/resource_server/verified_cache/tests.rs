//! A cache changes no answer: with it and without, every question is answered alike, whatever happened before.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;

use super::{SharedTokenCache as _, VerifiedTokenCache};
use crate::Limits;
use crate::codec::json::Object;
use crate::crypto::rustcrypto::{EdDsa, PROVIDER, SigningKey};
use crate::crypto::{Algorithm, JwsAlgorithm, KeyMaterial, Provider, Signer as _, VerifyingKey};
use crate::error::Error;
use crate::jose::KeySet;
use crate::record::DecisionRecord;
use crate::rejection::Rejection;
use crate::resource_server::{
    AccessMaterial, ResourceServer, ResourceServerConfig, SenderConstraint, TrustedAuthorizationServer,
};
use crate::revocation::{Revocation, RevocationCheck, RevocationList, Revoked};
use crate::scope::Scope;
use crate::text::{ClientId, KeyId, Subject, TokenId};
use crate::time::{Seconds, UnixTime};
use crate::token::{AccessToken, Context, ContextClaim, NonceRule, RelaxedClaims};
use crate::uri::{Issuer, ResourceId, Transport};

const BEGIN: u64 = 1_800_000_000;

fn issuer(name: &str) -> Issuer {
    Issuer::new(&alloc::format!("https://{name}.example"), Transport::HttpsOnly).unwrap()
}

fn at(seconds: u64) -> UnixTime {
    UnixTime::now(BEGIN.saturating_add(seconds)).unwrap()
}

fn signer(kid: &str, seed: u8) -> SigningKey {
    SigningKey::ed25519(KeyId::new(kid).unwrap(), &[seed; 32]).unwrap()
}

fn token(jti: &str, of: &str, signer: &SigningKey, lifetime: u64, context: Option<&str>) -> String {
    let claims = AccessToken {
        issuer: issuer(of),
        subject: Some(Subject::new("alice").unwrap()),
        audience: Vec::from([String::from("https://mcp.example/mcp")]),
        client_id: Some(ClientId::new("agent").unwrap()),
        token_id: Some(TokenId::new(jti).unwrap()),
        issued_at: Some(at(0)),
        expires_at: at(lifetime),
        scope: Scope::parse("files.read", &Limits::DEFAULT).unwrap(),
        details: None,
        actor: None,
        may_act: None,
        confirmation: None,
        auth_time: None,
        acr: None,
        amr: Vec::new(),
        grant_id: None,
        ancestors: Vec::new(),
        context: context.map(|context| Context::new(ContextClaim::default(), context).unwrap()),
        extra: Object::new(),
    };
    claims.to_unsigned().unwrap().sign_with(signer).unwrap().expose().into()
}

fn server(short_lived: bool, required: bool) -> ResourceServer {
    let algorithms = PROVIDER.allow(&[Algorithm::EdDsa]).unwrap();
    let resource = ResourceId::new("https://mcp.example/mcp", Transport::HttpsOnly).unwrap();
    let mut config = ResourceServerConfig::new(resource, algorithms.clone());
    for name in ["one", "two"] {
        config.authorization_servers.push(TrustedAuthorizationServer {
            issuer: issuer(name),
            algorithms: algorithms.clone(),
            relaxed: RelaxedClaims::default(),
        });
    }
    config.window.max_age = short_lived.then_some(Seconds(120));
    if required {
        config.sender_constraint = SenderConstraint::Required;
    }
    ResourceServer::new(config).unwrap()
}

/// What is asked, and what the host has at the time.
struct Host {
    now: u64,
    keys: Option<KeySet>,
    revocations: Option<RevocationList>,
    context: Option<&'static str>,
}

type Answer = Result<(AccessToken, Vec<String>, DecisionRecord), Box<(Error, DecisionRecord)>>;

impl Host {
    fn ask(
        &self,
        server: &ResourceServer,
        token: &str,
        cache: Option<&RefCell<VerifiedTokenCache>>,
    ) -> Answer {
        let refused = |rejection: Rejection| Box::new((rejection.error(), rejection.record().clone()));
        let now = at(self.now);
        let pending = match cache {
            Some(cache) => server.parse_bearer_with(token, cache, now),
            None => server.parse_bearer(token, now),
        };
        let pending = pending.map_err(refused)?;
        let material = AccessMaterial {
            keys: self.keys.as_ref(),
            revocations: self.revocations.as_ref(),
            nonce: NonceRule::NotRequired,
            context: self.context,
        };
        let verified = pending.verify(&material, now).map_err(refused)?;
        let scopes = verified.scope().iter().map(|scope| String::from(scope.as_str())).collect();
        Ok((verified.claims().clone(), scopes, verified.record()))
    }
}

/// What may happen between two questions.
#[derive(Clone, Debug)]
enum Event {
    Ask { server: usize, token: usize },
    Time(u64),
    Keys { issuer: &'static str, kids: Vec<(&'static str, u8)> },
    NoKeys,
    Revoke(usize),
    ForgetRevocations,
    Conversation(Option<&'static str>),
}

const TOKENS: usize = 10;

fn events() -> impl Strategy<Value = Vec<Event>> {
    let ask = || (0usize..3, 0..TOKENS).prop_map(|(server, token)| Event::Ask { server, token });
    let key = (prop::sample::select(&["a", "b"][..]), 1u8..3);
    let keys = (prop::sample::select(&["one", "two"][..]), prop::collection::vec(key, 0..3));
    let keys = keys.prop_map(|(issuer, kids)| Event::Keys { issuer, kids });
    let usual = Just(Event::Keys { issuer: "one", kids: Vec::from([("a", 1), ("b", 2)]) });
    let event = prop_oneof![
        8 => ask(),
        1 => (0u64..400).prop_map(Event::Time),
        1 => keys,
        2 => usual,
        1 => Just(Event::NoKeys),
        1 => (0..TOKENS).prop_map(Event::Revoke),
        1 => Just(Event::ForgetRevocations),
        1 => prop::sample::select(&[None, Some("c1"), Some("c2")][..]).prop_map(Event::Conversation),
    ];
    prop::collection::vec(event, 1..60)
}

fn tokens() -> Vec<String> {
    let (a, b, other) = (signer("a", 1), signer("b", 2), signer("a", 2));
    let good = token("t0", "one", &a, 300, None);
    let mut tokens = Vec::from([
        token("t1", "one", &b, 200, None),
        token("t2", "one", &a, 100, Some("c1")),
        token("t3", "two", &a, 300, None),
        token("t4", "one", &other, 300, None),
        token("t5", "three", &a, 300, None),
        token("t6", "one", &b, 300, Some("c2")),
        // The same with another end, which is no signature.
        alloc::format!("{}AAA", good.split_at(good.len().saturating_sub(3)).0),
        alloc::format!("{good}."),
        String::from("x"),
    ]);
    tokens.push(good);
    assert_eq!(tokens.len(), TOKENS);
    tokens
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn every_answer_is_as_it_would_be_without(capacity in 0usize..6, events in events()) {
        let cache = RefCell::new(VerifiedTokenCache::new(capacity));
        let servers = [server(false, false), server(true, false), server(false, true)];
        let tokens = tokens();
        let keys = KeySet::of(issuer("one"), [&signer("a", 1), &signer("b", 2)].map(|key| key.public_key().clone()));
        let mut host = Host { now: 0, keys: Some(keys), revocations: None, context: None };
        for event in events {
            match event {
                Event::Ask { server, token } => {
                    let (server, token) = (&servers[server], &tokens[token]);
                    let plain = host.ask(server, token, None);
                    prop_assert_eq!(&host.ask(server, token, Some(&cache)), &plain);
                    prop_assert_eq!(&host.ask(server, token, Some(&cache)), &plain);
                    prop_assert!(cache.borrow().len() <= capacity);
                }
                Event::Time(now) => host.now = now,
                Event::Keys { issuer: name, kids } => {
                    let keys = kids.iter().map(|(kid, seed)| signer(kid, *seed).public_key().clone());
                    host.keys = Some(KeySet::of(issuer(name), keys));
                }
                Event::NoKeys => host.keys = None,
                Event::Revoke(index) => {
                    let list = host.revocations.get_or_insert_with(|| RevocationList::new(100));
                    let revoked = Revoked::Token(TokenId::new(alloc::format!("t{index}")).unwrap());
                    let entry = Revocation { issuer: issuer("one"), revoked, retain_until: at(1000) };
                    list.add(&entry, at(host.now)).unwrap();
                }
                Event::ForgetRevocations => host.revocations = None,
                Event::Conversation(context) => host.context = context,
            }
        }
    }
}

/// Everything that was asked so far, of a host with the usual keys.
fn asked(cache: &RefCell<VerifiedTokenCache>, server: &ResourceServer, tokens: &[String]) -> usize {
    let keys = KeySet::of(issuer("one"), [signer("a", 1).public_key().clone()]);
    let host = Host { now: 1, keys: Some(keys), revocations: None, context: None };
    tokens.iter().filter(|token| host.ask(server, token, Some(cache)).is_ok()).count()
}

#[test]
fn what_was_refused_is_not_kept_and_pushes_nothing_out() {
    let (cache, server) = (RefCell::new(VerifiedTokenCache::new(4)), server(false, false));
    let key = signer("a", 1);
    let hot: Vec<String> = (0..4).map(|n| token(&alloc::format!("hot{n}"), "one", &key, 300, None)).collect();
    assert_eq!(asked(&cache, &server, &hot), 4);
    let garbage: Vec<String> = (0..200)
        .map(|n| match n % 3 {
            0 => token(&alloc::format!("g{n}"), "one", &signer("a", 9), 300, None),
            1 => alloc::format!("{}.AAAA", hot[0]),
            // Of another issuer: one whose keys are not at hand, or one that is not trusted.
            _ => token(&alloc::format!("g{n}"), if n % 2 == 0 { "two" } else { "three" }, &key, 300, None),
        })
        .collect();
    assert_eq!(asked(&cache, &server, &garbage), 0);
    let numbers = |cache: &RefCell<VerifiedTokenCache>| {
        let mut found = Vec::new();
        cache.with(&mut |cache| {
            let digests = hot.iter().map(|token| crate::crypto::sha256(token.as_bytes()));
            found = digests.map(|digest| cache.0.find(&digest).map(|(_, number)| number)).collect();
        });
        found
    };
    let before = numbers(&cache);
    assert!(before.iter().all(Option::is_some));
    assert_eq!(asked(&cache, &server, &garbage), 0);
    assert_eq!(numbers(&cache), before);
    assert_eq!(cache.borrow().len(), 4);
}

#[test]
fn a_token_whose_time_ran_out_is_given_up() {
    let (cache, server) = (RefCell::new(VerifiedTokenCache::new(4)), server(false, false));
    let key = signer("a", 1);
    let tokens = [token("t", "one", &key, 100, None)];
    assert_eq!(asked(&cache, &server, &tokens), 1);
    assert_eq!(cache.borrow().len(), 1);
    let keys = KeySet::of(issuer("one"), [key.public_key().clone()]);
    let host = Host { now: 10_000, keys: Some(keys), revocations: None, context: None };
    assert!(host.ask(&server, &tokens[0], Some(&cache)).is_err());
    assert!(cache.borrow().is_empty());
}

#[test]
fn a_token_with_more_claims_than_are_worth_it_is_verified_each_time() {
    let (cache, server) = (RefCell::new(VerifiedTokenCache::new(4)), server(false, false));
    let mut long = Object::new();
    long.set_str("x", "y".repeat(4000));
    let key = signer("a", 1);
    let short = token("t", "one", &key, 100, None);
    let mut claims = {
        let host_keys = KeySet::of(issuer("one"), [key.public_key().clone()]);
        let host = Host { now: 1, keys: Some(host_keys), revocations: None, context: None };
        host.ask(&server, &short, None).unwrap().0
    };
    claims.extra = long;
    let tokens = [claims.to_unsigned().unwrap().sign_with(&key).unwrap().expose().into()];
    assert_eq!(asked(&cache, &server, &tokens), 1);
    assert!(cache.borrow().is_empty());
}

#[test]
fn a_cache_that_must_forget_a_list_it_lacks_refuses_as_before() {
    let cache = RefCell::new(VerifiedTokenCache::default());
    let mut config = server(false, false).config().clone();
    config.revocation = RevocationCheck::Required;
    let server = ResourceServer::new(config).unwrap();
    let key = signer("a", 1);
    let good = token("t", "one", &key, 100, None);
    let keys = KeySet::of(issuer("one"), [key.public_key().clone()]);
    let mut host =
        Host { now: 1, keys: Some(keys), revocations: Some(RevocationList::new(1)), context: None };
    assert!(host.ask(&server, &good, Some(&cache)).is_ok());
    host.revocations = None;
    assert_eq!(host.ask(&server, &good, Some(&cache)), host.ask(&server, &good, None));
    assert!(host.ask(&server, &good, Some(&cache)).is_err());
}

/// EdDSA with keys that are counted as long as they live.
#[derive(Debug)]
struct Counted;

struct CountedKey(Box<dyn VerifyingKey>);

static LIVE: AtomicUsize = AtomicUsize::new(0);

impl JwsAlgorithm for Counted {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDsa
    }

    fn import(&self, material: &KeyMaterial) -> Result<Box<dyn VerifyingKey>, Error> {
        let key = EdDsa.import(material)?;
        LIVE.fetch_add(1, Ordering::Relaxed);
        Ok(Box::new(CountedKey(key)))
    }
}

impl VerifyingKey for CountedKey {
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify(message, signature)
    }
}

impl Drop for CountedKey {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Else the tables of keys that are gone would take from the room of those that came after them.
#[test]
fn a_token_that_is_kept_keeps_nothing_of_the_key_but_which_it_is() {
    const COUNTED: Provider = Provider { algorithms: &[&Counted] };
    let cache = RefCell::new(VerifiedTokenCache::default());
    let (server, key) = (server(false, false), signer("a", 1));
    let good = token("t", "one", &key, 100, None);
    let text = KeySet::of(issuer("one"), [key.public_key().clone()]).to_text();
    let parsed =
        || KeySet::parse(issuer("one"), text.as_bytes(), &COUNTED.allow_all(), &Limits::DEFAULT).unwrap();
    let mut host = Host { now: 1, keys: Some(parsed()), revocations: None, context: None };
    assert!(host.ask(&server, &good, Some(&cache)).is_ok());
    assert_eq!((cache.borrow().len(), LIVE.load(Ordering::Relaxed)), (1, 1));
    host.keys = None;
    assert_eq!((cache.borrow().len(), LIVE.load(Ordering::Relaxed)), (1, 0));
    host.keys = Some(parsed());
    assert!(host.ask(&server, &good, Some(&cache)).is_ok());
}
