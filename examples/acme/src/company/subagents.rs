//! The company's runtime for subagents: it vouches for them by tokens of its own, and knows what key each has.

use base64ct::{Base64UrlUnpadded, Encoding};
use idjag::crypto::rustcrypto::SigningKey;
use idjag::crypto::{Signer, Thumbprint};
use idjag::jose::KeySet;
use idjag::secret::Secret;
use idjag::text::KeyId;
use idjag::uri::{Issuer, Transport};
use idjag::{Error, UnixTime};
use serde_json::json;

use crate::random;

/// The `typ` of its tokens.
pub(crate) const TYP: &str = "actor+jwt";
/// How long a token of its is good for: it is used at once.
const LIFETIME: u64 = 60;

/// Whoever starts subagents.
pub(crate) struct Subagents {
    issuer: Issuer,
    key: SigningKey,
}

impl Subagents {
    pub(crate) fn new() -> Result<Self, Error> {
        let issuer = Issuer::new("https://agents.acme.example", Transport::HttpsOnly)?;
        let kid = KeyId::new(random::short())?;
        Ok(Self { issuer, key: SigningKey::ed25519(kid, &random::bytes())? })
    }

    pub(crate) const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The keys by which others know its tokens.
    pub(crate) fn keys(&self) -> KeySet {
        KeySet::of(self.issuer.clone(), [self.key.public_key().clone()])
    }

    /// Says to `audience` that the subagent `name` is one of ours, and has the key `jkt`.
    pub(crate) fn vouch(
        &self,
        name: &str,
        jkt: Thumbprint,
        audience: &Issuer,
        now: UnixTime,
    ) -> Result<Secret, Error> {
        let kid = self.key.public_key().kid().map(KeyId::as_str);
        let header = json!({ "alg": "EdDSA", "typ": TYP, "kid": kid });
        let claims = json!({
            "iss": self.issuer.as_str(),
            "sub": name,
            "aud": audience.as_str(),
            "sub_profile": "subagent",
            "jti": random::text(),
            "iat": now.as_secs(),
            "exp": now.as_secs() + LIFETIME,
            "cnf": { "jkt": jkt.to_base64url() },
        });
        let part = |value: &serde_json::Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
        let message = format!("{}.{}", part(&header), part(&claims));
        let signature = self.key.sign(message.as_bytes())?;
        Ok(Secret::new(format!("{message}.{}", Base64UrlUnpadded::encode_string(&signature))))
    }
}
