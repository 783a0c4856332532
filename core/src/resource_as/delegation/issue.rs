//! From a spent exchange to the derived token and the response around it (RFC 8693 §2.2.1).

use super::decide::SpentDelegation;
use crate::answer::{UnsignedAnswer, report_resources};
use crate::codec::json::Object;
use crate::delegation::downscope;
use crate::oauth::params::{SCHEME_BEARER, SCHEME_DPOP, TOKEN_TYPE_ACCESS_TOKEN};
use crate::record::{Outcome, types};
use crate::rejection::{Refusal, Rejection};
use crate::text::TokenId;
use crate::time::UnixTime;
use crate::token::AccessToken;

impl SpentDelegation<'_> {
    /// Writes the token. `token_id` is a fresh, unpredictable `jti` of the host's.
    ///
    /// Refuses with `token_expired` where the parent has expired since it was verified.
    pub fn access_token(self, token_id: TokenId, now: UnixTime) -> Result<UnsignedAnswer, Rejection> {
        let spent = self.0;
        let known = &spent.server.config().detail_types;
        let derived = match downscope(&spent.parent, &spent.asked, &spent.ceiling, known, now) {
            Ok(derived) => derived,
            Err(error) => return Err(spent.server.reject(error, spent.record, None)),
        };
        let token = AccessToken { token_id: Some(token_id.clone()), ..derived };
        let is_bound = token.confirmation.is_some();
        let jkt = token.confirmation.map(|bound| bound.jkt);
        let mut members = Object::new();
        members.set_str("issued_token_type", TOKEN_TYPE_ACCESS_TOKEN);
        members.set_str("token_type", if is_bound { SCHEME_DPOP } else { SCHEME_BEARER });
        members.set("expires_in", token.expires_at.since(now).as_secs());
        if !token.scope.is_empty() {
            members.set_str("scope", alloc::format!("{}", token.scope));
        }
        report_resources(&mut members, &spent.asked.resources.iter().collect::<alloc::vec::Vec<_>>());
        if let Some(details) = &token.details {
            members.set("authorization_details", details.to_json());
        }
        let mut record = spent.record;
        record.time = now;
        record.outcome = Outcome::Permit;
        record.target_subject.clone_from(&token.subject);
        record.actor.clone_from(&token.actor);
        record.token_id = Some(token_id);
        record.expires_at = Some(token.expires_at);
        record.jkt = jkt;
        record.details_granted = types(token.details.as_ref());
        match token.to_unsigned() {
            Ok(unsigned) => Ok(UnsignedAnswer::new(unsigned, members, spent.nonce, record)),
            Err(error) => Err(Refusal::from(error).failing(record)),
        }
    }
}
