//! A request as it arrived, read once: plain data for the library, with a cap on what a stranger can make us hold.

use alloc::string::String;
use alloc::vec::Vec;

use axum::body::Body;
use axum::http::request::Parts;
use axum::response::Response;
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use idjag::oauth::http::HttpRequest;

use super::answer::{BAD_HEADER, TOO_LARGE, TOO_SLOW, Unread};
use super::hosting::Bounds;
use crate::plain::read_headers;

/// The head of a request as one to `url`, the public address from the configuration: what a request says of its own
/// address, its sender chose.
pub(super) fn head_of(parts: &Parts, url: String) -> Result<HttpRequest, Unread> {
    let headers = read_headers(&parts.headers).ok_or(BAD_HEADER)?;
    Ok(HttpRequest { method: parts.method.as_str().into(), url, headers, body: Vec::new() })
}

/// The whole body, within bounds.
pub(super) async fn read_body(body: Body, bounds: Bounds) -> Result<Bytes, Unread> {
    let reading = Limited::new(body, bounds.max_bytes).collect();
    match tokio::time::timeout(bounds.timeout, reading).await {
        Ok(Ok(read)) => Ok(read.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(TOO_LARGE),
        // Whoever broke off does not wait for an answer.
        Ok(Err(_)) | Err(_) => Err(TOO_SLOW),
    }
}

/// A whole request.
pub(super) async fn read_request(
    request: axum::extract::Request,
    url: &str,
    bounds: Bounds,
) -> Result<HttpRequest, Response> {
    let (parts, body) = request.into_parts();
    let head = head_of(&parts, url.into()).map_err(Unread::into_response)?;
    let body = read_body(body, bounds).await.map_err(Unread::into_response)?;
    Ok(HttpRequest { body: body.to_vec(), ..head })
}
