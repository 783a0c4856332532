//! What a user of wasm-pack gets: `wasm-pack build bindings-wasm --target nodejs`, one file of vectors through it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::tools;
use crate::process::{Kind, built, cargo, root, run, target_dir};

const VERSION: &str = "0.15.1";

/// Builds with it, and runs the vectors: what the runner printed.
pub(super) fn check() -> Result<String, String> {
    let tools_folder = target_dir()?.join("tools/bin");
    let wasm_pack = installed(&tools_folder)?;
    let folder = target_dir()?.join("wasm-pack");
    let mut command = Command::new(wasm_pack);
    command.args(["build", "bindings-wasm", "--target", "nodejs", "--out-dir"]).arg(&folder);
    // The profile of `cargo xtask wasm`, so that nothing is compiled twice.
    command.args(["--profile", "wasm"]);
    run(command.current_dir(root()).env("PATH", path_with(&tools_folder)?))?;
    let topic = "tests/vectors/id_jag.verify/signature.json";
    run(tools::node("tests/js/run/raw.mjs").arg(folder.join("idjag_wasm.js")).arg(root().join(topic)))
}

/// wasm-pack, and beside it the wasm-bindgen that it looks for in the path.
fn installed(folder: &Path) -> Result<PathBuf, String> {
    let wasm_pack = folder.join(format!("wasm-pack{}", env::consts::EXE_SUFFIX));
    if !wasm_pack.exists() {
        let root = folder.parent().unwrap_or(folder);
        let mut install = cargo(&["install", "--quiet", "--locked", "--debug", "wasm-pack"]);
        // Without what a debugger needs: it is a gigabyte, and nobody debugs it here.
        install.env("CARGO_PROFILE_DEV_DEBUG", "false");
        run(install.args(["--version", VERSION]).arg("--root").arg(root))?;
    }
    let bindgen = built(Kind::Program, "idjag-bindgen")?;
    let copy = folder.join(format!("wasm-bindgen{}", env::consts::EXE_SUFFIX));
    fs::copy(bindgen.get_program(), &copy).map_err(|error| format!("{}: {error}", copy.display()))?;
    Ok(wasm_pack)
}

fn path_with(folder: &Path) -> Result<std::ffi::OsString, String> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = core::iter::once(folder.to_path_buf()).chain(env::split_paths(&path));
    env::join_paths(folders).map_err(|error| error.to_string())
}
