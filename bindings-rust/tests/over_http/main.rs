//! The crate over real HTTP on this machine: an identity provider, an authorization server, an MCP server, clients.

extern crate alloc;

mod authorization;
mod client;
mod conversation;
mod documents;
mod guard;
mod keys;
mod mcp;
mod redis;
mod redis_revocations;
mod revocation;
mod world;
