//! What the server is told before it serves.

use idjag::Limits;
use idjag::crypto::{Algorithm, Algorithms};
use idjag::jose::PublicKeys;
use idjag::oauth::{ClientAuthentication, RegisteredClient};
use idjag::scope::Scope;
use idjag::secret::SecretDigest;
use idjag::text::{ClientId, Subject};
use idjag::uri::ResourceId;
use idjag_http::server::StaticClients;
use serde_json::{Value, json};

use crate::{Failure, TRANSPORT};

/// How clients may authenticate.
pub(crate) const METHODS: [&str; 3] = ["private_key_jwt", "client_secret_basic", "client_secret_post"];

/// Whom to trust, and what there is.
pub(crate) struct Told {
    pub(crate) idp: String,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) resources: Vec<(ResourceId, Scope)>,
    pub(crate) subject: Subject,
}

impl Told {
    /// Of the document that came.
    pub(crate) fn read(told: &Value) -> Result<Self, Failure> {
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or("text is missing");
        let resource = |id: &str, scope: &str| -> Result<_, Failure> {
            let id = ResourceId::new(&text(&told[id])?, TRANSPORT)?;
            Ok((id, Scope::parse(&text(&told[scope])?, &Limits::DEFAULT)?))
        };
        let algorithms = told["idp"]["algorithms"].as_array().ok_or("no algorithms")?;
        let named = |name: &Value| match name.as_str() {
            Some("ES256") => Ok(Algorithm::Es256),
            Some("RS256") => Ok(Algorithm::Rs256),
            _ => Err("an algorithm that this server is not made for"),
        };
        Ok(Self {
            idp: text(&told["idp"]["issuer"])?,
            algorithms: algorithms.iter().map(named).collect::<Result<_, _>>()?,
            resources: vec![resource("resource", "scope")?, resource("other_resource", "other_scope")?],
            subject: Subject::new(text(&told["subject"])?)?,
        })
    }
}

/// The clients, whose keys are for `algorithms`.
pub(crate) fn clients(told: &Value, algorithms: &Algorithms) -> Result<StaticClients, Failure> {
    let clients = told["clients"].as_array().ok_or("no clients")?;
    clients.iter().map(|client| registered(client, algorithms)).collect()
}

fn registered(client: &Value, algorithms: &Algorithms) -> Result<RegisteredClient, Failure> {
    let digests =
        || client["secret"].as_str().map(|secret| vec![SecretDigest::of(secret)]).ok_or("no secret");
    let authentication = match client["method"].as_str() {
        Some("client_secret_basic") => ClientAuthentication::SecretBasic(digests()?),
        Some("client_secret_post") => ClientAuthentication::SecretPost(digests()?),
        Some("private_key_jwt") => {
            let jwks = json!({"keys": [client["public_jwk"]]}).to_string();
            ClientAuthentication::PrivateKeyJwt(PublicKeys::parse(
                jwks.as_bytes(),
                algorithms,
                &Limits::DEFAULT,
            )?)
        }
        _ => return Err("a way to authenticate that this server is not made for".into()),
    };
    let id = client["client_id"].as_str().ok_or("a client without a name")?;
    Ok(RegisteredClient::new(ClientId::new(id)?, authentication))
}
