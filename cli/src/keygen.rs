//! `idjag keygen`: a signing key; the private half to one place, the public half to another.

use std::path::Path;

use idjag::Error;
use idjag::crypto::Signer as _;
use idjag::crypto::rustcrypto::SigningKey;
use idjag::text::KeyId;
use serde_json::{Value, json};

use crate::args::{KeygenArgs, SigningAlg};
use crate::new_file::{NewFile, Readers, trouble};
use crate::report::{Answer, Report, Trouble};

pub(crate) fn run(args: &KeygenArgs) -> Answer {
    let key = new_key(args)?;
    let jwk: Value = serde_json::from_str(&key.public_key().to_jwk().to_string()).unwrap_or_default();
    let set = json!({ "keys": [jwk] });
    // Both files are made before either is written: a key without its other half is of no use.
    let private = args.out.as_deref().map(|path| create(path, Readers::Owner)).transpose()?;
    let public = args.public_out.as_deref().map(|path| create(path, Readers::Default)).transpose()?;
    let secret = key.expose_jwk();
    let mut files = [(private, secret.expose().to_string()), (public, set.to_string())];
    for (file, content) in &mut files {
        if let Some((file, path)) = file {
            content.push('\n');
            file.write(content.as_bytes()).map_err(|error| trouble(path, &error))?;
        }
    }
    for (file, _) in files {
        if let Some((file, _)) = file {
            file.keep();
        }
    }
    if args.private_to_stdout {
        return Ok(Report::verbatim(String::from(secret.expose())));
    }
    match &args.public_out {
        None => Ok(Report::verbatim(set.to_string())),
        Some(path) => {
            let kid = key.public_key().kid().map(KeyId::as_str).unwrap_or_default();
            let said =
                format!("key `{}`; its public JWK Set is in {}", crate::screen::shown(kid), path.display());
            Ok(Report::new(said, &set))
        }
    }
}

fn create(path: &Path, readers: Readers) -> Result<(NewFile, &Path), Trouble> {
    let file = NewFile::create(path, readers).map_err(|error| trouble(path, &error))?;
    Ok((file, path))
}

fn new_key(args: &KeygenArgs) -> Result<SigningKey, Trouble> {
    let failed = |error: Error| Trouble(error.to_string());
    let mut secret = [0; 32];
    getrandom::fill(&mut secret)
        .map_err(|error| Trouble(format!("the system gives no randomness: {error}")))?;
    let named = |name: &str| {
        let kid = KeyId::new(name)?;
        match args.alg {
            SigningAlg::ES256 => SigningKey::es256(kid, &secret),
            SigningAlg::EdDSA => SigningKey::ed25519(kid, &secret),
        }
    };
    match &args.kid {
        Some(kid) => named(kid).map_err(failed),
        None => {
            let unnamed = named("unnamed").map_err(failed)?;
            named(&unnamed.public_key().thumbprint().to_base64url()).map_err(failed)
        }
    }
}
