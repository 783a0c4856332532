//! Reading the agents of a policy document.

use super::document::{self, Agent};
use super::fault::{At, PolicyFault};
use super::read::Reader;
use crate::codec::json::Json;
use crate::uri::Issuer;

impl Reader<'_> {
    pub(super) fn agent(&mut self, position: usize, at: &At<'_>, json: &Json<'_>) -> Option<Agent> {
        let object = self.object(at, json, document::AGENT)?;
        let id = self.required(at, object, "id", Self::name);
        self.optional(at, object, "name", Self::display_name);
        let issuer = self.optional(at, object, "issuer", |reader, at, json| {
            let text = reader.text(at, json)?;
            let issuer = Issuer::new(text, reader.transport());
            reader.url(at, text, issuer)
        });
        let subjects =
            self.optional(at, object, "subjects", |reader, at, json| reader.strings(at, json, Self::subject));
        let sub_profiles = self
            .optional(at, object, "sub_profiles", |reader, at, json| reader.strings(at, json, Self::kind));
        let client_ids = self
            .optional(at, object, "client_ids", |reader, at, json| reader.strings(at, json, Self::client_id));
        let labels = self.optional(at, object, "labels", Self::name_list);
        let status = self.required(at, object, "status", Self::status);
        let apps = self.required(at, object, "apps", Self::selector);
        let max_depth = self.optional(at, object, "max_depth", Self::count);
        let max_lifetime = self.optional(at, object, "max_lifetime", Self::count);
        if !object.contains("issuer") {
            // A subject is one of an issuer's, and so is the kind that it says a subject is of.
            for name in ["subjects", "sub_profiles"] {
                if object.contains(name) {
                    self.faults.add(&at.member(name), PolicyFault::AgentIssuerMissing);
                }
            }
            if !object.contains("client_ids") {
                self.faults.add(at, PolicyFault::AgentUnspecific);
            }
        }
        Some(Agent {
            position,
            id: id?,
            issuer,
            subjects: subjects.unwrap_or_default(),
            sub_profiles: sub_profiles.unwrap_or_default(),
            client_ids: client_ids.unwrap_or_default(),
            labels: labels.unwrap_or_default(),
            status: status?,
            apps: apps?,
            max_depth: max_depth.map(|levels| levels.as_secs()),
            max_lifetime,
        })
    }
}
