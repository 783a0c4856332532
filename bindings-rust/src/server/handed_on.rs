//! The request as it goes on: the bytes that were decided on and no other reading of them, without the credentials.

use alloc::vec::Vec;

use axum::body::Body;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, header};
use bytes::Bytes;
use idjag::resource_server::AuthorizedAccess;

/// The request for `access`; its answer may be read, and must come in no encoding.
pub(super) fn handed_on(mut parts: Parts, body: Bytes, access: AuthorizedAccess) -> Request {
    let mut gone = Vec::from([
        header::AUTHORIZATION,
        HeaderName::from_static("dpop"),
        header::CONTENT_ENCODING,
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
        header::ACCEPT_ENCODING,
    ]);
    // Requests of a session: what they may do was decided without a body.
    let is_bare = matches!(parts.method, Method::GET | Method::HEAD | Method::DELETE);
    if is_bare {
        gone.push(header::CONTENT_TYPE);
    } else {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        gone.retain(|name| name != header::CONTENT_LENGTH);
    }
    for name in gone {
        parts.headers.remove(name);
    }
    parts.extensions.insert(access);
    Request::from_parts(parts, if is_bare { Body::empty() } else { Body::from(body) })
}
