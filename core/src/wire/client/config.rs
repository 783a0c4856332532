//! What all connections of a client have in common.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::material::{Credentials, Method, TokenServer};
use crate::client::{ClientConfig, RedirectUri};
use crate::error::Error;
use crate::oauth::client_metadata::ClientIdUrl;
use crate::uri::Transport;
use crate::wire::declare::{input, names};
use crate::wire::documents::Matching;
use crate::wire::fault::Fault;
use crate::wire::handle::{Handle, Held};
use crate::wire::operation::{Operation, operations};
use crate::wire::read::Document;
use crate::wire::roles::{ClientAuthMethod, DetailTypeOptions, detail_types};
use crate::wire::shared::{LimitOptions, transport};
use crate::wire::tokens::context::context_claim;
use crate::wire::write::output;

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// A client, configured once for any number of connections. `signer` signs its client assertions; `dpop` its proofs:
    /// with it, no token is taken that is not bound to that key. Which grant its tokens come by is said here, and nothing
    /// that a server answers changes it.
    Make "client.new" ["signer", "dpop"] new: ClientOptions => ClientAnswer;
};

input! {
    Arguments
    /// A client: https only, exact comparison and bearer tokens by default.
    pub(in crate::wire) struct ClientOptions {
        /// How access tokens are come by. `id_jag` by default: the identity provider decides.
        grant: Option<GrantName>,
        /// Of `id_jag`: the identity provider's metadata.
        idp: Option<TokenServer>,
        /// Of `id_jag`: what the client was given there.
        idp_credentials: Option<Credentials>,
        /// Of `authorization_code`: where the user's browser is sent back to.
        redirect_uri: Option<String>,
        /// Of `authorization_code`: the client's name for people, where it may register itself (RFC 7591, deprecated by
        /// MCP) with servers that it has no credentials for, anew for each connection; it may not by default.
        registering_as: Option<String>,
        /// What the client was given by authorization servers, one entry for each; none by default.
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
        /// The claim, and parameter of the exchange, that names a conversation; `ctx` by default.
        context_claim: Option<String>,
        /// What is known of types of authorization details, by name: how what comes back may be narrower than what was asked
        /// for. Of others, the common arrays of RFC 9396 §2.2 may.
        detail_types: Option<BTreeMap<String, DetailTypeOptions>>,
        /// Caps on responses.
        limits: Option<LimitOptions>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

names! {
    /// How access tokens are come by.
    pub(in crate::wire) enum GrantName {
        /// By ID-JAG: the identity provider decides.
        IdJag = "id_jag",
        /// By the client's own credentials (RFC 6749 §4.4).
        ClientCredentials = "client_credentials",
        /// By a JWT that says who the workload is (RFC 7523 §2.1).
        JwtBearer = "jwt_bearer",
        /// By the user's permission, given in a browser (RFC 6749 §4.1 with PKCE).
        AuthorizationCode = "authorization_code",
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
        /// Of `id_jag`: the identity provider's issuer identifier.
        idp: Option<String>,
    }
}

/// The grant with what belongs to it, and nothing that belongs to another.
fn of_grant(options: &mut ClientOptions, transport: Transport, held: &Held) -> Result<ClientConfig, Fault> {
    let idp = (options.idp.take(), options.idp_credentials.take());
    let page = (options.redirect_uri.take(), options.registering_as.take());
    let config = match (options.grant.unwrap_or(GrantName::IdJag), idp, page) {
        (GrantName::IdJag, (Some(idp), Some(own)), (None, None)) => {
            ClientConfig::new(idp.build(transport)?, own.build(transport, held, 0)?)?
        }
        (GrantName::IdJag, (None, _), _) => return Err(Error::config("idp").into()),
        (GrantName::IdJag, (_, None), _) => return Err(Error::config("idp_credentials").into()),
        (GrantName::ClientCredentials, (None, None), (None, None)) => ClientConfig::client_credentials(),
        (GrantName::JwtBearer, (None, None), (None, None)) => ClientConfig::jwt_bearer(),
        (GrantName::AuthorizationCode, (None, None), (Some(redirect_uri), name)) => {
            let config = ClientConfig::authorization_code(RedirectUri::new(&redirect_uri)?);
            match name {
                Some(name) => config.registering_as(name)?,
                None => config,
            }
        }
        (GrantName::AuthorizationCode, (None, None), (None, _)) => {
            return Err(Error::config("redirect_uri").into());
        }
        _ => return Err(Error::config("what belongs to another grant").into()),
    };
    Ok(config)
}

fn new(mut options: ClientOptions, held: &Held) -> Result<(Handle, ClientAnswer), Fault> {
    let transport = transport(options.dangerous_allow_http_loopback);
    let mut config = of_grant(&mut options, transport, held)?
        .with_transport(transport)
        .with_limits(LimitOptions::over_default(options.limits.as_ref()))
        .with_context_claim(context_claim(options.context_claim.as_deref())?)
        .with_detail_types(detail_types(options.detail_types.take())?)
        .with_matching(options.matching.map(Into::into).unwrap_or_default());
    for credentials in options.credentials.into_iter().flatten() {
        config = config.with_credentials(credentials.build(transport, held, 0)?);
    }
    if let Some(document) = options.document {
        config = document.add_to(config, held)?;
    }
    config = match (held.maybe_signing_key(1)?, options.dangerous_preferring_dpop) {
        (Some(key), Some(true)) => config.dangerous_with_preferred_dpop(key.clone()),
        (Some(key), _) => config.with_dpop(key.clone()),
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
    let answer = ClientAnswer { idp: config.idp().map(|idp| String::from(idp.issuer.as_str())) };
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
