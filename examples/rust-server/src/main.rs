//! `cargo run`: serves until it is told to stop. `cargo run -- keygen`: fresh keys.

use std::env;
use std::error::Error;

use rust_server::app;
use rust_server::keygen::keygen;
use rust_server::settings::Settings;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    if env::args().nth(1).as_deref() == Some("keygen") {
        return keygen();
    }
    let settings = Settings::from_environment()?;
    let router = app(&settings)?;
    let address = env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:8080".into());
    let listener = TcpListener::bind(address).await?;
    eprintln!("listening on {} for {}", listener.local_addr()?, settings.resource()?);
    axum::serve(listener, router).with_graceful_shutdown(stopped()).await?;
    Ok(())
}

async fn stopped() {
    // Without a way to be told, there is nothing to wait for.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
