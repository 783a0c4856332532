//! Leaving out of a list of tools what the token may not call: a tool that is shown tempts a model to try it.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use axum::body::{Body, BodyDataStream, to_bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use futures_core::Stream;
use idjag::resource_server::Operation;
use serde_json::value::RawValue;

use super::answer::server_error;
use crate::Failures;

/// More than any list of tools.
const MAX_BYTES: usize = 16 << 20;

type Permits = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// What is left out of an answer.
pub(super) struct Listing {
    /// The whole answer is a list, if it is JSON.
    is_list: bool,
    failures: Failures,
    permits: Permits,
}

/// Whether the answer to an operation is a list of tools. A stream can have one in it whatever was asked for: it may be
/// sent again, and of two requests of one session with the same `id` a server may answer either on the stream of the other.
pub(super) fn is_list(operation: &Operation<'_>) -> bool {
    matches!(operation, Operation::Method(method) if method == "tools/list")
}

impl Listing {
    pub(super) fn new(
        is_list: bool,
        failures: Failures,
        permits: impl Fn(&str) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self { is_list, failures, permits: Arc::new(permits) }
    }

    pub(super) async fn filter(self, response: Response) -> Response {
        let (mut parts, body) = response.into_parts();
        let media = parts.headers.get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
        let media = media.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        if media.eq_ignore_ascii_case(b"text/event-stream") {
            parts.headers.remove(header::CONTENT_LENGTH);
            return Response::from_parts(parts, Body::from_stream(Events::new(body, self.permits)));
        }
        if !self.is_list {
            return Response::from_parts(parts, body);
        }
        // A list that cannot be read cannot be filtered, and is not handed on.
        let is_plain = !parts.headers.contains_key(header::CONTENT_ENCODING);
        let whole = if is_plain { to_bytes(body, MAX_BYTES).await.ok() } else { None };
        let filtered = whole.and_then(|whole| match filtered(&whole, &self.permits) {
            Ok(filtered) => Some(filtered.unwrap_or(whole)),
            Err(_) => Some(whole).filter(|whole| whole.is_empty() || !parts.status.is_success()),
        });
        let Some(filtered) = filtered else {
            self.failures.report(&Unreadable);
            return server_error();
        };
        if parts.headers.contains_key(header::CONTENT_LENGTH) {
            parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(filtered.len()));
        }
        Response::from_parts(parts, Body::from(filtered))
    }
}

/// `message` without the tools that are not permitted; `None` when there is no list of tools in it.
fn filtered(message: &[u8], permits: &Permits) -> Result<Option<Bytes>, serde_json::Error> {
    let mut message: BTreeMap<String, Box<RawValue>> = serde_json::from_slice(message)?;
    let Some(result) = message.get("result") else { return Ok(None) };
    // Anything else than an object is no list; what is one is written anew from its parts, whatever else it holds.
    let Ok(mut result) = serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(result.get()) else {
        return Ok(None);
    };
    let Some(tools) = result.get("tools") else { return Ok(None) };
    let tools: Vec<Box<RawValue>> = serde_json::from_str(tools.get())?;
    let is_permitted = |tool: &RawValue| name_of(tool).is_some_and(|name| permits(&name));
    let tools: Vec<Box<RawValue>> = tools.into_iter().filter(|tool| is_permitted(tool)).collect();
    result.insert("tools".into(), serde_json::value::to_raw_value(&tools)?);
    if result.contains_key("cacheScope") {
        // This list is this token's, and no cache may show it to another.
        result.insert("cacheScope".into(), serde_json::value::to_raw_value("private")?);
    }
    message.insert("result".into(), serde_json::value::to_raw_value(&result)?);
    Ok(Some(serde_json::to_vec(&message)?.into()))
}

fn name_of(tool: &RawValue) -> Option<String> {
    let tool: BTreeMap<String, Box<RawValue>> = serde_json::from_str(tool.get()).ok()?;
    serde_json::from_str(tool.get("name")?.get()).ok()
}

/// A stream of server-sent events, each read whole before it goes on.
struct Events {
    inner: BodyDataStream,
    permits: Permits,
    /// Of the event under way, what is there.
    held: Vec<u8>,
    over: bool,
}

impl Events {
    fn new(body: Body, permits: Permits) -> Self {
        Self { inner: body.into_data_stream(), permits, held: Vec::new(), over: false }
    }

    /// What is complete of what is held, filtered.
    fn take(&mut self) -> Result<Option<Bytes>, Unreadable> {
        let Some(end) = end_of_events(&self.held) else { return Ok(None) };
        let rest = self.held.split_off(end);
        let complete = core::mem::replace(&mut self.held, rest);
        let complete = core::str::from_utf8(&complete).map_err(|_| Unreadable)?;
        let mut written = String::with_capacity(complete.len());
        let mut event: Vec<&str> = Vec::new();
        for line in lines(complete) {
            if line.is_empty() {
                write_event(&mut written, &event, &self.permits)?;
                event.clear();
            } else {
                event.push(line);
            }
        }
        Ok(Some(written.into()))
    }
}

impl Stream for Events {
    type Item = Result<Bytes, axum::BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if self.over {
                return Poll::Ready(None);
            }
            let failure: axum::BoxError = match ready!(Pin::new(&mut self.inner).poll_next(context)) {
                Some(Ok(piece)) if self.held.len().saturating_add(piece.len()) <= MAX_BYTES => {
                    self.held.extend_from_slice(&piece);
                    match self.take() {
                        Ok(Some(events)) => return Poll::Ready(Some(Ok(events))),
                        Ok(None) => continue,
                        Err(unreadable) => unreadable.into(),
                    }
                }
                Some(Ok(_)) => Unreadable.into(),
                Some(Err(error)) => error.into(),
                // An event that was not ended is none.
                None => return Poll::Ready(None),
            };
            self.over = true;
            return Poll::Ready(Some(Err(failure)));
        }
    }
}

/// An event, without the tools that are not permitted.
fn write_event(written: &mut String, event: &[&str], permits: &Permits) -> Result<(), Unreadable> {
    let data: Vec<&str> = event.iter().filter_map(|line| field(line, "data")).collect();
    let message = data.join("\n");
    let filtered = filtered(message.as_bytes(), permits);
    let filtered = match filtered {
        Ok(filtered) => filtered,
        // What is no JSON is no list either.
        Err(_) if serde_json::from_str::<&RawValue>(&message).is_err() => None,
        Err(_) => return Err(Unreadable),
    };
    for line in event {
        if filtered.is_none() || field(line, "data").is_none() {
            written.push_str(line);
            written.push('\n');
        }
    }
    if let Some(filtered) = filtered {
        let filtered = core::str::from_utf8(&filtered).map_err(|_| Unreadable)?;
        written.push_str("data: ");
        written.push_str(filtered);
        written.push('\n');
    }
    written.push('\n');
    Ok(())
}

/// The value of the field `name`, if `line` is one.
fn field<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let rest = line.strip_prefix(name)?;
    match rest.strip_prefix(':') {
        Some(value) => Some(value.strip_prefix(' ').unwrap_or(value)),
        None => rest.is_empty().then_some(""),
    }
}

/// The lines of a text that ends with the end of one. Each of CR, LF and both together ends a line.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    core::iter::from_fn(move || {
        let end = rest.find(['\r', '\n'])?;
        let (line, more) = rest.split_at(end);
        rest = more.strip_prefix("\r\n").or_else(|| more.get(1..)).unwrap_or_default();
        Some(line)
    })
}

/// Where the last complete event ends, after its empty line. A CR at the very end may be half of a line's end.
fn end_of_events(bytes: &[u8]) -> Option<usize> {
    let mut end = None;
    let mut at_line_start = true;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let next = bytes.get(at + 1);
        let width = match (byte, next) {
            (b'\r', Some(b'\n')) => 2,
            (b'\r', None) => break,
            (b'\r' | b'\n', _) => 1,
            _ => 0,
        };
        if width > 0 && at_line_start {
            end = Some(at + width);
        }
        at_line_start = width > 0;
        at += width.max(1);
    }
    end
}

/// The answer of the guarded server cannot be read, so that nobody knows which tools it lists.
#[derive(Clone, Copy, Debug)]
struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server's list of tools cannot be read")
    }
}

impl core::error::Error for Unreadable {}
