//! A server under load: a program that is started with the environment of the example servers, and ends with this one.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use idjag::secret::SecretDigest;
use idjag::uri::{Issuer, Transport};
use serde_json::{Value, json};

use crate::Failure;
use crate::drive::Connection;
use crate::issuer::{CLIENT, IdentityProvider};

/// The client's secret; it opens nothing but this server, on this machine, for this run.
pub(crate) const SECRET: &str = "of-the-measurement";
/// How long a server may take until it listens.
const START: Duration = Duration::from_secs(30);

/// A running server.
pub(crate) struct Server {
    /// What it is called in the table.
    pub(crate) who: String,
    /// Where it listens.
    pub(crate) address: String,
    /// Its authorization server.
    pub(crate) issuer: Issuer,
    /// The path of its token endpoint.
    pub(crate) token_path: String,
    /// Its MCP server.
    pub(crate) resource: String,
    child: Child,
    clients: PathBuf,
    errors: PathBuf,
}

impl Server {
    /// Starts `<who>=<folder>=<program>` with the arguments after it, and waits until it listens.
    pub(crate) async fn start(
        command: &[String],
        group: &str,
        idp: &IdentityProvider,
        is_pinned: bool,
    ) -> Result<Self, Failure> {
        let (first, arguments) = command.split_first().ok_or("a server is missing")?;
        let [who, folder, program] = first.splitn(3, '=').collect::<Vec<_>>()[..] else {
            return Err(format!("`{first}` is not <who>=<folder>=<program>").into());
        };
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let (address, origin) = (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"));
        let clients = std::env::temp_dir().join(format!("load-clients-{}-{port}.json", std::process::id()));
        let errors = clients.with_extension("log");
        fs::write(&clients, clients_of(group).to_string())?;

        let mut child = if is_pinned { Command::new("taskset") } else { Command::new(program) };
        if is_pinned {
            child.args(["--cpu-list", "0", program]);
        }
        child
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&errors)?);
        child.envs([("ORIGIN", origin.as_str()), ("IDP", idp.issuer.as_str()), ("LISTEN", &address)]);
        child.envs([("PORT", port.to_string().as_str()), ("DEVELOPMENT", "1"), ("NODE_ENV", "production")]);
        let mut child = child.env("CLIENTS", &clients).spawn().map_err(|error| format!("{who}: {error}"))?;

        let since = Instant::now();
        while tokio::net::TcpStream::connect(&address).await.is_err() {
            if child.try_wait()?.is_some() || since.elapsed() > START {
                return Err(format!("{who} does not listen: {}", fs::read_to_string(&errors)?).into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let mut server = Self {
            who: who.to_owned(),
            address,
            issuer: Issuer::new(&origin, Transport::DangerousAllowHttpLoopback)?,
            token_path: "/token".to_owned(),
            resource: format!("{origin}/mcp"),
            child,
            clients,
            errors,
        };
        // Where its authorization server is, the resource says.
        let metadata =
            Connection::open(&server.address).await?.get("/.well-known/oauth-protected-resource/mcp").await?;
        let metadata: Value = serde_json::from_str(&metadata)?;
        if let Some(issuer) = metadata["authorization_servers"][0].as_str() {
            server.token_path = format!("{}/token", issuer.strip_prefix(&origin).ok_or("another origin")?);
            server.issuer = Issuer::new(issuer, Transport::DangerousAllowHttpLoopback)?;
        }
        Ok(server)
    }
}

impl Server {
    /// How long its process has computed so far, where the system tells: in ticks of ten milliseconds.
    pub(crate) fn computed(&self) -> Option<Duration> {
        let line = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // After the name, which is in parentheses and may have anything in it.
        let fields: Vec<&str> = line.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
        Some(Duration::from_millis(10 * (ticks(11)? + ticks(12)?)))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It is this process's own child, and what cannot be ended has ended.
        drop(self.child.kill());
        drop(self.child.wait());
        drop(fs::remove_file(&self.clients));
        drop(fs::remove_file(&self.errors));
    }
}

/// The file of clients: the server in Rust takes hexadecimal digits, the others what is encoded like everything in JOSE.
fn clients_of(group: &str) -> Value {
    let digest = SecretDigest::of(SECRET);
    let spelled: Value = if group == "load.rust" {
        digest.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>().into()
    } else {
        json!([Base64UrlUnpadded::encode_string(digest.as_bytes())])
    };
    json!([{
        "client_id": CLIENT,
        "token_endpoint_auth_method": "client_secret_basic",
        "client_secret_sha256": spelled,
    }])
}
