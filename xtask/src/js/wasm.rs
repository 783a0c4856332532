//! The WebAssembly module: cargo, wasm-bindgen, wasm-opt, and a look at what it imports.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::tools;
use crate::process::{Kind, built, cargo, run, target_dir};
use crate::test::ensure_installed;

const TARGET: &str = "wasm32-unknown-unknown";

/// One way of building it.
pub(super) struct Build {
    name: &'static str,
    profile: &'static str,
    features: &'static str,
    /// What else rustc is told.
    flags: &'static [&'static str],
    optimize: &'static str,
}

/// What the packages hold: every role, fast where it computes.
pub(super) const SPEED: Build = Build {
    name: "all-roles",
    profile: "wasm",
    features: "all-roles,p384,rsa,fast",
    flags: &[],
    optimize: "-O3",
};

/// What there is to choose from.
pub(super) const BUILDS: [Build; 6] = [
    SPEED,
    Build { name: "all-roles-size", features: "all-roles,p384,rsa", ..SIZE },
    Build { name: "resource-server", features: "rsa,fast", ..SPEED },
    Build { name: "resource-server-size", features: "rsa", ..SIZE },
    Build { name: "resource-server-ec", features: "fast", ..SPEED },
    Build { name: "resource-server-ec-size", features: "", ..SIZE },
];

/// Fewer bytes rather than microseconds: the rounds of SHA-2 in a loop too.
const SIZE: Build = Build {
    name: "",
    profile: "wasm-size",
    features: "",
    flags: &["--cfg", r#"sha2_backend="soft""#, "--cfg", r#"sha2_backend_soft="compact""#],
    optimize: "-Oz",
};

/// Builds them; a table of their sizes.
pub(super) fn sizes(builds: &[Build]) -> Result<String, String> {
    let mut sizes = tools::node("tests/js/sizes.mjs");
    for build in builds {
        sizes.arg(build.named()?);
    }
    run(&mut sizes)
}

impl Build {
    /// Builds the module: `<name>=<file>`.
    pub(super) fn named(&self) -> Result<String, String> {
        Ok(format!("{}={}", self.name, self.run()?.display()))
    }

    /// Builds the module: where it is.
    pub(super) fn run(&self) -> Result<PathBuf, String> {
        tools::install()?;
        ensure_installed(TARGET)?;
        let flags = format!("target.{TARGET}.rustflags={:?}", self.rustflags());
        let mut build =
            cargo(&["--config", &flags, "build", "--quiet", "--package", "idjag-wasm", "--target", TARGET]);
        run(build.args(["--profile", self.profile, "--no-default-features", "--features", self.features]))?;
        let target = target_dir()?;
        let folder = target.join("wasm").join(self.name);
        let module = target.join(TARGET).join(self.profile).join("idjag_wasm.wasm");
        let mut bindgen = built(Kind::Program, "idjag-bindgen")?;
        run(bindgen.arg(&module).arg("--out-dir").arg(&folder).args(["--target", "bundler"]))?;
        let optimized = folder.join("idjag.wasm");
        self.optimize(&folder.join("idjag_wasm_bg.wasm"), &optimized)?;
        run(tools::node("tests/js/imports.mjs").arg(&optimized))?;
        Ok(optimized)
    }

    /// Its own, and one that keeps the folders of who builds it out of the module: the places of panics name files.
    fn rustflags(&self) -> Vec<String> {
        let mut flags: Vec<String> = self.flags.iter().map(|flag| (*flag).to_owned()).collect();
        let home = env::var_os("CARGO_HOME").map(PathBuf::from);
        if let Some(home) = home.or_else(|| Some(env::home_dir()?.join(".cargo"))) {
            flags.push(format!("--remap-path-prefix={}=", home.join("registry/src").display()));
        }
        flags
    }

    /// `wasm-opt`, which takes long: only when the module is another than the last time.
    fn optimize(&self, module: &Path, optimized: &Path) -> Result<(), String> {
        let last = module.with_file_name("last.wasm");
        let same = fs::read(&last).is_ok_and(|last| fs::read(module).is_ok_and(|module| module == last));
        if same && optimized.exists() {
            return Ok(());
        }
        run(tools::program("wasm-opt").arg(self.optimize).arg(module).arg("--output").arg(optimized))?;
        fs::copy(module, &last).map_err(|error| format!("{}: {error}", last.display()))?;
        Ok(())
    }
}
