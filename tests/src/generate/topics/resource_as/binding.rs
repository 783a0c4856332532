//! ID-JAG §9.6.1.2: the four cases of `cnf` and proof, and the jwt-dpop alias.

use serde_json::{Value, json};

use super::{config, endpoint, grant, output, redeem, server_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::{CLIENT, CLIENT2};
use crate::generate::mint::Jws;
use crate::generate::scene::NOW;

/// The jwt-dpop draft.
const JWT_DPOP: &str = "urn:ietf:params:oauth:grant-type:jwt-dpop";

/// A grant bound to the client's key.
pub fn bound_grant() -> Jws {
    grant().claim("cnf", json!({"jkt": CLIENT.es256().thumbprint()}))
}

/// The table.
pub fn binding() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "binding");
    let endpoint = endpoint();
    let own = endpoint.proof(CLIENT.es256());
    let other = endpoint.proof(CLIENT2.es256());
    let of_other = |output: &Value| {
        with(output, &[("body/access_token/claims/cnf", json!({"jkt": CLIENT2.es256().thumbprint()}))])
    };
    let jwk = |key: Value| grant().claim("cnf", json!({"jwk": key}));
    let mut group = topic.group("Nobody demands bound tokens.", config(), server_keys(), NOW);
    group
        .valid(
            case(
                "bound-with-proof",
                "Bound, and the proof of its key.",
                "ID-JAG §9.6.1.2",
                &["JAG-106", "JAG-100", "R9449-024"],
            ),
            redeem(&bound_grant()).proof(&own).input(),
            endpoint.bound(),
        )
        .invalid(
            case(
                "bound-without-proof",
                "Bound, and no proof.",
                "ID-JAG §9.6.1.2",
                &["JAG-108", "JAG-100", "AMB-015"],
            ),
            "bound-with-proof",
            redeem(&bound_grant()).input(),
            fails("proof_missing", "invalid_grant"),
        )
        .invalid(
            case(
                "bound-to-another",
                "Bound to another key than the proof's.",
                "ID-JAG §9.6.1.2",
                &["JAG-106", "JAG-100", "AMB-015"],
            ),
            "bound-with-proof",
            redeem(&grant().claim("cnf", json!({"jkt": CLIENT2.es256().thumbprint()}))).proof(&own).input(),
            fails("proof_key_mismatch", "invalid_grant"),
        )
        .valid(
            case(
                "unbound-with-proof",
                "Not bound, and a proof: the access token is bound to its key.",
                "ID-JAG §9.6.1.2",
                &["JAG-109", "R9449-021", "JDPOP-004"],
            ),
            redeem(&grant()).proof(&other).input(),
            of_other(&endpoint.bound()),
        )
        .valid(
            case("unbound-without-proof", "Neither: a bearer token.", "ID-JAG §9.6.1.2", &["R9449-021"]),
            redeem(&grant()).input(),
            output(),
        )
        .valid(
            case("bound-by-jwk", "Bound by the whole key.", "RFC 7800 §3.2", &["AMB-003", "JDPOP-002"]),
            redeem(&jwk(CLIENT.es256().bare_jwk())).proof(&own).input(),
            endpoint.bound(),
        )
        .invalid(
            case(
                "bound-by-other-jwk",
                "Bound by another whole key.",
                "RFC 7800 §3.2",
                &["AMB-003", "JDPOP-002"],
            ),
            "bound-by-jwk",
            redeem(&jwk(CLIENT2.es256().bare_jwk())).proof(&own).input(),
            fails("proof_key_mismatch", "invalid_grant"),
        )
        .invalid(
            case("bound-by-two", "Thumbprint and key disagree.", "RFC 7800 §3", &["AMB-003"]),
            "bound-by-jwk",
            redeem(&grant().claim(
                "cnf",
                json!({"jkt": CLIENT2.es256().thumbprint(), "jwk": CLIENT.es256().bare_jwk()}),
            ))
            .proof(&own)
            .input(),
            fails("confirmation_unsupported", "invalid_grant"),
        )
        .invalid(
            case("bound-by-garbage", "The thumbprint is none.", "RFC 9449 §6.1", &["AMB-003"]),
            "bound-with-proof",
            redeem(&grant().claim("cnf", json!({"jkt": "AAAA"}))).proof(&own).input(),
            fails("claim_malformed", "invalid_grant"),
        )
        .invalid(
            case(
                "alias-not-enabled",
                "The jwt-dpop grant type, which nobody enabled.",
                "DESIGN §14",
                &["AMB-002"],
            ),
            "bound-with-proof",
            redeem(&bound_grant()).proof(&own).set("grant_type", JWT_DPOP).input(),
            fails("grant_type_unsupported", "unsupported_grant_type"),
        );
    demanding(&mut topic, &own);
    alias(&mut topic, &own);
    topic.finish()
}

fn demanding(topic: &mut TopicBuilder, own: &Jws) {
    let endpoint = endpoint();
    let strict = with(&config(), &[("server/resources/0/dpop_required", json!(true))]);
    topic
        .group("The resource takes bound tokens only.", strict, server_keys(), NOW)
        .valid(
            case("required", "Not bound, but with a proof.", "ID-JAG §9.6.1.2", &["JAG-112"]),
            redeem(&grant()).proof(own).input(),
            endpoint.bound(),
        )
        .invalid(
            case(
                "required-missing",
                "Neither bound nor with a proof.",
                "ID-JAG §9.6.1.2",
                &["JAG-112", "AMB-015"],
            ),
            "required",
            redeem(&grant()).input(),
            fails("proof_required", "invalid_grant"),
        );
    let lax = with(&config(), &[("server/bind_to_proof", json!(false))]);
    let mut group =
        topic.group("A proof with an unbound grant binds nothing, by name.", lax, server_keys(), NOW);
    group
        .valid(
            case(
                "proof-without-effect",
                "The proof is checked and then forgotten.",
                "ID-JAG §9.6.1.2",
                &["JAG-109"],
            ),
            redeem(&grant()).proof(own).input(),
            output(),
        )
        .invalid(
            case(
                "proof-without-effect-defective",
                "It is checked all the same.",
                "ID-JAG §9.6.1.2",
                &["JAG-109"],
            ),
            "proof-without-effect",
            redeem(&grant()).proof(&own.clone().claim("htm", "GET")).input(),
            fails("proof_method_mismatch", "invalid_dpop_proof"),
        )
        .valid(
            case("bound-all-the-same", "A bound grant stays bound.", "ID-JAG §9.6.1.2", &["JAG-106"]),
            redeem(&bound_grant()).proof(own).input(),
            endpoint.bound(),
        );
}

fn alias(topic: &mut TopicBuilder, own: &Jws) {
    let config = with(&config(), &[("server/jwt_dpop", json!(true))]);
    let send = |grant: &Jws| redeem(grant).set("grant_type", JWT_DPOP);
    topic
        .group("The jwt-dpop grant type is enabled.", config, server_keys(), NOW)
        .valid(
            case("alias", "Bound, and the proof of its key.", "jwt-dpop §3", &["AMB-002", "JDPOP-001"]),
            send(&bound_grant()).proof(own).input(),
            endpoint().bound(),
        )
        .invalid(
            case("alias-no-proof", "No proof.", "jwt-dpop §3", &["AMB-002", "JDPOP-001", "JDPOP-003"]),
            "alias",
            send(&bound_grant()).input(),
            fails("proof_missing", "invalid_grant"),
        )
        .invalid(
            case(
                "alias-unbound",
                "The grant is not bound.",
                "jwt-dpop §3",
                &["AMB-002", "JDPOP-002", "JDPOP-003"],
            ),
            "alias",
            send(&grant()).proof(own).input(),
            fails("proof_required", "invalid_grant"),
        )
        .invalid(
            case("alias-other-key", "The proof is of another key.", "jwt-dpop §3", &["AMB-002", "JDPOP-002"]),
            "alias",
            send(&grant().claim("cnf", json!({"jkt": CLIENT2.es256().thumbprint()}))).proof(own).input(),
            fails("proof_key_mismatch", "invalid_grant"),
        );
}
