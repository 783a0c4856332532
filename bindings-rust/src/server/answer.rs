//! Responses: the library's, and those to requests that could not be decided.

use alloc::vec::Vec;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use idjag::oauth::http::HttpResponse;
use idjag::record::DecisionRecord;
use idjag::rejection::Rejection;

use super::Hosting;
use crate::HostFailure;
use crate::plain::write_headers;

/// Why there is no permission.
pub(super) enum Halt {
    /// The library refuses, with its own response.
    Rejected(Rejection),
    /// The host could not be asked.
    Failed(HostFailure),
}

impl From<Rejection> for Halt {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<HostFailure> for Halt {
    fn from(failure: HostFailure) -> Self {
        Self::Failed(failure)
    }
}

impl From<idjag::Error> for Halt {
    fn from(error: idjag::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl Halt {
    /// The response, after the record of a refusal has been kept.
    pub(super) async fn respond(self, hosting: &Hosting) -> Response {
        match self {
            Self::Rejected(rejection) => {
                hosting.note(rejection.record()).await;
                into_axum(rejection.into_parts().0)
            }
            Self::Failed(failure) => unavailable(&failure, hosting),
        }
    }
}

/// The answer of a token endpoint, once its record has been kept: nothing is granted of which there is no record.
pub(super) async fn conclude(
    decided: Result<(HttpResponse, DecisionRecord), Halt>,
    hosting: &Hosting,
) -> Response {
    match decided {
        Ok((response, record)) => match hosting.keep(&record).await {
            Ok(()) => into_axum(response),
            Err(failure) => unavailable(&failure, hosting),
        },
        Err(halt) => halt.respond(hosting).await,
    }
}

/// The host could not be asked: come back in a moment.
pub(super) fn unavailable(failure: &HostFailure, hosting: &Hosting) -> Response {
    hosting.failures.report(failure.cause());
    let mut response = error(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable");
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// Why a request was not read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unread(StatusCode);

pub(super) const TOO_LARGE: Unread = Unread(StatusCode::PAYLOAD_TOO_LARGE);
pub(super) const TOO_SLOW: Unread = Unread(StatusCode::REQUEST_TIMEOUT);
pub(super) const BAD_HEADER: Unread = Unread(StatusCode::BAD_REQUEST);

impl Unread {
    /// The rest of the body is not waited for, nor taken for the next request.
    pub(super) fn into_response(self) -> Response {
        let mut response = error(self.0, "invalid_request");
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    }
}

pub(super) fn server_error() -> Response {
    error(StatusCode::INTERNAL_SERVER_ERROR, "server_error")
}

pub(super) fn empty(status: StatusCode) -> Response {
    with(status, Body::empty())
}

fn error(status: StatusCode, name: &'static str) -> Response {
    let body: Vec<u8> = ["{\"error\":\"", name, "\"}"].concat().into_bytes();
    let mut response = with(status, Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The library's response as it is sent.
pub(super) fn into_axum(plain: HttpResponse) -> Response {
    let status = StatusCode::from_u16(plain.status).ok();
    match status.zip(write_headers(&plain.headers)) {
        Some((status, headers)) => {
            let mut response = with(status, Body::from(plain.body));
            *response.headers_mut() = headers;
            response
        }
        None => server_error(),
    }
}

fn with(status: StatusCode, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}
