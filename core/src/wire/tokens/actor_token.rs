//! Actor tokens: verified.

use alloc::string::String;
use alloc::vec::Vec;

use super::claims::{Act, Cnf};
use crate::time::UnixTime;
use crate::token::{ActorTokenRules, UnverifiedActorToken};
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::operation::{Operation, operations};
use crate::wire::read::Document;
use crate::wire::shared::{Alg, LimitOptions, WindowOptions, allowed, issuer, key_set, transport};
use crate::wire::write::{As, output};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// Verifies the actor token of an exchange (RFC 8693 §2.1). The identity provider's role does this itself.
    Pure "actor_token.verify" ["keys"] verify: VerifyActorToken => VerifiedActorAnswer;
};

input! {
    Arguments
    /// What an actor token must be.
    pub(in crate::wire) struct VerifyActorToken {
        /// The token.
        token: String,
        /// Who must have issued it.
        issuer: String,
        /// The identity provider it must be for: your issuer identifier.
        audience: String,
        /// Its `typ`.
        typ: String,
        /// The algorithms that may be used.
        algorithms: Vec<Alg>,
        /// The issuer's keys: a key set, or a JWK Set.
        keys: Option<Document>,
        /// The rules of time.
        window: Option<WindowOptions>,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take `http` issuers on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// An actor whose token holds.
    pub(in crate::wire) struct VerifiedActorAnswer {
        /// What becomes the `act` claim.
        act: As<Act>,
        /// The key that the actor's own token is bound to.
        cnf: Option<As<Cnf>>,
    }
}

fn verify(options: VerifyActorToken, held: &Held) -> Result<VerifiedActorAnswer, Fault> {
    let limits = LimitOptions::over_default(options.limits.as_ref());
    let algorithms = allowed(&options.algorithms, held)?;
    let transport = transport(options.dangerous_allow_http_loopback);
    let from = issuer(&options.issuer, transport)?;
    let rules = ActorTokenRules {
        issuer: &from,
        audience: &issuer(&options.audience, transport)?,
        typ: &options.typ,
        algorithms: &algorithms,
        window: WindowOptions::over(options.window.as_ref(), Default::default())?,
        limits: &limits,
    };
    let token = UnverifiedActorToken::parse(&options.token, &limits).map_err(Fault::at_token_endpoint)?;
    let keys = key_set(held, 0, options.keys.as_ref(), &from, &algorithms, &limits)?;
    let actor = token.verify(&keys, &rules, options.now).map_err(Fault::at_token_endpoint)?;
    Ok(VerifiedActorAnswer {
        act: As::new(actor.actor.to_json()),
        cnf: actor.confirmation.map(|confirmation| As::new(confirmation.to_json())),
    })
}
