//! `resource_as.token`: a token request at the token endpoint of a resource authorization server: with an ID-JAG, or with
//! an access token from which another is to be derived. The user of such a token is the account of the server's own issuer.
//!
//! config `{server, policy?, clients, accounts, nonce?, revocations?}` · key sets by issuer, signer `server` · input
//! `{request, token_id?, earlier?, store?}` · output `{status, headers, body, record, earlier?}`, the access token as
//! `{header, claims}`. `earlier` requests are handled first, against the same replay store.
//!
//! `resource_as.response`: the same, for requests that are refused; the output is the refusal.

use idjag::UnixTime;
use idjag::oauth::http::HttpResponse;
use idjag::policy::Policy;
use idjag::record::DecisionRecord;
use idjag::resource_as::{
    DelegationMaterial, GrantMaterial, PendingDelegation, PendingGrant, PendingToken,
    ResourceAuthorizationServer,
};
use idjag::revocation::RevocationList;
use idjag::text::TokenId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::clients::Registry;
use super::resource_as_config::{Accounts, Settings};
use super::settings::Nonces;
use super::wire::{Earlier, Refused, Request, Store, StoreKind, check_refusal, issued, key_set, signer};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    request: Request,
    #[serde(default = "default_token_id")]
    token_id: String,
    #[serde(default)]
    earlier: Vec<Earlier>,
    #[serde(default)]
    store: StoreKind,
}

fn default_token_id() -> String {
    "at-1".to_owned()
}

/// A server, its host and its store.
struct Endpoint<'k> {
    server: ResourceAuthorizationServer,
    policy: Option<Policy>,
    clients: Registry,
    accounts: Accounts,
    nonces: Nonces,
    revocations: Option<RevocationList>,
    keys: &'k Keys,
    store: Store,
}

pub(in crate::operations) fn token(config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let call: Call = input.read();
    let (result, earlier) = handle_all(config, keys, now, &call).map_err(|refused| refused.failure())?;
    let (response, record) = result.map_err(|refused| {
        if let Refused::Rejected(rejection) = &refused {
            check_refusal(rejection, &call.request);
        }
        refused.failure()
    })?;
    let mut output = issued(&call.request, &response, &record);
    if !earlier.is_empty() {
        output["earlier"] = earlier.into();
    }
    Ok(output)
}

pub(in crate::operations) fn response(config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let call: Call = input.read();
    let (result, _) = handle_all(config, keys, now, &call).map_err(|refused| refused.failure())?;
    match result {
        Ok(_) => panic!("the request was to be refused"),
        Err(refused) => refused.response(&call.request),
    }
}

/// What became of the request, and briefly of those before it.
type Handled = (Result<(HttpResponse, DecisionRecord), Refused>, Vec<Value>);

fn handle_all(config: &Config, keys: &Keys, now: u64, call: &Call) -> Result<Handled, Refused> {
    let mut settings: Settings = config.read();
    let present = UnixTime::now(now)?;
    let mut endpoint = Endpoint {
        accounts: settings.take_accounts(),
        policy: settings.policy(),
        server: settings.server.build()?,
        clients: Registry::new(settings.clients),
        nonces: Nonces::new(settings.nonce),
        revocations: settings.revocations.map(|list| list.build(present)),
        keys,
        store: Store::new(call.store),
    };
    let mut earlier = Vec::new();
    for (at, before) in call.earlier.iter().enumerate() {
        let time = UnixTime::now(before.now.unwrap_or(now))?;
        earlier.push(match endpoint.handle(&before.request, &format!("earlier-{at}"), time) {
            Ok((response, _)) => json!({"status": response.status}),
            Err(refused) => json!({"error": refused.failure()}),
        });
    }
    Ok((endpoint.handle(&call.request, &call.token_id, present), earlier))
}

impl Endpoint<'_> {
    fn handle(
        &mut self,
        request: &Request,
        token_id: &str,
        now: UnixTime,
    ) -> Result<(HttpResponse, DecisionRecord), Refused> {
        let server = self.server.clone();
        match server.parse_token(&request.to_http(), now)? {
            PendingToken::Grant(pending) => self.redeem(pending, token_id, now),
            PendingToken::Delegation(pending) => self.derive(pending, token_id, now),
        }
    }

    fn derive(
        &mut self,
        pending: PendingDelegation<'_>,
        token_id: &str,
        now: UnixTime,
    ) -> Result<(HttpResponse, DecisionRecord), Refused> {
        let needs = pending.needs();
        let own_keys = key_set(self.keys, needs.issuer);
        let actor_keys = needs.actor.and_then(|(issuer, _)| key_set(self.keys, issuer));
        let material = DelegationMaterial {
            own_keys: own_keys.as_ref(),
            actor_keys: actor_keys.as_ref(),
            client: self.clients.find(needs.client_id),
            revocations: self.revocations.as_ref(),
            nonce: self.nonces.rule(),
        };
        let verified = pending.verify(&material, now)?;
        let account = self.accounts.of_parent(verified.parent());
        let authorized = verified.authorize(self.policy.as_ref(), account, now)?;
        let store = &mut self.store;
        let spent = authorized.first_use(|key| store.first_use(key, now))?;
        let answer = spent.access_token(TokenId::new(token_id)?, now)?;
        Ok(answer.sign_with(&signer(self.keys))?.into_response())
    }

    fn redeem(
        &mut self,
        pending: PendingGrant<'_>,
        token_id: &str,
        now: UnixTime,
    ) -> Result<(HttpResponse, DecisionRecord), Refused> {
        let needs = pending.needs();
        let key_set = key_set(self.keys, needs.issuer);
        let material = GrantMaterial {
            keys: key_set.as_ref(),
            client: self.clients.find(needs.client_id),
            revocations: self.revocations.as_ref(),
            nonce: self.nonces.rule(),
        };
        let verified = pending.verify(&material, now)?;
        let account = self.accounts.find(self.server.config(), &verified);
        let authorized = verified.authorize(self.policy.as_ref(), account, now)?;
        let store = &mut self.store;
        let spent = authorized.first_use(|key| store.first_use(key, now))?;
        let answer = spent.access_token(TokenId::new(token_id)?, now)?;
        Ok(answer.sign_with(&signer(self.keys))?.into_response())
    }
}
