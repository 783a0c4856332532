//! Load on the example servers: `load <group> <who>=<folder>=<program> <argument>… [-- <who>=… …]`.
//!
//! All servers named in one call answer the same requests, in turns: token redemptions, each with a grant that nobody has
//! used, and protected calls. What is not answered as it should be ends the measurement.

mod drive;
mod issuer;
mod report;
mod server;

use std::env;
use std::error::Error;
use std::process::{Command, ExitCode};

use drive::Workload;
use issuer::IdentityProvider;
use report::Rounds;
use server::Server;

/// How many connections stay open at a time.
const CONNECTIONS: [usize; 3] = [1, 16, 128];
/// How often everything is measured.
const ROUNDS: usize = 3;

type Failure = Box<dyn Error>;

fn main() -> ExitCode {
    // One thread, on a processor of its own where the system can do that; the servers are started on another.
    let result = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(run()));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Failure> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (group, commands) = arguments.split_first().ok_or("which group of rows?")?;
    let is_pinned = pinned();
    let idp = IdentityProvider::open().await?;
    let mut servers = Vec::new();
    for command in commands.split(|argument| argument == "--") {
        servers.push(Server::start(command, group, &idp, is_pinned).await?);
    }
    for connections in CONNECTIONS {
        for kind in [Workload::Redeem, Workload::Call] {
            let mut rounds: Vec<Rounds> = servers.iter().map(|_| Rounds::default()).collect();
            for _ in 0..ROUNDS {
                for (server, rounds) in servers.iter().zip(&mut rounds) {
                    rounds.add(drive::measure(server, &idp, kind, connections).await?);
                }
            }
            for (server, rounds) in servers.iter().zip(&rounds) {
                rounds.print(
                    group,
                    &format!("{}, {connections} connections", kind.name()),
                    &server.who,
                    is_pinned,
                )?;
            }
        }
    }
    Ok(())
}

/// Keeps this process to the second processor, and says whether that went well.
fn pinned() -> bool {
    let this = std::process::id().to_string();
    let enough = std::thread::available_parallelism().is_ok_and(|count| count.get() > 1);
    let mut taskset = Command::new("taskset");
    taskset.args(["--pid", "--cpu-list", "1", &this]).stdout(std::process::Stdio::null());
    enough && taskset.status().is_ok_and(|status| status.success())
}
