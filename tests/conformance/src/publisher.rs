//! An identity provider as others see it: issuer metadata and a key set on this machine, which can change.

use alloc::sync::Arc;
use core::time::Duration;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use serde_json::{Value, json};

/// Longer requests than this are nobody's who asks for a document.
const MAX_HEAD_BYTES: u64 = 16 * 1024;

/// An issuer that is being served until the program ends.
#[derive(Clone, Debug)]
pub(crate) struct Publisher {
    /// Its issuer identifier, which is its origin.
    pub(crate) issuer: String,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    keys: Vec<Value>,
    asked: usize,
}

impl Publisher {
    /// Listens on `address`, such as `127.0.0.1:0`, and publishes `keys`.
    pub(crate) fn open(address: &str, keys: Vec<Value>) -> Result<Self, String> {
        let listener = TcpListener::bind(address).map_err(|error| format!("{address}: {error}"))?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let publisher = Self { issuer: format!("http://{address}"), state: Arc::default() };
        publisher.publish(keys);
        let served = publisher.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = served.clone();
                // A reader that goes away has nothing to be told.
                thread::spawn(move || served.answer(&stream).ok());
            }
        });
        Ok(publisher)
    }

    /// Replaces the key set.
    pub(crate) fn publish(&self, keys: Vec<Value>) {
        self.lock().keys = keys;
    }

    /// How many documents were asked for so far.
    pub(crate) fn asked(&self) -> usize {
        self.lock().asked
    }

    /// Where the key set is.
    pub(crate) fn jwks_uri(&self) -> String {
        format!("{}/jwks", self.issuer)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, stream: &TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let mut reader = BufReader::new(stream.take(MAX_HEAD_BYTES));
        let mut first = String::new();
        reader.read_line(&mut first)?;
        let mut line = first.clone();
        while !matches!(line.as_str(), "" | "\r\n") {
            line.clear();
            reader.read_line(&mut line)?;
        }
        let path = first.split_whitespace().nth(1).unwrap_or_default();
        let document = self.document(path);
        let status = if document.is_some() { "200 OK" } else { "404 Not Found" };
        let body = document.map(|document| document.to_string()).unwrap_or_default();
        let mut out = stream;
        write!(
            out,
            "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )?;
        out.flush()
    }

    fn document(&self, path: &str) -> Option<Value> {
        let mut state = self.lock();
        state.asked += 1;
        match path {
            "/jwks" => Some(json!({"keys": state.keys})),
            "/.well-known/oauth-authorization-server" | "/.well-known/openid-configuration" => Some(json!({
                "issuer": self.issuer,
                "jwks_uri": self.jwks_uri(),
                "authorization_endpoint": format!("{}/authorize", self.issuer),
                "token_endpoint": format!("{}/token", self.issuer),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256", "ES256"],
                "identity_chaining_requested_token_types_supported": ["urn:ietf:params:oauth:token-type:id-jag"],
            })),
            _ => None,
        }
    }
}
