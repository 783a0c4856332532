//! What Acme Desk does for Alice at each server: look, change something, look again.

use rmcp::model::JsonObject;
use serde_json::{Value, json};

/// A look and a change at one server.
pub(super) struct Errand {
    pub(super) summary: &'static str,
    pub(super) look: JsonObject,
    pub(super) change: JsonObject,
    /// What the server shows after the change and not before it.
    pub(super) trace: &'static str,
}

/// The errand at `server`.
pub(super) fn at(server: &str) -> Errand {
    match server {
        "datadog" => errand(
            "mutes the noisy monitor",
            json!({ "state": "alert" }),
            json!({ "id": 41 }),
            "desk-at-datadog",
        ),
        "email" => errand(
            "answers a customer",
            json!({ "contains": "bolts" }),
            json!({ "to": "orders@roadrunner.example", "subject": "Your anvil", "body": "Twelve M8 bolts are on their way." }),
            "on their way",
        ),
        "figma" => errand(
            "comments on a frame",
            json!({ "key": "shop-2" }),
            json!({ "key": "shop-2", "frame": "Checkout", "text": "Please show the delivery date here." }),
            "delivery date here",
        ),
        "github" => errand(
            "opens an issue",
            json!({ "repository": "acme/shop" }),
            json!({ "repository": "acme/shop", "title": "Cache delivery dates", "labels": ["bug"] }),
            "Cache delivery dates",
        ),
        "jira" => errand(
            "moves a ticket",
            json!({ "project": "SHOP", "status": "done" }),
            json!({ "key": "SHOP-118", "to": "done" }),
            "SHOP-118",
        ),
        "sentry" => errand(
            "resolves an error",
            json!({ "project": "shop", "min_users": 100 }),
            json!({ "id": "SHOP-3F" }),
            "desk-at-sentry",
        ),
        "slack" => errand(
            "tells the channel",
            json!({ "channel": "incidents" }),
            json!({ "channel": "incidents", "text": "The basket is fast again." }),
            "fast again",
        ),
        "supabase" => errand(
            "upgrades a customer",
            json!({ "plan": "team" }),
            json!({ "id": 1002, "plan": "team" }),
            "Coyote",
        ),
        "warehouse" => errand(
            "adds a sale",
            json!({ "product": "magnet" }),
            json!({ "day": "2026-06-03", "region": "asia", "product": "magnet", "units": 2, "revenue_cents": 4200 }),
            "4200",
        ),
        other => unreachable!("nobody runs errands at {other}"),
    }
}

fn errand(summary: &'static str, look: Value, change: Value, trace: &'static str) -> Errand {
    Errand { summary, look: object(look), change: object(change), trace }
}

fn object(value: Value) -> JsonObject {
    let Value::Object(object) = value else { unreachable!("arguments are objects") };
    object
}
