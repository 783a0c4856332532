//! What authorization servers ask their host: who clients and users are, and which policy is in force.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use idjag::Seconds;
use idjag::crypto::Thumbprint;
use idjag::idp::{DirectorySubject, HostAttestedSubject, SubjectNeed, VerifiedSubject};
use idjag::oauth::RegisteredClient;
use idjag::policy::Policy;
use idjag::resource_as::ResolvedSubject;
use idjag::scope::Scope;
use idjag::secret::Secret;
use idjag::text::ClientId;
use idjag::token::{AccessToken, IdJag};
use idjag::uri::Issuer;

use crate::Looked;

/// Whoever registers clients.
pub trait Clients: Send + Sync {
    /// The registration of a client; `None` when there is no such client.
    fn client<'a>(&'a self, client_id: &'a ClientId) -> Looked<'a, Option<Arc<RegisteredClient>>>;
}

/// Clients that never change.
#[derive(Clone, Debug, Default)]
pub struct StaticClients(BTreeMap<ClientId, Arc<RegisteredClient>>);

impl FromIterator<RegisteredClient> for StaticClients {
    fn from_iter<I: IntoIterator<Item = RegisteredClient>>(clients: I) -> Self {
        let entry = |client: RegisteredClient| (client.client_id.clone(), Arc::new(client));
        Self(clients.into_iter().map(entry).collect())
    }
}

impl Clients for StaticClients {
    fn client<'a>(&'a self, client_id: &'a ClientId) -> Looked<'a, Option<Arc<RegisteredClient>>> {
        Box::pin(core::future::ready(Ok(self.0.get(client_id).cloned())))
    }
}

/// Whoever decides which policy is in force.
pub trait Policies: Send + Sync {
    /// The policy in force.
    fn in_force(&self) -> Looked<'_, Arc<Policy>>;
}

/// A policy that never changes.
impl Policies for Arc<Policy> {
    fn in_force(&self) -> Looked<'_, Arc<Policy>> {
        Box::pin(core::future::ready(Ok(self.clone())))
    }
}

/// The accounts at a resource authorization server.
pub trait Accounts: Send + Sync {
    /// The account of a grant's user, found by issuer, tenant and subject, never by the subject alone; `None` when there
    /// is none.
    fn account<'a>(&'a self, grant: &'a IdJag) -> Looked<'a, Option<ResolvedSubject>>;

    /// The account of the user of one of the server's own tokens, found by its subject; `None` when there is none any more.
    /// Where it is not implemented, no token is derived from another.
    fn user<'a>(&'a self, parent: &'a AccessToken) -> Looked<'a, Option<ResolvedSubject>> {
        let _ = parent;
        Box::pin(core::future::ready(Ok(None)))
    }
}

/// The users of an identity provider.
pub trait Directory: Send + Sync {
    /// The user as the directory knows it for `audience`; `None` when there is none.
    fn user<'a>(
        &'a self,
        user: &'a VerifiedSubject,
        audience: &'a Issuer,
        client_id: &'a ClientId,
    ) -> Looked<'a, Option<DirectorySubject>>;
}

/// Whoever vouches for refresh tokens and SAML assertions.
pub trait Attests: Send + Sync {
    /// Your word for the token, which must not be logged; `None` when it is unknown.
    fn attest<'a>(
        &'a self,
        token: SubjectNeed<'a>,
        client_id: &'a ClientId,
    ) -> Looked<'a, Option<HostAttestedSubject>>;
}

/// How refresh tokens are made for SAML assertions.
pub trait RefreshTokens: Send + Sync {
    /// The scopes that you grant this user and client: `openid offline_access` among them.
    fn offered<'a>(&'a self, user: &'a VerifiedSubject, client_id: &'a ClientId) -> Looked<'a, Scope>;

    /// Makes a refresh token and stores it with all of this: `bound_to`, where there is one, is the key whose proof every
    /// later use needs.
    fn make<'a>(
        &'a self,
        user: &'a VerifiedSubject,
        client_id: &'a ClientId,
        scope: &'a Scope,
        bound_to: Option<Thumbprint>,
    ) -> Looked<'a, MadeRefreshToken>;
}

/// A refresh token that was just stored.
#[derive(Clone, Debug)]
pub struct MadeRefreshToken {
    /// The token.
    pub token: Secret,
    /// For how long it is good.
    pub expires_in: Seconds,
}
