//! The answer of every call: `{"ok", "handle"?}` or `{"err"}`.

use alloc::string::{String, ToString as _};

use super::answer::HttpAnswer;
use super::fault::{Cause, Fault};
use super::write::Write as _;
use crate::codec::json::{Json, Object};
use crate::error::{Error, ErrorCode};
use crate::policy::CompileErrors;

/// A call that went well, and the number of the object it made.
pub(super) fn ok(answer: Json<'static>, handle: Option<u64>) -> String {
    let mut envelope = Object::new();
    envelope.set("ok", answer);
    if let Some(handle) = handle {
        envelope.set("handle", handle);
    }
    envelope.text()
}

/// The same, of something that the library keeps under `number`.
pub(super) fn ok_numbered(answer: Json<'static>, number: Option<u64>) -> String {
    let mut envelope = Object::new();
    envelope.set("ok", answer);
    if let Some(number) = number {
        envelope.set("number", number);
    }
    envelope.text()
}

/// A call that failed.
pub(super) fn err(fault: &Fault) -> String {
    let mut err = Object::new();
    match fault.cause() {
        Cause::Argument { path, expected } => {
            describe(&mut err, Error::new(ErrorCode::ArgumentInvalid));
            err.set_str("detail", alloc::format!("{path}: {expected}"));
        }
        Cause::Error { error, oauth, path } => {
            describe(&mut err, *error);
            if let Some(path) = path {
                err.set_str("detail", path.clone());
            }
            if let Some(oauth) = oauth {
                err.set_str("oauth", oauth.as_str());
            }
        }
        Cause::Rejection(rejection) => {
            describe(&mut err, rejection.error());
            err.set_str("oauth", rejection.oauth_error().as_str());
            if let Some(response) = HttpAnswer::from(rejection.response().clone()).write() {
                err.set("http", response);
            }
            err.set("record", rejection.record().to_json());
        }
        Cause::Policy(errors) => {
            describe(&mut err, Error::new(ErrorCode::PolicyInvalid));
            err.set("faults", faults(errors));
            if errors.left_out() > 0 {
                err.set("left_out", errors.left_out() as u64);
            }
        }
    }
    let mut envelope = Object::new();
    envelope.set("err", err);
    envelope.text()
}

fn describe(err: &mut Object<'static>, error: Error) {
    err.set_str("code", error.code().as_str());
    err.set_str("message", error.to_string());
    if let Some(detail) = error.detail() {
        err.set_str("detail", detail);
    }
    if let Some(kind) = error.token() {
        err.set_str("token", kind.as_str());
    }
}

/// The faults of a policy document, in its own places.
pub(super) fn faults(errors: &CompileErrors) -> Json<'static> {
    let fault = |error: &crate::policy::PolicyError| {
        let mut fault = Object::new();
        fault.set_str("path", String::from(error.path()));
        fault.set_str("fault", error.fault().as_str());
        fault.set_str("message", error.to_string());
        if let Some(found) = error.found().filter(|found| !found.is_empty()) {
            fault.set_str("found", String::from(found));
        }
        if let Some((line, column)) = error.place() {
            fault.set("line", line as u64);
            fault.set("column", column as u64);
        }
        Json::Object(fault)
    };
    Json::Array(errors.errors().iter().map(fault).collect())
}
