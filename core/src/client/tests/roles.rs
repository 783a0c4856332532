//! The client against the other three roles of this crate: bound, with nonces, single use, step-up and denial.

use alloc::collections::BTreeSet;

use super::connection::{need, next, sent};
use super::*;
use crate::idp::{AudienceSettings, Vouched};
use crate::idp::{
    DirectorySubject, ExchangeMaterial, HostAttestedSubject, IdpAuthorizationServer, IdpConfig, SubjectNeed,
};
use crate::jose::{KeySet, PublicKeys};
use crate::oauth::{ClientAuthentication, RegisteredClient};
use crate::policy::{Policy, PolicyOptions};
use crate::replay::{FirstUse, ReplayKey};
use crate::resource_as::{
    ClientAssociation, GrantMaterial, IssuerTenants, ProtectedResource, ResolvedSubject, ResourceAsConfig,
    ResourceAuthorizationServer, TrustedIssuer,
};
use crate::text::Group;

const POLICY: &str = r#"{ "version": 1,
  "apps": [{"id": "agent", "client_ids": ["client-at-idp"], "labels": ["coding"], "status": "approved"}],
  "servers": [{"id": "warehouse", "issuer": "https://as.example/t1", "resources": ["https://r.example/mcp"],
    "scope_sets": {"read": ["rows:read"], "write": ["rows:write"]},
    "client_ids": {"agent": "f53f191f9311af35"}}],
  "rules": [{"id": "read", "effect": "permit", "apps": {"ids": ["agent"]}, "servers": {"ids": ["warehouse"]},
    "subjects": {"groups_any": ["engineering"]}, "scopes": ["@read"], "require": {"max_auth_age": 3600}}] }"#;

/// The company: two servers with their keys, their stores and one user.
struct World {
    idp: IdpAuthorizationServer,
    ras: ResourceAuthorizationServer,
    policy: Policy,
    seen: BTreeSet<String>,
    auth_time: UnixTime,
    nonce: Nonce,
}

fn keys_of(key: &SigningKey) -> PublicKeys {
    let mut jwks = Object::new();
    jwks.set("keys", Json::Array(vec![Json::Object(key.public_key().to_jwk())]));
    PublicKeys::parse(format!("{jwks}").as_bytes(), &PROVIDER.allow_all(), &LIMITS).unwrap()
}

fn registered(client_id: &str) -> RegisteredClient {
    let authentication = ClientAuthentication::PrivateKeyJwt(keys_of(&key(3)));
    RegisteredClient::new(ClientId::new(client_id).unwrap(), authentication)
}

impl World {
    fn new() -> Self {
        let all = || PROVIDER.allow_all();
        let mut idp = IdpConfig::new(issuer(IDP), url(IDP_TOKEN), all(), all());
        idp.subject_tokens.refresh_token = true;
        idp.audiences = vec![AudienceSettings::new(issuer(RAS))];
        let mut ras = ResourceAsConfig::new(issuer(RAS), url(RAS_TOKEN), all());
        ras.trusted_issuers = vec![TrustedIssuer {
            issuer: issuer(IDP),
            algorithms: all(),
            clients: ClientAssociation::AnyRegistered,
            tenants: IssuerTenants::Single,
            saml_nameid: None,
        }];
        let scopes = scope("rows:read rows:write");
        ras.resources = vec![ProtectedResource { id: server(), scopes, dpop_required: true }];
        Self {
            idp: IdpAuthorizationServer::new(idp).unwrap(),
            ras: ResourceAuthorizationServer::new(ras).unwrap(),
            policy: Policy::compile(POLICY.as_bytes(), &PolicyOptions::default()).unwrap(),
            seen: BTreeSet::new(),
            auth_time: now(),
            nonce: Nonce::new("nonce-1").unwrap(),
        }
    }

    fn store<'w>(seen: &'w mut BTreeSet<String>) -> impl FnMut(&ReplayKey) -> FirstUse + 'w {
        |key| if seen.insert(format!("{key:?}")) { FirstUse::First } else { FirstUse::Seen }
    }

    fn exchange(&mut self, request: &HttpRequest, at: UnixTime) -> HttpResponse {
        let answer = (|| {
            let pending = self.idp.parse(request, at)?;
            let SubjectNeed::RefreshToken(token) = pending.needs().subject else { panic!("subject") };
            assert_eq!(token.expose(), "the-refresh-token");
            let attested = HostAttestedSubject {
                subject: Subject::new("U1").unwrap(),
                vouched: Vouched::RefreshToken {
                    bound_to: None,
                    client_id: ClientId::new(CLIENT_AT_IDP).unwrap(),
                    issued_here: true,
                    revoked: false,
                    expires_at: None,
                    scope: None,
                    audiences: None,
                },
                auth_time: Some(self.auth_time),
                acr: None,
                amr: vec![],
                tenant: None,
                session_id: None,
            };
            let client = registered(CLIENT_AT_IDP);
            let material = ExchangeMaterial {
                client: Some(&client),
                own_keys: None,
                attested: Some(&attested),
                actor_keys: None,
                revocations: None,
                nonce: NonceRule::Required { current: &self.nonce, previous: None },
            };
            let verified = pending.verify(&material, at)?;
            let mut subject = DirectorySubject::new(Subject::new("U1").unwrap());
            subject.groups = Some(BTreeSet::from([Group::new("engineering").unwrap()]));
            let authorized = verified.target(&self.policy)?.authorize(Some(&subject), at)?;
            let spent = authorized.first_use(Self::store(&mut self.seen))?;
            let jti = TokenId::new(format!("jag-{}", self.seen.len())).unwrap();
            Ok(spent.id_jag(jti, at).unwrap().sign_with(key(1).as_ref()).unwrap().into_response().0)
        })();
        answer.unwrap_or_else(|refused: crate::rejection::Rejection| refused.response().clone())
    }

    fn grant(&mut self, request: &HttpRequest, at: UnixTime) -> HttpResponse {
        let answer = (|| {
            let client = registered(CLIENT_AT_RAS);
            let keys = KeySet::of(issuer(IDP), [key(1).public_key().clone()]);
            let material = GrantMaterial {
                keys: Some(&keys),
                client: Some(&client),
                revocations: None,
                nonce: NonceRule::Required { current: &self.nonce, previous: None },
            };
            let subject = ResolvedSubject {
                subject: Subject::new("user-7").unwrap(),
                groups: None,
                extra: Object::new(),
            };
            let verified = self.ras.parse(request, at)?.verify(&material, at)?;
            let spent =
                verified.authorize(None, Some(&subject), at)?.first_use(Self::store(&mut self.seen))?;
            let jti = TokenId::new(format!("at-{}", self.seen.len())).unwrap();
            Ok(spent.access_token(jti, at).unwrap().sign_with(key(2).as_ref()).unwrap().into_response().0)
        })();
        answer.unwrap_or_else(|refused: crate::rejection::Rejection| refused.response().clone())
    }

    /// Carries requests to the servers until there is something else to do.
    fn drive(&mut self, connection: &mut Connection, at: UnixTime) -> (Vec<Purpose>, Step) {
        let mut sent_for = vec![];
        loop {
            let step = next(connection, at);
            let Step::Send(_) = &step else { return (sent_for, step) };
            let (purpose, request) = sent(step);
            sent_for.push(purpose);
            assert!(sent_for.len() < 20);
            let response = match (purpose, request.url.contains("oauth-protected-resource")) {
                (Purpose::Discovery, true) => resource_metadata().to_response(),
                (Purpose::Discovery, false) => ras().to_response(),
                (Purpose::Exchange, _) => self.exchange(&request, at),
                (Purpose::Grant, _) => self.grant(&request, at),
                (Purpose::Registration, _) => panic!("nobody registers here"),
            };
            connection.receive(&response, at).unwrap();
        }
    }
}

fn connection() -> Connection {
    let signed = |at, client_id: &str| {
        let method = ClientMethod::PrivateKeyJwt(key(3));
        ClientCredentials::new(issuer(at), ClientId::new(client_id).unwrap(), method)
    };
    let config = ClientConfig::new(idp(), signed(IDP, CLIENT_AT_IDP)).unwrap();
    let config = config.with_credentials(signed(RAS, CLIENT_AT_RAS)).with_dpop(key(7));
    let mut connection = Connection::new(Arc::new(config), server());
    let identity = Identity::new(issuer(IDP)).with_refresh_token(Secret::new("the-refresh-token"));
    connection.identify(Arc::new(identity)).unwrap();
    connection
}

/// AMB-001, R9449-005: nonces cost one more request each, and nothing is spent by asking for one.
#[test]
fn one_grant_goes_through_all_roles() {
    use Purpose::{Discovery, Exchange, Grant};
    let (mut world, mut connection) = (World::new(), connection());
    let (sent_for, step) = world.drive(&mut connection, now());
    assert!(matches!(step, Step::Ready), "{step:?}");
    assert_eq!(sent_for, [Discovery, Discovery, Exchange, Exchange, Grant, Grant]);
    let token = connection.access_token().unwrap();
    assert_eq!((token.scheme().as_str(), token.scope()), ("DPoP", Some(&scope("rows:read"))));
    let request = connection.authorize(get(SERVER), &[4; 32], now()).unwrap();
    let field = request.headers.all("Authorization").next().unwrap().to_string();
    assert_eq!(check_proof(&request, field.strip_prefix("DPoP "), None).code(), HOLDS);
    // The access token outlives the ID-JAG, so renewal is a new one.
    let (sent_for, step) = world.drive(&mut connection, time(600));
    assert!(matches!(step, Step::Ready));
    assert_eq!(sent_for, [Exchange, Grant]);
}

/// AMB-001: the server lets a grant be used once; the client survives that.
#[test]
fn a_second_use_is_refused_and_a_new_grant_asked_for() {
    let (mut world, mut connection) = (World::new(), connection());
    world.drive(&mut connection, now());
    let revoked = challenged(401, "DPoP error=\"invalid_token\"");
    assert_eq!(connection.on_resource_response("tool", &revoked, now()), ResourceVerdict::Reconnect);
    let (sent_for, step) = world.drive(&mut connection, now());
    assert!(matches!(step, Step::Ready));
    assert_eq!(sent_for, [Purpose::Grant, Purpose::Exchange, Purpose::Grant]);
}

/// JAG-094, EMA-018.
#[test]
fn the_policy_asks_for_a_fresh_sign_on_and_denies_what_it_does_not_permit() {
    let (mut world, mut connection) = (World::new(), connection());
    world.auth_time = now().minus(Seconds(4000));
    let need = need(world.drive(&mut connection, now()).1);
    assert_eq!((need.reason, need.max_age), (IdentityReason::StepUp, Some(Seconds(3600))));
    world.auth_time = now();
    let identity = Identity::new(issuer(IDP)).with_refresh_token(Secret::new("the-refresh-token"));
    connection.identify(Arc::new(identity)).unwrap();
    assert!(matches!(world.drive(&mut connection, now()).1, Step::Ready));
    world.policy =
        Policy::compile(POLICY.replace("approved", "restricted").as_bytes(), &PolicyOptions::default())
            .unwrap();
    let step = world.drive(&mut connection, time(600)).1;
    assert!(matches!(step, Step::Denied(Denial { by: Party::IdentityProvider })), "{step:?}");
}
