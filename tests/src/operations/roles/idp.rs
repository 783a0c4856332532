//! `idp.token_exchange`: a token exchange at an identity provider's token endpoint.
//!
//! config `{server, policy, clients, directory, nonce?, revocations?}` · key sets by issuer, signer `server` · input
//! `{request, token_id?, attested?, refresh_token?, earlier?, store?}`: `attested` is the host's word for a refresh
//! token or SAML assertion, `refresh_token` what it would issue · output
//! `{status, headers, body, record, earlier?, refresh_token_bound_to?}`, the ID-JAG as `{header, claims}`.
//!
//! `idp.response`: the same, for requests that are refused; the output is the refusal.

use idjag::idp::{DirectorySubject, ExchangeMaterial, HostAttestedSubject, IdpAuthorizationServer};
use idjag::oauth::http::HttpResponse;
use idjag::policy::Policy;
use idjag::record::DecisionRecord;
use idjag::revocation::RevocationList;
use idjag::secret::Secret;
use idjag::text::TokenId;
use idjag::{Seconds, UnixTime};
use serde::Deserialize;
use serde_json::{Value, json};

use super::clients::Registry;
use super::idp_config::{Attested, DirectoryEntry, Settings};
use super::resource_as_config::policy;
use super::settings::{Nonces, scope};
use super::wire::{Earlier, Refused, Request, Store, StoreKind, check_refusal, issued, key_set, signer};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    request: Request,
    #[serde(default = "default_token_id")]
    token_id: String,
    attested: Option<Attested>,
    refresh_token: Option<NewRefreshToken>,
    #[serde(default)]
    earlier: Vec<Earlier>,
    #[serde(default)]
    store: StoreKind,
}

/// The refresh token that the host would issue.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRefreshToken {
    token: String,
    expires_in: u64,
    offered: String,
}

fn default_token_id() -> String {
    "jag-1".to_owned()
}

/// A provider, its host and its store.
struct Endpoint<'k> {
    server: IdpAuthorizationServer,
    policy: Policy,
    clients: Registry,
    directory: Vec<DirectoryEntry>,
    attested: Option<HostAttestedSubject>,
    refresh_token: Option<NewRefreshToken>,
    nonces: Nonces,
    revocations: Option<RevocationList>,
    keys: &'k Keys,
    store: Store,
    /// The key to which the host must bind the refresh token.
    issued_binding: Option<String>,
}

pub(in crate::operations) fn token_exchange(
    config: &Config,
    keys: &Keys,
    now: u64,
    input: &Input,
) -> Outcome {
    let call: Call = input.read();
    let request = call.request.clone();
    let handled = handle_all(config, keys, now, call).map_err(|refused| refused.failure())?;
    let (response, record) = handled.result.map_err(|refused| {
        if let Refused::Rejected(rejection) = &refused {
            check_refusal(rejection, &request);
        }
        refused.failure()
    })?;
    let mut output = issued(&request, &response, &record);
    if !handled.earlier.is_empty() {
        output["earlier"] = handled.earlier.into();
    }
    if let Some(jkt) = handled.refresh_token_bound_to {
        output["refresh_token_bound_to"] = jkt.into();
    }
    Ok(output)
}

pub(in crate::operations) fn response(config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let call: Call = input.read();
    let request = call.request.clone();
    match handle_all(config, keys, now, call).map_err(|refused| refused.failure())?.result {
        Ok(_) => panic!("the request was to be refused"),
        Err(refused) => refused.response(&request),
    }
}

/// What became of the request, and briefly of those before it.
struct Handled {
    result: Result<(HttpResponse, DecisionRecord), Refused>,
    earlier: Vec<Value>,
    refresh_token_bound_to: Option<String>,
}

fn handle_all(config: &Config, keys: &Keys, now: u64, call: Call) -> Result<Handled, Refused> {
    let settings: Settings = config.read();
    let present = UnixTime::now(now)?;
    let mut endpoint = Endpoint {
        policy: policy(&settings.policy),
        server: settings.server.build()?,
        clients: Registry::new(settings.clients),
        directory: settings.directory,
        attested: call.attested.map(Attested::build).transpose()?,
        refresh_token: call.refresh_token,
        nonces: Nonces::new(settings.nonce),
        revocations: settings.revocations.map(|list| list.build(present)),
        keys,
        store: Store::new(call.store),
        issued_binding: None,
    };
    let mut earlier = Vec::new();
    for (at, before) in call.earlier.iter().enumerate() {
        let time = UnixTime::now(before.now.unwrap_or(now))?;
        earlier.push(match endpoint.handle(&before.request, &format!("earlier-{at}"), time) {
            Ok((response, _)) => json!({"status": response.status}),
            Err(refused) => json!({"error": refused.failure()}),
        });
    }
    let result = endpoint.handle(&call.request, &call.token_id, present);
    Ok(Handled { result, earlier, refresh_token_bound_to: endpoint.issued_binding })
}

impl Endpoint<'_> {
    fn handle(
        &mut self,
        request: &Request,
        token_id: &str,
        now: UnixTime,
    ) -> Result<(HttpResponse, DecisionRecord), Refused> {
        let pending = self.server.parse(&request.to_http(), now)?;
        let needs = pending.needs();
        let own_keys = key_set(self.keys, &self.server.config().issuer);
        let actor_keys = needs.actor.and_then(|(issuer, _)| key_set(self.keys, issuer));
        let material = ExchangeMaterial {
            client: self.clients.find(needs.client_id),
            own_keys: own_keys.as_ref(),
            attested: self.attested.as_ref(),
            actor_keys: actor_keys.as_ref(),
            revocations: self.revocations.as_ref(),
            nonce: self.nonces.rule(),
        };
        let verified = pending.verify(&material, now)?;
        let store = &mut self.store;
        if verified.wants_refresh_token() {
            let new = self.refresh_token.as_ref().expect("the refresh token to issue");
            let authorized = verified.refresh_token(&self.policy, &scope(&new.offered))?;
            let spent = authorized.first_use(|key| store.first_use(key, now))?;
            self.issued_binding = spent.binding().map(|jkt| jkt.to_base64url());
            return Ok(spent.into_response(&Secret::new(new.token.as_str()), Seconds(new.expires_in), now));
        }
        let targeted = verified.target(&self.policy)?;
        let known = self.directory.iter().find(|entry| {
            entry.subject == targeted.subject().subject.as_str()
                && entry.audience == targeted.audience().as_str()
        });
        let user = known.map(|entry| DirectorySubject::from(entry.user.clone()));
        let authorized = targeted.authorize(user.as_ref(), now)?;
        let spent = authorized.first_use(|key| store.first_use(key, now))?;
        let answer = spent.id_jag(TokenId::new(token_id)?, now)?;
        Ok(answer.sign_with(&signer(self.keys))?.into_response())
    }
}
