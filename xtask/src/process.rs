//! Running cargo and the programs it builds, from the workspace's root.

pub(crate) use std::process::Command;

use std::env::{self, consts::EXE_SUFFIX};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};

use serde_json::Value;

/// The workspace's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// This cargo with `arguments`, in the workspace's root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// The folder that cargo builds into.
pub(crate) fn target_dir() -> Result<PathBuf, String> {
    let metadata = run(&mut cargo(&["metadata", "--quiet", "--no-deps", "--format-version", "1"]))?;
    let document: Value =
        serde_json::from_str(&metadata).map_err(|error| format!("cargo metadata: {error}"))?;
    document["target_directory"]
        .as_str()
        .map(PathBuf::from)
        .ok_or("cargo metadata names no target".to_owned())
}

/// A program or an example of the workspace, built.
///
/// It is built as a part of the whole workspace, as `cargo test --workspace` builds it: as a package alone it would get
/// other features of what it shares with others, and most dependencies would be compiled again for each program. With
/// the examples cargo counts what tests need in, as it does for tests.
pub(crate) fn built(kind: Kind, name: &str) -> Result<Command, String> {
    let mut build = cargo(&["build", "--quiet", "--workspace", "--examples"]);
    let folder = match kind {
        Kind::Program => {
            build.args(["--bin", name]);
            "debug"
        }
        Kind::Example => "debug/examples",
    };
    run(&mut build)?;
    let mut command = Command::new(target_dir()?.join(folder).join(format!("{name}{EXE_SUFFIX}")));
    command.current_dir(root());
    Ok(command)
}

/// What cargo builds into different folders.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Program,
    Example,
}

/// Runs `command` to its end: what it printed, which is the error when it failed.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let Finished { success, output } = capture(command);
    if success { Ok(output) } else { Err(format!("{} failed:\n{output}", command.get_program().display())) }
}

/// Runs `command` with this process's input and output and gives its exit code.
pub(crate) fn forward(command: &mut Command) -> ExitCode {
    match command.status() {
        Ok(status) => ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)),
        Err(error) => {
            eprintln!("xtask: {}: {error}", command.get_program().display());
            ExitCode::FAILURE
        }
    }
}

/// What a finished command left behind.
pub(crate) struct Finished {
    /// Whether it exited with 0.
    pub(crate) success: bool,
    /// Everything it printed, in order.
    pub(crate) output: String,
}

/// Runs `command` without input and keeps what it prints; one that cannot be started has failed.
pub(crate) fn capture(command: &mut Command) -> Finished {
    let (success, output) = try_capture(command)
        .unwrap_or_else(|error| (false, format!("{}: {error}\n", command.get_program().display())));
    Finished { success, output }
}

fn try_capture(command: &mut Command) -> io::Result<(bool, String)> {
    let (mut reader, writer) = io::pipe()?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn()?;
    // The command keeps the pipe's write ends, and reading ends only when all of them are closed.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes)?;
    Ok((child.wait()?.success(), String::from_utf8_lossy(&bytes).into_owned()))
}
