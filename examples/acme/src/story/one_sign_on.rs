//! Chapter: Alice signs on, once.

use idjag::client::ServerAnswer;

use super::{Seat, Told, is_answered};
use crate::agent::Tokens;
use crate::idp::SIGN_ON_TITLE;
use crate::narrate::Narrator;
use crate::random;
use crate::world::World;

pub(super) async fn tell(narrator: &mut Narrator, world: &World) -> Told<Seat> {
    narrator.chapter("One sign-on");
    narrator.say(
        "Alice, an engineer, opens Acme Desk. It sends her browser to the identity provider, with PKCE.",
    );
    let (browser, app) = (world.browser_of("alice"), world.install("desk", Tokens::Bound).await?);
    let authorized = app.authorize(&browser, None).await?;
    let session = app.redeem_code(&authorized).await?;
    narrator.check(
        browser.pages_shown() == [SIGN_ON_TITLE],
        format!("her browser showed her one page: “{SIGN_ON_TITLE}”"),
    );
    narrator.check(
        session.identity.issuer() == &world.company.issuer,
        "the ID Token is the provider's, for this app, and the answer to this very sign-on (nonce, iss)",
    );
    narrator.check(
        is_answered(&app.redeem_code(&authorized).await, &ServerAnswer::GrantRefused),
        "the authorization code is worth nothing a second time",
    );
    let mut intercepted = app.authorize(&browser, None).await?;
    intercepted.verifier = random::text();
    narrator.check(
        is_answered(&app.redeem_code(&intercepted).await, &ServerAnswer::GrantRefused),
        "a code is worth nothing without the app's PKCE verifier",
    );
    narrator.check(browser.pages_shown().len() == 1, "none of this bothered her with another page");
    Ok(Seat { browser, app, session })
}
