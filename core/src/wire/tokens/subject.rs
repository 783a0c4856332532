//! Finding a user by the SAML NameID of an ID-JAG.

use alloc::string::String;

use super::claims::SubId;
use crate::error::{Error, ErrorCode};
use crate::token::{SamlNameId, SamlNameIdRule, TokenKind};
use crate::wire::declare::{input, names};
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::operation::{Operation, operations};
use crate::wire::write::output;

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// The NameID of a verified ID-JAG, when it names the account: fails with `subject_unknown` when it names
    /// another, and with `subject_identifier_unusable` when no account can be found by it.
    Pure "saml_nameid.match" [] matching: NameIdQuestion => MatchedNameId;
    /// Whether the NameID of a verified ID-JAG names the account, for going through several accounts. Fails with
    /// `subject_identifier_unusable` when no account can be found by it.
    Pure "saml_nameid.same" [] same: NameIdQuestion => SameNameId;
};

input! {
    Arguments
    /// A NameID, and an account it may name.
    pub(in crate::wire) struct NameIdQuestion {
        /// The SAML issuer that the identity provider speaks for.
        saml_issuer: String,
        /// Compare the NameID alone, without its qualifiers.
        dangerous_nameid_alone: Option<bool>,
        /// The `sub_id` of the verified claims.
        sub_id: Option<SubId>,
        /// The NameID stored with the account.
        account: StoredNameId,
    }
}

input! {
    Protocol
    /// The NameID of an account: the `sub_id` that was once verified, or its parts.
    pub(in crate::wire) struct StoredNameId {
        /// The kind of name; left out, it is `saml-nameid`, and it can be no other.
        format: Option<StoredFormat>,
        /// The SAML issuer.
        issuer: String,
        /// The NameID.
        nameid: String,
        /// Its format.
        nameid_format: Option<String>,
        /// Its NameQualifier.
        name_qualifier: Option<String>,
        /// Its SPNameQualifier.
        sp_name_qualifier: Option<String>,
        /// Its SPProvidedID.
        sp_provided_id: Option<String>,
    }
}

names! {
    /// The kind of name that is understood.
    pub(in crate::wire) enum StoredFormat {
        /// A SAML NameID.
        SamlNameId = "saml-nameid",
    }
}

impl From<StoredNameId> for SamlNameId {
    fn from(stored: StoredNameId) -> Self {
        let StoredNameId {
            format: None | Some(StoredFormat::SamlNameId),
            issuer,
            nameid,
            nameid_format,
            name_qualifier,
            sp_name_qualifier,
            sp_provided_id,
        } = stored;
        Self { issuer, nameid, nameid_format, name_qualifier, sp_name_qualifier, sp_provided_id }
    }
}

output! {
    /// A NameID that names the account.
    pub(in crate::wire) struct MatchedNameId {
        /// Its value.
        nameid: String,
    }
}

output! {
    /// Whether a NameID names the account.
    pub(in crate::wire) struct SameNameId {
        /// Whether it does.
        same: bool,
    }
}

fn matching(question: NameIdQuestion, _: &Held) -> Result<MatchedNameId, Fault> {
    match question.answer()? {
        (presented, true) => Ok(MatchedNameId { nameid: presented.nameid }),
        (_, false) => Err(at_token_endpoint(ErrorCode::SubjectUnknown.into())),
    }
}

fn same(question: NameIdQuestion, _: &Held) -> Result<SameNameId, Fault> {
    question.answer().map(|(_, same)| SameNameId { same })
}

impl NameIdQuestion {
    /// The NameID presented, and whether it is the account's.
    fn answer(self) -> Result<(SamlNameId, bool), Fault> {
        let rule = SamlNameIdRule {
            saml_issuer: self.saml_issuer,
            dangerous_nameid_alone: self.dangerous_nameid_alone.unwrap_or_default(),
        };
        let account = SamlNameId::from(self.account);
        let claim = self.sub_id.map(SubId::build);
        let presented = rule.select(claim.as_ref()).map_err(at_token_endpoint)?;
        Ok((presented.clone(), rule.is_same(presented, &account)))
    }
}

/// As the endpoint answers that redeems the ID-JAG.
fn at_token_endpoint(error: Error) -> Fault {
    Fault::on_the_wire(error, Some(TokenKind::IdJag.error_at_token_endpoint()))
}
