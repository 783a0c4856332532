//! Driving a connection: what it says is sent, what comes back is told to it, until it is ready or says no.

use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use idjag::ErrorCode;
use idjag::UnixTime;
use idjag::client::{AssertionNeed, AuthorizationNeed, Connection, Identity, IdentityNeed, Step};
use tokio::time::sleep;

use super::sign_on::Shared;
use super::{Assertions, Authorizations, AuthorizedHttp, ClientError, SignOn};
use crate::{Http, Surroundings};

/// Addresses that were called by somebody else, while one authorization response is waited for.
const MAX_STRANGERS: usize = 10;

/// Sends what connections say, waits for them, and asks the host for what only the host has. Cheap to clone; the clones
/// share the sign-on.
#[derive(Clone)]
pub struct Driver {
    pub(super) http: Http,
    pub(super) surroundings: Surroundings,
    sign_on: Option<Shared>,
    assertions: Option<Arc<dyn Assertions>>,
    authorizations: Option<Arc<dyn Authorizations>>,
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
        let surroundings = Surroundings::system();
        Self { http, surroundings, sign_on: None, assertions: None, authorizations: None }
    }

    /// Asks `sign_on` when the user must sign on.
    #[must_use]
    pub fn with_sign_on(self, sign_on: impl SignOn + 'static) -> Self {
        Self { sign_on: Some(Shared::new(sign_on)), ..self }
    }

    /// Asks `assertions` for the JWT that says who the workload is.
    #[must_use]
    pub fn with_assertions(self, assertions: impl Assertions + 'static) -> Self {
        Self { assertions: Some(Arc::new(assertions)), ..self }
    }

    /// Asks `authorizations` to open the user's browser.
    #[must_use]
    pub fn with_authorizations(self, authorizations: impl Authorizations + 'static) -> Self {
        Self { authorizations: Some(Arc::new(authorizations)), ..self }
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
        let mut strangers = 0;
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
                Step::NeedAssertion(need) => self.assert(connection, &need).await?,
                Step::NeedAuthorization(need) => self.authorize(connection, &need, &mut strangers).await?,
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

    async fn assert(&self, connection: &mut Connection, need: &AssertionNeed) -> Result<(), ClientError> {
        let found = match &self.assertions {
            Some(assertions) => assertions.assertion(need).await?,
            None => None,
        };
        match found {
            Some(assertion) => connection.supply_assertion(assertion)?,
            None => connection.decline(),
        }
        Ok(())
    }

    async fn authorize(
        &self,
        connection: &mut Connection,
        need: &AuthorizationNeed,
        strangers: &mut usize,
    ) -> Result<(), ClientError> {
        let called = match &self.authorizations {
            Some(authorizations) => authorizations.authorize(need).await?,
            None => None,
        };
        match called {
            Some(called) => match connection.authorization_response(&called) {
                // Whoever made a browser call that, the response is still to come: the step is repeated.
                Err(error) if error.code() == ErrorCode::StateMismatch && *strangers < MAX_STRANGERS => {
                    *strangers = strangers.saturating_add(1);
                }
                answered => answered?,
            },
            None => connection.decline(),
        }
        Ok(())
    }
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Driver").field("http", &self.http).finish_non_exhaustive()
    }
}
