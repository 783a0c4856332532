//! What to revoke when a policy takes the place of another.

use alloc::string::String;
use alloc::vec::Vec;

use crate::policy::{Withdrawal, WithdrawalTimes};
use crate::time::{Seconds, UnixTime};
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::shared::{issuer, overwrite, transport};
use crate::wire::state::{RevocationEntry, written};
use crate::wire::write::{As, output};

input! {
    Arguments
    /// Whose sign-ons and grants end, and how long what was issued may live.
    pub(in crate::wire) struct WithdrawalOptions {
        /// The identity provider's issuer identifier.
        idp: String,
        /// How far the clocks of issuers may be ahead, in seconds; 60 by default. What they issue for so long is revoked with
        /// the rest.
        clock_skew: Option<Seconds>,
        /// The longest lifetime of an ID-JAG, in seconds; an hour by default.
        id_jag_lifetime: Option<Seconds>,
        /// The longest lifetime of an access token, in seconds; an hour by default.
        access_token_lifetime: Option<Seconds>,
        /// The longest lifetime of an ID Token, in seconds; a day by default.
        id_token_lifetime: Option<Seconds>,
        /// How long after its end somebody may still take a token, in seconds; 300 by default.
        tolerance: Option<Seconds>,
        /// Also take an `http` issuer on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// What must end.
    pub(in crate::wire) struct Withdrawn {
        /// What to revoke, party by party.
        withdrawals: Vec<PartyWithdrawal>,
    }
}

output! {
    /// What to add to the list of one party, and to no other's.
    pub(in crate::wire) struct PartyWithdrawal {
        /// The server's id in the policy; left out for the identity provider, whose entries end sign-ons.
        server: Option<String>,
        /// The party's issuer identifier.
        issuer: String,
        /// The entries.
        entries: Vec<As<RevocationEntry>>,
    }
}

impl From<&Withdrawal> for PartyWithdrawal {
    fn from(withdrawal: &Withdrawal) -> Self {
        Self {
            server: withdrawal.server.as_ref().map(|server| String::from(server.as_str())),
            issuer: String::from(withdrawal.issuer.as_str()),
            entries: withdrawal.entries.iter().map(written).collect(),
        }
    }
}

pub(super) fn withdrawals(options: WithdrawalOptions, held: &Held) -> Result<Withdrawn, Fault> {
    let (policy, former) = (held.policy(0)?, held.maybe_policy(1)?);
    let idp = issuer(&options.idp, transport(options.dangerous_allow_http_loopback))?;
    let mut times = WithdrawalTimes::default();
    overwrite!(times from options: clock_skew, id_jag_lifetime, access_token_lifetime, id_token_lifetime, tolerance);
    let withdrawals = policy.withdrawals(former.map(AsRef::as_ref), &idp, &times, options.now);
    Ok(Withdrawn { withdrawals: withdrawals.iter().map(PartyWithdrawal::from).collect() })
}
