//! Jira: the tickets of the teams. `search_tickets` reads them, `move_ticket` changes the status of one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::product::{Caller, Data, Effect, Product};

struct Tickets(Vec<Ticket>);

#[derive(Clone, Serialize)]
struct Ticket {
    key: &'static str,
    summary: &'static str,
    status: Status,
    moved_by: String,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    Todo,
    InProgress,
    Done,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SearchTickets {
    /// The project, as in the first part of a key.
    project: String,
    /// Only tickets with this status.
    status: Option<Status>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MoveTicket {
    /// The ticket's key, such as `SHOP-1`.
    key: String,
    to: Status,
}

#[derive(Serialize)]
struct Found {
    tickets: Vec<Ticket>,
}

impl Tickets {
    fn search(&self, input: SearchTickets) -> Result<Found, String> {
        let wanted = |ticket: &&Ticket| {
            ticket.key.split_once('-').is_some_and(|(project, _)| project == input.project)
                && input.status.is_none_or(|status| ticket.status == status)
        };
        Ok(Found { tickets: self.0.iter().filter(wanted).cloned().collect() })
    }

    fn transition(&mut self, caller: &Caller, input: MoveTicket) -> Result<Ticket, String> {
        let ticket = self.0.iter_mut().find(|ticket| ticket.key == input.key).ok_or("no such ticket")?;
        ticket.status = input.to;
        ticket.moved_by = caller.signature();
        Ok(ticket.clone())
    }
}

pub(crate) fn product() -> Product {
    let ticket = |key, summary, status| Ticket { key, summary, status, moved_by: "mira@acme.example".into() };
    let data = Data::new(Tickets(vec![
        ticket("SHOP-118", "Show delivery dates in the basket", Status::InProgress),
        ticket("SHOP-121", "Refund partial orders", Status::Todo),
        ticket("OPS-9", "Rotate the keys of the payment provider", Status::Todo),
    ]));
    Product {
        id: "jira",
        title: "Jira",
        labels: &["everyday"],
        reads: data.reading(
            "search_tickets",
            "tickets:read",
            "Searches the tickets of a project.",
            Tickets::search,
        ),
        writes: data.writing(
            "move_ticket",
            "tickets:write",
            Effect::Replaces,
            "Moves a ticket to another status.",
            Tickets::transition,
        ),
    }
}
