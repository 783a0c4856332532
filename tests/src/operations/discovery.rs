//! `well_known.urls`, `discovery.run`, `registration.plan`, `scope.select` and `authorization_response.check_issuer`: how
//! a client finds out whom to ask, and for what.

use idjag::Error;
use idjag::oauth::client_metadata::ClientIdUrl;
use idjag::oauth::discovery::{
    AuthorizationServerChoice, Discovery, IssuerDiscovery, Progress, Registration, StepUps,
    authorization_server_metadata_urls, check_authorization_response_issuer, initial_scope,
    plan_registration, resource_metadata_urls,
};
use idjag::oauth::http::{HttpRequest, HttpResponse};
use idjag::oauth::metadata::{AuthorizationServerMetadata, ProtectedResourceMetadata};
use idjag::scope::Scope;
use idjag::uri::{Issuer, ResourceId, Transport, Url};
use serde::Deserialize;
use serde_json::{Value, json};

use super::http::{Reading, Response, request, scope, scope_text};
use super::locally;
use super::metadata::{Matching, protected_resource, server};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

const HTTPS: Transport = Transport::HttpsOnly;

/// `{issuer}` or `{resource, resource_metadata?}` → `{urls}` in the order to try.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Place {
    Issuer { issuer: String },
    Resource { resource: String, resource_metadata: Option<String> },
}

pub(super) fn urls(_config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let urls = || -> Result<Vec<Url>, Error> {
        match input.read() {
            Place::Issuer { issuer } => Ok(authorization_server_metadata_urls(&Issuer::new(&issuer, HTTPS)?)),
            Place::Resource { resource, resource_metadata } => {
                let challenged = resource_metadata.map(|url| Url::new(&url, HTTPS)).transpose()?;
                let resource = ResourceId::new(&resource, HTTPS)?;
                let plan = resource_metadata_urls(&resource, challenged.as_ref());
                Ok(plan.into_iter().map(|(url, _)| url).collect())
            }
        }
    };
    let urls = urls().map_err(locally)?;
    Ok(json!({"urls": urls.iter().map(Url::as_str).collect::<Vec<&str>>()}))
}

/// config `{matching?, prefer?, require?, reading?}`: the issuers with which the client is registered.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Finder {
    #[serde(default)]
    matching: Matching,
    prefer: Option<Vec<String>>,
    require: Option<Vec<String>>,
    #[serde(default)]
    reading: Reading,
}

/// input `{resource, resource_metadata?, responses}` or `{issuer, responses}`; output the `requests` made and what was
/// found. A `server_failed` ends the script: the host would send the same request again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    resource: Option<String>,
    resource_metadata: Option<String>,
    issuer: Option<String>,
    responses: Vec<Response>,
}

pub(super) fn run(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let (finder, script): (Finder, Script) = (config.read(), input.read());
    let run = || match &script.issuer {
        Some(issuer) => finder.find_issuer(issuer, &script),
        None => finder.find(&script),
    };
    run().map_err(locally)
}

impl Finder {
    fn choice(&self) -> Result<AuthorizationServerChoice, Error> {
        let issuers = |texts: &[String]| {
            texts
                .iter()
                .map(|text| Issuer::new(text, self.reading.transport()))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(match (&self.prefer, &self.require) {
            (None, None) => AuthorizationServerChoice::First,
            (Some(known), None) => AuthorizationServerChoice::Prefer(issuers(known)?),
            (None, Some(known)) => AuthorizationServerChoice::Require(issuers(known)?),
            _ => panic!("`prefer` or `require`, not both"),
        })
    }

    fn find(&self, script: &Script) -> Result<Value, Error> {
        let transport = self.reading.transport();
        let resource = script.resource.as_deref().expect("a resource or an issuer");
        let challenged = script.resource_metadata.as_deref().map(|url| Url::new(url, transport));
        let mut discovery = Discovery::new(ResourceId::new(resource, transport)?, challenged.transpose()?)
            .with_matching(self.matching.of_library())
            .with_choice(self.choice()?)
            .with_transport(transport)
            .with_limits(self.reading.limits());
        let (requests, found) = play(script, &mut discovery, Discovery::next, Discovery::receive)?;
        Ok(json!({
            "requests": requests,
            "resource": protected_resource(&found.resource),
            "authorization_server": server(&found.authorization_server),
        }))
    }

    fn find_issuer(&self, issuer: &str, script: &Script) -> Result<Value, Error> {
        let transport = self.reading.transport();
        let mut discovery = IssuerDiscovery::new(Issuer::new(issuer, transport)?)
            .with_transport(transport)
            .with_limits(self.reading.limits());
        let (requests, found) =
            play(script, &mut discovery, IssuerDiscovery::next, IssuerDiscovery::receive)?;
        Ok(json!({"requests": requests, "authorization_server": server(&found)}))
    }
}

/// Answers each request with the next response; panics when there are too few or too many.
fn play<M, T>(
    script: &Script,
    machine: &mut M,
    next: impl Fn(&M) -> Option<HttpRequest>,
    receive: impl Fn(&mut M, &HttpResponse) -> Result<Progress<T>, Error>,
) -> Result<(Vec<Value>, T), Error> {
    let mut requests = Vec::new();
    let mut found = None;
    for response in &script.responses {
        let sent = next(machine).expect("a request for every response");
        requests.push(request(&sent));
        if let Progress::Done(result) = receive(machine, &response.to_http())? {
            found = Some(result);
        }
    }
    assert!(next(machine).is_none(), "a response for every request");
    Ok((requests, found.expect("a result when nothing more is sent")))
}

/// `{issuer, client_id_metadata_document_supported?, registration_endpoint?, registered_with, client_id?}` → `{plan,
/// client_id?, registration_endpoint?}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Situation {
    issuer: String,
    #[serde(default)]
    client_id_metadata_document_supported: bool,
    registration_endpoint: Option<String>,
    registered_with: Vec<String>,
    client_id: Option<String>,
}

pub(super) fn plan(_config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let situation: Situation = input.read();
    let plan = || -> Result<Value, Error> {
        let issuer = Issuer::new(&situation.issuer, HTTPS)?;
        let token_endpoint = Url::new("https://as.example/token", HTTPS)?;
        let jwks_uri = Url::new("https://as.example/jwks", HTTPS)?;
        let mut server =
            AuthorizationServerMetadata::for_resource_authorization_server(issuer, token_endpoint, jwks_uri);
        server.client_id_metadata_document_supported = situation.client_id_metadata_document_supported;
        let endpoint = situation.registration_endpoint.as_deref();
        server.registration_endpoint = endpoint.map(|url| Url::new(url, HTTPS)).transpose()?;
        let known = situation.registered_with.iter().map(|issuer| Issuer::new(issuer, HTTPS));
        let known = known.collect::<Result<Vec<_>, _>>()?;
        let document =
            situation.client_id.as_deref().map(|url| ClientIdUrl::parse(url, HTTPS)).transpose()?;
        Ok(match plan_registration(&server, &known, document.as_ref()) {
            Registration::PreRegistered => json!({"plan": "pre_registered"}),
            Registration::MetadataDocument(url) => {
                json!({"plan": "metadata_document", "client_id": url.as_str()})
            }
            Registration::Dynamic(url) => json!({"plan": "dynamic", "registration_endpoint": url.as_str()}),
            Registration::Ask => json!({"plan": "ask"}),
        })
    };
    plan().map_err(locally)
}

/// config `{step_up_limit}` · input `{challenge?, scopes_supported?, step_ups: [scope]}` → the scope of each request.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepUpLimit {
    step_up_limit: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scopes {
    challenge: Option<String>,
    scopes_supported: Option<Vec<String>>,
    step_ups: Vec<StepUp>,
}

/// A challenge during `operation`, or its success, which starts the count again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepUp {
    operation: String,
    scope: Option<String>,
}

pub(super) fn select(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let StepUpLimit { step_up_limit } = config.read();
    let scopes: Scopes = input.read();
    let select = || -> Result<Value, Error> {
        let resource = ResourceId::new("https://mcp.chat.example/", HTTPS)?;
        let issuer = Issuer::new("https://auth.chat.example/", HTTPS)?;
        let mut metadata = ProtectedResourceMetadata::new(resource.clone(), vec![issuer])?;
        metadata.scopes_supported = scope(&scopes.scopes_supported.clone().unwrap_or_default().join(" "))?;
        let challenged = scopes.challenge.as_deref().map(scope).transpose()?;
        let listed = scopes.scopes_supported.is_some().then_some(&metadata);
        let mut requested: Scope = initial_scope(challenged.as_ref(), listed);
        let mut texts = vec![scope_text(&requested)];
        let mut counter = StepUps::new(step_up_limit);
        for StepUp { operation, scope: challenged } in &scopes.step_ups {
            match challenged {
                None => counter.succeeded(&resource, operation),
                Some(challenged) => {
                    requested = counter.plan(&resource, operation, &requested, &scope(challenged)?)?;
                    texts.push(scope_text(&requested));
                }
            }
        }
        Ok(json!({"scopes": texts}))
    };
    select().map_err(locally)
}

/// `{issuer, authorization_response_iss_parameter_supported, iss?}` → `{issuer}`: whose response it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignOn {
    issuer: String,
    authorization_response_iss_parameter_supported: bool,
    iss: Option<String>,
}

pub(super) fn check_issuer(_config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let sign_on: SignOn = input.read();
    let check = || -> Result<Value, Error> {
        let expected = Issuer::new(&sign_on.issuer, HTTPS)?;
        let advertised = sign_on.authorization_response_iss_parameter_supported;
        check_authorization_response_issuer(&expected, sign_on.iss.as_deref(), advertised)?;
        Ok(json!({"issuer": expected.as_str()}))
    };
    check().map_err(locally)
}
