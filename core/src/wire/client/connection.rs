//! Connections: one MCP server each, from discovery to use.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;

use super::grant::AccessTokenAnswer;
use super::material::{ArrivedResponse, AuthorizedRequest, OutgoingRequest, entropy};
use super::step::{NextStep, UseVerdict};
use crate::client::{ClientConfig, Connection, Identity};
use crate::error::Error;
use crate::oauth::http::{HttpRequest, HttpResponse};
use crate::secret::Secret;
use crate::time::UnixTime;
use crate::uri::{Issuer, ResourceId, Transport};
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::{Held, Machine};
use crate::wire::operation::{Operation, operations};
use crate::wire::read::{Bytes, Details};
use crate::wire::state::Empty;
use crate::wire::tokens::claims::{details, scope};
use crate::wire::tokens::keys::Nothing;
use crate::wire::write::output;

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// A connection to one MCP server. It sends nothing itself: it says what to send, and is told what came back.
    Make "connection.new" ["client"] new: ConnectionOptions => ConnectionAnswer;
    /// What to do next. Nothing changes until something comes back: a request whose response was lost is asked for
    /// again.
    Drive "connection.next" ["connection"] next: Ask => NextStep;
    /// Takes the response to the request that `next` named.
    Drive "connection.receive" ["connection"] receive: Arrived => Empty;
    /// Says that no response came. The request is tried again, for a while.
    Drive "connection.unreachable" ["connection"] unreachable: At => Empty;
    /// Takes the user's sign-on: before the first step, or when `next` asks for one. It replaces the one before.
    Drive "connection.identify" ["connection"] identify: SignOn => Empty;
    /// Takes the JWT that `next` asks for. It is sent until the server answers, also when that asks for patience or for a
    /// nonce, and never after a refusal.
    Drive "connection.supply_assertion" ["connection"] supply_assertion: WorkloadAssertion => Empty;
    /// Takes the address that the user's browser was sent back to. Fails with `state_mismatch` when it is no response to
    /// the request, which then still stands.
    Drive "connection.authorization_response" ["connection"] authorization_response: CalledBack => Empty;
    /// Says that what `next` asks for, a sign-on, an assertion or the user's permission, will not come. What was granted
    /// before a step-up stays usable; without that, the connection has failed.
    Drive "connection.decline" ["connection"] decline: Nothing => Empty;
    /// Adds the access token, and the proof where it is bound, to a request to the MCP server. Send it without following
    /// redirects, and give its response to `on_resource_response`.
    Drive "connection.authorize" ["connection"] authorize: ToAuthorize => AuthorizedRequest;
    /// Takes the MCP server's response to an authorized request, and says what it means. While nothing is discovered, it
    /// may be the response to a request without token: its challenge says where the metadata is, and what is needed.
    Drive "connection.on_resource_response" ["connection"] on_resource_response: Used => UseVerdict;
    /// Where the connection stands; changes nothing.
    Drive "connection.status" ["connection"] status: At => ConnectionStatus;
};

input! {
    Arguments
    /// A connection to one MCP server.
    pub(in crate::wire) struct ConnectionOptions {
        /// The MCP server's address.
        resource: String,
        /// Its response to a request without token, if there was one: says where its metadata is, and what it needs.
        challenge: Option<ArrivedResponse>,
        /// The scope to ask for first, space-separated; what challenge or metadata name by default.
        scope: Option<String>,
        /// Authorization details to ask for; none by default.
        authorization_details: Option<Details>,
        /// The conversation that its tokens are for, and for no other: 1 to 512 bytes. Each conversation has a connection of
        /// its own. None by default.
        context: Option<String>,
    }
}

output! {
    /// A connection.
    pub(in crate::wire) struct ConnectionAnswer {
        /// The MCP server.
        resource: String,
    }
}

fn new(options: ConnectionOptions, held: &Held) -> Result<(Machine, ConnectionAnswer), Fault> {
    let config = Arc::<ClientConfig>::clone(held.client(0)?);
    let server = ResourceId::new(&options.resource, config.transport())?;
    let mut connection = match options.challenge {
        Some(response) => Connection::challenged(config, server, &HttpResponse::from(response))?,
        None => Connection::new(config, server),
    };
    if let Some(text) = &options.scope {
        connection = connection.with_scope(scope(text)?);
    }
    if let Some(wanted) = &options.authorization_details {
        connection = connection.with_details(details(wanted)?);
    }
    if let Some(conversation) = options.context {
        connection = connection.with_context(conversation)?;
    }
    let answer = ConnectionAnswer { resource: String::from(connection.server().as_str()) };
    Ok((Machine::Connection(Box::new(connection)), answer))
}

input! {
    Arguments
    /// A question.
    pub(in crate::wire) struct Ask {
        /// 32 random bytes, fresh for every call.
        random: Bytes,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

fn next(call: Ask, _: &Held, machine: &mut Machine) -> Result<NextStep, Fault> {
    let connection = machine.connection()?;
    let step = connection.next(entropy(&call.random)?, call.now);
    Ok(NextStep::of(step, connection))
}

input! {
    Arguments
    /// A response.
    pub(in crate::wire) struct Arrived {
        /// The response.
        response: ArrivedResponse,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

fn receive(call: Arrived, _: &Held, machine: &mut Machine) -> Result<Empty, Fault> {
    machine.connection()?.receive(&HttpResponse::from(call.response), call.now)?;
    Ok(Empty {})
}

input! {
    Arguments
    /// A point in time.
    pub(in crate::wire) struct At {
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

fn unreachable(call: At, _: &Held, machine: &mut Machine) -> Result<Empty, Fault> {
    machine.connection()?.unreachable(call.now);
    Ok(Empty {})
}

input! {
    Arguments
    /// The outcome of one sign-on at the identity provider. You have verified it.
    pub(in crate::wire) struct SignOn {
        /// The identity provider's issuer identifier.
        issuer: String,
        /// The ID Token: what ID-JAGs are asked for with first.
        id_token: Option<Secret>,
        /// The SAML 2.0 assertion, base64url-encoded: used without an ID Token.
        saml2: Option<Secret>,
        /// A refresh token: used when nothing else is left.
        refresh_token: Option<Secret>,
        /// When `id_token` and `saml2` expire, in seconds since 1970; required with either. Where they differ, the earlier.
        expires_at: Option<UnixTime>,
    }
}

fn identify(call: SignOn, _: &Held, machine: &mut Machine) -> Result<Empty, Fault> {
    // Whether this is the identity provider, and so whether `http` will do, the connection knows.
    let issuer = Issuer::new(&call.issuer, Transport::DangerousAllowHttpLoopback)?;
    let mut identity = Identity::new(issuer);
    let expires_at = || call.expires_at.ok_or(Error::config("expires_at"));
    if let Some(token) = call.id_token {
        identity = identity.with_id_token(token, expires_at()?);
    }
    if let Some(assertion) = call.saml2 {
        identity = identity.with_saml2(assertion, expires_at()?);
    }
    if let Some(token) = call.refresh_token {
        identity = identity.with_refresh_token(token);
    }
    machine.connection()?.identify(Arc::new(identity))?;
    Ok(Empty {})
}

input! {
    Arguments
    /// Who a workload is.
    pub(in crate::wire) struct WorkloadAssertion {
        /// The JWT, made for the `audience` that `next` named.
        assertion: Secret,
    }
}

fn supply_assertion(call: WorkloadAssertion, _: &Held, machine: &mut Machine) -> Result<Empty, Fault> {
    machine.connection()?.supply_assertion(call.assertion)?;
    Ok(Empty {})
}

input! {
    Arguments
    /// Where the user's browser was sent back to.
    pub(in crate::wire) struct CalledBack {
        /// The address, as it was called: the redirect URI with what the authorization server added.
        url: Secret,
    }
}

fn authorization_response(call: CalledBack, _: &Held, machine: &mut Machine) -> Result<Empty, Fault> {
    machine.connection()?.authorization_response(call.url.expose())?;
    Ok(Empty {})
}

fn decline(_: Nothing, _: &Held, machine: &mut Machine) -> Result<Empty, Fault> {
    machine.connection()?.decline();
    Ok(Empty {})
}

input! {
    Arguments
    /// A request to authorize.
    pub(in crate::wire) struct ToAuthorize {
        /// The request.
        request: OutgoingRequest,
        /// 32 random bytes, fresh for every call.
        random: Bytes,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

fn authorize(call: ToAuthorize, _: &Held, machine: &mut Machine) -> Result<AuthorizedRequest, Fault> {
    let request = HttpRequest::from(call.request);
    let random = entropy(&call.random)?;
    Ok(machine.connection()?.authorize(request, random, call.now)?.into())
}

input! {
    Arguments
    /// The response to an authorized request.
    pub(in crate::wire) struct Used {
        /// Your own name for what the request does, such as the tool's: step-ups are counted for each.
        operation: String,
        /// The response.
        response: ArrivedResponse,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

fn on_resource_response(call: Used, _: &Held, machine: &mut Machine) -> Result<UseVerdict, Fault> {
    let response = HttpResponse::from(call.response);
    Ok(machine.connection()?.on_resource_response(&call.operation, &response, call.now).into())
}

output! {
    /// Where a connection stands.
    pub(in crate::wire) struct ConnectionStatus {
        /// Whether requests can be authorized.
        ready: bool,
        /// The MCP server.
        resource: String,
        /// The conversation it is for.
        context: Option<String>,
        /// The authorization server's issuer identifier, once discovered.
        authorization_server: Option<String>,
        /// The access token in use: where it may be sent, and what for.
        token: Option<AccessTokenAnswer>,
    }
}

fn status(call: At, _: &Held, machine: &mut Machine) -> Result<ConnectionStatus, Fault> {
    let connection = machine.connection()?;
    let server = connection.authorization_server();
    Ok(ConnectionStatus {
        ready: connection.is_ready(call.now),
        resource: String::from(connection.server().as_str()),
        context: connection.context().map(|context| String::from(context.as_str())),
        authorization_server: server.map(|server| String::from(server.issuer.as_str())),
        token: connection.access_token().map(AccessTokenAnswer::from),
    })
}
