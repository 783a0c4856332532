//! Chapter: the admin edits the policy, and the next exchange obeys.

use idjag::client::ServerAnswer;
use serde_json::{Value, json};

use super::{Told, is_answered, lists};
use crate::agent::Tokens;
use crate::narrate::Narrator;
use crate::world::World;

const NEW_RULE: &str = "contractors-read-chat";

pub(super) async fn tell(narrator: &mut Narrator, world: &World) -> Told {
    narrator.chapter("The admin edits the policy");
    narrator.say("Carl, a contractor, signs on to Acme Desk and wants to read Slack.");
    let (browser, app) = (world.browser_of("carl"), world.install("desk", Tokens::Bound).await?);
    let session = app.sign_on(&browser, None).await?;
    let slack = world.company.server("slack");
    let at_slack = app.discover(slack).await?;
    narrator.check(
        is_answered(&app.exchange(&session, &at_slack, &slack.both()).await, &ServerAnswer::Denied),
        "no rule permits it, so it is refused: access_denied",
    );

    narrator.say(&format!("The admin writes the rule {NEW_RULE}, and mistypes the label of chat servers."));
    let mistyped = world.company.policy.add_rule(rule_for("caht"));
    let fault = mistyped.as_ref().err().map(ToString::to_string).unwrap_or_default();
    narrator.check(mistyped.is_err(), format!("the edit is not accepted: {fault}"));
    narrator.check(
        is_answered(&app.exchange(&session, &at_slack, &slack.both()).await, &ServerAnswer::Denied),
        "the policy in force is still the old one",
    );

    narrator.say("The admin corrects the label.");
    let corrected = world.company.policy.add_rule(rule_for("chat"));
    narrator.check(corrected.is_ok(), "the edit is accepted");
    let id_jag = app.exchange(&session, &at_slack, &slack.both()).await?;
    narrator.check(
        id_jag.scope() == Some(&slack.reads.scope) && lists(&world.company.records.last(), "rules", NEW_RULE),
        "the very next exchange obeys: he may read, and only read",
    );
    let warehouse = world.company.server("warehouse");
    let at_warehouse = app.discover(warehouse).await?;
    narrator.check(
        is_answered(
            &app.exchange(&session, &at_warehouse, &warehouse.reads.scope).await,
            &ServerAnswer::Denied,
        ),
        "the warehouse stays closed to him",
    );
    Ok(())
}

fn rule_for(label: &str) -> Value {
    json!({
        "id": NEW_RULE,
        "effect": "permit",
        "apps": { "labels": ["assistant"] },
        "servers": { "labels": [label] },
        "subjects": { "groups_any": ["contractors"] },
        "scopes": ["@read"],
        "max_lifetime": 300,
    })
}
