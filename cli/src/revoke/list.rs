//! Lists of revocations in files.

use std::path::{Path, PathBuf};
use std::{fs, io};

use idjag::UnixTime;
use idjag::revocation::{Revocation, RevocationList};

use crate::input;
use crate::new_file::{NewFile, Readers, trouble};
use crate::report::Trouble;

/// Bytes of a list: room for more than a million entries.
pub(crate) const LIST_BYTES: u64 = 512 * 1024 * 1024;
/// Entries of a list.
pub(crate) const MAX_ENTRIES: usize = 2_000_000;

/// What became of a list.
pub(crate) struct Added {
    pub(crate) changed: bool,
    pub(crate) sequence: u64,
    pub(crate) entries: usize,
}

/// Adds entries to the list in a file, in one step. The new file is also the lock: nobody else changes the list while it is there.
pub(crate) fn add(
    path: &Path,
    entries: &[Revocation],
    create: bool,
    now: UnixTime,
) -> Result<Added, Trouble> {
    let target = match fs::canonicalize(path) {
        Ok(target) => target,
        Err(error) if error.kind() == io::ErrorKind::NotFound && create => path.into(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Trouble(format!("{}: there is no such list; --create makes one", path.display())));
        }
        Err(error) => return Err(trouble(path, &error)),
    };
    let mut beside = target.clone().into_os_string();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let mut file = NewFile::create(&beside, Readers::Default).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Trouble(format!(
            "{}: somebody else is changing the list, or was interrupted: remove this file if nobody is",
            beside.display()
        )),
        _ => trouble(&beside, &error),
    })?;
    let refused = |error: idjag::Error| Trouble(format!("{}: {error}", path.display()));
    let mut list = RevocationList::new(MAX_ENTRIES);
    // That nobody can say is not that there is none: a new list in its place would revoke nothing.
    match fs::exists(&target).map_err(|error| trouble(&target, &error))? {
        true => list.read(&input::bytes(&target, LIST_BYTES)?, now).map_err(refused)?,
        false if create => {}
        false => return Err(Trouble(format!("{}: the list is gone", path.display()))),
    }
    let before = list.to_json(now).to_string();
    entries.iter().try_for_each(|entry| list.add(entry, now)).map_err(refused)?;
    let after = list.to_json(now).to_string();
    let added = Added { changed: before != after, sequence: list.sequence(), entries: list.len() };
    if added.changed {
        let write = |file: &mut NewFile| {
            file.permit_as(&target)?;
            file.write(format!("{after}\n").as_bytes())
        };
        write(&mut file).and_then(|()| file.replace(&target)).map_err(|error| trouble(&target, &error))?;
    }
    Ok(added)
}
