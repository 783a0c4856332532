//! The Model Context Protocol, both sides of it, with the official SDK.

mod client;
mod handler;
mod host;

pub(crate) use client::{HeadersFor, McpClient};
pub(crate) use host::Host;
