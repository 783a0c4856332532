//! Chapter: two conversations of one person with one app, told apart everywhere.

use idjag::client::ObtainedAccessToken;
use serde_json::Value;

use super::{Seat, Told, errands};
use crate::agent::{Agent, Session, Tokens};
use crate::company::Server;
use crate::mcp::McpClient;
use crate::narrate::Narrator;
use crate::world::World;

/// Where both conversations work.
pub(super) const SERVER: &str = "github";
const NAMES: [&str; 2] = ["conversation:delivery-dates", "conversation:slow-basket"];

/// Patchwork at work for Alice, in two conversations.
pub(super) struct Talks {
    pub(super) app: Agent,
    pub(super) session: Session,
    /// The one that will delegate, and that the admin will cut.
    pub(super) first: Talk,
    /// The one that goes on.
    pub(super) second: Talk,
}

/// One conversation with its own token.
pub(super) struct Talk {
    pub(super) name: &'static str,
    pub(super) access: ObtainedAccessToken,
    pub(super) mcp: McpClient,
}

pub(super) async fn tell(narrator: &mut Narrator, world: &World, alice: &Seat) -> Told<Talks> {
    narrator.chapter("Two conversations");
    let server = world.company.server(SERVER);
    narrator.say(
        "Alice has two conversations with Patchwork at once. It asks for a token for each: the identity provider writes \
         the conversation into the ID-JAG, GitHub's authorization server takes it from there into the access token.",
    );
    let app = world.install("patchwork", Tokens::Bound).await?;
    let session = app.sign_on(&alice.browser, None).await?;
    let [first, second] = NAMES.map(|name| open(&app, &session, server, name));
    let (first, second) = (first.await?, second.await?);
    let errand = errands::at(server.id);
    for talk in [&first, &second] {
        talk.mcp.call(server.reads.tool, errand.look.clone()).await?;
    }
    let records = world.company.records.all();
    let of = |name: &str| roles_and_tokens(&records, name);
    narrator.check(
        NAMES.iter().all(|name| of(name).0 == ["idp", "resource_as", "resource_server"]),
        "every role's records name the conversation: identity provider, authorization server, MCP server",
    );
    let ([first_token], [second_token]) = (&of(first.name).1[..], &of(second.name).1[..]) else {
        narrator.check(false, "each conversation has one access token");
        return Ok(Talks { app, session, first, second });
    };
    narrator
        .check(first_token != second_token, "each conversation has an access token of its own, and only one");
    Ok(Talks { app, session, first, second })
}

async fn open(app: &Agent, session: &Session, server: &Server, name: &'static str) -> Told<Talk> {
    let connection = app.connect_in(session, server, &server.both(), name).await?;
    let access =
        connection.access_token().cloned().ok_or_else(|| crate::failure::Failure::broken("no token"))?;
    Ok(Talk { name, access, mcp: app.talk(connection).await? })
}

/// Who decided something in this conversation, and with which access tokens.
fn roles_and_tokens(records: &[Value], name: &str) -> (Vec<String>, Vec<String>) {
    let of_it = || records.iter().filter(|record| record["context"] == name);
    let distinct = |mut texts: Vec<String>| {
        texts.sort();
        texts.dedup();
        texts
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let used = of_it().filter(|record| record["role"] == "resource_server");
    (
        distinct(of_it().map(|record| text(&record["role"])).collect()),
        distinct(used.map(|record| text(&record["token_id"])).collect()),
    )
}
