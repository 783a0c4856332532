//! A server that this program starts: it is told on its standard input whom to trust, says on its standard output where
//! it is, and ends with its input.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::keys::{Key, unique};

/// A running server, ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Target(Child);

impl Target {
    /// Starts `command` and tells it `told`: the server, and what it answers.
    pub(crate) fn start(command: &[String], told: &Value) -> Result<(Self, Value), String> {
        let [program, arguments @ ..] = command else { return Err("a target has no command".into()) };
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{program}: {error}"))?;
        let mut target = Self(child);
        let answer = target.tell(told).map_err(|error| format!("{program}: {error}"))?;
        let answer: Value = serde_json::from_str(&answer)
            .map_err(|_| format!("{program} did not say where it is, but: {}", answer.trim()))?;
        Ok((target, answer))
    }

    fn tell(&mut self, told: &Value) -> std::io::Result<String> {
        if let Some(input) = self.0.stdin.as_mut() {
            writeln!(input, "{told}")?;
            input.flush()?;
        }
        let mut line = String::new();
        if let Some(output) = self.0.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        Ok(line)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // A server that goes on without its input is ended; one that is gone cannot be, and need not.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The clients that servers of the suite are told of: one for each method, and a second one with Basic credentials
/// whose name is a URL, as that of MCP clients is.
pub(crate) fn clients() -> Value {
    let key = Key::es256();
    let mut jwk = key.public_jwk();
    let public = jwk.clone();
    jwk["d"] = key.private_member();
    json!([
        {"client_id": "basic-client", "method": "client_secret_basic", "secret": unique()},
        {"client_id": "https://agent.example/client.json", "method": "client_secret_basic", "secret": unique()},
        {"client_id": "post-client", "method": "client_secret_post", "secret": unique()},
        {"client_id": "key-client", "method": "private_key_jwt", "jwk": jwk, "public_jwk": public},
    ])
}
