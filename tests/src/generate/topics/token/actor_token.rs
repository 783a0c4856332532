//! What an actor token has of its own: RFC 8693 §2.1 under a configured profile, and the actor it becomes.

use serde_json::json;

use super::claim_types::slashed;
use crate::format::Topic;
use crate::generate::dsl::case;
use crate::generate::keys::{CLIENT, CLIENT2};
use crate::generate::scene::{IDP_ISSUER, OTHER_IDP_ISSUER, RAS_ISSUER};
use crate::generate::verifiers::{ACTOR_TOKEN, actor, row};

const SPEC: &str = "RFC 8693 §2.1";

/// Who vouches for whom, and what becomes `act`.
pub fn actors() -> Topic {
    let mut topic = ACTOR_TOKEN.topic("actors");
    let validated: &[&str] = &["R8693-006"];
    let mut bench = ACTOR_TOKEN.bench(&mut topic);
    bench
        .accepts_good(SPEC)
        .accepts(
            case("profile", "What kind of party acts.", SPEC, &[]),
            &actor().claim("sub_profile", "ai_agent"),
        )
        .accepts(
            case("chain", "An actor for whom another acted.", "RFC 8693 §4.1", &["R8693-014"]),
            &actor().claim("act", json!({"sub": "agent-6", "act": {"sub": "agent-5"}})),
        );
    for (id, iss) in [("iss-slash", slashed(OTHER_IDP_ISSUER)), ("iss-other", RAS_ISSUER.to_owned())] {
        let about = case(id, "Not the issuer of the profile.", SPEC, validated);
        bench.refuses("good", [row(about, actor().claim("iss", iss), "issuer_mismatch")]);
    }
    for (id, aud) in [("aud-two", json!([IDP_ISSUER, RAS_ISSUER])), ("aud-elsewhere", json!(RAS_ISSUER))] {
        let about = case(id, &format!("`aud` is {aud}."), SPEC, validated);
        bench.refuses("good", [row(about, actor().claim("aud", aud), "audience_mismatch")]);
    }
    bench.refuses_claims(
        "good",
        "claim_malformed",
        &[
            ("profile-number", "sub_profile", json!(1), SPEC, validated),
            ("act-string", "act", json!("agent-6"), "RFC 8693 §4.1", &["R8693-014"]),
            ("act-array", "act", json!([{"sub": "agent-6"}]), "RFC 8693 §4.1", &["R8693-014"]),
        ],
    );
    super::confirmation::cases(&ACTOR_TOKEN, &mut topic, CLIENT, CLIENT2);
    topic.finish()
}
