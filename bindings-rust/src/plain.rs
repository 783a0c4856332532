//! Between the types of the crate `http` and the plain data that `idjag` reads and writes.

use alloc::string::String;

use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use idjag::oauth::http::Headers;

/// The fields, each byte one character. `None` when a value has control characters: leaving it out would hide it from
/// whoever decides.
#[cfg(feature = "server")]
pub(crate) fn read_headers(headers: &HeaderMap) -> Option<Headers> {
    headers.iter().map(|(name, value)| Some((name.as_str(), text(value)?))).collect()
}

/// The fields of a response, where one that cannot be read says nothing.
pub(crate) fn read_response_headers(headers: &HeaderMap) -> Headers {
    headers.iter().filter_map(|(name, value)| Some((name.as_str(), text(value)?))).collect()
}

fn text(value: &HeaderValue) -> Option<String> {
    let text: String = value.as_bytes().iter().map(|byte| char::from(*byte)).collect();
    text.chars().all(|character| !character.is_control() || character == '\t').then_some(text)
}

/// A field as it is sent. Credentials are kept out of debug output.
pub(crate) fn write_header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    const CREDENTIALS: [&str; 2] = ["authorization", "dpop"];
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    let mut written = HeaderValue::from_str(value).ok()?;
    written.set_sensitive(CREDENTIALS.contains(&name.as_str()));
    Some((name, written))
}

/// All fields of a message to be sent; `None` when one of them cannot be.
pub(crate) fn write_headers(headers: &Headers) -> Option<HeaderMap> {
    let mut map = HeaderMap::new();
    for (name, value) in headers.iter() {
        let (name, value) = write_header(name, value)?;
        map.append(name, value);
    }
    Some(map)
}

pub(crate) fn write_method(method: &str) -> Option<Method> {
    Method::from_bytes(method.as_bytes()).ok()
}
