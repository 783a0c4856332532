//! Acme: a whole company over loopback HTTP. One identity provider, nine MCP servers, one sign-on, no consent screens.

extern crate alloc;

mod agent;
mod args;
#[cfg(test)]
mod break_in;
mod clock;
mod company;
mod failure;
mod idp;
mod mcp;
mod narrate;
mod pkce;
mod random;
mod serve;
mod servers;
mod story;
mod trust;
mod web;
mod world;

use std::io::{self, Write};
use std::process::ExitCode;

use crate::args::{Args, HELP};
use crate::failure::Failure;
use crate::narrate::Narrator;
use crate::world::World;

fn main() -> ExitCode {
    match Args::parse(lexopt::Parser::from_env()) {
        Ok(args) if args.help => {
            print(HELP);
            ExitCode::SUCCESS
        }
        Ok(args) => run(&args),
        Err(error) => {
            eprintln!("acme: {error}\n\n{HELP}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let told = runtime.map_err(Failure::broken).and_then(|runtime| runtime.block_on(open_and_tell(args)));
    match told {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("acme: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// True when every fact of the story held.
async fn open_and_tell(args: &Args) -> Result<bool, Failure> {
    let world = World::open().await?;
    let mut narrator = if args.json { Narrator::silent() } else { Narrator::aloud() };
    story::tell(&mut narrator, &world).await;
    let held = narrator.conclude();
    if args.json {
        narrator.wrong().iter().for_each(|fact| eprintln!("acme: did not hold: {fact}"));
        match args.serve {
            // One line, so that whoever reads it knows when it is complete.
            true => print(&format!("{}\n", serve::for_programs(&world))),
            false => print(&format!("{:#}\n", serde_json::Value::Array(world.company.records.all()))),
        }
    }
    if args.serve {
        if !args.json {
            serve::explain(&mut narrator, &world);
        }
        core::future::pending::<()>().await;
    }
    Ok(held)
}

/// To standard output. `print!` would panic when the reader has gone, as after `| head`.
fn print(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}
