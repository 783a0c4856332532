//! What the admin takes back: written into the lists of those who decide, and into the records.

use idjag::policy::WithdrawalTimes;
use idjag::record::DecisionRecord;
use idjag::revocation::{Holder, Revocation, Revoked};
use idjag::text::{ClientId, Subject};
use idjag::uri::Issuer;
use idjag::{Seconds, UnixTime};
use idjag_http::server::{MemoryRevocations, Revocations as _};

use crate::company::{App, Company, Person};
use crate::failure::Failure;

/// Longer than any token or grant of the company lives.
const RETAIN: Seconds = Seconds(3600);
/// Who revokes, in the records.
const ADMIN: &str = "admin@acme.example";

/// Ends one conversation of `person` with `app`, everywhere: its tokens, its outstanding grants, and new ones.
pub(crate) async fn end_conversation(
    company: &Company,
    app: &App,
    person: &Person,
    conversation: &str,
    now: UnixTime,
) -> Result<(), Failure> {
    let entry = |issuer: &Issuer, client_id: &ClientId, subject: Subject| Revocation {
        issuer: issuer.clone(),
        revoked: Revoked::IssuedTo {
            holder: Holder::Conversation {
                client_id: client_id.clone(),
                subject,
                context: conversation.to_owned(),
            },
            until: now,
        },
        retain_until: now.plus(RETAIN),
    };
    let sign_ons = entry(&company.issuer, &app.at_idp.client_id, person.subject_at(&company.issuer));
    revoke(company, company.revoked.at_idp(), &[sign_ons], now).await?;
    for server in &company.servers {
        // The provider names people to each server by another name, in the ID-JAG too.
        let entries = [&company.issuer, &server.issuer]
            .map(|issuer| entry(issuer, &app.at(server.id).client_id, person.subject_at(&server.issuer)));
        revoke(company, company.revoked.at(server.id), &entries, now).await?;
    }
    Ok(())
}

/// Restricts an app: the policy cuts what it asks for, and the lists what it has.
pub(crate) async fn restrict(company: &Company, app: &str, now: UnixTime) -> Result<(), Failure> {
    let former = company.policy.in_force();
    company.policy.restrict(app).map_err(Failure::broken)?;
    let (policy, times) = (company.policy.in_force(), WithdrawalTimes::default());
    for withdrawal in policy.withdrawals(Some(&former), &company.issuer, &times, now) {
        let list = match &withdrawal.server {
            Some(server) => company.revoked.at(server.as_str()),
            None => company.revoked.at_idp(),
        };
        revoke(company, list, &withdrawal.entries, now).await?;
    }
    Ok(())
}

async fn revoke(
    company: &Company,
    list: &MemoryRevocations,
    entries: &[Revocation],
    now: UnixTime,
) -> Result<(), Failure> {
    for entry in entries {
        list.add(entry, now).await.map_err(Failure::broken)?;
        company.records.add(&DecisionRecord::of_revocation(entry, ADMIN, now)?);
    }
    Ok(())
}
