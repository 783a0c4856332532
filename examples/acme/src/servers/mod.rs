//! The nine products of the company, in alphabetical order.

mod datadog;
mod email;
mod figma;
mod github;
mod jira;
mod product;
mod sentry;
mod slack;
mod supabase;
mod warehouse;

pub(crate) use product::{Caller, Product, Tool};

/// Fresh data and tools of all nine.
pub(crate) fn all() -> Vec<Product> {
    vec![
        datadog::product(),
        email::product(),
        figma::product(),
        github::product(),
        jira::product(),
        sentry::product(),
        slack::product(),
        supabase::product(),
        warehouse::product(),
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Caller, all};

    #[test]
    fn every_product_has_one_reading_and_one_writing_tool() {
        for product in all() {
            let hint = |tool: &super::Tool| tool.definition.annotations.as_ref().unwrap().read_only_hint;
            assert_eq!(hint(&product.reads), Some(true), "{}", product.id);
            assert_eq!(hint(&product.writes), Some(false), "{}", product.id);
            assert_ne!(product.reads.scope, product.writes.scope, "{}", product.id);
        }
    }

    #[test]
    fn every_tool_describes_its_input_and_refuses_unknown_members() {
        let caller = Caller { subject: "s".into(), client_id: "c".into() };
        for product in all() {
            for tool in product.tools() {
                let schema = Value::Object(tool.definition.input_schema.as_ref().clone());
                assert_eq!(schema["type"], "object");
                assert_eq!(schema["additionalProperties"], false, "{}", tool.definition.name);
                let Value::Object(arguments) = json!({ "sudo": true }) else { unreachable!() };
                assert!(tool.run(&caller, arguments).unwrap_err().starts_with("invalid arguments"));
            }
        }
    }
}
