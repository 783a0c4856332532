//! Identifiers that are URLs: issuers, resources, endpoints. Compared verbatim, parsed to be sure of them.

use alloc::string::{String, ToString as _};
use alloc::sync::Arc;

use fluent_uri::Uri;
use fluent_uri::normalize::Normalizer;

use crate::error::{Error, ErrorCode};
use crate::text::text_access;

/// Which schemes a URL may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// `https` only.
    #[default]
    HttpsOnly,
    /// Also `http` to `127.0.0.1`, `[::1]` and `localhost`: for development and tests.
    DangerousAllowHttpLoopback,
}

/// The longest accepted URL in bytes.
const MAX_BYTES: usize = 2048;

/// Parses an absolute, hierarchical URL of an allowed scheme with a host and no user information.
fn parse(text: &str, transport: Transport) -> Result<Uri<&str>, Error> {
    if text.len() > MAX_BYTES {
        return Err(Error::new(ErrorCode::UrlMalformed));
    }
    let uri = Uri::parse(text).map_err(|_| Error::new(ErrorCode::UrlMalformed))?;
    let authority = uri.authority().ok_or(Error::new(ErrorCode::UrlMalformed))?;
    if authority.host().is_empty() || authority.has_userinfo() || authority.port_to_u16().is_err() {
        return Err(Error::new(ErrorCode::UrlMalformed));
    }
    let scheme = uri.scheme().as_str();
    let loopback = matches!(authority.host(), "127.0.0.1" | "[::1]" | "localhost");
    let allowed = scheme.eq_ignore_ascii_case("https")
        || (scheme.eq_ignore_ascii_case("http")
            && loopback
            && transport == Transport::DangerousAllowHttpLoopback);
    if allowed { Ok(uri) } else { Err(Error::new(ErrorCode::UrlInsecure)) }
}

/// RFC 3986 §6.2.2 and §6.2.3: case, percent-encoding, dot segments, default port, empty path.
fn normalized(uri: &Uri<&str>) -> Result<String, Error> {
    let normal = Normalizer::new()
        .default_port_with(fluent_uri::component::Scheme::default_port)
        .normalize(uri)
        .map_err(|_| Error::new(ErrorCode::UrlMalformed))?;
    let mut text = normal.to_string();
    if normal.path().is_empty() {
        let at = normal.as_str().find(['?', '#']).unwrap_or(text.len());
        text.insert(at, '/');
    }
    Ok(text)
}

macro_rules! url_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Cloning one copies no text.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        text_access!($name);
    };
}

url_type!(
    /// An issuer identifier (RFC 8414 §2): a URL without query and fragment, compared code point by code point.
    Issuer
);
url_type!(
    /// A resource identifier (RFC 8707 §2, RFC 9728 §1.2): a URL without fragment, compared verbatim.
    ResourceId
);
url_type!(
    /// The address of an endpoint or document: a URL without fragment.
    Url
);

impl Issuer {
    /// Checks `text`; fails with `url_malformed` or `url_insecure`.
    pub fn new(text: &str, transport: Transport) -> Result<Self, Error> {
        let uri = parse(text, transport)?;
        if uri.has_query() || uri.has_fragment() {
            return Err(Error::new(ErrorCode::UrlMalformed));
        }
        Ok(Self(text.into()))
    }

    /// RFC 8414 §3.1: the address with `/.well-known/<suffix>` between host and path.
    pub(crate) fn well_known_inserted(&self, suffix: &str) -> Url {
        Url(well_known(self.0.strip_suffix('/').unwrap_or(&self.0), suffix).into())
    }

    /// OpenID Connect Discovery §4: the address with `/.well-known/<suffix>` after the path.
    pub(crate) fn well_known_appended(&self, suffix: &str) -> Url {
        let base = self.0.strip_suffix('/').unwrap_or(&self.0);
        Url([base, "/.well-known/", suffix].concat().into())
    }

    /// Whether the issuer has a path other than `/`.
    pub(crate) fn has_path(&self) -> bool {
        !matches!(path_of(&self.0), "" | "/")
    }
}

impl ResourceId {
    /// Checks `text`; fails with `url_malformed` or `url_insecure`.
    pub fn new(text: &str, transport: Transport) -> Result<Self, Error> {
        let uri = parse(text, transport)?;
        if uri.has_fragment() {
            return Err(Error::new(ErrorCode::UrlMalformed));
        }
        Ok(Self(text.into()))
    }

    /// A resource as somebody names it: any absolute URI without fragment (RFC 8707 §2). What it is worth shows
    /// when it is compared with the configured ones. Fails with `resource_malformed`.
    pub(crate) fn indicator(text: &str) -> Result<Self, Error> {
        match Uri::parse(text) {
            Ok(uri) if text.len() <= MAX_BYTES && !uri.has_fragment() => Ok(Self(text.into())),
            _ => Err(Error::new(ErrorCode::ResourceMalformed)),
        }
    }

    /// RFC 9728 §3.1: the address of this resource's metadata.
    #[must_use]
    pub fn metadata_url(&self) -> Url {
        Url(well_known(&self.0, "oauth-protected-resource").into())
    }

    /// The address of the metadata of the resource at the root of this resource's host.
    pub(crate) fn root_metadata_url(&self) -> Url {
        Url([origin_of(&self.0), "/.well-known/oauth-protected-resource"].concat().into())
    }

    /// Whether both name the same resource after RFC 3986 §6.2.2 normalisation (opt-in of AMB-008).
    #[must_use]
    pub fn is_equivalent(&self, other: &Self) -> bool {
        match (canonical(&self.0), canonical(&other.0)) {
            (Some(left), Some(right)) => left == right,
            _ => false,
        }
    }

    /// Whether this resource's whole path segments begin `other`'s, at the same origin (opt-in of AMB-019).
    #[must_use]
    pub fn is_prefix_of(&self, other: &Self) -> bool {
        let Some(rest) = other.0.strip_prefix(self.0.trim_end_matches('/')) else { return false };
        origin_of(&self.0) == origin_of(&other.0) && (rest.is_empty() || rest.starts_with(['/', '?']))
    }
}

impl Url {
    /// Checks `text`; fails with `url_malformed` or `url_insecure`.
    pub fn new(text: &str, transport: Transport) -> Result<Self, Error> {
        let uri = parse(text, transport)?;
        if uri.has_fragment() {
            return Err(Error::new(ErrorCode::UrlMalformed));
        }
        Ok(Self(text.into()))
    }

    /// RFC 9449 §4.2: the address without its query, as a DPoP proof names it.
    #[must_use]
    pub fn without_query(&self) -> &str {
        self.0.split('?').next().unwrap_or_default()
    }

    /// Scheme, host and port: the unit to which a server's DPoP nonces belong.
    #[must_use]
    pub fn origin(&self) -> &str {
        origin_of(&self.0)
    }

    /// Whether a segment of the path is `.` or `..` to anybody who decodes it before or after splitting it.
    pub(crate) fn has_dot_segment(&self) -> bool {
        let path = path_of(&self.0).to_ascii_lowercase();
        let decoded = path.replace("%2e", ".").replace("%2f", "/").replace("%5c", "/").replace('\\', "/");
        decoded.split('/').any(|segment| matches!(segment, "." | ".."))
    }

    /// Whether `htu` names this address, query and fragment ignored, after normalisation (RFC 9449 §4.3).
    pub(crate) fn is_htu(&self, htu: &str) -> bool {
        let stripped = htu.split(['?', '#']).next().unwrap_or_default();
        match (canonical(self.without_query()), canonical(stripped)) {
            (Some(own), Some(theirs)) => own == theirs,
            _ => false,
        }
    }
}

/// Normalises `text` as a URL of any allowed scheme; loopback is judged where the URL is taken in.
fn canonical(text: &str) -> Option<String> {
    let uri = parse(text, Transport::DangerousAllowHttpLoopback).ok()?;
    normalized(&uri).ok()
}

/// The part of a parsed URL after its authority and before its query.
fn path_of(url: &str) -> &str {
    let rest = url.get(origin_of(url).len()..).unwrap_or_default();
    rest.split(['?', '#']).next().unwrap_or_default()
}

/// Scheme and authority of a parsed URL.
fn origin_of(url: &str) -> &str {
    let authority = url.find("://").map_or(0, |at| at.saturating_add(3));
    let rest = url.get(authority..).unwrap_or_default();
    let end = authority.saturating_add(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    url.get(..end).unwrap_or(url)
}

/// Inserts a well-known segment between host and path; a slash that only ends the host is dropped.
fn well_known(url: &str, suffix: &str) -> String {
    let origin = origin_of(url);
    let rest = url.get(origin.len()..).unwrap_or_default();
    let rest = match rest.strip_prefix('/') {
        Some(tail) if tail.is_empty() || tail.starts_with('?') => tail,
        _ => rest,
    };
    [origin, "/.well-known/", suffix, rest].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_addresses_follow_the_rfcs() {
        let issuer = |text| Issuer::new(text, Transport::HttpsOnly).unwrap();
        let inserted = |text| issuer(text).well_known_inserted("oauth-authorization-server").to_string();
        assert_eq!(inserted("https://a.example"), "https://a.example/.well-known/oauth-authorization-server");
        assert_eq!(
            inserted("https://a.example/"),
            "https://a.example/.well-known/oauth-authorization-server"
        );
        assert_eq!(
            inserted("https://a.example/t1"),
            "https://a.example/.well-known/oauth-authorization-server/t1"
        );
        assert_eq!(
            inserted("https://a.example/t1/"),
            "https://a.example/.well-known/oauth-authorization-server/t1"
        );
        let resource = ResourceId::new("https://r.example/mcp?x=1", Transport::HttpsOnly).unwrap();
        assert_eq!(
            resource.metadata_url().as_str(),
            "https://r.example/.well-known/oauth-protected-resource/mcp?x=1"
        );
    }

    #[test]
    fn refuses_what_is_not_https_or_not_exact() {
        for (text, code) in [
            ("http://a.example", ErrorCode::UrlInsecure),
            ("http://127.0.0.1:80", ErrorCode::UrlInsecure),
            ("https://user@a.example", ErrorCode::UrlMalformed),
            ("https://a.example?x", ErrorCode::UrlMalformed),
            ("https://a.example#", ErrorCode::UrlMalformed),
            ("https:///path", ErrorCode::UrlMalformed),
            ("https://a.example:99999", ErrorCode::UrlMalformed),
            ("//a.example", ErrorCode::UrlMalformed),
            ("urn:x:y", ErrorCode::UrlMalformed),
            ("https://a.example/ä", ErrorCode::UrlMalformed),
        ] {
            assert_eq!(Issuer::new(text, Transport::HttpsOnly).unwrap_err().code(), code, "{text}");
        }
        let loopback = Transport::DangerousAllowHttpLoopback;
        assert!(Issuer::new("http://127.0.0.1:4000/x", loopback).is_ok());
        assert!(Issuer::new("http://10.0.0.1", loopback).is_err());
    }

    #[test]
    fn htu_is_compared_after_normalisation() {
        let url = Url::new("https://Server.example/a/%7Eb?q=1", Transport::HttpsOnly).unwrap();
        assert!(url.is_htu("HTTPS://server.EXAMPLE:443/x/../a/~b#f"));
        assert!(!url.is_htu("https://server.example/a/~b/"));
        assert!(!url.is_htu("https://server.example:8443/a/~b"));
        assert!(Url::new("https://s.example", Transport::HttpsOnly).unwrap().is_htu("https://s.example/"));
    }

    #[test]
    fn prefixes_are_whole_segments() {
        let resource = |text| ResourceId::new(text, Transport::HttpsOnly).unwrap();
        assert!(resource("https://r.example/").is_prefix_of(&resource("https://r.example/mcp")));
        assert!(!resource("https://r.example/mc").is_prefix_of(&resource("https://r.example/mcp")));
        assert!(!resource("https://r.example").is_prefix_of(&resource("https://r.example.evil/mcp")));
    }
}
