//! Reading test counts from what test programs print.

/// The cases of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Cases that hold.
    pub(crate) passed: usize,
    /// Cases that do not.
    pub(crate) failed: usize,
    /// Tests that were ignored.
    pub(crate) ignored: usize,
}

impl Counts {
    /// One case.
    pub(crate) fn one(holds: bool) -> Self {
        Self { passed: usize::from(holds), failed: usize::from(!holds), ignored: 0 }
    }

    /// Both together.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            ignored: self.ignored + other.ignored,
        }
    }
}

/// The sum of all `test result:` lines of `cargo test`.
pub(crate) fn of_cargo_test(output: &str) -> Counts {
    let results = output.lines().filter_map(|line| line.trim_start().strip_prefix("test result: "));
    results.fold(Counts::default(), |sum, result| {
        let (_, numbers) = result.split_once(". ").unwrap_or(("", ""));
        let number = |name: &str| {
            let mut parts = numbers.split("; ");
            parts.find_map(|part| part.strip_suffix(name)?.trim().parse().ok()).unwrap_or(0)
        };
        sum.plus(Counts { passed: number("passed"), failed: number("failed"), ignored: number("ignored") })
    })
}

/// The closing line `N passed, N failed` of a runner, when it printed one.
pub(crate) fn of_runner(output: &str) -> Option<Counts> {
    output.lines().rev().find_map(|line| {
        let (passed, failed) = line.trim().split_once(", ")?;
        let passed = passed.strip_suffix(" passed")?.parse().ok()?;
        let failed = failed.strip_suffix(" failed")?.parse().ok()?;
        Some(Counts { passed, failed, ignored: 0 })
    })
}

/// The closing lines of Node's test runner in TAP: `# pass N`, `# fail N`, and what was left out one way or another.
pub(crate) fn of_node_test(output: &str) -> Counts {
    let number = |name: &str| -> usize {
        let mut lines = output.lines().rev();
        lines.find_map(|line| line.strip_prefix("# ")?.strip_prefix(name)?.trim().parse().ok()).unwrap_or(0)
    };
    let ignored = number("skipped ") + number("todo ");
    Counts { passed: number("pass "), failed: number("fail ") + number("cancelled "), ignored }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_the_lines_of_cargo_test() {
        let output = "running 2 tests\n\
            test result: ok. 45 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.22s\n\
            test result: FAILED. 1 passed; 2 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        assert_eq!(of_cargo_test(output), Counts { passed: 46, failed: 2, ignored: 3 });
        assert_eq!(of_cargo_test("error: could not compile"), Counts::default());
    }

    #[test]
    fn reads_the_last_closing_line() {
        let output = "vectors: 3 cases\n1 passed, 1 failed\n12 passed, 3 failed\nbye\n";
        assert_eq!(of_runner(output), Some(Counts { passed: 12, failed: 3, ignored: 0 }));
        assert_eq!(of_runner("12 passed"), None);
    }

    #[test]
    fn sums_the_closing_lines_of_node_s_test_runner() {
        let output = "TAP version 13\n# pass 9\n1..2\n# tests 9\n# pass 5\n# fail 1\n# cancelled 1\n# skipped 2\n# todo 0\n";
        assert_eq!(of_node_test(output), Counts { passed: 5, failed: 2, ignored: 2 });
        assert_eq!(of_node_test("error"), Counts::default());
    }
}
