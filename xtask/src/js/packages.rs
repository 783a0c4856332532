//! The packages as tarballs in `dist/`, and an empty project that has them installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::{addon, tools, wasm};
use crate::process::{root, run, target_dir};

/// Builds and packs them: the folder of the tarballs.
pub(super) fn packed() -> Result<PathBuf, String> {
    let module = wasm::SPEED.run()?;
    let addon = addon::build()?;
    let folder = target_dir()?.join("npm");
    let version = env!("CARGO_PKG_VERSION");
    run(tools::node("bindings-js/pack/assemble.mjs").arg(version).arg(module).arg(addon).arg(&folder))?;
    let dist = root().join("dist");
    remove_tarballs(&dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    for package in subfolders(&folder)? {
        run(tools::npm("pack", &package).arg("--pack-destination").arg(&dist))?;
    }
    Ok(dist)
}

/// A project with the packages installed, once per run: its folder.
pub(crate) fn project() -> Result<PathBuf, String> {
    static DONE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    DONE.get_or_init(|| {
        let (dist, project) = (packed()?, target_dir()?.join("npm-project"));
        run(tools::node("tests/js/project.mjs").arg(dist).arg(&project))?;
        Ok(project)
    })
    .clone()
}

/// What an earlier version left would be installed beside this one.
fn remove_tarballs(dist: &Path) -> std::io::Result<()> {
    fs::create_dir_all(dist)?;
    for entry in fs::read_dir(dist)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "tgz") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// The packages that were put together.
pub(super) fn subfolders(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    Ok(paths)
}
