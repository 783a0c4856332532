//! From a decision to the ID-JAG and the response around it (ID-JAG §3, §4.3.4).

use alloc::vec::Vec;

use super::{IdpAuthorizationServer, VerifiedSubject};
use crate::answer::{UnsignedAnswer, report_resources};
use crate::codec::json::Object;
use crate::details::AuthorizationDetails;
use crate::oauth::params::{TOKEN_TYPE_ID_JAG, TOKEN_TYPE_NOT_APPLICABLE};
use crate::record::{DecisionRecord, Outcome};
use crate::rejection::{Refusal, Rejection};
use crate::replay::{FirstUse, ReplayKey, ReplayKeys};
use crate::scope::Scope;
use crate::text::{ClientId, Email, Nonce, Subject, Tenant, TokenId};
use crate::time::{Seconds, UnixTime};
use crate::token::{Actor, Confirmation, Context, IdJag, SubjectIdentifier, reserve_context};
use crate::uri::{Issuer, ResourceId};

/// An exchange that policy permits. What it grants is never more than what was asked.
#[derive(Clone, Debug)]
pub struct AuthorizedExchange<'s> {
    pub(super) server: &'s IdpAuthorizationServer,
    pub(super) record: DecisionRecord,
    pub(super) subject: Subject,
    pub(super) audience: Issuer,
    pub(super) client_id: ClientId,
    pub(super) resources: Vec<ResourceId>,
    pub(super) scope: Option<Scope>,
    pub(super) details: Option<AuthorizationDetails>,
    pub(super) actor: Option<Actor>,
    pub(super) confirmation: Option<Confirmation>,
    pub(super) tenant: Option<Tenant>,
    pub(super) audience_tenant: Option<Tenant>,
    pub(super) audience_subject: Option<Subject>,
    pub(super) email: Option<Email>,
    pub(super) subject_identifier: Option<SubjectIdentifier>,
    pub(super) sign_on: VerifiedSubject,
    pub(super) lifetime: Seconds,
    pub(super) context: Option<Context>,
    pub(super) extra: Object<'static>,
    pub(super) replay_keys: ReplayKeys,
    pub(super) nonce: Option<Nonce>,
}

/// An exchange whose client assertion and proof have been used just now: what is left is to write the token.
#[derive(Clone, Debug)]
pub struct SpentExchange<'s>(AuthorizedExchange<'s>);

impl<'s> AuthorizedExchange<'s> {
    /// The scope that will be granted; `None` when there is none.
    #[must_use]
    pub const fn scope(&self) -> Option<&Scope> {
        self.scope.as_ref()
    }

    /// What to record in the replay store, in this order; see [`ReplayKeys`].
    #[must_use]
    pub const fn replay_keys(&self) -> &ReplayKeys {
        &self.replay_keys
    }

    /// Asks a synchronous store. Refuses with `token_replayed` or `store_unavailable`.
    pub fn first_use(
        self,
        store: impl FnMut(&ReplayKey) -> FirstUse,
    ) -> Result<SpentExchange<'s>, Rejection> {
        let answers = self.replay_keys.ask(store);
        self.answered(&answers)
    }

    /// Takes the answers of an asynchronous store, in the order of [`Self::replay_keys`]. Refuses with
    /// `token_replayed` or `store_unavailable`.
    pub fn answered(self, answers: &[FirstUse]) -> Result<SpentExchange<'s>, Rejection> {
        match self.replay_keys.check(answers) {
            Ok(()) => Ok(SpentExchange(self)),
            Err(error) => Err(self.server.reject(error, self.record, None)),
        }
    }
}

impl SpentExchange<'_> {
    /// Writes the ID-JAG. `token_id` is a fresh, unpredictable `jti` of the host's.
    ///
    /// `auth_time`, `acr` and `amr` come unchanged from the sign-on (JAG-017); `cnf` is there exactly when a proof
    /// was (JAG-103, JAG-104). A claim of the host's under a registered name is `claim_reserved`, a `server_error` on the
    /// wire.
    pub fn id_jag(self, token_id: TokenId, now: UnixTime) -> Result<UnsignedAnswer, Rejection> {
        let spent = self.0;
        let config = spent.server.config();
        let token = IdJag {
            issuer: config.issuer.clone(),
            subject: spent.subject,
            audience: spent.audience,
            client_id: spent.client_id,
            token_id: token_id.clone(),
            issued_at: now,
            expires_at: now.plus(spent.lifetime),
            resources: spent.resources,
            scope: spent.scope,
            details: spent.details,
            actor: spent.actor,
            may_act: None,
            confirmation: spent.confirmation,
            tenant: spent.tenant,
            audience_tenant: spent.audience_tenant,
            audience_subject: spent.audience_subject,
            auth_time: spent.sign_on.auth_time,
            acr: spent.sign_on.acr,
            amr: spent.sign_on.amr,
            email: spent.email,
            subject_identifier: spent.subject_identifier,
            context: spent.context,
            extra: spent.extra,
        };
        let mut members = Object::new();
        members.set_str("issued_token_type", TOKEN_TYPE_ID_JAG);
        members.set_str("token_type", TOKEN_TYPE_NOT_APPLICABLE);
        members.set("expires_in", spent.lifetime.as_secs());
        if let Some(scope) = &token.scope {
            members.set_str("scope", alloc::format!("{scope}"));
        }
        if let Some(details) = &token.details {
            members.set("authorization_details", details.to_json());
        }
        if config.report_resource {
            report_resources(&mut members, &token.resources.iter().collect::<Vec<_>>());
        }
        let mut record = spent.record;
        record.time = now;
        record.outcome = Outcome::Permit;
        record.token_id = Some(token_id.clone());
        record.grant_id = Some(token_id);
        record.expires_at = Some(token.expires_at);
        let reserved = reserve_context(&config.context_claim, &token.extra);
        match reserved.and_then(|()| token.to_unsigned()) {
            Ok(unsigned) => Ok(UnsignedAnswer::new(unsigned, members, spent.nonce, record)),
            Err(error) => Err(Refusal::from(error).failing(record)),
        }
    }
}
