//! The claims that several kinds of token share, and signing what is built of them.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::codec::base64url;
use crate::codec::json::{Json, Object};
use crate::crypto::{Algorithms, Thumbprint};
use crate::details::AuthorizationDetails;
use crate::error::{Error, ErrorCode};
use crate::jose::{PublicKey, PublicKeys, Unsigned};
use crate::limits::Limits;
use crate::scope::Scope;
use crate::text::Subject;
use crate::token::{Actor, Confirmation, SamlNameId, SubjectIdentifier};
use crate::uri::{ResourceId, Transport};
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::read::{Details, Document, OneOrMany};
use crate::wire::shared::{Alg, allowed};
use crate::wire::write::output;

input! {
    Protocol
    /// Who acts for the user (RFC 8693 §4.1); the actors before it are nested inside.
    pub(in crate::wire) struct Act {
        /// The namespace of `sub`.
        iss: Option<String>,
        /// The actor.
        sub: Subject,
        /// What kind of actor this is.
        sub_profile: Option<String>,
        /// Who acted before.
        act: Option<Box<Act>>,
    }
}

impl Act {
    pub(in crate::wire) fn build(self) -> Actor {
        self.to_actor()
    }

    pub(in crate::wire) fn to_actor(&self) -> Actor {
        let link = |act: &Self, prior| Actor {
            issuer: act.iss.clone(),
            subject: act.sub.clone(),
            sub_profile: act.sub_profile.clone(),
            prior,
        };
        let mut prior = Vec::new();
        let mut next = self.act.as_ref();
        while let Some(before) = next {
            prior.push(link(before, Vec::new()));
            next = before.act.as_ref();
        }
        link(self, prior)
    }
}

input! {
    Protocol
    /// The key a token is bound to (RFC 7800).
    pub(in crate::wire) struct Cnf {
        /// Its RFC 7638 thumbprint, SHA-256, base64url.
        jkt: String,
    }
}

impl Cnf {
    pub(in crate::wire) fn build(self) -> Result<Confirmation, Error> {
        Ok(Confirmation { jkt: Thumbprint::parse(&self.jkt)? })
    }
}

input! {
    Protocol
    /// A user by another kind of name (RFC 9493). `saml-nameid` is understood.
    pub(in crate::wire) struct SubId {
        /// The kind of name.
        format: String,
        /// The SAML issuer.
        issuer: Option<String>,
        /// The NameID.
        nameid: Option<String>,
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

/// The format of `sub_id` that is understood.
const SAML_NAMEID: &str = "saml-nameid";

impl SubId {
    pub(in crate::wire) fn build(self) -> SubjectIdentifier {
        match (self.issuer, self.nameid) {
            (Some(issuer), Some(nameid)) if self.format == SAML_NAMEID => {
                SubjectIdentifier::SamlNameId(SamlNameId {
                    issuer,
                    nameid,
                    nameid_format: self.nameid_format,
                    name_qualifier: self.name_qualifier,
                    sp_name_qualifier: self.sp_name_qualifier,
                    sp_provided_id: self.sp_provided_id,
                })
            }
            _ => SubjectIdentifier::Other { format: self.format },
        }
    }
}

/// A scope value.
pub(in crate::wire) fn scope(text: &str) -> Result<Scope, Error> {
    Scope::parse(text, &Limits::DEFAULT)
}

/// `authorization_details`.
pub(in crate::wire) fn details(details: &Details) -> Result<AuthorizationDetails, Error> {
    AuthorizationDetails::from_json(&details.0, &Limits::DEFAULT)
}

/// Resource identifiers.
pub(in crate::wire) fn each_resource(texts: Option<&OneOrMany>) -> Result<Vec<ResourceId>, Error> {
    let texts = texts.map(|texts| texts.0.as_slice()).unwrap_or_default();
    texts.iter().map(|text| ResourceId::new(text, Transport::HttpsOnly)).collect()
}

output! {
    /// A token, and what it says.
    pub(in crate::wire) struct SignedToken {
        /// The compact JWT.
        token: String,
        /// Its header.
        header: Object<'static>,
        /// Its claims.
        claims: Object<'static>,
    }
}

/// Signs with the key in `slot`.
pub(in crate::wire) fn sign(held: &Held, slot: usize, unsigned: &Unsigned) -> Result<SignedToken, Fault> {
    let token = unsigned.clone().sign_with(held.signing_key(slot)?.as_ref())?;
    let token = token.expose();
    let mut parts = token.split('.').map(|segment| part(segment, &Limits::DEFAULT));
    let (header, claims) = (parts.next().flatten(), parts.next().flatten());
    Ok(SignedToken {
        token: String::from(token),
        header: header.ok_or(ErrorCode::TokenMalformed)?,
        claims: claims.ok_or(ErrorCode::TokenMalformed)?,
    })
}

output! {
    /// A token that waits for its signature.
    pub(in crate::wire) struct PendingToken {
        /// The bytes to sign, base64url.
        signing_input: String,
    }
}

/// What the private half of `key` has to sign.
pub(in crate::wire) fn prepare(
    key: &Document,
    algorithms: &Algorithms,
    unsigned: Unsigned,
) -> Result<PendingToken, Fault> {
    let key = PublicKey::parse(key.0.as_bytes(), algorithms, &Limits::DEFAULT)?;
    Ok(PendingToken { signing_input: base64url::encode(unsigned.signing_input(&key).as_bytes()) })
}

/// The allow-list of these algorithms; without them, of all.
pub(in crate::wire) fn some_or_all(algorithms: Option<&[Alg]>, held: &Held) -> Result<Algorithms, Error> {
    algorithms.map_or_else(|| Ok(held.crypto.allow_all()), |algorithms| allowed(algorithms, held))
}

/// The keys in `slot`, or those of `document`, whoever's they are.
pub(super) fn public_keys(
    held: &Held,
    slot: usize,
    document: Option<&Document>,
    algorithms: &Algorithms,
    limits: &Limits,
) -> Result<PublicKeys, Fault> {
    match (held.maybe_key_set(slot)?, document) {
        (Some(keys), None) => Ok(keys.keys().clone()),
        (None, Some(Document(text))) => Ok(PublicKeys::parse(text.as_bytes(), algorithms, limits)?),
        (Some(_), Some(_)) => Err(Error::config("keys are given twice").into()),
        (None, None) => Err(Error::config("keys are missing").into()),
    }
}

/// A segment of a token as JSON.
pub(super) fn part(segment: &str, limits: &Limits) -> Option<Object<'static>> {
    let bytes = base64url::decode(segment)?;
    match Json::parse(&bytes, limits.json_depth) {
        Ok(Json::Object(object)) => Some(object.into_owned()),
        _ => None,
    }
}
