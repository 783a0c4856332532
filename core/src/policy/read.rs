//! Reading a policy document strictly: every value is checked, every fault is reported with its path.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use super::document::{self, App, Document, Effect, Require, Rule, Scopes, Server, Status};
use super::fault::{At, CompileErrors, Faults, PolicyFault};
use super::locate::locate;
use super::{PolicyOptions, names};
use crate::codec::json::{Json, Object};
use crate::error::{Error, ErrorCode};
use crate::text::{Amr, ClientId, is_plain};
use crate::uri::{Issuer, ResourceId, Transport};

/// Nesting beyond what any document needs; deeper text is refused before it is kept.
const MAX_DEPTH: usize = 16;
/// Everything in a document is counted in 32 bits.
const MAX_BYTES: usize = 0x7FFF_FFFF;
/// Bytes of the name of an app or server.
const NAME_BYTES: usize = 256;
/// Bytes of a rule's description.
const DESCRIPTION_BYTES: usize = 1024;

/// Reads `text`. Faults of single values are in the collector; the document holds what was without fault.
///
/// Fails with one fault when the text is too large, not JSON, or of another version.
pub(super) fn read(text: &[u8], options: &PolicyOptions) -> Result<(Document, Faults), CompileErrors> {
    if text.len() > options.max_bytes.min(MAX_BYTES) {
        return Err(Faults::refused(String::new(), PolicyFault::TooLarge, None));
    }
    let json = Json::parse(text, MAX_DEPTH).map_err(|_| refused(text))?;
    let mut reader = Reader { options, faults: Faults::up_to(options.max_faults) };
    let document = reader.document(&json);
    Ok((document, reader.faults))
}

/// The fault of a text that the parser refused; there is always one to locate.
fn refused(text: &[u8]) -> CompileErrors {
    match locate(text, MAX_DEPTH) {
        Some(located) => Faults::refused(located.path, located.fault, Some(located.place)),
        None => Faults::refused(String::new(), PolicyFault::NotJson, None),
    }
}

pub(super) struct Reader<'o> {
    options: &'o PolicyOptions,
    pub(super) faults: Faults,
}

impl Reader<'_> {
    fn document(&mut self, json: &Json<'_>) -> Document {
        let root = At::Root;
        let mut document = Document::default();
        let Some(object) = self.any_object(&root, json) else { return document };
        let Some(version) = self.member(&root, object, "version") else { return document };
        // The members of another version are not known here.
        if version.as_u64() != Some(1) {
            self.faults.add(&root.member("version"), PolicyFault::VersionUnknown);
            return document;
        }
        self.known_members(&root, object, document::DOCUMENT);
        if let Some(schema) = object.get("$schema") {
            self.text(&root.member("$schema"), schema);
        }
        let before = self.faults.count();
        document.apps = self.items(&root, object, "apps", Self::app);
        document.apps_complete = self.faults.count() == before;
        let before = self.faults.count();
        document.agents = object.contains("agents").then(|| self.items(&root, object, "agents", Self::agent));
        document.agents_complete = self.faults.count() == before;
        let before = self.faults.count();
        document.servers = self.items(&root, object, "servers", Self::server);
        document.servers_complete = self.faults.count() == before;
        let rules = object.get("rules").and_then(Json::as_array).map_or(0, <[_]>::len);
        if rules > self.options.max_rules {
            self.faults.add(&root.member("rules"), PolicyFault::TooManyRules);
            return document;
        }
        document.rules = self.items(&root, object, "rules", Self::rule);
        document
    }

    /// The items of the document's list `name`; those with faults are left out.
    fn items<T>(
        &mut self,
        at: &At<'_>,
        object: &Object<'_>,
        name: &'static str,
        read: fn(&mut Self, usize, &At<'_>, &Json<'_>) -> Option<T>,
    ) -> Vec<T> {
        let Some(json) = self.member(at, object, name) else { return Vec::new() };
        let at = at.member(name);
        let Some(items) = self.array(&at, json) else { return Vec::new() };
        let mut all = Vec::with_capacity(items.len());
        for (position, json) in items.iter().enumerate() {
            let before = self.faults.count();
            let item = read(self, position, &at.item(position), json);
            if self.faults.count() == before {
                all.extend(item);
            }
        }
        all
    }

    fn app(&mut self, position: usize, at: &At<'_>, json: &Json<'_>) -> Option<App> {
        let object = self.object(at, json, document::APP)?;
        let id = self.required(at, object, "id", Self::name);
        let name = self.optional(at, object, "name", Self::display_name);
        let client_ids = self
            .required(at, object, "client_ids", |reader, at, json| reader.strings(at, json, Self::client_id));
        let labels =
            self.optional(at, object, "labels", |reader, at, json| reader.strings(at, json, Self::name_text));
        let status = self.required(at, object, "status", Self::status);
        let labels = labels.unwrap_or_default();
        Some(App { position, id: id?, name, client_ids: client_ids?, labels, status: status? })
    }

    fn server(&mut self, position: usize, at: &At<'_>, json: &Json<'_>) -> Option<Server> {
        let object = self.object(at, json, document::SERVER)?;
        let id = self.required(at, object, "id", Self::name);
        let name = self.optional(at, object, "name", Self::display_name);
        let issuer = self.required(at, object, "issuer", |reader, at, json| {
            let text = reader.text(at, json)?;
            let issuer = Issuer::new(text, reader.options.transport);
            reader.url(at, text, issuer)
        });
        let resources = self
            .optional(at, object, "resources", |reader, at, json| reader.strings(at, json, Self::resource));
        let labels =
            self.optional(at, object, "labels", |reader, at, json| reader.strings(at, json, Self::name_text));
        let scope_sets = self.optional(at, object, "scope_sets", |reader, at, json| {
            reader.entries(at, json, |reader, at, json| reader.strings(at, json, Self::scope_token))
        });
        let client_ids = self.optional(at, object, "client_ids", |reader, at, json| {
            reader.entries(at, json, |reader, at, json| {
                let text = reader.text(at, json)?;
                reader.client_id(at, text)
            })
        });
        Some(Server {
            position,
            id: id?,
            name,
            issuer: issuer?,
            resources: resources.unwrap_or_default(),
            labels: labels.unwrap_or_default(),
            scope_sets: scope_sets.unwrap_or_default(),
            client_ids: client_ids.unwrap_or_default(),
        })
    }

    fn rule(&mut self, position: usize, at: &At<'_>, json: &Json<'_>) -> Option<Rule> {
        let object = self.object(at, json, document::RULE)?;
        let id = self.required(at, object, "id", Self::name);
        self.optional(at, object, "description", |reader, at, json| {
            reader.plain(at, json, DESCRIPTION_BYTES)
        });
        let effect = self.required(at, object, "effect", Self::effect);
        if let Some(effect) = effect {
            self.fits_effect(at, object, effect);
        }
        let apps = self.optional(at, object, "apps", Self::selector);
        let agents = self.optional(at, object, "agents", Self::selector);
        let servers = self.optional(at, object, "servers", Self::selector);
        let subjects = self.optional(at, object, "subjects", Self::subjects);
        let only = self.optional(at, object, "scopes", Self::scopes);
        let except = self.optional(at, object, "scopes_except", Self::scopes_excepted);
        let detail_types = self.optional(at, object, "authorization_details_types", Self::detail_types);
        let max_lifetime = self.optional(at, object, "max_lifetime", Self::count);
        let require = self.optional(at, object, "require", Self::require);
        Some(Rule {
            position,
            id: id?,
            effect: effect?,
            apps: apps.unwrap_or(document::Selector::Any),
            agents,
            servers: servers.unwrap_or(document::Selector::Any),
            subjects: subjects.unwrap_or(document::Subjects::Any),
            scopes: match (only, except) {
                (Some(list), _) => Scopes::Only(list),
                (None, Some(list)) => Scopes::Except(list),
                (None, None) => Scopes::Unmentioned,
            },
            detail_types,
            max_lifetime,
            require: require.unwrap_or_default(),
        })
    }

    /// A permit says whom and what; a deny that leaves a selection out means everybody.
    fn fits_effect(&mut self, at: &At<'_>, object: &Object<'_>, effect: Effect) {
        let (needed, foreign, fault): (&[&str], &[&str], _) = match effect {
            // What a permit of authorization details alone grants, its types say.
            Effect::Permit if object.contains("authorization_details_types") => {
                (&["apps", "servers", "subjects"], &["scopes_except"], PolicyFault::OnlyInDenies)
            }
            Effect::Permit => {
                (&["apps", "servers", "subjects", "scopes"], &["scopes_except"], PolicyFault::OnlyInDenies)
            }
            Effect::Deny => (&[], &["max_lifetime", "require"], PolicyFault::OnlyInPermits),
        };
        for name in needed {
            if !object.contains(name) {
                self.faults.add(&at.member(name), PolicyFault::PermitUnspecific);
            }
        }
        for name in foreign {
            if object.contains(name) {
                self.faults.add(&at.member(name), fault);
            }
        }
        if effect == Effect::Deny && object.contains("scopes") && object.contains("scopes_except") {
            self.faults.add(&at.member("scopes_except"), PolicyFault::ScopesTwice);
        }
    }

    fn require(&mut self, at: &At<'_>, json: &Json<'_>) -> Option<Require> {
        let object = self.object(at, json, document::REQUIRE)?;
        if object.is_empty() {
            self.faults.add(at, PolicyFault::NothingRequired);
        }
        let acr = self.optional(at, object, "acr", |reader, at, json| reader.strings(at, json, Self::acr));
        let max_auth_age = self.optional(at, object, "max_auth_age", Self::count);
        let dpop = self.optional(at, object, "dpop", Self::truth);
        let context = self.optional(at, object, "context", Self::truth);
        let actor = self.optional(at, object, "actor", Self::boolean);
        Some(Require {
            acr: acr.unwrap_or_default(),
            max_auth_age,
            dpop: dpop.is_some(),
            context: context.is_some(),
            actor,
        })
    }

    pub(super) fn status(&mut self, at: &At<'_>, json: &Json<'_>) -> Option<Status> {
        let all = [Status::Approved, Status::ApprovalRequired, Status::Restricted];
        let text = self.text(at, json)?;
        let status = all.into_iter().find(|status| status.as_str() == text);
        self.known(at, text, status, PolicyFault::StatusUnknown)
    }

    fn effect(&mut self, at: &At<'_>, json: &Json<'_>) -> Option<Effect> {
        let text = self.text(at, json)?;
        let effect = [Effect::Permit, Effect::Deny].into_iter().find(|effect| effect.as_str() == text);
        self.known(at, text, effect, PolicyFault::EffectUnknown)
    }

    pub(super) fn name(&mut self, at: &At<'_>, json: &Json<'_>) -> Option<String> {
        let text = self.text(at, json)?;
        self.name_text(at, text)
    }

    pub(super) fn name_text(&mut self, at: &At<'_>, text: &str) -> Option<String> {
        let name = names::is_name(text).then(|| text.to_owned());
        self.known(at, text, name, PolicyFault::NameMalformed)
    }

    fn plain(&mut self, at: &At<'_>, json: &Json<'_>, max: usize) -> Option<String> {
        let text = self.text(at, json)?;
        let plain = is_plain(text, max).then(|| text.to_owned());
        self.known(at, text, plain, PolicyFault::TextMalformed)
    }

    pub(super) fn client_id(&mut self, at: &At<'_>, text: &str) -> Option<ClientId> {
        self.known(at, text, ClientId::new(text).ok(), PolicyFault::ClientIdMalformed)
    }

    fn resource(&mut self, at: &At<'_>, text: &str) -> Option<ResourceId> {
        let resource = ResourceId::new(text, self.options.transport);
        self.url(at, text, resource)
    }

    /// The kind of an actor, as tokens have it.
    pub(super) fn kind(&mut self, at: &At<'_>, text: &str) -> Option<String> {
        let kind = Amr::new(text).ok().map(|_| text.to_owned());
        self.known(at, text, kind, PolicyFault::TextMalformed)
    }

    /// A name for people.
    pub(super) fn display_name(&mut self, at: &At<'_>, json: &Json<'_>) -> Option<String> {
        self.plain(at, json, NAME_BYTES)
    }

    /// Which schemes issuers and resources may have.
    pub(super) const fn transport(&self) -> Transport {
        self.options.transport
    }

    pub(super) fn url<T>(&mut self, at: &At<'_>, text: &str, url: Result<T, Error>) -> Option<T> {
        let fault = match &url {
            Err(error) if error.code() == ErrorCode::UrlInsecure => PolicyFault::UrlInsecure,
            _ => PolicyFault::UrlMalformed,
        };
        self.known(at, text, url.ok(), fault)
    }
}
