//! The views of rules: what they say about one app at one server.

use super::*;
use crate::time::Seconds;

#[test]
fn a_view_says_what_the_rule_says_with_the_scope_sets_of_the_server() {
    let policy = compile(&with_rules(
        r#"{"id": "a", "effect": "permit", "apps": {"labels": ["bot"]}, "servers": {"any": true},
            "subjects": {"groups_any": ["y", "x"], "groups_all": ["z"]}, "scopes": ["@write", "r"],
            "authorization_details_types": ["t"], "max_lifetime": 60,
            "require": {"acr": ["phr"], "max_auth_age": 5, "dpop": true, "context": true, "actor": false}},
           {"id": "b", "effect": "deny", "servers": {"ids": ["chat"]}, "subjects": {"ids": ["alice"]}},
           {"id": "c", "effect": "deny", "servers": {"ids": ["db"]}, "scopes_except": ["@read"]}"#,
    ));
    let (app, db, chat) =
        (policy.app("agent").unwrap(), policy.server("db").unwrap(), policy.server("chat").unwrap());
    let at = |server| policy.rules_about(app, server).collect::<Vec<_>>();

    let at_db = at(db);
    assert_eq!(at_db.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    let (x, y, z) = (Group::new("x").unwrap(), Group::new("y").unwrap(), Group::new("z").unwrap());
    assert_eq!(at_db[0].users, UsersView::Groups { any: vec![&x, &y], all: vec![&z] });
    let tokens = |view: &ScopesView<'_>| match view {
        ScopesView::Only(tokens) | ScopesView::Except(tokens) => {
            tokens.iter().map(|token| token.as_str().to_string()).collect()
        }
        _ => Vec::new(),
    };
    assert_eq!(tokens(&at_db[0].scopes), ["r", "w", "x"]);
    assert_eq!(at_db[0].detail_types, Some(NamesView::These(vec!["t"])));
    assert_eq!(at_db[0].max_lifetime, Some(Seconds(60)));
    assert_eq!(at_db[0].acr.iter().map(|acr| acr.as_str()).collect::<Vec<_>>(), ["phr"]);
    assert!(at_db[0].context && !at_db[1].context);
    assert_eq!((at_db[0].max_auth_age, at_db[0].dpop, at_db[0].actor), (Some(Seconds(5)), true, Some(false)));
    assert!(matches!(at_db[1].scopes, ScopesView::Except(_)));
    assert_eq!(tokens(&at_db[1].scopes), ["r"]);

    let at_chat = at(chat);
    assert_eq!(at_chat.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(tokens(&at_chat[0].scopes), ["r"], "`@write` means nothing there");
    assert_eq!(at_chat[1].scopes, ScopesView::Unmentioned);
    let alice = crate::text::Subject::new("alice").unwrap();
    assert_eq!(at_chat[1].users, UsersView::Subjects(vec![&alice]));
}
