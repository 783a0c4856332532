//! What the program reads: files and standard input, never more than a bound.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::report::Trouble;

/// Bytes of a token with what surrounds it.
const TOKEN_BYTES: u64 = 64 * 1024;

/// The content of a file, or of standard input for `-`; at most `max` bytes.
pub(crate) fn bytes(path: &Path, max: u64) -> Result<Vec<u8>, Trouble> {
    let content = match path.as_os_str() == "-" {
        true => read(io::stdin().lock(), max),
        false => File::open(path).and_then(|file| read(file, max)),
    };
    content.map_err(|error| Trouble(format!("{}: {error}", path.display())))
}

/// The same, which must be text.
pub(crate) fn text(path: &Path, max: u64) -> Result<String, Trouble> {
    String::from_utf8(bytes(path, max)?)
        .map_err(|_| Trouble(format!("{}: this is not UTF-8 text", path.display())))
}

/// A token: the argument, or standard input. What is around it in a header or a log line is left out.
pub(crate) fn token(argument: Option<&str>) -> Result<String, Trouble> {
    let text = match argument {
        None | Some("-") => text(Path::new("-"), TOKEN_BYTES)?,
        Some(token) => String::from(token),
    };
    let text = text.trim();
    let bare =
        ["Bearer ", "DPoP "].iter().find_map(|scheme| text.strip_prefix(scheme)).unwrap_or(text).trim();
    match bare.is_empty() {
        true => Err(Trouble::new("there is no token to look at")),
        false => Ok(String::from(bare)),
    }
}

fn read(from: impl Read, max: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    from.take(max + 1).read_to_end(&mut content)?;
    match content.len() as u64 > max {
        true => Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("this is larger than {max} bytes"))),
        false => Ok(content),
    }
}
