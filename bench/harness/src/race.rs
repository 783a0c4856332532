//! Contenders that do the same work, in turns, so that noise strikes all of them.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::Failure;
use crate::line::say;

/// Rounds of each contender. The median and the quartiles of them are printed.
const ROUNDS: usize = 31;
/// How long one round takes at least.
const ROUND: Duration = Duration::from_millis(2);
/// How often a contender works where instructions are counted instead.
const COUNTED: u64 = 10;

/// One that does the work of a row.
pub struct Contender<'a> {
    who: String,
    work: Box<dyn FnMut() -> bool + 'a>,
}

impl<'a> Contender<'a> {
    /// `work` says whether it came to the right end; one that does not, fails the benchmark.
    pub fn new(who: impl Into<String>, work: impl FnMut() -> bool + 'a) -> Self {
        Self { who: who.into(), work: Box::new(work) }
    }

    fn repeat(&mut self, times: u64) -> bool {
        (0..times).fold(true, |right, _| black_box((self.work)()) && right)
    }

    fn timed(&mut self, times: u64) -> Result<Duration, Failure> {
        let started = Instant::now();
        let right = self.repeat(times);
        let took = started.elapsed();
        if right { Ok(took) } else { Err(format!("{} came to another end", self.who)) }
    }

    /// How often it works in a round.
    fn calibrate(&mut self) -> Result<u64, Failure> {
        let mut times = 1;
        while self.timed(times)? < ROUND {
            times *= 2;
        }
        Ok(times)
    }
}

/// How races are run: timed, or under callgrind, where the same contenders in the same order work a few times each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Races {
    /// Rounds on the clock.
    Timed,
    /// [`work_is_counted`] for each contender, and a line that says so.
    Counted,
}

impl Races {
    /// `--counted`, or timed.
    #[must_use]
    pub fn from_arguments() -> Self {
        if std::env::args().any(|argument| argument == "--counted") { Self::Counted } else { Self::Timed }
    }

    /// Runs one row and prints a line for each contender.
    pub fn row(self, group: &str, row: &str, contenders: &mut [Contender<'_>]) -> Result<(), Failure> {
        let told = match self {
            Self::Timed => timed(group, row, contenders),
            Self::Counted => counted(group, row, contenders),
        };
        told.map_err(|problem| format!("{group}, {row}: {problem}"))
    }
}

fn timed(group: &str, row: &str, contenders: &mut [Contender<'_>]) -> Result<(), Failure> {
    let mut times = Vec::new();
    for contender in contenders.iter_mut() {
        times.push(contender.calibrate()?);
    }
    let mut rounds = vec![Vec::with_capacity(ROUNDS); contenders.len()];
    for round in 0..ROUNDS {
        for turn in 0..contenders.len() {
            // Whoever comes first in one round comes second in the next.
            let at = (round + turn) % contenders.len();
            let took = contenders[at].timed(times[at])?;
            rounds[at].push(took.as_secs_f64() * 1e6 / times[at] as f64);
        }
    }
    for (contender, mut rounds) in contenders.iter().zip(rounds) {
        rounds.sort_by(f64::total_cmp);
        let at = |quarter: usize| rounds[(rounds.len() - 1) * quarter / 4];
        say(&json!({"group": group, "row": row, "who": contender.who, "unit": "us",
            "median": at(2), "low": at(1), "high": at(3), "n": ROUNDS}));
    }
    Ok(())
}

fn counted(group: &str, row: &str, contenders: &mut [Contender<'_>]) -> Result<(), Failure> {
    for contender in contenders {
        // What is made at first use is not what a verification costs.
        contender.timed(2)?;
        if !work_is_counted(contender) {
            return Err(format!("{} came to another end", contender.who));
        }
        say(&json!({"group": group, "row": row, "who": contender.who, "times": COUNTED}));
    }
    Ok(())
}

/// The function that callgrind is told to look into: it dumps what it counted whenever this returns.
#[inline(never)]
fn work_is_counted(contender: &mut Contender<'_>) -> bool {
    contender.repeat(COUNTED)
}
