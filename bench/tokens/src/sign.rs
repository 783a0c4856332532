//! Signing an access token: claims in, compact token out.

use corpus::{Alg, Corpus};
use harness::{Contender, Failure, Races};
use idjag::Limits;
use idjag::crypto::Signer;
use idjag::crypto::rustcrypto::PROVIDER;
use idjag::token::AccessToken;
use jsonwebtoken::{EncodingKey, Header, encode};

use crate::ours::Ours;
use crate::peer::{Backend, Claims, algorithm};
use crate::told;

pub(crate) fn run(races: Races, corpus: &Corpus) -> Result<(), Failure> {
    let ours = Ours::new(corpus, PROVIDER, Limits::DEFAULT)?;
    let claims: Claims = serde_json::from_value(corpus.claims()).map_err(told)?;
    for (alg, their_key) in [
        (Alg::Es256, EncodingKey::from_ec_der as fn(&[u8]) -> EncodingKey),
        (Alg::EdDsa, EncodingKey::from_ed_der),
    ] {
        let token = ours.verified(&corpus.good(alg)?).map_err(told)?;
        let (own, theirs, header) = (corpus.signer(alg)?, their_key(&corpus.pkcs8(alg)?), header(alg));
        let aws_lc = idjag_aws_lc::SigningKey::from_jwk(own.expose_jwk().expose()).map_err(told)?;
        for key in [own as &dyn Signer, &aws_lc] {
            if !signed(&token, key).is_some_and(|token| ours.accepts(&token)) {
                return Err(format!("idjag signs {} with another key", alg.name()));
            }
        }
        let mut contenders = vec![
            Contender::new("idjag", || signed(&token, own).is_some()),
            Contender::new("idjag aws-lc", || signed(&token, &aws_lc).is_some()),
        ];
        for backend in [Backend::AwsLc, Backend::RustCrypto] {
            let (header, claims, theirs) = (&header, &claims, &theirs);
            let sign = move || {
                backend.choose();
                encode(header, claims, theirs).ok()
            };
            let who = backend.who()?;
            // Its signature holds by our own verification.
            if !sign().is_some_and(|token| ours.accepts(&token)) {
                return Err(format!("{who} signs {} with another key", alg.name()));
            }
            contenders.push(Contender::new(who, move || sign().is_some()));
        }
        races.row("rust.sign", alg.name(), &mut contenders)?;
    }
    Ok(())
}

fn signed(token: &AccessToken, key: &dyn Signer) -> Option<String> {
    Some(token.to_unsigned().ok()?.sign_with(key).ok()?.expose().to_owned())
}

fn header(alg: Alg) -> Header {
    let mut header = Header::new(algorithm(alg));
    header.typ = Some("at+jwt".into());
    header.kid = Some(alg.name().into());
    header
}
