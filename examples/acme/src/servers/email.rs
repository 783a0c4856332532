//! Email: the team's shared mailbox. `search_mail` reads it, `send_mail` sends from it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::product::{Caller, Data, Effect, Product};

struct Mailbox(Vec<Mail>);

#[derive(Clone, Serialize)]
struct Mail {
    folder: &'static str,
    from: String,
    to: String,
    subject: String,
    body: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SearchMail {
    /// Words that the subject or the body contains, in any case; every mail when absent.
    contains: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SendMail {
    /// The recipient's address.
    to: String,
    subject: String,
    /// The text of the mail.
    body: String,
}

#[derive(Serialize)]
struct Found {
    mails: Vec<Mail>,
}

impl Mailbox {
    fn search(&self, input: SearchMail) -> Result<Found, String> {
        let words = input.contains.unwrap_or_default().to_lowercase();
        let matches =
            |mail: &&Mail| format!("{}\n{}", mail.subject, mail.body).to_lowercase().contains(&words);
        Ok(Found { mails: self.0.iter().filter(matches).cloned().collect() })
    }

    fn send(&mut self, caller: &Caller, input: SendMail) -> Result<Mail, String> {
        if !input.to.contains('@') {
            return Err("the recipient is not an address".into());
        }
        let mail = Mail {
            folder: "sent",
            from: caller.signature(),
            to: input.to,
            subject: input.subject,
            body: input.body,
        };
        self.0.push(mail.clone());
        Ok(mail)
    }
}

pub(crate) fn product() -> Product {
    let received = |from: &str, subject: &str, body: &str| Mail {
        folder: "inbox",
        from: from.into(),
        to: "shop@acme.example".into(),
        subject: subject.into(),
        body: body.into(),
    };
    let data = Data::new(Mailbox(vec![
        received(
            "orders@roadrunner.example",
            "Anvil arrived without bolts",
            "Could you send twelve M8 bolts?",
        ),
        received("billing@hosting.example", "Invoice 2291", "Due at the end of the month."),
        received("wile.e@canyon.example", "Rocket skates", "Do they come in size 46?"),
    ]));
    Product {
        id: "email",
        title: "Email",
        labels: &["everyday"],
        reads: data.reading("search_mail", "mail:read", "Searches the mailbox.", Mailbox::search),
        writes: data.writing(
            "send_mail",
            "mail:send",
            Effect::Adds,
            "Sends a mail from the mailbox.",
            Mailbox::send,
        ),
    }
}
