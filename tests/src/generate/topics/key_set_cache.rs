//! `key_set_cache.run`: DESIGN §9, the key set of one issuer over time.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::keys::{ATTACKER, IDP, IDP_NEXT, TestKey, jwks};
use crate::generate::scene::{IDP_ISSUER, NOW, OTHER_IDP_ISSUER};
use crate::generate::web::{Refusal, found, get, json_response, refuse};

const JWKS_URI: &str = "https://acme.idp.example/jwks.json";
const SPEC: &str = "DESIGN §9";

fn lookup(at: u64, kid: &str) -> Value {
    json!({"at": NOW + at, "lookup": kid})
}

fn begin(at: u64) -> Value {
    json!({"at": NOW + at, "begin_refresh": true})
}

fn refreshed(at: u64, keys: &[TestKey]) -> Value {
    json!({"at": NOW + at, "refreshed": found(&jwks(keys))})
}

fn used(keys: &[TestKey]) -> Value {
    json!({"use": keys.iter().map(|key| key.kid()).collect::<Vec<String>>()})
}

fn refresh(then: Option<&[TestKey]>) -> Value {
    json!({"refresh": true, "then": then.map(|keys| keys.iter().map(|key| key.kid()).collect::<Vec<String>>())})
}

fn unavailable(retry_at: u64) -> Value {
    json!({"unavailable": true, "retry_at": NOW + retry_at})
}

/// What to do about a token, second by second.
pub fn ages() -> Topic {
    let mut topic = TopicBuilder::new("key_set_cache.run", "ages");
    let config = json!({
        "issuer": IDP_ISSUER, "jwks_uri": JWKS_URI, "time_to_live": 600, "min_refresh_interval": 30, "max_stale": 3600,
    });
    let mut group =
        topic.group("Ten minutes, at most twice a minute, an hour at most.", config.clone(), keys(), NOW);
    let (old, new, both) = ([IDP.es256()], [IDP_NEXT.es256()], [IDP.es256(), IDP_NEXT.es256()]);
    let (old_kid, new_kid) = (IDP.es256().kid(), IDP_NEXT.es256().kid());
    let sent = json!({"request": get(JWKS_URI)});
    let not_sent = json!({"request": null});
    let taken = json!({"refreshed": true});
    let failed = json!({"at": NOW + 1, "refreshed": json_response(503, &jwks(&old))});
    let run = |steps: &[Value]| json!({"steps": steps});
    let told = |events: &[Value]| json!({"events": events});
    let start = [lookup(0, &old_kid), begin(0), refreshed(1, &old), lookup(1, &old_kid)];
    let started = [refresh(None), sent.clone(), taken.clone(), used(&old)];
    let and = |steps: &[Value], more: &[Value]| steps.iter().chain(more).cloned().collect::<Vec<Value>>();
    for (id, comment, steps, events) in [
        ("first", "Nothing yet: ask, then use.", start.to_vec(), started.to_vec()),
        (
            "fresh",
            "Until the ten minutes are over.",
            and(&start, &[lookup(600, &old_kid), lookup(601, &old_kid)]),
            and(&started, &[used(&old), refresh(Some(&old))]),
        ),
        (
            "stale",
            "Then for an hour, while nobody answers.",
            and(&start, &[begin(4200), lookup(4200, &old_kid), lookup(4201, &old_kid)]),
            and(&started, &[sent.clone(), used(&old), unavailable(4230)]),
        ),
        (
            "unknown-kid",
            "A key that is not there: one refresh in half a minute, whoever asks.",
            and(
                &start,
                &[
                    lookup(29, "made-up"),
                    lookup(30, "made-up"),
                    begin(30),
                    begin(31),
                    lookup(31, "made-up-too"),
                ],
            ),
            and(&started, &[used(&old), refresh(Some(&old)), sent.clone(), not_sent, used(&old)]),
        ),
        (
            "replaced",
            "A refresh replaces and never merges.",
            and(&start, &[begin(40), refreshed(41, &new), lookup(41, &new_kid), lookup(41, &old_kid)]),
            and(&started, &[sent.clone(), taken.clone(), used(&new), used(&new)]),
        ),
        (
            "rotation",
            "The next key is there before it is used.",
            and(&start, &[begin(40), refreshed(41, &both), lookup(41, &new_kid), lookup(41, &old_kid)]),
            and(&started, &[sent.clone(), taken.clone(), used(&both), used(&both)]),
        ),
        (
            "failed",
            "A failure changes nothing but the time of the next attempt.",
            vec![begin(0), failed.clone(), lookup(1, &old_kid), lookup(30, &old_kid)],
            vec![sent, json!({"error": "server_failed"}), unavailable(30), refresh(None)],
        ),
        (
            "clock-set-back",
            "A set from the future is asked for again.",
            vec![
                json!({"at": NOW, "replace": [IDP_ISSUER, jwks(&old).to_string(), NOW + 100]}),
                lookup(0, &old_kid),
            ],
            vec![json!({"replaced": true}), refresh(Some(&old))],
        ),
    ] {
        group.valid(case(id, comment, SPEC, &[]), run(&steps), told(&events));
    }
    let no_kid = json!({"at": NOW + 1, "lookup": null});
    group.valid(
        case("no-kid", "A token without a key's name.", SPEC, &[]),
        run(&[begin(0), refreshed(1, &old), no_kid]),
        told(&[started[1].clone(), taken.clone(), used(&old)]),
    );
    group.valid(
        case("taken", "A set that came.", SPEC, &[]),
        run(&[begin(0), refreshed(1, &old)]),
        told(&[started[1].clone(), taken]),
    );
    let status = |status: u16| {
        run(&[begin(0), json!({"at": NOW + 1, "refreshed": json_response(status, &jwks(&old))})])
    };
    let body = |body: &Value| run(&[begin(0), json!({"at": NOW + 1, "refreshed": found(body)})]);
    let rows: Vec<Refusal<'_>> = vec![
        ("status-503", "Later.", &[], status(503), "server_failed"),
        ("status-404", "It is not there.", &[], status(404), "metadata_not_found"),
        ("status-302", "A redirect is not followed.", &[], status(302), "redirect_refused"),
        ("no-keys", "No key set.", &[], body(&json!({"keys": "none"})), "jwks_malformed"),
    ];
    refuse(&mut group, "taken", "RFC 7517 §5", &rows);
    let replace = |issuer: &str| {
        run(&[json!({"at": NOW, "replace": [issuer, jwks(&[ATTACKER.es256()]).to_string(), NOW]})])
    };
    group.valid(
        case("from-a-store", "A set from elsewhere, of this issuer.", SPEC, &[]),
        replace(IDP_ISSUER),
        told(&[json!({"replaced": true})]),
    );
    refuse(
        &mut group,
        "from-a-store",
        SPEC,
        &[(
            "of-another-issuer",
            "A set of another issuer.",
            &[],
            replace(OTHER_IDP_ISSUER),
            "issuer_mismatch",
        )],
    );
    let milliseconds = run(&[begin(0), json!({"at": NOW * 1000, "refreshed": found(&jwks(&old))})]);
    refuse(
        &mut group,
        "taken",
        "DESIGN §3.2",
        &[("milliseconds", "The time in milliseconds.", &[], milliseconds, "invalid_now")],
    );
    for (id, comment, member, value) in [
        ("no-interval", "No time between refreshes.", "min_refresh_interval", 0),
        ("long-interval", "Longer than a set lives.", "min_refresh_interval", 601),
        ("long-stale", "Stale for more than a day.", "max_stale", 86_401),
    ] {
        let mut group = topic.group(comment, with(&config, &[(member, json!(value))]), keys(), NOW);
        refuse(
            &mut group,
            "taken",
            SPEC,
            &[(id, comment, &[], run(&[begin(0), refreshed(1, &old)]), "config_invalid")],
        );
    }
    topic.finish()
}
