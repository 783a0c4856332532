//! Things kept for a while under a name nobody can guess: tickets, codes, cookies, refresh tokens.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use idjag::{Seconds, UnixTime};

use crate::random;

/// Keeps each thing for `lifetime` seconds and not longer.
pub(crate) struct Vault<T> {
    lifetime: Seconds,
    kept: Mutex<HashMap<String, Kept<T>>>,
}

struct Kept<T> {
    thing: T,
    until: UnixTime,
}

impl<T: Clone> Vault<T> {
    pub(crate) fn new(lifetime: Seconds) -> Self {
        Self { lifetime, kept: Mutex::default() }
    }

    /// Keeps `thing` and returns the name it goes by.
    pub(crate) fn keep(&self, thing: T, now: UnixTime) -> String {
        let name = random::text();
        let mut kept = self.lock();
        kept.retain(|_, old| now < old.until);
        kept.insert(name.clone(), Kept { thing, until: now.plus(self.lifetime) });
        name
    }

    /// A look that changes nothing.
    pub(crate) fn look(&self, name: &str, now: UnixTime) -> Option<T> {
        self.lock().get(name).filter(|kept| now < kept.until).map(|kept| kept.thing.clone())
    }

    /// Takes the thing out, whether or not it is still good: a second attempt finds nothing.
    pub(crate) fn take(&self, name: &str, now: UnixTime) -> Option<T> {
        self.lock().remove(name).filter(|kept| now < kept.until).map(|kept| kept.thing)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Kept<T>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use idjag::{Seconds, UnixTime};

    use super::Vault;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::now(seconds).unwrap()
    }

    #[test]
    fn a_thing_can_be_taken_once() {
        let vault = Vault::new(Seconds(60));
        let name = vault.keep("code", at(100));
        assert_eq!(vault.look(&name, at(159)), Some("code"));
        assert_eq!(vault.take(&name, at(159)), Some("code"));
        assert_eq!(vault.take(&name, at(159)), None);
    }

    #[test]
    fn a_thing_is_gone_when_its_time_is_up() {
        let vault = Vault::new(Seconds(60));
        let name = vault.keep("code", at(100));
        assert_eq!(vault.look(&name, at(160)), None);
        assert_eq!(vault.take(&name, at(160)), None);
    }
}
