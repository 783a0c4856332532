//! Sentry: the errors users ran into. `list_errors` reads them, `resolve_error` closes one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::product::{Caller, Data, Effect, Product};

struct Errors(Vec<Incident>);

#[derive(Clone, Serialize)]
struct Incident {
    id: &'static str,
    project: &'static str,
    message: &'static str,
    users: u32,
    resolved_by: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListErrors {
    project: String,
    /// Only errors that at least this many users ran into.
    #[serde(default)]
    min_users: u32,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ResolveError {
    /// The error's short id, such as `SHOP-3F`.
    id: String,
}

#[derive(Serialize)]
struct Found {
    errors: Vec<Incident>,
}

impl Errors {
    fn list(&self, input: ListErrors) -> Result<Found, String> {
        let wanted = |error: &&Incident| error.project == input.project && error.users >= input.min_users;
        Ok(Found { errors: self.0.iter().filter(wanted).cloned().collect() })
    }

    fn resolve(&mut self, caller: &Caller, input: ResolveError) -> Result<Incident, String> {
        let error = self.0.iter_mut().find(|error| error.id == input.id).ok_or("no such error")?;
        error.resolved_by = Some(caller.signature());
        Ok(error.clone())
    }
}

pub(crate) fn product() -> Product {
    let error = |id, project, message, users| Incident { id, project, message, users, resolved_by: None };
    let data = Data::new(Errors(vec![
        error("SHOP-3F", "shop", "TypeError: basket.items is undefined", 214),
        error("SHOP-41", "shop", "Timeout while asking for delivery dates", 12),
        error("ROCKETS-2", "rockets", "Fuse not found", 1),
    ]));
    Product {
        id: "sentry",
        title: "Sentry",
        labels: &["everyday"],
        reads: data.reading("list_errors", "errors:read", "Lists the errors of a project.", Errors::list),
        writes: data.writing(
            "resolve_error",
            "errors:write",
            Effect::Replaces,
            "Marks an error as resolved.",
            Errors::resolve,
        ),
    }
}
