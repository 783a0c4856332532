//! A subagent's token, derived from the one in use.

use super::{Connection, Patience};
use crate::client::{
    Binding, DerivedAccessToken, Downscope, Entropy, ObtainedAccessToken, ServerAnswer,
    process_downscope_response,
};
use crate::error::{Error, ErrorCode};
use crate::oauth::http::{HttpRequest, HttpResponse};
use crate::time::UnixTime;
use crate::token::TokenKind;

/// What became of asking for a subagent's token.
#[derive(Clone, Debug)]
pub enum DownscopeAnswer {
    /// Here it is: hand it to the subagent.
    Derived(DerivedAccessToken),
    /// The server named a nonce: ask again.
    Again,
    /// The server refuses, or what it sent cannot be used. The parent's token is what it was.
    Refused(ServerAnswer),
}

impl Connection {
    /// The request for a token that a subagent may use at the MCP server: never more than this connection's, and dead with
    /// it. Send it without following redirects, and give its response to [`Self::on_downscope_response`].
    ///
    /// Fails with `token_expired` when the connection is not ready: [`Self::next`] makes it so.
    pub fn downscope(
        &mut self,
        wanted: &Downscope,
        entropy: &[u8; 32],
        now: UnixTime,
    ) -> Result<HttpRequest, Error> {
        let parent = self.parent(now)?;
        let target = self.target()?;
        let entropy = Entropy::new(entropy)?;
        let (credentials, proof) =
            self.authenticate(&target.credentials, &target.place.server, &entropy, now)?;
        wanted.to_http(&parent, &credentials, proof.as_ref(), now)
    }

    /// Takes the response to [`Self::downscope`] of the same. Fails where the connection is not ready any more.
    pub fn on_downscope_response(
        &mut self,
        wanted: &Downscope,
        response: &HttpResponse,
        now: UnixTime,
    ) -> Result<DownscopeAnswer, Error> {
        let parent = self.parent(now)?;
        let target = self.target()?;
        let wanted = &wanted.clone().with_detail_types(self.config.detail_types.clone());
        self.nonces.learn(&target.place.server.token_endpoint, response);
        let binding: Binding = self.config.binding();
        let limits = &self.config.limits;
        let wanted = wanted.clone().with_detail_types(self.config.detail_types.clone());
        Ok(match process_downscope_response(response, &wanted, &parent, binding, limits, now) {
            Ok(derived) => {
                self.patience.nonces = 0;
                DownscopeAnswer::Derived(derived)
            }
            // The nonce has been learnt.
            Err(ServerAnswer::NonceRequired(_))
                if self.config.dpop.is_some()
                    && Patience::allows(&mut self.patience.nonces, Patience::NONCES) =>
            {
                DownscopeAnswer::Again
            }
            Err(answer) => DownscopeAnswer::Refused(answer),
        })
    }

    fn parent(&self, now: UnixTime) -> Result<ObtainedAccessToken, Error> {
        let token = self.token.clone().filter(|_| self.is_ready(now));
        token.ok_or(Error::new(ErrorCode::TokenExpired).of(TokenKind::AccessToken))
    }
}
