//! The objects that calls refer to by number.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::crypto::{Crypto, HeldKey};
use super::fault::Fault;
use super::state::{CountedCache, EitherDiscovery};
use crate::client::{ClientConfig, Connection};
use crate::client_documents::ClientDocuments;
use crate::error::{Error, ErrorCode};
use crate::idp::IdpAuthorizationServer;
use crate::jose::KeySet;
use crate::oauth::RegisteredClient;
use crate::policy::Policy;
use crate::replay::MemoryReplayStore;
use crate::resource_as::ResourceAuthorizationServer;
use crate::resource_server::{ResourceServer, SharedTokenCache, VerifiedTokenCache};
use crate::revocation::{ReceivedUpdate, RevocationList, RevocationUpdate};

/// An object that never changes: configured once, used by any number of calls at a time.
#[derive(Clone)]
pub(super) enum Handle {
    Client(Arc<ClientConfig>),
    Idp(Arc<IdpAuthorizationServer>),
    KeySet(Arc<KeySet>),
    Policy(Arc<Policy>),
    RegisteredClient(Arc<RegisteredClient>),
    ResourceAs(Arc<ResourceAuthorizationServer>),
    ResourceServer(Arc<ResourceServer>),
    RevocationList(Arc<RevocationList>),
    RevocationUpdate(Arc<RevocationUpdate>),
    SigningKey(Arc<dyn HeldKey>),
}

/// An object that each call moves on; one call at a time.
pub(super) enum Machine {
    ClientDocuments(Box<ClientDocuments>),
    Connection(Box<Connection>),
    Discovery(Box<EitherDiscovery>),
    KeySetCache(Box<CountedCache>),
    ReplayStore(MemoryReplayStore),
    RevocationList(Box<Revocations>),
}

/// A list of revocations, and the update that it is being told.
pub(super) struct Revocations {
    pub(super) list: Arc<RevocationList>,
    pub(super) receiving: Option<ReceivedUpdate>,
}

/// What the table keeps under a number.
pub(super) enum Slot {
    Shared(Handle),
    /// A protected resource, and the tokens that it verified.
    Resource(Arc<ResourceServer>, Box<VerifiedTokenCache>),
    Machine(Machine),
}

/// The objects of one call, in the order of the operation's slots.
pub(super) struct Held<'c> {
    pub(super) crypto: &'static Crypto,
    pub(super) handles: Vec<Option<Handle>>,
    /// The cache of the protected resource in the first slot, if there is one.
    pub(super) cache: Option<&'c dyn SharedTokenCache>,
}

macro_rules! held {
    ($($(#[$doc:meta])* $([$name:ident])? $maybe:ident: $variant:ident($type:ty);)*) => {
        impl Held<'_> {
            $(
                $(
                    /// The same, where it must not be left out.
                    pub(super) fn $name(&self, slot: usize) -> Result<&Arc<$type>, Fault> {
                        self.$maybe(slot)?.ok_or_else(missing)
                    }
                )?

                $(#[$doc])*
                pub(super) fn $maybe(&self, slot: usize) -> Result<Option<&Arc<$type>>, Fault> {
                    match self.handles.get(slot).and_then(Option::as_ref) {
                        None => Ok(None),
                        Some(Handle::$variant(object)) => Ok(Some(object)),
                        Some(_) => Err(ErrorCode::HandleInvalid.into()),
                    }
                }
            )*
        }
    };
}

held! {
    /// The client in `slot`, if there is one.
    [client] maybe_client: Client(ClientConfig);
    /// The identity provider in `slot`, if there is one.
    [idp] maybe_idp: Idp(IdpAuthorizationServer);
    /// The key set in `slot`, if there is one.
    [key_set] maybe_key_set: KeySet(KeySet);
    /// The policy in `slot`, if there is one.
    [policy] maybe_policy: Policy(Policy);
    /// The client's registration in `slot`, if there is one.
    maybe_registered_client: RegisteredClient(RegisteredClient);
    /// The resource authorization server in `slot`, if there is one.
    [resource_as] maybe_resource_as: ResourceAs(ResourceAuthorizationServer);
    /// The protected resource in `slot`, if there is one.
    [resource_server] maybe_resource_server: ResourceServer(ResourceServer);
    /// The revocations in `slot` as they are now, if there are any.
    maybe_revocations: RevocationList(RevocationList);
    /// The update of revocations in `slot`, if there is one.
    [revocation_update] maybe_revocation_update: RevocationUpdate(RevocationUpdate);
    /// The signing key in `slot`, if there is one.
    [signing_key] maybe_signing_key: SigningKey(dyn HeldKey);
}

macro_rules! machines {
    ($($(#[$doc:meta])* $name:ident: $variant:ident($type:ty);)*) => {
        impl Machine {
            $(
                $(#[$doc])*
                pub(super) fn $name(&mut self) -> Result<&mut $type, Fault> {
                    match self {
                        Self::$variant(machine) => Ok(machine),
                        _ => Err(ErrorCode::HandleInvalid.into()),
                    }
                }
            )*
        }
    };
}

machines! {
    /// The clients with documents.
    client_documents: ClientDocuments(ClientDocuments);
    /// A connection.
    connection: Connection(Connection);
    /// A discovery.
    discovery: Discovery(EitherDiscovery);
    /// A key set cache.
    key_set_cache: KeySetCache(CountedCache);
    /// A replay store.
    replay_store: ReplayStore(MemoryReplayStore);
    /// A list of revocations.
    revocation_list: RevocationList(Revocations);
}

impl Machine {
    /// What a call may hold of a machine: its present state, where that is a value that others read.
    pub(super) fn snapshot(&self) -> Option<Handle> {
        match self {
            Self::RevocationList(held) => Some(Handle::RevocationList(Arc::clone(&held.list))),
            _ => None,
        }
    }
}

impl<'c> Held<'c> {
    pub(super) fn new(
        crypto: &'static Crypto,
        handles: Vec<Option<Handle>>,
        cache: Option<&'c dyn SharedTokenCache>,
    ) -> Self {
        Self { crypto, handles, cache }
    }
}

fn missing() -> Fault {
    Error::with_detail(ErrorCode::HandleInvalid, "an object is missing").into()
}
