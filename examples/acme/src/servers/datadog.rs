//! Datadog: the monitors of the shop. `list_monitors` reads them, `mute_monitor` silences one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::product::{Caller, Data, Effect, Product};

struct Monitors(Vec<Monitor>);

#[derive(Clone, Serialize)]
struct Monitor {
    id: u32,
    name: &'static str,
    service: &'static str,
    state: State,
    value: f64,
    threshold: f64,
    muted_by: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Warn,
    Alert,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListMonitors {
    /// Only monitors in this state.
    state: Option<State>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MuteMonitor {
    /// The monitor's number.
    id: u32,
}

#[derive(Serialize)]
struct Found {
    monitors: Vec<Monitor>,
}

impl Monitors {
    fn list(&self, input: ListMonitors) -> Result<Found, String> {
        let wanted = |monitor: &&Monitor| input.state.is_none_or(|state| monitor.state == state);
        Ok(Found { monitors: self.0.iter().filter(wanted).cloned().collect() })
    }

    fn mute(&mut self, caller: &Caller, input: MuteMonitor) -> Result<Monitor, String> {
        let monitor = self.0.iter_mut().find(|monitor| monitor.id == input.id).ok_or("no such monitor")?;
        monitor.muted_by = Some(caller.signature());
        Ok(monitor.clone())
    }
}

pub(crate) fn product() -> Product {
    let monitor = |id, name, service, state, value, threshold| Monitor {
        id,
        name,
        service,
        state,
        value,
        threshold,
        muted_by: None,
    };
    let data = Data::new(Monitors(vec![
        monitor(41, "p95 latency of checkout (ms)", "checkout", State::Alert, 913.0, 400.0),
        monitor(42, "error rate of search (%)", "search", State::Ok, 0.2, 1.0),
        monitor(57, "disk of warehouse-replica-2 (%)", "warehouse", State::Warn, 81.5, 80.0),
    ]));
    Product {
        id: "datadog",
        title: "Datadog",
        labels: &["everyday"],
        reads: data.reading(
            "list_monitors",
            "monitors:read",
            "Lists the monitors and their last values.",
            Monitors::list,
        ),
        writes: data.writing(
            "mute_monitor",
            "monitors:write",
            Effect::Replaces,
            "Silences a monitor until someone unmutes it.",
            Monitors::mute,
        ),
    }
}
