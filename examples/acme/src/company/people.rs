//! The directory of people.

use alloc::collections::BTreeSet;
use core::fmt::Write;

use idjag::text::{Email, Group, Subject};
use idjag::uri::Issuer;
use sha2::{Digest, Sha256};

/// Someone who works here.
pub(crate) struct Person {
    pub(crate) user_name: &'static str,
    pub(crate) email: &'static str,
    pub(crate) groups: &'static [&'static str],
}

static PEOPLE: [Person; 3] = [
    Person { user_name: "alice", email: "alice@acme.example", groups: &["engineering"] },
    Person { user_name: "carl", email: "carl@contractor.example", groups: &["contractors"] },
    Person { user_name: "fay", email: "fay@acme.example", groups: &["finance"] },
];

/// The person who signs on as `user_name`.
pub(crate) fn person(user_name: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| person.user_name == user_name)
}

impl Person {
    /// Another identifier for every audience, so that two servers cannot compare notes about a person.
    pub(crate) fn subject_at(&self, audience: &Issuer) -> Subject {
        let digest = Sha256::digest(format!("{audience}\n{}", self.user_name));
        let name = digest.iter().take(8).fold(String::from("u-"), |mut name, byte| {
            let _ = write!(name, "{byte:02x}");
            name
        });
        Subject::new(name).expect("short and plain")
    }

    /// The person whom `audience` knows as `subject`.
    pub(crate) fn known_as(subject: &Subject, audience: &Issuer) -> Option<&'static Self> {
        PEOPLE.iter().find(|person| person.subject_at(audience) == *subject)
    }

    /// The person whom anybody knows as `subject`: for the admin's tables, never for a decision.
    pub(crate) fn known_anywhere<'i>(
        subject: &str,
        mut audiences: impl Iterator<Item = &'i Issuer>,
    ) -> Option<&'static Self> {
        audiences.find_map(|audience| PEOPLE.iter().find(|person| person.subject_at(audience) == *subject))
    }

    pub(crate) fn directory_groups(&self) -> BTreeSet<Group> {
        self.groups.iter().map(|group| Group::new(*group).expect("short and plain")).collect()
    }

    pub(crate) fn directory_email(&self) -> Email {
        Email::new(self.email).expect("short and plain")
    }
}
