//! The servers' side: a layer that guards an MCP endpoint, and routers for both authorization servers.
//!
//! Whatever the host does not answer, a store, a directory, a signer, refuses with 503; nothing is granted of which there
//! is no record, where records are kept.

mod answer;
mod conversations;
mod documents;
mod guard;
mod handed_on;
mod hosting;
mod idp;
mod issue;
mod known_tokens;
mod listing;
mod message;
#[cfg(feature = "redis")]
mod redis;
mod replay;
mod resource_as;
mod revocations;
mod revoke;
mod roles;
mod setup;

#[cfg(feature = "redis")]
pub use self::redis::{RedisReplay, RedisRevocations};
pub use conversations::Conversations;
pub use documents::DocumentClients;
pub use guard::{Guard, Guarded};
pub use hosting::{CurrentNonces, Hosting, Nonces, Records};
pub use idp::IdentityProvider;
pub use issue::{Issuing, RemoteSigner, Signers, TokenSigner};
pub use replay::{MemoryReplay, ReplayStore};
pub use resource_as::AuthorizationServer;
pub use revocations::{MemoryRevocations, Revocations};
pub use roles::{
    Accounts, Attests, Clients, Directory, MadeRefreshToken, Policies, RefreshTokens, StaticClients,
};
pub use setup::SetupFailure;
