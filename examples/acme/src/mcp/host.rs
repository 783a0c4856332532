//! Hosting one product: its MCP endpoint on one port, its authorization server on another.

use alloc::sync::Arc;
use std::io;

use axum::Router;
use axum::middleware::from_fn_with_state;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};

use super::gate::{Gate, guard};
use super::handler::ProductServer;
use crate::clock::Clock;
use crate::company::{Server, ToolAccess};
use crate::roles::{AuthorizationServer, ResourceServer};
use crate::servers::{Product, Tool};
use crate::web::{Port, Site};

/// Where documents are found, relative to an origin.
pub(crate) struct WellKnown;

impl WellKnown {
    pub(crate) const AUTHORIZATION_SERVER: &str = "/.well-known/oauth-authorization-server";
    pub(crate) const PROTECTED_RESOURCE: &str = "/.well-known/oauth-protected-resource/mcp";
    pub(crate) const OPENID: &str = "/.well-known/openid-configuration";
}

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
        let access = |tool: &Tool| ToolAccess { tool: tool.name, scope: tool.scope };
        let product = &self.product;
        Server {
            id: product.id,
            title: product.title,
            labels: product.labels,
            resource: format!("{}/mcp", self.mcp.origin),
            issuer: self.authorization.origin.clone(),
            reads: access(&product.reads),
            writes: access(&product.writes),
        }
    }

    /// Starts to answer on both ports.
    pub(crate) fn serve(
        self,
        authorization: Arc<dyn AuthorizationServer>,
        resource: Arc<dyn ResourceServer>,
        clock: &Clock,
    ) {
        let mcp = mcp_router(&self.mcp.origin, self.product, resource, clock);
        let site = authorization_router(&self.authorization.origin, authorization, clock);
        self.mcp.serve(mcp);
        self.authorization.serve(site);
    }
}

fn mcp_router(origin: &str, product: Arc<Product>, role: Arc<dyn ResourceServer>, clock: &Clock) -> Router {
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
    Site::new(origin, clock)
        .get(WellKnown::PROTECTED_RESOURCE, move |_, _| role.metadata())
        .into_router()
        .merge(guarded)
}

fn authorization_router(origin: &str, role: Arc<dyn AuthorizationServer>, clock: &Clock) -> Router {
    let (metadata, jwks) = (role.clone(), role.clone());
    Site::new(origin, clock)
        .get(WellKnown::AUTHORIZATION_SERVER, move |_, _| metadata.metadata())
        .get("/jwks", move |_, _| jwks.jwks())
        .post("/token", move |request, now| role.token(request, now))
        .into_router()
}
