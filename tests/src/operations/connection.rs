//! `client.connection`: one MCP server from discovery to use, as a script.
//!
//! Each step happens at `at` (default: the case's time) and yields one event. A script whose last event is a denial, a
//! failure or an error fails with its code.

use alloc::sync::Arc;

use idjag::client::{
    ClientConfig, Connection, Downscope, DownscopeAnswer, Identity, IdentityReason, Outgoing, Party, Purpose,
    RedirectUri, ResourceVerdict, Step,
};
use idjag::crypto::Thumbprint;
use idjag::oauth::client_metadata::ClientIdUrl;
use idjag::oauth::http::HttpRequest;
use idjag::secret::Secret;
use idjag::text::Acr;
use idjag::uri::{Issuer, ResourceId};
use idjag::{Error, Seconds, UnixTime};
use serde::Deserialize;
use serde_json::{Value, json};

use super::client_tools::{
    Credentials, HTTPS, Server, method, opened_request, page, signer, without_token_id,
};
use super::http::{Response, scope, sparse};
use super::locally;
use super::metadata::Matching;
use super::settings::context_claim;
use super::signing;
use crate::format::{Config, Failure, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    #[serde(default)]
    grant: Grant,
    idp: Option<Server>,
    idp_credentials: Option<Credentials>,
    redirect_uri: Option<String>,
    registering_as: Option<String>,
    #[serde(default)]
    credentials: Vec<Credentials>,
    /// The address of the client's metadata document, and the method it names.
    document: Option<(String, String)>,
    #[serde(default)]
    dpop: bool,
    #[serde(default)]
    accepting_unlisted_profile: bool,
    #[serde(default)]
    dangerous_allowing_resource_query: bool,
    #[serde(default)]
    matching: Matching,
    step_up_limit: Option<u32>,
    context_claim: Option<String>,
}

#[derive(Clone, Copy, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum Grant {
    #[default]
    IdJag,
    ClientCredentials,
    JwtBearer,
    AuthorizationCode,
}

impl Setting {
    fn of_grant(&self, keys: &Keys) -> Result<ClientConfig, Error> {
        let config = match self.grant {
            Grant::IdJag => {
                let idp = self.idp.as_ref().expect("an IdP").metadata()?;
                let own = self.idp_credentials.as_ref().expect("credentials").of_library(keys)?;
                ClientConfig::new(idp, own)?
            }
            Grant::ClientCredentials => ClientConfig::client_credentials(),
            Grant::JwtBearer => ClientConfig::jwt_bearer(),
            Grant::AuthorizationCode => {
                let redirect_uri = self.redirect_uri.as_deref().expect("a redirect URI");
                ClientConfig::authorization_code(RedirectUri::new(redirect_uri)?)
            }
        };
        match &self.registering_as {
            Some(name) => config.registering_as(name.as_str()),
            None => Ok(config),
        }
    }

    fn config(&self, keys: &Keys) -> Result<ClientConfig, Error> {
        let mut config = self
            .of_grant(keys)?
            .with_matching(self.matching.of_library())
            .with_context_claim(context_claim(self.context_claim.as_deref())?);
        for credentials in &self.credentials {
            config = config.with_credentials(credentials.of_library(keys)?);
        }
        if let Some((url, name)) = &self.document {
            let method = method(name, Some("s3cr3t"), keys)?;
            config = config.with_metadata_document(ClientIdUrl::parse(url, HTTPS)?, method)?;
        }
        if self.dpop {
            config = config.with_dpop(signer(keys, "dpop")?);
        }
        if self.accepting_unlisted_profile {
            config = config.accepting_unlisted_profile();
        }
        if self.dangerous_allowing_resource_query {
            config = config.dangerous_allowing_resource_query();
        }
        Ok(match self.step_up_limit {
            Some(limit) => config.with_step_up_limit(limit),
            None => config,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    resource: String,
    /// The resource's answer to a request without token.
    challenge: Option<Response>,
    scope: Option<String>,
    /// The conversation.
    context: Option<String>,
    steps: Vec<At>,
}

#[derive(Deserialize)]
struct At {
    at: Option<u64>,
    #[serde(flatten)]
    act: Act,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    /// The user signs on.
    Identify(SignOn),
    /// The workload says who it is.
    Assert(String),
    /// The address that the user's browser was sent back to.
    Called(String),
    /// The host does not have what is asked for.
    Decline(bool),
    /// What is next?
    Next(bool),
    /// What is next must be a request, and this is its response.
    Answer(Response),
    /// It has none.
    Unreachable(bool),
    /// A request to the resource, to be authorized: method and address.
    Authorize(String, String),
    /// The resource's response to it.
    Used(String, Response),
    /// A token for a subagent: what it is to have, and the server's response.
    Derive(Wanted, Response),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    scope: Option<String>,
    authorization_details: Option<Value>,
    actor_token: Option<String>,
    actor_jkt: Option<String>,
}

impl Wanted {
    fn of_library(&self) -> Result<Downscope, Error> {
        let mut wanted = Downscope::new();
        if let Some(text) = &self.scope {
            wanted = wanted.with_scope(scope(text)?);
        }
        if let Some(details) = &self.authorization_details {
            wanted = wanted.with_details(signing::details(details)?);
        }
        if let Some(token) = &self.actor_token {
            wanted = wanted.with_actor(Secret::new(token.as_str()));
        }
        Ok(match &self.actor_jkt {
            Some(jkt) => wanted.bound_to(Thumbprint::parse(jkt)?),
            None => wanted,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignOn {
    issuer: String,
    id_token: Option<String>,
    refresh_token: Option<String>,
    saml2: Option<String>,
    expires_at: u64,
}

impl SignOn {
    fn identity(&self) -> Result<Identity, Error> {
        let expires_at = UnixTime::now(self.expires_at)?;
        let mut identity = Identity::new(Issuer::new(&self.issuer, HTTPS)?);
        if let Some(token) = &self.id_token {
            identity = identity.with_id_token(Secret::new(token.as_str()), expires_at);
        }
        if let Some(assertion) = &self.saml2 {
            identity = identity.with_saml2(Secret::new(assertion.as_str()), expires_at);
        }
        Ok(match &self.refresh_token {
            Some(token) => identity.with_refresh_token(Secret::new(token.as_str())),
            None => identity,
        })
    }
}

pub(super) fn run(config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let (setting, script): (Setting, Script) = (config.read(), input.read());
    let connect = || -> Result<Connection, Error> {
        let config = Arc::new(setting.config(keys)?);
        let server = ResourceId::new(&script.resource, HTTPS)?;
        let mut connection = match &script.challenge {
            Some(response) => Connection::challenged(config, server, &response.to_http())?,
            None => Connection::new(config, server),
        };
        if let Some(conversation) = &script.context {
            connection = connection.with_context(conversation.as_str())?;
        }
        Ok(match &script.scope {
            Some(text) => connection.with_scope(scope(text)?),
            None => connection,
        })
    };
    let mut player = Player { connection: connect().map_err(locally)?, keys, seen: Vec::new(), drawn: 0 };
    let mut events = Vec::new();
    let mut last = Ok(());
    for At { at, act } in &script.steps {
        let event = player.act(act, UnixTime::now(at.unwrap_or(now)).map_err(locally)?);
        last = event.as_ref().map(|_| ()).map_err(Clone::clone);
        events.push(event.unwrap_or_else(|failure| json!({"error": failure.code})));
    }
    last.map(|()| json!({"events": events}))
}

struct Player<'k> {
    connection: Connection,
    keys: &'k Keys,
    seen: Vec<String>,
    drawn: u8,
}

impl Player<'_> {
    fn entropy(&mut self) -> [u8; 32] {
        self.drawn += 1;
        [self.drawn; 32]
    }

    fn act(&mut self, act: &Act, now: UnixTime) -> Outcome {
        match act {
            Act::Identify(sign_on) => {
                let identity = sign_on.identity().map_err(locally)?;
                self.connection.identify(Arc::new(identity)).map_err(locally)?;
                Ok(json!({"identified": true}))
            }
            Act::Assert(assertion) => {
                self.connection.supply_assertion(Secret::new(assertion.as_str())).map_err(locally)?;
                Ok(json!({"asserted": true}))
            }
            Act::Called(url) => {
                self.connection.authorization_response(url).map_err(locally)?;
                Ok(json!({"called": true}))
            }
            Act::Decline(true) => {
                self.connection.decline();
                Ok(json!({"declined": true}))
            }
            Act::Next(true) => self.next(now),
            Act::Answer(response) => {
                let event = self.next(now)?;
                assert!(event.get("send").is_some(), "a request is due, not {event}");
                self.connection.receive(&response.to_http(), now).map_err(locally)?;
                Ok(event)
            }
            Act::Unreachable(true) => {
                let event = self.next(now)?;
                self.connection.unreachable(now);
                Ok(event)
            }
            Act::Authorize(method, url) => {
                let request = HttpRequest {
                    method: method.clone(),
                    url: url.clone(),
                    headers: idjag::oauth::http::Headers::new(),
                    body: Vec::new(),
                };
                let entropy = self.entropy();
                let request = self.connection.authorize(request, &entropy, now).map_err(locally)?;
                Ok(self.view(&request))
            }
            Act::Used(operation, response) => {
                verdict(self.connection.on_resource_response(operation, &response.to_http(), now))
            }
            Act::Derive(wanted, response) => {
                self.derive(&wanted.of_library().map_err(locally)?, response, now)
            }
            Act::Decline(false) | Act::Next(false) | Act::Unreachable(false) => {
                panic!("a step is taken or left out")
            }
        }
    }

    fn derive(&mut self, wanted: &Downscope, response: &Response, now: UnixTime) -> Outcome {
        let entropy = self.entropy();
        let request = self.connection.downscope(wanted, &entropy, now).map_err(locally)?;
        let request = self.view(&request);
        let answer = self.connection.on_downscope_response(wanted, &response.to_http(), now);
        Ok(match answer.map_err(locally)? {
            DownscopeAnswer::Again => json!({"derive": "again", "request": request}),
            DownscopeAnswer::Derived(derived) => sparse(json!({
                "derive": "derived",
                "request": request,
                "access_token": derived.hand_over(),
                "token_type": derived.token().scheme().as_str(),
                "scope": derived.token().scope().map(|scope| scope.to_string()),
                "expires_at": derived.token().expires_at().map(UnixTime::as_secs),
            })),
            DownscopeAnswer::Refused(answer) => return Err(locally(answer.error())),
        })
    }

    fn next(&mut self, now: UnixTime) -> Outcome {
        let entropy = self.entropy();
        Ok(match self.connection.next(&entropy, now) {
            Step::Send(Outgoing { request, purpose }) => {
                let purpose = match purpose {
                    Purpose::Discovery => "discovery",
                    Purpose::Registration => "registration",
                    Purpose::Exchange => "exchange",
                    Purpose::Grant => "grant",
                };
                json!({"send": purpose, "request": self.view(&request)})
            }
            Step::NeedIdentity(need) => {
                let reason = match need.reason {
                    IdentityReason::SignOn => "sign_on",
                    IdentityReason::Expired => "expired",
                    IdentityReason::Refused => "refused",
                    IdentityReason::StepUp => "step_up",
                };
                sparse(json!({
                    "need_identity": reason,
                    "max_age": need.max_age.map(Seconds::as_secs),
                    "acr_values": need.acr_values.iter().map(Acr::as_str).collect::<Vec<&str>>(),
                }))
            }
            Step::NeedAssertion(need) => {
                json!({"need_assertion": need.audience.as_str(), "resource": need.resource.as_str()})
            }
            Step::NeedAuthorization(need) => page(&need.url, need.redirect_uri.as_str()),
            Step::Ready => {
                let token = self.connection.access_token().expect("a token when ready");
                sparse(json!({
                    "ready": token.resource().as_str(),
                    "scope": token.scope().map(|scope| scope.to_string()),
                    "expires_at": token.expires_at().map(UnixTime::as_secs),
                }))
            }
            Step::Denied(denial) => {
                assert!(matches!(denial.by, Party::IdentityProvider | Party::AuthorizationServer));
                return Err(locally(denial.error()));
            }
            Step::Failed(error) => return Err(locally(error)),
            Step::Wait { seconds } => json!({"wait": seconds.as_secs()}),
        })
    }

    /// The request without what differs each time.
    fn view(&mut self, request: &HttpRequest) -> Value {
        let mut view = opened_request(request, self.keys);
        for list in ["headers", "form"] {
            for pair in view.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
                if pair[1].is_object() {
                    without_token_id(&mut pair[1], &mut self.seen);
                }
            }
        }
        view
    }
}

fn verdict(verdict: ResourceVerdict) -> Result<Value, Failure> {
    Ok(match verdict {
        ResourceVerdict::Done => json!({"verdict": "done"}),
        ResourceVerdict::SendAgain => json!({"verdict": "send_again"}),
        ResourceVerdict::Reconnect => json!({"verdict": "reconnect"}),
        ResourceVerdict::Refused(error) => return Err(locally(error)),
    })
}
