//! Events of a server, none of them larger than it may be.

use alloc::boxed::Box;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use futures_core::stream::BoxStream;
use rmcp::transport::streamable_http_client::SseError;
use sse_stream::{Sse, SseStream};

use crate::Unanswered;

/// As much as rmcp takes by default.
pub(super) const MAX_EVENT_BYTES: usize = 16 << 20;

/// The events of a response.
pub(super) fn events_of(
    response: reqwest::Response,
    max_bytes: usize,
) -> BoxStream<'static, Result<Sse, SseError>> {
    let bytes =
        Bounded { inner: Box::pin(response.bytes_stream()), size: EventSize::new(max_bytes), over: false };
    Box::pin(SseStream::from_bytes_stream(bytes))
}

/// A stream of bytes that ends with an error when one event grows too large.
struct Bounded<S> {
    inner: Pin<Box<S>>,
    size: EventSize,
    over: bool,
}

impl<S: Stream<Item = Result<Bytes, reqwest::Error>>> Stream for Bounded<S> {
    type Item = Result<Bytes, EventFailure>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.over {
            return Poll::Ready(None);
        }
        let piece = match ready!(self.inner.as_mut().poll_next(context)) {
            Some(Ok(piece)) if self.size.allows(&piece) => return Poll::Ready(Some(Ok(piece))),
            Some(Ok(_)) => Some(Err(EventFailure::TooLarge)),
            Some(Err(error)) => Some(Err(EventFailure::Broken(Unanswered::failed(error)))),
            None => None,
        };
        self.over = true;
        Poll::Ready(piece)
    }
}

/// How many bytes the event under way has so far. An event ends with an empty line.
struct EventSize {
    bytes: usize,
    max: usize,
    at_line_start: bool,
    after_return: bool,
}

impl EventSize {
    const fn new(max: usize) -> Self {
        Self { bytes: 0, max, at_line_start: true, after_return: false }
    }

    fn allows(&mut self, piece: &[u8]) -> bool {
        for byte in piece {
            self.bytes = self.bytes.saturating_add(1);
            let is_second_half = *byte == b'\n' && self.after_return;
            self.after_return = *byte == b'\r';
            if is_second_half {
                continue;
            }
            let is_end = matches!(byte, b'\r' | b'\n');
            if is_end && self.at_line_start {
                self.bytes = 0;
            }
            self.at_line_start = is_end;
            if self.bytes > self.max {
                return false;
            }
        }
        true
    }
}

#[derive(Debug)]
enum EventFailure {
    TooLarge,
    Broken(Unanswered),
}

impl fmt::Display for EventFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge => f.write_str("an event is larger than allowed"),
            Self::Broken(failure) => fmt::Display::fmt(failure, f),
        }
    }
}

impl core::error::Error for EventFailure {}

#[cfg(test)]
mod tests {
    use super::EventSize;

    #[test]
    fn an_event_is_counted_from_one_empty_line_to_the_next() {
        for lines in
            ["data: ab\n\ndata: cd\n\n", "data: ab\r\n\r\ndata: cd\r\n\r\n", "data: ab\r\rdata: cd\r\r"]
        {
            let mut size = EventSize::new(12);
            assert!(lines.as_bytes().chunks(1).all(|piece| size.allows(piece)), "{lines:?}");
        }
        assert!(!EventSize::new(12).allows(b"data: abc\ndata: d\n\n"));
        assert!(!EventSize::new(12).allows(b"data: abcdefghi"));
    }
}
