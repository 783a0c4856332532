//! RFC 8693 §2.1, §4.4: who acts for the user.

use serde_json::{Value, json};

use super::{config, endpoint, exchange, good, id_token, output, provider_keys};
use crate::format::{Keys, Topic};
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::{ATTACKER, CLIENT, CLIENT2, jwks};
use crate::generate::mint::{Jws, break_signature};
use crate::generate::request::Request;
use crate::generate::scene::{IDP_ISSUER, NOW};

const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
const AGENTS: &str = "https://agents.example";

fn actor() -> Jws {
    Jws::new(
        CLIENT2.es256(),
        "actor+jwt",
        &json!({
            "iss": AGENTS, "sub": "agent-7", "aud": IDP_ISSUER, "iat": NOW, "exp": NOW + 300,
        }),
    )
}

fn through(request: Request, actor: &Jws) -> Request {
    request.set("actor_token", actor.compact()).set("actor_token_type", JWT)
}

fn acted(output: &Value, act: &Value) -> Value {
    with(output, &[("body/access_token/claims/act", act.clone()), ("record/actor", act.clone())])
}

fn with_agents() -> Keys {
    provider_keys().set(AGENTS, jwks(&[CLIENT2.es256()]))
}

/// Actor tokens, without and with somebody who can validate them.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("idp.token_exchange", "actors");
    topic
        .group("Nobody can validate actor tokens.", config(), with_agents(), NOW)
        .valid(case("none", "There is none.", "RFC 8693 §2.1", &[]), good().input(), output())
        .invalid(
            case("lone-type", "A type without a token.", "RFC 8693 §2.1", &["R8693-003"]),
            "none",
            good().set("actor_token_type", JWT).input(),
            fails("parameter_malformed", "invalid_request"),
        )
        .invalid(
            case("lone-token", "A token without a type.", "RFC 8693 §2.1", &["JAG-038"]),
            "none",
            good().set("actor_token", actor().compact()).input(),
            fails("parameter_missing", "invalid_request"),
        );
    let profiled =
        with(&config(), &[("server/actor_profiles", json!([{"issuer": AGENTS, "typ": "actor+jwt"}]))]);
    let act = json!({"iss": AGENTS, "sub": "agent-7"});
    let answer = acted(&output(), &act);
    let mut group = topic.group("One issuer of actor tokens is trusted.", profiled, with_agents(), NOW);
    group
        .valid(
            case("actor", "The actor becomes `act`.", "RFC 8693 §4.1", &["AMB-024", "R8693-014"]),
            through(good(), &actor()).input(),
            answer.clone(),
        )
        .valid(
            case(
                "chain",
                "Whoever acted before is history; other members mean nothing.",
                "RFC 8693 §4.1",
                &["R8693-015", "R8693-016"],
            ),
            through(good(), &actor().claim("act", json!({"sub": "agent-6", "exp": 1}))).input(),
            acted(&output(), &json!({"iss": AGENTS, "sub": "agent-7", "act": {"sub": "agent-6"}})),
        );
    type Row = (&'static str, &'static str, Jws, &'static str);
    let rows: Vec<Row> = vec![
        ("actor-expired", "It has expired.", actor().claim("exp", NOW - 60), "token_expired"),
        ("actor-no-exp", "It never expires.", actor().without("exp"), "claim_missing"),
        ("actor-no-sub", "It names nobody.", actor().without("sub"), "claim_missing"),
        (
            "actor-other-aud",
            "It is for another server.",
            actor().claim("aud", "https://auth.other.example/"),
            "audience_mismatch",
        ),
        ("actor-other-typ", "It is of another type.", actor().header("typ", "JWT"), "typ_mismatch"),
        (
            "actor-untrusted",
            "Its issuer is nobody's.",
            actor().claim("iss", "https://sender-chosen.example"),
            "issuer_untrusted",
        ),
        ("actor-signer", "Another key signed it.", actor().signed_by(ATTACKER.es256()), "signature_invalid"),
        ("actor-act-text", "`act` in it is a string.", actor().claim("act", "agent-6"), "claim_malformed"),
        (
            "actor-bound",
            "It is bound to a key that nobody proves.",
            actor().claim("cnf", json!({"jkt": CLIENT.es256().thumbprint()})),
            "proof_missing",
        ),
        (
            "actor-long",
            "It lives longer than ten minutes.",
            actor().claim("exp", NOW + 601),
            "lifetime_too_long",
        ),
    ];
    for (id, comment, token, code) in rows {
        group.invalid(
            case(id, comment, "RFC 8693 §2.2.2", &["R8693-006", "AMB-024", "R8693-012"]),
            "actor",
            through(good(), &token).input(),
            fails(code, "invalid_request"),
        );
    }
    group
        .invalid(
            case(
                "actor-broken",
                "One bit of the signature is flipped.",
                "RFC 8693 §2.2.2",
                &["R8693-006", "AMB-024"],
            ),
            "actor",
            good()
                .set("actor_token", break_signature(&actor().compact()))
                .set("actor_token_type", JWT)
                .input(),
            fails("signature_invalid", "invalid_request"),
        )
        .invalid(
            case(
                "actor-other-type",
                "It is declared as something else.",
                "RFC 8693 §2.1",
                &["R8693-006", "AMB-024"],
            ),
            "actor",
            through(good(), &actor()).set("actor_token_type", super::ID_TOKEN).input(),
            fails("actor_token_unsupported", "invalid_request"),
        );
    let proof = endpoint().proof(CLIENT.es256());
    let bound_to =
        |key: crate::generate::keys::TestKey| actor().claim("cnf", json!({"jkt": key.thumbprint()}));
    group
        .valid(
            case("actor-bound-proven", "It is bound, and its key is proven.", "RFC 7800 §3", &["R8693-006"]),
            through(good().proof(&proof), &bound_to(CLIENT.es256())).input(),
            acted(&endpoint().bound(), &act),
        )
        .invalid(
            case(
                "actor-bound-to-another",
                "It is bound to another key than the proof's.",
                "RFC 7800 §3",
                &["R8693-006"],
            ),
            "actor-bound-proven",
            through(good().proof(&proof), &bound_to(ATTACKER.es256())).input(),
            fails("proof_key_mismatch", "invalid_request"),
        );
    let allowing = |may_act: Value| through(exchange(&id_token().claim("may_act", may_act)), &actor());
    group.valid(
        case("may-act", "The user lets this actor act.", "RFC 8693 §4.4", &["AMB-024"]),
        allowing(json!({"sub": "agent-7", "iss": AGENTS})).input(),
        answer,
    );
    let passed_on = actor().claim("act", json!({"sub": "agent-6"}));
    let allowing_chain =
        |sub: &str| through(exchange(&id_token().claim("may_act", json!({"sub": sub}))), &passed_on).input();
    group
        .valid(
            case("may-act-chain", "The user lets the one act who acts now.", "RFC 8693 §4.1", &["R8693-015"]),
            allowing_chain("agent-7"),
            acted(&output(), &json!({"iss": AGENTS, "sub": "agent-7", "act": {"sub": "agent-6"}})),
        )
        .invalid(
            case(
                "may-act-prior",
                "The user lets one act who acted before: that is history.",
                "RFC 8693 §4.1",
                &["R8693-015", "AMB-024"],
            ),
            "may-act-chain",
            allowing_chain("agent-6"),
            fails("actor_unauthorized", "invalid_request"),
        );
    for (id, comment, may_act) in [
        ("may-act-other", "The user lets another one act.", json!({"sub": "agent-8", "iss": AGENTS})),
        (
            "may-act-other-issuer",
            "The user lets one of another issuer act.",
            json!({"sub": "agent-7", "iss": "https://other.example"}),
        ),
        ("may-act-nobody", "It does not say whom.", json!({"iss": AGENTS})),
        (
            "may-act-kind",
            "The user lets it act as an actor of a kind that it is not.",
            json!({"sub": "agent-7", "iss": AGENTS, "sub_profile": "researcher"}),
        ),
        (
            "may-act-mail",
            "The user names actors in a way that is not understood.",
            json!({"sub": "agent-7", "iss": AGENTS, "email": "a@agents.example"}),
        ),
    ] {
        group.invalid(
            case(id, comment, "RFC 8693 §4.4", &["AMB-024"]),
            "may-act",
            allowing(may_act).input(),
            fails("actor_unauthorized", "invalid_request"),
        );
    }
    topic.group("Nobody can validate actor tokens, and one is sent.", config(), with_agents(), NOW).invalid(
        case("actor-refused", "It is refused, not ignored.", "RFC 8693 §2.1", &["AMB-024", "R8693-006"]),
        "actor",
        through(good(), &actor()).input(),
        fails("actor_token_unsupported", "invalid_request"),
    );
    let profiled =
        with(&config(), &[("server/actor_profiles", json!([{"issuer": AGENTS, "typ": "actor+jwt"}]))]);
    topic.group("The keys of the actors' issuer cannot be had.", profiled, provider_keys(), NOW).invalid(
        case("actor-no-keys", "Nothing is decided.", "RFC 6749 §4.1.2.1", &["AMB-024"]),
        "actor",
        through(good(), &actor()).input(),
        fails("keys_unavailable", "temporarily_unavailable"),
    );
    topic.finish()
}
