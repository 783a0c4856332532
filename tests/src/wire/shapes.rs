//! Whether what goes in and comes out has the shapes that `idjag::wire::schema` publishes: the types of every binding
//! are written from them.

use alloc::collections::BTreeMap;
use std::sync::LazyLock;

use base64ct::{Base64UrlUnpadded, Encoding};
use idjag::wire::schema::{Record, Shape, operations};
use serde_json::{Map, Value};

/// What each operation takes and answers.
static SHAPES: LazyLock<BTreeMap<&'static str, (Shape, Shape)>> = LazyLock::new(|| {
    operations().into_iter().map(|operation| (operation.name, (operation.input, operation.output))).collect()
});

/// Which way a value goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    In,
    Out,
}

/// Says where the argument of an operation is not of its shape.
pub(super) fn input(operation: &str, value: &Value) -> Result<(), String> {
    SHAPES.get(operation).map_or(Ok(()), |(shape, _)| check(shape, value, Way::In, ""))
}

/// Says where the answer of an operation is not of its shape.
pub(super) fn output(operation: &str, value: &Value) -> Result<(), String> {
    SHAPES.get(operation).map_or(Ok(()), |(_, shape)| check(shape, value, Way::Out, ""))
}

fn check(shape: &Shape, value: &Value, way: Way, at: &str) -> Result<(), String> {
    let is = |holds: bool, what: &str| if holds { Ok(()) } else { Err(format!("`{at}` is not {what}")) };
    match shape {
        Shape::Text => is(value.is_string(), "a string"),
        Shape::Bytes => {
            let bytes = value.as_str().and_then(|text| Base64UrlUnpadded::decode_vec(text).ok());
            is(bytes.is_some(), "base64url")
        }
        Shape::Count | Shape::Seconds => is(value.is_u64(), "a whole number"),
        Shape::Time if way == Way::In => is(value.as_f64().is_some_and(|time| time >= 0.0), "a time"),
        Shape::Time => is(value.is_u64(), "a time"),
        Shape::Flag => is(value.is_boolean(), "true or false"),
        Shape::Document => is(value.is_object() || value.is_string(), "an object or a string"),
        Shape::Open => is(value.is_object(), "an object"),
        Shape::Names(names) => {
            is(value.as_str().is_some_and(|name| names.contains(&name)), "one of the names")
        }
        Shape::OneOrMany if value.is_string() => Ok(()),
        Shape::OneOrMany => items(&Shape::Text, value, way, at),
        Shape::Pair => {
            is(value.as_array().is_some_and(|pair| pair.len() == 2), "a pair")?;
            items(&Shape::Text, value, way, at)
        }
        Shape::List(item) => items(item, value, way, at),
        Shape::Map(item) => {
            let members = value.as_object().ok_or(format!("`{at}` is not an object"))?;
            members.iter().try_for_each(|(name, value)| check(item, value, way, &format!("{at}/{name}")))
        }
        Shape::Optional(_) if value.is_null() => is(way == Way::In, "left out, where it is null"),
        Shape::Nullable(_) if value.is_null() => Ok(()),
        Shape::Optional(some) | Shape::Nullable(some) => check(some, value, way, at),
        Shape::Record(record) => {
            let members = value.as_object().ok_or(format!("`{at}` is not an object"))?;
            object(&record(), members, way, at)
        }
    }
}

fn items(item: &Shape, value: &Value, way: Way, at: &str) -> Result<(), String> {
    let items = value.as_array().ok_or(format!("`{at}` is not a list"))?;
    items.iter().enumerate().try_for_each(|(index, value)| check(item, value, way, &format!("{at}/{index}")))
}

fn object(record: &Record, members: &Map<String, Value>, way: Way, at: &str) -> Result<(), String> {
    let mut known = 0;
    for member in &record.members {
        let camel = crate::surface::camel(member.name);
        let spellings = [member.name, camel.as_str()];
        let is_camel_too = record.arguments && way == Way::In && camel != member.name;
        let spellings = if is_camel_too { &spellings[..] } else { &spellings[..1] };
        let mut found = spellings.iter().filter_map(|name| members.get(*name));
        match (found.next(), &member.shape) {
            (Some(value), shape) => {
                known += 1;
                check(shape, value, way, &format!("{at}/{}", member.name))?;
            }
            (None, Shape::Optional(_)) => {}
            (None, _) => return Err(format!("`{at}/{}` is missing", member.name)),
        }
    }
    if record.open || known == members.len() {
        Ok(())
    } else {
        Err(format!("`{at}` has members that {} lacks", record.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn says_what_is_not_of_its_shape() {
        let good =
            json!({"resource": "https://a.example", "step_ups": [{"operation": "x"}], "stepUpLimit": 2});
        assert_eq!(input("scope.select", &good), Ok(()));
        for (path, value, fault) in [
            ("resource", Value::Null, "`/resource` is not a string"),
            ("step_ups", json!({}), "`/step_ups` is not a list"),
            ("step_ups", json!([{}]), "`/step_ups/0/operation` is missing"),
            ("stepUpLimit", json!(-1), "`/step_up_limit` is not a whole number"),
            ("more", json!(1), "`` has members that ScopeHistory lacks"),
        ] {
            let mut bad = good.clone();
            bad[path] = value;
            assert_eq!(input("scope.select", &bad), Err(fault.to_owned()));
        }
    }

    #[test]
    fn an_answer_is_judged_more_strictly_than_an_argument() {
        assert_eq!(output("scope.select", &json!({"scopes": ["a"]})), Ok(()));
        assert!(output("scope.select", &json!({"scopes": [1]})).is_err());
        assert!(output("scope.select", &json!({})).is_err());
        assert_eq!(output("discovery.next", &json!({"request": null})), Ok(()));
        assert!(output("discovery.next", &json!({})).is_err());
        assert!(output("registration.plan", &json!({"plan": "ask", "client_id": null})).is_err());
    }
}
