//! `dpop.verify`: RFC 9449 §4.3, check by check.

use serde_json::{Value, json};

use crate::expand::base64url;
use crate::format::Topic;
use crate::generate::dsl::{About, GroupBuilder, TopicBuilder, case, fails, keys, with};
use crate::generate::keys::{ATTACKER, Alg, CLIENT, TestKey};
use crate::generate::mint::{Jws, ath, break_signature, hmac, replay_name, with_padding};
use crate::generate::scene::{NOW, RAS_TOKEN_ENDPOINT, RESOURCE};
use crate::generate::verifiers::{Row, at, ceiling, row};
use crate::json;

const SPEC: &str = "RFC 9449 §4.3";
const WINDOW: u64 = 60;

/// The example access token of RFC 9449 §7.1 and the hash that the RFC gives for it.
pub const EXAMPLE_TOKEN: &str = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
/// See [`EXAMPLE_TOKEN`].
pub const EXAMPLE_ATH: &str = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo";

fn proof() -> Jws {
    proof_by(CLIENT.es256())
}

fn proof_by(key: TestKey) -> Jws {
    let claims = json!({"jti": "proof-1", "htm": "POST", "htu": RAS_TOKEN_ENDPOINT, "iat": NOW});
    Jws::dpop(key, &claims)
}

fn input(proof: &str) -> Value {
    json!({"proof": proof, "method": "POST", "url": RAS_TOKEN_ENDPOINT})
}

/// What is known of a good proof: the thumbprint of its key, and what to remember until its `iat` leaves the window.
fn output(key: TestKey, proof: &Jws) -> Value {
    let (jkt, claims) = (key.thumbprint(), proof.claims());
    let jti = claims["jti"].as_str().expect("a string");
    let until = ceiling(&claims["iat"]) + WINDOW + 1;
    let name = replay_name("dpop_proof", &jkt, jti);
    json!({"jkt": jkt, "replay_key": {"kind": "dpop_proof", "name": name, "retain_until": until}})
}

fn group<'a>(topic: &'a mut TopicBuilder, comment: &str) -> GroupBuilder<'a> {
    topic.group(comment, json!({"algorithms": ["ES256"], "window": WINDOW}), keys(), NOW)
}

fn accepts(group: &mut GroupBuilder<'_>, about: About, proof: &Jws, changes: &[(&str, Value)]) {
    group.valid(about, with(&input(&proof.compact()), changes), output(CLIENT.es256(), proof));
}

fn refuses(
    group: &mut GroupBuilder<'_>,
    twin: &str,
    changes: &[(&str, Value)],
    rows: impl IntoIterator<Item = Row>,
) {
    for row in rows {
        let oauth = if row.code == "proof_nonce_required" { "use_dpop_nonce" } else { "invalid_dpop_proof" };
        group.invalid(row.about, twin, with(&input(&row.token), changes), fails(row.code, oauth));
    }
}

fn good(group: &mut GroupBuilder<'_>) {
    accepts(group, case("good", "An ordinary proof.", SPEC, &[]), &proof(), &[]);
}

/// Steps 2 to 7: one well-formed JWT with the right header, signed by the key that it brings.
pub fn header() -> Topic {
    let mut topic = TopicBuilder::new("dpop.verify", "header");
    let mut group = group(&mut topic, "ES256 is allowed.");
    good(&mut group);
    for (id, typ) in [("typ-upper-case", "DPOP+JWT"), ("typ-media-type", "application/dpop+jwt")] {
        let about = case(id, "The same media type in another spelling.", SPEC, &["AMB-009"]);
        accepts(&mut group, about, &proof().header("typ", typ), &[]);
    }
    let typ = |id: &str, value: Value| {
        let req = &["R9449-009", "R8725-017", "R9449-020"];
        row(case(id, "Not the `typ` of a proof.", SPEC, req), proof().header("typ", value), "typ_mismatch")
    };
    refuses(
        &mut group,
        "good",
        &[],
        [
            typ("typ-jwt", json!("JWT")),
            typ("typ-access-token", json!("at+jwt")),
            typ("typ-id-jag", json!("oauth-id-jag+jwt")),
            typ("typ-client-assertion", json!("client-authentication+jwt")),
            typ("typ-space", json!("dpop+jwt ")),
            row(
                case("typ-absent", "No `typ`.", SPEC, &["R9449-009"]),
                proof().without_header("typ"),
                "typ_mismatch",
            ),
        ],
    );
    refuses(&mut group, "good", &[], shapes());
    refuses(&mut group, "good", &[], signatures());
    refuses(&mut group, "good", &[], embedded());
    topic.finish()
}

fn shapes() -> Vec<Row> {
    let good = proof().compact();
    let (signing_input, _) = good.rsplit_once('.').expect("three segments");
    let table = [
        ("empty", String::new()),
        ("garbage", "proof".to_owned()),
        ("two-by-comma", format!("{good}, {good}")),
        ("two-by-space", format!("{good} {good}")),
        ("padded", with_padding(&good, 2)),
        ("two-segments", signing_input.to_owned()),
        ("no-signature", format!("{signing_input}.")),
    ];
    let malformed = |(id, proof): (&str, String)| {
        row(case(id, "Not one well-formed JWT.", SPEC, &["R9449-007", "R9449-020"]), proof, "token_malformed")
    };
    let mut rows: Vec<Row> = table.into_iter().map(malformed).collect();
    let about = case("alg-twice", "`alg` occurs twice.", SPEC, &["R9449-007", "AMB-028"]);
    rows.push(row(about, proof().duplicate_header("alg", "ES256"), "duplicate_member"));
    let about = case("jti-twice", "`jti` occurs twice.", SPEC, &["R9449-007", "AMB-028"]);
    rows.push(row(about, proof().duplicate_claim("jti", "proof-2"), "duplicate_member"));
    let about = case("claims-array", "The claims are an array.", SPEC, &["R9449-007", "R7519-001"]);
    rows.push(row(about, proof().payload_bytes("[]"), "claims_malformed"));
    rows
}

fn signatures() -> Vec<Row> {
    let alg: &[&str] = &["R9449-010", "AMB-013", "R9449-020"];
    let signature: &[&str] = &["R9449-011", "R9449-020"];
    let hs256 = proof().header("alg", "HS256");
    let compact = hs256.compact();
    let (signing_input, _) = compact.rsplit_once('.').expect("three segments");
    let secret = json::compact(&CLIENT.es256().bare_jwk());
    let mac = hmac(secret.as_bytes(), signing_input.as_bytes());
    let altered = {
        let other = proof().claim("jti", "proof-2").compact();
        let good = proof().compact();
        let (_, old) = good.rsplit_once('.').expect("three segments");
        format!("{}.{old}", other.rsplit_once('.').expect("three segments").0)
    };
    vec![
        row(case("alg-none", "`none`.", SPEC, alg), proof().header("alg", "none"), "algorithm_not_allowed"),
        row(
            case("public-key-as-secret", "HS256 with the public key as the secret.", SPEC, alg),
            hs256.signature(mac),
            "algorithm_not_allowed",
        ),
        row(
            case("alg-not-allowed", "An algorithm that is not on the list.", SPEC, alg),
            proof().header("alg", "EdDSA"),
            "algorithm_not_allowed",
        ),
        row(
            case("broken", "One bit of the signature is flipped.", SPEC, signature),
            break_signature(&proof().compact()),
            "signature_invalid",
        ),
        row(
            case("signed-by-another", "Another key signed.", SPEC, signature),
            proof().signed_by(ATTACKER.es256()),
            "signature_invalid",
        ),
        row(
            case("payload-altered", "The claims are not those that were signed.", SPEC, signature),
            altered,
            "signature_invalid",
        ),
    ]
}

/// The key in the header.
fn embedded() -> Vec<Row> {
    let bare = CLIENT.es256().bare_jwk();
    let private: &[&str] = &["R9449-012", "R8037-002", "R9449-020"];
    let jwk: &[&str] = &["R9449-001", "R9449-008"];
    let oct = json!({"kty": "oct", "k": base64url(&[7; 32])});
    let d = CLIENT.es256().private_jwk()["d"].clone();
    let x = bare["x"].as_str().expect("x").to_owned();
    let table: Vec<(&str, Value, &[&str], &'static str)> = vec![
        ("jwk-private", with(&bare, &[("d", d)]), private, "key_private"),
        ("jwk-oct", oct, private, "key_private"),
        (
            "jwk-rsa-private",
            with(&CLIENT.rs256().bare_jwk(), &[("p", json!("AQAB"))]),
            private,
            "key_private",
        ),
        ("jwk-string", json!("key"), jwk, "header_malformed"),
        ("jwk-array", json!([bare]), jwk, "header_malformed"),
        ("jwk-empty", json!({}), jwk, "key_malformed"),
        ("jwk-lower-case-type", with(&bare, &[("kty", json!("ec"))]), &["R7517-002"], "key_type_unsupported"),
        (
            "jwk-other-curve",
            with(&bare, &[("crv", json!("secp256k1"))]),
            &["R7518-003"],
            "key_type_unsupported",
        ),
        ("jwk-short", with(&bare, &[("x", json!(x[..40].to_owned()))]), &["R7518-003"], "key_malformed"),
        (
            "jwk-off-curve",
            with(&bare, &[("y", json!(base64url(&[1; 32])))]),
            &["R8725-008", "R7518-003"],
            "key_weak",
        ),
        ("jwk-of-another-type", CLIENT.eddsa().bare_jwk(), &["R8725-002", "R8725-003"], "key_use_mismatch"),
        ("jwk-for-encryption", with(&bare, &[("use", json!("enc"))]), &["R7517-003"], "key_use_mismatch"),
        ("jwk-for-signing", with(&bare, &[("key_ops", json!(["sign"]))]), &["R7517-003"], "key_use_mismatch"),
        (
            "jwk-other-alg",
            with(&bare, &[("alg", json!("ES384"))]),
            &["R7517-003", "R8725-003"],
            "key_use_mismatch",
        ),
    ];
    let refused = |(id, jwk, req, code): (&str, Value, &[&str], &'static str)| {
        row(case(id, "A key that is none for this.", SPEC, req), proof().header("jwk", jwk), code)
    };
    let mut rows: Vec<Row> = table.into_iter().map(refused).collect();
    let about = case("jwk-absent", "No key.", SPEC, jwk);
    rows.push(row(about, proof().without_header("jwk"), "header_malformed"));
    rows
}

/// Every algorithm can carry a proof.
pub fn algorithms() -> Topic {
    let mut topic = TopicBuilder::new("dpop.verify", "algorithms");
    let config = json!({"algorithms": Alg::ALL.map(Alg::name), "window": WINDOW});
    let mut group = topic.group("Every algorithm is allowed.", config, keys(), NOW);
    for alg in Alg::ALL {
        let (key, id) = (CLIENT.key(alg), alg.name().to_lowercase());
        let proof = proof_by(key);
        let about = case(&id, &format!("A proof by {}.", alg.name()), SPEC, &["R9449-010"]);
        group.valid(about, input(&proof.compact()), output(key, &proof));
        let about =
            case(&format!("{id}-broken"), "One bit of the signature is flipped.", SPEC, &["R9449-011"]);
        refuses(&mut group, &id, &[], [row(about, break_signature(&proof.compact()), "signature_invalid")]);
    }
    let config = json!({"algorithms": [], "window": WINDOW});
    topic.group("No algorithm is allowed.", config, keys(), NOW).invalid(
        case("none-allowed", "A verifier without a list cannot be built.", "RFC 8725 §3.1", &["R8725-001"]),
        "es256",
        input(&proof().compact()),
        crate::generate::dsl::fails_locally("config_invalid"),
    );
    topic.finish()
}

/// Steps 3 and 8 to 11: the claims of a proof against the request.
pub fn request() -> Topic {
    let mut topic = TopicBuilder::new("dpop.verify", "request");
    let mut group = group(&mut topic, "A request to a token endpoint.");
    good(&mut group);
    for (name, spec_req) in
        [("jti", "R9449-008"), ("htm", "R9449-008"), ("htu", "R9449-008"), ("iat", "R9449-008")]
    {
        let req = &[spec_req, "R9449-020"];
        let about = case(&format!("{name}-missing"), &format!("No `{name}`."), SPEC, req);
        refuses(&mut group, "good", &[], [row(about, proof().without(name), "claim_missing")]);
        for (kind, value) in [
            ("null", Value::Null),
            ("array", json!(["POST"])),
            ("object", json!({})),
            ("boolean", json!(true)),
        ] {
            let about = case(&format!("{name}-{kind}"), &format!("`{name}` is of type {kind}."), SPEC, req);
            refuses(&mut group, "good", &[], [row(about, proof().claim(name, value), "claim_malformed")]);
        }
    }
    let long = |length: usize| "j".repeat(length);
    accepts(
        &mut group,
        case("jti-longest", "A `jti` of 256 octets.", "RFC 9449 §11.1", &["R9449-036"]),
        &proof().claim("jti", long(256)),
        &[],
    );
    refuses(
        &mut group,
        "jti-longest",
        &[],
        [
            row(
                case("jti-too-long", "A `jti` of 257 octets.", "RFC 9449 §11.1", &["R9449-036"]),
                proof().claim("jti", long(257)),
                "claim_malformed",
            ),
            row(
                case("jti-empty", "An empty `jti`.", SPEC, &["R9449-008"]),
                proof().claim("jti", ""),
                "claim_malformed",
            ),
            row(
                case("jti-number", "A `jti` that is a number.", SPEC, &["R9449-008"]),
                proof().claim("jti", 1),
                "claim_malformed",
            ),
        ],
    );
    for (id, htm) in
        [("htm-get", "GET"), ("htm-lower-case", "post"), ("htm-space", "POST "), ("htm-empty", "")]
    {
        let about = case(id, &format!("`htm` is {htm:?}."), SPEC, &["R9449-013", "R9449-020"]);
        refuses(&mut group, "good", &[], [row(about, proof().claim("htm", htm), "proof_method_mismatch")]);
    }
    let about = case("sent-by-get", "A proof for POST with a GET request.", SPEC, &["R9449-013"]);
    refuses(&mut group, "good", &[("method", json!("GET"))], [row(about, proof(), "proof_method_mismatch")]);
    addresses(&mut group);
    times(&mut group);
    topic.finish()
}

fn addresses(group: &mut GroupBuilder<'_>) {
    let same: &[&str] = &["R9449-015", "R9449-014"];
    for (id, htu) in [
        ("htu-query", format!("{RAS_TOKEN_ENDPOINT}?a=b")),
        ("htu-fragment", format!("{RAS_TOKEN_ENDPOINT}#a")),
        ("htu-host-upper-case", "https://AUTH.chat.example/oauth2/token".to_owned()),
        ("htu-scheme-upper-case", "HTTPS://auth.chat.example/oauth2/token".to_owned()),
        ("htu-default-port", "https://auth.chat.example:443/oauth2/token".to_owned()),
        ("htu-dot-segments", "https://auth.chat.example/x/../oauth2/./token".to_owned()),
        ("htu-percent-encoded", "https://auth.chat.example/oauth2/%74oken".to_owned()),
    ] {
        let about = case(id, "The same address in another spelling.", SPEC, same);
        accepts(group, about, &proof().claim("htu", htu), &[]);
    }
    let about = case("url-query", "The query of the request does not count.", SPEC, same);
    accepts(group, about, &proof(), &[("url", json!(format!("{RAS_TOKEN_ENDPOINT}?a=b")))]);
    for (id, htu) in [
        ("htu-other-path", "https://auth.chat.example/oauth2/tokens"),
        ("htu-path-upper-case", "https://auth.chat.example/OAuth2/token"),
        ("htu-trailing-slash", "https://auth.chat.example/oauth2/token/"),
        ("htu-other-host", "https://auth.chat.example.attacker.example/oauth2/token"),
        ("htu-other-scheme", "http://auth.chat.example/oauth2/token"),
        ("htu-other-port", "https://auth.chat.example:8443/oauth2/token"),
        ("htu-user", "https://user@auth.chat.example/oauth2/token"),
        ("htu-relative", "/oauth2/token"),
        ("htu-empty", ""),
    ] {
        let about = case(id, &format!("`htu` is {htu:?}."), SPEC, &["R9449-014", "R9449-015", "R9449-020"]);
        refuses(group, "good", &[], [row(about, proof().claim("htu", htu), "proof_uri_mismatch")]);
    }
}

fn times(group: &mut GroupBuilder<'_>) {
    let req: &[&str] = &["R9449-017", "R9449-020"];
    for (id, iat) in [("oldest", NOW - WINDOW), ("newest", NOW + WINDOW)] {
        accepts(
            group,
            case(id, "The edge of the window of 60 s.", SPEC, &["R9449-017"]),
            &proof().claim("iat", iat),
            &[],
        );
    }
    for (id, iat, code) in [
        ("too-old", json!(NOW - WINDOW - 1), "token_too_old"),
        ("long-ago", json!(0), "token_too_old"),
        ("before-the-epoch", json!(-1), "token_too_old"),
        ("ahead", json!(NOW + WINDOW + 1), "token_issued_in_future"),
        ("far-ahead", json!(4_000_000_000_u64), "token_issued_in_future"),
        ("iat-string", json!(NOW.to_string()), "claim_malformed"),
    ] {
        let about = case(id, &format!("`iat` is {iat}, the time {NOW}."), SPEC, req);
        refuses(group, "good", &[], [row(about, proof().claim("iat", iat), code)]);
    }
}

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
            row(about("nonce-missing", "No nonce."), proof(), "proof_nonce_required"),
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
