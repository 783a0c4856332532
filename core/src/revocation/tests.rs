//! The list against a reference that holds every entry and looks at each; orders, round trips, ages.

mod updates;

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::time::Seconds;
use crate::uri::Transport;

const NOW: u64 = 1_000;

fn at(seconds: u64) -> UnixTime {
    UnixTime::now(seconds).unwrap()
}

fn issuer(index: u8) -> Issuer {
    Issuer::new(&format!("https://as{index}.example"), Transport::HttpsOnly).unwrap()
}

fn subject(index: u8) -> Subject {
    Subject::new(format!("s{index}")).unwrap()
}

fn client(index: u8) -> ClientId {
    ClientId::new(format!("c{index}")).unwrap()
}

fn id(index: u8) -> TokenId {
    TokenId::new(format!("t{index}")).unwrap()
}

/// A token whose every name is one of two.
#[derive(Clone, Debug)]
struct Token {
    issuer: Issuer,
    token_id: Option<TokenId>,
    grant_id: Option<TokenId>,
    ancestors: Vec<TokenId>,
    subject: Option<Subject>,
    client_id: Option<ClientId>,
    context: Option<String>,
    actor: Option<Actor>,
    issued_at: Option<UnixTime>,
}

impl Token {
    fn revocable(&self) -> Revocable<'_> {
        Revocable {
            issuer: &self.issuer,
            token_id: self.token_id.as_ref(),
            grant_id: self.grant_id.as_ref(),
            ancestors: &self.ancestors,
            subject: self.subject.as_ref(),
            client_id: self.client_id.as_ref(),
            context: self.context.as_deref(),
            actor: self.actor.as_ref(),
            issued_at: self.issued_at,
        }
    }

    /// Whether `entry` is about this token, read off the documentation of [`Revocation`].
    fn is_meant_by(&self, entry: &Revocation, now: UnixTime) -> bool {
        let named = match &entry.revoked {
            Revoked::Token(jti) => self.token_id.as_ref() == Some(jti) || self.ancestors.contains(jti),
            Revoked::Grant(jti) => self.grant_id.as_ref() == Some(jti),
            Revoked::IssuedTo { holder, until } => {
                let old_enough = self.issued_at.is_none_or(|issued_at| issued_at <= *until);
                old_enough
                    && match holder {
                        Holder::Subject(subject) => self.subject.as_ref() == Some(subject),
                        Holder::Client(client_id) => self.client_id.as_ref() == Some(client_id),
                        Holder::Connection { client_id, subject } => {
                            self.client_id.as_ref() == Some(client_id)
                                && self.subject.as_ref() == Some(subject)
                        }
                        Holder::Conversation { client_id, subject, context } => {
                            self.client_id.as_ref() == Some(client_id)
                                && self.subject.as_ref() == Some(subject)
                                && self.context.as_ref() == Some(context)
                        }
                        Holder::Actor { issuer, subject } => self
                            .actor
                            .as_ref()
                            .is_some_and(|actor| actor.issuer == *issuer && actor.subject == *subject),
                    }
            }
        };
        named && self.issuer == entry.issuer && entry.retain_until > now
    }
}

/// A token that says nothing.
fn nobody() -> Token {
    Token {
        issuer: issuer(0),
        token_id: None,
        grant_id: None,
        ancestors: Vec::new(),
        subject: None,
        client_id: None,
        context: None,
        actor: None,
        issued_at: None,
    }
}

fn tokens() -> impl Strategy<Value = Token> {
    let maybe = || prop::option::of(0..2_u8);
    let names = (maybe(), maybe(), maybe(), maybe(), maybe());
    let actor = prop::option::of((prop::option::of(0..2_u8), 0..2_u8));
    let ancestors = prop::collection::vec(0..4_u8, 0..3);
    let at_times = prop::option::of(NOW - 3..NOW + 3);
    (0..2_u8, names, actor, ancestors, at_times).prop_map(|(from, names, actor, ancestors, issued_at)| {
        let (token_id, grant_id, sub, client_id, context) = names;
        Token {
            issuer: issuer(from),
            token_id: token_id.map(id),
            grant_id: grant_id.map(id),
            ancestors: ancestors.into_iter().map(id).collect(),
            subject: sub.map(subject),
            client_id: client_id.map(client),
            context: context.map(|context| format!("conversation:{context}")),
            actor: actor.map(|(of, sub)| Actor {
                issuer: of.map(|of| format!("https://agents{of}.example")),
                subject: subject(sub),
                sub_profile: None,
                prior: Vec::new(),
            }),
            issued_at: issued_at.map(at),
        }
    })
}

fn entries() -> impl Strategy<Value = Revocation> {
    let one = || 0..2_u8;
    let holder = prop_oneof![
        one().prop_map(|sub| Holder::Subject(subject(sub))),
        one().prop_map(|of| Holder::Client(client(of))),
        (one(), one())
            .prop_map(|(of, sub)| Holder::Connection { client_id: client(of), subject: subject(sub) }),
        (one(), one(), one()).prop_map(|(of, sub, context)| Holder::Conversation {
            client_id: client(of),
            subject: subject(sub),
            context: format!("conversation:{context}"),
        }),
        (prop::option::of(one()), one()).prop_map(|(of, sub)| Holder::Actor {
            issuer: of.map(|of| format!("https://agents{of}.example")),
            subject: subject(sub),
        }),
    ];
    let revoked = prop_oneof![
        one().prop_map(|jti| Revoked::Token(id(jti))),
        one().prop_map(|jti| Revoked::Grant(id(jti))),
        (holder, NOW - 3..NOW + 3).prop_map(|(holder, until)| Revoked::IssuedTo { holder, until: at(until) }),
    ];
    (one(), revoked, NOW - 1..NOW + 4).prop_map(|(from, revoked, retain_until)| Revocation {
        issuer: issuer(from),
        revoked,
        retain_until: at(retain_until),
    })
}

fn list_of(entries: &[Revocation]) -> RevocationList {
    let mut list = RevocationList::new(100);
    for entry in entries {
        list.add(entry, at(NOW)).unwrap();
    }
    list
}

proptest! {
    #[test]
    fn refuses_what_an_entry_means(entries in prop::collection::vec(entries(), 0..8), token in tokens()) {
        let revoked = list_of(&entries).check(&token.revocable(), at(NOW)).is_err();
        prop_assert_eq!(revoked, entries.iter().any(|entry| token.is_meant_by(entry, at(NOW))));
    }

    #[test]
    fn order_never_matters(mut entries in prop::collection::vec(entries(), 0..8)) {
        let forth = list_of(&entries);
        entries.reverse();
        let back = list_of(&entries);
        let written = |list: &RevocationList| list.to_json(at(NOW)).get("entries").unwrap().to_string();
        prop_assert_eq!(written(&forth), written(&back));
    }

    #[test]
    fn reads_what_it_wrote(entries in prop::collection::vec(entries(), 0..8)) {
        let written = list_of(&entries).to_json(at(NOW)).to_string();
        let mut read = RevocationList::new(100);
        read.read(written.as_bytes(), at(NOW)).unwrap();
        prop_assert_eq!(read.to_json(at(NOW)).to_string(), written);
    }

    #[test]
    fn reads_what_a_copy_wrote(entries in prop::collection::vec(entries(), 0..8), token in tokens()) {
        let mut copy = RevocationList::copy_of_another(100, Seconds(10));
        for entry in &entries {
            copy.add(entry, at(NOW)).unwrap();
        }
        let written = copy.to_json(at(NOW)).to_string();
        let mut read = RevocationList::new(100);
        read.read(written.as_bytes(), at(NOW)).unwrap();
        prop_assert_eq!(read.to_json(at(NOW)).to_string(), written);
        let refused = |list: &RevocationList| list.check(&token.revocable(), at(NOW)).is_err();
        prop_assert_eq!(refused(&read), refused(&list_of(&entries)));
    }

    #[test]
    fn a_clone_keeps_what_it_has(entries in prop::collection::vec(entries(), 1..8), later in entries()) {
        let mut list = list_of(&entries);
        let (before, clone) = (list.to_json(at(NOW)).to_string(), list.clone());
        list.add(&later, at(NOW)).unwrap();
        list.forget(at(NOW + 3));
        prop_assert_eq!(clone.to_json(at(NOW)).to_string(), before);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = RevocationList::new(1).read(&bytes, at(NOW));
    }
}

#[test]
fn a_copy_serves_while_it_is_new_enough() {
    let mut copy = RevocationList::copy_of_another(1, Seconds(10));
    let none = nobody();
    let code =
        |list: &RevocationList, now| list.check(&none.revocable(), at(now)).map_err(|error| error.code());
    assert_eq!(code(&copy, NOW), Err(ErrorCode::RevocationsUnavailable));
    copy.synchronized(3, at(NOW));
    assert_eq!(code(&copy, NOW + 10), Ok(()));
    for stale in [NOW - 1, NOW + 11] {
        assert_eq!(code(&copy, stale), Err(ErrorCode::RevocationsUnavailable));
    }
    assert_eq!(copy.sequence(), 3);
}
