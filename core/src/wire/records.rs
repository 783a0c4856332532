//! Decision records: their schema, read back, folded, told as a chain and as events of another schema.

use alloc::string::String;
use alloc::vec::Vec;

use super::declare::input;
use super::fault::Fault;
use super::handle::Held;
use super::operation::{Operation, operations};
use super::read::Read;
use super::roles::DecisionRecord;
use super::state::PassedRevocation;
use super::tokens::keys::Nothing;
use super::write::{As, described, output};
use crate::codec::json::{At, Json, Object};
use crate::record::chain::chain as chain_of;
use crate::record::connections::{ConnectionLimits, Connections};
use crate::record::{self, RecordedDecision, ocsf};
use crate::time::UnixTime;

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// The JSON Schema of decision records.
    Pure "record.schema" [] schema: Nothing => RecordSchema;
    /// Reads a decision record back: fails on whatever is not one.
    Pure "record.read" [] read: RecordToRead => As<DecisionRecord>;
    /// The record of a revocation that an administrator, or a program for one, put on the lists.
    Pure "record.of_revocation" [] of_revocation: RevocationToRecord => As<DecisionRecord>;
    /// A decision record as an event of the Open Cybersecurity Schema Framework.
    Pure "record.to_ocsf" [] to_ocsf: RecordToRead => OcsfEvent;
    /// Which apps can reach which servers, since when and for whom: what these records tell, in whatever order.
    Pure "records.connections" [] connections: RecordsToFold => As<ConnectionTable>;
    /// Everything that belongs to one id: from the sign-on over the ID-JAG and the tokens to what was done with them.
    Pure "records.chain" [] chain: RecordsOfId => Chain;
};

/// A record, as it is passed.
pub(in crate::wire) struct PassedRecord(RecordedDecision);

impl Read for PassedRecord {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        let read = match json {
            Json::String(text) => RecordedDecision::parse(text.as_bytes()),
            Json::Object(object) => RecordedDecision::from_json(object.clone().into_owned()),
            _ => return Err(Fault::argument(at, "an object or its text is expected")),
        };
        read.map(Self).map_err(|error| Fault::value(at, error))
    }
}

#[cfg(feature = "schema")]
impl super::schema::Shaped for PassedRecord {
    fn shape() -> super::schema::Shape {
        super::schema::Shape::Document
    }
}

output! {
    /// A JSON Schema.
    pub(in crate::wire) struct RecordSchema {
        /// The schema.
        schema: Object<'static>,
    }
}

fn schema(_: Nothing, _: &Held) -> Result<RecordSchema, Fault> {
    Ok(RecordSchema { schema: record::schema() })
}

input! {
    Arguments
    /// A decision record.
    pub(in crate::wire) struct RecordToRead {
        /// The record, or its text: a line of a log.
        record: PassedRecord,
    }
}

fn read(options: RecordToRead, _: &Held) -> Result<As<DecisionRecord>, Fault> {
    Ok(As::new(options.record.0.to_json().clone()))
}

input! {
    Arguments
    /// A revocation to record.
    pub(in crate::wire) struct RevocationToRecord {
        /// The revocation.
        entry: PassedRevocation,
        /// Who revokes, or which program.
        decided_by: String,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

fn of_revocation(options: RevocationToRecord, _: &Held) -> Result<As<DecisionRecord>, Fault> {
    let record = record::DecisionRecord::of_revocation(&options.entry.0, &options.decided_by, options.now)?;
    Ok(As::new(record.to_json()))
}

output! {
    /// An event of the Open Cybersecurity Schema Framework.
    pub(in crate::wire) struct OcsfEvent {
        /// The event.
        event: Object<'static>,
    }
}

fn to_ocsf(options: RecordToRead, _: &Held) -> Result<OcsfEvent, Fault> {
    Ok(OcsfEvent { event: ocsf::event(&options.record.0) })
}

input! {
    Arguments
    /// Decision records to fold.
    pub(in crate::wire) struct RecordsToFold {
        /// The records, or their texts; those that come twice count once.
        records: Vec<PassedRecord>,
        /// How many tokens are remembered; 100000 by default.
        max_tokens: Option<usize>,
        /// How many refusals are remembered; 100000 by default.
        max_denials: Option<usize>,
        /// How many revocations are remembered; 100000 by default.
        max_revocations: Option<usize>,
        /// The present, in seconds since 1970: what is good then is live.
        now: UnixTime,
    }
}

described! {
    /// Who can reach what.
    pub(in crate::wire) struct ConnectionTable {
        /// A line for each app at each authorization server.
        connections: Vec<ConnectionLine>,
        /// What was refused to nobody in particular.
        elsewhere: Vec<RefusedElsewhere>,
        /// Records that were left out because too much was to be remembered.
        left_out: u64,
    }
}

#[cfg(feature = "schema")]
described! {
    /// An app at the resources of one authorization server.
    pub(in crate::wire) struct ConnectionLine {
        /// The authorization server's issuer identifier.
        issuer: String,
        /// The app, by its id in the policy; where no record names one, the client's id.
        app: String,
        /// The server, by its id in the policy.
        server: Option<String>,
        /// The app's client ids at the authorization server.
        client_ids: Option<Vec<String>>,
        /// The resources that were ever granted.
        resources: Option<Vec<String>>,
        /// The scopes that were ever granted.
        scopes: Option<Vec<String>>,
        /// The types of authorization details that were ever granted.
        details: Option<Vec<String>>,
        /// The scopes of the tokens that are good now.
        live_scopes: Option<Vec<String>>,
        /// The first token, in seconds since 1970.
        since: Option<UnixTime>,
        /// The last operation that was let through, in seconds since 1970.
        last_used: Option<UnixTime>,
        /// When the last token that is good now expires, in seconds since 1970.
        live_until: Option<UnixTime>,
        /// How many tokens are good now, ID-JAGs among them.
        live_tokens: u64,
        /// For whom.
        users: Vec<ConnectionUser>,
        /// How often something was refused.
        denied: u64,
        /// When last, in seconds since 1970.
        last_denied: Option<UnixTime>,
        /// With which error code.
        last_error: Option<String>,
    }
}

#[cfg(feature = "schema")]
described! {
    /// A user on whose behalf an app has access.
    pub(in crate::wire) struct ConnectionUser {
        /// The issuer in whose namespace `subject` stands.
        issuer: String,
        /// The user.
        subject: String,
        /// The first token, in seconds since 1970.
        since: Option<UnixTime>,
        /// The last operation that was let through, in seconds since 1970.
        last_used: Option<UnixTime>,
        /// When the last token that is good now expires, in seconds since 1970.
        live_until: Option<UnixTime>,
        /// The user's accounts at the server.
        accounts: Option<Vec<String>>,
        /// Who acted for the user.
        actors: Option<Vec<String>>,
        /// How many tokens are good now.
        live_tokens: u64,
        /// The conversations.
        conversations: Option<Vec<ConnectionConversation>>,
    }
}

#[cfg(feature = "schema")]
described! {
    /// A conversation of a user with an app.
    pub(in crate::wire) struct ConnectionConversation {
        /// Its name.
        context: String,
        /// The first token, in seconds since 1970.
        since: Option<UnixTime>,
        /// The last operation that was let through, in seconds since 1970.
        last_used: Option<UnixTime>,
        /// When the last token that is good now expires, in seconds since 1970.
        live_until: Option<UnixTime>,
        /// How many tokens are good now.
        live_tokens: u64,
    }
}

#[cfg(feature = "schema")]
described! {
    /// Refusals that name no app and server.
    pub(in crate::wire) struct RefusedElsewhere {
        /// Who refused.
        decided_by: String,
        /// How often.
        denied: u64,
        /// When last, in seconds since 1970.
        last_denied: Option<UnixTime>,
        /// With which error code.
        last_error: Option<String>,
    }
}

fn connections(options: RecordsToFold, _: &Held) -> Result<As<ConnectionTable>, Fault> {
    let default = ConnectionLimits::default();
    let mut folded = Connections::new(ConnectionLimits {
        tokens: options.max_tokens.unwrap_or(default.tokens),
        denials: options.max_denials.unwrap_or(default.denials),
        revocations: options.max_revocations.unwrap_or(default.revocations),
    });
    for PassedRecord(record) in &options.records {
        folded.add(record);
    }
    Ok(As::new(folded.table(options.now).to_json()))
}

input! {
    Arguments
    /// Decision records, and an id to look for in them.
    pub(in crate::wire) struct RecordsOfId {
        /// The records, or their texts.
        records: Vec<PassedRecord>,
        /// The id of a token, an ID-JAG, an ID Token or a session; a conversation; or a request id.
        id: String,
    }
}

output! {
    /// What belongs to an id.
    pub(in crate::wire) struct Chain {
        /// The steps, each after the one it came from.
        steps: Vec<As<ChainStep>>,
    }
}

described! {
    /// A step of a chain.
    pub(in crate::wire) struct ChainStep {
        /// How many steps it came from, one from the other.
        level: u64,
        /// `session`, `id_token`, `grant` or `token`.
        link: String,
        /// Whose namespace `id` stands in.
        issuer: String,
        /// The id.
        id: String,
        /// Whether it was asked for.
        matched: bool,
        /// What was decided about it, in the order of time.
        records: Vec<DecisionRecord>,
    }
}

fn chain(options: RecordsOfId, _: &Held) -> Result<Chain, Fault> {
    let records = options.records.iter().map(|PassedRecord(record)| record);
    let steps = chain_of(records, &options.id);
    Ok(Chain { steps: steps.iter().map(|step| As::new(step.to_json())).collect() })
}
