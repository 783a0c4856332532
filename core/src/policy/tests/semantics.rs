//! What rules mean, one clause of DESIGN §6 at a time.

use super::*;
use crate::text::{Acr, Subject};
use crate::time::Seconds;
use crate::uri::{ResourceId, Transport};

const ALL: &str = r#""apps": {"any": true}, "servers": {"any": true}, "subjects": {"any": true}"#;

/// A permit for everybody at every server.
fn permit(id: &str, more: &str) -> String {
    format!(r#"{{"id": "{id}", "effect": "permit", {ALL}, {more}}}"#)
}

fn deny(id: &str, more: &str) -> String {
    format!(r#"{{"id": "{id}", "effect": "deny"{more}}}"#)
}

/// The scopes and the lifetime granted for `asked`, if anything is granted.
#[track_caller]
fn granted(rules: &[String], asked: Option<&str>) -> Option<(String, Option<u64>)> {
    let asked = asked.map(scope);
    let decision = ask(&rules.join(","), asked.as_ref(), Facts::default());
    decision.grant().map(|grant| (grant.scope.to_string(), grant.lifetime.map(Seconds::as_secs)))
}

fn some(scope: &str, lifetime: Option<u64>) -> Option<(String, Option<u64>)> {
    Some((scope.into(), lifetime))
}

#[test]
fn without_a_permit_nothing_is_granted() {
    assert_eq!(granted(&[], Some("r")), None);
    assert_eq!(granted(&[], None), None);
    assert_eq!(granted(&[], Some("")), None);
}

#[test]
fn permits_add_up_and_each_scope_lives_as_long_as_its_most_generous_permit_says() {
    let rules = [
        permit("a", r#""scopes": ["r"], "max_lifetime": 600"#),
        permit("b", r#""scopes": ["@read", "w"], "max_lifetime": 300"#),
        permit("c", r#""scopes": ["x"]"#),
    ];
    assert_eq!(granted(&rules, Some("r")), some("r", Some(600)));
    assert_eq!(granted(&rules, Some("r w")), some("r w", Some(300)));
    assert_eq!(granted(&rules, Some("x")), some("x", None));
    assert_eq!(granted(&rules, Some("x r")), some("r x", Some(600)));
    assert_eq!(granted(&rules, Some("r unheard-of")), some("r", Some(600)));
    assert_eq!(granted(&rules, Some("unheard-of")), None);
}

#[test]
fn the_default_is_what_permits_name_and_never_what_a_star_alone_covers() {
    let star = permit("star", r#""scopes": ["*"], "max_lifetime": 60"#);
    let read = permit("read", r#""scopes": ["@read"]"#);
    assert_eq!(granted(&[star.clone(), read.clone()], None), some("r", None));
    assert_eq!(
        granted(core::slice::from_ref(&star), None),
        some("", Some(60)),
        "a grant of nothing in particular"
    );
    assert_eq!(granted(core::slice::from_ref(&star), Some("anything")), some("anything", Some(60)));
    assert_eq!(granted(&[read, deny("no", r#", "scopes": ["r"]"#)], None), None);
}

#[test]
fn asking_for_no_scope_is_granted_unless_a_deny_leaves_none() {
    let star = permit("star", r#""scopes": ["*"]"#);
    assert_eq!(granted(core::slice::from_ref(&star), Some("")), some("", None));
    assert_eq!(granted(&[star.clone(), deny("d", r#", "scopes": ["r"]"#)], Some("")), some("", None));
    for nothing_left in [r#", "scopes": ["*"]"#, ""] {
        let rules = [star.clone(), deny("d", nothing_left)];
        assert_eq!(granted(&rules, Some("")), None);
        assert_eq!(granted(&rules, None), None);
    }
}

#[test]
fn a_deny_takes_away_what_it_names_or_all_but_what_it_excepts() {
    let star = permit("star", r#""scopes": ["*"]"#);
    let after = |more: &str| granted(&[deny("d", more), star.clone()], Some("r w future"));
    assert_eq!(after(r#", "scopes": ["r"]"#), some("future w", None));
    assert_eq!(after(r#", "servers": {"ids": ["db"]}, "scopes": ["@write"]"#), some("future r", None));
    assert_eq!(after(r#", "scopes_except": ["@read"]"#), some("r", None));
    assert_eq!(after(r#", "scopes_except": ["@read", "future"]"#), some("future r", None));
    assert_eq!(after(r#", "authorization_details_types": ["*"]"#), some("future r w", None));
    assert_eq!(after(""), None);
}

#[test]
fn where_a_scope_set_is_undefined_permits_and_exceptions_name_nothing() {
    let agent = client("c1");
    let at_chat = |rules: &[String], asked: Option<&Scope>| {
        let request = Request {
            client: ClientAt::IdentityProvider(&agent),
            issuer: "https://chat.example",
            resources: &[],
            scope: asked,
            detail_types: &[],
            facts: Facts::default(),
        };
        let decision = compile(&with_rules(&rules.join(","))).evaluate(&request);
        decision.grant().map(|grant| grant.scope.to_string())
    };
    let (read, star) = (permit("read", r#""scopes": ["@read"]"#), permit("star", r#""scopes": ["*"]"#));
    let read_only = deny("d", r#", "scopes_except": ["@read"]"#);
    assert_eq!(at_chat(core::slice::from_ref(&read), Some(&scope("r"))), None);
    assert_eq!(at_chat(core::slice::from_ref(&read), Some(&scope(""))), None);
    assert_eq!(at_chat(core::slice::from_ref(&read), None), None);
    assert_eq!(at_chat(&[star.clone(), read_only.clone()], Some(&scope("r"))), None);
    assert_eq!(at_chat(&[star.clone(), read_only], Some(&scope(""))), None, "nothing is left there");
    assert_eq!(at_chat(&[star], Some(&scope("r"))), Some("r".into()));
}

#[test]
fn a_selector_selects_by_any_id_or_any_label() {
    let to = |servers: &str| {
        let rule = format!(
            r#"{{"id": "p", "effect": "permit", "apps": {{"labels": ["bot"]}}, "servers": {servers}, "subjects": {{"any": true}}, "scopes": ["*"]}}"#
        );
        granted(&[rule], Some("r")).is_some()
    };
    assert!(to(r#"{"ids": ["db"]}"#) && to(r#"{"labels": ["data"]}"#) && to(r#"{"any": true}"#));
    assert!(to(r#"{"ids": ["chat"], "labels": ["data"]}"#) && to(r#"{"ids": ["db", "chat"]}"#));
    assert!(!to(r#"{"ids": ["chat"]}"#));
}

#[test]
fn users_are_selected_by_id_or_by_groups() {
    let to = |subjects: &str, facts| {
        let rule = format!(
            r#"{{"id": "p", "effect": "permit", "apps": {{"any": true}}, "servers": {{"any": true}}, "subjects": {subjects}, "scopes": ["*"]}}"#
        );
        ask(&rule, Some(&scope("r")), facts).nearest.map(|nearest| nearest.reason)
    };
    let (ann, groups, none) = (Subject::new("ann").unwrap(), groups(&["a", "b", "z"]), groups(&[]));
    let known = Facts { subject: Some(&ann), groups: Some(&groups), ..Facts::default() };
    assert_eq!(to(r#"{"ids": ["bob", "ann"]}"#, known), None);
    assert_eq!(to(r#"{"ids": ["bob"]}"#, known), Some(Reason::Subject));
    assert_eq!(to(r#"{"ids": ["bob"]}"#, Facts::default()), Some(Reason::SubjectUnknown));
    assert_eq!(to(r#"{"groups_any": ["x", "b"]}"#, known), None);
    assert_eq!(to(r#"{"groups_any": ["x"]}"#, known), Some(Reason::Groups));
    assert_eq!(to(r#"{"groups_all": ["a", "b"]}"#, known), None);
    assert_eq!(to(r#"{"groups_all": ["a", "x"]}"#, known), Some(Reason::Groups));
    assert_eq!(to(r#"{"groups_any": ["x", "a"], "groups_all": ["b"]}"#, known), None);
    assert_eq!(to(r#"{"groups_any": ["x"], "groups_all": ["b"]}"#, known), Some(Reason::Groups));
    let nobody = Facts { groups: Some(&none), ..Facts::default() };
    assert_eq!(to(r#"{"groups_any": ["x"]}"#, nobody), Some(Reason::Groups));
    assert_eq!(to(r#"{"groups_any": ["x"]}"#, Facts::default()), Some(Reason::GroupsUnknown));
}

#[test]
fn a_permit_grants_only_when_everything_it_requires_holds() {
    let rule = permit(
        "p",
        r#""scopes": ["*"], "require": {"acr": ["phr", "phrh"], "max_auth_age": 60, "dpop": true, "context": true, "actor": false}"#,
    );
    let (phr, pwd) = (Acr::new("phr").unwrap(), Acr::new("pwd").unwrap());
    let good = Facts {
        acr: Some(&phr),
        auth_age: Some(Seconds(60)),
        dpop: true,
        context: true,
        acting: Some(Acting::Directly),
        ..Facts::default()
    };
    let reason = |facts| ask(&rule, None, facts).nearest.map(|nearest| nearest.reason);
    assert_eq!(reason(good), None);
    assert_eq!(reason(Facts { acting: None, ..good }), Some(Reason::ActorUnknown));
    assert_eq!(reason(Facts { acting: Some(Acting::ThroughActor), ..good }), Some(Reason::ActorPresent));
    assert_eq!(reason(Facts { dpop: false, ..good }), Some(Reason::Dpop));
    assert_eq!(reason(Facts { context: false, ..good }), Some(Reason::Context));
    assert_eq!(reason(Facts { acr: None, ..good }), Some(Reason::AcrUnknown));
    assert_eq!(reason(Facts { acr: Some(&pwd), ..good }), Some(Reason::Acr));
    assert_eq!(reason(Facts { auth_age: None, ..good }), Some(Reason::AuthAgeUnknown));
    assert_eq!(reason(Facts { auth_age: Some(Seconds(61)), ..good }), Some(Reason::AuthAge));
    let actor = permit("p", r#""scopes": ["*"], "require": {"actor": true}"#);
    let facts = Facts { acting: Some(Acting::Directly), ..Facts::default() };
    assert_eq!(ask(&actor, None, facts).nearest.unwrap().reason, Reason::ActorMissing);
}

/// The step-up that a user without any known sign-on is asked for.
fn step_up(rules: &[String]) -> Option<(String, Option<u64>)> {
    step_up_for(rules, &[])
}

fn step_up_for(rules: &[String], detail_types: &[&str]) -> Option<(String, Option<u64>)> {
    let (agent, asked) = (client("c1"), scope("r"));
    let request = Request {
        client: ClientAt::IdentityProvider(&agent),
        issuer: "https://db.example",
        resources: &[],
        scope: Some(&asked),
        detail_types,
        facts: Facts::default(),
    };
    match compile(&with_rules(&rules.join(","))).evaluate(&request).outcome {
        Outcome::StepUp(StepUp { acr_values, max_age }) => {
            let values: Vec<&str> = acr_values.iter().map(Acr::as_str).collect();
            Some((values.join(" "), max_age.map(Seconds::as_secs)))
        }
        _ => None,
    }
}

/// AMB-027.
#[test]
fn step_up_asks_for_the_loosest_sign_on_that_will_do() {
    let require =
        |id: &str, require: &str| permit(id, &format!(r#""scopes": ["r"], "require": {{{require}}}"#));
    let fresh = require("fresh", r#""max_auth_age": 60"#);
    let strong = require("strong", r#""acr": ["b", "a"]"#);
    let strong_and_fresh = require("strong-and-fresh", r#""acr": ["c"], "max_auth_age": 600"#);
    let elsewhere = require("elsewhere", r#""max_auth_age": 9000"#).replace(r#"["r"]"#, r#"["w"]"#);
    assert_eq!(step_up(core::slice::from_ref(&fresh)), some("", Some(60)));
    assert_eq!(
        step_up(&[fresh.clone(), strong.clone(), elsewhere]),
        some("", Some(60)),
        "fresh before strong"
    );
    assert_eq!(step_up(&[strong, strong_and_fresh.clone()]), some("a b", None));
    assert_eq!(step_up(core::slice::from_ref(&strong_and_fresh)), some("c", Some(600)));
    // One permit gives the scope at any class, the other the type at its class.
    let typed = require("typed", r#""acr": ["c"], "max_auth_age": 60"#)
        .replace(r#""scopes": ["r"]"#, r#""scopes": ["w"], "authorization_details_types": ["pay"]"#);
    let both = [require("fresh", r#""max_auth_age": 30"#), typed];
    assert_eq!(step_up_for(&both, &["pay"]), some("c", Some(30)));
    let not_changed_by_a_sign_on = require("dpop", r#""max_auth_age": 60, "dpop": true"#);
    assert_eq!(step_up(&[not_changed_by_a_sign_on]), None);
    assert_eq!(step_up(&[fresh.clone(), deny("d", r#", "scopes": ["r"]"#)]), None);
    assert_eq!(step_up(&[fresh, permit("now", r#""scopes": ["r"]"#)]), None, "it is granted now");
}

/// EMAP12-002.
#[test]
fn rights_of_high_impact_can_require_a_stronger_sign_on() {
    let rules = [
        permit("read", r#""scopes": ["@read"]"#),
        permit("write", r#""scopes": ["@write"], "require": {"acr": ["phr"], "max_auth_age": 300}"#),
    ]
    .join(",");
    let phr = Acr::new("phr").unwrap();
    let strong = Facts { acr: Some(&phr), auth_age: Some(Seconds(300)), ..Facts::default() };
    let both = ask(&rules, Some(&scope("r w")), Facts::default());
    assert_eq!(both.grant().unwrap().scope, scope("r"), "a grant of less is no denial, so no step-up");
    let write = ask(&rules, Some(&scope("w")), Facts::default()).outcome;
    assert_eq!(write, Outcome::StepUp(StepUp { acr_values: vec![phr.clone()], max_age: Some(Seconds(300)) }));
    assert_eq!(ask(&rules, Some(&scope("r w")), strong).grant().unwrap().scope, scope("r w"));
}

/// The types and scopes granted of these.
fn details(rules: &[String], asked: Option<&Scope>, types: &[&str]) -> Option<(String, Vec<String>)> {
    let agent = client("c1");
    let request = Request {
        client: ClientAt::IdentityProvider(&agent),
        issuer: "https://db.example",
        resources: &[],
        scope: asked,
        detail_types: types,
        facts: Facts::default(),
    };
    let decision = compile(&with_rules(&rules.join(","))).evaluate(&request);
    decision.grant().map(|grant| (grant.scope.to_string(), grant.detail_types.iter().cloned().collect()))
}

/// AMB-016.
#[test]
fn types_of_authorization_details_are_granted_expressly_and_denied_like_scopes() {
    let (asked, both) = (scope("r"), ["pay", "pay", "see"]);
    let only_scope = permit("a", r#""scopes": ["r"]"#);
    let pay = permit("b", r#""scopes": ["r"], "authorization_details_types": ["pay"]"#);
    let all = permit("c", r#""scopes": ["r"], "authorization_details_types": ["*"]"#);
    let no_pay = deny("d", r#", "authorization_details_types": ["pay"]"#);
    let result = |types: &[&str]| Some(("r".to_string(), types.iter().map(ToString::to_string).collect()));
    let of = |rules: &[&String]| {
        let rules: Vec<String> = rules.iter().map(ToString::to_string).collect();
        details(&rules, Some(&asked), &both)
    };
    assert_eq!(of(&[&only_scope]), None, "all types removed is a denial (AMB-016)");
    assert_eq!(of(&[&pay]), result(&["pay"]));
    assert_eq!(of(&[&all]), result(&["pay", "see"]));
    assert_eq!(of(&[&all, &no_pay]), result(&["see"]));
    assert_eq!(of(&[&pay, &no_pay]), None);
    let (no_scope, except) = (deny("e", r#", "scopes": ["*"]"#), deny("e", r#", "scopes_except": ["r"]"#));
    assert_eq!(of(&[&all, &no_scope]), None, "the scopes asked for are gone");
    assert_eq!(of(&[&all, &except]), result(&["pay", "see"]), "scopes do not speak of types");
    let types_only = details(&[all, no_scope], None, &["see"]);
    assert_eq!(types_only, Some((String::new(), vec!["see".to_string()])));
}

#[test]
fn the_deny_that_is_named_took_something_away() {
    let (read, except) = (r#""scopes": ["@read"]"#, r#", "scopes_except": ["@read"]"#);
    let rules = [
        permit("p", &format!(r#"{read}, "authorization_details_types": ["pay"]"#)),
        deny("leaves-no-scope-where-the-permit-gives-none", except),
        deny("no-types", r#", "authorization_details_types": ["*"]"#),
    ];
    let (agent, nothing, facts) = (client("c1"), scope(""), Facts::default());
    let request = Request {
        client: ClientAt::IdentityProvider(&agent),
        issuer: "https://chat.example",
        resources: &[],
        scope: Some(&nothing),
        detail_types: &["pay"],
        facts,
    };
    let nearest = compile(&with_rules(&rules.join(","))).evaluate(&request).nearest.unwrap();
    assert_eq!(nearest.to_string(), "permit `p`: a deny takes away what it grants: `no-types`");
}

/// JAG-044, JAG-045.
#[test]
fn unknown_apps_servers_and_foreign_resources_are_denied() {
    let policy = compile(&with_rules(&permit("p", r#""scopes": ["*"]"#)));
    let resource = |text| ResourceId::new(text, Transport::HttpsOnly).unwrap();
    let [own, foreign] = [resource("https://db.example/mcp"), resource("https://db.example/mcp/")];
    let bar = |client: ClientAt<'_>, issuer: &str, resources: &[ResourceId]| {
        let facts = Facts::default();
        let request = Request { client, issuer, resources, scope: None, detail_types: &[], facts };
        let decision = policy.evaluate(&request);
        assert_eq!(decision.bar.is_some(), decision.outcome == Outcome::Deny(ErrorCode::PolicyDenied));
        decision.bar
    };
    let (agent, other, db) = (client("c1"), client("c2"), "https://db.example");
    assert_eq!(bar(ClientAt::IdentityProvider(&agent), db, core::slice::from_ref(&own)), None);
    assert_eq!(bar(ClientAt::Server(&agent), db, &[]), None);
    assert_eq!(bar(ClientAt::IdentityProvider(&other), db, &[]), Some(Bar::AppUnknown));
    assert_eq!(bar(ClientAt::Server(&other), db, &[]), Some(Bar::AppUnknown));
    assert_eq!(bar(ClientAt::Server(&agent), "https://db.example/", &[]), Some(Bar::ServerUnknown));
    assert_eq!(bar(ClientAt::IdentityProvider(&agent), db, &[own, foreign]), Some(Bar::ResourceForeign));
}

#[test]
fn an_explanation_says_what_each_rule_did() {
    let rules = [
        permit("a", r#""scopes": ["*"], "max_lifetime": 60, "require": {"max_auth_age": 9}"#),
        permit("b", r#""scopes": ["r"], "require": {"acr": ["y", "x"], "max_auth_age": 9}"#),
        deny("c", r#", "scopes": ["w"]"#),
        deny("d", r#", "subjects": {"ids": ["u1"]}, "apps": {"ids": ["agent"]}"#),
        deny("e", r#", "servers": {"ids": ["chat"]}"#),
    ];
    let policy = compile(&with_rules(&rules.join(",")));
    let (agent, user) = (client("c1"), Subject::new("u2").unwrap());
    let explain = |asked: Option<&str>, age, subject| {
        let asked = asked.map(scope);
        let facts = Facts { subject, auth_age: age, ..Facts::default() };
        let request = Request {
            client: ClientAt::Server(&agent),
            issuer: "https://db.example",
            resources: &[],
            scope: asked.as_ref(),
            detail_types: &[],
            facts,
        };
        policy.explain(&request).to_string()
    };
    assert_eq!(
        explain(Some("r w"), Some(Seconds(1)), Some(&user)),
        "app `agent` at server `db`: granted: `r`, for at most 60 seconds\n\
         permit `a` matches: grants `r`, `w`\n\
         permit `b` does not match: it requires a class of sign-on, and the class was not said\n\
         deny `c` matches: takes away `w`\n\
         deny `d` does not match: it is about other users\n\
         deny `e` does not match: it is about other servers"
    );
    assert!(explain(None, Some(Seconds(1)), Some(&user)).starts_with(
        "app `agent` at server `db`: granted: access without any scope, for at most 60 seconds\n\
         permit `a` matches: grants nothing that was asked for\n"
    ));
    assert!(explain(Some("r"), None, Some(&user)).starts_with(
        "app `agent` at server `db`: step-up: granted after a sign-on in the last 9 seconds\n\
         nearest permit `a`: it requires a fresh sign-on, and the age was not said\n"
    ));
    let outright = explain(Some("r"), Some(Seconds(1)), None);
    assert!(outright.contains("nearest permit `a`: a deny takes away what it grants: `d`"), "{outright}");
    assert!(outright.contains("deny `d` matches: takes away everything"), "{outright}");
}

#[test]
fn an_explanation_shows_nothing_that_the_sender_chose() {
    let policy =
        compile(&with_rules(&permit("p", r#""scopes": ["*"], "authorization_details_types": ["*"]"#)));
    let (agent, asked) = (client("c1"), scope("r sender-chosen"));
    let request = Request {
        client: ClientAt::IdentityProvider(&agent),
        issuer: "https://db.example",
        resources: &[],
        scope: Some(&asked),
        detail_types: &["sender-chosen"],
        facts: Facts::default(),
    };
    let trace = policy.explain(&request);
    assert!(!format!("{trace} {trace:?}").contains("sender-chosen"));
    let share = "`r`, 1 scope not mentioned in the policy, 1 type not mentioned in the policy";
    assert_eq!(
        trace.to_string(),
        format!("app `agent` at server `db`: granted: {share}\npermit `p` matches: grants {share}")
    );
}
