//! Driving a connection: what it says is sent, what comes back is told to it, until it is ready or says no.

use alloc::sync::Arc;
use core::time::Duration;

use idjag::UnixTime;
use idjag::client::{Connection, Identity, IdentityNeed, Step};
use tokio::time::sleep;

use super::sign_on::Shared;
use super::{AuthorizedHttp, ClientError, SignOn};
use crate::{Http, Surroundings};

/// Sends what connections say, and waits and signs on for them. Cheap to clone; the clones share the sign-on.
#[derive(Clone, Debug)]
pub struct Driver {
    pub(super) http: Http,
    pub(super) surroundings: Surroundings,
    sign_on: Option<Shared>,
}

/// A connection, and the sign-on that it was given last.
#[derive(Debug)]
pub(super) struct Driven {
    pub(super) connection: Connection,
    identity: Option<Arc<Identity>>,
}

impl Driven {
    pub(super) const fn new(connection: Connection) -> Self {
        Self { connection, identity: None }
    }
}

impl Driver {
    /// A driver without sign-on, for connections that have their identity or need none.
    #[must_use]
    pub fn new(http: Http) -> Self {
        Self { http, surroundings: Surroundings::system(), sign_on: None }
    }

    /// Asks `sign_on` when the user must sign on.
    #[must_use]
    pub fn with_sign_on(self, sign_on: impl SignOn + 'static) -> Self {
        Self { sign_on: Some(Shared::new(sign_on)), ..self }
    }

    /// With another clock or other randomness.
    #[must_use]
    pub fn with_surroundings(self, surroundings: Surroundings) -> Self {
        Self { surroundings, ..self }
    }

    /// Requests over `connection`.
    #[must_use]
    pub fn over(self, connection: Connection) -> AuthorizedHttp {
        AuthorizedHttp::new(self, connection)
    }

    /// Takes a connection of your own to where requests can be authorized.
    ///
    /// Fails when it was denied or does not work.
    pub async fn connect(&self, connection: &mut Connection) -> Result<(), ClientError> {
        let mut identity = None;
        self.drive(connection, &mut identity).await.map(drop)
    }

    pub(super) async fn ready(&self, driven: &mut Driven) -> Result<UnixTime, ClientError> {
        self.drive(&mut driven.connection, &mut driven.identity).await
    }

    /// Until the connection is ready; answers when that was.
    async fn drive(
        &self,
        connection: &mut Connection,
        identity: &mut Option<Arc<Identity>>,
    ) -> Result<UnixTime, ClientError> {
        loop {
            let now = self.surroundings.now()?;
            match connection.next(&self.surroundings.random()?, now) {
                Step::Ready => return Ok(now),
                Step::Send(outgoing) => match self.http.send(&outgoing.request).await {
                    Ok(response) => connection.receive(&response, self.surroundings.now()?)?,
                    Err(_) => connection.unreachable(self.surroundings.now()?),
                },
                Step::Wait { seconds } => sleep(Duration::from_secs(seconds.as_secs())).await,
                Step::NeedIdentity(need) => self.identify(connection, identity, &need).await?,
                Step::Denied(denial) => return Err(ClientError::Denied(denial)),
                Step::Failed(error) => return Err(error.into()),
            }
        }
    }

    async fn identify(
        &self,
        connection: &mut Connection,
        identity: &mut Option<Arc<Identity>>,
        need: &IdentityNeed,
    ) -> Result<(), ClientError> {
        let found = match &self.sign_on {
            Some(sign_on) => sign_on.other_than(identity.as_ref(), need).await?,
            None => None,
        };
        match found {
            Some(found) => {
                *identity = Some(found.clone());
                connection.identify(found)?;
            }
            None => connection.decline(),
        }
        Ok(())
    }
}
