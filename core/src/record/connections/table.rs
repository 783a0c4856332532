//! The folded tokens as a table for one point in time: a line for each app at each server.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::token::Token;
use super::{Connections, Key};
use crate::codec::json::{Json, Object};
use crate::time::UnixTime;

/// Who can reach what.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// A line for each app at each authorization server, in order.
    pub connections: Vec<Connection>,
    /// What was refused to nobody in particular, by who refused it.
    pub elsewhere: Vec<Elsewhere>,
    /// Records that were left out because too much was to be remembered: the table may lack something.
    pub left_out: u64,
}

/// An app at the resources of one authorization server.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Connection {
    /// The authorization server: its issuer identifier.
    pub issuer: String,
    /// The app, by its id in the policy; where no record names one, the client's id.
    pub app: String,
    /// The server, by its id in the policy.
    pub server: Option<String>,
    /// The app's client ids at the authorization server.
    pub client_ids: BTreeSet<String>,
    /// The resources that were ever granted.
    pub resources: BTreeSet<String>,
    /// The scopes that were ever granted.
    pub scope: BTreeSet<String>,
    /// The types of authorization details that were ever granted.
    pub details: BTreeSet<String>,
    /// The scopes of the tokens that are good now.
    pub live_scope: BTreeSet<String>,
    /// The users, in order.
    pub users: Vec<ConnectedUser>,
    /// The first token.
    pub since: Option<UnixTime>,
    /// The last operation that was let through.
    pub last_used: Option<UnixTime>,
    /// How many tokens are good now, ID-JAGs among them.
    pub live_tokens: u64,
    /// When the last of them expires.
    pub live_until: Option<UnixTime>,
    /// How often something was refused.
    pub denied: u64,
    /// When last.
    pub last_denied: Option<UnixTime>,
    /// With which error code.
    pub last_error: Option<String>,
}

/// A user on whose behalf an app has access.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConnectedUser {
    /// The issuer in whose namespace `subject` stands: the identity provider where its records are there.
    pub issuer: String,
    /// The user.
    pub subject: String,
    /// The user's accounts at the server.
    pub accounts: BTreeSet<String>,
    /// Who acted for the user.
    pub actors: BTreeSet<String>,
    /// The conversations, in order.
    pub conversations: Vec<Conversation>,
    /// The first token.
    pub since: Option<UnixTime>,
    /// The last operation that was let through.
    pub last_used: Option<UnixTime>,
    /// How many tokens are good now.
    pub live_tokens: u64,
    /// When the last of them expires.
    pub live_until: Option<UnixTime>,
}

/// A conversation of a user with an app.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conversation {
    /// Its name.
    pub context: String,
    /// The first token.
    pub since: Option<UnixTime>,
    /// The last operation that was let through.
    pub last_used: Option<UnixTime>,
    /// How many tokens are good now.
    pub live_tokens: u64,
    /// When the last of them expires.
    pub live_until: Option<UnixTime>,
}

/// Refusals that name no app and server.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Elsewhere {
    /// Who refused.
    pub decided_by: String,
    /// How often.
    pub denied: u64,
    /// When last.
    pub last_denied: Option<UnixTime>,
    /// With which error code.
    pub last_error: Option<String>,
}

/// When tokens were issued and used, and whether they still are good: the same for app, user and conversation.
#[derive(Clone, Default)]
struct Life {
    since: Option<UnixTime>,
    last_used: Option<UnixTime>,
    live_tokens: u64,
    live_until: Option<UnixTime>,
}

#[derive(Default)]
struct User {
    life: Life,
    accounts: BTreeSet<String>,
    actors: BTreeSet<String>,
    conversations: BTreeMap<String, Life>,
}

#[derive(Default)]
struct Line {
    connection: Connection,
    life: Life,
    users: BTreeMap<(String, String), User>,
}

/// An authorization server and an app.
type Place = (String, String);

pub(super) fn of(folded: &Connections, now: UnixTime) -> Table {
    let names = Names::of(folded);
    let mut lines: BTreeMap<Place, Line> = BTreeMap::new();
    for (key, token) in &folded.tokens {
        let is_live = token.is_live(key, &folded.tokens, &folded.revoked, now);
        if let Some(place) = names.place_of(token) {
            lines.entry(place).or_default().add(token, names.user_of(key, token), is_live);
        }
    }
    let mut elsewhere: BTreeMap<String, Elsewhere> = BTreeMap::new();
    for (denied, denials) in &folded.denials {
        let count = denials.seen.len() as u64;
        let app = names.app_of(denied.server.as_deref(), denied.app.as_deref(), denied.client_id.as_deref());
        let (total, last_denied, last_error) = match (&denied.server, app) {
            (Some(server), Some(app)) => {
                let line = &mut lines.entry((server.clone(), app)).or_default().connection;
                (&mut line.denied, &mut line.last_denied, &mut line.last_error)
            }
            _ => {
                let other = elsewhere.entry(denied.decided_by.clone()).or_default();
                (&mut other.denied, &mut other.last_denied, &mut other.last_error)
            }
        };
        *total = total.saturating_add(count);
        if let Some((at, error)) = &denials.last
            && (*last_denied, last_error.as_ref()) < (Some(*at), Some(error))
        {
            (*last_denied, *last_error) = (Some(*at), Some(error.clone()));
        }
    }
    let named = |(decided_by, other)| Elsewhere { decided_by, ..other };
    Table {
        connections: lines.into_iter().map(|(place, line)| line.finish(place)).collect(),
        elsewhere: elsewhere.into_iter().map(named).collect(),
        left_out: folded.left_out,
    }
}

/// What one record says of an app or a user, for others that do not.
struct Names<'t> {
    /// The app of a client, by authorization server and client id there.
    apps: BTreeMap<(&'t str, &'t str), &'t str>,
    /// The user of an ID-JAG, by the authorization server that it is for and its id.
    users: BTreeMap<(&'t str, &'t str), &'t (String, String)>,
    /// The same, as the ID-JAG names the user to that server.
    redeemed: BTreeMap<(&'t str, &'t str), &'t (String, String)>,
}

impl<'t> Names<'t> {
    fn of(folded: &'t Connections) -> Self {
        let (mut apps, mut users, mut redeemed) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (key, token) in &folded.tokens {
            let Some(server) = token.server_issuer.as_deref() else { continue };
            if let (Some(client_id), Some(app)) = (token.client_id.as_deref(), token.app.as_deref()) {
                let known = apps.entry((server, client_id)).or_insert(app);
                *known = app.min(known);
            }
            let (known, grant) = match token.is_grant {
                true => (&mut users, Some(key.id.as_str())),
                false => (&mut redeemed, token.grant_id.as_deref()),
            };
            if let (Some(grant), Some(user)) = (grant, &token.user) {
                let known = known.entry((server, grant)).or_insert(user);
                *known = user.min(*known);
            }
        }
        Self { apps, users, redeemed }
    }

    fn app_of(&self, server: Option<&str>, app: Option<&str>, client_id: Option<&str>) -> Option<String> {
        let known = server.zip(client_id).and_then(|place| self.apps.get(&place).copied());
        app.or(known).or(client_id).map(String::from)
    }

    fn place_of(&self, token: &Token) -> Option<Place> {
        let server = token.server_issuer.as_deref()?;
        let app = self.app_of(Some(server), token.app.as_deref(), token.client_id.as_deref())?;
        Some((String::from(server), app))
    }

    /// Who the user is to the identity provider, or, where only the server's records are there, to the server.
    fn user_of(&self, key: &Key, token: &Token) -> (String, String) {
        let granted = token.server_issuer.as_deref().zip(token.grant_id.as_deref());
        let of =
            |users: &BTreeMap<_, &'t (String, String)>| granted.and_then(|grant| users.get(&grant).copied());
        let known = of(&self.users).or(token.user.as_ref()).or_else(|| of(&self.redeemed));
        known.cloned().unwrap_or_else(|| (key.issuer.clone(), token.subject.clone().unwrap_or_default()))
    }
}

impl Life {
    fn add(&mut self, token: &Token, is_live: bool) {
        self.since = self.since.into_iter().chain(token.since).min();
        self.last_used = self.last_used.max(token.last_used);
        if is_live {
            self.live_tokens = self.live_tokens.saturating_add(1);
            self.live_until = self.live_until.max(token.expires_at);
        }
    }
}

impl Line {
    fn add(&mut self, token: &Token, user: (String, String), is_live: bool) {
        self.life.add(token, is_live);
        let line = &mut self.connection;
        line.server = [line.server.take(), token.server.clone()].into_iter().flatten().min();
        line.client_ids.extend(token.client_id.clone());
        line.resources.extend(token.resources.iter().cloned());
        line.scope.extend(token.scope.iter().cloned());
        line.details.extend(token.details.iter().cloned());
        if is_live {
            line.live_scope.extend(token.scope.iter().cloned());
        }
        let user = self.users.entry(user).or_default();
        user.life.add(token, is_live);
        user.accounts.extend(token.subject.clone().filter(|_| !token.is_grant));
        user.actors.extend(token.actor.clone());
        if let Some(context) = &token.context {
            user.conversations.entry(context.clone()).or_default().add(token, is_live);
        }
    }

    fn finish(self, (issuer, app): Place) -> Connection {
        let Life { since, last_used, live_tokens, live_until } = self.life;
        let users = self.users.into_iter().map(|(name, user)| user.finish(name)).collect();
        Connection { issuer, app, users, since, last_used, live_tokens, live_until, ..self.connection }
    }
}

impl User {
    fn finish(self, (issuer, subject): (String, String)) -> ConnectedUser {
        let conversation = |(context, life)| {
            let Life { since, last_used, live_tokens, live_until } = life;
            Conversation { context, since, last_used, live_tokens, live_until }
        };
        let Life { since, last_used, live_tokens, live_until } = self.life;
        ConnectedUser {
            issuer,
            subject,
            accounts: self.accounts,
            actors: self.actors,
            conversations: self.conversations.into_iter().map(conversation).collect(),
            since,
            last_used,
            live_tokens,
            live_until,
        }
    }
}

/// Writes the members that are there.
fn put(
    out: &mut Object<'static>,
    times: &[(&'static str, Option<UnixTime>)],
    sets: &[(&'static str, &BTreeSet<String>)],
) {
    for (name, set) in sets {
        if !set.is_empty() {
            out.set(*name, Json::strings(set.iter().cloned()));
        }
    }
    for (name, time) in times {
        if let Some(time) = time {
            out.set(*name, time.as_secs());
        }
    }
}

fn list(items: impl Iterator<Item = Object<'static>>) -> Json<'static> {
    Json::Array(items.map(Json::Object).collect())
}

impl Table {
    /// The table as JSON; what is not known is left out.
    #[must_use]
    pub fn to_json(&self) -> Object<'static> {
        let mut out = Object::new();
        out.set("connections", list(self.connections.iter().map(Connection::to_json)));
        out.set("elsewhere", list(self.elsewhere.iter().map(Elsewhere::to_json)));
        out.set("left_out", self.left_out);
        out
    }
}

impl Connection {
    fn to_json(&self) -> Object<'static> {
        let mut out = Object::new();
        out.set_str("issuer", self.issuer.clone());
        out.set_str("app", self.app.clone());
        if let Some(server) = &self.server {
            out.set_str("server", server.clone());
        }
        let sets = [
            ("client_ids", &self.client_ids),
            ("resources", &self.resources),
            ("scopes", &self.scope),
            ("details", &self.details),
            ("live_scopes", &self.live_scope),
        ];
        let times = [("since", self.since), ("last_used", self.last_used), ("live_until", self.live_until)];
        put(&mut out, &times, &sets);
        out.set("live_tokens", self.live_tokens);
        out.set("users", list(self.users.iter().map(ConnectedUser::to_json)));
        denied(&mut out, self.denied, self.last_denied, self.last_error.as_deref());
        out
    }
}

fn denied(out: &mut Object<'static>, count: u64, last: Option<UnixTime>, error: Option<&str>) {
    out.set("denied", count);
    put(out, &[("last_denied", last)], &[]);
    if let Some(error) = error {
        out.set_str("last_error", String::from(error));
    }
}

impl ConnectedUser {
    fn to_json(&self) -> Object<'static> {
        let mut out = Object::new();
        out.set_str("issuer", self.issuer.clone());
        out.set_str("subject", self.subject.clone());
        let times = [("since", self.since), ("last_used", self.last_used), ("live_until", self.live_until)];
        put(&mut out, &times, &[("accounts", &self.accounts), ("actors", &self.actors)]);
        out.set("live_tokens", self.live_tokens);
        if !self.conversations.is_empty() {
            out.set("conversations", list(self.conversations.iter().map(Conversation::to_json)));
        }
        out
    }
}

impl Conversation {
    fn to_json(&self) -> Object<'static> {
        let mut out = Object::new();
        out.set_str("context", self.context.clone());
        let times = [("since", self.since), ("last_used", self.last_used), ("live_until", self.live_until)];
        put(&mut out, &times, &[]);
        out.set("live_tokens", self.live_tokens);
        out
    }
}

impl Elsewhere {
    fn to_json(&self) -> Object<'static> {
        let mut out = Object::new();
        out.set_str("decided_by", self.decided_by.clone());
        denied(&mut out, self.denied, self.last_denied, self.last_error.as_deref());
        out
    }
}
