//! Actors: named by actor tokens, limited by `may_act`, told in the order in which they acted.

use serde_json::{Value, json};

use super::{
    AGENTS, SPEC, acted, actor, bound, by_another, config, derive, output, own_keys, parent, through,
    to_another,
};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::CLIENT2;
use crate::generate::mint::Jws;
use crate::generate::scene::{CLIENT2_ID, IDP_ISSUER, NOW, RAS_ISSUER};

/// Actors, and whom `may_act` names.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "delegation-actors");
    let mut group = topic.group("One issuer of actor tokens is trusted.", config(), own_keys(), NOW);
    let act = json!({"iss": AGENTS, "sub": "agent-7"});
    let answer = acted(&output(), &act);
    let nested =
        json!({"iss": AGENTS, "sub": "agent-7", "act": {"sub": "agent-6", "act": {"sub": "agent-5"}}});
    let before = |chain: &Value| parent().claim("act", chain.clone());
    let names = |may_act: &Value| parent().claim("may_act", may_act.clone());
    let kept = |output: &Value, may_act: &Value| {
        with(output, &[("body/access_token/claims/may_act", may_act.clone())])
    };
    let agent = json!({"iss": AGENTS, "sub": "agent-7"});
    let client = json!({"client_id": CLIENT2_ID});
    let worker = json!({"iss": RAS_ISSUER, "sub": CLIENT2_ID});
    group
        .valid(
            case("actor", "The actor of the actor token acts.", "RFC 8693 §4.1", &["AMB-024", "R8693-014"]),
            through(derive(&parent()), &actor()).input(),
            answer.clone(),
        )
        .valid(
            case("nested", "Whoever acted before is told behind it.", "RFC 8693 §4.1", &["R8693-015"]),
            through(derive(&before(&json!({"sub": "agent-6", "act": {"sub": "agent-5"}}))), &actor()).input(),
            acted(&output(), &nested),
        )
        .valid(
            case("bound-actor", "The actor's key is the token's.", SPEC, &[]),
            through(derive(&parent()), &actor().claim("cnf", json!({"jkt": CLIENT2.es256().thumbprint()})))
                .input(),
            bound(&answer, &CLIENT2.es256().thumbprint()),
        )
        .valid(
            case("named", "The parent names the actor.", "RFC 8693 §4.4", &["R8693-019"]),
            through(derive(&names(&agent)), &actor()).input(),
            kept(&answer, &agent),
        )
        .valid(
            case(
                "named-client",
                "The parent names another client, which then acts.",
                "RFC 8693 §4.4",
                &["R8693-019"],
            ),
            by_another(&names(&client)).input(),
            to_another(&kept(&acted(&output(), &worker), &client)),
        )
        .valid(
            case(
                "derived-by-client",
                "A client that acts derives from its own token again, as itself.",
                SPEC,
                &[],
            ),
            by_another(&before(&worker)).input(),
            to_another(&acted(&output(), &worker)),
        );
    let request = |token: &Jws, actor: &Jws| through(derive(token), actor);
    for (id, comment, twin, request, code) in [
        (
            "named-other",
            "The parent names another actor.",
            "named",
            request(&names(&json!({"iss": AGENTS, "sub": "agent-8"})), &actor()),
            "actor_unauthorized",
        ),
        (
            "named-elsewhere",
            "The parent names an actor of another issuer.",
            "named",
            request(&names(&json!({"iss": IDP_ISSUER, "sub": "agent-7"})), &actor()),
            "actor_unauthorized",
        ),
        (
            "named-nowhere",
            "The parent names an actor, and not whose name that is.",
            "named",
            request(&names(&json!({"sub": "agent-7"})), &actor()),
            "actor_unauthorized",
        ),
        (
            "named-like-client",
            "The parent names somebody by a name that is another client's here.",
            "named-client",
            by_another(&names(&json!({"sub": CLIENT2_ID}))),
            "actor_unauthorized",
        ),
        (
            "named-by-mail",
            "The parent names actors in a way that is not understood.",
            "named",
            request(&names(&json!({"iss": AGENTS, "sub": "agent-7", "email": "a@agents.example"})), &actor()),
            "actor_unauthorized",
        ),
        (
            "named-other-client",
            "The parent names another client.",
            "named-client",
            by_another(&names(&json!({"client_id": "somebody"}))),
            "actor_unauthorized",
        ),
        (
            "expired",
            "The actor token has expired.",
            "actor",
            request(&parent(), &actor().claim("exp", NOW - 60)),
            "token_expired",
        ),
        (
            "other-typ",
            "The actor token is of another type.",
            "actor",
            request(&parent(), &actor().header("typ", "JWT")),
            "typ_mismatch",
        ),
        (
            "untrusted",
            "The actor token is nobody's.",
            "actor",
            request(&parent(), &actor().claim("iss", "https://sender-chosen.example")),
            "issuer_untrusted",
        ),
        (
            "own-name",
            "The actor token claims to be this server's.",
            "actor",
            request(&parent(), &actor().claim("iss", RAS_ISSUER)),
            "issuer_untrusted",
        ),
        (
            "lone-token",
            "An actor token without its type.",
            "actor",
            request(&parent(), &actor()).without("actor_token_type"),
            "parameter_missing",
        ),
    ] {
        let refused = fails(code, "invalid_request");
        group.invalid(
            case(id, comment, "RFC 8693 §2.2.2", &["R8693-006", "AMB-024"]),
            twin,
            request.input(),
            refused,
        );
    }
    group
        .invalid(
            case("long-chain", "More actors than a token may tell of.", SPEC, &[]),
            "nested",
            request(&before(&json!({"sub": "agent-6", "act": {"sub": "agent-5", "act": {"sub": "a", "act": {"sub": "b"}}}})), &actor()).input(),
            fails("depth_exceeded", "invalid_grant"),
        )
        .invalid(
            case("carried", "Another client brings the actor that the parent names.", SPEC, &["R8693-020"]),
            "named",
            through(by_another(&names(&agent)), &actor()).input(),
            fails("client_mismatch", "invalid_grant"),
        )
        .invalid(
            case("used", "The actor token was used before.", SPEC, &[]),
            "actor",
            through(derive(&parent()), &actor()).after(&[&through(derive(&parent()), &actor())]),
            fails("token_replayed", "invalid_request"),
        );
    let many = with(&config(), &[("server/multi_tenant", json!(true))]);
    topic
        .group("The server has many tenants.", many, own_keys(), NOW)
        .valid(
            case("own-tenant", "The client that the token was issued to.", "ID-JAG §6.3", &["JAG-085"]),
            derive(&parent()).input(),
            output(),
        )
        .invalid(
            case(
                "another-tenant",
                "Another client, that the parent names: nobody knows that it is of the same tenant.",
                "ID-JAG §6.3",
                &["JAG-085"],
            ),
            "named-client",
            by_another(&names(&client)).input(),
            fails("tenant_mismatch", "invalid_grant"),
        );
    let kinds =
        with(&config(), &[("server/delegation/actor_profiles/0/sub_profiles", json!(["researcher"]))]);
    let researcher = json!({"iss": AGENTS, "sub": "agent-7", "sub_profile": "researcher"});
    topic
        .group("The issuer vouches for actors of one kind.", kinds, own_keys(), NOW)
        .valid(
            case("kind", "It is of that kind.", SPEC, &[]),
            request(&parent(), &actor().claim("sub_profile", "researcher")).input(),
            acted(&output(), &researcher),
        )
        .invalid(
            case("other-kind", "It is of another.", SPEC, &[]),
            "kind",
            request(&parent(), &actor().claim("sub_profile", "writer")).input(),
            fails("actor_unauthorized", "invalid_request"),
        );
    topic.finish()
}
