//! Arguments that several operations share.

use alloc::vec::Vec;

use super::declare::{input, names};
use super::fault::Fault;
use super::handle::Held;
use super::read::Document;
use crate::crypto::{Algorithm, Algorithms};
use crate::error::Error;
use crate::jose::KeySet;
use crate::limits::Limits;
use crate::time::{Seconds, Tolerance};
use crate::token::Window;
use crate::uri::{Issuer, Transport};

names! {
    /// A signature algorithm.
    pub(super) enum Alg {
        /// ECDSA on P-256.
        Es256 = "ES256",
        /// ECDSA on P-384.
        Es384 = "ES384",
        /// Ed25519.
        EdDsa = "EdDSA",
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        Rs256 = "RS256",
        /// RSASSA-PSS with SHA-256.
        Ps256 = "PS256",
    }
}

impl From<Alg> for Algorithm {
    fn from(alg: Alg) -> Self {
        match alg {
            Alg::Es256 => Self::Es256,
            Alg::Es384 => Self::Es384,
            Alg::EdDsa => Self::EdDsa,
            Alg::Rs256 => Self::Rs256,
            Alg::Ps256 => Self::Ps256,
        }
    }
}

/// The allow-list of these algorithms.
pub(super) fn allowed(algorithms: &[Alg], held: &Held) -> Result<Algorithms, Error> {
    let named: Vec<Algorithm> = algorithms.iter().copied().map(Algorithm::from).collect();
    held.crypto.allow(&named)
}

input! {
    Arguments
    /// The rules of time.
    pub(super) struct WindowOptions {
        /// How far clocks may be apart, in seconds; at most 300, 60 by default.
        tolerance: Option<u64>,
        /// The longest lifetime that is accepted, in seconds.
        max_lifetime: Option<Seconds>,
        /// How long ago a token may have been issued, in seconds.
        max_age: Option<Seconds>,
    }
}

impl WindowOptions {
    /// The window, `default` where nothing is said.
    pub(super) fn over(this: Option<&Self>, default: Window) -> Result<Window, Error> {
        let Some(options) = this else { return Ok(default) };
        Ok(Window {
            tolerance: options.tolerance.map_or(Ok(default.tolerance), Tolerance::new)?,
            max_lifetime: options.max_lifetime.or(default.max_lifetime),
            max_age: options.max_age.or(default.max_age),
        })
    }
}

macro_rules! limits {
    ($($(#[doc = $doc:literal])* $field:ident,)*) => {
        input! {
            Arguments
            /// Caps on what a stranger can send. What is not given is the default.
            pub(super) struct LimitOptions {
                $($(#[doc = $doc])* $field: Option<usize>,)*
            }
        }

        impl LimitOptions {
            /// The caps, the defaults where nothing is said.
            pub(super) fn over_default(this: Option<&Self>) -> Limits {
                let mut limits = Limits::DEFAULT;
                if let Some(options) = this {
                    $(limits.$field = options.$field.unwrap_or(limits.$field);)*
                }
                limits
            }
        }
    };
}

limits! {
    /// Bytes of one compact JWT.
    token_bytes,
    /// Nesting of any JSON text; the outermost value counts as one.
    json_depth,
    /// Values and names in the header of a JWT, and as many in its claims, at every depth.
    token_values,
    /// Bytes of a JWK Set document.
    jwks_bytes,
    /// Keys in a JWK Set.
    jwks_keys,
    /// Bytes of a form body.
    form_bytes,
    /// Parameters in a form body.
    form_parameters,
    /// Bytes of one header value that is not a token.
    header_bytes,
    /// Bytes of an HTTP response body that a client reads.
    response_bytes,
    /// Distinct scope tokens in one scope value.
    scope_tokens,
    /// Objects in one `authorization_details` array.
    authorization_details,
    /// Resources in one request or grant.
    resources,
    /// Actors nested in one `act` claim.
    actor_depth,
}

/// Whether `http` is taken on this machine.
pub(super) fn transport(dangerous_allow_http_loopback: Option<bool>) -> Transport {
    match dangerous_allow_http_loopback {
        Some(true) => Transport::DangerousAllowHttpLoopback,
        _ => Transport::HttpsOnly,
    }
}

/// The key set in `slot`, or the one of `document`, which are keys of `issuer`.
pub(super) fn key_set(
    held: &Held,
    slot: usize,
    document: Option<&Document>,
    issuer: &Issuer,
    algorithms: &Algorithms,
    limits: &Limits,
) -> Result<KeySet, Fault> {
    match (held.maybe_key_set(slot)?, document) {
        (Some(keys), None) => Ok(KeySet::clone(keys)),
        (None, Some(Document(text))) => {
            Ok(KeySet::parse(issuer.clone(), text.as_bytes(), algorithms, limits)?)
        }
        (Some(_), Some(_)) => Err(Error::config("keys are given twice").into()),
        (None, None) => Err(Error::config("keys are missing").into()),
    }
}

/// An issuer identifier.
pub(super) fn issuer(text: &str, transport: Transport) -> Result<Issuer, Error> {
    Issuer::new(text, transport)
}

/// Overwrites the fields of a configuration that the options name.
macro_rules! overwrite {
    ($config:ident from $options:ident: $($field:ident),* $(,)?) => {
        $(if let Some(value) = $options.$field {
            $config.$field = value;
        })*
    };
}
pub(super) use overwrite;
