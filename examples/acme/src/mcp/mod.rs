//! The Model Context Protocol, both sides of it, with the official SDK.

mod client;
mod gate;
mod handler;
mod host;
mod message;

pub(crate) use client::McpClient;
pub(crate) use host::{Host, WellKnown};
