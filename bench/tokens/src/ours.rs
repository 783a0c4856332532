//! Our side of a row: what a resource server holds, ready to verify.

use corpus::{AUDIENCE, Corpus, ISSUER};
use harness::Failure;
use idjag::crypto::{Algorithms, Provider};
use idjag::jose::KeySet;
use idjag::oauth::http::{Headers, HttpRequest};
use idjag::rejection::Rejection;
use idjag::resource_server::{
    AccessMaterial, AccessTable, Operation, PendingAccess, Requirement, ResourceServer, ResourceServerConfig,
    SharedTokenCache, TrustedAuthorizationServer,
};
use idjag::scope::Scope;
use idjag::token::{
    AccessToken, AccessTokenRules, ContextClaim, NonceRule, RelaxedClaims, UnverifiedAccessToken, Window,
};
use idjag::uri::{Issuer, ResourceId, Transport};
use idjag::{Error, Limits, UnixTime};

use crate::told;

/// A resource, the keys of its issuer, and the time.
#[derive(Clone)]
pub(crate) struct Ours {
    algorithms: Algorithms,
    pub(crate) keys: KeySet,
    issuer: Issuer,
    resource: ResourceId,
    context: ContextClaim,
    limits: Limits,
    pub(crate) now: UnixTime,
}

impl Ours {
    /// With the keys of the corpus.
    pub(crate) fn new(corpus: &Corpus, provider: Provider, limits: Limits) -> Result<Self, Failure> {
        Self::with_keys(corpus, provider, limits, &corpus.jwks().to_string())
    }

    /// With these keys.
    pub(crate) fn with_keys(
        corpus: &Corpus,
        provider: Provider,
        limits: Limits,
        jwks: &str,
    ) -> Result<Self, Failure> {
        let issuer = Issuer::new(ISSUER, Transport::HttpsOnly).map_err(told)?;
        let algorithms = provider.allow_all();
        let keys = KeySet::parse(issuer.clone(), jwks.as_bytes(), &algorithms, &limits).map_err(told)?;
        let resource = ResourceId::new(AUDIENCE, Transport::HttpsOnly).map_err(told)?;
        let now = UnixTime::now(corpus.now()).map_err(told)?;
        Ok(Self { algorithms, keys, issuer, resource, context: ContextClaim::default(), limits, now })
    }

    /// The token, verified whole.
    pub(crate) fn accepts(&self, token: &str) -> bool {
        self.verified(token).is_ok_and(|claims| std::hint::black_box(claims).client_id.is_some())
    }

    /// Its claims.
    pub(crate) fn verified(&self, token: &str) -> Result<AccessToken, Error> {
        let rules = AccessTokenRules {
            issuer: &self.issuer,
            resource: &self.resource,
            resource_aliases: &[],
            normalize_resource: false,
            algorithms: &self.algorithms,
            window: Window::default(),
            relaxed: RelaxedClaims::default(),
            context: &self.context,
            limits: &self.limits,
        };
        UnverifiedAccessToken::parse(token, &self.limits)?.verify(&self.keys, &rules, self.now)
    }

    /// A server that decides on a tool that the token may call.
    pub(crate) fn server(&self) -> Result<ResourceServer, Failure> {
        let scope = Scope::parse("rows:read", &self.limits).map_err(told)?;
        let mut config = ResourceServerConfig::new(self.resource.clone(), self.algorithms.clone());
        config.authorization_servers.push(TrustedAuthorizationServer {
            issuer: self.issuer.clone(),
            algorithms: self.algorithms.clone(),
            relaxed: RelaxedClaims::default(),
        });
        config.access = AccessTable::mcp().with_tool("query", Requirement::scope(scope));
        config.limits = self.limits.clone();
        ResourceServer::new(config).map_err(told)
    }

    fn material(&self) -> AccessMaterial<'_> {
        AccessMaterial {
            keys: Some(&self.keys),
            revocations: None,
            nonce: NonceRule::NotRequired,
            context: None,
        }
    }

    /// The whole decision on a request: token, binding, operation, record.
    pub(crate) fn permits(&self, server: &ResourceServer, request: &HttpRequest) -> bool {
        self.decided(server.parse(request, self.now))
    }

    /// The same with a cache.
    pub(crate) fn permits_known(
        &self,
        server: &ResourceServer,
        cache: &dyn SharedTokenCache,
        request: &HttpRequest,
    ) -> bool {
        self.decided(server.parse_with(request, cache, self.now))
    }

    fn decided(&self, parsed: Result<PendingAccess<'_, '_>, Rejection>) -> bool {
        let decided = parsed
            .and_then(|pending| pending.verify(&self.material(), self.now))
            .and_then(|access| access.authorize(&Operation::Tool("query".into()), self.now));
        decided.is_ok_and(|access| std::hint::black_box(access).record().token_id.is_some())
    }

    /// A bearer token that the cache may know, verified.
    pub(crate) fn bearer(&self, server: &ResourceServer, cache: &dyn SharedTokenCache, token: &str) -> bool {
        let verified = server
            .parse_bearer_with(token, cache, self.now)
            .and_then(|pending| pending.verify(&self.material(), self.now));
        verified.is_ok_and(|access| std::hint::black_box(access).claims().client_id.is_some())
    }
}

/// A request that brings `token`.
pub(crate) fn request(token: &str) -> HttpRequest {
    HttpRequest {
        method: "POST".into(),
        url: AUDIENCE.into(),
        headers: Headers::new().with("Authorization", format!("Bearer {token}")),
        body: Vec::new(),
    }
}
