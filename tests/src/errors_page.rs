//! `docs/errors.md`: the table of error codes for people, written from the core's own table.

use idjag::error::{ErrorCode, Wire};

const HEAD: &str = "\
# Errors

Every refusal has one of these codes. They are stable: none is ever renamed. The sentence is what goes over the wire; it is
fixed text and safe to show.

\"Of the token\" means that the kind of token at fault decides: at a token endpoint `invalid_grant` for an ID-JAG, an ID Token
or an access token, `invalid_client` for a client assertion, `invalid_dpop_proof` for a proof, `invalid_request` for an actor
token; at a resource `invalid_token`, or `invalid_dpop_proof` for a proof. A dash marks what no remote party causes there.

| code | at a token endpoint | at a resource | sentence |
|---|---|---|---|
";

/// The page.
pub fn text() -> String {
    let rows = ErrorCode::ALL.iter().map(|code| {
        let endpoint = wire(code.at_token_endpoint(), |error| error.status_at_token_endpoint());
        let resource = wire(code.at_resource(), |error| error.status_at_resource());
        format!("| `{}` | {endpoint} | {resource} | {} |\n", code.as_str(), code.sentence())
    });
    HEAD.chars().chain(rows.collect::<String>().chars()).collect()
}

fn wire(wire: Wire, status: impl Fn(idjag::OAuthError) -> u16) -> String {
    match wire {
        Wire::Is(error) => format!("{} `{}`", status(error), error.as_str()),
        Wire::OfToken => "of the token".into(),
        Wire::Local => "–".into(),
    }
}
