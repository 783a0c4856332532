//! A person's browser: it keeps cookies, follows redirects, fills in the sign-on form, and remembers every page that
//! a person had to look at.

use std::sync::{Mutex, MutexGuard, PoisonError};

use idjag::oauth::http::{HttpRequest, HttpResponse};

use crate::company::Person;
use crate::failure::Failure;
use crate::web::{Fields, Form, Web, get, post_form};

/// More than any sign-on needs.
const MAX_HOPS: usize = 8;

pub(crate) struct Browser {
    pub(crate) person: &'static Person,
    web: Web,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// The identity provider's cookie; the browser visits nobody else who sets one.
    cookie: Option<String>,
    titles: Vec<String>,
}

impl Browser {
    pub(crate) fn of(person: &'static Person, web: &Web) -> Self {
        Self { person, web: web.clone(), seen: Mutex::default() }
    }

    /// The titles of all pages shown so far.
    pub(crate) fn pages_shown(&self) -> Vec<String> {
        self.seen().titles.clone()
    }

    /// Opens `url` and goes wherever it leads, up to `destination`, where an app waits.
    pub(crate) async fn visit(&self, url: &str, destination: &str) -> Result<(), Failure> {
        let provider = origin_of(url).to_owned();
        let mut request = get(url);
        for _ in 0..MAX_HOPS {
            let arrived = request.url.starts_with(destination);
            let response = self.fetch(request, &provider).await?;
            request = match response.status {
                200 if arrived => return Ok(()),
                200 => self.fill_in(&provider, &response)?,
                302 => follow(&response)?,
                status => return Err(Failure::broken(format!("the browser shows an error page ({status})"))),
            };
        }
        Err(Failure::broken("too many redirects"))
    }

    /// Sends the cookie to the one who set it and to nobody else.
    async fn fetch(&self, request: HttpRequest, provider: &str) -> Result<HttpResponse, Failure> {
        let is_provider = origin_of(&request.url) == provider;
        let cookie = self.seen().cookie.clone().filter(|_| is_provider);
        let request = match cookie {
            Some(cookie) => request.with_header("cookie", cookie),
            None => request,
        };
        let response = self.web.send(&request).await?;
        if let Some((cookie, _)) = response.header("set-cookie").and_then(|line| line.split_once(';')) {
            self.seen().cookie = Some(cookie.to_owned());
        }
        Ok(response)
    }

    /// What the person does with a page: look at it, type the user name, press the button.
    fn fill_in(&self, provider: &str, page: &HttpResponse) -> Result<HttpRequest, Failure> {
        let html = String::from_utf8_lossy(&page.body);
        self.seen().titles.push(between(&html, "<title>", "</title>").unwrap_or("untitled").to_owned());
        let ticket = between(&html, "name=\"ticket\" value=\"", "\"")
            .ok_or_else(|| Failure::broken("the page is not a sign-on page"))?;
        let form = Form::default().with("ticket", ticket).with("user_name", self.person.user_name);
        Ok(post_form(format!("{provider}/authorize"), &form))
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn follow(response: &HttpResponse) -> Result<HttpRequest, Failure> {
    response.header("location").map(get).ok_or_else(|| Failure::broken("a redirect to nowhere"))
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    Some(text.split_once(before)?.1.split_once(after)?.0)
}

/// `scheme://host:port` of a URL.
fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |scheme| scheme + 3);
    let path = url[host..].find(['/', '?']).map_or(url.len(), |path| host + path);
    &url[..path]
}

#[cfg(test)]
mod tests {
    use super::origin_of;

    #[test]
    fn an_origin_ends_where_the_path_begins() {
        assert_eq!(origin_of("http://127.0.0.1:80/a/b?c"), "http://127.0.0.1:80");
        assert_eq!(origin_of("http://127.0.0.1:80?c"), "http://127.0.0.1:80");
        assert_eq!(origin_of("http://127.0.0.1:80"), "http://127.0.0.1:80");
    }
}
