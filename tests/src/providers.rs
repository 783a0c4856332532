//! Whose signatures a run uses: verdicts are the same whoever computes them.

use core::sync::atomic::{AtomicUsize, Ordering};

use idjag::crypto::{Provider, rustcrypto};
use idjag::wire::Crypto;

/// A provider, and a table's choice of it.
pub struct Choice {
    /// What it is called.
    pub name: &'static str,
    /// What verifies.
    pub provider: Provider,
    crypto: Crypto,
}

/// The providers there are. ES256 is signed by the default provider in each: vectors hold exact tokens.
pub static CHOICES: [Choice; 2] = [
    Choice { name: "rustcrypto", provider: rustcrypto::PROVIDER, crypto: Crypto::RUST },
    Choice {
        name: "aws-lc",
        provider: idjag_aws_lc::PROVIDER,
        crypto: Crypto::new::<rustcrypto::Private, idjag_aws_lc::Private>(idjag_aws_lc::PROVIDER),
    },
];

static CHOSEN: AtomicUsize = AtomicUsize::new(0);

/// Lets everything that follows use the choice at `index`.
pub fn choose(index: usize) {
    assert!(index < CHOICES.len(), "there is no such provider");
    CHOSEN.store(index, Ordering::Relaxed);
}

fn chosen() -> &'static Choice {
    &CHOICES[CHOSEN.load(Ordering::Relaxed)]
}

/// What verifies.
pub(crate) fn provider() -> &'static Provider {
    &chosen().provider
}

/// What a table of the wire is made with.
pub(crate) fn crypto() -> &'static Crypto {
    &chosen().crypto
}
