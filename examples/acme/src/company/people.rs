//! The directory of people.

use core::fmt::Write;

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
    pub(crate) fn subject_at(&self, audience: &str) -> String {
        let digest = Sha256::digest(format!("{audience}\n{}", self.user_name));
        digest.iter().take(8).fold(String::from("u-"), |mut subject, byte| {
            let _ = write!(subject, "{byte:02x}");
            subject
        })
    }

    /// The person whom `audience` knows as `subject`.
    pub(crate) fn known_as(subject: &str, audience: &str) -> Option<&'static Self> {
        PEOPLE.iter().find(|person| person.subject_at(audience) == subject)
    }
}
