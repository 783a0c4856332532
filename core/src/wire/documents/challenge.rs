//! `WWW-Authenticate`: written by a resource, read by a client.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::arrived::algorithms;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::challenge::{Challenge, ChallengeBuilder, Challenges, Realm};
use crate::text::{Acr, Nonce};
use crate::time::Seconds;
use crate::uri::{Transport, Url};
use crate::wire::answer::HttpAnswer;
use crate::wire::declare::{input, names};
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::operation::{Operation, operations};
use crate::wire::shared::{LimitOptions, transport};
use crate::wire::tokens::claims::scope;
use crate::wire::write::{list, output};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// The response of a protected resource that refuses a request. The role does this itself.
    Pure "challenge.build" [] build: BuildChallenge => HttpAnswer;
    /// Reads the `WWW-Authenticate` fields of a response.
    Pure "challenge.parse" [] parse: ParseChallenge => ParsedChallenges;
};

names! {
    /// How an access token is presented.
    pub(in crate::wire) enum Scheme {
        /// RFC 6750.
        Bearer = "Bearer",
        /// RFC 9449.
        Dpop = "DPoP",
    }
}

input! {
    Arguments
    /// A resource, and why it refuses.
    pub(in crate::wire) struct BuildChallenge {
        /// How the resource takes tokens.
        schemes: Vec<Scheme>,
        /// Where the resource's metadata is.
        resource_metadata: String,
        /// What a proof may be signed with; needed for `DPoP`.
        algs: Option<Vec<String>>,
        /// A protection space.
        realm: Option<String>,
        /// The error code; leave it out when no credentials were sent.
        code: Option<String>,
        /// The scope that the request needs, space-separated.
        scope: Option<String>,
        /// How old the sign-on may be, in seconds.
        max_age: Option<Seconds>,
        /// The classes of sign-on of which any will do.
        acr_values: Option<Vec<Acr>>,
        /// A nonce for the next proof.
        nonce: Option<Nonce>,
        /// Also take an `http` address on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

fn build(options: BuildChallenge, _: &Held) -> Result<HttpAnswer, Fault> {
    let url = Url::new(&options.resource_metadata, transport(options.dangerous_allow_http_loopback))?;
    let algs = algorithms(options.algs.as_ref())?.unwrap_or_default();
    let takes = |scheme| options.schemes.contains(&scheme);
    let mut builder = match (takes(Scheme::Bearer), takes(Scheme::Dpop)) {
        (true, false) => ChallengeBuilder::bearer(url),
        (false, true) => ChallengeBuilder::dpop(url, &algs)?,
        (true, true) => ChallengeBuilder::bearer_and_dpop(url, &algs)?,
        (false, false) => return Err(Error::config("schemes").into()),
    };
    if let Some(realm) = options.realm {
        builder = builder.realm(Realm::new(realm)?);
    }
    if let Some(code) = &options.code {
        let code = ErrorCode::ALL.iter().find(|known| known.as_str() == code);
        builder = builder.refusal(&Error::new(*code.ok_or(Error::config("code"))?));
    }
    if let Some(text) = &options.scope {
        builder = builder.scope(&scope(text)?);
    }
    if let Some(max_age) = options.max_age {
        builder = builder.max_age(max_age);
    }
    let builder = builder.acr_values(options.acr_values.as_deref().unwrap_or_default())?;
    Ok(HttpAnswer::from(builder.respond(options.nonce.as_ref())))
}

input! {
    Arguments
    /// The challenges of a response.
    pub(in crate::wire) struct ParseChallenge {
        /// The value of every `WWW-Authenticate` field, in order.
        www_authenticate: Vec<String>,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take an `http` address on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

output! {
    /// The challenges of a response.
    pub(in crate::wire) struct ParsedChallenges {
        /// The challenges in order; at least one.
        challenges: Vec<ParsedChallenge>,
        /// Where the resource's metadata is, whichever challenge says so.
        resource_metadata: Option<String>,
    }
}

output! {
    /// One challenge: a scheme with parameters, or with one `token68`. What is empty is left out.
    pub(in crate::wire) struct ParsedChallenge {
        /// The scheme, in lower case.
        scheme: String,
        /// Every parameter, unescaped; names in lower case.
        parameters: Option<BTreeMap<String, String>>,
        /// What schemes such as `Negotiate` have instead of parameters.
        token68: Option<String>,
        /// Why the request was refused.
        error: Option<String>,
        /// The scope that the operation needs, space-separated.
        scope: Option<String>,
        /// Where the resource's metadata is.
        resource_metadata: Option<String>,
        /// How old the sign-on may be, in seconds.
        max_age: Option<Seconds>,
        /// The classes of sign-on, in order of preference.
        acr_values: Option<Vec<String>>,
        /// What a proof may be signed with, as the server names it.
        algs: Option<Vec<String>>,
    }
}

fn parse(options: ParseChallenge, _: &Held) -> Result<ParsedChallenges, Fault> {
    let limits = LimitOptions::over_default(options.limits.as_ref());
    let transport = transport(options.dangerous_allow_http_loopback);
    let challenges = Challenges::parse(options.www_authenticate.iter().map(String::as_str), &limits)?;
    let views = challenges.iter().map(|challenge| view(challenge, transport, &limits));
    Ok(ParsedChallenges {
        challenges: views.collect::<Result<_, _>>()?,
        resource_metadata: challenges.resource_metadata(transport)?.map(|url| String::from(url.as_str())),
    })
}

fn view(challenge: &Challenge, transport: Transport, limits: &Limits) -> Result<ParsedChallenge, Error> {
    let owned = |(name, value)| (String::from(name), String::from(value));
    let mut parameters = BTreeMap::new();
    for (name, value) in challenge.parameters().map(owned) {
        parameters.insert(name, value);
    }
    let acr_values = challenge.acr_values()?;
    Ok(ParsedChallenge {
        scheme: String::from(challenge.scheme()),
        parameters: Some(parameters).filter(|parameters| !parameters.is_empty()),
        token68: challenge.token68().map(String::from).filter(|text| !text.is_empty()),
        error: challenge.error()?.map(String::from),
        scope: challenge.scope(limits)?.map(|scope| scope.to_string()),
        resource_metadata: challenge.resource_metadata(transport)?.map(|url| String::from(url.as_str())),
        max_age: challenge.max_age()?,
        acr_values: list(acr_values.iter().map(Acr::as_str)),
        algs: list(challenge.algs()),
    })
}
