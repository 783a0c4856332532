//! `application/x-www-form-urlencoded`, in bodies and in query strings.

/// Parameters by name, each at most once (RFC 6749 §3.1 and §3.2 forbid repetition).
#[derive(Clone, Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// `None` when a parameter is repeated: which of the two counts must never be a question.
    pub(crate) fn parse(encoded: &[u8]) -> Option<Self> {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(encoded) {
            if form.get(&name).is_some() {
                return None;
            }
            form.fields.push((name.into_owned(), value.into_owned()));
        }
        Some(form)
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn encode(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.fields).finish()
    }

    /// `url` with these parameters as its query.
    pub(crate) fn append_to(&self, url: &str) -> String {
        let separator = if url.contains('?') { '&' } else { '?' };
        format!("{url}{separator}{}", self.encode())
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn what_is_encoded_is_decoded() {
        let form = Form::default().with("redirect_uri", "http://127.0.0.1:1/a?b=c&d").with("name", "Zoë +1");
        let read = Form::parse(form.encode().as_bytes()).unwrap();
        assert_eq!(read.get("redirect_uri"), Some("http://127.0.0.1:1/a?b=c&d"));
        assert_eq!(read.get("name"), Some("Zoë +1"));
    }

    #[test]
    fn refuses_a_repeated_parameter() {
        assert!(Form::parse(b"code=a&code=b").is_none());
    }
}
