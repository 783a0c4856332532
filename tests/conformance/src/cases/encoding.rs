//! The bytes of an ID-JAG: compact serialization, base64url, JSON.

use crate::attempt::{Assertion, Attempt};
use crate::bench::{Bench, GRANT_OR_REQUEST};
use crate::case::{Case, Verdict, ensure, failed, must, should};
use crate::jws::{padded, trailing_bits};

pub(super) const CASES: &[Case] = &[
    must("encoding.garbage", "text that is no JWT", &["R7523-013", "R7515-001"], |bench| {
        bench.refused(GRANT_OR_REQUEST, |_, attempt| attempt.assertion = Assertion::Text("x".into()))
    }),
    must("encoding.dots", "three parts with nothing in them", &["R7523-013", "R7515-001"], |bench| {
        bench.refused(GRANT_OR_REQUEST, |_, attempt| attempt.assertion = Assertion::Text("..".into()))
    }),
    must("encoding.fourth-part", "a fourth part", &["R7515-001"], |bench| {
        bench.refused(GRANT_OR_REQUEST, |_, attempt| attempt.grant.then(|token| token + ".AA"))
    }),
    must("encoding.encrypted", "five parts, as an encrypted JWT has", &["AMB-029", "R8725B-002"], |bench| {
        bench.refused(GRANT_OR_REQUEST, |_, attempt| attempt.grant.then(|token| token + ".AA.AA"))
    }),
    must("encoding.json-serialization", "the JSON serialization", &["R8725B-001"], |bench| {
        bench.refused(GRANT_OR_REQUEST, |_, attempt| {
            let token = attempt.grant.compact();
            let parts: Vec<&str> = token.split('.').collect();
            if let [header, payload, signature] = parts[..] {
                let json =
                    serde_json::json!({"protected": header, "payload": payload, "signature": signature});
                attempt.assertion = Assertion::Text(json.to_string());
            }
        })
    }),
    must("encoding.two-grants", "two JWTs with a space between them", &["R7523-001"], |bench| {
        bench.refused(GRANT_OR_REQUEST, |bench, attempt| {
            let (first, second) = (attempt.grant.compact(), bench.grant(&attempt.client).compact());
            attempt.assertion = Assertion::Text(format!("{first} {second}"));
        })
    }),
    must("encoding.padding", "base64url with padding", &["R7515-002"], |bench| {
        bench.refused(GRANT_OR_REQUEST, |_, attempt| attempt.grant.then(padded))
    }),
    must("encoding.line-break", "a line break within a part", &["R7515-002"], |bench| {
        bench.refused(GRANT_OR_REQUEST, |_, attempt| {
            attempt.grant.then(|token| format!("{}\n{}", &token[..20], &token[20..]));
        })
    }),
    must("encoding.standard-base64", "a part with a letter of standard base64", &["R7515-002"], |bench| {
        bench.refused(GRANT_OR_REQUEST, |_, attempt| {
            attempt.grant.then(|token| token.replacen('.', "/.", 1));
        })
    }),
    should("encoding.trailing-bits", "a second spelling of the same bytes", &["R7515-002"], |bench| {
        bench.refused(GRANT_OR_REQUEST, |_, attempt| attempt.grant.then(trailing_bits))
    }),
    must("encoding.payload-not-json", "a payload that is no JSON", &["R7523-013"], |bench| {
        bench.refused(GRANT_OR_REQUEST, |_, attempt| attempt.grant.payload_text("{"))
    }),
    must("encoding.payload-array", "a payload that is an array", &["R7519-001", "R7523-013"], |bench| {
        bench.refused(GRANT_OR_REQUEST, |_, attempt| attempt.grant.payload_text("[]"))
    }),
    should("encoding.duplicate-subject", "a payload with `sub` twice", &["AMB-028"], |bench| {
        bench.refused(GRANT_OR_REQUEST, |_, attempt| attempt.grant.claim_before("sub", "somebody-else"))
    }),
    should("encoding.duplicate-audience", "a payload with `aud` twice", &["AMB-028"], |bench| {
        bench.refused(GRANT_OR_REQUEST, |_, attempt| {
            attempt.grant.claim_before("aud", "https://elsewhere.example")
        })
    }),
    must("encoding.deep", "a claim a thousand arrays deep does no harm", &["R7523-015"], |bench| {
        survives(bench, |attempt| {
            let deep = format!("{}1{}", "[".repeat(1000), "]".repeat(1000));
            let text = format!(r#"{{"deep":{deep},{}"#, &claims(attempt)[1..]);
            attempt.grant.payload_text(text);
        })
    }),
    must("encoding.large", "a grant of 200 kB does no harm", &["R7523-015"], |bench| {
        survives(bench, |attempt| attempt.grant.claim("large", "x".repeat(200_000)))
    }),
];

/// The claims of the grant as JSON text.
fn claims(attempt: &Attempt) -> String {
    let token = attempt.grant.compact();
    let payload = token.split('.').nth(1).and_then(crate::keys::from_base64url).unwrap_or_default();
    String::from_utf8_lossy(&payload).into_owned()
}

/// The server answers, grants or refuses, and goes on.
fn survives(bench: &Bench, change: fn(&mut Attempt)) -> Verdict {
    let mut attempt = bench.attempt();
    change(&mut attempt);
    // A server may hang up on whoever sends too much.
    let said = match bench.network.send(&attempt.request()) {
        Ok(answer) if answer.status >= 500 => return failed(answer.said()),
        Ok(answer) if answer.is_granted() || GRANT_OR_REQUEST.contains(&answer.text("error")) => {
            answer.said()
        }
        Ok(answer) => format!("refused ({})", answer.status),
        Err(_) => "hung up".to_owned(),
    };
    let after = bench.send(&bench.attempt())?;
    ensure(after.is_granted(), format!("afterwards: {}", after.said()))?;
    Ok(said)
}
