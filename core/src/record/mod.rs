//! Decision records: written for every decision, read back and folded into who reached what, and how.
//!
//! A [`DecisionRecord`] is one decision of one role, [`RecordedDecision`] the same read back from a log. [`schema`] is
//! their JSON Schema. From any number of them [`connections`] makes a table of who can reach what, and [`chain`] tells
//! everything that belongs to one id; [`ocsf`] writes one as an event of the Open Cybersecurity Schema Framework.

pub mod chain;
pub mod connections;
mod decision;
pub mod ocsf;
mod read;
mod schema;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use decision::types;
pub use decision::{Action, DecisionRecord, Outcome, Role};
pub use read::RecordedDecision;
pub use schema::schema;
pub use table::{CELLS, Cell, members};
