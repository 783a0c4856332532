//! RFC 9493 subject identifiers in an ID-JAG: `sub_id`, of which `saml-nameid` is understood (ID-JAG -04 §3.2).

use alloc::string::String;

use crate::codec::json::{Json, Object};
use crate::error::{Error, ErrorCode};
use crate::text::is_plain;

const MAX_BYTES: usize = 1024;
const SAML_NAMEID: &str = "saml-nameid";

/// A `sub_id` claim. It names the same user as `sub`, in another namespace; it establishes no trust.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubjectIdentifier {
    /// Format `saml-nameid`.
    SamlNameId(SamlNameId),
    /// A format that is not understood: ignored, unless the server needs one (JAG4-008).
    Other {
        /// The `format` member.
        format: String,
    },
}

/// The NameID that the IdP's SAML side sends to this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamlNameId {
    /// The SAML issuer (entity id).
    pub issuer: String,
    /// The NameID's value.
    pub nameid: String,
    /// NameID `Format`.
    pub nameid_format: Option<String>,
    /// NameID `NameQualifier`.
    pub name_qualifier: Option<String>,
    /// NameID `SPNameQualifier`.
    pub sp_name_qualifier: Option<String>,
    /// NameID `SPProvidedID`.
    pub sp_provided_id: Option<String>,
}

impl SubjectIdentifier {
    /// Reads `sub_id`; fails with `subject_identifier_unusable` when it is no object with a string `format`,
    /// or a `saml-nameid` with a missing or mistyped member (JAG4-003).
    pub(crate) fn from_json(claim: &Json<'_>) -> Result<Self, Error> {
        const UNUSABLE: Error = Error::new(ErrorCode::SubjectIdentifierUnusable);
        let object = claim.as_object().ok_or(UNUSABLE)?;
        let format = required(object, "format").ok_or(UNUSABLE)?;
        if format != SAML_NAMEID {
            return Ok(Self::Other { format });
        }
        SamlNameId::from_json(object).map(Self::SamlNameId).ok_or(UNUSABLE)
    }

    /// The claim's value.
    pub(crate) fn to_json(&self) -> Json<'static> {
        let mut object = Object::new();
        match self {
            Self::Other { format } => object.set_str("format", format.clone()),
            Self::SamlNameId(name) => {
                object.set_str("format", SAML_NAMEID);
                object.set_str("issuer", name.issuer.clone());
                object.set_str("nameid", name.nameid.clone());
                for (member, value) in name.optional() {
                    if let Some(value) = value {
                        object.set_str(member, value.clone());
                    }
                }
            }
        }
        Json::Object(object)
    }
}

impl SamlNameId {
    fn from_json(object: &Object<'_>) -> Option<Self> {
        Some(Self {
            issuer: required(object, "issuer")?,
            nameid: required(object, "nameid")?,
            nameid_format: optional(object, "nameid_format")?,
            name_qualifier: optional(object, "name_qualifier")?,
            sp_name_qualifier: optional(object, "sp_name_qualifier")?,
            sp_provided_id: optional(object, "sp_provided_id")?,
        })
    }

    fn optional(&self) -> [(&'static str, &Option<String>); 4] {
        [
            ("nameid_format", &self.nameid_format),
            ("name_qualifier", &self.name_qualifier),
            ("sp_name_qualifier", &self.sp_name_qualifier),
            ("sp_provided_id", &self.sp_provided_id),
        ]
    }
}

/// How a resource authorization server resolves users by SAML NameID, for one trusted IdP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamlNameIdRule {
    /// The SAML issuer that is the same party as the IdP (JAG4-010).
    pub saml_issuer: String,
    /// Compare `nameid` and issuer alone, ignoring format and qualifiers: an explicit choice for SAML issuers
    /// whose NameIDs are unique without them (JAG4-006).
    pub dangerous_nameid_alone: bool,
}

impl SamlNameIdRule {
    /// The NameID to resolve the user by.
    ///
    /// Fails with `subject_identifier_unusable` when `sub_id` is absent, of another format, or of a SAML issuer
    /// that this rule does not tie to the IdP (JAG4-007).
    pub fn select<'c>(&self, claim: Option<&'c SubjectIdentifier>) -> Result<&'c SamlNameId, Error> {
        match claim {
            Some(SubjectIdentifier::SamlNameId(name)) if name.issuer == self.saml_issuer => Ok(name),
            _ => Err(Error::new(ErrorCode::SubjectIdentifierUnusable)),
        }
    }

    /// Whether `presented` names the account stored under `known`: every member counts, present or absent
    /// alike (JAG4-005).
    #[must_use]
    pub fn is_same(&self, presented: &SamlNameId, known: &SamlNameId) -> bool {
        let same_name = presented.issuer == known.issuer && presented.nameid == known.nameid;
        same_name && (self.dangerous_nameid_alone || presented == known)
    }
}

fn required(object: &Object<'_>, name: &str) -> Option<String> {
    object.get(name)?.as_str().filter(|text| is_plain(text, MAX_BYTES)).map(String::from)
}

fn optional(object: &Object<'_>, name: &str) -> Option<Option<String>> {
    if object.contains(name) { required(object, name).map(Some) } else { Some(None) }
}
