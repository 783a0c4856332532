//! Where things lie: the folders of this crate and the third-party data beside the checkout.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of this crate.
pub fn crate_dir() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The root of the checkout.
pub fn root() -> &'static Path {
    crate_dir().parent().expect("the checkout")
}

/// The folder of the vectors, `tests/vectors`.
pub fn vectors_dir() -> PathBuf {
    crate_dir().join("vectors")
}

/// The page of error codes, `docs/errors.md`.
pub fn errors_page() -> PathBuf {
    root().join("docs/errors.md")
}

/// The third-party data named `relative`, when present: in `$IDJAG_SHARED`, else in `shared/` beside the checkout.
pub fn shared(relative: &str) -> Option<PathBuf> {
    let folder = match env::var_os("IDJAG_SHARED") {
        Some(folder) => PathBuf::from(folder),
        None => crate_dir().join("../../shared"),
    };
    Some(folder.join(relative)).filter(|path| path.is_file())
}

/// The text of the third-party file `relative`, or `None` after saying that it is not present.
pub fn shared_text(relative: &str) -> Option<String> {
    let Some(path) = shared(relative) else {
        println!("{relative}: not present");
        return None;
    };
    Some(fs::read_to_string(&path).unwrap_or_else(|error| panic!("{relative}: {error}")))
}
