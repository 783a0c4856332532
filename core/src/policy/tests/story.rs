//! DESIGN §6 and the story of the demo: who gets what, and what everybody else is told.

use super::*;
use crate::text::{Acr, Subject};
use crate::time::Seconds;
use crate::uri::{ResourceId, Transport};

/// A company where engineers may do anything and coding agents may not.
const ACME: &str = r#"{"version": 1,
  "apps": [
    {"id": "coding-agent", "client_ids": ["agent"], "labels": ["coding-agent"], "status": "approved"},
    {"id": "console", "client_ids": ["console"], "status": "approved"},
    {"id": "notetaker", "client_ids": ["notes"], "labels": ["coding-agent"], "status": "approval_required"},
    {"id": "old-bot", "client_ids": ["old"], "labels": ["coding-agent"], "status": "restricted"}],
  "servers": [{"id": "warehouse", "issuer": "https://auth.data.example/", "resources": ["https://mcp.data.example/"],
    "labels": ["prod-data"], "scope_sets": {"read": ["rows:read"], "write": ["rows:write"]}}],
  "rules": [
    {"id": "engineers-everywhere", "effect": "permit", "apps": {"any": true}, "servers": {"any": true},
     "subjects": {"groups_any": ["engineering"]}, "scopes": ["*"], "max_lifetime": 3600},
    {"id": "coding-agents-read-only", "effect": "deny", "apps": {"labels": ["coding-agent"]},
     "servers": {"labels": ["prod-data"]}, "scopes_except": ["@read"]}]}"#;

fn at_acme(client_id: &str, scope: &Scope) -> (Decision, Trace) {
    let (client_id, groups) = (client(client_id), groups(&["engineering", "everyone"]));
    let resource = ResourceId::new("https://mcp.data.example/", Transport::HttpsOnly).unwrap();
    let request = Request {
        client: ClientAt::IdentityProvider(&client_id),
        issuer: "https://auth.data.example/",
        resources: &[resource],
        scope: Some(scope),
        detail_types: &[],
        facts: Facts { groups: Some(&groups), ..Facts::default() },
    };
    let policy = compile(ACME);
    (policy.evaluate(&request), policy.explain(&request))
}

#[test]
fn a_coding_agent_gets_read_only_although_engineers_may_do_anything() {
    let (decision, _) = at_acme("agent", &scope("rows:read rows:write rows:drop"));
    let grant = decision.grant().unwrap();
    assert_eq!(grant.scope, scope("rows:read"));
    assert_eq!(grant.lifetime, Some(Seconds(3600)));
    assert_eq!(names(&decision.matched), ["coding-agents-read-only", "engineers-everywhere"]);
    let (console, _) = at_acme("console", &scope("rows:read rows:write rows:drop"));
    assert_eq!(console.grant().unwrap().scope, scope("rows:drop rows:read rows:write"));
}

#[test]
fn its_write_is_refused_with_the_reason_of_the_policy() {
    let (decision, trace) = at_acme("agent", &scope("rows:write"));
    assert_eq!(decision.outcome, Outcome::Deny(ErrorCode::PolicyDenied));
    assert_eq!(
        decision.nearest.unwrap().to_string(),
        "permit `engineers-everywhere`: a deny takes away what it grants: `coding-agents-read-only`"
    );
    assert_eq!(
        trace.to_string(),
        "app `coding-agent` at server `warehouse`: denied: the policy does not permit this\n\
         nearest permit `engineers-everywhere`: a deny takes away what it grants: `coding-agents-read-only`\n\
         deny `coding-agents-read-only` matches: takes away `rows:write`\n\
         permit `engineers-everywhere` matches: grants `rows:write`"
    );
}

#[test]
fn an_app_that_awaits_approval_is_turned_away_and_says_why() {
    let (decision, trace) = at_acme("notes", &scope("rows:read"));
    assert_eq!(decision.outcome, Outcome::Deny(ErrorCode::ApprovalRequired));
    assert_eq!(decision.error().unwrap().code(), ErrorCode::ApprovalRequired);
    assert_eq!((decision.bar, decision.matched.len()), (Some(Bar::ApprovalRequired), 0));
    assert_eq!(decision.app.unwrap().as_str(), "notetaker");
    assert_eq!(trace.status, Some(Status::ApprovalRequired));
    assert_eq!(
        trace.to_string(),
        "app `notetaker` at server `warehouse`: denied: the app awaits the approval of an administrator\n\
         the rules were not asked: the app awaits the approval of an administrator"
    );
    assert_eq!(at_acme("old", &scope("rows:read")).0.outcome, Outcome::Deny(ErrorCode::AppRestricted));
}

/// What the document of DESIGN §6 answers an engineer's coding agent that proved possession of its key.
fn at_design(asked: Option<&Scope>, facts: Facts<'_>) -> Decision {
    let claude = client("https://claude.example/client.json");
    let request = Request {
        client: ClientAt::IdentityProvider(&claude),
        issuer: "https://auth.data.example/",
        resources: &[],
        scope: asked,
        detail_types: &[],
        facts,
    };
    compile(DESIGN).evaluate(&request)
}

#[test]
fn the_document_of_the_design_grants_reading_for_five_minutes() {
    let groups = groups(&["engineering"]);
    let facts = Facts { groups: Some(&groups), auth_age: Some(Seconds(60)), dpop: true, ..Facts::default() };
    let decision = at_design(Some(&scope("rows:read rows:write")), facts);
    let grant = decision.grant().unwrap();
    assert_eq!((grant.scope.clone(), grant.lifetime), (scope("rows:read"), Some(Seconds(300))));
    assert_eq!(names(&decision.matched), ["coding-agents-never-write-prod", "coding-agents-read-prod"]);
    assert_eq!(at_design(None, facts).grant().unwrap().scope, scope("rows:read"));
}

#[test]
fn a_stale_sign_on_is_stepped_up_and_a_fresh_one_is_granted() {
    let groups = groups(&["engineering"]);
    let facts = |age| Facts { groups: Some(&groups), auth_age: age, dpop: true, ..Facts::default() };
    let read = scope("rows:read");
    for stale in [Some(Seconds(28_801)), None] {
        let decision = at_design(Some(&read), facts(stale));
        assert_eq!(decision.error().unwrap().code(), ErrorCode::StepUpRequired);
        let Outcome::StepUp(step_up) = decision.outcome else { panic!("{decision:?}") };
        assert_eq!((step_up.acr_values, step_up.max_age), (Vec::<Acr>::new(), Some(Seconds(28_800))));
        assert_eq!(decision.nearest.unwrap().rule.as_str(), "coding-agents-read-prod");
    }
    assert!(at_design(Some(&read), facts(Some(Seconds(28_800)))).grant().is_some());
}

#[test]
fn step_up_is_not_the_answer_to_what_no_sign_on_changes() {
    let (engineers, contractors) = (groups(&["engineering"]), groups(&["engineering", "contractors"]));
    let stale = |groups, dpop| Facts { groups: Some(groups), dpop, ..Facts::default() };
    let denied = |asked: &str, facts| {
        let decision = at_design(Some(&scope(asked)), facts);
        assert_eq!(decision.outcome, Outcome::Deny(ErrorCode::PolicyDenied));
        let nearest = decision.nearest.unwrap();
        (nearest.reason, nearest.deny.map(|deny| deny.to_string()))
    };
    assert_eq!(denied("rows:write", stale(&engineers, true)), (Reason::Scope, None));
    assert_eq!(denied("rows:read", stale(&engineers, false)), (Reason::Dpop, None));
    let deny = Some("no-contractors-in-the-warehouse".to_string());
    assert_eq!(denied("rows:read", stale(&contractors, true)), (Reason::Denied, deny));
}

#[test]
fn groups_that_were_not_said_are_unknown_and_not_none() {
    let subject = Subject::new("u1").unwrap();
    let facts = Facts { subject: Some(&subject), auth_age: Some(Seconds(1)), dpop: true, ..Facts::default() };
    let decision = at_design(None, facts);
    assert_eq!(decision.outcome, Outcome::Deny(ErrorCode::PolicyDenied));
    assert_eq!(
        names(&decision.matched),
        ["coding-agents-never-write-prod", "no-contractors-in-the-warehouse"],
        "the deny of contractors matches"
    );
    assert_eq!(decision.nearest.unwrap().reason, Reason::GroupsUnknown);
}

#[test]
fn the_mapping_of_client_ids_belongs_to_the_admin() {
    let policy = compile(DESIGN);
    let server = policy.server_by_issuer("https://auth.data.example/").unwrap();
    let app = policy.app_by_client_id(&client("https://claude.example/client.json")).unwrap();
    assert_eq!(server.client_id_of(app.id()).unwrap().as_str(), "f53f191f9311af35");
    let there = policy.app_at_server(server, &client("f53f191f9311af35")).unwrap();
    assert_eq!(there.id(), app.id());
    assert!(policy.app_at_server(server, app.client_ids().first().unwrap()).is_none(), "it is mapped");
    assert!(policy.app_by_client_id(&client("f53f191f9311af35")).is_none(), "it is of that server only");
    assert!(policy.server_by_issuer("https://auth.data.example").is_none(), "no slash is forgiven");
    let acme = compile(ACME);
    let warehouse = acme.server("warehouse").unwrap();
    assert_eq!(acme.app_at_server(warehouse, &client("notes")).unwrap().id().as_str(), "notetaker");
}

#[test]
fn apps_and_servers_are_found_by_whatever_name_they_have() {
    let text = r#"{"version": 1, "rules": [],
      "apps": [{"id": "a", "client_ids": ["z", "m"], "status": "approved"},
               {"id": "b", "client_ids": ["q", "c"], "status": "approved"}],
      "servers": [{"id": "s", "issuer": "https://z.example", "client_ids": {"a": "9", "b": "1"}},
                  {"id": "t", "issuer": "https://a.example", "client_ids": {"b": "m2"}}]}"#;
    let policy = compile(text);
    for (client_id, app) in [("z", "a"), ("m", "a"), ("q", "b"), ("c", "b")] {
        assert_eq!(policy.app_by_client_id(&client(client_id)).unwrap().id().as_str(), app);
    }
    for (issuer, server) in [("https://z.example", "s"), ("https://a.example", "t")] {
        assert_eq!(policy.server_by_issuer(issuer).unwrap().id().as_str(), server);
    }
    let [s, t] = ["s", "t"].map(|id| policy.server(id).unwrap());
    for (server, client_id, app) in
        [(s, "9", Some("a")), (s, "1", Some("b")), (s, "z", None), (t, "m2", Some("b")), (t, "z", Some("a"))]
    {
        let found = policy.app_at_server(server, &client(client_id));
        assert_eq!(found.map(|app| app.id().as_str()), app, "{client_id}");
    }
}
