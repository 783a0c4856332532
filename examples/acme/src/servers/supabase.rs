//! Supabase: the shop's production database. `select_customers` reads customers, `set_plan` changes one's plan.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::product::{Caller, Data, Effect, Product};

struct Customers(Vec<Customer>);

#[derive(Clone, Serialize)]
struct Customer {
    id: u32,
    name: &'static str,
    plan: Plan,
    updated_by: String,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Plan {
    Free,
    Team,
    Enterprise,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SelectCustomers {
    /// Only customers on this plan.
    plan: Option<Plan>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SetPlan {
    /// The customer's id.
    id: u32,
    plan: Plan,
}

#[derive(Serialize)]
struct Found {
    customers: Vec<Customer>,
}

impl Customers {
    fn select(&self, input: SelectCustomers) -> Result<Found, String> {
        let wanted = |customer: &&Customer| input.plan.is_none_or(|plan| customer.plan == plan);
        Ok(Found { customers: self.0.iter().filter(wanted).cloned().collect() })
    }

    fn set_plan(&mut self, caller: &Caller, input: SetPlan) -> Result<Customer, String> {
        let customer =
            self.0.iter_mut().find(|customer| customer.id == input.id).ok_or("no such customer")?;
        customer.plan = input.plan;
        customer.updated_by = caller.signature();
        Ok(customer.clone())
    }
}

pub(crate) fn product() -> Product {
    let customer = |id, name, plan| Customer { id, name, plan, updated_by: "signup".into() };
    let data = Data::new(Customers(vec![
        customer(1001, "Roadrunner Logistics", Plan::Enterprise),
        customer(1002, "Coyote & Sons", Plan::Free),
        customer(1003, "Tunnel Painters United", Plan::Team),
    ]));
    Product {
        id: "supabase",
        title: "Supabase",
        labels: &["prod-data"],
        reads: data.reading("select_customers", "customers:read", "Selects customers.", Customers::select),
        writes: data.writing(
            "set_plan",
            "customers:write",
            Effect::Replaces,
            "Puts a customer on another plan.",
            Customers::set_plan,
        ),
    }
}
