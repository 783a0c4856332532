//! ID-JAGs: verified, and built.

use alloc::string::String;
use alloc::vec::Vec;

use super::claims::{Act, Cnf, SubId, details, each_resource, scope, sign};
use crate::codec::json::Object;
use crate::error::Error;
use crate::text::{Acr, Amr, ClientId, Email, Subject, Tenant, TokenId};
use crate::time::UnixTime;
use crate::token::{Context, ContextClaim, IdJag, IdJagRules, MayAct, UnverifiedIdJag, VerifiedIdJag};
use crate::uri::Transport;
use crate::wire::answer::ReplayKeyAnswer;
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::operation::{Operation, operations};
use crate::wire::read::{Details, Document, OneOrMany};
use crate::wire::shared::{Alg, LimitOptions, WindowOptions, allowed, issuer, key_set, transport};
use crate::wire::tokens::claims::SignedToken;
use crate::wire::tokens::context::context_claim;
use crate::wire::write::{As, extended, output};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// Verifies an ID-JAG at the resource authorization server it is for, before policy, proof and replay.
    /// Use the role instead, where you can: it leaves no check out.
    Pure "id_jag.verify" ["keys"] verify: VerifyIdJag => VerifiedIdJagAnswer;
    /// Builds and signs an ID-JAG from its claims. Use the identity provider's role instead, where you can: it asks
    /// the policy.
    Pure "id_jag.sign" ["signer"] sign_id_jag: SignIdJag => SignedToken;
};

input! {
    Arguments
    /// What an ID-JAG must be.
    pub(in crate::wire) struct VerifyIdJag {
        /// The token.
        token: String,
        /// The identity provider that must have issued it.
        issuer: String,
        /// The resource authorization server it must be for: your issuer identifier.
        audience: String,
        /// Other spellings of `audience` that are accepted.
        audience_aliases: Option<Vec<String>>,
        /// The client that presented it, as authenticated.
        client_id: ClientId,
        /// The algorithms that may be used.
        algorithms: Vec<Alg>,
        /// The issuer's keys: a key set, or a JWK Set.
        keys: Option<Document>,
        /// The claim that names a conversation; `ctx` by default.
        context_claim: Option<String>,
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
    /// An ID-JAG that holds.
    pub(in crate::wire) struct VerifiedIdJagAnswer {
        /// Its claims.
        claims: As<VerifiedIdJagClaims>,
        /// What to record so that it is used once.
        replay_key: ReplayKeyAnswer,
    }
}

fn verify(options: VerifyIdJag, held: &Held) -> Result<VerifiedIdJagAnswer, Fault> {
    let verified = verified(&options, held)?;
    Ok(VerifiedIdJagAnswer {
        claims: As::new(verified.claims().to_json()),
        replay_key: ReplayKeyAnswer::from(&verified.replay_key()),
    })
}

fn verified(options: &VerifyIdJag, held: &Held) -> Result<VerifiedIdJag, Fault> {
    let limits = LimitOptions::over_default(options.limits.as_ref());
    let algorithms = allowed(&options.algorithms, held)?;
    let transport = transport(options.dangerous_allow_http_loopback);
    let from = issuer(&options.issuer, transport)?;
    let rules = IdJagRules {
        issuer: &from,
        audience: &issuer(&options.audience, transport)?,
        audience_aliases: options.audience_aliases.as_deref().unwrap_or_default(),
        client_id: &options.client_id,
        algorithms: &algorithms,
        window: WindowOptions::over(options.window.as_ref(), Default::default())?,
        context: &context_claim(options.context_claim.as_deref())?,
        limits: &limits,
    };
    let token = UnverifiedIdJag::parse(&options.token, &limits).map_err(Fault::at_token_endpoint)?;
    let keys = key_set(held, 0, options.keys.as_ref(), &from, &algorithms, &limits)?;
    token.verify(&keys, &rules, options.now).map_err(Fault::at_token_endpoint)
}

extended! {
    /// The claims of an ID-JAG that holds, with those that the issuer added under names of its own.
    pub(in crate::wire) struct VerifiedIdJagClaims of IdJagClaims;
}

input! {
    Protocol
    /// The claims of an ID-JAG (draft-ietf-oauth-identity-assertion-authz-grant §3).
    pub(in crate::wire) struct IdJagClaims {
        /// The identity provider.
        iss: String,
        /// The user, in the issuer's namespace (and tenant's).
        sub: Subject,
        /// The resource authorization server, and nobody else.
        aud: String,
        /// The client as that server knows it.
        client_id: ClientId,
        /// The token's own id.
        jti: TokenId,
        /// When it was issued, in seconds since 1970.
        iat: UnixTime,
        /// When it expires, in seconds since 1970.
        exp: UnixTime,
        /// The resources it is for.
        resource: Option<OneOrMany>,
        /// The scope, space-separated.
        scope: Option<String>,
        /// Rich authorization (RFC 9396).
        authorization_details: Option<Details>,
        /// Who acts for the user.
        act: Option<Act>,
        /// Who may act with the access token and those derived from it, where that is limited.
        may_act: Option<Object<'static>>,
        /// The key it is bound to.
        cnf: Option<Cnf>,
        /// The tenant of the issuer.
        tenant: Option<Tenant>,
        /// The tenant of the resource authorization server.
        aud_tenant: Option<Tenant>,
        /// The user as the resource authorization server knows it.
        aud_sub: Option<Subject>,
        /// When the user signed on, in seconds since 1970.
        auth_time: Option<UnixTime>,
        /// How the user signed on.
        acr: Option<Acr>,
        /// By which methods the user signed on.
        amr: Option<Vec<Amr>>,
        /// A hint for account linking.
        email: Option<Email>,
        /// The user by another kind of name (RFC 9493).
        sub_id: Option<SubId>,
        /// The conversation it is for.
        ctx: Option<String>,
    }
}

input! {
    Arguments
    /// An ID-JAG to build.
    pub(in crate::wire) struct SignIdJag {
        /// The claims.
        claims: IdJagClaims,
        /// The claim as which `ctx` is written; `ctx` by default.
        context_claim: Option<String>,
        /// Claims of your own, under names without a registered meaning.
        extra: Option<Object<'static>>,
    }
}

fn sign_id_jag(options: SignIdJag, held: &Held) -> Result<SignedToken, Fault> {
    let claim = context_claim(options.context_claim.as_deref())?;
    sign(held, 0, &options.claims.build(&claim, options.extra)?.to_unsigned()?)
}

impl IdJagClaims {
    fn build(self, claim: &ContextClaim, extra: Option<Object<'static>>) -> Result<IdJag, Error> {
        let https = Transport::HttpsOnly;
        Ok(IdJag {
            issuer: issuer(&self.iss, https)?,
            subject: self.sub,
            audience: issuer(&self.aud, https)?,
            client_id: self.client_id,
            token_id: self.jti,
            issued_at: self.iat,
            expires_at: self.exp,
            resources: each_resource(self.resource.as_ref())?,
            scope: self.scope.as_deref().map(scope).transpose()?,
            details: self.authorization_details.as_ref().map(details).transpose()?,
            actor: self.act.map(Act::build),
            may_act: self.may_act.map(MayAct::new),
            confirmation: self.cnf.map(Cnf::build).transpose()?,
            tenant: self.tenant,
            audience_tenant: self.aud_tenant,
            audience_subject: self.aud_sub,
            auth_time: self.auth_time,
            acr: self.acr,
            amr: self.amr.unwrap_or_default(),
            email: self.email,
            subject_identifier: self.sub_id.map(SubId::build),
            context: self.ctx.map(|text| Context::new(claim.clone(), text)).transpose()?,
            extra: extra.unwrap_or_default(),
        })
    }
}
