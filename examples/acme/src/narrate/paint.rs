//! Colour on a terminal, nothing elsewhere.

/// ANSI styles by meaning.
pub(super) struct Paint {
    is_on: bool,
}

impl Paint {
    pub(super) const fn new(is_on: bool) -> Self {
        Self { is_on }
    }

    pub(super) fn title(&self, text: &str) -> String {
        self.style("1;35", text)
    }

    pub(super) fn heading(&self, text: &str) -> String {
        self.style("1;36", text)
    }

    pub(super) fn good(&self, text: &str) -> String {
        self.style("32", text)
    }

    pub(super) fn bad(&self, text: &str) -> String {
        self.style("1;31", text)
    }

    pub(super) fn name(&self, text: &str) -> String {
        self.style("33", text)
    }

    pub(super) fn dim(&self, text: &str) -> String {
        self.style("2", text)
    }

    fn style(&self, code: &str, text: &str) -> String {
        if self.is_on { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}
