//! Text for a terminal: nothing that was read from outside can move the cursor, colour a line or turn its direction.

use core::fmt::Write as _;

/// Characters that a terminal acts on, or that make a text look like another one.
fn is_active(character: char) -> bool {
    let turns = matches!(character, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}');
    let is_unseen = matches!(
        character,
        '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}'
    );
    character.is_control() || turns || is_unseen
}

/// The text with such characters written out.
pub(crate) fn shown(text: &str) -> String {
    escaped(text, |out, character| {
        let _ = write!(out, "\\u{{{:x}}}", u32::from(character));
    })
}

/// The same line by line: for text of ours that holds text of others.
pub(crate) fn lines(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(shown).collect();
    lines.join("\n")
}

/// The same for JSON, which stays the same JSON: such characters stand in strings only.
pub(crate) fn escape_json(text: &str) -> String {
    escaped(text, |out, character| {
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(out, "\\u{unit:04x}");
        }
    })
}

fn escaped(text: &str, escape: impl Fn(&mut String, char)) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match is_active(character) {
            true => escape(&mut out, character),
            false => out.push(character),
        }
    }
    out
}

/// The widest that a column is made: what is longer goes on beyond it, and nothing else is moved for it.
const WIDEST: usize = 120;

/// Rows of cells under headings, in columns that fit.
pub(crate) struct Columns {
    rows: Vec<Vec<String>>,
}

impl Columns {
    /// Columns with these headings.
    pub(crate) fn new<const N: usize>(headings: [&str; N]) -> Self {
        Self { rows: [headings.map(String::from).to_vec()].into() }
    }

    /// Columns without headings.
    pub(crate) const fn bare() -> Self {
        Self { rows: Vec::new() }
    }

    /// Adds a row; its cells are made safe to show.
    pub(crate) fn row<const N: usize>(&mut self, cells: [&str; N]) {
        self.rows.push(cells.map(shown).to_vec());
    }

    /// The lines, each with `indent` before it.
    pub(crate) fn print(&self, out: &mut String, indent: &str) {
        let count = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default().min(WIDEST)
        };
        let widths: Vec<usize> = (0..count).map(width).collect();
        for row in &self.rows {
            let mut line = String::from(indent);
            for (cell, width) in row.iter().zip(&widths) {
                let _ = write!(line, "{cell:<width$}  ");
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_act_on_is_written_out() {
        assert_eq!(shown("a\u{1b}[31mb\u{9b}2Jc\nd"), "a\\u{1b}[31mb\\u{9b}2Jc\\u{a}d");
        assert_eq!(shown("abc\u{202e}def\u{200b}\u{feff}"), "abc\\u{202e}def\\u{200b}\\u{feff}");
        assert_eq!(shown("ad\u{ad}min\u{e0041}\u{3164}"), "ad\\u{ad}min\\u{e0041}\\u{3164}");
        assert_eq!(shown("käse 🧀"), "käse 🧀");
    }

    #[test]
    fn escaped_json_is_the_same_json() {
        let text = serde_json::json!({"a\u{9b}b": "x\u{202e}y\u{7f}z 🧀"});
        let escaped = escape_json(&text.to_string());
        assert!(escaped.is_ascii() || escaped.contains('🧀'));
        assert!(!escaped.chars().any(is_active));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).unwrap(), text);
    }

    #[test]
    fn columns_fit_their_widest_cell() {
        let mut columns = Columns::new(["rule", "what"]);
        columns.row(["a-long-name", "x"]);
        columns.row(["b", "y\u{7}"]);
        let mut out = String::new();
        columns.print(&mut out, "  ");
        assert_eq!(out, "  rule         what\n  a-long-name  x\n  b            y\\u{7}\n");
    }

    #[test]
    fn a_cell_longer_than_any_line_moves_nothing() {
        let long = "x".repeat(70_000);
        let mut columns = Columns::bare();
        columns.row([&long, "a"]);
        columns.row(["b", "c"]);
        let mut out = String::new();
        columns.print(&mut out, "");
        assert_eq!(out, format!("{long}  a\nb{}c\n", " ".repeat(WIDEST + 1)));
    }
}
