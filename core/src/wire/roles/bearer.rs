//! Bearer tokens without their requests; and the question that is asked most, without JSON where the answer is known.

use alloc::string::String;
use alloc::vec::Vec;

use super::record::DecisionRecord;
use super::resource_server::{AccessNeeds, material};
use crate::codec::json::{At, Json, Number};
use crate::resource_server::{Kept, PendingBearer, VerifiedAccess};
use crate::scope::ScopeToken;
use crate::time::UnixTime;
use crate::wire::declare::input;
use crate::wire::envelope;
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::operation::written;
use crate::wire::read::Read as _;
use crate::wire::table::{SharedTable, with_objects};
use crate::wire::tokens::access_token::VerifiedAccessTokenClaims;
use crate::wire::write::{As, output};

input! {
    Arguments
    /// A bearer token.
    pub(in crate::wire) struct BearerToken {
        /// The token, as it was sent.
        token: String,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

pub(super) fn bearer_needs(call: BearerToken, held: &Held<'_>) -> Result<AccessNeeds, Fault> {
    Ok(AccessNeeds::from(parse(held, &call.token, call.now)?.needs()))
}

input! {
    Arguments
    /// A bearer token to verify. The issuer's keys are `keys`; without them nothing can be verified.
    pub(in crate::wire) struct VerifyBearerToken {
        /// The token, as it was sent.
        token: String,
        /// The conversation that the request is part of, where you know: a token for another one, or for none, is refused.
        context: Option<String>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// A bearer token that holds.
    pub(in crate::wire) struct VerifiedBearer {
        /// Its claims. The token itself is not here, so that it cannot be passed on.
        claims: As<VerifiedAccessTokenClaims>,
        /// Its scopes, with those that they include, in order.
        scopes: Vec<String>,
        /// The record to keep: it names no operation, for none is known here.
        record: As<DecisionRecord>,
    }
}

impl From<&VerifiedAccess<'_>> for VerifiedBearer {
    fn from(verified: &VerifiedAccess<'_>) -> Self {
        Self {
            claims: As::new(verified.claims().to_json()),
            scopes: verified.scope().iter().map(ScopeToken::as_str).map(String::from).collect(),
            record: As::new(verified.record().to_json()),
        }
    }
}

pub(super) fn verify_bearer(call: VerifyBearerToken, held: &Held<'_>) -> Result<VerifiedBearer, Fault> {
    let verified = verify(held, &call.token, call.context.as_deref(), call.now)?;
    Ok(VerifiedBearer::from(&verified))
}

fn parse<'h>(held: &'h Held<'_>, token: &'h str, now: UnixTime) -> Result<PendingBearer<'h, 'h>, Fault> {
    let server = held.resource_server(0)?;
    Ok(match held.cache {
        Some(cache) => server.parse_bearer_with(token, cache, now)?,
        None => server.parse_bearer(token, now)?,
    })
}

fn verify<'h>(
    held: &'h Held<'_>,
    token: &'h str,
    context: Option<&'h str>,
    now: UnixTime,
) -> Result<VerifiedAccess<'h>, Fault> {
    Ok(parse(held, token, now)?.verify(&material(held, None, context)?, now)?)
}

/// `resource_server.verify_bearer` as plain arguments.
#[derive(Clone, Copy)]
pub struct BearerQuestion<'q> {
    /// The numbers of the protected resource, of the issuer's keys and of the revocations; 0 for none.
    pub objects: [u64; 3],
    /// The token, as it was sent.
    pub token: &'q str,
    /// The conversation that the request is part of, where it is known.
    pub context: Option<&'q str>,
    /// The present, in seconds since 1970.
    pub now: f64,
    /// Whether the number of a token that was verified before will do for an answer.
    pub number_will_do: bool,
}

/// What became of a [`BearerQuestion`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BearerAnswer {
    /// The token holds, and is the one about which an answer had this `number`: its claims and scopes are those told then, and
    /// its record that one, at the present time.
    Known(u64),
    /// The whole answer, as that of a call, but that the `record` of a token that holds stands by itself on a second line:
    /// who does not look at it need not read it. The answer's `number`, if it has one, is of this token and of no other ever,
    /// and below 2^53; the remainder of the number by 65,536 is below the capacity of the resource's cache, and of all numbers
    /// with the same remainder only the greatest is known any more.
    Told(String),
}

/// Verifies a bearer token, as the operation `resource_server.verify_bearer` does, and with the same answer.
pub fn verify_bearer_of(table: &impl SharedTable, question: &BearerQuestion<'_>) -> BearerAnswer {
    let answer = with_objects(table, &question.objects, |held| {
        let now = UnixTime::read(&Json::Number(Number::Float(question.now)), &At::Root.member("now"))?;
        let verified = verify(held, question.token, question.context, now)?;
        Ok(match verified.kept() {
            Kept::Before(number) if question.number_will_do => BearerAnswer::Known(number),
            Kept::Before(number) | Kept::Now(number) => told(&verified, Some(number)),
            Kept::Not => told(&verified, None),
        })
    });
    answer.unwrap_or_else(|fault| BearerAnswer::Told(envelope::err(&fault)))
}

fn told(verified: &VerifiedAccess<'_>, number: Option<u64>) -> BearerAnswer {
    let mut answer = written(VerifiedBearer::from(verified));
    let record = match &mut answer {
        Json::Object(members) => members.remove("record").unwrap_or(Json::Null),
        _ => Json::Null,
    };
    let mut text = envelope::ok_numbered(answer, number);
    text.push('\n');
    record.write(&mut text);
    BearerAnswer::Told(text)
}
