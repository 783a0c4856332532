//! `cargo xtask bench`: figures, printed as they come; they judge nothing.

use std::process::ExitCode;

use crate::process::{Command, cargo, run};
use crate::{done, js};

/// A list of a million revocations, natively and in a WebAssembly instance under Node.js.
pub(crate) fn revocations() -> ExitCode {
    let native = ["run", "--quiet", "--release", "--package", "idjag", "--example", "revocations"];
    done(run(&mut cargo(&native)).and_then(|native| {
        let mut node = Command::new("node");
        let wasm = run(node.arg("suite/run/revocations.mjs").current_dir(js::project()?))?;
        Ok(format!("natively\n{native}\nin WebAssembly under Node.js\n{wasm}"))
    }))
}
