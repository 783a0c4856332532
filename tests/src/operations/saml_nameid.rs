//! `saml_nameid.match`: whether the `sub_id` of a verified ID-JAG names an account (ID-JAG -04 §3.2).
//!
//! config `{saml_issuer, dangerous_nameid_alone?}` · input `{sub_id?, account}`, the NameID stored with the account ·
//! output `{nameid}`

use idjag::token::{SamlNameId, SamlNameIdRule, SubjectIdentifier, TokenKind};
use idjag::{Error, ErrorCode};
use serde::Deserialize;
use serde_json::json;

use super::id_jag::SubId;
use crate::format::{Config, Failure, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    saml_issuer: String,
    #[serde(default)]
    dangerous_nameid_alone: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Candidate {
    sub_id: Option<SubId>,
    account: SubId,
}

pub(super) fn matches(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let (settings, candidate): (Settings, Candidate) = (config.read(), input.read());
    let rule = SamlNameIdRule {
        saml_issuer: settings.saml_issuer,
        dangerous_nameid_alone: settings.dangerous_nameid_alone,
    };
    let SubjectIdentifier::SamlNameId(account) = candidate.account.build() else {
        panic!("the account of the vector has a NameID")
    };
    let claim = candidate.sub_id.map(SubId::build);
    let presented = select(&rule, claim.as_ref(), &account).map_err(|error| Failure {
        code: error.code().as_str().into(),
        oauth: Some(TokenKind::IdJag.error_at_token_endpoint().as_str().into()),
    })?;
    Ok(json!({"nameid": presented.nameid}))
}

fn select<'c>(
    rule: &SamlNameIdRule,
    claim: Option<&'c SubjectIdentifier>,
    account: &SamlNameId,
) -> Result<&'c SamlNameId, Error> {
    let presented = rule.select(claim)?;
    if rule.is_same(presented, account) { Ok(presented) } else { Err(ErrorCode::SubjectUnknown.into()) }
}
