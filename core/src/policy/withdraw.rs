//! What to revoke when a document takes the place of another: grants and tokens of apps that may no longer be used.
//!
//! A policy decides about new grants alone. What was granted before ends through the lists of revocations, and each server
//! has its own: the same client id may be another app elsewhere.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::names::{AppId, ServerId};
use super::parts::Server;
use super::{Policy, Status};
use crate::ordered::set;
use crate::revocation::{Holder, Revocation, Revoked};
use crate::text::{ClientId, Subject};
use crate::time::{Seconds, UnixTime};
use crate::uri::Issuer;

/// How long what was issued may live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawalTimes {
    /// How far the clocks of issuers may be ahead: what they issue in the next seconds is revoked with the rest. A minute.
    pub clock_skew: Seconds,
    /// The longest lifetime of an ID-JAG. An hour.
    pub id_jag_lifetime: Seconds,
    /// The longest lifetime of an access token. An hour.
    pub access_token_lifetime: Seconds,
    /// The longest lifetime of an ID Token. A day.
    pub id_token_lifetime: Seconds,
    /// How long after its end somebody may still take a token. Five minutes.
    pub tolerance: Seconds,
}

impl Default for WithdrawalTimes {
    fn default() -> Self {
        Self {
            clock_skew: Seconds(60),
            id_jag_lifetime: Seconds(3600),
            access_token_lifetime: Seconds(3600),
            id_token_lifetime: Seconds(86_400),
            tolerance: Seconds(300),
        }
    }
}

/// What to add to the list of one party, and to no other's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// The server; `None` for the identity provider, whose entries end sign-ons.
    pub server: Option<ServerId>,
    /// The issuer identifier of the party.
    pub issuer: Issuer,
    /// The entries.
    pub entries: Vec<Revocation>,
}

impl Policy {
    /// What to revoke now that this document is in force instead of `former`: at each server, and at the identity provider
    /// `idp`, the grants and tokens of every client id that stood for an app that could be used, and no longer does. An app
    /// that was restricted, one that awaits approval again, one that is gone, one whose client id or mapping is another or
    /// gone, one whose server is gone. And the tokens with which such a client, or an agent that the documents name and that
    /// may act no longer, acts for others. Agents that are all of an issuer's have no names to be revoked by.
    ///
    /// Without `former` every client id and agent is taken of which this document says that it cannot be used.
    #[must_use]
    pub fn withdrawals(
        &self,
        former: Option<&Self>,
        idp: &Issuer,
        times: &WithdrawalTimes,
        now: UnixTime,
    ) -> Vec<Withdrawal> {
        let before = former.unwrap_or(self);
        let was_usable = |app: &AppId| former.is_none_or(|former| former.is_usable(app));
        let until = now.plus(times.clock_skew);
        let entry = |issuer: &Issuer, holder: Holder, lifetime: Seconds| Revocation {
            issuer: issuer.clone(),
            revoked: Revoked::IssuedTo { holder, until },
            retain_until: until.plus(lifetime).plus(times.tolerance),
        };
        let mut withdrawals = Vec::new();
        for server in before.servers() {
            let here = self.server_by_issuer(server.issuer().as_str());
            let app_now = |client_id: &ClientId| here.and_then(|here| self.app_at_server(here, client_id));
            let is_left = |app: &AppId, client_id: &ClientId| {
                app_now(client_id).is_some_and(|now_app| now_app.id() == app && self.is_usable(app))
            };
            let clients = before.clients_at(server);
            let gone: Vec<ClientId> = clients
                .into_iter()
                .filter(|(client_id, app)| was_usable(app) && !is_left(app, client_id))
                .map(|(client_id, _)| client_id)
                .collect();
            let mut actors = self.agents_gone(former, server.issuer());
            let acting = self.agents_at(server.issuer());
            let is_barred =
                |client_id: &ClientId| app_now(client_id).is_some_and(|app| !self.is_usable(app.id()));
            actors.extend(gone.iter().filter_map(|client_id| {
                let actor = (server.issuer().clone(), Subject::new(client_id.as_str()).ok()?);
                (is_barred(client_id) || !acting.contains(&actor)).then_some(actor)
            }));
            let holders = gone.into_iter().map(Holder::Client).chain(actors.into_iter().map(as_holder));
            let entries: Vec<Revocation> = holders
                .flat_map(|holder| {
                    [
                        entry(idp, holder.clone(), times.id_jag_lifetime),
                        entry(server.issuer(), holder, times.access_token_lifetime),
                    ]
                })
                .collect();
            if !entries.is_empty() {
                let (id, issuer) = (Some(server.id().clone()), server.issuer().clone());
                withdrawals.push(Withdrawal { server: id, issuer, entries });
            }
        }
        let mut entries = Vec::new();
        for app in before.apps().filter(|app| was_usable(app.id())) {
            let is_left = |client_id: &&ClientId| {
                let now_app = self.app_by_client_id(client_id);
                now_app.is_some_and(|now_app| now_app.id() == app.id() && self.is_usable(app.id()))
            };
            let gone = app.client_ids().iter().filter(|client_id| !is_left(client_id));
            entries.extend(
                gone.map(|client_id| entry(idp, Holder::Client(client_id.clone()), times.id_token_lifetime)),
            );
        }
        if !entries.is_empty() {
            withdrawals.push(Withdrawal { server: None, issuer: idp.clone(), entries });
        }
        withdrawals
    }

    /// The agents by name that could act at this server, and may no longer.
    fn agents_gone(&self, former: Option<&Self>, server: &Issuer) -> BTreeSet<(Issuer, Subject)> {
        let Some(agents) = &self.agents else { return BTreeSet::new() };
        let barred = agents.names_at(server, false);
        let Some(could) = former.and_then(|former| former.agents.as_ref()) else { return barred };
        let acting = self.agents_at(server);
        let is_left = |actor: &(Issuer, Subject)| {
            acting.contains(actor) || (!barred.contains(actor) && agents.approve_any_of(&actor.0))
        };
        could.names_at(server, true).into_iter().filter(|actor| !is_left(actor)).collect()
    }

    /// The agents by name that may act at this server.
    fn agents_at(&self, server: &Issuer) -> BTreeSet<(Issuer, Subject)> {
        let Some(agents) = &self.agents else { return BTreeSet::new() };
        let barred = agents.names_at(server, false);
        agents.names_at(server, true).into_iter().filter(|actor| !barred.contains(actor)).collect()
    }

    fn is_usable(&self, app: &AppId) -> bool {
        self.app(app.as_str()).is_some_and(|app| app.status() == Status::Approved)
    }

    /// Every client id that stands for an app at `server`, in order.
    fn clients_at(&self, server: &Server) -> Vec<(ClientId, AppId)> {
        let own = self.apps().flat_map(|app| app.client_ids());
        let mapped = server.client_ids.iter().map(|(_, client_id)| client_id);
        let known = set(own.chain(mapped)).into_iter();
        known
            .filter_map(|client_id| {
                Some((client_id.clone(), self.app_at_server(server, client_id)?.id().clone()))
            })
            .collect()
    }
}

/// Whoever acts under this name.
fn as_holder((issuer, subject): (Issuer, Subject)) -> Holder {
    Holder::Actor { issuer: Some(String::from(issuer.as_str())), subject }
}
