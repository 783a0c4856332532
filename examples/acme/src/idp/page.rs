//! The only page a person ever sees. It asks for a user name, because proving who one is is not what this shows.

use idjag::oauth::http::HttpResponse;

use crate::web::{Fields, html};

/// The title by which the demo counts how often a person was bothered.
pub(crate) const SIGN_ON_TITLE: &str = "Sign on to Acme";

/// The form. Only the ticket travels: what was asked stays on the server, so nobody can change it in between.
pub(crate) fn sign_on(app_name: &str, ticket: &str) -> HttpResponse {
    html(
        200,
        format!(
            "<!doctype html><html lang=\"en\"><title>{SIGN_ON_TITLE}</title>\n\
             <p>Sign on to continue to {app_name}.</p>\n\
             <form method=\"post\" action=\"/authorize\">\n\
             <input type=\"hidden\" name=\"ticket\" value=\"{ticket}\">\n\
             <label>User name <input name=\"user_name\" autocomplete=\"username\"></label>\n\
             <button>Sign on</button>\n</form></html>\n"
        ),
    )
    .with_header("cache-control", "no-store")
    // A sign-on page inside somebody else's frame is a trap.
    .with_header("content-security-policy", "frame-ancestors 'none'")
}

/// For requests that cannot be answered with a redirect, because where to is what is wrong.
pub(crate) fn error(sentence: &str) -> HttpResponse {
    html(400, format!("<!doctype html><html lang=\"en\"><title>Error</title>\n<p>{sentence}</p></html>\n"))
}
