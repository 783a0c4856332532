//! Strict decoders: one reading of every text, or a refusal.

pub(crate) mod base64url;
pub mod form;
pub mod json;
