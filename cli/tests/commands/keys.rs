//! `idjag keygen` and `idjag verify`: a key made by one signs what the other verifies.

use serde_json::{Value, json};

use crate::support::{Room, operation, signed};

const NOW: u64 = 1_800_000_000;

fn id_jag(jwk: &str) -> String {
    let claims = json!({
        "iss": "https://idp.example", "sub": "alice", "aud": "https://as.example", "client_id": "desk",
        "jti": "j1", "iat": NOW, "exp": NOW + 300, "scope": "rows:read",
    });
    signed(jwk, "id_jag", &claims)
}

fn verify<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let common = ["verify", "--kind", "id-jag", "--keys", "public.json", "--now", "1800000010"];
    let about =
        ["--issuer", "https://idp.example", "--audience", "https://as.example", "--client-id", "desk"];
    [&common[..], &about, more].concat()
}

/// `args` with the value of one option replaced.
fn with<'a>(option: &str, value: &'a str) -> Vec<&'a str> {
    let mut args = verify(&[]);
    let at = args.iter().position(|arg| *arg == option).unwrap();
    args[at + 1] = value;
    args
}

#[test]
fn a_new_key_signs_what_verifies_under_its_public_half() {
    for alg in ["ES256", "EdDSA"] {
        let room = Room::new();
        let public = room.run(&["keygen", "--alg", alg, "--out", "private.json"]).ended(0);
        let set: Value = serde_json::from_str(&public).unwrap();
        assert!(set.pointer("/keys/0/d").is_none(), "{public}");
        assert_eq!(set["keys"][0]["alg"], alg);
        let algorithms = json!({ "algorithms": [alg], "jwk": set["keys"][0] });
        let named = operation(
            &mut idjag::wire::Table::new(&idjag::wire::Crypto::RUST),
            "jwk.thumbprint",
            "",
            &algorithms,
        );
        assert_eq!(set["keys"][0]["kid"], named["ok"]["jkt"], "the key is named by its thumbprint");
        room.write("public.json", &public);

        let token = id_jag(&room.read("private.json"));
        let out = room.run_with(&verify(&[]), token.as_bytes()).ended(0);
        assert!(out.starts_with("valid: id_jag\n"), "{out}");
        assert!(out.contains("not checked: replay, revocation, proof of possession, policy"), "{out}");
        let answer = room.run_with(&verify(&["--json", "-"]), token.as_bytes()).json(0);
        assert_eq!((&answer["valid"], &answer["claims"]["sub"]), (&json!(true), &json!("alice")));
    }
}

#[cfg(unix)]
#[test]
fn the_private_half_is_the_owners_alone_and_nothing_is_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let room = Room::new();
    let args = ["keygen", "--out", "private.json", "--public-out", "public.json", "--kid", "signing-1"];
    let out = room.run(&args).ended(0);
    assert!(out.contains("key `signing-1`"), "{out}");
    let mode = std::fs::metadata(room.path("private.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let (private, public) = (room.read("private.json"), room.read("public.json"));
    assert!(!public.contains("\"d\"") && private.contains("\"d\""));
    let secret: Value = serde_json::from_str(&private).unwrap();
    assert!(!out.contains(secret["d"].as_str().unwrap()));

    assert!(room.run(&args).trouble().contains("private.json"));
    // The other file exists: then neither is made.
    let half = ["keygen", "--out", "another.json", "--public-out", "public.json"];
    assert!(room.run(&half).trouble().contains("public.json"));
    assert!(!room.path("another.json").exists());
    assert_eq!((room.read("private.json"), room.read("public.json")), (private, public));
}

#[test]
fn the_private_half_is_printed_only_when_that_is_asked_for_in_so_many_words() {
    let room = Room::new();
    assert!(room.run(&["keygen"]).trouble().contains("--out"));
    assert!(room.run(&["keygen", "--private-to-stdout"]).trouble().contains("--public-out"));
    let out = room.run(&["keygen", "--private-to-stdout", "--public-out", "public.json"]).ended(0);
    assert!(serde_json::from_str::<Value>(&out).unwrap().get("d").is_some());
}

#[test]
fn a_token_that_is_not_what_was_expected_is_invalid_with_its_code() {
    let room = Room::new();
    let public = room.run(&["keygen", "--out", "private.json"]).ended(0);
    room.write("public.json", public);
    let token = id_jag(&room.read("private.json"));
    let expired = with("--now", "1800000400");
    for (args, code) in [
        (with("--issuer", "https://other.example"), "issuer_mismatch"),
        (with("--audience", "https://other.example"), "audience_mismatch"),
        (with("--client-id", "other"), "client_mismatch"),
        (expired.clone(), "token_expired"),
        (verify(&["--max-lifetime", "2m"]), "lifetime_too_long"),
        (verify(&["--alg", "EdDSA"]), "algorithm_not_allowed"),
    ] {
        let args = [&args[..], &["--json"]].concat();
        assert_eq!(room.run_with(&args, token.as_bytes()).json(1)["code"], code);
    }
    let out = room.run_with(&expired, token.as_bytes()).ended(1);
    assert_eq!(out, "invalid: token_expired: the token has expired\n");
    // The widest clocks do not save it.
    let lenient = [&expired[..], &["--tolerance", "100"]].concat();
    room.run_with(&lenient, token.as_bytes()).ended(1);
    let lenient = [&expired[..], &["--tolerance", "101"]].concat();
    room.run_with(&lenient, token.as_bytes()).ended(0);

    let (head, _) = token.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", "A".repeat(86));
    let out = room.run_with(&verify(&[]), forged.as_bytes()).ended(1);
    assert!(out.starts_with("invalid: signature_invalid: "), "{out}");
    assert!(room.run_with(&verify(&[]), b"garbage").ended(1).starts_with("invalid: token_malformed"));
}

#[test]
fn keys_that_cannot_be_used_are_named_when_none_fits() {
    let room = Room::new();
    room.run(&["keygen", "--out", "private.json"]).ended(0);
    room.write("public.json", r#"{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}"#);
    let token = id_jag(&room.read("private.json"));
    let out = room.run_with(&verify(&[]), token.as_bytes()).ended(1);
    assert!(out.starts_with("invalid: key_unknown: "), "{out}");
    assert!(out.contains("its key 0 cannot be used: "), "{out}");
}

#[test]
fn every_kind_says_what_it_has_to_know() {
    let room = Room::new();
    let public = room.run(&["keygen", "--out", "private.json"]).ended(0);
    room.write("public.json", public);
    let jwk = room.read("private.json");
    let run = |token: &str, kind: &str, more: &[&str]| {
        let args =
            [&["verify", "--keys", "public.json", "--now", "1800000010", "--kind", kind], more].concat();
        room.run_with(&args, token.as_bytes())
    };
    let access_token = json!({
        "iss": "https://as.example", "sub": "alice", "aud": "https://data.example/mcp", "client_id": "desk",
        "jti": "a1", "iat": NOW, "exp": NOW + 300,
    });
    let access_token = signed(&jwk, "access_token", &access_token);
    let about = ["--issuer", "https://as.example", "--audience", "https://data.example/mcp"];
    assert!(run(&access_token, "access-token", &about).ended(0).starts_with("valid: access_token\n"));
    let as_grant = [&about[..], &["--client-id", "desk"]].concat();
    assert!(run(&access_token, "id-jag", &as_grant).ended(1).contains("typ_mismatch"));

    let id_token = json!({ "iss": "https://idp.example", "sub": "alice", "aud": "desk", "iat": NOW, "exp": NOW + 300,
        "nonce": "n" });
    let id_token = signed(&jwk, "id_token", &id_token);
    let user = ["--issuer", "https://idp.example", "--client-id", "desk"];
    run(&id_token, "id-token", &user).ended(0);
    let nonce = |nonce| [&user[..], &["--nonce", nonce]].concat();
    run(&id_token, "id-token", &nonce("n")).ended(0);
    assert!(run(&id_token, "id-token", &nonce("m")).ended(1).contains("nonce_mismatch"));

    let assertion =
        json!({ "client_id": "desk", "aud": "https://as.example", "jti": "c", "iat": NOW, "exp": NOW + 60 });
    let assertion = signed(&jwk, "client_assertion", &assertion);
    let about = ["--client-id", "desk", "--audience", "https://as.example"];
    run(&assertion, "client-assertion", &about).ended(0);
    let elsewhere = ["--client-id", "desk", "--audience", "https://other.example"];
    assert!(run(&assertion, "client-assertion", &elsewhere).ended(1).contains("audience_mismatch"));

    let trouble = run(&access_token, "access-token", &["--issuer", "https://as.example"]).trouble();
    assert!(trouble.contains("--audience is needed"), "{trouble}");
    let trouble = run(&id_token, "id-token", &user[..2]).trouble();
    assert!(trouble.contains("--client-id"), "{trouble}");
    let more = [&user[..], &["--typ", "x"]].concat();
    assert!(run(&id_token, "id-token", &more).trouble().contains("--typ means nothing"));
    let insecure = ["--issuer", "http://idp.example", "--client-id", "desk"];
    assert!(run(&id_token, "id-token", &insecure).trouble().contains("https"));
}
