//! HTTP, kept to the edges: everything that decides sees plain data.

mod form;
mod plain;
mod send;
mod site;

pub(crate) use form::Form;
pub(crate) use plain::{
    Fields, get, html, json_of, oauth_error, post_form, query_of, redirect, secret_json, sentence,
};
pub(crate) use send::Web;
pub(crate) use site::{Port, Site};
