//! Instructions and allocations of the rows of a Rust program, counted by valgrind: times are noisy, counts are not.

use alloc::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::line::{Line, printed};
use crate::process::{Command, capture, target_dir};

/// The function of the harness in which contenders work while they are counted.
const COUNTED: &str = "*work_is_counted";

/// What the harness prints for each contender, in the order in which callgrind dumps.
#[derive(Deserialize)]
struct Worked {
    group: String,
    row: String,
    who: String,
    times: u64,
}

/// Adds the counts of `program`, told to count, to its figures among `lines`. Says why, where that cannot be.
pub(super) fn count(program: &Command, lines: &mut [Line]) -> Result<Option<String>, String> {
    if !capture(Command::new("valgrind").arg("--version")).success {
        return Ok(Some("instructions and allocations: valgrind is not installed".into()));
    }
    let folder = target_dir()?.join("bench/callgrind");
    // What an earlier run left would be read as this one's.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--quiet", "--tool=callgrind"]);
    // A dump of its own takes what came before; collecting throughout, since calls are counted even when costs are not.
    let told = ["dump-before", "dump-after"];
    valgrind.args(told.map(|option| format!("--{option}={COUNTED}")));
    valgrind.arg(format!("--callgrind-out-file={}", folder.join("out").display()));
    valgrind.arg(program.get_program()).args(program.get_args()).arg("--counted");
    for (at, text) in printed(&mut valgrind)?.iter().enumerate() {
        let worked: Worked = serde_json::from_str(text).map_err(|error| format!("`{text}`: {error}"))?;
        let (instructions, allocations) = read(&folder.join(format!("out.{}", 2 * at + 2)))?;
        let same =
            |line: &&mut Line| line.group == worked.group && line.row == worked.row && line.who == worked.who;
        let line = lines.iter_mut().find(same).ok_or(format!("`{text}` was counted and not timed"))?;
        line.instructions = Some(instructions as f64 / worked.times as f64);
        line.allocations = Some(allocations as f64 / worked.times as f64);
    }
    Ok(None)
}

fn read(dump: &Path) -> Result<(u64, u64), String> {
    let text = fs::read_to_string(dump).map_err(|error| format!("{}: {error}", dump.display()))?;
    counts(&text).ok_or(format!("{} has no totals", dump.display()))
}

/// Instructions and allocations of a dump.
fn counts(dump: &str) -> Option<(u64, u64)> {
    const ALLOCATORS: [&str; 6] =
        ["malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign", "memalign"];
    // A name is spelled out the first time, and a number after that.
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    let (mut callee, mut allocations, mut instructions) = (None, 0, None);
    for line in dump.lines() {
        if let Some(totals) = line.strip_prefix("totals: ").or(line.strip_prefix("summary: ")) {
            instructions = totals.split_whitespace().next().and_then(|count| count.parse().ok());
        } else if let Some((kind, name)) = line.split_once("fn=") {
            let (number, spelled) = name.split_once(' ').unwrap_or((name, ""));
            if !spelled.is_empty() {
                names.insert(number, spelled);
            }
            callee = names.get(number).copied().filter(|_| kind == "c");
        } else if let Some(calls) = line.strip_prefix("calls=") {
            // Only what is called from outside the C library's own functions, which call each other.
            let is_allocator = callee.is_some_and(|name| ALLOCATORS.contains(&name));
            let count: u64 = calls.split_whitespace().next()?.parse().ok()?;
            allocations += if is_allocator { count } else { 0 };
        }
    }
    Some((instructions?, allocations))
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn sums_the_calls_of_allocators() {
        let dump = "version: 1\nevents: Ir\nfn=(1) work\n16 400\ncfn=(2) malloc\ncalls=3 1\n16 90\n\
            fn=(2)\n1 90\nfn=(3) other\ncfn=(2)\ncalls=4 1\n5 10\ncfn=(4) free\ncalls=7 1\n5 10\ntotals: 617\n";
        assert_eq!(counts(dump), Some((617, 7)));
        assert_eq!(counts("version: 1\n"), None);
    }
}
