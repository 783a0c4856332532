//! JSON Schema 2020-12, as far as the schemas of this project use it: a keyword or pattern that is not known here panics.

use serde_json::{Map, Value};

/// A pattern, and the program that it stands for.
type Pattern = (&'static str, fn(&str) -> bool);

const PATTERNS: &[Pattern] = &[
    ("^[^\\u0000-\\u001f\\u007f-\\u009f]+$", |text| !text.is_empty() && !text.chars().any(char::is_control)),
    ("^[a-z0-9_]{1,64}$", |text| {
        let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        (1..=64).contains(&text.len()) && text.chars().all(known)
    }),
    ("^$|^[!#-\\[\\]-~]+( [!#-\\[\\]-~]+)*$", |text| {
        let known = |c: char| matches!(c, '!' | '#'..='[' | ']'..='~');
        text.is_empty() || text.split(' ').all(|token| !token.is_empty() && token.chars().all(known))
    }),
];

/// Says why `value` is not valid under the whole `schema`.
pub fn check(schema: &Value, value: &Value) -> Result<(), String> {
    under(schema, schema, value, "")
}

fn under(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let rules = match schema {
        Value::Bool(true) => return Ok(()),
        Value::Bool(false) => return Err(format!("`{at}` is not to be there")),
        schema => schema.as_object().expect("a schema"),
    };
    for (keyword, rule) in rules {
        keyword_holds(root, rules, keyword, rule, value, at)?;
    }
    Ok(())
}

fn keyword_holds(
    root: &Value,
    rules: &Map<String, Value>,
    keyword: &str,
    rule: &Value,
    value: &Value,
    at: &str,
) -> Result<(), String> {
    let is = |holds: bool, what: &str| if holds { Ok(()) } else { Err(format!("`{at}`: {what} {rule}")) };
    let bound = || rule.as_u64().expect("a bound");
    let inner = |schema: &Value| under(root, schema, value, at);
    let schemas = || rule.as_array().expect("schemas").iter();
    match keyword {
        "$schema" | "title" | "description" | "$defs" | "then" | "else" => Ok(()),
        "$ref" => {
            inner(root.pointer(&rule.as_str().expect("a reference")[1..]).expect("what is referred to"))
        }
        "const" => is(value == rule, "is not"),
        "enum" => is(rule.as_array().expect("values").contains(value), "is none of"),
        "type" => is(is_of_type(value, rule.as_str().expect("a type")), "is no"),
        "pattern" => {
            let (_, matches) = PATTERNS.iter().find(|(known, _)| rule == known).expect("a known pattern");
            is(value.as_str().is_none_or(matches), "does not match")
        }
        "minLength" => {
            is(value.as_str().is_none_or(|t| t.chars().count() as u64 >= bound()), "is shorter than")
        }
        "maxLength" => {
            is(value.as_str().is_none_or(|t| t.chars().count() as u64 <= bound()), "is longer than")
        }
        "minimum" => is(value.as_f64().is_none_or(|number| number >= bound() as f64), "is less than"),
        "maximum" => is(value.as_f64().is_none_or(|number| number <= bound() as f64), "is more than"),
        "minItems" => {
            is(value.as_array().is_none_or(|items| items.len() as u64 >= bound()), "has fewer than")
        }
        "maxItems" => is(value.as_array().is_none_or(|items| items.len() as u64 <= bound()), "has more than"),
        "items" => {
            let mut items = value.as_array().into_iter().flatten().enumerate();
            items.try_for_each(|(index, item)| under(root, rule, item, &format!("{at}/{index}")))
        }
        "required" => {
            let mut names = schemas().map(|name| name.as_str().expect("a name"));
            let missing = names.find(|name| value.is_object() && value.get(name).is_none());
            missing.map_or(Ok(()), |name| Err(format!("`{at}/{name}` is missing")))
        }
        "properties" => rule.as_object().expect("properties").iter().try_for_each(|(name, schema)| {
            value.get(name).map_or(Ok(()), |member| under(root, schema, member, &format!("{at}/{name}")))
        }),
        "additionalProperties" => {
            assert_eq!(rule, &Value::Bool(false), "the only value that is known here");
            let known = rules["properties"].as_object().expect("properties");
            let unknown =
                value.as_object().and_then(|members| members.keys().find(|name| !known.contains_key(*name)));
            unknown.map_or(Ok(()), |name| Err(format!("`{at}/{name}` is not known")))
        }
        "allOf" => schemas().try_for_each(inner),
        "oneOf" => {
            let fitting = schemas().filter(|schema| inner(schema).is_ok()).count();
            if fitting == 1 { Ok(()) } else { Err(format!("`{at}` fits {fitting} of the alternatives")) }
        }
        "if" => {
            let branch = if inner(rule).is_ok() { "then" } else { "else" };
            rules.get(branch).map_or(Ok(()), inner)
        }
        _ => panic!("the keyword `{keyword}` is not known here"),
    }
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        _ => panic!("the type `{name}` is not known here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_keyword_can_fail() {
        for (schema, good, bad) in [
            (json!({"const": 1}), json!(1), json!(2)),
            (json!({"enum": ["a", "b"]}), json!("b"), json!("c")),
            (json!({"type": "integer"}), json!(1), json!("1")),
            (json!({"type": "object"}), json!({}), json!([])),
            (json!({"type": "array"}), json!([]), json!({})),
            (json!({"type": "boolean"}), json!(true), json!(1)),
            (json!({"type": "string", "minLength": 1}), json!("a"), json!("")),
            (json!({"maxLength": 2}), json!("äö"), json!("äöü")),
            (json!({"minimum": 2}), json!(2), json!(1)),
            (json!({"maximum": 2}), json!(2), json!(3)),
            (json!({"minItems": 1}), json!([1]), json!([])),
            (json!({"maxItems": 1}), json!([1]), json!([1, 2])),
            (json!({"items": {"const": 1}}), json!([1, 1]), json!([1, 2])),
            (json!({"required": ["a"]}), json!({"a": 1}), json!({"b": 1})),
            (json!({"properties": {"a": {"const": 1}}}), json!({"b": 2}), json!({"a": 2})),
            (json!({"properties": {"a": false}}), json!({"b": 2}), json!({"a": 2})),
            (
                json!({"properties": {"a": {}}, "additionalProperties": false}),
                json!({"a": 1}),
                json!({"b": 1}),
            ),
            (json!({"allOf": [{"minimum": 1}, {"maximum": 2}]}), json!(2), json!(3)),
            (json!({"oneOf": [{"minimum": 1}, {"maximum": 2}]}), json!(3), json!(2)),
            (
                json!({"if": {"minimum": 5}, "then": {"maximum": 6}, "else": {"maximum": 2}}),
                json!(6),
                json!(3),
            ),
            (json!({"$ref": "#/$defs/a", "$defs": {"a": {"const": 1}}}), json!(1), json!(2)),
            (json!({"pattern": PATTERNS[0].0}), json!("a b"), json!("a\nb")),
            (json!({"pattern": PATTERNS[1].0}), json!("a_1"), json!("a-1")),
            (json!({"pattern": PATTERNS[2].0}), json!("a b"), json!("a  b")),
        ] {
            assert_eq!(check(&schema, &good), Ok(()), "{schema}");
            assert!(check(&schema, &bad).is_err(), "{schema}");
        }
    }
}
