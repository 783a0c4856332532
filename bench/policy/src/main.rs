//! Policy decisions: ours beside Cedar's, on the same policy in both languages: each rule permits one group one server.

mod cedar;
mod ours;

use std::process::{Command, ExitCode};
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
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => SIZES.into_iter().try_for_each(|(rules, with_cedar)| run(Scene { rules }, with_cedar)),
        [language, rules] => rules.parse().map_err(told).and_then(|rules| keep(language, Scene { rules })),
        _ => Err("policy takes nothing, or a language and a number".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("policy: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn told(error: impl ToString) -> Failure {
    error.to_string()
}

fn run(scene: Scene, with_cedar: bool) -> Result<(), Failure> {
    let row = format!("{} rules", scene.rules);
    let ours = made(scene, "idjag", &ours::document(scene), |text| ours::Ours::compile(scene, text))?;
    let permits = |server| ours.permits(&ours::question(server)?);
    right("idjag", permits(scene.permitted())?, permits(scene.forbidden())?)?;
    let question = ours::question(scene.permitted())?;
    let mut contenders = vec![Contender::new("idjag", || ours.permits(&question).unwrap_or(false))];
    if with_cedar {
        let who = harness::peer("Cedar", "cedar-policy")?;
        let cedar = made(scene, &who, &cedar::document(scene), |text| cedar::Cedar::parse(scene, text))?;
        let permits = |server| Ok::<_, Failure>(cedar.permits(&cedar::question(server)?));
        right(&who, permits(scene.permitted())?, permits(scene.forbidden())?)?;
        let asked = cedar::question(scene.permitted())?;
        contenders.push(Contender::new(who, move || cedar.permits(&asked)));
    }
    Races::Timed.row("policy.decision", &row, &mut contenders)
}

/// Nobody is timed who decides otherwise than the policy says.
fn right(who: &str, permitted: bool, forbidden: bool) -> Result<(), Failure> {
    if permitted && !forbidden { Ok(()) } else { Err(format!("{who} reads another policy")) }
}

/// Makes a policy, and prints how long that took and how much memory it holds.
fn made<T>(
    scene: Scene,
    who: &str,
    document: &str,
    make: impl FnOnce(&str) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let row = format!("{} rules", scene.rules);
    let started = Instant::now();
    let made = make(document)?;
    value("policy.compile", &row, who, "ms", started.elapsed().as_secs_f64() * 1e3);
    // A process of its own, which has no memory to use again.
    let language = who.split(' ').next().unwrap_or(who);
    let program = std::env::current_exe().map_err(told)?;
    let output = Command::new(program).args([language, &scene.rules.to_string()]).output().map_err(told)?;
    let bytes = String::from_utf8_lossy(&output.stdout);
    // Where the system does not tell it, there is nothing to print.
    if !bytes.trim().is_empty() {
        value("policy.memory", &row, who, "MB", bytes.trim().parse::<f64>().map_err(told)? / 1e6);
    }
    if output.status.success() { Ok(made) } else { Err(format!("the memory of {who} was not measured")) }
}

/// Makes one policy and prints how many bytes the resident set grew by.
fn keep(language: &str, scene: Scene) -> Result<(), Failure> {
    match language {
        "idjag" => grown(&ours::document(scene), |text| ours::Ours::compile(scene, text)),
        "Cedar" => grown(&cedar::document(scene), |text| cedar::Cedar::parse(scene, text)),
        other => Err(format!("no policy in {other}")),
    }
}

fn grown<T>(document: &str, make: impl FnOnce(&str) -> Result<T, Failure>) -> Result<(), Failure> {
    let before = resident();
    let made = make(document)?;
    if let Some((before, after)) = before.zip(resident()) {
        println!("{}", after.saturating_sub(before));
    }
    drop(made);
    Ok(())
}

/// The resident set in bytes, where the system tells it.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<usize>().ok().map(|kilobytes| kilobytes * 1024)
}
