//! The dearest tokens that a stranger can send, each beside a good one.

use corpus::{Alg, Corpus, bent};
use harness::{Contender, Failure, Races};
use idjag::Limits;
use idjag::crypto::rustcrypto::PROVIDER;
use idjag::oauth::http::{Headers, HttpRequest};
use serde_json::{Value, json};

use crate::ours::{Ours, request};

/// Bytes of JSON that fit into a token of the size that is taken, beside its header and its signature.
const ROOM: usize = 12_000;
/// Values and names that a token may have beside its own claims, of which there are a dozen.
const VALUES: usize = 478;

pub(crate) fn run(races: Races, corpus: &Corpus) -> Result<(), Failure> {
    let ours = Ours::new(corpus, PROVIDER, Limits::DEFAULT)?;
    ours.keys.prepare();
    let server = ours.server()?;
    let good = request(&corpus.good(Alg::Es256)?);
    let row = |kind: &str, ours: &Ours, abusive: &HttpRequest| {
        if ours.permits(&server, abusive) {
            return Err(format!("{kind}: the abusive token is taken"));
        }
        let mut contenders = [
            Contender::new("idjag, good", || ours.permits(&server, &good)),
            Contender::new("idjag, abused", || !ours.permits(&server, abusive)),
        ];
        races.row("abuse", kind, &mut contenders)
    };
    for (kind, token) in tokens(corpus)? {
        row(kind, &ours, &request(&token))?;
    }
    let many = many_keys(corpus)?;
    row("1,000 keys, an unknown one claimed", &many, &request(&claiming(corpus, "G")?))?;
    proof(races, corpus, &ours)
}

/// Each as large as is taken, and with a signature that does not hold; but for the last, which the issuer signed.
fn tokens(corpus: &Corpus) -> Result<Vec<(&'static str, String)>, Failure> {
    let header = r#"{"typ":"at+jwt","alg":"ES256","kid":"ES256"}"#;
    let claims = corpus.claims().to_string();
    let with = |more: String| format!("{},{more}}}", &claims[..claims.len() - 1]);
    let unsigned = |payload: String| Ok::<_, Failure>(bent(&corpus.sign(Alg::Es256, header, &payload)?));
    let listed = |name: &str, item: &str| {
        let items = vec![item; (ROOM - claims.len()) / (item.len() + 1) - 2];
        with(format!("\"{name}\":[{}]", items.join(",")))
    };
    let filled = |mut more: String, unit: &str| {
        more.push_str(",\"y\":\"");
        while claims.len() + more.len() + unit.len() < ROOM - 10 {
            more.push_str(unit);
        }
        with(more + "\"")
    };
    let values = |item: &str, count: usize| format!("\"x\":[{}]", vec![item; VALUES / count].join(","));
    // In no order and of one beginning: other names are found to be distinct for less.
    let names = (0..VALUES / 2).map(|number| number * 7_919 % 99_991);
    let members = names.map(|name| format!("\"beginning{name:05}\":0")).collect::<Vec<String>>().join(",");
    let mut crowded = corpus.claims();
    crowded["aud"] = vec!["https://a.example"; 450].into();
    let long_kid = json!({"typ": "at+jwt", "alg": "ES256", "kid": "k".repeat(ROOM - 2_000)}).to_string();
    Ok(vec![
        ("a bad signature", bent(&corpus.good(Alg::Es256)?)),
        ("one long string", unsigned(with(format!("\"x\":\"{}\"", "x".repeat(ROOM - claims.len() - 10))))?),
        (
            "a string of escapes",
            unsigned(with(format!("\"x\":\"{}\"", r"\u0041".repeat((ROOM - claims.len()) / 6 - 3))))?,
        ),
        ("many members", unsigned(filled(members.clone(), "x"))?),
        ("many members, a string of escapes", unsigned(filled(members, r"\u0041"))?),
        ("deep nesting", unsigned(filled(values("[[[[[[[[[[0]]]]]]]]]]", 11), "x"))?),
        ("many strings", unsigned(filled(values("\"\"", 1), "x"))?),
        ("more values than are taken", unsigned(listed("x", "\"\""))?),
        ("long numbers", unsigned(listed("x", "1.7976931348623157e308"))?),
        ("many digits", unsigned(with(format!("\"x\":0.{}1", "0".repeat(ROOM - claims.len() - 20))))?),
        ("a long key name", bent(&corpus.sign(Alg::Es256, &long_kid, &claims)?)),
        ("450 audiences, signed, not one ours", corpus.token(Alg::Es256, &crowded)?),
    ])
}

fn claiming(corpus: &Corpus, kid: &str) -> Result<String, Failure> {
    let header = json!({"typ": "at+jwt", "alg": "ES256", "kid": kid}).to_string();
    corpus.sign(Alg::Es256, &header, &corpus.claims().to_string())
}

fn many_keys(corpus: &Corpus) -> Result<Ours, Failure> {
    let named = |name: String| {
        let mut jwk = corpus.jwk(Alg::Es256);
        jwk["kid"] = name.into();
        jwk
    };
    let mut keys: Vec<Value> = (1..1_000).map(|number| named(format!("{number}"))).collect();
    keys.push(corpus.jwk(Alg::Es256));
    let mut limits = Limits::DEFAULT;
    limits.jwks_bytes = 1 << 20;
    let ours = Ours::with_keys(corpus, PROVIDER, limits, &json!({"keys": keys}).to_string())?;
    ours.keys
        .keys()
        .keys()
        .iter()
        .filter(|key| key.kid().is_some_and(|kid| kid.as_str() == "ES256"))
        .for_each(|key| key.prepare());
    Ok(ours)
}

/// A proof by a key that nobody has seen before, with a bad signature, beside one with a good one.
fn proof(races: Races, corpus: &Corpus, ours: &Ours) -> Result<(), Failure> {
    let server = ours.server()?;
    let (token, proof) = corpus.bound()?;
    let request = |proof: String| HttpRequest {
        headers: Headers::new().with("Authorization", format!("DPoP {token}")).with("DPoP", proof),
        ..request("")
    };
    let (good, abusive) = (request(proof.clone()), request(bent(&proof)));
    if !ours.permits(&server, &good) {
        return Err("a good proof is refused".into());
    }
    let mut contenders = [
        Contender::new("idjag, good", || ours.permits(&server, &good)),
        Contender::new("idjag, abused", || !ours.permits(&server, &abusive)),
    ];
    races.row("abuse", "a proof with a fresh key and a bad signature", &mut contenders)
}
