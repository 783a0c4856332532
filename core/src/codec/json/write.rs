//! Writing JSON: infallible, without insignificant whitespace, members in order.

use alloc::string::String;
use core::fmt::{self, Write as _};

use super::{Json, Number, Object};

/// What an answer or a token's claims usually take: a text that grows from nothing is copied time and again.
const USUAL_BYTES: usize = 512;

impl Json<'_> {
    /// The value as text.
    pub(crate) fn text(&self) -> String {
        let mut out = String::with_capacity(USUAL_BYTES);
        self.write(&mut out);
        out
    }

    /// Writes the value after `out`.
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(number) => write_number(out, *number),
            Self::String(text) => write_string(out, text),
            Self::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(object) => object.write(out),
        }
    }
}

impl Object<'_> {
    /// The object as text.
    pub(crate) fn text(&self) -> String {
        let mut out = String::with_capacity(USUAL_BYTES);
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        out.push('{');
        for (index, (name, value)) in self.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            write_string(out, name);
            out.push(':');
            value.write(out);
        }
        out.push('}');
    }
}

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl fmt::Display for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

fn write_number(out: &mut String, number: Number) {
    let _infallible = match number {
        Number::Unsigned(value) => write!(out, "{value}"),
        Number::Signed(value) => write!(out, "{value}"),
        Number::Float(value) => write!(out, "{value:?}"),
    };
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    // Nearly every text: without a branch in it the loop looks at many bytes at once.
    let is_special = |byte: u8| (byte < b' ') | (byte == b'"') | (byte == b'\\');
    if text.bytes().fold(false, |found, byte| found | is_special(byte)) {
        write_escaped(out, text);
    } else {
        out.push_str(text);
    }
    out.push('"');
}

fn write_escaped(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control if control < ' ' => {
                let _infallible = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
}
