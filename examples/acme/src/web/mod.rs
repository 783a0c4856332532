//! HTTP, kept to the edges: everything that decides sees plain data.

mod form;
mod plain;
mod send;
mod site;

pub(crate) use form::Form;
pub(crate) use plain::{Headers, PlainRequest, PlainResponse, header_of};
pub(crate) use send::Web;
pub(crate) use site::{Port, Site, collect, into_axum, read_headers};
