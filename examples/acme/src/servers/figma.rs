//! Figma: design files and what people say about them. `read_file` reads one, `add_comment` comments on it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::product::{Caller, Data, Effect, Product};

struct Files(Vec<File>);

#[derive(Clone, Serialize)]
struct File {
    key: &'static str,
    name: &'static str,
    frames: Vec<&'static str>,
    comments: Vec<Comment>,
}

#[derive(Clone, Serialize)]
struct Comment {
    frame: String,
    author: String,
    text: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReadFile {
    /// The file's key, as in its URL.
    key: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AddComment {
    /// The file's key, as in its URL.
    key: String,
    /// The frame the comment is pinned to.
    frame: String,
    text: String,
}

impl Files {
    fn read(&self, input: ReadFile) -> Result<File, String> {
        self.0.iter().find(|file| file.key == input.key).cloned().ok_or_else(|| "no such file".into())
    }

    fn comment(&mut self, caller: &Caller, input: AddComment) -> Result<Comment, String> {
        let file = self.0.iter_mut().find(|file| file.key == input.key).ok_or("no such file")?;
        if !file.frames.contains(&input.frame.as_str()) {
            return Err("no such frame".into());
        }
        let comment = Comment { frame: input.frame, author: caller.signature(), text: input.text };
        file.comments.push(comment.clone());
        Ok(comment)
    }
}

pub(crate) fn product() -> Product {
    let first = Comment {
        frame: "Basket".into(),
        author: "mira@acme.example".into(),
        text: "The button is below the fold on a phone.".into(),
    };
    let data = Data::new(Files(vec![
        File {
            key: "shop-2",
            name: "Shop, second edition",
            frames: vec!["Home", "Product", "Basket", "Checkout"],
            comments: vec![first],
        },
        File { key: "icons", name: "Icons", frames: vec!["Anvil", "Rocket"], comments: vec![] },
    ]));
    Product {
        id: "figma",
        title: "Figma",
        labels: &["everyday"],
        reads: data.reading("read_file", "files:read", "Reads a file: its frames and comments.", Files::read),
        writes: data.writing(
            "add_comment",
            "comments:write",
            Effect::Adds,
            "Pins a comment to a frame of a file.",
            Files::comment,
        ),
    }
}
