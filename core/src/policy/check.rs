//! What only shows between the parts of a policy document: identifiers taken twice, and names of nothing.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::document::{App, Document, Effect, Rule, ScopeList, ScopeName, Scopes, Selector, Server};
use super::fault::{At, Faults, PolicyFault};
use crate::ordered;

const ROOT: At<'static> = At::Root;
const APPS: At<'static> = At::Member(&ROOT, "apps");
const AGENTS: At<'static> = At::Member(&ROOT, "agents");
const SERVERS: At<'static> = At::Member(&ROOT, "servers");
const RULES: At<'static> = At::Member(&ROOT, "rules");

/// Reports every fault between the parts of `document`.
pub(super) fn check(document: &Document, faults: &mut Faults) {
    distinct_ids(document, faults);
    distinct_client_ids(document, faults);
    distinct_servers(document, faults);
    let names = Names::of(document);
    for server in &document.servers {
        names.check_mapping(server, faults);
    }
    let app_unknown = [PolicyFault::AppUnknown, PolicyFault::AppLabelUnknown];
    let agent_unknown = [PolicyFault::AgentUnknown, PolicyFault::AgentLabelUnknown];
    if document.apps_complete {
        for agent in document.agents.iter().flatten() {
            let at = AGENTS.item(agent.position);
            let known = [&names.apps, &names.app_labels];
            check_selector(&at.member("apps"), &agent.apps, known, app_unknown, faults);
        }
    }
    let mut sets = ScopeSets::of(&document.servers);
    for rule in &document.rules {
        let at = RULES.item(rule.position);
        if document.apps_complete {
            let known = [&names.apps, &names.app_labels];
            check_selector(&at.member("apps"), &rule.apps, known, app_unknown, faults);
        }
        if let Some(agents) = rule.agents.as_ref().filter(|_| document.agents_complete) {
            let known = [&names.agents, &names.agent_labels];
            check_selector(&at.member("agents"), agents, known, agent_unknown, faults);
        }
        if document.servers_complete {
            let at_servers = at.member("servers");
            let unknown = [PolicyFault::ServerUnknown, PolicyFault::ServerLabelUnknown];
            let known = [&names.servers, &names.server_labels];
            check_selector(&at_servers, &rule.servers, known, unknown, faults);
            sets.check(&at, rule, faults);
        }
    }
}

fn distinct_ids(document: &Document, faults: &mut Faults) {
    fn check<'d>(list: &At<'_>, ids: impl Iterator<Item = (usize, &'d String)>, faults: &mut Faults) {
        let mut seen = BTreeSet::new();
        for (position, id) in ids {
            if !seen.insert(id) {
                faults.add_text(&list.item(position).member("id"), PolicyFault::IdTaken, id);
            }
        }
    }
    check(&APPS, document.apps.iter().map(|app| (app.position, &app.id)), faults);
    let agents = document.agents.iter().flatten();
    check(&AGENTS, agents.map(|agent| (agent.position, &agent.id)), faults);
    check(&SERVERS, document.servers.iter().map(|server| (server.position, &server.id)), faults);
    check(&RULES, document.rules.iter().map(|rule| (rule.position, &rule.id)), faults);
}

/// A client id names one app; else a decision would depend on which was found first.
fn distinct_client_ids(document: &Document, faults: &mut Faults) {
    let mut owners: BTreeMap<&str, &App> = BTreeMap::new();
    for app in &document.apps {
        let at = APPS.item(app.position);
        let at = at.member("client_ids");
        for (index, client_id) in app.client_ids.iter().enumerate() {
            match owners.get(client_id.as_str()) {
                Some(_) => faults.add_text(&at.item(index), PolicyFault::ClientIdTaken, client_id.as_str()),
                None => _ = owners.insert(client_id.as_str(), app),
            }
        }
    }
    for server in &document.servers {
        let at = SERVERS.item(server.position);
        let at = at.member("client_ids");
        let mapped = ordered::set(server.client_ids.iter().map(|(app, _)| app.as_str()));
        let mut seen = BTreeSet::new();
        for (app, client_id) in &server.client_ids {
            let client_id = client_id.as_str();
            if !seen.insert(client_id) {
                faults.add_text(&at.member(app), PolicyFault::ClientIdTaken, client_id);
            } else if owners.get(client_id).is_some_and(|owner| !mapped.contains(owner.id.as_str())) {
                faults.add_text(&at.member(app), PolicyFault::ClientIdAmbiguous, client_id);
            }
        }
    }
}

/// R9068-023: distinct resources have distinct identifiers; so have issuers.
fn distinct_servers(document: &Document, faults: &mut Faults) {
    let (mut issuers, mut resources) = (BTreeSet::new(), BTreeSet::new());
    for server in &document.servers {
        let at = SERVERS.item(server.position);
        if !issuers.insert(server.issuer.as_str()) {
            faults.add_text(&at.member("issuer"), PolicyFault::IssuerTaken, server.issuer.as_str());
        }
        let at = at.member("resources");
        for (index, resource) in server.resources.iter().enumerate() {
            if !resources.insert(resource.as_str()) {
                faults.add_text(&at.item(index), PolicyFault::ResourceTaken, resource.as_str());
            }
        }
    }
}

/// The names that rules may use.
struct Names<'d> {
    apps: BTreeSet<&'d str>,
    app_labels: BTreeSet<&'d str>,
    agents: BTreeSet<&'d str>,
    agent_labels: BTreeSet<&'d str>,
    servers: BTreeSet<&'d str>,
    server_labels: BTreeSet<&'d str>,
    apps_complete: bool,
}

impl<'d> Names<'d> {
    fn of(document: &'d Document) -> Self {
        Self {
            apps: ordered::set(document.apps.iter().map(|app| app.id.as_str())),
            app_labels: ordered::set(document.apps.iter().flat_map(|app| &app.labels).map(String::as_str)),
            agents: ordered::set(document.agents.iter().flatten().map(|agent| agent.id.as_str())),
            agent_labels: ordered::set(
                document.agents.iter().flatten().flat_map(|agent| &agent.labels).map(String::as_str),
            ),
            servers: ordered::set(document.servers.iter().map(|server| server.id.as_str())),
            server_labels: ordered::set(
                document.servers.iter().flat_map(|one| &one.labels).map(String::as_str),
            ),
            apps_complete: document.apps_complete,
        }
    }

    fn check_mapping(&self, server: &Server, faults: &mut Faults) {
        let at = SERVERS.item(server.position);
        let at = at.member("client_ids");
        for (app, _) in &server.client_ids {
            if self.apps_complete && !self.apps.contains(app.as_str()) {
                faults.add_text(&at.member(app), PolicyFault::AppUnknown, app);
            }
        }
    }
}

/// A selection by ids and labels that something has.
fn check_selector(
    at: &At<'_>,
    selector: &Selector,
    [known_ids, known_labels]: [&BTreeSet<&str>; 2],
    [id_unknown, label_unknown]: [PolicyFault; 2],
    faults: &mut Faults,
) {
    let Selector::Listed { ids, labels } = selector else { return };
    let lists = [("ids", ids, known_ids, id_unknown), ("labels", labels, known_labels, label_unknown)];
    for (member, names, known, fault) in lists {
        for (index, name) in names.iter().enumerate() {
            if !known.contains(name.as_str()) {
                faults.add_text(&at.member(member).item(index), fault, name);
            }
        }
    }
}

/// Which servers define which scope sets, and how many of those that a rule selects do.
struct ScopeSets<'d> {
    servers: usize,
    definers: BTreeMap<&'d str, Vec<usize>>,
    by_id: BTreeMap<&'d str, Vec<usize>>,
    by_label: BTreeMap<&'d str, Vec<usize>>,
    /// (scope set, is a label, id or label) → how many define the set.
    counted: BTreeMap<(&'d str, bool, &'d str), usize>,
}

impl<'d> ScopeSets<'d> {
    fn of(servers: &'d [Server]) -> Self {
        let mut sets = Self {
            servers: servers.len(),
            definers: BTreeMap::new(),
            by_id: BTreeMap::new(),
            by_label: BTreeMap::new(),
            counted: BTreeMap::new(),
        };
        for (index, server) in servers.iter().enumerate() {
            sets.by_id.entry(&server.id).or_default().push(index);
            for label in &server.labels {
                sets.by_label.entry(label).or_default().push(index);
            }
            for (set, _) in &server.scope_sets {
                sets.definers.entry(set).or_default().push(index);
            }
        }
        sets
    }

    /// A permit or an exception needs its sets somewhere: where they are undefined they name nothing, which
    /// only narrows. A deny that takes a set away needs it everywhere: undefined, it would silently take
    /// nothing.
    fn check(&mut self, at: &At<'_>, rule: &'d Rule, faults: &mut Faults) {
        let (member, list) = match &rule.scopes {
            Scopes::Only(list) => ("scopes", list),
            Scopes::Except(list) => ("scopes_except", list),
            Scopes::Unmentioned => return,
        };
        let ScopeList::Listed(names) = list else { return };
        let everywhere = rule.effect == Effect::Deny && member == "scopes";
        let at = at.member(member);
        for (index, name) in names.iter().enumerate() {
            let ScopeName::Set(set) = name else { continue };
            let (some, all) = self.defined(set, &rule.servers);
            if !some {
                faults.add_text(&at.item(index), PolicyFault::ScopeSetUndefined, set);
            } else if everywhere && !all {
                faults.add_text(&at.item(index), PolicyFault::ScopeSetPartial, set);
            }
        }
    }

    /// Whether some, and whether all of the selected servers define `set`.
    fn defined(&mut self, set: &'d str, selector: &'d Selector) -> (bool, bool) {
        let Selector::Listed { ids, labels } = selector else {
            let definers = self.definers.get(set).map_or(0, Vec::len);
            return (definers > 0, definers == self.servers);
        };
        let (mut some, mut all) = (false, true);
        let ids = ids.iter().map(|id| (false, id));
        for (is_label, name) in ids.chain(labels.iter().map(|label| (true, label))) {
            let selected = if is_label { &self.by_label } else { &self.by_id };
            // An unknown name is a fault of its own.
            let Some(selected) = selected.get(name.as_str()) else {
                some = true;
                continue;
            };
            let definers = self.definers.get(set).map_or(&[][..], Vec::as_slice);
            let count =
                self.counted.entry((set, is_label, name)).or_insert_with(|| common(selected, definers));
            some |= *count > 0;
            all &= *count == selected.len();
        }
        (some, all)
    }
}

/// How many numbers two ascending lists have in common; costs as much as the shorter one is long.
fn common(left: &[usize], right: &[usize]) -> usize {
    let (short, long) = if left.len() < right.len() { (left, right) } else { (right, left) };
    short.iter().filter(|number| long.binary_search(number).is_ok()).count()
}
