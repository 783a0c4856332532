//! Clients registered by the document at their identifier (Client ID Metadata Documents), for servers.
//!
//! A state machine over `now` that the host owns. It fetches nothing: [`ClientDocuments::next`] says what is known of a
//! client, or what to send for it, first for the document, then for the keys where the document says that they are
//! elsewhere; [`ClientDocuments::received`] is told what came back. What is known serves for a bounded time, and however
//! many requests name a client, one fetch per interval is made for it.
//!
//! A stranger chooses the addresses: where they may lie is the fetching host's to decide (§8.6), and which origins are
//! worth asking at all is configuration.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use crate::crypto::Algorithms;
use crate::error::{Error, ErrorCode};
use crate::jose::PublicKeys;
use crate::limits::Limits;
use crate::oauth::client_metadata::{ClientDocument, ClientIdUrl, DocumentAuthMethod};
use crate::oauth::http::{HttpRequest, HttpResponse};
use crate::oauth::metadata::{document, request};
use crate::oauth::params::{GRANT_JWT_BEARER, GRANT_TOKEN_EXCHANGE};
use crate::oauth::{ClientAuthentication, RegisteredClient};
use crate::text::ClientId;
use crate::time::{Seconds, UnixTime};
use crate::uri::Transport;

#[cfg(test)]
mod tests;

/// Which server asks: decides which grant a client must list to use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentFor {
    /// A resource authorization server: jwt-bearer.
    ResourceAuthorizationServer,
    /// An identity provider: token exchange.
    Idp,
}

/// How documents make clients.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientDocumentsConfig {
    /// Which server asks.
    pub server: DocumentFor,
    /// The origins that are asked for documents and keys, such as `https://apps.example`; `None`: every origin.
    pub origins: Option<BTreeSet<String>>,
    /// Take clients that cannot authenticate (AMB-020).
    pub dangerous_public_clients: bool,
    /// The algorithms of client assertions.
    pub algorithms: Algorithms,
    /// Whether `http` is taken on this machine.
    pub transport: Transport,
    /// The shortest time that a document serves, whatever its response says, and that a refusal stands: 60 s.
    pub min_age: Seconds,
    /// The time that one serves whose response says nothing: 600 s.
    pub default_age: Seconds,
    /// The longest time that a document serves: 3600 s, at most a day.
    pub max_age: Seconds,
    /// The longest time that keys serve which are not in the document: 600 s, at most a day.
    pub max_key_age: Seconds,
    /// After a fetch that failed, how much time lies before the next for the same client: 30 s.
    pub retry_interval: Seconds,
    /// How many clients are remembered: 1000.
    pub capacity: usize,
    /// Caps.
    pub limits: Limits,
}

impl ClientDocumentsConfig {
    /// The defaults: every origin, confidential clients only.
    #[must_use]
    pub const fn new(server: DocumentFor, algorithms: Algorithms) -> Self {
        Self {
            server,
            origins: None,
            dangerous_public_clients: false,
            algorithms,
            transport: Transport::HttpsOnly,
            min_age: Seconds(60),
            default_age: Seconds(600),
            max_age: Seconds(3600),
            max_key_age: Seconds(600),
            retry_interval: Seconds(30),
            capacity: 1000,
            limits: Limits::DEFAULT,
        }
    }

    fn check(&self) -> Result<(), Error> {
        const DAY: Seconds = Seconds(86_400);
        let in_order = self.min_age > Seconds::ZERO
            && self.min_age <= self.default_age
            && self.default_age <= self.max_age;
        if !in_order || self.max_age > DAY || self.max_key_age == Seconds::ZERO || self.max_key_age > DAY {
            return Err(Error::config("the ages of client documents"));
        }
        if self.retry_interval == Seconds::ZERO || self.capacity == 0 {
            return Err(Error::config("retry_interval or capacity"));
        }
        Ok(())
    }
}

/// What is known of a client, or how to get to know it.
#[derive(Clone, Debug)]
pub enum ClientStep<'d> {
    /// The identifier is no address of a document that is asked for here: such a client is registered by hand or not at
    /// all.
    NotADocument,
    /// The client.
    Use(&'d RegisteredClient),
    /// Send this without following redirects, tell [`ClientDocuments::received`] what came back, and ask again. A request
    /// that gets no response needs no call.
    Send(HttpRequest),
    /// What the client published is not acceptable: there is no such client.
    Refused(Error),
    /// It could not be fetched a moment ago, or is being fetched: the request cannot be decided now.
    Unavailable {
        /// When to ask again.
        retry_at: UnixTime,
    },
}

/// The clients with documents, as far as they are known.
#[derive(Clone, Debug)]
pub struct ClientDocuments {
    config: ClientDocumentsConfig,
    known: BTreeMap<ClientId, Known>,
}

/// What is known of one client.
#[derive(Clone, Debug)]
struct Known {
    url: ClientIdUrl,
    state: State,
    /// What was sent last and not answered well, and when.
    sent: Option<(Sent, UnixTime)>,
}

#[derive(Clone, Debug)]
enum State {
    Nothing,
    /// Its keys are elsewhere.
    Document(ClientDocument, Span),
    Client {
        client: RegisteredClient,
        document: ClientDocument,
        document_serves: Span,
        keys_serve: Span,
    },
    Refused(Error, Span),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    ForDocument,
    ForKeys,
}

/// From when on something serves, and for how long. What comes from the future shows that the clock was set back.
#[derive(Clone, Copy, Debug)]
struct Span {
    since: UnixTime,
    age: Seconds,
}

impl Span {
    fn serves(self, now: UnixTime) -> bool {
        self.since <= now && now.since(self.since) < self.age
    }

    const fn end(self) -> UnixTime {
        self.since.plus(self.age)
    }
}

impl ClientDocuments {
    /// Nothing known yet; fails with `config_invalid`.
    pub fn new(config: ClientDocumentsConfig) -> Result<Self, Error> {
        config.check()?;
        Ok(Self { config, known: BTreeMap::new() })
    }

    /// What is known of `client_id`, or what to do about it.
    pub fn next(&mut self, client_id: &ClientId, now: UnixTime) -> ClientStep<'_> {
        if !self.known.contains_key(client_id) {
            let url = ClientIdUrl::parse(client_id.as_str(), self.config.transport);
            let Some(url) = url.ok().filter(|url| self.config.is_asked(url.origin())) else {
                return ClientStep::NotADocument;
            };
            self.make_room(now);
            self.known.insert(client_id.clone(), Known { url, state: State::Nothing, sent: None });
        }
        match self.known.get_mut(client_id) {
            Some(known) => known.next(self.config.retry_interval, now),
            None => ClientStep::NotADocument,
        }
    }

    /// Takes the response to the request that was to be sent for `client_id`.
    ///
    /// Fails, for the log, with `client_document_invalid` when the client is refused for what came; with `server_failed`
    /// or as [`PublicKeys::parse`] when it may be better later; with `response_malformed` when nothing was asked for.
    pub fn received(
        &mut self,
        client_id: &ClientId,
        response: &HttpResponse,
        now: UnixTime,
    ) -> Result<(), Error> {
        const UNASKED: Error = Error::with_detail(ErrorCode::ResponseMalformed, "nothing was asked for");
        let config = &self.config;
        let known = self.known.get_mut(client_id).ok_or(UNASKED)?;
        let (sent, _) = known.sent.ok_or(UNASKED)?;
        let taken = match sent {
            Sent::ForDocument => known.document(response, config, now),
            Sent::ForKeys => known.keys(response, config, now),
        };
        match taken {
            Ok(state) => {
                known.state = state;
                known.sent = None;
                Ok(())
            }
            Err(error) => {
                if error.code() == ErrorCode::ClientDocumentInvalid {
                    known.state = State::Refused(error, Span { since: now, age: config.min_age });
                    known.sent = None;
                }
                Err(error)
            }
        }
    }

    /// Forgets what is worth least: first what no client came of, then what serves for the shortest time.
    fn make_room(&mut self, now: UnixTime) {
        if self.known.len() < self.config.capacity {
            return;
        }
        let worth = |known: &Known| match &known.state {
            State::Client { document_serves, .. } if document_serves.serves(now) => {
                (true, document_serves.end())
            }
            _ => (false, now),
        };
        let least = self.known.iter().min_by_key(|(_, known)| worth(known));
        if let Some(client_id) = least.map(|(client_id, _)| client_id.clone()) {
            self.known.remove(&client_id);
        }
    }
}

impl Known {
    fn next(&mut self, retry_interval: Seconds, now: UnixTime) -> ClientStep<'_> {
        let (sent, url) = match &self.state {
            State::Client { client, document_serves, keys_serve, .. }
                if document_serves.serves(now) && keys_serve.serves(now) =>
            {
                return ClientStep::Use(client);
            }
            State::Refused(error, span) if span.serves(now) => return ClientStep::Refused(*error),
            State::Document(document, serves) | State::Client { document, document_serves: serves, .. }
                if serves.serves(now) && document.jwks_uri.is_some() =>
            {
                (Sent::ForKeys, document.jwks_uri.as_ref())
            }
            _ => (Sent::ForDocument, None),
        };
        let last = self.sent.map(|(_, at)| Span { since: at, age: retry_interval });
        if let Some(last) = last.filter(|last| last.serves(now)) {
            return ClientStep::Unavailable { retry_at: last.end() };
        }
        self.sent = Some((sent, now));
        ClientStep::Send(url.map_or_else(|| self.url.request(), request))
    }

    fn document(
        &self,
        response: &HttpResponse,
        config: &ClientDocumentsConfig,
        now: UnixTime,
    ) -> Result<State, Error> {
        if let 408 | 425 | 429 | 500.. = response.status {
            return Err(Error::new(ErrorCode::ServerFailed));
        }
        let found = ClientDocument::read(response, &self.url, config.transport, &config.limits)?;
        if found.jwks_uri.as_ref().is_some_and(|url| !config.is_asked(url.origin())) {
            return Err(Error::with_detail(ErrorCode::ClientDocumentInvalid, "jwks_uri origin"));
        }
        let serves = Span { since: now, age: config.age(response) };
        match (found.auth_method, &found.jwks_text) {
            (DocumentAuthMethod::None, _) if config.dangerous_public_clients => {
                Ok(client(found, ClientAuthentication::DangerousNone, serves, serves, config))
            }
            (DocumentAuthMethod::None, _) => {
                Err(Error::with_detail(ErrorCode::ClientDocumentInvalid, "public client"))
            }
            (DocumentAuthMethod::PrivateKeyJwt, None) => Ok(State::Document(found, serves)),
            (DocumentAuthMethod::PrivateKeyJwt, Some(text)) => {
                const UNUSABLE: Error = Error::with_detail(ErrorCode::ClientDocumentInvalid, "jwks");
                let keys = usable(text.as_bytes(), config).map_err(|_| UNUSABLE)?;
                let authentication = ClientAuthentication::PrivateKeyJwt(keys);
                Ok(client(found, authentication, serves, serves, config))
            }
        }
    }

    fn keys(
        &self,
        response: &HttpResponse,
        config: &ClientDocumentsConfig,
        now: UnixTime,
    ) -> Result<State, Error> {
        let (State::Document(found, serves) | State::Client { document: found, document_serves: serves, .. }) =
            &self.state
        else {
            return Err(Error::new(ErrorCode::ResponseMalformed));
        };
        document(response, &config.limits)?;
        let keys = usable(&response.body, config)?;
        let keys_serve = Span { since: now, age: config.age(response).min(config.max_key_age) };
        let authentication = ClientAuthentication::PrivateKeyJwt(keys);
        Ok(client(found.clone(), authentication, *serves, keys_serve, config))
    }
}

impl ClientDocumentsConfig {
    /// Whether anything is fetched from there.
    fn is_asked(&self, origin: &str) -> bool {
        self.origins.as_ref().is_none_or(|origins| origins.contains(origin))
    }

    /// For how long what a response carries serves (§8.3): as it says, within bounds.
    fn age(&self, response: &HttpResponse) -> Seconds {
        let mut age = None;
        let directives = response.headers.all("Cache-Control").flat_map(|value| value.split(','));
        for directive in directives.map(str::trim) {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            if name.eq_ignore_ascii_case("no-store") || name.eq_ignore_ascii_case("no-cache") {
                return self.min_age;
            }
            if name.eq_ignore_ascii_case("max-age") {
                let seconds = value.trim_matches('"').parse().map(Seconds);
                age = Some(seconds.unwrap_or(Seconds::ZERO));
            }
        }
        age.unwrap_or(self.default_age).clamp(self.min_age, self.max_age)
    }
}

fn client(
    document: ClientDocument,
    authentication: ClientAuthentication,
    document_serves: Span,
    keys_serve: Span,
    config: &ClientDocumentsConfig,
) -> State {
    let grant = match config.server {
        DocumentFor::ResourceAuthorizationServer => GRANT_JWT_BEARER,
        DocumentFor::Idp => GRANT_TOKEN_EXCHANGE,
    };
    let mut client = RegisteredClient::new(document.client_id.clone(), authentication);
    client.dpop_bound_access_tokens = document.dpop_bound_access_tokens;
    client.may_use_grant = document.grant_types.iter().any(|listed| listed == grant);
    State::Client { client, document, document_serves, keys_serve }
}

/// Keys of which at least one can be used: a client that could never authenticate is none. Tables are not for them: anybody
/// may publish a document.
fn usable(text: &[u8], config: &ClientDocumentsConfig) -> Result<PublicKeys, Error> {
    let keys = PublicKeys::parse(text, &config.algorithms, &config.limits)?;
    if keys.keys().is_empty() { Err(Error::new(ErrorCode::JwksMalformed)) } else { Ok(keys.never_prepared()) }
}
