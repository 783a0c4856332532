//! Documents that are refused, and what the admin is told.

use super::*;
use crate::uri::Transport;

/// Asserts that a rule of the small document is refused with exactly this.
#[track_caller]
fn refused(rule: &str, expected: &[&str]) {
    assert_eq!(faults_of(&with_rules(rule)), expected, "{rule}");
}

/// A permit for everybody to everything, with more members.
fn permit(more: &str) -> String {
    let selections = r#""apps": {"any": true}, "servers": {"any": true}, "subjects": {"any": true}"#;
    format!(r#"{{"id": "p", "effect": "permit", {selections}{more}}}"#)
}

#[test]
fn reports_every_fault_with_its_path() {
    let text = r#"{"version": 1, "extra": 0,
      "apps": [{"id": "a b", "client_ids": [], "status": "fine"},
               {"id": "x", "client_ids": ["c"], "status": "approved", "name": ""}],
      "servers": [{"id": "s", "issuer": "http://s.example", "resources": ["s"], "scope_sets": {"r": ["*", "@r", "a b"]}}],
      "rules": [{"id": "r", "effect": "deny", "apps": {"ids": ["nobody"]}, "require": {"dpop": false}},
                {"id": "r", "effect": "deny", "apps": {"labels": ["none", "none"]}, "max_lifetime": 1.5},
                {"id": "t", "effect": "deny", "apps": {"ids": ["y"]}, "servers": {"ids": ["ghost"]}}]}"#;
    let name = "a name is 1 to 128 ASCII letters, digits, `-`, `_`, `.`, `:` and `/`";
    let scope = "this is not a scope, a scope set such as `@read`, or `*`";
    let empty = "the list is empty; leave the member out or say what it is to hold";
    assert_eq!(
        faults_of(text),
        [
            "/extra: the member is not known here".into(),
            format!("/apps/0/id: {name}: `a b`"),
            format!("/apps/0/client_ids: {empty}"),
            "/apps/0/status: the status must be `approved`, `approval_required` or `restricted`: `fine`"
                .into(),
            "/apps/1/name: the text is empty, too long or holds control characters: ``".into(),
            "/servers/0/issuer: the URL must be https: `http://s.example`".into(),
            "/servers/0/resources/0: this is not an absolute URL of the expected form: `s`".into(),
            format!("/servers/0/scope_sets/r/0: {scope}: `*`"),
            format!("/servers/0/scope_sets/r/1: {scope}: `@r`"),
            format!("/servers/0/scope_sets/r/2: {scope}: `a b`"),
            "/rules/0/require: only a permit can say this".into(),
            "/rules/0/require/dpop: only `true` can be said here; leave the member out otherwise".into(),
            "/rules/1/max_lifetime: only a permit can say this".into(),
            "/rules/1/apps/labels/1: the item occurs twice: `none`".into(),
            "/rules/1/max_lifetime: a whole number of at least 1 is expected".into(),
        ],
        "unknown names are not reported while apps or servers are unreadable"
    );
}

#[test]
fn reports_names_of_nothing() {
    refused(
        r#"{"id": "a", "effect": "deny", "apps": {"ids": ["agent", "agnet"], "labels": ["bot", "data"]}},
           {"id": "b", "effect": "deny", "servers": {"ids": ["bd"], "labels": ["bot"]}},
           {"id": "c", "effect": "deny", "scopes_except": ["@raed"]},
           {"id": "d", "effect": "deny", "servers": {"ids": ["chat"]}, "scopes_except": ["@read"]}"#,
        &[
            "/rules/0/apps/ids/1: no app has this id: `agnet`",
            "/rules/0/apps/labels/1: no app carries this label: `data`",
            "/rules/1/servers/ids/0: no server has this id: `bd`",
            "/rules/1/servers/labels/0: no server carries this label: `bot`",
            "/rules/2/scopes_except/0: no server that the rule selects defines this scope set: `raed`",
            "/rules/3/scopes_except/0: no server that the rule selects defines this scope set: `read`",
        ],
    );
}

#[test]
fn a_permit_says_whom_and_what() {
    refused(
        r#"{"id": "p", "effect": "permit"}"#,
        &["apps", "servers", "subjects", "scopes"].map(|member| {
            format!("/rules/0/{member}: a permit must say this; `{{\"any\": true}}` selects all, `[\"*\"]` grants all scopes")
        }).each_ref().map(String::as_str),
    );
    refused(
        &permit(r#", "scopes": ["r"], "scopes_except": ["w"]"#),
        &["/rules/0/scopes_except: only a deny can say this"],
    );
}

#[test]
fn empty_selections_and_lists_are_refused() {
    let selects_nothing = "the selector selects nothing; say `{\"any\": true}` to select all";
    let empty = "the list is empty; leave the member out or say what it is to hold";
    for (member, value, fault) in [
        ("apps", "{}", selects_nothing),
        ("servers", "{}", selects_nothing),
        ("subjects", "{}", selects_nothing),
        ("apps/ids", r#"{"ids": []}"#, empty),
        ("servers/labels", r#"{"ids": ["db"], "labels": []}"#, empty),
        ("subjects/groups_any", r#"{"groups_any": []}"#, empty),
        ("subjects/ids", r#"{"ids": []}"#, empty),
        ("scopes", "[]", empty),
        ("scopes_except", "[]", empty),
        ("authorization_details_types", "[]", empty),
    ] {
        let name = member.split('/').next().unwrap();
        let rule = format!(r#"{{"id": "d", "effect": "deny", "{name}": {value}}}"#);
        refused(&rule, &[&format!("/rules/0/{member}: {fault}")]);
    }
    refused(
        &permit(r#", "scopes": ["*"], "require": {}"#),
        &["/rules/0/require: nothing is required; leave the member out"],
    );
}

#[test]
fn what_could_be_read_in_two_ways_is_refused() {
    let deny = |more: &str| format!(r#"{{"id": "d", "effect": "deny", {more}}}"#);
    refused(
        &deny(r#""subjects": {"ids": ["u"], "groups_any": ["g"]}"#),
        &["/rules/0/subjects: users are selected by `ids` or by groups, not by both; write two rules"],
    );
    refused(
        &deny(r#""apps": {"any": true, "ids": ["agent"]}"#),
        &["/rules/0/apps/any: `any` selects all and stands alone"],
    );
    refused(
        &deny(r#""apps": {"any": false}"#),
        &["/rules/0/apps/any: only `true` can be said here; leave the member out otherwise"],
    );
    refused(
        &deny(r#""scopes": ["r"], "scopes_except": ["w"]"#),
        &["/rules/0/scopes_except: a deny has `scopes` or `scopes_except`, not both"],
    );
    refused(
        &deny(r#""scopes": ["r", "*"]"#),
        &["/rules/0/scopes/1: `*` stands for everything and stands alone: `*`"],
    );
    refused(
        &deny(r#""scopes_except": ["*"]"#),
        &["/rules/0/scopes_except: an exception for everything would deny nothing"],
    );
    refused(
        &deny(r#""authorization_details_types": ["*", "x"]"#),
        &["/rules/0/authorization_details_types/0: `*` stands for everything and stands alone: `*`"],
    );
}

#[test]
fn a_deny_that_names_a_scope_set_finds_it_at_every_server() {
    let deny = |more: &str| format!(r#"{{"id": "d", "effect": "deny", {more}}}"#);
    let partial = "/rules/0/scopes/0: a deny takes away only what is defined: every server the rule selects must define this scope set: `write`";
    refused(&deny(r#""scopes": ["@write"]"#), &[partial]);
    refused(&deny(r#""servers": {"ids": ["db", "chat"]}, "scopes": ["@write"]"#), &[partial]);
    refused(&deny(r#""servers": {"labels": ["data"], "ids": ["chat"]}, "scopes": ["@write"]"#), &[partial]);
    compile(&with_rules(&deny(r#""servers": {"labels": ["data"], "ids": ["db"]}, "scopes": ["@write"]"#)));
    compile(&with_rules(&deny(r#""servers": {"ids": ["db", "chat"]}, "scopes_except": ["@read"]"#)));
    compile(&with_rules(&deny(r#""scopes_except": ["@read"]"#)));
    compile(&with_rules(&permit(r#", "scopes": ["@read"]"#)));
}

/// R9068-023 among others.
#[test]
fn nothing_is_taken_twice() {
    let text = r#"{"version": 1,
      "apps": [{"id": "a", "client_ids": ["1", "2"], "status": "approved"},
               {"id": "a", "client_ids": ["2"], "status": "approved"},
               {"id": "b", "client_ids": ["4"], "status": "approved"}],
      "servers": [{"id": "s", "issuer": "https://s.example", "resources": ["https://r.example"],
                   "client_ids": {"a": "x", "b": "x", "ghost": "y"}},
                  {"id": "s", "issuer": "https://s.example", "resources": ["https://r.example"],
                   "client_ids": {"a": "4"}},
                  {"id": "t", "issuer": "https://t.example", "client_ids": {"a": "4", "b": "1"}}],
      "rules": [{"id": "r", "effect": "deny"}, {"id": "r", "effect": "deny"}]}"#;
    assert_eq!(
        faults_of(text),
        [
            "/apps/1/id: the id is taken: `a`",
            "/servers/1/id: the id is taken: `s`",
            "/rules/1/id: the id is taken: `r`",
            "/apps/1/client_ids/0: the client id belongs to another app: `2`",
            "/servers/0/client_ids/b: the client id belongs to another app: `x`",
            "/servers/1/client_ids/a: at this server the client id would also name the app that has it elsewhere: `4`",
            "/servers/1/issuer: the issuer belongs to another server: `https://s.example`",
            "/servers/1/resources/0: the resource belongs to another server: `https://r.example`",
            "/servers/0/client_ids/ghost: no app has this id: `ghost`",
        ]
    );
}

#[test]
fn says_where_the_json_is_at_fault() {
    assert_eq!(
        faults_of("{\"version\": 1,\n \"apps\": [}"),
        ["the document is not JSON (line 2, column 11)"]
    );
    assert_eq!(faults_of(""), ["the document is not JSON (line 1, column 1)"]);
    assert_eq!(
        faults_of(&with_rules(r#"{"id": "a", "effect": "permit", "effect": "deny"}"#)),
        ["/rules/0/effect: a member occurs twice (line 5, column 60)"]
    );
    assert_eq!(
        faults_of(&"[".repeat(100_000)),
        [["/0".repeat(16).as_str(), ": the document is nested too deeply (line 1, column 17)"].concat()]
    );
    assert_eq!(faults_of("[]"), ["an object is expected"]);
    assert_eq!(faults_of("{}"), ["/version: a required member is missing"]);
    assert_eq!(faults_of(r#"{"version": 2, "policies": []}"#), ["/version: the version must be 1"]);
}

#[test]
fn paths_are_json_pointers_and_text_is_cut_and_escaped() {
    let name = "/~\n".to_string() + &"ä".repeat(200);
    let text = with_rules(&format!(r#"{{"id": "a", "effect": "deny", {}: 1}}"#, Json::string(&*name)));
    let errors = Policy::compile(text.as_bytes(), &PolicyOptions::default()).unwrap_err();
    let path = errors.errors()[0].path();
    assert!(path.starts_with("/rules/0/~1~0\nä") && path.len() < 150, "{path}");
    assert!(!errors.to_string().contains('\n'));
}

#[test]
fn faults_are_capped_and_counted() {
    let rules = vec![r#"{"id": "", "effect": "deny"}"#; 500].join(",");
    let errors = Policy::compile(with_rules(&rules).as_bytes(), &PolicyOptions::default()).unwrap_err();
    assert_eq!((errors.errors().len(), errors.left_out()), (100, 400));
    assert!(errors.to_string().ends_with("\nand 400 more"));
}

#[test]
fn caps_are_configurable() {
    let text = with_rules(r#"{"id": "a", "effect": "deny"}, {"id": "b", "effect": "deny"}"#);
    let compile = |change: fn(&mut PolicyOptions)| {
        let mut options = PolicyOptions::default();
        change(&mut options);
        Policy::compile(text.as_bytes(), &options).map_err(|errors| errors.to_string())
    };
    assert!(compile(|_| {}).is_ok());
    assert_eq!(
        compile(|options| options.max_rules = 1).unwrap_err(),
        "/rules: there are more rules than allowed"
    );
    assert_eq!(compile(|options| options.max_bytes = 10).unwrap_err(), "the document is larger than allowed");
    let loopback = text.replace("https://", "http://127.0.0.1:1/");
    let mut options = PolicyOptions::default();
    assert!(Policy::compile(loopback.as_bytes(), &options).is_err());
    options.transport = Transport::DangerousAllowHttpLoopback;
    assert!(Policy::compile(loopback.as_bytes(), &options).is_ok());
}

use crate::codec::json::Json;
