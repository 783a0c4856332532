//! What `--serve` prints: where everything is, and how to call it with curl; for programs, the same as JSON.

use idjag::uri::Issuer;
use serde_json::{Value, json};

use crate::company::{App, Credentials, Method, Server, ToolAccess};
use crate::narrate::{Narrator, Table};
use crate::world::World;

/// The verifier of RFC 7636, appendix B, and its challenge: a shell cannot compute one as readably.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CALLBACK: &str = "http://127.0.0.1:1/callback";

pub(crate) fn explain(narrator: &mut Narrator, world: &World) {
    narrator.chapter("Still running");
    let mut table = Table::new(&["server", "MCP endpoint", "authorization server"]);
    for server in &world.company.servers {
        table.row([server.title.to_owned(), server.resource.to_string(), server.issuer.to_string()]);
    }
    narrator.table(&table);
    narrator.line(&walkthrough(world));
}

/// A shell session that goes from nothing to a tool call. Every step prints or keeps something.
fn walkthrough(world: &World) -> String {
    let server = world.company.server("github");
    let app = world.company.app("pulse");
    let (idp, at_idp, at_server) = (&world.company.issuer, &app.at_idp, app.at(server.id));
    format!(
        r#"
# A shell session as the app “{name}”, from nothing to a tool call. Press Ctrl-C here to close the company.
member() {{ sed -n 's/.*"'"$1"'": *"\([^"]*\)".*/\1/p'; }}

# Who is there? A call without a token is answered with where to get one.
curl -si {resource} -H 'accept: application/json, text/event-stream' -H 'content-type: application/json' \
  -d '{{"jsonrpc":"2.0","id":1,"method":"tools/list"}}' | grep -i www-authenticate
curl -s {metadata}; echo

# Sign on as alice (authorization code + PKCE).
ticket=$(curl -s '{idp}/authorize?response_type=code&client_id={client_id}&redirect_uri={callback}&scope=openid&state=s&code_challenge={CHALLENGE}&code_challenge_method=S256' \
  | sed -n 's/.*name="ticket" value="\([^"]*\)".*/\1/p')
code=$(curl -si {idp}/authorize -d "ticket=$ticket" -d user_name=alice | sed -n 's/^location:.*[?&]code=\([^&]*\).*/\1/p')
id_token=$(curl -s {idp}/token -u '{client_id}:{secret}' -d grant_type=authorization_code -d "code=$code" \
  --data-urlencode redirect_uri={CALLBACK} -d code_verifier={VERIFIER} | member id_token)

# Exchange the ID Token for an ID-JAG, then that for an access token.
id_jag=$(curl -s {idp}/token -u '{client_id}:{secret}' -d grant_type=urn:ietf:params:oauth:grant-type:token-exchange \
  -d requested_token_type=urn:ietf:params:oauth:token-type:id-jag \
  -d subject_token_type=urn:ietf:params:oauth:token-type:id_token -d "subject_token=$id_token" \
  --data-urlencode audience={issuer} --data-urlencode resource={resource} -d scope={scope} | member access_token)
token=$(curl -s {issuer}/token -u '{server_client_id}:{server_secret}' \
  -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer -d "assertion=$id_jag" | member access_token)

# Call the tool.
curl -s {resource} -H "authorization: Bearer $token" \
  -H 'accept: application/json, text/event-stream' -H 'content-type: application/json' \
  -d '{{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{{"name":"{tool}","arguments":{{"repository":"acme/shop"}}}}}}'; echo
"#,
        name = app.name,
        resource = server.resource,
        metadata = server.resource.metadata_url(),
        client_id = at_idp.client_id,
        secret = secret_of(at_idp),
        callback = CALLBACK.replace(':', "%3A").replace('/', "%2F"),
        issuer = server.issuer,
        scope = server.reads.scope,
        server_client_id = at_server.client_id,
        server_secret = secret_of(at_server),
        tool = server.reads.tool,
    )
}

/// The records of the story and where everything is, with the credentials of the apps: they are fresh in every run.
pub(crate) fn for_programs(world: &World) -> Value {
    let company = &world.company;
    json!({
        "records": company.records.all(),
        "issuer": company.issuer.as_str(),
        "servers": company.servers.iter().map(describe_server).collect::<Vec<_>>(),
        "apps": company.apps.iter().map(|app| describe_app(app, world)).collect::<Vec<_>>(),
    })
}

fn describe_server(server: &Server) -> Value {
    let access = |access: &ToolAccess| json!({ "tool": access.tool, "scope": access.scope.to_string() });
    json!({
        "id": server.id,
        "resource": server.resource.as_str(),
        "issuer": server.issuer.as_str(),
        "labels": server.labels,
        "reads": access(&server.reads),
        "writes": access(&server.writes),
    })
}

fn describe_app(app: &App, world: &World) -> Value {
    let company = &world.company;
    let at_servers = company.servers.iter().map(|server| (&server.issuer, app.at(server.id)));
    let all = core::iter::once((&company.issuer, &app.at_idp)).chain(at_servers);
    json!({
        "id": app.id,
        "credentials": all.map(|(issuer, credentials)| describe_credentials(issuer, credentials)).collect::<Vec<_>>(),
    })
}

/// As clients take them. The key of an app that has one stays with it.
fn describe_credentials(issuer: &Issuer, credentials: &Credentials) -> Value {
    let (method, secret) = match &credentials.method {
        Method::Secret(secret) => ("client_secret_basic", Some(secret)),
        Method::Key(_) => ("private_key_jwt", None),
    };
    let mut known = json!({
        "issuer": issuer.as_str(),
        "client_id": credentials.client_id.as_str(),
        "token_endpoint_auth_method": method,
    });
    if let Some(secret) = secret {
        known["client_secret"] = json!(secret);
    }
    known
}

/// A shell authenticates with a secret; an app that has a key instead is not for shells.
fn secret_of(credentials: &Credentials) -> &str {
    match &credentials.method {
        Method::Secret(secret) => secret,
        Method::Key(_) => "this app has a key",
    }
}
