//! The client's side: a browser with a person in front of it, and the apps that act for that person.

mod app;
mod browser;
mod callback;
mod sign_on;

pub(crate) use app::{Agent, Session};
pub(crate) use browser::Browser;
