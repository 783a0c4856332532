//! Files that appear whole or not at all, and never in place of one that somebody else wrote.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::report::Trouble;

/// A file that did not exist before. Dropped without [`Self::keep`], it is removed.
pub(crate) struct NewFile {
    file: File,
    path: PathBuf,
    kept: bool,
}

/// Who may read a new file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Its owner.
    Owner,
    /// Whoever the machine's defaults let.
    Default,
}

impl NewFile {
    /// Creates the file; fails when there is one already.
    pub(crate) fn create(path: &Path, readers: Readers) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if readers == Readers::Owner {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        Ok(Self { file: options.open(path)?, path: path.into(), kept: false })
    }

    /// Writes its content to the disk.
    pub(crate) fn write(&mut self, content: &[u8]) -> io::Result<()> {
        self.file.write_all(content)?;
        self.file.sync_all()
    }

    /// Keeps it where it is.
    pub(crate) fn keep(mut self) {
        self.kept = true;
    }

    /// Puts it in the place of `target`, in one step.
    pub(crate) fn replace(mut self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)?;
        self.kept = true;
        Ok(())
    }

    /// Gives it the permissions of another file, if there is one.
    pub(crate) fn permit_as(&self, other: &Path) -> io::Result<()> {
        match fs::metadata(other) {
            Ok(metadata) => self.file.set_permissions(metadata.permissions()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.kept {
            // A file that cannot be removed is one that the next run complains about.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// What the system says about a path, as this program says it.
pub(crate) fn trouble(path: &Path, error: &io::Error) -> Trouble {
    Trouble(format!("{}: {error}", path.display()))
}
