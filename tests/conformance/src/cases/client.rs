//! Who presents a grant: every way to authenticate, and every way to fail.

use crate::attempt::{Attempt, basic};
use crate::bench::{Bench, CLIENT, is_refusal, now};
use crate::case::{Case, Miss, Verdict, ensure, must, passed, should};
use crate::jws::broken_signature;
use crate::keys::{Key, unique};
use crate::world::{Client, Method};

pub(super) const CASES: &[Case] = &[
    must("client.basic", "client_secret_basic", &["JAG-063"], |bench| works(bench, Method::Basic)),
    must("client.post", "client_secret_post", &["JAG-063"], |bench| works(bench, Method::Post)),
    must("client.private-key-jwt", "private_key_jwt", &["JAG-063", "R7521-003"], |bench| {
        works(bench, Method::PrivateKeyJwt)
    }),
    should(
        "client.confidential",
        "a client that only names itself is refused",
        &["JAG-092", "AMB-020", "EMAP12-017"],
        |bench| {
            let client = bench.client().clone();
            let mut attempt = bench.attempt();
            attempt.authenticates = false;
            let errors = if client.method == Method::None {
                &["invalid_client", "unauthorized_client"][..]
            } else {
                CLIENT
            };
            is_refusal(&bench.send(&attempt)?, errors)?;
            passed()
        },
    ),
    must("client.nobody", "a request without any client is refused", &["EMAP12-017"], |bench| {
        let mut attempt = bench.attempt();
        attempt.authenticates = false;
        attempt.body = |body| without(&body, "client_id");
        is_refusal(&bench.send(&attempt)?, &["invalid_client", "invalid_request"])
    }),
    must(
        "client.basic-wrong-secret",
        "another secret in Basic credentials",
        &["R7523-014", "R6749-011"],
        |bench| refused(bench, Method::Basic, CLIENT, |_, attempt| attempt.client.secret = unique()),
    ),
    must(
        "client.basic-challenge",
        "what failed in the Authorization header is answered by 401 and a challenge",
        &["R6749-011"],
        |bench| {
            let mut attempt = bench.attempt_by(with(bench, Method::Basic)?);
            attempt.client.secret = unique();
            let answer = bench.send(&attempt)?;
            ensure(answer.status == 401, answer.said())?;
            let challenge = answer.header("www-authenticate").to_lowercase();
            ensure(challenge.starts_with("basic"), "401 without a `WWW-Authenticate: Basic`")?;
            passed()
        },
    ),
    must("client.basic-unknown", "a client that is not registered", &["R7523-014"], |bench| {
        refused(bench, Method::Basic, CLIENT, |_, attempt| attempt.client.id = unique())
    }),
    must("client.basic-garbage", "Basic credentials that are no base64", &["R6749-011"], |bench| {
        refused(bench, Method::Basic, &["invalid_client", "invalid_request"], |_, attempt| {
            attempt.authenticates = false;
            attempt.headers.push(("authorization".into(), "Basic *".into()));
        })
    }),
    must("client.post-wrong-secret", "another secret in the form", &["R7523-014"], |bench| {
        refused(bench, Method::Post, CLIENT, |_, attempt| attempt.client.secret = unique())
    }),
    must("client.two-methods", "a secret both in the header and in the form", &["R6749-004"], |bench| {
        refused(bench, Method::Basic, &["invalid_request", "invalid_client"], |_, attempt| {
            let (id, secret) = (attempt.client.id.clone(), attempt.client.secret.clone());
            attempt.parameter("client_id", id);
            attempt.parameter("client_secret", secret);
        })
    }),
    must(
        "client.basic-and-assertion",
        "Basic credentials, and another client's assertion",
        &["R6749-004"],
        |bench| {
            let mut both = bench.attempt_by(with(bench, Method::PrivateKeyJwt)?);
            let secret = with(bench, Method::Basic)?;
            both.grant = bench.grant(secret);
            both.headers.push(("authorization".into(), basic(&secret.id, &secret.secret)));
            is_refusal(&bench.send(&both)?, &["invalid_request", "invalid_client"])
        },
    ),
    must("client.two-authorizations", "two Authorization fields", &["R6749-004"], |bench| {
        refused(bench, Method::Basic, &["invalid_request", "invalid_client"], |_, attempt| {
            attempt.headers.push(("authorization".into(), basic(&attempt.client.id, &attempt.client.secret)));
        })
    }),
    should(
        "client.other-client-id",
        "a `client_id` in the form that is not the client's",
        &["R7521-003"],
        |bench| {
            refused(
                bench,
                Method::Basic,
                &["invalid_client", "invalid_request", "invalid_grant"],
                |bench, attempt| {
                    let other =
                        bench.world.other_than(&attempt.client).map_or_else(unique, |other| other.id.clone());
                    attempt.parameter("client_id", other);
                },
            )
        },
    ),
    must("client.jwt-signature", "a client assertion with a broken signature", &["R7521-004"], |bench| {
        by_assertion(bench, |_, attempt| change(attempt, |jws| jws.then(broken_signature)))
    }),
    must(
        "client.jwt-other-key",
        "a client assertion signed with a key that is not the client's",
        &["R7521-004"],
        |bench| by_assertion(bench, |_, attempt| change(attempt, |jws| jws.signed_by(&Key::es256()))),
    ),
    must("client.jwt-none", "a client assertion that is not signed", &["R7521-004"], |bench| {
        by_assertion(bench, |_, attempt| {
            change(attempt, |jws| {
                jws.header("alg", "none");
                jws.signature(&[]);
            });
        })
    }),
    must(
        "client.jwt-audience",
        "a client assertion for another server",
        &["R7523-005", "R7521-004"],
        |bench| {
            by_assertion(bench, |_, attempt| {
                change(attempt, |jws| jws.claim("aud", "https://elsewhere.example"))
            })
        },
    ),
    should(
        "client.jwt-token-endpoint",
        "a client assertion for the token endpoint's address",
        &["R7523B-002"],
        |bench| {
            by_assertion(bench, |bench, attempt| {
                let url = bench.token_endpoint.clone();
                change(attempt, |jws| jws.claim("aud", url));
            })
        },
    ),
    should(
        "client.jwt-two-audiences",
        "a client assertion for this server and another one",
        &["R7523B-001"],
        |bench| {
            by_assertion(bench, |bench, attempt| {
                let own = bench.world.url.clone();
                change(attempt, |jws| jws.claim("aud", vec![own, "https://elsewhere.example".into()]));
            })
        },
    ),
    must("client.jwt-expired", "a client assertion that has expired", &["R7523-006", "R7521-004"], |bench| {
        by_assertion(bench, |_, attempt| {
            change(attempt, |jws| {
                jws.claim("iat", now() - 7200);
                jws.claim("exp", now() - 3600);
            });
        })
    }),
    must("client.jwt-no-expiry", "a client assertion without `exp`", &["R7523-006", "R7521-004"], |bench| {
        by_assertion(bench, |_, attempt| change(attempt, |jws| jws.no_claim("exp")))
    }),
    must("client.jwt-issuer", "a client assertion whose `iss` is not the client", &["R7523-004"], |bench| {
        by_assertion(bench, |bench, attempt| {
            let other = bench.idp.issuer.clone();
            change(attempt, |jws| jws.claim("iss", other));
        })
    }),
    must(
        "client.jwt-client-id",
        "a client assertion beside the `client_id` of another client",
        &["R7521-003"],
        |bench| {
            let twin = |bench: &Bench| {
                bench.attempt_by(with(bench, Method::PrivateKeyJwt).unwrap_or(bench.client()))
            };
            with(bench, Method::PrivateKeyJwt)?;
            bench.refused_from(twin, &["invalid_client", "invalid_request"], |bench, attempt| {
                let other =
                    bench.world.other_than(&attempt.client).map_or_else(unique, |other| other.id.clone());
                attempt.parameter("client_id", other);
            })
        },
    ),
    should(
        "client.jwt-once",
        "a client assertion that was used before",
        &["AMB-001", "R7523-010"],
        |bench| {
            let client = with(bench, Method::PrivateKeyJwt)?;
            let (first, mut second) = (bench.attempt_by(client), bench.attempt_by(client));
            second.client_assertion.clone_from(&first.client_assertion);
            bench.granted(&first)?;
            is_refusal(&bench.send(&second)?, CLIENT)?;
            passed()
        },
    ),
    should("client.jwt-untyped", "a client assertion without `typ` works", &["R7523B-004"], |bench| {
        let mut attempt = bench.attempt_by(with(bench, Method::PrivateKeyJwt)?);
        change(&mut attempt, |jws| jws.no_header("typ"));
        bench.granted(&attempt)?;
        passed()
    }),
    must("client.grant-as-assertion", "an ID-JAG in place of a client assertion", &["R8725-017"], |bench| {
        by_assertion(bench, |_, attempt| attempt.client_assertion = Some(attempt.grant.clone()))
    }),
];

fn with(bench: &Bench, method: Method) -> Result<&Client, Miss> {
    let none = || Miss::NotApplicable(format!("no client is registered for {}", method.name()));
    bench.world.client_with(method).ok_or_else(none)
}

fn works(bench: &Bench, method: Method) -> Verdict {
    bench.granted(&bench.attempt_by(with(bench, method)?))?;
    passed()
}

fn refused(bench: &Bench, method: Method, errors: &[&str], change: fn(&Bench, &mut Attempt)) -> Verdict {
    let client = with(bench, method)?.clone();
    bench.refused_from(|bench| bench.attempt_by(&client), errors, change)
}

fn by_assertion(bench: &Bench, change: fn(&Bench, &mut Attempt)) -> Verdict {
    refused(bench, Method::PrivateKeyJwt, CLIENT, change)
}

fn change(attempt: &mut Attempt, change: impl FnOnce(&mut crate::jws::Jws)) {
    if let Some(assertion) = attempt.client_assertion.as_mut() {
        change(assertion);
    }
}

/// `form` without the parameter `name`.
fn without(form: &str, name: &str) -> String {
    let kept = form_urlencoded::parse(form.as_bytes()).filter(|(key, _)| key != name);
    form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_parameter_is_left_out() {
        assert_eq!(without("a=1&client_id=x&b=2", "client_id"), "a=1&b=2");
        assert_eq!(without("a=1", "client_id"), "a=1");
    }
}
