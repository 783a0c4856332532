//! The command line.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use lexopt::prelude::{Long, Short, Value, ValueExt as _};
use serde_json::Value as Json;

use crate::idp::IdpWorld;
use crate::keys::Key;
use crate::world::{Client, Method, World};

pub(crate) const HELP: &str = "\
idjag-conformance resource-as --url ISSUER --client-id ID [options]

Redeems good and bad ID-JAGs at a resource authorization server and reports by requirement what it did.

the server
  --url ISSUER                    its issuer identifier; its metadata is found from there
  --token-endpoint URL            its token endpoint, where the metadata is not to be asked
  --dpop                          it does DPoP although its metadata does not say so
  --mcp-url URL                   an MCP server that takes its tokens

its clients
  --client-id ID, --client-auth basic|post|private_key_jwt|none   (basic by default)
  --client-secret SECRET, or --client-key FILE with a private JWK
  --other-client-id ID, --other-client-auth, --other-client-secret, --other-client-key
                                  a second client, for grants of which it is not the client
  --clients FILE                  a JSON array of any number: client_id, method, secret or jwk

the identity provider, whose part this program plays
  --idp-listen ADDRESS            serve its metadata and keys there, such as 127.0.0.1:9000 (its issuer: http://ADDRESS)
  --trusted-idp-issuer ISSUER     or sign as this issuer, whose keys are served elsewhere
  --idp-key FILE                  its private JWK: EC on P-256, or RSA; a new one by default
  --untrusted-idp-issuer ISSUER   an issuer that the server does not trust
  --print-jwks                    print the public keys of --idp-key and stop

what the server knows
  --resource URI, --other-resource URI            a resource that it guards (or --trusted-mcp-server); another one
  --subject NAME, --unknown-subject NAME          a user that it knows; one that it does not
  --scope 'A B', --excess-scope C                 scopes of the resource; one that is not a scope there

the report
  --only PREFIX                   run the cases whose name begins so, or that show this requirement; may be repeated
  --rotation-wait SECONDS         how long a server may take to see that keys were exchanged; 90 by default
  --json                          print the report as JSON
  --list                          print the cases and stop

idjag-conformance idp --url ISSUER --client-id ID --subject-token FILE [options]

Exchanges good and bad ID Tokens at an identity provider.

  --url, --token-endpoint, --client-…, --other-client-…, --only, --json, --list as above
  --audience ISSUER, --resource URI, --scope 'A B'   for which the client may have an ID-JAG; all needed
  --excess-scope C                                   a scope that it may not have
  --subject-token FILE                               an ID Token of the client
  --expired-subject-token FILE, --other-subject-token FILE   one that has expired; one of another client
  --client-id-there ID                               what the client is called at the audience

idjag-conformance suite PLAN [--update]
  Runs every server of PLAN, compares what foreign ones did with tests/conformance/expected and with the table in
  its README; --update rewrites both.

Exits with 0 when no MUST failed, 1 when one did, 2 when nothing could be tried. Secrets given on a command line can be
seen by others on the same machine: prefer --clients.
";

/// What is to be done.
#[derive(Debug)]
pub(crate) enum Command {
    Help,
    List,
    Server(Box<Options>),
    IdentityProvider(Box<IdpOptions>),
    ListIdp,
    Suite { plan: PathBuf, update: bool },
}

/// How one server is tried.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) world: World,
    pub(crate) idp_listen: Option<String>,
    pub(crate) idp_issuer: Option<String>,
    pub(crate) idp_key: Option<Key>,
    pub(crate) untrusted: Option<String>,
    pub(crate) only: Vec<String>,
    pub(crate) json: bool,
    pub(crate) print_jwks: bool,
}

/// How one identity provider is tried.
#[derive(Debug, Default)]
pub(crate) struct IdpOptions {
    pub(crate) world: IdpWorld,
    pub(crate) only: Vec<String>,
    pub(crate) json: bool,
}

/// A client as flags describe it.
#[derive(Default)]
struct Flags {
    id: Option<String>,
    method: Option<Method>,
    secret: Option<String>,
    key: Option<Key>,
}

impl Flags {
    fn take(&mut self, flag: &str, value: String) -> Result<(), String> {
        match flag {
            "id" => self.id = Some(value),
            "auth" => self.method = Some(Method::named(&value)?),
            "secret" => self.secret = Some(value),
            _ => self.key = Some(key_file(value.as_ref())?),
        }
        Ok(())
    }

    fn client(self) -> Result<Option<Client>, String> {
        let Some(id) = self.id else { return Ok(None) };
        let by_key = self.key.is_some();
        let method = self.method.unwrap_or(if by_key { Method::PrivateKeyJwt } else { Method::Basic });
        let has = match method {
            Method::Basic | Method::Post => self.secret.is_some(),
            Method::PrivateKeyJwt => by_key,
            Method::None => true,
        };
        if !has {
            return Err(format!("the client `{id}` has nothing to authenticate with"));
        }
        Ok(Some(Client { id, method, secret: self.secret.unwrap_or_default(), key: self.key }))
    }
}

/// A world of which nothing is known yet but what is common.
pub(crate) fn empty_world() -> World {
    World {
        url: String::new(),
        token_endpoint: None,
        clients: Vec::new(),
        resource: String::new(),
        other_resource: None,
        subject: "alice".into(),
        unknown_subject: None,
        scope: String::new(),
        excess_scope: "conformance:excess".into(),
        algorithms: vec!["ES256".into()],
        dpop: false,
        mcp_url: None,
        rotation_wait: 90,
    }
}

/// Reads the arguments.
pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let text = |error: lexopt::Error| error.to_string();
    match parser.next().map_err(text)? {
        None | Some(Short('h') | Long("help")) => return Ok(Command::Help),
        Some(Value(command)) if command == "resource-as" => {}
        Some(Value(command)) if command == "idp" => return identity_provider(&mut parser),
        Some(Value(command)) if command == "suite" => return suite(&mut parser).map_err(text),
        Some(other) => return Err(other.unexpected().to_string()),
    }
    let mut options = Options {
        world: empty_world(),
        idp_listen: None,
        idp_issuer: None,
        idp_key: None,
        untrusted: None,
        only: Vec::new(),
        json: false,
        print_jwks: false,
    };
    let (mut client, mut other, mut clients) = (Flags::default(), Flags::default(), Vec::new());
    while let Some(argument) = parser.next().map_err(text)? {
        let Long(name) = argument else { return Err(argument.unexpected().to_string()) };
        let name = name.to_owned();
        match name.as_str() {
            "help" => return Ok(Command::Help),
            "list" => return Ok(Command::List),
            "json" => options.json = true,
            "dpop" => options.world.dpop = true,
            "print-jwks" => options.print_jwks = true,
            _ => {
                let value = parser.value().and_then(|value| value.string()).map_err(text)?;
                let world = &mut options.world;
                match name.as_str() {
                    "url" => world.url = value,
                    "token-endpoint" => world.token_endpoint = Some(value),
                    "resource" | "trusted-mcp-server" => world.resource = value,
                    "other-resource" => world.other_resource = Some(value),
                    "subject" => world.subject = value,
                    "unknown-subject" => world.unknown_subject = Some(value),
                    "scope" => world.scope = value,
                    "excess-scope" => world.excess_scope = value,
                    "mcp-url" => world.mcp_url = Some(value),
                    "rotation-wait" => {
                        world.rotation_wait = value.parse().map_err(|_| "--rotation-wait takes seconds")?
                    }
                    "clients" => clients = client_file(value.as_ref())?,
                    "idp-listen" => options.idp_listen = Some(value),
                    "trusted-idp-issuer" => options.idp_issuer = Some(value),
                    "idp-key" => options.idp_key = Some(key_file(value.as_ref())?),
                    "untrusted-idp-issuer" => options.untrusted = Some(value),
                    "only" => options.only.push(value),
                    name => client_flag(name, value, &mut client, &mut other)?,
                }
            }
        }
    }
    options.world.clients.extend(client.client()?);
    options.world.clients.extend(other.client()?);
    options.world.clients.append(&mut clients);
    Ok(Command::Server(Box::new(options)))
}

fn identity_provider(parser: &mut lexopt::Parser) -> Result<Command, String> {
    let text = |error: lexopt::Error| error.to_string();
    let mut options = IdpOptions::default();
    let (mut client, mut other) = (Flags::default(), Flags::default());
    while let Some(argument) = parser.next().map_err(text)? {
        let Long(name) = argument else { return Err(argument.unexpected().to_string()) };
        let name = name.to_owned();
        match name.as_str() {
            "help" => return Ok(Command::Help),
            "list" => return Ok(Command::ListIdp),
            "json" => options.json = true,
            _ => {
                let value = parser.value().and_then(|value| value.string()).map_err(text)?;
                let world = &mut options.world;
                match name.as_str() {
                    "url" => world.url = value,
                    "token-endpoint" => world.token_endpoint = Some(value),
                    "audience" => world.audience = value,
                    "resource" => world.resource = value,
                    "scope" => world.scope = value,
                    "excess-scope" => world.excess_scope = value,
                    "client-id-there" => world.client_id_there = Some(value),
                    "subject-token" => world.subject_token = token_file(&value)?,
                    "expired-subject-token" => world.expired_subject_token = Some(token_file(&value)?),
                    "other-subject-token" => world.other_subject_token = Some(token_file(&value)?),
                    "only" => options.only.push(value),
                    name => client_flag(name, value, &mut client, &mut other)?,
                }
            }
        }
    }
    let world = &mut options.world;
    world.clients.extend(client.client()?);
    world.clients.extend(other.client()?);
    if world.excess_scope.is_empty() {
        world.excess_scope = "conformance:excess".into();
    }
    for (value, flag) in [
        (&world.url, "url"),
        (&world.audience, "audience"),
        (&world.resource, "resource"),
        (&world.scope, "scope"),
        (&world.subject_token, "subject-token"),
    ] {
        if value.is_empty() {
            return Err(format!("--{flag} is missing"));
        }
    }
    if world.clients.is_empty() {
        return Err("--client-id is missing".into());
    }
    Ok(Command::IdentityProvider(Box::new(options)))
}

/// A flag that is about one of the two clients.
fn client_flag(name: &str, value: String, client: &mut Flags, other: &mut Flags) -> Result<(), String> {
    match (name.strip_prefix("client-"), name.strip_prefix("other-client-")) {
        (Some(flag @ ("id" | "auth" | "secret" | "key")), _) => client.take(flag, value),
        (_, Some(flag @ ("id" | "auth" | "secret" | "key"))) => other.take(flag, value),
        _ => Err(format!("no option --{name}")),
    }
}

fn token_file(path: &str) -> Result<String, String> {
    fs::read_to_string(path).map(|text| text.trim().to_owned()).map_err(|error| format!("{path}: {error}"))
}

fn suite(parser: &mut lexopt::Parser) -> Result<Command, lexopt::Error> {
    let (mut plan, mut update) = (None, false);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("update") => update = true,
            Value(path) if plan.is_none() => plan = Some(PathBuf::from(path)),
            other => return Err(other.unexpected()),
        }
    }
    let plan = plan.ok_or("suite takes a plan")?;
    Ok(Command::Suite { plan, update })
}

fn document(path: &Path) -> Result<Json, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn key_file(path: &Path) -> Result<Key, String> {
    Key::from_jwk(&document(path)?)
}

fn client_file(path: &Path) -> Result<Vec<Client>, String> {
    let clients = document(path)?;
    let clients = clients.as_array().ok_or(format!("{}: not an array", path.display()))?;
    clients.iter().map(Client::from_document).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(line: &str) -> Result<Box<Options>, String> {
        match read(line.split(' ').map(OsString::from))? {
            Command::Server(options) => Ok(options),
            other => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn clients_are_told_by_flags() {
        let line = "resource-as --client-id a --client-secret s --other-client-id b --other-client-auth none";
        let world = options(line).unwrap().world;
        let told: Vec<_> = world.clients.iter().map(|client| (client.id.as_str(), client.method)).collect();
        assert_eq!(told, [("a", Method::Basic), ("b", Method::None)]);
        assert_eq!(world.clients[0].secret, "s");
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for line in [
            "resource-as --client-id a",
            "resource-as --client-id a --client-auth private_key_jwt --client-secret s",
            "resource-as --client-id a --client-auth magic",
            "resource-as --colour red",
            "resource-as --rotation-wait soon",
            "resource-as https://as.example",
            "authorization-server",
            "suite",
        ] {
            assert!(options(line).is_err(), "{line}");
        }
    }

    #[test]
    fn an_address_and_an_mcp_server_are_taken_by_their_other_names() {
        let line = "resource-as --url https://as.example --trusted-mcp-server https://mcp.example --only typ. --only JAG-065";
        let options = options(line).unwrap();
        assert_eq!(
            (options.world.url.as_str(), options.world.resource.as_str()),
            ("https://as.example", "https://mcp.example")
        );
        assert_eq!(options.only, ["typ.", "JAG-065"]);
    }
}
