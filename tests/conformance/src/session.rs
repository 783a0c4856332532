//! One server: told apart from others, asked for its metadata, put through the cases.

use core::cell::RefCell;
use core::time::Duration;
use std::thread;
use std::time::Instant;

use serde_json::{Value, json};

use crate::args::{IdpOptions, Options};
use crate::bench::{Bench, Idp};
use crate::case::{About, Case};
use crate::cases;
use crate::http::Network;
use crate::idp::{self, IdpBench, IdpWorld};
use crate::keys::Key;
use crate::publisher::Publisher;
use crate::report::{Outcome, Report};
use crate::world::World;

/// An issuer that nobody has a reason to trust.
const UNTRUSTED: &str = "https://untrusted-idp.example";
/// Where a program listens that others need not find.
pub(crate) const ANYWHERE: &str = "127.0.0.1:0";

/// Tries the server that `options` name and prints the report: whether no MUST failed.
pub(crate) fn server(options: Options) -> Result<bool, String> {
    if options.print_jwks {
        let key = options.idp_key.ok_or("--print-jwks prints the public half of --idp-key")?;
        println!("{:#}", json!({"keys": [key.public_jwk()]}));
        return Ok(true);
    }
    let key = options.idp_key.clone().unwrap_or_else(Key::es256);
    let world = options.world;
    for (value, flag) in [(&world.url, "--url"), (&world.resource, "--resource"), (&world.scope, "--scope")] {
        if value.is_empty() {
            return Err(format!("{flag} is missing"));
        }
    }
    if world.clients.is_empty() {
        return Err("--client-id or --clients is missing".into());
    }
    let idp = match (options.idp_listen, options.idp_issuer) {
        (Some(address), issuer) => {
            let publisher = Publisher::open(&address, vec![key.public_jwk()])?;
            let issuer = issuer.unwrap_or_else(|| publisher.issuer.clone());
            Idp { issuer, key: RefCell::new(key), rsa: None, publisher: Some(publisher) }
        }
        (None, Some(issuer)) if options.idp_key.is_some() => {
            Idp { issuer, key: RefCell::new(key), rsa: None, publisher: None }
        }
        _ => return Err("--idp-listen is missing, or --trusted-idp-issuer and --idp-key".into()),
    };
    let bench = bench(world, idp, options.untrusted)?;
    if bench.idp.publisher.is_some() {
        await_keys(&bench);
    }
    let report = run(&bench, cases::all(), &options.only, !options.json);
    tell(&report, options.json)
}

/// What the cases work with; the server is asked for its metadata.
pub(crate) fn bench(world: World, idp: Idp, untrusted: Option<String>) -> Result<Bench, String> {
    let network = Network::new()?;
    let metadata = discover(&network, &world.url);
    let token_endpoint = token_endpoint(world.token_endpoint.as_ref(), &metadata, &world.url)?;
    let stranger = Key::es256();
    let bait = Publisher::open(ANYWHERE, vec![stranger.public_jwk()])?;
    let untrusted = untrusted.unwrap_or_else(|| UNTRUSTED.to_owned());
    let holder = Key::es256();
    Ok(Bench { world, network, metadata, token_endpoint, idp, untrusted, stranger, bait, holder })
}

/// What the cases on an identity provider work with; it is asked for its metadata.
pub(crate) fn idp_bench(world: IdpWorld) -> Result<IdpBench, String> {
    let network = Network::new()?;
    let metadata = discover(&network, &world.url);
    let token_endpoint = token_endpoint(world.token_endpoint.as_ref(), &metadata, &world.url)?;
    let (stranger, holder) = (Key::es256(), Key::es256());
    Ok(IdpBench { world, network, metadata, token_endpoint, stranger, holder })
}

fn token_endpoint(given: Option<&String>, metadata: &Value, issuer: &str) -> Result<String, String> {
    let found = || metadata["token_endpoint"].as_str().map(str::to_owned);
    given.cloned().or_else(found).ok_or(format!("no metadata of {issuer} names a token endpoint"))
}

/// Tries the identity provider that `options` name and prints the report: whether no MUST failed.
pub(crate) fn identity_provider(options: IdpOptions) -> Result<bool, String> {
    let bench = idp_bench(options.world)?;
    let report = run(&bench, idp::all(), &options.only, !options.json);
    tell(&report, options.json)
}

fn tell(report: &Report, json: bool) -> Result<bool, String> {
    if json {
        println!("{:#}", report.to_json());
    } else {
        print!("{report}");
    }
    Ok(report.conforms())
}

/// A server that asked for the issuer's keys before this program served them asks again after a while.
fn await_keys(bench: &Bench) {
    let started = Instant::now();
    let refused = || bench.send(&bench.attempt()).is_ok_and(|answer| !answer.is_granted());
    while started.elapsed() < Duration::from_secs(bench.world.rotation_wait) && refused() {
        eprintln!("a good grant is refused; the server may not have seen the keys yet");
        thread::sleep(Duration::from_secs(5));
    }
}

/// Runs `cases`, those that `only` selects. With `progress`, says on standard error how far it is.
pub(crate) fn run<B: 'static>(
    bench: &B,
    cases: impl Iterator<Item = &'static Case<B>>,
    only: &[String],
    progress: bool,
) -> Report {
    let selected = |case: &&Case<B>| {
        let About { id, requirements, .. } = case.about;
        let wanted = |name: &String| id.starts_with(name.as_str()) || requirements.contains(&name.as_str());
        only.is_empty() || only.iter().any(wanted)
    };
    let outcomes = cases.filter(selected).map(|case| {
        if progress {
            eprintln!("{}", case.about.id);
        }
        Outcome { case: &case.about, verdict: (case.run)(bench) }
    });
    Report { outcomes: outcomes.collect() }
}

/// The metadata of `issuer`: by RFC 8414, then by OpenID Connect Discovery; `null` when there is none.
fn discover(network: &Network, issuer: &str) -> Value {
    let places = well_known(issuer);
    let found = places.iter().filter_map(|url| network.get(url).ok()).find(|answer| answer.status == 200);
    found.map(|answer| answer.json).unwrap_or_default()
}

/// Where the documents of `issuer` are (RFC 8414 §3.1 and §5).
fn well_known(issuer: &str) -> [String; 3] {
    let issuer = issuer.strip_suffix('/').unwrap_or(issuer);
    let after_scheme = issuer.find("://").map_or(0, |at| at + 3);
    let path_at = issuer[after_scheme..].find('/').map_or(issuer.len(), |at| after_scheme + at);
    let (origin, path) = issuer.split_at(path_at);
    [
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
        format!("{origin}/.well-known/openid-configuration{path}"),
        format!("{issuer}/.well-known/openid-configuration"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_lies_between_host_and_path() {
        assert_eq!(
            well_known("https://as.example/")[0],
            "https://as.example/.well-known/oauth-authorization-server"
        );
        let [oauth, openid, appended] = well_known("https://as.example/tenant/1");
        assert_eq!(oauth, "https://as.example/.well-known/oauth-authorization-server/tenant/1");
        assert_eq!(openid, "https://as.example/.well-known/openid-configuration/tenant/1");
        assert_eq!(appended, "https://as.example/tenant/1/.well-known/openid-configuration");
    }
}
