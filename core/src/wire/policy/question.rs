//! What a policy is asked.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::Error;
use crate::policy::{Acting, Chain, ClientAt, Facts, Request};
use crate::text::{Acr, ClientId, Group, Subject};
use crate::time::Seconds;
use crate::uri::{ResourceId, Transport};
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::tokens::claims::{Act, scope};

input! {
    Arguments
    /// What an app asks for on behalf of a user. What is left out about the user is unknown: a condition of a permit
    /// on it fails, and a condition of a deny on it holds.
    pub(in crate::wire) struct Question {
        /// The client, by its id at the identity provider. Give this or `client_id_at_server`.
        client_id: Option<ClientId>,
        /// The client, by its id at the server that access is asked for.
        client_id_at_server: Option<ClientId>,
        /// The issuer identifier of the server that access is asked for.
        audience: String,
        /// The resources asked for; none means all that the server guards.
        resource: Option<Vec<String>>,
        /// The scope asked for, space-separated. Left out, it is every scope that a permit grants by name.
        scope: Option<String>,
        /// The types of the authorization details asked for.
        authorization_details_types: Option<Vec<String>>,
        /// The user's `sub` at the identity provider.
        subject: Option<Subject>,
        /// All groups of the user; an empty list says that there are none.
        groups: Option<BTreeSet<Group>>,
        /// The class of the user's sign-on.
        acr: Option<Acr>,
        /// Seconds since the user signed on.
        auth_age: Option<Seconds>,
        /// Whether possession of a DPoP key was proven with the request; `false` by default.
        dpop: Option<bool>,
        /// Whether it is for one conversation; `false` by default.
        context: Option<bool>,
        /// Whether a verified actor acts for the user.
        actor: Option<bool>,
        /// The actor that was verified. Where the policy lists agents, it must be one of them.
        act: Option<Act>,
        /// How many tokens the one asked for would be derived from.
        depth: Option<u32>,
    }
}

impl Question {
    /// Calls `answer` with the request.
    pub(super) fn ask<T>(&self, answer: impl FnOnce(&Request<'_>) -> T) -> Result<T, Fault> {
        let client = match (&self.client_id, &self.client_id_at_server) {
            (Some(id), None) => ClientAt::IdentityProvider(id),
            (None, Some(id)) => ClientAt::Server(id),
            _ => return Err(Error::config("one of `client_id` and `client_id_at_server` is expected").into()),
        };
        let resources =
            self.resource.iter().flatten().map(|text| ResourceId::new(text, Transport::HttpsOnly));
        let resources: Vec<ResourceId> = resources.collect::<Result<_, _>>()?;
        let scope = self.scope.as_deref().map(scope).transpose()?;
        let detail_types: Vec<&str> =
            self.authorization_details_types.iter().flatten().map(String::as_str).collect();
        let actor = self.act.as_ref().map(Act::to_actor);
        let acts = self.actor.or(actor.is_some().then_some(true));
        if actor.is_some() && acts == Some(false) {
            return Err(Error::config("`act` names who acts, and `actor` says that nobody does").into());
        }
        let acting = |actor| if actor { Acting::ThroughActor } else { Acting::Directly };
        Ok(answer(&Request {
            client,
            issuer: &self.audience,
            resources: &resources,
            scope: scope.as_ref(),
            detail_types: &detail_types,
            facts: Facts {
                subject: self.subject.as_ref(),
                groups: self.groups.as_ref(),
                acr: self.acr.as_ref(),
                auth_age: self.auth_age,
                dpop: self.dpop.unwrap_or_default(),
                context: self.context.unwrap_or_default(),
                acting: acts.map(acting),
                chain: Chain {
                    actor: actor.as_ref(),
                    client: None,
                    depth: self.depth.map(|depth| depth as usize),
                },
            },
        }))
    }
}
