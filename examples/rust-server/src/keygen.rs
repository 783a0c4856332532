//! Fresh keys and secrets.

use std::error::Error;

use idjag::crypto::rustcrypto::SigningKey;
use idjag::secret::SecretDigest;
use idjag::text::KeyId;

/// A fresh key to sign with.
pub fn fresh_key() -> Result<SigningKey, Box<dyn Error>> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(SigningKey::es256(KeyId::new(format!("key-{}", &drawn()?[..12]))?, &bytes)?)
}

/// Prints a private key to standard output, and to standard error a client's secret with what is stored of it.
pub fn keygen() -> Result<(), Box<dyn Error>> {
    println!("{}", fresh_key()?.expose_jwk().expose());
    let secret = drawn()?;
    let digest = SecretDigest::of(&secret);
    let digest: String = digest.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    eprintln!("client_secret: {secret}\nclient_secret_sha256: {digest}");
    Ok(())
}

fn drawn() -> Result<String, Box<dyn Error>> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
