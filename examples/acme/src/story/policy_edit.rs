//! Chapter: the admin edits the policy, and the next exchange obeys.

use serde_json::json;

use super::{Told, is_refused_with, lists};
use crate::narrate::Narrator;
use crate::roles::Binding;
use crate::world::World;

const NEW_RULE: &str = "contractors-read-chat";

pub(super) async fn tell(narrator: &mut Narrator, world: &World) -> Told {
    narrator.chapter("The admin edits the policy");
    narrator.say("Carl, a contractor, signs on to Acme Desk and wants to read Slack.");
    let (browser, app) = (world.browser_of("carl"), world.install("desk", Binding::Dpop));
    let session = app.sign_on(&browser, None).await?;
    let slack = world.company.server("slack");
    let at_slack = app.discover(slack).await?;
    let both = [slack.reads.scope, slack.writes.scope];
    narrator.check(
        is_refused_with(&app.exchange(&session, &at_slack, &both).await, "access_denied"),
        "no rule permits it, so it is refused: access_denied",
    );

    narrator.say(&format!("The admin adds the rule {NEW_RULE}."));
    world.company.policy.add_rule(json!({
        "id": NEW_RULE,
        "effect": "permit",
        "apps": { "labels": ["assistant"] },
        "servers": { "labels": ["chat"] },
        "subjects": { "groups_any": ["contractors"] },
        "scopes": ["@read"],
        "max_lifetime": 300,
    }));
    let grant = app.exchange(&session, &at_slack, &both).await?;
    narrator.check(
        grant.scope == slack.reads.scope && lists(&world.company.records.last(), "rules", NEW_RULE),
        "the very next exchange obeys: he may read, and only read",
    );
    let warehouse = world.company.server("warehouse");
    let at_warehouse = app.discover(warehouse).await?;
    narrator.check(
        is_refused_with(
            &app.exchange(&session, &at_warehouse, &[warehouse.reads.scope]).await,
            "access_denied",
        ),
        "the warehouse stays closed to him",
    );
    Ok(())
}
