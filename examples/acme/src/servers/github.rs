//! GitHub: the issues of the company's repositories. `list_issues` reads them, `create_issue` opens one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::product::{Caller, Data, Effect, Product};

/// Issue numbers count through all repositories, which keeps the example short and hurts nobody.
struct Issues(Vec<Issue>);

#[derive(Clone, Serialize)]
struct Issue {
    number: usize,
    repository: String,
    title: String,
    labels: Vec<String>,
    author: String,
}

const REPOSITORIES: [&str; 2] = ["acme/shop", "acme/rockets"];

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListIssues {
    /// As `owner/name`.
    repository: String,
    /// Only issues with this label.
    label: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateIssue {
    /// As `owner/name`.
    repository: String,
    title: String,
    #[serde(default)]
    labels: Vec<String>,
}

#[derive(Serialize)]
struct Found {
    issues: Vec<Issue>,
}

impl Issues {
    fn list(&self, input: ListIssues) -> Result<Found, String> {
        known(&input.repository)?;
        let wanted = |issue: &&Issue| {
            issue.repository == input.repository
                && input.label.as_ref().is_none_or(|label| issue.labels.contains(label))
        };
        Ok(Found { issues: self.0.iter().filter(wanted).cloned().collect() })
    }

    fn create(&mut self, caller: &Caller, input: CreateIssue) -> Result<Issue, String> {
        known(&input.repository)?;
        let issue = Issue {
            number: self.0.len() + 1,
            repository: input.repository,
            title: input.title,
            labels: input.labels,
            author: caller.signature(),
        };
        self.0.push(issue.clone());
        Ok(issue)
    }
}

fn known(repository: &str) -> Result<(), String> {
    REPOSITORIES.contains(&repository).then_some(()).ok_or_else(|| "no such repository".into())
}

pub(crate) fn product() -> Product {
    let issue = |number, repository: &str, title: &str, label: &str| Issue {
        number,
        repository: repository.into(),
        title: title.into(),
        labels: vec![label.into()],
        author: "mira@acme.example".into(),
    };
    let data = Data::new(Issues(vec![
        issue(1, "acme/shop", "Checkout is slow when the basket holds an anvil", "bug"),
        issue(2, "acme/rockets", "Countdown speaks only English", "feature"),
        issue(3, "acme/shop", "Search ignores accents", "bug"),
    ]));
    Product {
        id: "github",
        title: "GitHub",
        labels: &["everyday"],
        reads: data.reading("list_issues", "issues:read", "Lists the issues of a repository.", Issues::list),
        writes: data.writing(
            "create_issue",
            "issues:write",
            Effect::Adds,
            "Opens an issue in a repository.",
            Issues::create,
        ),
    }
}
