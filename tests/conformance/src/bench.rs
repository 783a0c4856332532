//! What every case works with: the server, the issuers that it trusts and does not trust, and how refusals are judged.

use core::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::attempt::Attempt;
use crate::case::{Miss, Verdict, ensure, failed, not_applicable, passed};
use crate::http::{Answer, Network};
use crate::jws::Jws;
use crate::keys::{Key, unique};
use crate::publisher::Publisher;
use crate::world::{Client, World};

/// The media type of an ID-JAG.
pub(crate) const ID_JAG: &str = "oauth-id-jag+jwt";
/// What an invalid grant is refused as.
pub(crate) const GRANT: &[&str] = &["invalid_grant"];
/// What a text that is no grant at all is refused as.
pub(crate) const GRANT_OR_REQUEST: &[&str] = &["invalid_grant", "invalid_request"];
/// What a client is refused as that is not who it says.
pub(crate) const CLIENT: &[&str] = &["invalid_client"];
/// What a malformed request is refused as.
pub(crate) const REQUEST: &[&str] = &["invalid_request"];

/// The identity provider's part.
#[derive(Debug)]
pub(crate) struct Idp {
    /// Its issuer identifier.
    pub(crate) issuer: String,
    /// The key that signs its grants; exchanged by the cases on rotation.
    pub(crate) key: RefCell<Key>,
    /// Another of its keys, for RS256.
    pub(crate) rsa: Option<Key>,
    /// Its documents, where this program serves them.
    pub(crate) publisher: Option<Publisher>,
}

/// Everything that a case needs.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) world: World,
    pub(crate) network: Network,
    /// The document that the server publishes about itself, and where it was found.
    pub(crate) metadata: Value,
    pub(crate) token_endpoint: String,
    pub(crate) idp: Idp,
    /// An issuer that the server does not trust, and its key.
    pub(crate) untrusted: String,
    pub(crate) stranger: Key,
    /// An address that nobody has a reason to ask, with the stranger's keys.
    pub(crate) bait: Publisher,
    /// The key of clients that prove possession.
    pub(crate) holder: Key,
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl Bench {
    /// The client that redeems whatever does not need another.
    pub(crate) fn client(&self) -> &Client {
        &self.world.clients[0]
    }

    /// A new grant for `client`, good in everything.
    pub(crate) fn grant(&self, client: &Client) -> Jws {
        let at = now();
        let claims = json!({
            "iss": self.idp.issuer, "sub": self.world.subject, "aud": self.world.url, "client_id": client.id,
            "jti": unique(), "iat": at, "exp": at + 240, "resource": self.world.resource, "scope": self.world.scope,
        });
        Jws::new(&self.idp.key.borrow(), ID_JAG, &claims)
    }

    /// Its redemption, good in everything.
    pub(crate) fn attempt(&self) -> Attempt {
        self.attempt_by(self.client())
    }

    /// The redemption by another client.
    pub(crate) fn attempt_by(&self, client: &Client) -> Attempt {
        Attempt::new(&self.token_endpoint, &self.world.url, self.grant(client), client, now())
    }

    /// The redemption of a grant that is bound to a key, with its proof.
    pub(crate) fn bound_attempt(&self) -> Attempt {
        let mut attempt = self.attempt();
        attempt.grant.claim("cnf", json!({"jkt": self.holder.thumbprint()}));
        attempt.proofs.push(self.proof(&self.holder));
        attempt
    }

    /// A DPoP proof for the token endpoint.
    pub(crate) fn proof(&self, key: &Key) -> Jws {
        let claims = json!({"jti": unique(), "htm": "POST", "htu": self.token_endpoint, "iat": now()});
        Jws::proof(key, &claims)
    }

    /// Sends it; once more where the server wants its nonce in the proofs (RFC 9449 §8).
    pub(crate) fn send(&self, attempt: &Attempt) -> Result<Answer, Miss> {
        let answer = self.network.send(&attempt.request()).map_err(Miss::Failed)?;
        let nonce = answer.header("dpop-nonce");
        if answer.text("error") != "use_dpop_nonce" || nonce.is_empty() || attempt.proofs.is_empty() {
            return Ok(answer);
        }
        let mut again = attempt.clone();
        for proof in &mut again.proofs {
            proof.claim("nonce", nonce.as_str());
        }
        self.network.send(&again.request()).map_err(Miss::Failed)
    }

    /// Sends what must be granted.
    pub(crate) fn granted(&self, attempt: &Attempt) -> Result<Answer, Miss> {
        let answer = self.send(attempt)?;
        ensure(answer.is_granted(), answer.said())?;
        Ok(answer)
    }

    /// Whether the server says that it does DPoP.
    pub(crate) fn dpop(&self) -> Result<(), Miss> {
        let announced = self.metadata["dpop_signing_alg_values_supported"].is_array();
        if announced || self.world.dpop {
            Ok(())
        } else {
            not_applicable("the server does not announce DPoP")
        }
    }

    /// A changed redemption is refused as one of `errors`, and its unchanged twin is granted.
    pub(crate) fn refused(&self, errors: &[&str], change: fn(&Self, &mut Attempt)) -> Verdict {
        self.refused_from(Self::attempt, errors, change)
    }

    /// The same of another twin than the plain one.
    pub(crate) fn refused_from(
        &self,
        twin: impl Fn(&Self) -> Attempt,
        errors: &[&str],
        change: fn(&Self, &mut Attempt),
    ) -> Verdict {
        let mut changed = twin(self);
        change(self, &mut changed);
        let said = is_refusal(&self.send(&changed)?, errors)?;
        let twin = self.send(&twin(self))?;
        ensure(twin.is_granted(), format!("{said}, and so is the valid twin: {}", twin.said()))?;
        Ok(if errors.len() > 1 { said } else { String::new() })
    }

    /// A changed redemption is granted.
    pub(crate) fn granted_with(&self, change: fn(&Self, &mut Attempt)) -> Verdict {
        let mut attempt = self.attempt();
        change(self, &mut attempt);
        self.granted(&attempt)?;
        passed()
    }

    /// A changed redemption is granted or refused as one of `errors`: both are right, and the report says which.
    pub(crate) fn either(&self, errors: &[&str], change: fn(&Self, &mut Attempt)) -> Verdict {
        let mut attempt = self.attempt();
        change(self, &mut attempt);
        let answer = self.send(&attempt)?;
        if answer.is_granted() { Ok(answer.said()) } else { is_refusal(&answer, errors) }
    }
}

/// Holds a refusal against what it must be: what it said. Its status is a case of its own.
pub(crate) fn is_refusal(answer: &Answer, errors: &[&str]) -> Verdict {
    let said = answer.said();
    if answer.is_granted() || !(400..500).contains(&answer.status) {
        return failed(said);
    }
    ensure(errors.contains(&answer.text("error")), format!("{said} instead of {}", errors.join(" or ")))?;
    Ok(said)
}
