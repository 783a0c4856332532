//! Hosting one product: its MCP endpoint on one port, its authorization server on another.

use alloc::sync::Arc;
use std::io;

use axum::Router;
use idjag::scope::{Scope, ScopeToken};
use idjag::uri::{Issuer, ResourceId};
use idjag_http::server::Guard;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};

use super::handler::ProductServer;
use crate::company::{Server, ToolAccess};
use crate::servers::{Product, Tool};
use crate::trust::TRANSPORT;
use crate::web::Port;

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
    pub(crate) fn serve(self, authorization: Router, guard: &Guard) {
        let mcp = mcp_router(self.product, guard);
        self.mcp.serve(mcp);
        self.authorization.serve(authorization);
    }
}

fn mcp_router(product: Arc<Product>, guard: &Guard) -> Router {
    // One request, one JSON response: every request brings its own token, so a session would add nothing.
    let config =
        StreamableHttpServerConfig::default().with_legacy_session_mode(false).with_json_response(true);
    let service = StreamableHttpService::new(
        move || Ok(ProductServer(product.clone())),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    guard.router(service)
}
