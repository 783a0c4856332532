//! The data warehouse: sales by day and region. `query_rows` reads them, `insert_row` adds one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::product::{Caller, Data, Effect, Product};

struct Sales(Vec<Row>);

#[derive(Clone, Serialize)]
struct Row {
    day: String,
    region: Region,
    product: String,
    units: u32,
    revenue_cents: u32,
    loaded_by: String,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Region {
    Europe,
    Americas,
    Asia,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct QueryRows {
    /// Only sales of this region.
    region: Option<Region>,
    /// Only sales of this product.
    product: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct InsertRow {
    /// As `YYYY-MM-DD`.
    day: String,
    region: Region,
    product: String,
    units: u32,
    revenue_cents: u32,
}

#[derive(Serialize)]
struct Found {
    rows: Vec<Row>,
    total_revenue_cents: u64,
}

impl Sales {
    fn query(&self, input: QueryRows) -> Result<Found, String> {
        let wanted = |row: &&Row| {
            input.region.is_none_or(|region| row.region == region)
                && input.product.as_ref().is_none_or(|product| row.product == *product)
        };
        let rows: Vec<Row> = self.0.iter().filter(wanted).cloned().collect();
        Ok(Found { total_revenue_cents: rows.iter().map(|row| u64::from(row.revenue_cents)).sum(), rows })
    }

    fn insert(&mut self, caller: &Caller, input: InsertRow) -> Result<Row, String> {
        let row = Row {
            day: input.day,
            region: input.region,
            product: input.product,
            units: input.units,
            revenue_cents: input.revenue_cents,
            loaded_by: caller.signature(),
        };
        self.0.push(row.clone());
        Ok(row)
    }
}

pub(crate) fn product() -> Product {
    let row = |day: &str, region, product: &str, units, revenue_cents| Row {
        day: day.into(),
        region,
        product: product.into(),
        units,
        revenue_cents,
        loaded_by: "nightly load".into(),
    };
    let data = Data::new(Sales(vec![
        row("2026-06-01", Region::Europe, "anvil", 14, 69_860),
        row("2026-06-01", Region::Americas, "rocket skates", 3, 53_970),
        row("2026-06-02", Region::Americas, "anvil", 22, 109_780),
        row("2026-06-02", Region::Asia, "tunnel paint", 40, 31_600),
    ]));
    Product {
        id: "warehouse",
        title: "Warehouse",
        labels: &["prod-data"],
        reads: data.reading("query_rows", "rows:read", "Queries the sales rows.", Sales::query),
        writes: data.writing("insert_row", "rows:write", Effect::Adds, "Inserts a sales row.", Sales::insert),
    }
}
