//! The story, one chapter a file. A chapter that cannot be told to its end is a fact that did not hold, and the next
//! one is told all the same.

mod approval_required;
mod claims;
mod connections;
mod conversations;
mod cut_conversation;
mod errands;
mod nine_servers;
mod one_sign_on;
mod policy_edit;
mod read_only_agent;
mod records;
mod restrict_app;
mod step_up;
mod stolen_grants;
mod subagents;
mod tool_calls;
mod who_did_what;

use idjag::client::ServerAnswer;
use serde_json::Value;

use crate::agent::{Agent, Browser, Session};
use crate::failure::Failure;
use crate::narrate::Narrator;
use crate::world::World;

/// A person who has signed on to an app.
struct Seat {
    browser: Browser,
    app: Agent,
    session: Session,
}

type Told<T = ()> = Result<T, Failure>;

/// Tells all of it.
pub(crate) async fn tell(narrator: &mut Narrator, world: &World) {
    narrator.title("Acme", "One identity provider, nine MCP servers, one sign-on.");
    let Some(mut alice) = reported(one_sign_on::tell(narrator, world).await, narrator) else { return };
    if let Some(connections) = reported(nine_servers::tell(narrator, world, &alice).await, narrator) {
        reported(tool_calls::tell(narrator, world, &alice, &connections).await, narrator);
    }
    reported(claims::tell(narrator, world, &alice).await, narrator);
    reported(read_only_agent::tell(narrator, world, &alice).await, narrator);
    reported(approval_required::tell(narrator, world, &alice).await, narrator);
    reported(step_up::tell(narrator, world, &mut alice).await, narrator);
    reported(stolen_grants::tell(narrator, world, &alice).await, narrator);
    reported(policy_edit::tell(narrator, world).await, narrator);
    if let Some(talks) = reported(conversations::tell(narrator, world, &alice).await, narrator) {
        let subagents = reported(subagents::tell(narrator, world, &talks).await, narrator);
        reported(connections::tell(narrator, world), narrator);
        reported(cut_conversation::tell(narrator, world, &alice, &talks, subagents.as_ref()).await, narrator);
        reported(restrict_app::tell(narrator, world, &mut alice, &talks).await, narrator);
        reported(who_did_what::tell(narrator, world), narrator);
    }
    records::tell(narrator, world);
}

/// What a chapter hands on; nothing when it broke off.
fn reported<T>(told: Told<T>, narrator: &mut Narrator) -> Option<T> {
    told.map_err(|failure| narrator.broke_off(&failure.to_string())).ok()
}

/// Whether a server refused, and in this way.
fn is_answered<T>(outcome: &Told<T>, answer: &ServerAnswer) -> bool {
    outcome.as_ref().err().and_then(Failure::answer).as_ref() == Some(answer)
}

/// Whether a record's list holds `item`.
fn lists(record: &Value, member: &str, item: &str) -> bool {
    record[member].as_array().is_some_and(|items| items.iter().any(|candidate| candidate == item))
}
