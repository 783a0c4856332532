//! Access tokens: verified, and built.

use alloc::string::String;
use alloc::vec::Vec;

use super::claims::{
    Act, Cnf, PendingToken, SignedToken, details, prepare as pending, scope, sign as signed, some_or_all,
};
use crate::codec::json::Object;
use crate::error::Error;
use crate::jose::Unsigned;
use crate::text::{Acr, Amr, ClientId, Subject, TokenId};
use crate::time::UnixTime;
use crate::token::{AccessToken, AccessTokenRules, Context, MayAct, RelaxedClaims, UnverifiedAccessToken};
use crate::uri::{ResourceId, Transport};
use crate::wire::declare::{input, names};
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::operation::{Operation, operations};
use crate::wire::read::{Details, Document, OneOrMany};
use crate::wire::shared::{Alg, LimitOptions, WindowOptions, allowed, issuer, key_set, transport};
use crate::wire::tokens::context::context_claim;
use crate::wire::write::{As, extended, output};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// Verifies an access token at the resource it is for, before proof, scope and policy. Use the role instead, where
    /// you can: it leaves no check out.
    Pure "access_token.verify" ["keys"] verify: VerifyAccessToken => VerifiedAccessToken;
    /// Builds and signs an access token from its claims. Use the resource authorization server's role instead, where
    /// you can: it redeems a grant for it.
    Pure "access_token.sign" ["signer"] sign: SignAccessToken => SignedToken;
    /// Builds an access token for a key that signs elsewhere; `jws.attach` adds the signature.
    Pure "access_token.prepare" [] prepare: PrepareAccessToken => PendingToken;
};

names! {
    /// A claim whose absence can be accepted.
    pub(in crate::wire) enum Relaxation {
        /// Accept a token without `sub`.
        Sub = "sub",
        /// Accept a token without `client_id`.
        ClientId = "client_id",
        /// Accept a token without `iat`.
        Iat = "iat",
        /// Accept a token without `jti`.
        Jti = "jti",
        /// Accept `typ` `JWT`, or none at all, in place of `at+jwt`.
        Typ = "typ",
    }
}

/// What an issuer is excused from.
pub(in crate::wire) fn relaxed(claims: Option<&Vec<Relaxation>>) -> RelaxedClaims {
    let has = |claim| claims.is_some_and(|claims| claims.contains(&claim));
    RelaxedClaims {
        subject: has(Relaxation::Sub),
        client_id: has(Relaxation::ClientId),
        issued_at: has(Relaxation::Iat),
        token_id: has(Relaxation::Jti),
        typ: has(Relaxation::Typ),
    }
}

input! {
    Arguments
    /// What an access token must be.
    pub(in crate::wire) struct VerifyAccessToken {
        /// The token.
        token: String,
        /// The authorization server that must have issued it.
        issuer: String,
        /// The resource it must be for: your identifier.
        resource: String,
        /// Further identifiers of your resource that are accepted.
        resource_aliases: Option<Vec<String>>,
        /// Compare resources after RFC 3986 normalisation.
        normalize_resource: Option<bool>,
        /// The algorithms that may be used.
        algorithms: Vec<Alg>,
        /// The issuer's keys: a key set, or a JWK Set.
        keys: Option<Document>,
        /// Claims that may be absent.
        relaxed: Option<Vec<Relaxation>>,
        /// The claim that names a conversation; `ctx` by default.
        context_claim: Option<String>,
        /// The rules of time.
        window: Option<WindowOptions>,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// An access token that holds.
    pub(in crate::wire) struct VerifiedAccessToken {
        /// Its claims.
        claims: As<VerifiedAccessTokenClaims>,
    }
}

fn verify(options: VerifyAccessToken, held: &Held) -> Result<VerifiedAccessToken, Fault> {
    let limits = LimitOptions::over_default(options.limits.as_ref());
    let algorithms = allowed(&options.algorithms, held)?;
    let transport = transport(options.dangerous_allow_http_loopback);
    let from = issuer(&options.issuer, transport)?;
    let rules = AccessTokenRules {
        issuer: &from,
        resource: &ResourceId::new(&options.resource, transport)?,
        resource_aliases: options.resource_aliases.as_deref().unwrap_or_default(),
        normalize_resource: options.normalize_resource.unwrap_or_default(),
        algorithms: &algorithms,
        window: WindowOptions::over(options.window.as_ref(), Default::default())?,
        relaxed: relaxed(options.relaxed.as_ref()),
        context: &context_claim(options.context_claim.as_deref())?,
        limits: &limits,
    };
    let token = UnverifiedAccessToken::parse(&options.token, &limits).map_err(Fault::at_resource)?;
    let keys = key_set(held, 0, options.keys.as_ref(), &from, &algorithms, &limits)?;
    let token = token.verify(&keys, &rules, options.now).map_err(Fault::at_resource)?;
    Ok(VerifiedAccessToken { claims: As::new(token.to_json()) })
}

extended! {
    /// The claims of an access token that holds, with those that the issuer added under names of its own.
    pub(in crate::wire) struct VerifiedAccessTokenClaims of AccessTokenClaims;
}

input! {
    Protocol
    /// The claims of an access token (RFC 9068 §2.2).
    pub(in crate::wire) struct AccessTokenClaims {
        /// The authorization server.
        iss: String,
        /// The user, as that server knows it.
        sub: Option<Subject>,
        /// The resources it is for.
        aud: Option<OneOrMany>,
        /// The client.
        client_id: Option<ClientId>,
        /// The token's own id.
        jti: Option<TokenId>,
        /// When it was issued, in seconds since 1970.
        iat: Option<UnixTime>,
        /// When it expires, in seconds since 1970.
        exp: UnixTime,
        /// The scope, space-separated.
        scope: Option<String>,
        /// Rich authorization (RFC 9396).
        authorization_details: Option<Details>,
        /// Who acts for the user.
        act: Option<Act>,
        /// Who may act in tokens derived from this one, where that is limited.
        may_act: Option<Object<'static>>,
        /// The key it is bound to.
        cnf: Option<Cnf>,
        /// When the user signed on, in seconds since 1970.
        auth_time: Option<UnixTime>,
        /// How the user signed on.
        acr: Option<Acr>,
        /// By which methods the user signed on.
        amr: Option<Vec<Amr>>,
        /// The ID-JAG it stems from, by its `jti`.
        jag_jti: Option<TokenId>,
        /// The tokens it was derived from, by their `jti`, its parent first.
        ancestors: Option<Vec<TokenId>>,
        /// The conversation it is for.
        ctx: Option<String>,
    }
}

impl AccessTokenClaims {
    fn unsigned(self, claim: Option<&str>, extra: Option<Object<'static>>) -> Result<Unsigned, Error> {
        let claim = context_claim(claim)?;
        let token = AccessToken {
            issuer: issuer(&self.iss, Transport::HttpsOnly)?,
            subject: self.sub,
            audience: self.aud.map(|aud| aud.0).unwrap_or_default(),
            client_id: self.client_id,
            token_id: self.jti,
            issued_at: self.iat,
            expires_at: self.exp,
            scope: self.scope.as_deref().map(scope).transpose()?.unwrap_or_default(),
            details: self.authorization_details.as_ref().map(details).transpose()?,
            actor: self.act.map(Act::build),
            may_act: self.may_act.map(MayAct::new),
            confirmation: self.cnf.map(Cnf::build).transpose()?,
            auth_time: self.auth_time,
            acr: self.acr,
            amr: self.amr.unwrap_or_default(),
            grant_id: self.jag_jti,
            ancestors: self.ancestors.unwrap_or_default(),
            context: self.ctx.map(|text| Context::new(claim, text)).transpose()?,
            extra: extra.unwrap_or_default(),
        };
        token.to_unsigned()
    }
}

input! {
    Arguments
    /// An access token to build.
    pub(in crate::wire) struct SignAccessToken {
        /// The claims.
        claims: AccessTokenClaims,
        /// The claim as which `ctx` is written; `ctx` by default.
        context_claim: Option<String>,
        /// Claims of your own, under names without a registered meaning.
        extra: Option<Object<'static>>,
    }
}

fn sign(options: SignAccessToken, held: &Held) -> Result<SignedToken, Fault> {
    signed(held, 0, &options.claims.unsigned(options.context_claim.as_deref(), options.extra)?)
}

input! {
    Arguments
    /// An access token to build for a key elsewhere.
    pub(in crate::wire) struct PrepareAccessToken {
        /// The claims.
        claims: AccessTokenClaims,
        /// The claim as which `ctx` is written; `ctx` by default.
        context_claim: Option<String>,
        /// Claims of your own, under names without a registered meaning.
        extra: Option<Object<'static>>,
        /// The public JWK, with its `kid`, of the key that signs.
        key: Document,
        /// The algorithms that may be used; every one by default.
        algorithms: Option<Vec<Alg>>,
    }
}

fn prepare(options: PrepareAccessToken, held: &Held) -> Result<PendingToken, Fault> {
    let algorithms = some_or_all(options.algorithms.as_deref(), held)?;
    let unsigned = options.claims.unsigned(options.context_claim.as_deref(), options.extra)?;
    pending(&options.key, &algorithms, unsigned)
}
