//! Rounds in which contenders take turns, and the lines that they print.

mod line;
mod race;

pub use line::{peer, say, value};
pub use race::{Contender, Races};

/// What goes wrong in a benchmark: always the end of it.
pub type Failure = String;
