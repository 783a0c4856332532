//! Telling the story: headings, sentences, tables, and facts that the run itself checks.

mod paint;
mod table;

use std::io::{self, IsTerminal, Write};

use serde_json::Value;

use self::paint::Paint;
pub(crate) use self::table::Table;

/// Prose is wrapped here; facts are one line each, however long.
const WIDTH: usize = 92;

/// Tells the story and remembers which of its facts did not hold.
pub(crate) struct Narrator {
    out: Box<dyn Write>,
    paint: Paint,
    chapters: usize,
    facts: usize,
    wrong: Vec<String>,
}

impl Narrator {
    /// On standard output, in colour when someone is looking.
    pub(crate) fn aloud() -> Self {
        let is_coloured =
            io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty());
        Self::new(Box::new(io::stdout()), Paint::new(is_coloured))
    }

    /// Checks everything and prints nothing.
    pub(crate) fn silent() -> Self {
        Self::new(Box::new(io::sink()), Paint::new(false))
    }

    fn new(out: Box<dyn Write>, paint: Paint) -> Self {
        Self { out, paint, chapters: 0, facts: 0, wrong: Vec::new() }
    }

    pub(crate) fn title(&mut self, title: &str, subtitle: &str) {
        let line = format!("{}\n{}", self.paint.title(title), self.paint.dim(subtitle));
        self.line(&line);
    }

    pub(crate) fn chapter(&mut self, heading: &str) {
        self.chapters += 1;
        let line = format!("\n{}", self.paint.heading(&format!("{}. {heading}", self.chapters)));
        self.line(&line);
    }

    /// What the next lines are about. A claim about the run is a `check`, never this.
    pub(crate) fn say(&mut self, prose: &str) {
        for line in wrap(prose) {
            self.line(&format!("   {line}"));
        }
    }

    /// Prints `fact` as what it turned out to be, and returns that.
    pub(crate) fn check(&mut self, holds: bool, fact: impl Into<String>) -> bool {
        let fact = fact.into();
        self.facts += 1;
        let mark = if holds { self.paint.good("✓") } else { self.paint.bad("✗") };
        self.line(&format!("   {mark} {fact}"));
        if !holds {
            self.wrong.push(fact);
        }
        holds
    }

    /// A chapter that could not be told to its end.
    pub(crate) fn broke_off(&mut self, why: &str) {
        self.check(false, format!("the chapter can be told to its end ({why})"));
    }

    /// A JSON object, one member a line, members aligned.
    pub(crate) fn object(&mut self, caption: &str, object: &Value) {
        let caption = self.paint.dim(caption);
        self.line(&format!("\n     {caption}"));
        let members = object.as_object().into_iter().flatten();
        let width = members.clone().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, value) in members {
            let name = self.paint.name(&format!("{name:width$}"));
            self.line(&format!("     {name}  {}", table::text_of(value)));
        }
    }

    pub(crate) fn table(&mut self, table: &Table) {
        self.line("");
        for (index, line) in table.lines().into_iter().enumerate() {
            let line = if index == 0 { self.paint.dim(&line) } else { line };
            self.line(&format!("     {line}"));
        }
    }

    /// What did not hold, and the count as every runner of this project ends with it. True when every fact held.
    pub(crate) fn conclude(&mut self) -> bool {
        let wrong = self.wrong.clone();
        if !wrong.is_empty() {
            let line = self.paint.bad("\nDid not hold:");
            self.line(&line);
            wrong.iter().for_each(|fact| self.line(&format!("   {fact}")));
        }
        let count = format!("{} passed, {} failed", self.facts - wrong.len(), wrong.len());
        let count = if wrong.is_empty() { self.paint.good(&count) } else { self.paint.bad(&count) };
        self.line(&format!("\n{count}"));
        wrong.is_empty()
    }

    pub(crate) fn wrong(&self) -> &[String] {
        &self.wrong
    }

    /// A reader who walked away (a closed pipe) does not change what was checked.
    pub(crate) fn line(&mut self, line: &str) {
        let _ = writeln!(self.out, "{line}");
    }
}

fn wrap(prose: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in prose.split_whitespace() {
        let current = lines.last_mut().expect("there is always a line");
        match current.chars().count() + 1 + word.chars().count() {
            _ if current.is_empty() => current.push_str(word),
            length if length <= WIDTH => *current = format!("{current} {word}"),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{Narrator, WIDTH, wrap};

    #[test]
    fn prose_is_wrapped_between_words() {
        let lines = wrap(&"word ".repeat(60));
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|line| line.len() <= WIDTH && !line.starts_with(' ')));
    }

    #[test]
    fn one_wrong_fact_is_enough() {
        let mut narrator = Narrator::silent();
        assert!(narrator.check(true, "water is wet"));
        assert!(narrator.conclude());
        assert!(!narrator.check(false, "the moon is cheese"));
        assert!(!narrator.conclude());
        assert_eq!(narrator.wrong(), ["the moon is cheese"]);
    }
}
