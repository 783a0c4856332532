//! `wasm-bindgen` as the pinned library: `cargo xtask wasm` runs it, and wasm-pack a copy named
//! `wasm-bindgen` (rustc refuses to build a crate of that name).
//!
//! It takes the arguments that those two pass: `<module> --out-dir <folder> --target <target> [--out-name <name>]
//! [--typescript | --no-typescript]`, and `--version`.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

/// The version that `--version` names, and that the dependency is pinned to.
const VERSION: &str = "0.2.130";

fn main() -> ExitCode {
    match run(env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("wasm-bindgen: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let mut bindgen = Bindgen::new();
    let mut out_dir = None;
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("`{argument}` needs a value"));
        match argument.as_str() {
            "--version" => {
                println!("wasm-bindgen {VERSION}");
                return Ok(());
            }
            "--out-dir" => out_dir = Some(PathBuf::from(value()?)),
            "--out-name" => {
                bindgen.out_name(&value()?);
            }
            "--typescript" => {
                bindgen.typescript(true);
            }
            "--no-typescript" => {
                bindgen.typescript(false);
            }
            "--target" => target(&mut bindgen, &value()?)?,
            unknown if unknown.starts_with('-') => return Err(format!("unknown option `{unknown}`")),
            module => {
                bindgen.input_path(module);
            }
        }
    }
    let out_dir = out_dir.ok_or("`--out-dir` is missing")?;
    bindgen.generate(out_dir).map_err(|error| format!("{error:#}"))
}

fn target(bindgen: &mut Bindgen, name: &str) -> Result<(), String> {
    let chosen = match name {
        "bundler" => bindgen.bundler(true),
        "web" => bindgen.web(true),
        "nodejs" => bindgen.nodejs(true),
        "deno" => bindgen.deno(true),
        _ => return Err(format!("unknown target `{name}`")),
    };
    chosen.map(drop).map_err(|error| format!("{error:#}"))
}
