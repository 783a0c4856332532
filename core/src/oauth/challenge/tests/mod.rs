//! Challenges and credentials, case by case.

mod credentials;
mod properties;
mod reading;
mod writing;

use std::prelude::v1::*;

use super::*;
use crate::crypto::Algorithm;

const METADATA: &str = "https://mcp.example.com/.well-known/oauth-protected-resource";

fn parse(header: &str) -> Result<Challenges, Error> {
    Challenges::parse([header], &Limits::DEFAULT)
}

fn one(header: &str) -> Challenge {
    parse(header).unwrap().0.remove(0)
}

fn code<T: fmt::Debug>(result: Result<T, Error>) -> ErrorCode {
    result.unwrap_err().code()
}

fn scope(text: &str) -> Scope {
    Scope::parse(text, &Limits::DEFAULT).unwrap()
}

fn url(text: &str) -> Url {
    Url::new(text, Transport::HttpsOnly).unwrap()
}

fn both() -> ChallengeBuilder {
    ChallengeBuilder::bearer_and_dpop(url(METADATA), &[Algorithm::Es256, Algorithm::EdDsa]).unwrap()
}
