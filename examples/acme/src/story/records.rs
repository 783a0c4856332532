//! Chapter: everything that was decided, as the admin sees it.

use serde_json::Value;

use crate::narrate::{Narrator, Table};
use crate::world::World;

const COLUMNS: [&str; 9] =
    ["role", "outcome", "app", "subject", "server", "tool", "granted", "error", "rules"];

pub(super) fn tell(narrator: &mut Narrator, world: &World) {
    narrator.chapter("The records");
    narrator
        .say("Every decision of this run, in order, leaving out what was let through at the MCP servers.");
    let records = world.company.records.all();
    narrator.table(&Table::of_records(&worth_showing(&records), &COLUMNS));
    narrator.line("");
    let is_complete =
        |record: &Value| ["time", "role", "outcome"].iter().all(|member| !record[*member].is_null());
    narrator.check(
        records.iter().all(is_complete),
        format!("{} decisions, each with its time, role and outcome", records.len()),
    );
    narrator.check(
        // Every JWT begins like this: it is the base64url of `{"`.
        !Value::Array(records).to_string().contains("eyJ"),
        "no record holds a token",
    );
}

/// The permits of a resource server are many and alike.
fn worth_showing(records: &[Value]) -> Vec<Value> {
    let is_routine = |record: &&Value| record["role"] == "resource_server" && record["outcome"] == "permit";
    records.iter().filter(|record| !is_routine(record)).cloned().collect()
}
