//! From a spent grant to the access token and the response around it (RFC 9068 §2, RFC 6749 §5.1).

use alloc::string::String;
use alloc::vec::Vec;

use super::decide::SpentGrant;
use crate::answer::{UnsignedAnswer, report_resources};
use crate::codec::json::Object;
use crate::oauth::params::{SCHEME_BEARER, SCHEME_DPOP};
use crate::record::Outcome;
use crate::rejection::{Refusal, Rejection};
use crate::text::TokenId;
use crate::time::UnixTime;
use crate::token::{AccessToken, Confirmation, reserve_context};

impl SpentGrant<'_> {
    /// Writes the token. `token_id` is a fresh, unpredictable `jti` of the host's.
    ///
    /// `sub` is the resolved user; `auth_time`, `acr` and `amr` come unchanged from the grant (R9068-006); `aud`
    /// is the granted resource and nothing wider. A claim of the host's under a registered name is `claim_reserved`,
    /// a `server_error` on the wire.
    pub fn access_token(self, token_id: TokenId, now: UnixTime) -> Result<UnsignedAnswer, Rejection> {
        let spent = self.0;
        let grant = &spent.grant;
        let audience: Vec<String> =
            spent.resources.iter().map(|resource| String::from(resource.id.as_str())).collect();
        let token = AccessToken {
            issuer: spent.server.config().issuer.clone(),
            subject: Some(spent.subject.subject),
            audience,
            client_id: Some(grant.client_id.clone()),
            token_id: Some(token_id.clone()),
            issued_at: Some(now),
            expires_at: now.plus(spent.lifetime),
            scope: spent.scope.clone(),
            details: spent.details.clone(),
            actor: grant.actor.clone(),
            may_act: grant.may_act.clone(),
            confirmation: spent.binding.map(|jkt| Confirmation { jkt }),
            auth_time: grant.auth_time,
            acr: grant.acr.clone(),
            amr: grant.amr.clone(),
            grant_id: Some(grant.token_id.clone()),
            ancestors: Vec::new(),
            context: grant.context.clone(),
            extra: spent.subject.extra,
        };
        let mut members = Object::new();
        members.set_str("token_type", if spent.binding.is_some() { SCHEME_DPOP } else { SCHEME_BEARER });
        members.set("expires_in", spent.lifetime.as_secs());
        if !spent.scope.is_empty() {
            members.set_str("scope", alloc::format!("{}", spent.scope));
        }
        let resources: Vec<_> = spent.resources.iter().map(|resource| &resource.id).collect();
        report_resources(&mut members, &resources);
        if let Some(details) = &spent.details {
            members.set("authorization_details", details.to_json());
        }
        let mut record = spent.record;
        record.target_subject.clone_from(&token.subject);
        record.time = now;
        record.outcome = Outcome::Permit;
        record.token_id = Some(token_id);
        record.expires_at = Some(token.expires_at);
        record.jkt = spent.binding;
        let reserved = reserve_context(&spent.server.config().context_claim, &token.extra);
        match reserved.and_then(|()| token.to_unsigned()) {
            Ok(unsigned) => Ok(UnsignedAnswer::new(unsigned, members, spent.nonce, record)),
            Err(error) => Err(Refusal::from(error).failing(record)),
        }
    }
}
