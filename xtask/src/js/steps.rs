//! The steps of `cargo xtask test` for JavaScript: the packed packages in each runtime.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{packages, tools, wasm_pack};
use crate::process::target_dir;
use crate::test::{Outcome, of_command, of_node_tests, of_result};

/// Node.js over the native addon.
pub(crate) fn node() -> Outcome {
    in_project(|project| of_command(&mut node_with(project, "native")))
}

/// Node.js over the WebAssembly module; then what no input may do to an instance.
pub(crate) fn wasm() -> Outcome {
    in_project(|project| {
        let mut soak = Command::new("node");
        soak.args(["--expose-gc", "suite/run/soak.mjs"]).current_dir(project);
        of_command(&mut node_with(project, "wasm")).and(of_command(&mut soak))
    })
}

/// workerd.
pub(crate) fn workerd() -> Outcome {
    in_project(|project| of_command(tools::node("tests/js/run/workerd.mjs").arg(project)))
}

/// Deno, which may read the vectors and nothing else.
pub(crate) fn deno() -> Outcome {
    in_project(|project| {
        let mut command = tools::program("deno");
        command.args(["run", "--quiet", "--node-modules-dir=manual", "--no-prompt"]);
        of_command(command.args(["--allow-read=vectors.json", "suite/run/deno.mjs"]).current_dir(project))
    })
}

/// Bun.
pub(crate) fn bun() -> Outcome {
    in_project(|project| of_command(tools::program("bun").arg("suite/run/bun.mjs").current_dir(project)))
}

/// Headless Chromium.
pub(crate) fn chromium() -> Outcome {
    in_project(|project| of_command(tools::node("tests/js/run/chromium.mjs").arg(project)))
}

/// The adapters in Node.js over each backend: the stores, the handlers, the fetchers; and inside workerd.
pub(crate) fn adapters() -> Outcome {
    in_project(|project| match packages::subfolders(&project.join("suite/adapters")) {
        // Files by name: what a folder means to the runner is another thing in every version.
        Ok(mut files) => {
            files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
            let over = |backend: &str| {
                let mut command = Command::new("node");
                command
                    .args(["--test", "--test-reporter=tap", "--test-timeout=120000"])
                    .args(&files)
                    .env("IDJAG_BACKEND", backend);
                of_node_tests(command.current_dir(project))
            };
            over("native").and(over("wasm"))
        }
        Err(problem) => Outcome::single(false, problem),
    })
}

/// What the packages promise to the tools that use them; and wasm-pack's module.
pub(crate) fn packages() -> Outcome {
    in_project(|project| {
        let folder = target_dir().unwrap_or_else(|_| PathBuf::from("target")).join("npm");
        let mut checks = tools::node("tests/js/run/packages.mjs");
        of_command(checks.arg(project).arg(folder)).and(of_result(wasm_pack::check()))
    })
}

/// The black-box adapter of the package: `node` over the native addon, `wasm` over the module.
pub(crate) fn blackbox(surface: &str) -> Result<Command, String> {
    let project = packages::project()?;
    let mut command = tools::node(&format!("tests/blackbox/{surface}.mjs"));
    command.arg(project);
    Ok(command)
}

/// The project in which the packages are installed.
pub(crate) fn installed_project() -> Result<PathBuf, String> {
    packages::project()
}

fn in_project(run: impl FnOnce(&Path) -> Outcome) -> Outcome {
    match packages::project() {
        Ok(project) => run(&project),
        Err(problem) => Outcome::single(false, problem),
    }
}

/// Every vector in Node.js, over the backend of this name.
fn node_with(project: &Path, backend: &str) -> Command {
    let mut command = Command::new("node");
    command.args(["suite/run/node.mjs", backend]).env("IDJAG_BACKEND", backend).current_dir(project);
    command
}
