//! ID Tokens: verified, and built.

use alloc::string::String;
use alloc::vec::Vec;

use super::claims::{SignedToken, sign as signed};
use crate::codec::json::Object;
use crate::text::{Acr, Amr, ClientId, Nonce, SessionId, Subject, Tenant, TokenId};
use crate::time::{Seconds, UnixTime};
use crate::token::{IdToken, IdTokenRules, UnverifiedIdToken, VerifiedIdToken};
use crate::uri::Transport;
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::operation::{Operation, operations};
use crate::wire::read::Document;
use crate::wire::shared::{Alg, LimitOptions, WindowOptions, allowed, issuer, key_set, transport};
use crate::wire::write::output;

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// Verifies an ID Token: as the subject token of an exchange, or after a sign-on.
    Pure "id_token.verify" ["keys"] verify: VerifyIdToken => VerifiedIdTokenAnswer;
    /// Builds and signs an ID Token from its claims.
    Pure "id_token.sign" ["signer"] sign: SignIdToken => SignedToken;
};

input! {
    Arguments
    /// What an ID Token must be.
    pub(in crate::wire) struct VerifyIdToken {
        /// The token.
        token: String,
        /// The OpenID provider that must have issued it.
        issuer: String,
        /// The client it must have been issued to: for a subject token, the one that authenticated.
        client_id: ClientId,
        /// Further audiences that are trusted beside the client; usually none.
        trusted_audiences: Option<Vec<String>>,
        /// The nonce of the sign-on, where you ran it.
        nonce: Option<Nonce>,
        /// The greatest age of the sign-on itself, in seconds: makes `auth_time` required.
        max_authentication_age: Option<Seconds>,
        /// The algorithms that may be used.
        algorithms: Vec<Alg>,
        /// The issuer's keys: a key set, or a JWK Set.
        keys: Option<Document>,
        /// The rules of time.
        window: Option<WindowOptions>,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take an `http` issuer on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// An ID Token that holds.
    pub(in crate::wire) struct VerifiedIdTokenAnswer {
        /// Its claims.
        claims: UserClaims,
    }
}

output! {
    /// What a verified ID Token says about the user and the sign-on.
    pub(in crate::wire) struct UserClaims {
        /// The OpenID provider.
        iss: String,
        /// The user, in the provider's namespace; a pairwise value belongs to the client, not to others.
        sub: String,
        /// When it was issued, in seconds since 1970.
        iat: UnixTime,
        /// When it expires, in seconds since 1970.
        exp: UnixTime,
        /// When the user signed on, in seconds since 1970.
        auth_time: Option<UnixTime>,
        /// How the user signed on.
        acr: Option<String>,
        /// By which methods the user signed on.
        amr: Vec<String>,
        /// The tenant of the issuer.
        tenant: Option<String>,
        /// The session of the sign-on at the OpenID provider.
        sid: Option<String>,
        /// The token's own id.
        jti: Option<String>,
        /// Who may act for the user, where the token limits it (RFC 8693 §4.4).
        may_act: Option<Object<'static>>,
    }
}

impl From<VerifiedIdToken> for UserClaims {
    fn from(token: VerifiedIdToken) -> Self {
        Self {
            iss: String::from(token.issuer.as_str()),
            sub: String::from(token.subject.as_str()),
            iat: token.issued_at,
            exp: token.expires_at,
            auth_time: token.auth_time,
            acr: token.acr.as_ref().map(Acr::as_str).map(String::from),
            amr: token.amr.iter().map(Amr::as_str).map(String::from).collect(),
            tenant: token.tenant.as_ref().map(Tenant::as_str).map(String::from),
            sid: token.session_id.as_ref().map(SessionId::as_str).map(String::from),
            jti: token.token_id.as_ref().map(TokenId::as_str).map(String::from),
            may_act: token.may_act,
        }
    }
}

fn verify(options: VerifyIdToken, held: &Held) -> Result<VerifiedIdTokenAnswer, Fault> {
    let limits = LimitOptions::over_default(options.limits.as_ref());
    let algorithms = allowed(&options.algorithms, held)?;
    let from = issuer(&options.issuer, transport(options.dangerous_allow_http_loopback))?;
    let rules = IdTokenRules {
        issuer: &from,
        client_id: &options.client_id,
        trusted_audiences: options.trusted_audiences.as_deref().unwrap_or_default(),
        nonce: options.nonce.as_ref(),
        max_authentication_age: options.max_authentication_age,
        algorithms: &algorithms,
        window: WindowOptions::over(options.window.as_ref(), Default::default())?,
        limits: &limits,
    };
    let token = UnverifiedIdToken::parse(&options.token, &limits).map_err(Fault::at_token_endpoint)?;
    let keys = key_set(held, 0, options.keys.as_ref(), &from, &algorithms, &limits)?;
    let token = token.verify(&keys, &rules, options.now).map_err(Fault::at_token_endpoint)?;
    Ok(VerifiedIdTokenAnswer { claims: UserClaims::from(token) })
}

input! {
    Protocol
    /// The claims of an ID Token (OpenID Connect Core §2).
    pub(in crate::wire) struct IdTokenClaims {
        /// The OpenID provider.
        iss: String,
        /// The user, as this client knows it.
        sub: Subject,
        /// The client.
        aud: ClientId,
        /// When it was issued, in seconds since 1970.
        iat: UnixTime,
        /// When it expires, in seconds since 1970.
        exp: UnixTime,
        /// When the user signed on, in seconds since 1970.
        auth_time: Option<UnixTime>,
        /// The nonce of the authorization request.
        nonce: Option<Nonce>,
        /// How the user signed on.
        acr: Option<Acr>,
        /// By which methods the user signed on.
        amr: Option<Vec<Amr>>,
        /// The tenant of the issuer.
        tenant: Option<Tenant>,
        /// The session of the sign-on.
        sid: Option<SessionId>,
        /// The token's own id.
        jti: Option<TokenId>,
    }
}

input! {
    Arguments
    /// An ID Token to build.
    pub(in crate::wire) struct SignIdToken {
        /// The claims.
        claims: IdTokenClaims,
    }
}

fn sign(options: SignIdToken, held: &Held) -> Result<SignedToken, Fault> {
    let claims = options.claims;
    let token = IdToken {
        issuer: issuer(&claims.iss, Transport::HttpsOnly)?,
        subject: claims.sub,
        audience: claims.aud,
        issued_at: claims.iat,
        expires_at: claims.exp,
        auth_time: claims.auth_time,
        nonce: claims.nonce,
        acr: claims.acr,
        amr: claims.amr.unwrap_or_default(),
        tenant: claims.tenant,
        session_id: claims.sid,
        token_id: claims.jti,
    };
    signed(held, 0, &token.to_unsigned())
}
