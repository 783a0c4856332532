//! Metadata, challenges and the decisions that clients base on them.

mod arrived;
mod challenge;
mod client;
mod planning;
mod resource;
mod server;

pub(super) use arrived::ArrivedResponse;
pub(super) use challenge::OPERATIONS as CHALLENGE;
pub(super) use client::OPERATIONS as CLIENT;
pub(super) use planning::OPERATIONS as PLANNING;
pub(super) use resource::{Matching, OPERATIONS as RESOURCE, ProtectedResourceDocument};
pub(super) use server::{AuthorizationServerDocument, OPERATIONS as SERVER};
