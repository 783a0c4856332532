//! What a response of an MCP server is to rmcp, once it is no longer about authorization.

use alloc::string::String;
use alloc::vec::Vec;

use http::StatusCode;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use rmcp::model::{ClientJsonRpcMessage, ClientRequest, ErrorData, ServerJsonRpcMessage};
use rmcp::transport::common::http_header::{EVENT_STREAM_MIME_TYPE, HEADER_SESSION_ID, JSON_MIME_TYPE};
use rmcp::transport::streamable_http_client::{
    HttpStatusError, StreamableHttpPostResponse as Answer, StreamableHttpResponseLimits,
};

use super::client::Failure;
use super::events::events_of;
use crate::Unanswered;
use crate::client::ClientError;

/// The answer to a POST of `message`.
pub(super) async fn of_post(
    response: reqwest::Response,
    message: &ClientJsonRpcMessage,
    in_session: bool,
    limits: StreamableHttpResponseLimits,
) -> Result<Answer, Failure> {
    let status = response.status();
    match status {
        StatusCode::ACCEPTED | StatusCode::NO_CONTENT => return Ok(Answer::Accepted),
        StatusCode::NOT_FOUND if in_session => return Err(Failure::SessionExpired),
        _ if !status.is_success() => return of_refusal(response, message, in_session, limits).await,
        _ => {}
    }
    let session = header(&response, HEADER_SESSION_ID);
    match media_type(&response).as_deref() {
        Some(EVENT_STREAM_MIME_TYPE) => {
            Ok(Answer::Sse(events_of(response, limits.max_sse_event_size), session))
        }
        Some(JSON_MIME_TYPE) => {
            let body = read(response, limits.max_json_response_size).await?;
            match serde_json::from_slice(&body) {
                Ok(answer) => Ok(Answer::Json(answer, session)),
                // Nobody waits for the answer to a notification, whatever a server makes of it.
                Err(_) if !awaits_answer(message) => Ok(Answer::Accepted),
                Err(error) => Err(error.into()),
            }
        }
        _ if !awaits_answer(message) => Ok(Answer::Accepted),
        other => Err(Failure::UnexpectedContentType(other.map(String::from))),
    }
}

/// Whether the head of a response to a GET begins a stream of events.
pub(super) fn of_get(response: &reqwest::Response) -> Result<(), Failure> {
    let status = response.status();
    match media_type(response).as_deref() {
        _ if status == StatusCode::METHOD_NOT_ALLOWED => Err(Failure::ServerDoesNotSupportSse),
        _ if !status.is_success() => Err(of_status(response)),
        Some(EVENT_STREAM_MIME_TYPE) => Ok(()),
        other => Err(Failure::UnexpectedContentType(other.map(String::from))),
    }
}

/// Whether a session is over. A server may keep it (405).
pub(super) fn of_delete(response: &reqwest::Response) -> Result<(), Failure> {
    let status = response.status();
    if status.is_success() || status == StatusCode::METHOD_NOT_ALLOWED {
        Ok(())
    } else {
        Err(of_status(response))
    }
}

/// An error of JSON-RPC is the caller's to read, whatever its status.
async fn of_refusal(
    response: reqwest::Response,
    message: &ClientJsonRpcMessage,
    in_session: bool,
    limits: StreamableHttpResponseLimits,
) -> Result<Answer, Failure> {
    let (status, failure) = (response.status(), of_status(&response));
    let session = header(&response, HEADER_SESSION_ID);
    let is_json = media_type(&response).as_deref() == Some(JSON_MIME_TYPE);
    let body = if is_json { read(response, limits.max_json_response_size).await.ok() } else { None };
    let error = match body.and_then(|body| serde_json::from_slice(&body).ok()) {
        Some(ServerJsonRpcMessage::Error(error)) => Some(error),
        _ => None,
    };
    match (error, discovering(message).filter(|_| status.is_client_error() && !in_session)) {
        // A server of before `server/discover` may say so by its status alone: rmcp then begins in the older way.
        (error, Some(id)) => {
            let stated = error.map(|error| error.error);
            let error = stated.unwrap_or_else(|| ErrorData::invalid_request(format!("HTTP {status}"), None));
            Ok(Answer::Json(ServerJsonRpcMessage::error(error, Some(id)), None))
        }
        (Some(error), None) => Ok(Answer::Json(ServerJsonRpcMessage::Error(error), session)),
        (None, None) => Err(failure),
    }
}

/// The request's id, when it is the one that a session begins with.
fn discovering(message: &ClientJsonRpcMessage) -> Option<rmcp::model::RequestId> {
    match message {
        ClientJsonRpcMessage::Request(request)
            if matches!(request.request, ClientRequest::DiscoverRequest(_)) =>
        {
            Some(request.id.clone())
        }
        _ => None,
    }
}

fn awaits_answer(message: &ClientJsonRpcMessage) -> bool {
    matches!(message, ClientJsonRpcMessage::Request(_))
}

fn of_status(response: &reqwest::Response) -> Failure {
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    HttpStatusError::new(response.status().as_u16(), retry_after.map(String::from)).into()
}

fn header(response: &reqwest::Response, name: &str) -> Option<String> {
    response.headers().get(name)?.to_str().ok().map(String::from)
}

/// The media type without its parameters, in lower case.
fn media_type(response: &reqwest::Response) -> Option<String> {
    let value = response.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// The whole body, given up once it grows past `max_size`.
async fn read(mut response: reqwest::Response, max_size: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    loop {
        let piece = response
            .chunk()
            .await
            .map_err(|error| Failure::Client(ClientError::Unanswered(Unanswered::failed(error))))?;
        let Some(piece) = piece else { return Ok(body) };
        if piece.len() > max_size.saturating_sub(body.len()) {
            return Err(Failure::ResponseBodyTooLarge { max_size });
        }
        body.extend_from_slice(&piece);
    }
}
