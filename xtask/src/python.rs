//! `cargo xtask python`: the wheel and the source distribution, tested as users install them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::counts::{Counts, of_runner};
use crate::process::{Command, Finished, capture, root, target_dir};
use crate::test::Outcome;

/// The programs in `tests/python` that count their cases, and what they are given.
const PROGRAMS: &[(&str, &[&str])] =
    &[("vectors.py", &["tests/vectors"]), ("boundary.py", &[]), ("adapters.py", &[]), ("readme.py", &[])];

/// Builds the package and tests it.
pub(crate) fn run() -> Outcome {
    match build() {
        Ok(built) => test(&built),
        Err(problem) => Outcome::single(false, problem),
    }
}

/// The adapters for the MCP Python SDK and FastMCP, and the example that is made of them.
pub(crate) fn mcp() -> Outcome {
    let python = match interpreter() {
        Ok(python) => python,
        Err(problem) => return Outcome::single(false, problem),
    };
    let mut program = script(&python, "tests/python/mcp/run.py");
    let tested = counted("mcp/run.py", capture(&mut program));
    tested.and(strict(&python, "tests/python/mcp")).and(strict(&python, "examples/python-server"))
}

/// The types of the programs in a folder.
fn strict(python: &Path, folder: &str) -> Outcome {
    let folder = root().join(folder);
    let mut command = Command::new(python);
    command.args(["-m", "mypy", "--strict", "."]).current_dir(&folder);
    command.env("MYPYPATH", root().join("tests/python"));
    let finished = capture(command.env("MYPY_CACHE_DIR", root().join("target/python/mypy")));
    Outcome::single(finished.success, finished.output)
}

/// Builds the package: the files of its distributions, a line each.
pub(crate) fn packed() -> Result<String, String> {
    let Built { wheel, source } = build()?;
    Ok(format!("{}\n{}\n", wheel.display(), source.display()))
}

/// The Python that runs the package's tests; what building prints goes to standard error.
pub(crate) fn interpreter() -> Result<PathBuf, String> {
    let built = build()?;
    install(&built.wheel)
}

/// The distributions.
struct Built {
    wheel: PathBuf,
    source: PathBuf,
}

fn test(built: &Built) -> Outcome {
    let python = match install(&built.wheel) {
        Ok(python) => python,
        Err(problem) => return Outcome::single(false, problem),
    };
    let started = PROGRAMS.iter().map(|(program, arguments)| {
        counted(program, capture(script(&python, &format!("tests/python/{program}")).args(*arguments)))
    });
    let tested = started.reduce(Outcome::and).unwrap_or_else(|| Outcome::single(false, String::new()));
    tested.and(typed(&python)).and(from_source(&built.source))
}

/// A program's own count; one that prints none, or contradicts it, has failed.
fn counted(program: &str, finished: Finished) -> Outcome {
    let counts = of_runner(&finished.output).unwrap_or_default();
    let is_told = counts.passed > 0 && (finished.success || counts.failed > 0);
    let counts = if is_told { counts } else { counts.plus(Counts::one(false)) };
    Outcome { counts, output: format!("{program}\n{}", finished.output) }
}

/// The types: of the package itself, of programs that use it, and of the stubs against what there is at run time.
fn typed(python: &Path) -> Outcome {
    let mypy = |arguments: &[&str]| {
        let mut command = Command::new(python);
        command.args(["-m"]).args(arguments).current_dir(root().join("tests/python"));
        let cache = root().join("target/python/mypy");
        let finished = capture(command.env("MYPY_CACHE_DIR", cache));
        Outcome::single(finished.success, finished.output)
    };
    mypy(&["mypy", "--strict", "-p", "idjag"])
        .and(mypy(&["mypy", "--strict", "readme.py", "typed.py", "adapters.py"]))
        .and(mypy(&["mypy.stubtest", "idjag", "--allowlist", "stubtest-allowlist.txt"]))
}

/// The source distribution installs where nothing else of this project is, and works.
fn from_source(source: &Path) -> Outcome {
    let empty = root().join("target/python/empty");
    let installed = fresh("from-source").and_then(|python| {
        fs::create_dir_all(&empty).map_err(|error| error.to_string())?;
        let target = target_dir()?;
        pip(&python, |command| command.current_dir(&empty).env("CARGO_TARGET_DIR", target).arg(source))?;
        let mut command = Command::new(&python);
        succeeded(command.current_dir(&empty).arg(root().join("tests/python/smoke.py")))
    });
    Outcome::single(installed.is_ok(), installed.err().unwrap_or_default())
}

/// Builds both distributions into `dist`.
fn build() -> Result<Built, String> {
    let tools = tools()?;
    let dist = root().join("dist");
    for old in distributions(&dist) {
        fs::remove_file(&old).map_err(|error| format!("{}: {error}", old.display()))?;
    }
    // Two commands: `build --sdist` would build the wheel from the unpacked source distribution, whose files have one date
    // for ever, and cargo would take what it built of older ones for the same.
    for what in [&["build", "--quiet"][..], &["sdist"]] {
        let mut command = Command::new(&tools);
        command.args(["-m", "maturin"]).args(what).arg("--out").arg(&dist);
        command.current_dir(root().join("bindings-python"));
        // Where the addon of Node.js is built, and the source distribution again: what they share is compiled once.
        succeeded(command.env("CARGO_TARGET_DIR", target_dir()?))?;
    }
    let found = distributions(&dist);
    let with = |ending: &str| found.iter().find(|path| path.to_string_lossy().ends_with(ending)).cloned();
    match (with(".whl"), with(".tar.gz")) {
        (Some(wheel), Some(source)) => Ok(Built { wheel, source }),
        _ => Err("maturin built no wheel or no source distribution".into()),
    }
}

fn distributions(dist: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dist).into_iter().flatten().flatten().map(|entry| entry.path());
    entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "whl" || extension == "gz"))
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("idjag-")))
        .collect()
}

/// The environment with the tools that build and test.
fn tools() -> Result<PathBuf, String> {
    kept("tools", &root().join("tests/python/requirements.txt"))
}

/// An environment with what a file names, which is kept as long as that stays the same.
fn kept(name: &str, requirements: &Path) -> Result<PathBuf, String> {
    let folder = root().join("target/python").join(name);
    let (python, seal) = (program(&folder), folder.join("requirements.txt"));
    let wanted = fs::read_to_string(requirements).map_err(|error| error.to_string())?;
    if fs::read_to_string(&seal).is_ok_and(|found| found == wanted) {
        return Ok(python);
    }
    let python = fresh(name)?;
    pip(&python, |command| command.arg("--requirement").arg(requirements))?;
    fs::write(&seal, wanted).map_err(|error| error.to_string())?;
    Ok(python)
}

/// A clean environment with the wheel, and the tools beside it.
fn install(wheel: &Path) -> Result<PathBuf, String> {
    let tools = tools()?;
    let python = fresh("installed")?;
    pip(&python, |command| command.arg("--no-index").arg(wheel))?;
    // The tools are seen through a path file: nothing is fetched twice.
    let places = succeeded(
        Command::new(&tools).args(["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]),
    )?;
    let own = succeeded(
        Command::new(&python).args(["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]),
    )?;
    fs::write(Path::new(own.trim()).join("tools.pth"), places).map_err(|error| error.to_string())?;
    Ok(python)
}

/// The program of `bench/python`, in an environment with the wheel and the peers that it pins.
pub(crate) fn benchmark() -> Result<Command, String> {
    let wheel = build()?.wheel;
    let python = kept("bench", &root().join("bench/python/requirements.txt"))?;
    pip(&python, |command| command.args(["--no-index", "--no-deps", "--force-reinstall"]).arg(wheel))?;
    Ok(script(&python, "bench/python/verify.py"))
}

/// A new environment under `target`.
fn fresh(name: &str) -> Result<PathBuf, String> {
    let folder = root().join("target/python").join(name);
    succeeded(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    Ok(program(&folder))
}

fn program(environment: &Path) -> PathBuf {
    environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

fn pip(python: &Path, arguments: impl FnOnce(&mut Command) -> &mut Command) -> Result<String, String> {
    let mut command = Command::new(python);
    command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    succeeded(arguments(&mut command))
}

/// A script of the tests with the installed package.
pub(crate) fn script(python: &Path, path: &str) -> Command {
    let mut command = Command::new(python);
    command.arg("-B").arg(root().join(path)).current_dir(root());
    command
}

fn succeeded(command: &mut Command) -> Result<String, String> {
    let Finished { success, output } = capture(command);
    if success { Ok(output) } else { Err(output) }
}
