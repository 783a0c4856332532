//! RFC 8414 §3.2, RFC 9728 §3.2, RFC 7591 §2: members of a metadata document, read strictly and written
//! sparingly.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::codec::json::{Json, Object};
use crate::crypto::Algorithm;
use crate::error::{Error, ErrorCode};
use crate::scope::{Scope, ScopeToken};
use crate::text::is_plain;
use crate::uri::{Transport, Url};

/// The longest accepted string in a document, in bytes.
const MAX_TEXT_BYTES: usize = 2048;

/// The members of a document. A member that is there but of the wrong form is an error, `null` included; one
/// that is not there is not.
pub(crate) struct Members<'o> {
    object: &'o Object<'o>,
    malformed: ErrorCode,
}

impl<'o> Members<'o> {
    /// Strings in one array; the response's size caps them too.
    const MAX_STRINGS: usize = 1024;

    /// The members of `object`; one of the wrong form fails with `malformed`.
    pub(crate) const fn new(object: &'o Object<'o>, malformed: ErrorCode) -> Self {
        Self { object, malformed }
    }

    /// That `name` is missing or of the wrong form.
    pub(crate) const fn fault(&self, name: &'static str) -> Error {
        Error::with_detail(self.malformed, name)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.object.contains(name)
    }

    /// A non-empty string without control characters.
    pub(crate) fn text(&self, name: &'static str) -> Result<Option<&'o str>, Error> {
        match self.object.get(name) {
            None => Ok(None),
            Some(value) => {
                value.as_str().filter(|text| is_plain(text, MAX_TEXT_BYTES)).map(Some).ok_or(self.fault(name))
            }
        }
    }

    /// An array of such strings (JAG-088); empty when absent.
    pub(crate) fn texts(&self, name: &'static str) -> Result<Vec<&'o str>, Error> {
        let Some(value) = self.object.get(name) else { return Ok(Vec::new()) };
        let items = value.as_array().filter(|items| items.len() <= Self::MAX_STRINGS);
        let items = items.ok_or(self.fault(name))?;
        let text = |item: &'o Json<'o>| item.as_str().filter(|text| is_plain(text, MAX_TEXT_BYTES));
        items.iter().map(|item| text(item).ok_or(self.fault(name))).collect()
    }

    /// The same, owned.
    pub(crate) fn strings(&self, name: &'static str) -> Result<Vec<String>, Error> {
        Ok(self.texts(name)?.into_iter().map(String::from).collect())
    }

    /// A boolean; absent means no.
    pub(crate) fn flag(&self, name: &'static str) -> Result<bool, Error> {
        self.object.get(name).map_or(Ok(false), |value| value.as_bool().ok_or(self.fault(name)))
    }

    pub(crate) fn object(&self, name: &'static str) -> Result<Option<&'o Object<'o>>, Error> {
        self.object.get(name).map(|value| value.as_object().ok_or(self.fault(name))).transpose()
    }

    /// An address; fails with `url_insecure` when it is not https (MCP-033, MCP-035).
    pub(crate) fn url(&self, name: &'static str, transport: Transport) -> Result<Option<Url>, Error> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        Url::new(text, transport).map(Some).map_err(|error| match error.code() {
            ErrorCode::UrlInsecure => Error::with_detail(ErrorCode::UrlInsecure, name),
            _ => self.fault(name),
        })
    }

    /// Scope tokens in an array.
    pub(crate) fn scope(&self, name: &'static str) -> Result<Scope, Error> {
        let tokens = self.texts(name)?.into_iter().map(ScopeToken::new);
        tokens.collect::<Result<Scope, _>>().map_err(|_| self.fault(name))
    }

    /// The algorithms of ours that an array names; others, `none` and symmetric ones among them, are dropped.
    pub(crate) fn algorithms(&self, name: &'static str) -> Result<Option<Vec<Algorithm>>, Error> {
        if !self.contains(name) {
            return Ok(None);
        }
        let mut found = Vec::new();
        for algorithm in self.texts(name)?.into_iter().filter_map(Algorithm::from_name) {
            if !found.contains(&algorithm) {
                found.push(algorithm);
            }
        }
        Ok(Some(found))
    }
}

/// Sets an array of strings, unless it would be empty (R8414-004, R9728-005).
pub(crate) fn set_strings<'s>(
    document: &mut Object<'static>,
    name: &'static str,
    items: impl IntoIterator<Item = &'s str>,
) {
    let mut items = items.into_iter().map(String::from).peekable();
    if items.peek().is_some() {
        document.set(name, Json::strings(items));
    }
}

/// Sets an array of algorithm names, unless it would be empty.
pub(crate) fn set_algorithms(
    document: &mut Object<'static>,
    name: &'static str,
    items: Option<&[Algorithm]>,
) {
    set_strings(document, name, items.unwrap_or_default().iter().map(|algorithm| algorithm.name()));
}

/// Sets an address, if there is one.
pub(crate) fn set_url(document: &mut Object<'static>, name: &'static str, url: Option<&Url>) {
    if let Some(url) = url {
        document.set_str(name, url.to_string());
    }
}

/// Sets a boolean when it holds; absent means no.
pub(crate) fn set_true(document: &mut Object<'static>, name: &'static str, holds: bool) {
    if holds {
        document.set(name, true);
    }
}
