//! The order of a role's steps: none can be skipped to.

use crate::codec::json::At;
use crate::wire::fault::Fault;

/// Refuses a step that is given without every step before it: `steps` are the names in order, and whether each is given.
pub(super) fn in_order(steps: &[(&str, bool)]) -> Result<(), Fault> {
    let mut missing = false;
    for (name, given) in steps {
        if *given && missing {
            return Err(Fault::argument(&At::Root.member(name), "the step before it is missing"));
        }
        missing |= !given;
    }
    Ok(())
}

/// Refuses the steps of a way that is not the one taken.
pub(super) fn not_here(steps: &[(&str, bool)]) -> Result<(), Fault> {
    match steps.iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(Fault::argument(&At::Root.member(name), "the step belongs to another way")),
        None => Ok(()),
    }
}
