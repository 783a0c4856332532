//! Slack: what people tell each other. `read_channel` reads a channel, `post_message` writes into it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::product::{Caller, Data, Effect, Product};

struct Channels(Vec<Channel>);

#[derive(Clone, Serialize)]
struct Channel {
    name: &'static str,
    topic: &'static str,
    messages: Vec<Message>,
}

#[derive(Clone, Serialize)]
struct Message {
    author: String,
    text: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReadChannel {
    /// The channel's name, without `#`.
    channel: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PostMessage {
    /// The channel's name, without `#`.
    channel: String,
    text: String,
}

impl Channels {
    fn read(&self, input: ReadChannel) -> Result<Channel, String> {
        self.0
            .iter()
            .find(|channel| channel.name == input.channel)
            .cloned()
            .ok_or_else(|| "no such channel".into())
    }

    fn post(&mut self, caller: &Caller, input: PostMessage) -> Result<Message, String> {
        let channel =
            self.0.iter_mut().find(|channel| channel.name == input.channel).ok_or("no such channel")?;
        let message = Message { author: caller.signature(), text: input.text };
        channel.messages.push(message.clone());
        Ok(message)
    }
}

pub(crate) fn product() -> Product {
    let message = |author: &str, text: &str| Message { author: author.into(), text: text.into() };
    let data = Data::new(Channels(vec![
        Channel {
            name: "incidents",
            topic: "What is on fire",
            messages: vec![
                message("mira@acme.example", "Checkout is slow since the release at ten."),
                message("bruno@acme.example", "Looking at the delivery dates query."),
            ],
        },
        Channel {
            name: "general",
            topic: "Everyone",
            messages: vec![message("mira@acme.example", "Cake at four!")],
        },
    ]));
    Product {
        id: "slack",
        title: "Slack",
        labels: &["everyday", "chat"],
        reads: data.reading(
            "read_channel",
            "channels:read",
            "Reads the messages of a channel.",
            Channels::read,
        ),
        writes: data.writing(
            "post_message",
            "chat:write",
            Effect::Adds,
            "Posts a message to a channel.",
            Channels::post,
        ),
    }
}
