//! RFC 9449 §4.3, steps 10 and 12: the access token that the proof comes with, and the nonce of the server.

use serde_json::json;

use super::{EXAMPLE_ATH, EXAMPLE_TOKEN, SPEC, accepts, good, group, proof, refuses};
use crate::format::Topic;
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case};
use crate::generate::keys::CLIENT;
use crate::generate::mint::{ath, break_signature};
use crate::generate::scene::{RAS_TOKEN_ENDPOINT, RESOURCE};
use crate::generate::verifiers::{at, row};

/// Step 10 and 12: the access token that the proof comes with, and the nonce of the server.
pub fn bindings() -> Topic {
    let mut topic = TopicBuilder::new("dpop.verify", "bindings");
    let mut group = group(&mut topic, "A request with an access token, then with a nonce.");
    let token = at().compact();
    let carried = [("access_token", json!(token))];
    let bound = || proof().claim("ath", ath(&token));
    good(&mut group);
    accepts(&mut group, case("ath", "The hash of the token.", SPEC, &["R9449-018"]), &bound(), &carried);
    accepts(
        &mut group,
        case("ath-not-asked", "A hash that nobody asks for.", SPEC, &[]),
        &proof().claim("ath", EXAMPLE_ATH),
        &[],
    );
    accepts(
        &mut group,
        case("ath-of-the-rfc", "The example of RFC 9449 §7.1.", "RFC 9449 §7.1", &["R9449-004"]),
        &proof().claim("ath", EXAMPLE_ATH),
        &[("access_token", json!(EXAMPLE_TOKEN))],
    );
    let req: &[&str] = &["R9449-018", "R9449-026"];
    let hash = ath(&token);
    let hex: String = hash.bytes().map(|byte| format!("{byte:02x}")).collect();
    let wrong = |id: &str, ath: String| {
        row(
            case(id, "Not the hash of this token.", SPEC, req),
            proof().claim("ath", ath),
            "proof_token_mismatch",
        )
    };
    refuses(
        &mut group,
        "ath",
        &carried,
        [
            row(
                case("ath-missing", "No `ath`.", SPEC, &["R9449-018", "R9449-004"]),
                proof(),
                "claim_missing",
            ),
            row(case("ath-number", "A number.", SPEC, req), proof().claim("ath", 7), "claim_malformed"),
            wrong("ath-of-another", EXAMPLE_ATH.to_owned()),
            wrong("ath-padded", format!("{hash}=")),
            wrong("ath-hex", hex),
            wrong("ath-upper-case", hash.to_uppercase()),
            wrong("ath-empty", String::new()),
        ],
    );
    nonces(&mut group);
    topic.finish()
}

fn nonces(group: &mut GroupBuilder<'_>) {
    let asked = [("nonce", json!({"current": "nonce-2", "previous": "nonce-1"}))];
    let first = [("nonce", json!({"current": "nonce-2"}))];
    let about =
        |id: &str, comment: &str| case(id, comment, "RFC 9449 §8", &["R9449-016", "R9449-035", "R9449-032"]);
    accepts(group, about("nonce", "The current nonce."), &proof().claim("nonce", "nonce-2"), &asked);
    accepts(group, about("nonce-previous", "The one before it."), &proof().claim("nonce", "nonce-1"), &asked);
    accepts(
        group,
        case("nonce-not-asked", "A nonce that nobody asks for.", "RFC 9449 §8", &[]),
        &proof().claim("nonce", "x"),
        &[],
    );
    refuses(
        group,
        "nonce",
        &asked,
        [
            row(
                case("nonce-missing", "No nonce.", "RFC 9449 §8", &["R9449-016", "R9449-035", "R9449-005"]),
                proof(),
                "proof_nonce_required",
            ),
            row(
                about("nonce-other", "Another nonce."),
                proof().claim("nonce", "nonce-0"),
                "proof_nonce_required",
            ),
            row(
                about("nonce-upper-case", "The nonce in upper case."),
                proof().claim("nonce", "NONCE-2"),
                "proof_nonce_required",
            ),
            row(about("nonce-number", "A number."), proof().claim("nonce", 2), "claim_malformed"),
        ],
    );
    let forged = row(
        case(
            "forged-without-nonce",
            "A forged proof is not answered with a nonce.",
            "RFC 9449 §8",
            &["R9449-011"],
        ),
        break_signature(&proof().claim("nonce", "nonce-2").compact()),
        "signature_invalid",
    );
    refuses(group, "nonce", &asked, [forged]);
    let about = about("nonce-before-the-first", "The previous nonce, where there is none.");
    refuses(
        group,
        "nonce-previous",
        &first,
        [row(about, proof().claim("nonce", "nonce-1"), "proof_nonce_required")],
    );
}

/// The proof of the resource's own request, with everything that it can hold.
pub fn resource() -> Topic {
    let mut topic = TopicBuilder::new("dpop.verify", "resource");
    let token = at().claim("cnf", json!({"jkt": CLIENT.es256().thumbprint()})).compact();
    let proof = proof().claim("htu", format!("{RESOURCE}mcp")).claim("ath", ath(&token)).claim("nonce", "n");
    let changes = [
        ("url", json!(format!("{RESOURCE}mcp?session=1"))),
        ("access_token", json!(token)),
        ("nonce", json!({"current": "n"})),
    ];
    let mut group = group(&mut topic, "A request to a resource.");
    accepts(
        &mut group,
        case("everything", "Token, nonce and query.", SPEC, &["R9449-014", "R9449-018", "R9449-016"]),
        &proof,
        &changes,
    );
    let endpoint = proof.clone().claim("htu", RAS_TOKEN_ENDPOINT);
    let about = case(
        "of-the-token-endpoint",
        "A proof made for the token endpoint.",
        SPEC,
        &["R9449-014", "R9449-026"],
    );
    refuses(&mut group, "everything", &changes, [row(about, endpoint, "proof_uri_mismatch")]);
    topic.finish()
}
