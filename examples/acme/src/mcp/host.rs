//! Hosting one product: its MCP endpoint on one port, its authorization server on another.

use alloc::sync::Arc;
use std::io;

use axum::Router;
use axum::middleware::from_fn_with_state;
use idjag::oauth::http::HttpRequest;
use idjag::scope::{Scope, ScopeToken};
use idjag::uri::{Issuer, ResourceId};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};

use super::gate::{Gate, guard};
use super::handler::ProductServer;
use crate::clock::Clock;
use crate::company::{Server, ToolAccess};
use crate::servers::{Product, Tool};
use crate::trust::{AuthorizationServer, ResourceServer, TRANSPORT};
use crate::web::{Port, Site, sentence};

/// A product whose ports are open but not yet answered.
pub(crate) struct Host {
    product: Arc<Product>,
    mcp: Port,
    authorization: Port,
}

impl Host {
    pub(crate) async fn open(product: Product) -> io::Result<Self> {
        Ok(Self { product: Arc::new(product), mcp: Port::open().await?, authorization: Port::open().await? })
    }

    /// What the rest of the company may know about this server.
    pub(crate) fn describe(&self) -> Server {
        let scope = |name| Scope::from_iter([ScopeToken::new(name).expect("a product's own scope")]);
        let access = |tool: &Tool| ToolAccess { tool: tool.name, scope: scope(tool.scope) };
        let product = &self.product;
        Server {
            id: product.id,
            title: product.title,
            labels: product.labels,
            resource: ResourceId::new(&format!("{}/mcp", self.mcp.origin), TRANSPORT)
                .expect("an origin and a path"),
            issuer: Issuer::new(&self.authorization.origin, TRANSPORT).expect("an origin"),
            reads: access(&product.reads),
            writes: access(&product.writes),
        }
    }

    /// Starts to answer on both ports.
    pub(crate) fn serve(self, authorization: AuthorizationServer, resource: ResourceServer, clock: &Clock) {
        let mcp = mcp_router(&self.mcp.origin, self.product, Arc::new(resource), clock);
        let site = authorization_router(&self.authorization.origin, Arc::new(authorization), clock);
        self.mcp.serve(mcp);
        self.authorization.serve(site);
    }
}

fn mcp_router(origin: &str, product: Arc<Product>, role: Arc<ResourceServer>, clock: &Clock) -> Router {
    let gate = Gate { url: format!("{origin}/mcp"), role: role.clone(), clock: clock.clone() };
    // One request, one JSON response: every request brings its own token, so a session would add nothing.
    let config =
        StreamableHttpServerConfig::default().with_legacy_session_mode(false).with_json_response(true);
    let service = StreamableHttpService::new(
        move || Ok(ProductServer(product.clone())),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    let guarded =
        Router::new().route_service("/mcp", service).route_layer(from_fn_with_state(Arc::new(gate), guard));
    let metadata = move |_: &HttpRequest, _| role.metadata().unwrap_or_else(|_| sentence(500, "no metadata"));
    Site::new(origin, clock)
        .get("/.well-known/oauth-protected-resource/mcp", metadata)
        .into_router()
        .merge(guarded)
}

fn authorization_router(origin: &str, role: Arc<AuthorizationServer>, clock: &Clock) -> Router {
    let (metadata, jwks) = (role.clone(), role.clone());
    Site::new(origin, clock)
        .get("/.well-known/oauth-authorization-server", move |_, _| metadata.metadata())
        .get("/jwks", move |_, _| jwks.jwks())
        .post("/token", move |request, now| {
            let role = role.clone();
            async move { role.token(&request, now).await }
        })
        .into_router()
}
