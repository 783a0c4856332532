//! State that the caller owns, as machines.

mod replay;

pub(super) use replay::{Empty, OPERATIONS as REPLAY};
