//! RFC 7515 §4: the JOSE header, read strictly.

use alloc::vec::Vec;
use core::fmt;

use crate::codec::json::{Caps, Document, Json, Object, Value};
use crate::crypto::Algorithm;
use crate::error::{Error, ErrorCode};
use crate::text::KeyId;

/// A JOSE header. `jku`, `x5u`, `x5c` and the like are never read; `jwk` is, by DPoP alone.
#[derive(Clone)]
pub struct Header {
    document: Document,
    algorithm: Option<Algorithm>,
    kid: Option<KeyId>,
}

impl Header {
    /// Reads the decoded header segment.
    ///
    /// Fails with `header_malformed`, `duplicate_member`, `json_too_deep`, `too_many_values`, `critical_header_unsupported` (no
    /// extension is implemented, so every non-empty `crit` is one too many) or `token_nested`.
    pub(crate) fn parse(bytes: Vec<u8>, caps: Caps) -> Result<Self, Error> {
        const MALFORMED: ErrorCode = ErrorCode::HeaderMalformed;
        let document = Document::parse(bytes, caps).map_err(|fault| fault.or(MALFORMED))?;
        let header = Members(document.root());
        if document.root().members().is_none() {
            return Err(Error::new(MALFORMED));
        }
        header.refuse_critical()?;
        let alg = header.text("alg")?.ok_or(Error::with_detail(MALFORMED, "alg"))?;
        if header.text("cty")?.is_some_and(|cty| media_type_is(cty, "JWT")) {
            return Err(Error::new(ErrorCode::TokenNested));
        }
        let kid = header.text("kid")?.map(KeyId::new).transpose();
        if header.get("jwk").is_some_and(|jwk| jwk.members().is_none()) {
            return Err(Error::with_detail(MALFORMED, "jwk"));
        }
        let kid = kid.map_err(|_| Error::with_detail(MALFORMED, "kid"))?;
        header.text("typ")?;
        let algorithm = Algorithm::from_name(alg);
        Ok(Self { document, algorithm, kid })
    }

    fn typ(&self) -> Option<&str> {
        Members(self.document.root()).get("typ")?.as_str()
    }

    /// The algorithm, when it is one that exists here.
    #[must_use]
    pub const fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm
    }

    /// The key that the sender says was used: a hint for choosing among the issuer's keys.
    #[must_use]
    pub const fn kid(&self) -> Option<&KeyId> {
        self.kid.as_ref()
    }

    /// The `jwk` member: only a DPoP proof brings its own key.
    pub(crate) fn jwk(&self) -> Option<Object<'_>> {
        match Members(self.document.root()).get("jwk")?.to_json() {
            Json::Object(jwk) => Some(jwk),
            _ => None,
        }
    }

    /// Whether there is a `typ`.
    #[must_use]
    pub fn has_typ(&self) -> bool {
        self.typ().is_some()
    }

    /// Whether `typ` is that of a profile: RFC 8725 §3.11 ends them all in `+jwt`.
    #[must_use]
    pub fn is_profile_typ(&self) -> bool {
        let suffix =
            |typ: &str| typ.len().checked_sub(4).and_then(|at| typ.get(at..).map(str::to_ascii_lowercase));
        self.typ().and_then(suffix).as_deref() == Some("+jwt")
    }

    /// Whether `typ` is `expected` as a media type: without case, with or without `application/` (AMB-009).
    #[must_use]
    pub fn is_typ(&self, expected: &str) -> bool {
        self.typ().is_some_and(|typ| media_type_is(typ, expected))
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { algorithm, kid, .. } = self;
        f.debug_struct("Header").field("algorithm", algorithm).field("kid", kid).finish_non_exhaustive()
    }
}

fn media_type_is(found: &str, expected: &str) -> bool {
    const PREFIX: &str = "application/";
    let bare = match found.get(..PREFIX.len()) {
        Some(prefix) if prefix.eq_ignore_ascii_case(PREFIX) => found.get(PREFIX.len()..).unwrap_or_default(),
        _ => found,
    };
    bare.eq_ignore_ascii_case(expected)
}

/// The members of a header.
#[derive(Clone, Copy)]
struct Members<'h>(Value<'h>);

impl<'h> Members<'h> {
    fn get(self, name: &str) -> Option<Value<'h>> {
        self.0.members()?.find(|value| value.name() == name)
    }

    fn text(self, name: &'static str) -> Result<Option<&'h str>, Error> {
        let malformed = Error::with_detail(ErrorCode::HeaderMalformed, name);
        self.get(name).map(|value| value.as_str().ok_or(malformed)).transpose()
    }

    fn refuse_critical(self) -> Result<(), Error> {
        let Some(critical) = self.get("crit") else { return Ok(()) };
        let is_name = |name: Value<'_>| name.as_str().is_some();
        if critical.items().is_some_and(|mut names| names.len() > 0 && names.all(is_name)) {
            Err(Error::new(ErrorCode::CriticalHeaderUnsupported))
        } else {
            Err(Error::with_detail(ErrorCode::HeaderMalformed, "crit"))
        }
    }
}
