//! PLACEHOLDERS: unsigned tokens and a toy reading of the policy, so that the company runs before `idjag` does.
//!
//! This file goes whole. What replaces it implements the traits of `roles` with `idjag` and offers the six functions
//! at the top.

use alloc::sync::Arc;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use crate::company::{App, Company, Credentials, Person, Server};
use crate::failure::{Failure, Refusal};
use crate::mcp::WellKnown;
use crate::random;
use crate::roles::{
    Access, Ask, AuthorizationServer, Binding, Client, Destination, Grant, IdentityProvider, McpCall,
    ResourceServer, SignOn, Step,
};
use crate::servers::Caller;
use crate::web::{Form, Headers, PlainRequest, PlainResponse, header_of};

pub(crate) fn identity_provider(company: &Arc<Company>) -> Arc<dyn IdentityProvider> {
    Arc::new(ToyIdp(company.clone()))
}

pub(crate) fn authorization_server(company: &Arc<Company>, server: &Server) -> Arc<dyn AuthorizationServer> {
    Arc::new(ToyServer::new(company, server))
}

pub(crate) fn resource_server(company: &Arc<Company>, server: &Server) -> Arc<dyn ResourceServer> {
    Arc::new(ToyServer::new(company, server))
}

pub(crate) fn client(company: &Arc<Company>, app: &App, binding: Binding) -> Arc<dyn Client> {
    let key = (binding == Binding::Dpop).then(random::text);
    Arc::new(ToyClient { company: company.clone(), app: app.id, key })
}

/// The claims of a token, for showing them.
pub(crate) fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).and_then(|payload| Base64UrlUnpadded::decode_vec(payload).ok());
    serde_json::from_slice(&payload.unwrap_or_default()).unwrap_or_default()
}

/// One quoted parameter of a challenge, such as `error` or `scope`.
pub(crate) fn challenge_parameter(challenge: &str, name: &str) -> Option<String> {
    let (_, rest) = challenge.split_once(&format!("{name}=\""))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

const LIFETIME: u64 = 300;
const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

fn unsigned(typ: &str, claims: &Value) -> String {
    let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
    format!("{}.{}.unsigned", part(&json!({ "typ": typ, "alg": "none" })), part(claims))
}

fn no_keys() -> PlainResponse {
    PlainResponse::json(200, &json!({ "keys": [] }))
}

fn refused(status: u16, error: &str) -> PlainResponse {
    PlainResponse::oauth_error(status, error, "refused")
}

fn is_alive(claims: &Value, now: u64) -> bool {
    claims["exp"].as_u64() > Some(now)
}

fn text_of(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn authenticate(request: &PlainRequest, known: &Credentials) -> bool {
    request.header("authorization") == Some(&known.basic())
}

/// Whether the key that `claims` are bound to, if any, made a proof: `dpop.<key>.<method>.<url>`, unsigned.
fn is_proven(claims: &Value, headers: &Headers, method: &str, url: &str) -> bool {
    let proves = |jkt| header_of(headers, "dpop") == Some(&format!("dpop.{jkt}.{method}.{url}"));
    claims["cnf"]["jkt"].as_str().is_none_or(proves)
}

struct ToyIdp(Arc<Company>);

impl IdentityProvider for ToyIdp {
    fn metadata(&self) -> PlainResponse {
        let at = |path: &str| format!("{}{path}", self.0.issuer);
        let (authorize, token) = (at("/authorize"), at("/token"));
        let body =
            json!({ "issuer": self.0.issuer, "authorization_endpoint": authorize, "token_endpoint": token });
        PlainResponse::json(200, &body)
    }

    fn jwks(&self) -> PlainResponse {
        no_keys()
    }

    fn authenticate_client(&self, request: &PlainRequest, _: u64) -> Result<String, PlainResponse> {
        self.app_of(request).map(|app| app.at_idp.client_id.clone())
    }

    fn id_token(&self, sign_on: &SignOn, now: u64) -> String {
        let claims = json!({
            "iss": self.0.issuer, "sub": sign_on.person.subject_at(&self.0.issuer), "aud": sign_on.client_id,
            "nonce": sign_on.nonce, "auth_time": sign_on.auth_time, "email": sign_on.person.email,
            "iat": now, "exp": now + LIFETIME,
        });
        unsigned("JWT", &claims)
    }

    fn exchange(&self, request: &PlainRequest, now: u64) -> PlainResponse {
        self.decide(request, now).unwrap_or_else(|refused| refused)
    }
}

impl ToyIdp {
    fn app_of(&self, request: &PlainRequest) -> Result<&App, PlainResponse> {
        let known = |app: &&App| authenticate(request, &app.at_idp);
        self.0.apps.iter().find(known).ok_or_else(|| refused(401, "invalid_client"))
    }

    fn decide(&self, request: &PlainRequest, now: u64) -> Result<PlainResponse, PlainResponse> {
        let app = self.app_of(request)?;
        let form = Form::parse(&request.body).ok_or_else(|| refused(400, "invalid_request"))?;
        let subject = claims(form.get("subject_token").unwrap_or_default());
        let person = Person::known_as(&text_of(&subject, "sub"), &self.0.issuer)
            .filter(|_| subject["aud"] == json!(app.at_idp.client_id) && is_alive(&subject, now))
            .ok_or_else(|| refused(400, "invalid_request"))?;
        let server = self.0.servers.iter().find(|server| form.get("audience") == Some(&server.issuer));
        let server = server.ok_or_else(|| refused(400, "invalid_target"))?;
        let asked: Vec<&str> = form.get("scope").unwrap_or_default().split(' ').collect();
        let age = now.saturating_sub(subject["auth_time"].as_u64().unwrap_or_default());
        let jkt = header_of(&request.headers, "dpop").and_then(|proof| proof.split('.').nth(1));
        let verdict =
            evaluate(&self.0.policy.document(), (app, server, person), &asked, (age, jkt.is_some()));
        let jti = random::text();
        let outcome = if verdict.error.is_none() { "permit" } else { "deny" };
        self.0.records.add(json!({
            "time": now, "role": "idp", "outcome": outcome, "error": verdict.error, "rules": verdict.rules,
            "app": app.id, "subject": person.email, "server": server.id, "asked": asked, "granted": verdict.granted,
            "jag_jti": jti,
        }));
        match verdict.error {
            Some(error @ "insufficient_user_authentication") => {
                Err(PlainResponse::json(400, &json!({ "error": error, "max_age": verdict.max_age })))
            }
            Some(_) => Err(refused(400, "access_denied")),
            None => {
                let scope = verdict.granted.join(" ");
                let jag = json!({
                    "iss": self.0.issuer, "sub": person.subject_at(&server.issuer), "aud": server.issuer,
                    "client_id": app.at(server.id).client_id, "jti": jti, "iat": now, "exp": now + LIFETIME,
                    "resource": server.resource, "scope": scope, "cnf": jkt.map(|jkt| json!({ "jkt": jkt })),
                });
                let body = json!({
                    "access_token": unsigned("oauth-id-jag+jwt", &jag), "token_type": "N_A", "scope": scope,
                    "issued_token_type": "urn:ietf:params:oauth:token-type:id-jag", "expires_in": LIFETIME,
                });
                Ok(PlainResponse::json(200, &body).not_stored())
            }
        }
    }
}

type Request<'a> = (&'a App, &'a Server, &'a Person);

#[derive(Default)]
struct Verdict {
    granted: Vec<String>,
    rules: Vec<String>,
    error: Option<&'static str>,
    max_age: Option<u64>,
}

/// Enough of DESIGN.md §6 for the story's rules.
fn evaluate(
    policy: &Value,
    (app, server, person): Request,
    asked: &[&str],
    (age, is_bound): (u64, bool),
) -> Verdict {
    let mut verdict = Verdict::default();
    if app.status != "approved" {
        return Verdict { error: Some(app.status), ..verdict };
    }
    let has = |list: &Value, name: &str| list.as_array().into_iter().flatten().any(|item| item == name);
    let has_any = |list: &Value, names: &[&str]| names.iter().any(|name| has(list, name));
    let selects = |selector: &Value, id: &str, labels: &[&str]| {
        selector.is_null() || has(&selector["ids"], id) || has_any(&selector["labels"], labels)
    };
    let covers = |scopes: &Value, scope: &str| {
        has_any(scopes, &["*", scope]) || (has(scopes, "@read") && scope == server.reads.scope)
    };
    let concerns = |subjects: &Value| subjects.is_null() || has_any(&subjects["groups_any"], person.groups);
    let matching = policy["rules"].as_array().into_iter().flatten().filter(|rule| {
        selects(&rule["apps"], app.id, app.labels)
            && selects(&rule["servers"], server.id, server.labels)
            && concerns(&rule["subjects"])
    });
    let (denies, permits): (Vec<&Value>, Vec<&Value>) = matching.partition(|rule| rule["effect"] == "deny");
    let is_denied = |scope: &str| denies.iter().any(|rule| !covers(&rule["scopes_except"], scope));
    verdict.rules = permits.iter().chain(&denies).map(|rule| text_of(rule, "id")).collect();
    for scope in asked.iter().filter(|scope| !is_denied(scope)) {
        for rule in permits.iter().filter(|rule| covers(&rule["scopes"], scope)) {
            let max_age = rule["require"]["max_auth_age"].as_u64();
            let is_fresh = max_age.is_none_or(|max_age| age <= max_age);
            match (is_fresh, is_bound || rule["require"]["dpop"] != true) {
                (true, true) => verdict.granted.push((*scope).into()),
                (false, true) => verdict.max_age = max_age,
                _ => {}
            }
        }
    }
    verdict.error = match (verdict.granted.is_empty(), verdict.max_age) {
        (false, _) => None,
        (true, Some(_)) => Some("insufficient_user_authentication"),
        (true, None) => Some("access_denied"),
    };
    verdict
}

struct ToyServer {
    company: Arc<Company>,
    server: Server,
    spent: Mutex<HashSet<String>>,
}

impl AuthorizationServer for ToyServer {
    fn metadata(&self) -> PlainResponse {
        let issuer = &self.server.issuer;
        PlainResponse::json(200, &json!({ "issuer": issuer, "token_endpoint": format!("{issuer}/token") }))
    }

    fn jwks(&self) -> PlainResponse {
        no_keys()
    }

    fn token(&self, request: &PlainRequest, now: u64) -> PlainResponse {
        let form = Form::parse(&request.body).unwrap_or_default();
        let jag = claims(form.get("assertion").unwrap_or_default());
        let outcome = self.access_token(request, &jag, now);
        self.company.records.add(json!({
            "time": now, "role": "authorization_server", "server": self.server.id, "subject": jag["sub"],
            "outcome": if outcome.is_ok() { "permit" } else { "deny" }, "error": outcome.as_ref().err(),
            "app": jag["client_id"], "granted": jag["scope"], "jag_jti": jag["jti"],
        }));
        match outcome {
            Err(error) => refused(400, error),
            Ok(token) => {
                let token_type = if jag["cnf"].is_null() { "Bearer" } else { "DPoP" };
                let body = json!({
                    "access_token": token, "token_type": token_type, "scope": jag["scope"], "expires_in": LIFETIME,
                });
                PlainResponse::json(200, &body).not_stored()
            }
        }
    }
}

impl ToyServer {
    fn new(company: &Arc<Company>, server: &Server) -> Self {
        Self { company: company.clone(), server: server.clone(), spent: Mutex::default() }
    }

    fn access_token(&self, request: &PlainRequest, jag: &Value, now: u64) -> Result<String, &'static str> {
        let mut apps = self.company.apps.iter().map(|app| app.at(self.server.id));
        let client = apps.find(|known| authenticate(request, known)).ok_or("invalid_client")?;
        let is_for_us = jag["aud"] == json!(self.server.issuer) && is_alive(jag, now);
        let is_theirs = jag["client_id"] == json!(client.client_id);
        let has_key = is_proven(jag, &request.headers, &request.method, &request.url);
        if !(is_for_us && is_theirs && has_key) {
            return Err("invalid_grant");
        }
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if !spent.insert(jag["jti"].to_string()) {
            return Err("invalid_grant");
        }
        let claims = json!({
            "iss": self.server.issuer, "aud": self.server.resource, "sub": jag["sub"], "client_id": jag["client_id"],
            "scope": jag["scope"], "jti": random::text(), "iat": now, "exp": now + LIFETIME, "cnf": jag["cnf"],
            "jag_jti": jag["jti"],
        });
        Ok(unsigned("at+jwt", &claims))
    }
}

impl ResourceServer for ToyServer {
    fn metadata(&self) -> PlainResponse {
        let body = json!({ "resource": self.server.resource, "authorization_servers": [self.server.issuer] });
        PlainResponse::json(200, &body)
    }

    fn admit(&self, call: &McpCall, now: u64) -> Result<Caller, PlainResponse> {
        let metadata = format!("resource_metadata=\"{}\"", self.server.metadata_url());
        let challenge = |status, more: String| {
            PlainResponse::new(status, "text/plain", "")
                .with_header("www-authenticate", format!("Bearer {metadata}{more}"))
        };
        let authorization =
            header_of(&call.headers, "authorization").ok_or_else(|| challenge(401, String::new()))?;
        let token = claims(authorization.split_once(' ').map_or("", |(_, token)| token));
        let has_key = is_proven(&token, &call.headers, &call.http_method, &call.url);
        let is_good = token["aud"] == json!(self.server.resource) && is_alive(&token, now) && has_key;
        let scopes = token["scope"].as_str().unwrap_or_default();
        let needed = call.tool.as_ref().map(|tool| self.server.scope_of(tool));
        let is_enough =
            needed.is_none_or(|scope| scope.is_some_and(|scope| scopes.split(' ').any(|own| own == scope)));
        self.company.records.add(json!({
            "time": now, "role": "resource_server", "server": self.server.id, "subject": token["sub"],
            "outcome": if is_good && is_enough { "permit" } else { "deny" }, "app": token["client_id"],
            "error": (is_good && !is_enough).then_some("insufficient_scope"), "method": call.rpc_method,
            "tool": call.tool, "jag_jti": token["jag_jti"],
        }));
        match (is_good, is_enough) {
            (false, _) => Err(challenge(401, ", error=\"invalid_token\"".into())),
            (true, false) => {
                let scope = needed.flatten().unwrap_or_default();
                Err(challenge(403, format!(", error=\"insufficient_scope\", scope=\"{scope}\"")))
            }
            _ => Ok(Caller { subject: text_of(&token, "sub"), client_id: text_of(&token, "client_id") }),
        }
    }
}

struct ToyClient {
    company: Arc<Company>,
    app: &'static str,
    key: Option<String>,
}

impl Client for ToyClient {
    fn accept_id_token<'a>(&'a self, id_token: &'a str, nonce: &'a str, _: u64) -> Step<'a, ()> {
        let is_ours = claims(id_token)["nonce"] == nonce;
        Step::Done(is_ours.then_some(()).ok_or_else(|| Failure::broken("this ID Token is not ours")))
    }

    fn discover<'a>(&'a self, server: &'a Server, challenge: &str) -> Step<'a, Destination> {
        let Some(url) = challenge_parameter(challenge, "resource_metadata") else {
            return Step::Done(Err(Failure::broken("the challenge names no metadata")));
        };
        fetch(url, move |resource| {
            if resource["resource"] != json!(server.resource) {
                return Step::Done(Err(Failure::broken("the metadata belongs to another resource")));
            }
            let issuer = resource["authorization_servers"][0].as_str().unwrap_or_default().to_owned();
            fetch(format!("{issuer}{}", WellKnown::AUTHORIZATION_SERVER), move |metadata| {
                let token_endpoint = text_of(&metadata, "token_endpoint");
                let is_its_own = metadata["issuer"] == json!(issuer);
                let found = is_its_own.then(|| Destination { server: server.clone(), token_endpoint });
                Step::Done(found.ok_or_else(|| Failure::broken("the metadata belongs to another issuer")))
            })
        })
    }

    fn exchange<'a>(&'a self, ask: Ask<'a>, _: u64) -> Step<'a, Grant> {
        let form = Form::default()
            .with("grant_type", TOKEN_EXCHANGE)
            .with("subject_token", ask.id_token)
            .with("audience", &ask.at.server.issuer)
            .with("resource", &ask.at.server.resource)
            .with("scope", ask.scopes.join(" "));
        let credentials = &self.company.app(self.app).at_idp;
        self.post(format!("{}/token", self.company.issuer), &form, credentials, |body, _| Grant {
            assertion: text_of(&body, "access_token"),
            scope: text_of(&body, "scope"),
        })
    }

    fn redeem<'a>(&'a self, grant: &'a Grant, at: &'a Destination, _: u64) -> Step<'a, Access> {
        let form = Form::default().with("grant_type", JWT_BEARER).with("assertion", &grant.assertion);
        let credentials = self.company.app(self.app).at(at.server.id);
        self.post(at.token_endpoint.clone(), &form, credentials, |body, now| Access {
            token: text_of(&body, "access_token"),
            token_type: text_of(&body, "token_type"),
            scope: text_of(&body, "scope"),
            expires_at: now + body["expires_in"].as_u64().unwrap_or_default(),
        })
    }

    fn present(&self, access: &Access, method: &str, url: &str, _: u64) -> Headers {
        let authorization = ("authorization".to_owned(), format!("{} {}", access.token_type, access.token));
        core::iter::once(authorization).chain(self.proof(method, url)).collect()
    }
}

impl ToyClient {
    fn proof(&self, method: &str, url: &str) -> Option<(String, String)> {
        self.key.as_ref().map(|key| ("dpop".to_owned(), format!("dpop.{key}.{method}.{url}")))
    }

    fn post<'a, T: 'a>(
        &self,
        url: String,
        form: &Form,
        credentials: &Credentials,
        read: fn(Value, u64) -> T,
    ) -> Step<'a, T> {
        let proof = self.proof("POST", &url);
        let mut request =
            PlainRequest::post_form(url, form).with_header("authorization", credentials.basic());
        request.headers.extend(proof);
        let next = move |response: PlainResponse, now| match response.status {
            200 => Step::Done(Ok(read(response.body_json(), now))),
            _ => Step::Done(Err(Failure::Refused(Refusal::from_token_endpoint(&response)))),
        };
        Step::Send(request, Box::new(next))
    }
}

fn fetch<'a, T>(url: String, then: impl FnOnce(Value) -> Step<'a, T> + Send + 'a) -> Step<'a, T> {
    Step::Send(PlainRequest::get(url), Box::new(move |response, _| then(response.body_json())))
}
