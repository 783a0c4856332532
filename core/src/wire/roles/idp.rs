//! The identity provider: a user's assertion becomes an ID-JAG, or a SAML assertion a refresh token.

use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::idp_client::{ClientProgress, ClientRequest, authenticate_client};
use super::idp_config::IdpOptions;
use super::idp_subject::{AttestedSubject, DirectoryUser, ExchangeSubject};
use super::material::{
    ActorNeed, ArrivedRequest, ClientRecord, IssueStep, Issued, NonceOptions, ParseStep, SpendStep, client,
};
use super::record::DecisionRecord;
use super::steps::{in_order, not_here};
use crate::crypto::Thumbprint;
use crate::idp::{
    DirectorySubject, ExchangeMaterial, ExchangeNeeds as Needs, HostAttestedSubject, IdpAuthorizationServer,
    SubjectNeed as Need, VerifiedExchange,
};
use crate::policy::Policy;
use crate::replay::ReplayKeys;
use crate::secret::Secret;
use crate::text::KeyId;
use crate::time::{Seconds, UnixTime};
use crate::wire::answer::{HttpAnswer, ReplayKeyAnswer};
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::{Handle, Held};
use crate::wire::operation::{Operation, operations};
use crate::wire::tokens::claims::scope;
use crate::wire::write::{As, output};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// An identity provider, configured once.
    Make "idp.new" [] new: IdpOptions => IdpAnswer;
    /// A token exchange, step by step: `parse`, `verify`, `target`, `authorize`, `spend`, `issue`; or, where `verify`
    /// answers that the client wants a refresh token, `parse`, `verify`, `refresh`, `spend`, `respond`. `keys` are the
    /// provider's own, `actor_keys` those of the actor token's issuer.
    Pure "idp.exchange" ["server", "keys", "actor_keys", "client", "policy", "signer", "revocations"] exchange: ExchangeRequest => ExchangeProgress;
    /// Client authentication alone, step by step, for the other grants of the same token endpoint.
    Pure "idp.authenticate_client" ["server", "client"] authenticate_client: ClientRequest => ClientProgress;
};

output! {
    /// An identity provider.
    pub(in crate::wire) struct IdpAnswer {
        /// Its issuer identifier.
        issuer: String,
        /// The types of authorization details that some audience takes: for its metadata.
        detail_types: Vec<String>,
    }
}

fn new(options: IdpOptions, held: &Held) -> Result<(Handle, IdpAnswer), Fault> {
    let server = IdpAuthorizationServer::new(options.build(held)?)?;
    let config = server.config();
    let answer = IdpAnswer {
        issuer: String::from(config.issuer.as_str()),
        detail_types: config.detail_type_names().into_iter().map(String::from).collect(),
    };
    Ok((Handle::Idp(Arc::new(server)), answer))
}

input! {
    Arguments
    /// A token exchange, and the steps to take.
    pub(in crate::wire) struct ExchangeRequest {
        /// The request.
        request: ArrivedRequest,
        /// Takes it apart; answers `needs`.
        parse: ParseStep,
        /// Verifies client, proof, subject token and actor token; answers `subject` and `wants_refresh_token`.
        verify: Option<VerifyExchangeStep>,
        /// Finds what the grant is for in the policy; answers `audience`, `subject` and `client_id`.
        target: Option<TargetStep>,
        /// Decides what is granted; answers `scope` and `replay_keys`.
        authorize: Option<AuthorizeExchangeStep>,
        /// In place of `target` and `authorize`, decides about a refresh token; answers `replay_keys`.
        refresh: Option<RefreshStep>,
        /// Takes the replay store's answers; for a refresh token, answers `scope` and `bound_to`, to be stored with it.
        spend: Option<SpendStep>,
        /// Writes the ID-JAG; answers `response` and `record`, or `signing_input`.
        issue: Option<IssueStep>,
        /// In place of `issue`, hands out the refresh token that you made; answers `response`, `record`, `scope` and
        /// `bound_to`.
        respond: Option<RespondStep>,
    }
}

input! {
    Arguments
    /// What you found for `needs`. Without `keys` no ID Token can be verified.
    pub(in crate::wire) struct VerifyExchangeStep {
        /// The client's registration; leave it out when there is no such client.
        client: Option<ClientRecord>,
        /// Your word for a subject token that is no ID Token; leave it out when you do not know the token.
        attested: Option<AttestedSubject>,
        /// The nonces that proofs must carry; leave it out when none is required.
        nonce: Option<NonceOptions>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

input! {
    Arguments
    /// Asks `policy` what the grant is for.
    pub(in crate::wire) struct TargetStep {}
}

input! {
    Arguments
    /// What your directory knows of the user.
    pub(in crate::wire) struct AuthorizeExchangeStep {
        /// The user, as known for this audience; leave it out when there is no such user.
        user: Option<DirectoryUser>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

input! {
    Arguments
    /// What a refresh token may be for.
    pub(in crate::wire) struct RefreshStep {
        /// The scopes that you grant this user and client, space-separated: `openid offline_access` among them.
        offered: String,
    }
}

input! {
    Arguments
    /// The refresh token that you made: opaque, stored with the user, `scope` and `bound_to`, and revocable.
    pub(in crate::wire) struct RespondStep {
        /// The token.
        refresh_token: Secret,
        /// How long it lives, in seconds.
        expires_in: Seconds,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// What to look up before an exchange can be verified.
    pub(in crate::wire) struct ExchangeNeeds {
        /// Whose registration.
        client_id: String,
        /// What of the subject token.
        subject: SubjectNeed,
        /// Whose key set, if there is an actor token.
        actor: Option<ActorNeed>,
    }
}

output! {
    /// What of the subject token.
    pub(in crate::wire) struct SubjectNeed {
        /// `id_token`: your own key set. `refresh_token`, `saml2`: your word.
        kind: &'static str,
        /// Of an ID Token: the key it claims; a set without it is worth one refresh.
        kid: Option<String>,
        /// Of the others: the token, for you to verify. It must not be logged.
        token: Option<String>,
    }
}

fn kid(kid: Option<&KeyId>) -> Option<String> {
    kid.map(|kid| String::from(kid.as_str()))
}

impl From<Needs<'_>> for ExchangeNeeds {
    fn from(needs: Needs<'_>) -> Self {
        let verified_by_host =
            |kind, token: &Secret| SubjectNeed { kind, kid: None, token: Some(String::from(token.expose())) };
        Self {
            client_id: String::from(needs.client_id.as_str()),
            subject: match needs.subject {
                Need::IdToken(claimed) => SubjectNeed { kind: "id_token", kid: kid(claimed), token: None },
                Need::RefreshToken(token) => verified_by_host("refresh_token", token),
                Need::Saml2(token) => verified_by_host("saml2", token),
            },
            actor: needs.actor.map(ActorNeed::from),
        }
    }
}

output! {
    /// What the last step taken answers.
    pub(in crate::wire) struct ExchangeProgress {
        /// After `parse`: what to look up.
        needs: Option<ExchangeNeeds>,
        /// After `verify` and `target`: the user, as the subject token names it.
        subject: Option<ExchangeSubject>,
        /// After `verify`: whether `refresh` is next, and not `target`.
        wants_refresh_token: Option<bool>,
        /// After `target`: the audience for which your directory must know the user.
        audience: Option<String>,
        /// After `target`: the client that asks.
        client_id: Option<String>,
        /// After `authorize`: the scope that will be granted. Of a refresh token, after `spend`: the scope in whose
        /// context to store it. Left out when there is none.
        scope: Option<String>,
        /// After `authorize` and `refresh`: what to record, in this order, stopping at the first that is not new.
        replay_keys: Option<Vec<ReplayKeyAnswer>>,
        /// Of a refresh token, after `spend`: the thumbprint of the key to store with it, and to state with every later
        /// use. Left out when it is not bound.
        bound_to: Option<String>,
        /// After `issue` with `key`: the bytes to sign, base64url.
        signing_input: Option<String>,
        /// After `issue` and `respond`: the response to send.
        response: Option<HttpAnswer>,
        /// After `issue` and `respond`: the record to keep.
        record: Option<As<DecisionRecord>>,
    }
}

/// Before any step.
const NOTHING: ExchangeProgress = ExchangeProgress {
    needs: None,
    subject: None,
    wants_refresh_token: None,
    audience: None,
    client_id: None,
    scope: None,
    replay_keys: None,
    bound_to: None,
    signing_input: None,
    response: None,
    record: None,
};

impl ExchangeRequest {
    /// The steps of one of the two ways, in its order, and none of the other.
    fn check_steps(&self) -> Result<(), Fault> {
        let target = [("target", self.target.is_some()), ("authorize", self.authorize.is_some())];
        let refresh = ("refresh", self.refresh.is_some());
        let verify = ("verify", self.verify.is_some());
        let spend = ("spend", self.spend.is_some());
        let issue = ("issue", self.issue.is_some());
        let respond = ("respond", self.respond.is_some());
        let [found, decided] = target;
        if self.refresh.is_some() {
            not_here(&[found, decided, issue])?;
            in_order(&[verify, refresh, spend, respond])
        } else {
            not_here(&[respond])?;
            in_order(&[verify, found, decided, spend, issue])
        }
    }
}

fn exchange(call: ExchangeRequest, held: &Held) -> Result<ExchangeProgress, Fault> {
    call.check_steps()?;
    let server = held.idp(0)?;
    let pending = server.parse(&call.request.to_http(), call.parse.now)?;
    let Some(verify) = call.verify else {
        return Ok(ExchangeProgress { needs: Some(pending.needs().into()), ..NOTHING });
    };
    let client = client(held, 3, verify.client.as_ref())?;
    let attested: Option<HostAttestedSubject> = verify.attested.map(AttestedSubject::build).transpose()?;
    let material = ExchangeMaterial {
        client: client.as_ref(),
        own_keys: held.maybe_key_set(1)?.map(AsRef::as_ref),
        attested: attested.as_ref(),
        actor_keys: held.maybe_key_set(2)?.map(AsRef::as_ref),
        revocations: held.maybe_revocations(6)?.map(AsRef::as_ref),
        nonce: NonceOptions::rule(verify.nonce.as_ref()),
    };
    let verified = pending.verify(&material, verify.now)?;
    if call.target.is_none() && call.refresh.is_none() {
        return Ok(ExchangeProgress {
            subject: Some(ExchangeSubject::from(verified.subject())),
            wants_refresh_token: Some(verified.wants_refresh_token()),
            ..NOTHING
        });
    }
    let policy: &Policy = held.policy(4)?;
    if let Some(refresh) = &call.refresh {
        return renew(verified, policy, refresh, call.spend.as_ref(), call.respond.as_ref());
    }
    let targeted = verified.target(policy)?;
    let Some(authorize) = call.authorize else {
        return Ok(ExchangeProgress {
            subject: Some(ExchangeSubject::from(targeted.subject())),
            audience: Some(String::from(targeted.audience().as_str())),
            client_id: Some(String::from(targeted.client_id().as_str())),
            ..NOTHING
        });
    };
    let user = authorize.user.map(DirectorySubject::from);
    let authorized = targeted.authorize(user.as_ref(), authorize.now)?;
    let Some(spend) = call.spend else {
        return Ok(ExchangeProgress {
            scope: authorized.scope().map(|scope| scope.to_string()),
            replay_keys: Some(replay_keys(authorized.replay_keys())),
            ..NOTHING
        });
    };
    let spent = authorized.answered(&spend.answers())?;
    let Some(issue) = call.issue else { return Ok(NOTHING) };
    let unsigned = spent.id_jag(issue.token_id()?, issue.now)?;
    Ok(match issue.sign(unsigned, held, 5)? {
        Issued::Pending(input) => ExchangeProgress { signing_input: Some(input), ..NOTHING },
        Issued::Done(response, record) => {
            ExchangeProgress { response: Some(response), record: Some(record), ..NOTHING }
        }
    })
}

fn replay_keys(keys: &ReplayKeys) -> Vec<ReplayKeyAnswer> {
    keys.iter().map(ReplayKeyAnswer::from).collect()
}

/// The way of a refresh token.
fn renew(
    verified: VerifiedExchange<'_>,
    policy: &Policy,
    refresh: &RefreshStep,
    spend: Option<&SpendStep>,
    respond: Option<&RespondStep>,
) -> Result<ExchangeProgress, Fault> {
    let authorized = verified.refresh_token(policy, &scope(&refresh.offered)?)?;
    let Some(spend) = spend else {
        let replay_keys = Some(replay_keys(authorized.replay_keys()));
        return Ok(ExchangeProgress { replay_keys, ..NOTHING });
    };
    let spent = authorized.answered(&spend.answers())?;
    let scope = Some(spent.scope()).filter(|scope| !scope.is_empty()).map(|scope| scope.to_string());
    let bound_to = spent.binding().as_ref().map(Thumbprint::to_base64url);
    let Some(respond) = respond else { return Ok(ExchangeProgress { scope, bound_to, ..NOTHING }) };
    let (response, record) = spent.into_response(&respond.refresh_token, respond.expires_in, respond.now);
    Ok(ExchangeProgress {
        scope,
        bound_to,
        response: Some(HttpAnswer::from(response)),
        record: Some(As::new(record.to_json())),
        ..NOTHING
    })
}
