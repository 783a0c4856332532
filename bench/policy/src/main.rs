//! Policy decisions: ours beside Cedar's, on the same policy in both languages: each rule permits one group one server.

mod cedar;
mod ours;

use std::process::ExitCode;
use std::time::Instant;

use harness::{Contender, Failure, Races, value};

/// How many rules, and whether Cedar is asked too: at the last it takes a tenth of a second and more for a decision.
const SIZES: [(usize, bool); 4] = [(10, true), (1_000, true), (10_000, true), (100_000, false)];
/// Servers at most; beyond, several groups are permitted each.
const SERVERS: usize = 10_000;
/// Groups of the user who asks: one of them is permitted, the others are elsewhere.
const GROUPS: usize = 8;

/// A policy of `rules` rules, and who asks.
#[derive(Clone, Copy)]
struct Scene {
    rules: usize,
}

impl Scene {
    fn servers(self) -> usize {
        self.rules.min(SERVERS)
    }

    /// Group and server of each rule.
    fn permits(self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.rules).map(move |rule| (rule, rule % self.servers()))
    }

    /// The groups of the user, spread over all there are.
    fn groups(self) -> impl Iterator<Item = usize> {
        (0..GROUPS).map(move |at| self.rules / 2 + at * self.rules / (2 * GROUPS))
    }

    /// The server that the user may use.
    fn permitted(self) -> usize {
        (self.rules / 2) % self.servers()
    }

    /// One that none of the user's groups may use.
    fn forbidden(self) -> usize {
        let reached: Vec<usize> = self.groups().map(|group| group % self.servers()).collect();
        (0..self.servers()).find(|server| !reached.contains(server)).unwrap_or_default()
    }
}

fn main() -> ExitCode {
    match SIZES.into_iter().try_for_each(|(rules, with_cedar)| run(Scene { rules }, with_cedar)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("policy: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(scene: Scene, with_cedar: bool) -> Result<(), Failure> {
    let row = format!("{} rules", scene.rules);
    let ours = made(&row, "idjag", &ours::document(scene), |text| ours::Ours::compile(scene, text))?;
    let permits = |server| ours.permits(&ours::question(server)?);
    told("idjag", permits(scene.permitted())?, permits(scene.forbidden())?)?;
    let question = ours::question(scene.permitted())?;
    let mut contenders = vec![Contender::new("idjag", || ours.permits(&question).unwrap_or(false))];
    if with_cedar {
        let who = harness::peer("Cedar", "cedar-policy")?;
        let cedar = made(&row, &who, &cedar::document(scene), |text| cedar::Cedar::parse(scene, text))?;
        let permits = |server| Ok::<_, Failure>(cedar.permits(&cedar::question(server)?));
        told(&who, permits(scene.permitted())?, permits(scene.forbidden())?)?;
        let asked = cedar::question(scene.permitted())?;
        contenders.push(Contender::new(who, move || cedar.permits(&asked)));
    }
    Races::Timed.row("policy.decision", &row, &mut contenders)
}

/// Nobody is timed who decides otherwise than the policy says.
fn told(who: &str, permitted: bool, forbidden: bool) -> Result<(), Failure> {
    if permitted && !forbidden { Ok(()) } else { Err(format!("{who} reads another policy")) }
}

/// Makes a policy, and prints how long that took and how much the resident set grew.
fn made<T>(
    row: &str,
    who: &str,
    document: &str,
    make: impl FnOnce(&str) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let before = resident();
    let started = Instant::now();
    let made = make(document)?;
    value("policy.compile", row, who, "ms", started.elapsed().as_secs_f64() * 1e3);
    if let Some((before, after)) = before.zip(resident()) {
        value("policy.memory", row, who, "MB", after.saturating_sub(before) as f64 / 1e6);
    }
    Ok(made)
}

/// The resident set in bytes, where the system tells it.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<usize>().ok().map(|kilobytes| kilobytes * 1024)
}
