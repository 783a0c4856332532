//! The same errands one request at a time, for the chapters in which something goes wrong in between.

use alloc::sync::Arc;

use idjag::client::{
    Binding, ExchangeRequest, GrantRequest, ObtainedAccessToken, ObtainedIdJag, Proof,
    process_exchange_response, process_grant_response,
};
use idjag::crypto::Signer;
use idjag::oauth::challenge::Challenges;
use idjag::oauth::discovery::{Discovered, Discovery, Progress};
use idjag::oauth::http::{HttpRequest, HttpResponse};
use idjag::scope::Scope;
use idjag::token::DpopProof;
use idjag::uri::Url;
use idjag::{Error, Limits};

use super::app::{Agent, bare_request};
use super::sign_on::Session;
use crate::company::Server;
use crate::failure::Failure;
use crate::mcp::HeadersFor;
use crate::trust::{TRANSPORT, token_id};

impl Agent {
    /// Knocks without a token and follows the challenge to where tokens come from.
    pub(crate) async fn discover(&self, server: &Server) -> Result<Discovered, Failure> {
        let challenges = Challenges::of(&self.knock(server).await?, &Limits::default())?;
        let challenges = challenges.ok_or_else(|| Failure::broken("the server does not say where to go"))?;
        let metadata = challenges.resource_metadata(TRANSPORT)?;
        let mut discovery = Discovery::new(server.resource.clone(), metadata).with_transport(TRANSPORT);
        while let Some(request) = discovery.next() {
            if let Progress::Done(found) = discovery.receive(&self.web.send(&request).await?)? {
                return Ok(found);
            }
        }
        Err(Failure::broken("the server publishes no metadata"))
    }

    /// Asks the identity provider for an ID-JAG.
    pub(crate) async fn exchange(
        &self,
        session: &Session,
        at: &Discovered,
        scope: &Scope,
    ) -> Result<ObtainedIdJag, Failure> {
        let now = self.clock.now();
        let subject =
            session.identity.subject(&[], now).ok_or_else(|| Failure::broken("no ID Token is left"))?;
        let request = ExchangeRequest::new(&at.authorization_server, subject)
            .with_resource(at.resource.resource.clone())?
            .with_scope(scope.clone());
        let credentials = self.credentials.at(&self.idp, token_id(), now)?;
        let proof = self.prove(credentials.endpoint())?;
        let response = self.web.send(&request.to_http(&credentials, proof.as_ref())?).await?;
        Ok(process_exchange_response(&response, &request, self.binding(), &Limits::default(), now)?)
    }

    /// Redeems an ID-JAG at the server's authorization server.
    pub(crate) async fn redeem(
        &self,
        id_jag: &ObtainedIdJag,
        at: &Discovered,
    ) -> Result<ObtainedAccessToken, Failure> {
        let (grant, request) = self.redemption(id_jag, at)?;
        let response = self.send(&request).await?;
        Ok(process_grant_response(&response, &grant, self.binding(), &Limits::default(), self.clock.now())?)
    }

    /// What [`Agent::redeem`] sends.
    pub(crate) fn redemption(
        &self,
        id_jag: &ObtainedIdJag,
        at: &Discovered,
    ) -> Result<(GrantRequest, HttpRequest), Failure> {
        let server = &at.authorization_server;
        let credentials = self.at_servers.iter().find(|own| *own.issuer() == server.issuer);
        let credentials = credentials.ok_or_else(|| Failure::broken("not registered there"))?;
        let credentials = credentials.at(server, token_id(), self.clock.now())?;
        let proof = self.prove(credentials.endpoint())?;
        let grant = GrantRequest::new(id_jag.clone(), at.resource.resource.clone());
        let request = grant.to_http(&credentials, proof.as_ref(), self.clock.now())?;
        Ok((grant, request))
    }

    pub(crate) async fn send(&self, request: &HttpRequest) -> Result<HttpResponse, Failure> {
        self.web.send(request).await
    }

    /// The headers that carry `access`, with a proof of their own for each request.
    pub(crate) fn headers_of(&self, access: &ObtainedAccessToken) -> HeadersFor {
        let (agent, access) = (self.clone(), access.clone());
        Arc::new(move |method, url| {
            agent.present(&access, bare_request(method, url)).map(|dressed| dressed.headers)
        })
    }

    fn present(&self, access: &ObtainedAccessToken, request: HttpRequest) -> Result<HttpRequest, Error> {
        let claims = access.proof_claims(&request, None, token_id(), self.clock.now())?;
        let proof = claims.and_then(|claims| Some(Proof::sign(claims, self.key.as_deref()?)));
        access.authorize(request, proof.transpose()?.as_ref(), &Limits::default())
    }

    /// A proof for a POST to `endpoint`, if this installation has a key.
    pub(crate) fn prove(&self, endpoint: &Url) -> Result<Option<Proof>, Error> {
        let Some(key) = &self.key else { return Ok(None) };
        let claims = DpopProof {
            token_id: token_id(),
            method: "POST".into(),
            url: endpoint.clone(),
            issued_at: self.clock.now(),
            access_token_hash: None,
            nonce: None,
        };
        Proof::sign(claims, key.as_ref()).map(Some)
    }

    fn binding(&self) -> Binding {
        self.key.as_ref().map_or(Binding::Unbound, |key| Binding::Required(key.public_key().thumbprint()))
    }
}
