//! The client's side: a browser with a person in front of it, and the apps that act for that person.

mod app;
mod browser;
mod callback;
mod pairs;
mod sign_on;
mod subagent;

pub(crate) use app::{Agent, Tokens};
pub(crate) use browser::Browser;
pub(crate) use sign_on::Session;
pub(crate) use subagent::Subagent;
