//! What the admin takes back: written into the lists of those who decide, and nowhere else.

use idjag::revocation::{Holder, Revocation, Revoked};
use idjag::text::{ClientId, Subject};
use idjag::uri::Issuer;
use idjag::{Seconds, UnixTime};
use idjag_http::server::Revocations as _;

use crate::company::{App, Company, Person};
use crate::failure::Failure;

/// Longer than any token or grant of the company lives.
const RETAIN: Seconds = Seconds(3600);

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
    let at_idp = person.subject_at(&company.issuer);
    let sign_ons = entry(&company.issuer, &app.at_idp.client_id, at_idp);
    company.revoked.at_idp().add(&sign_ons, now).await.map_err(Failure::broken)?;
    for server in &company.servers {
        let client_id = &app.at(server.id).client_id;
        // The provider names people to each server by another name, in the ID-JAG too.
        let subject = person.subject_at(&server.issuer);
        for issuer in [&company.issuer, &server.issuer] {
            let entry = entry(issuer, client_id, subject.clone());
            company.revoked.at(server.id).add(&entry, now).await.map_err(Failure::broken)?;
        }
    }
    Ok(())
}
