//! Aligned columns.

use serde_json::Value;

/// Rows under a heading; every column is as wide as its widest cell.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(heading: &[&str]) -> Self {
        Self { rows: vec![heading.iter().map(|cell| (*cell).to_owned()).collect()] }
    }

    /// A cell with several lines makes its row as high.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        let cells: Vec<String> = cells.into_iter().collect();
        let height = cells.iter().map(|cell| cell.lines().count()).max().unwrap_or(1);
        for line in 0..height {
            let part = |cell: &String| cell.lines().nth(line).unwrap_or_default().to_owned();
            self.rows.push(cells.iter().map(part).collect());
        }
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(|column| self.width(column)).collect();
        self.rows.iter().map(|row| align(row, &widths)).collect()
    }

    fn width(&self, column: usize) -> usize {
        self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    }
}

fn align(row: &[String], widths: &[usize]) -> String {
    let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
    cells.join("  ").trim_end().to_owned()
}

/// A JSON value as people write it: text without quotes, lists without brackets, a dash for nothing.
pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::Null => "–".into(),
        Value::String(text) if text.is_empty() => "–".into(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "–".into(),
        Value::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(&["who", "scopes", "error"]);
        table.row(["Zoë", "a\nb", "–"].map(String::from));
        table.row(["Alice", "–", "–"].map(String::from));
        assert_eq!(
            table.lines(),
            ["who    scopes  error", "Zoë    a       –", "       b", "Alice  –       –"]
        );
    }
}
