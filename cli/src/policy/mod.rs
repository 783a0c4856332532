//! `idjag policy`: what the core says about policy documents.

mod cases;
mod check;
mod diff;
mod explain;
mod question;
mod withdrawals;

use std::path::Path;

use idjag::policy::{CompileErrors, Policy, PolicyOptions};
use idjag::uri::Transport;

pub(crate) use cases::{TestArgs, run as test};
pub(crate) use check::run as check;
pub(crate) use diff::{DiffArgs, run as diff};
pub(crate) use explain::{ExplainArgs, run as explain};
pub(crate) use withdrawals::{WithdrawalsArgs, run as withdrawals};

use crate::args::PolicyReading;
use crate::input;
use crate::report::Trouble;

/// Bytes of a policy document, of a file of cases and of a list of people: what the core reads of a policy.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

fn compile(text: &[u8], reading: PolicyReading) -> Result<Policy, CompileErrors> {
    let mut options = PolicyOptions::default();
    if reading.dangerous_allow_http_loopback {
        options.transport = Transport::DangerousAllowHttpLoopback;
    }
    Policy::compile(text, &options)
}

/// A document that has to be without fault: its text, and the policy.
fn faultless(path: &Path, reading: PolicyReading) -> Result<(String, Policy), Trouble> {
    let text = input::text(path, MAX_BYTES)?;
    let faulty = |errors| Trouble(format!("{}: the policy has faults\n{errors}", path.display()));
    let policy = compile(text.as_bytes(), reading).map_err(faulty)?;
    Ok((text, policy))
}
