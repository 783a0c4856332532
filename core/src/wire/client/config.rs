//! What all connections of a client have in common.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::material::{Credentials, Method, TokenServer};
use crate::client::ClientConfig;
use crate::crypto::rustcrypto::SigningKey;
use crate::error::Error;
use crate::oauth::client_metadata::ClientIdUrl;
use crate::wire::declare::input;
use crate::wire::documents::Matching;
use crate::wire::fault::Fault;
use crate::wire::handle::{Handle, Held};
use crate::wire::operation::{Operation, operations};
use crate::wire::read::Document;
use crate::wire::roles::ClientAuthMethod;
use crate::wire::shared::{LimitOptions, transport};
use crate::wire::write::output;

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// A client of one identity provider, configured once for any number of connections. `signer` signs its client
    /// assertions; `dpop` its proofs: with it, no token is taken that is not bound to that key.
    Make "client.new" ["signer", "dpop"] new: ClientOptions => ClientAnswer;
};

input! {
    Arguments
    /// A client of one identity provider: https only, exact comparison and bearer tokens by default.
    pub(in crate::wire) struct ClientOptions {
        /// The identity provider's metadata.
        idp: TokenServer,
        /// What the client was given there.
        idp_credentials: Credentials,
        /// What the client was given by resource authorization servers, one entry for each; none by default.
        credentials: Option<Vec<Credentials>>,
        /// The client's metadata document, for servers that read such documents; none by default.
        document: Option<MetadataDocument>,
        /// Also take tokens that are not bound to the key `dpop`: a downgrade goes unnoticed. `false` by default.
        dangerous_preferring_dpop: Option<bool>,
        /// Also try servers whose metadata does not list the ID-JAG profile; `false` by default.
        accepting_unlisted_profile: Option<bool>,
        /// Also connect to resources whose identifier has a query component; `false` by default.
        dangerous_allowing_resource_query: Option<bool>,
        /// How a resource's stated identifier is compared; `exact` by default.
        matching: Option<Matching>,
        /// How many step-ups in a row are made for one operation, and how many sign-ons for one connection; 3 by
        /// default.
        step_up_limit: Option<u32>,
        /// Caps on responses.
        limits: Option<LimitOptions>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

input! {
    Protocol
    /// Who the client is by its metadata document. Under `private_key_jwt` the key is `jwk`, or, without it, `signer`.
    pub(in crate::wire) struct MetadataDocument {
        /// The document's address, which is the client's identifier.
        client_id: String,
        /// How the client authenticates; never with a shared secret.
        token_endpoint_auth_method: ClientAuthMethod,
        /// A private JWK with its `kid`, where the key is not `signer`.
        jwk: Option<Document>,
    }
}

output! {
    /// A client.
    pub(in crate::wire) struct ClientAnswer {
        /// The identity provider's issuer identifier.
        idp: String,
    }
}

fn new(options: ClientOptions, held: &Held) -> Result<(Handle, ClientAnswer), Fault> {
    let transport = transport(options.dangerous_allow_http_loopback);
    let own = options.idp_credentials.build(transport, held, 0)?;
    let mut config = ClientConfig::new(options.idp.build(transport)?, own)?
        .with_transport(transport)
        .with_limits(LimitOptions::over_default(options.limits.as_ref()))
        .with_matching(options.matching.map(Into::into).unwrap_or_default());
    for credentials in options.credentials.into_iter().flatten() {
        config = config.with_credentials(credentials.build(transport, held, 0)?);
    }
    if let Some(document) = options.document {
        config = document.add_to(config, held)?;
    }
    config = match (held.maybe_signing_key(1)?, options.dangerous_preferring_dpop) {
        (Some(key), Some(true)) => config.dangerous_with_preferred_dpop(Arc::<SigningKey>::clone(key)),
        (Some(key), _) => config.with_dpop(Arc::<SigningKey>::clone(key)),
        (None, Some(true)) => return Err(Error::config("dpop").into()),
        (None, _) => config,
    };
    if options.accepting_unlisted_profile == Some(true) {
        config = config.accepting_unlisted_profile();
    }
    if options.dangerous_allowing_resource_query == Some(true) {
        config = config.dangerous_allowing_resource_query();
    }
    if let Some(limit) = options.step_up_limit {
        config = config.with_step_up_limit(limit);
    }
    let answer = ClientAnswer { idp: String::from(config.idp().issuer.as_str()) };
    Ok((Handle::Client(Arc::new(config)), answer))
}

impl MetadataDocument {
    fn add_to(self, config: ClientConfig, held: &Held) -> Result<ClientConfig, Fault> {
        let url = ClientIdUrl::parse(&self.client_id, config.transport())?;
        // A shared secret is refused, and so there is none to read.
        if matches!(
            self.token_endpoint_auth_method,
            ClientAuthMethod::SecretBasic | ClientAuthMethod::SecretPost
        ) {
            return Err(Error::config("a metadata document allows no shared secret").into());
        }
        let method = Method { name: self.token_endpoint_auth_method, secret: None, jwk: self.jwk, key: None };
        Ok(config.with_metadata_document(url, method.build(held, 0)?)?)
    }
}
