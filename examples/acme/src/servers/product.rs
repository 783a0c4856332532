//! A product the company uses: some data and two tools, one that reads it and one that changes it.
//!
//! A reading tool gets `&Data` and a writing one `&mut Data`, so `readOnlyHint` is a fact the compiler checked.

use alloc::sync::Arc;
use std::sync::{PoisonError, RwLock};

use rmcp::handler::server::tool::schema_for_type;
use rmcp::model::{JsonObject, Tool as Definition, ToolAnnotations};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Who calls, as established by the access token: every change a tool makes carries it.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) subject: String,
    pub(crate) client_id: String,
}

impl Caller {
    /// How the products write down an author.
    pub(crate) fn signature(&self) -> String {
        format!("{} via {}", self.subject, self.client_id)
    }
}

/// One of the nine.
pub(crate) struct Product {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    /// What the admin's policy groups servers by.
    pub(crate) labels: &'static [&'static str],
    pub(crate) reads: Tool,
    pub(crate) writes: Tool,
}

impl Product {
    pub(crate) fn tools(&self) -> [&Tool; 2] {
        [&self.reads, &self.writes]
    }

    pub(crate) fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools().into_iter().find(|tool| tool.name == name)
    }
}

type Run = Box<dyn Fn(&Caller, JsonObject) -> Result<Value, String> + Send + Sync>;

/// A tool: what clients see of it, the scope it needs, and the code behind it.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) scope: &'static str,
    pub(crate) definition: Definition,
    run: Run,
}

impl Tool {
    /// `Err` is a sentence for the caller: wrong arguments, or something that does not exist.
    pub(crate) fn run(&self, caller: &Caller, arguments: JsonObject) -> Result<Value, String> {
        (self.run)(caller, arguments)
    }
}

/// What a writing tool does to what is already there.
pub(crate) enum Effect {
    /// It only adds.
    Adds,
    /// It replaces something, and doing it twice is doing it once.
    Replaces,
}

/// The data behind a product's two tools.
pub(crate) struct Data<D>(Arc<RwLock<D>>);

impl<D: Send + Sync + 'static> Data<D> {
    pub(crate) fn new(data: D) -> Self {
        Self(Arc::new(RwLock::new(data)))
    }

    pub(crate) fn reading<I, O>(
        &self,
        name: &'static str,
        scope: &'static str,
        description: &'static str,
        read: fn(&D, I) -> Result<O, String>,
    ) -> Tool
    where
        I: DeserializeOwned + JsonSchema + 'static,
        O: Serialize + 'static,
    {
        let data = self.0.clone();
        let run: Run = Box::new(move |_, arguments| {
            let data = data.read().unwrap_or_else(PoisonError::into_inner);
            to_value(read(&data, from_arguments(arguments)?)?)
        });
        let hints = ToolAnnotations::new().read_only(true).open_world(false);
        Tool { name, scope, definition: define::<I>(name, description, hints), run }
    }

    pub(crate) fn writing<I, O>(
        &self,
        name: &'static str,
        scope: &'static str,
        effect: Effect,
        description: &'static str,
        write: fn(&mut D, &Caller, I) -> Result<O, String>,
    ) -> Tool
    where
        I: DeserializeOwned + JsonSchema + 'static,
        O: Serialize + 'static,
    {
        let data = self.0.clone();
        let run: Run = Box::new(move |caller, arguments| {
            let mut data = data.write().unwrap_or_else(PoisonError::into_inner);
            to_value(write(&mut data, caller, from_arguments(arguments)?)?)
        });
        let replaces = matches!(effect, Effect::Replaces);
        let hints = ToolAnnotations::new()
            .read_only(false)
            .destructive(replaces)
            .idempotent(replaces)
            .open_world(false);
        Tool { name, scope, definition: define::<I>(name, description, hints), run }
    }
}

fn define<I: JsonSchema + 'static>(
    name: &'static str,
    description: &'static str,
    hints: ToolAnnotations,
) -> Definition {
    Definition::new(name, description, schema_for_type::<I>()).with_annotations(hints)
}

fn from_arguments<I: DeserializeOwned>(arguments: JsonObject) -> Result<I, String> {
    serde_json::from_value(Value::Object(arguments)).map_err(|cause| format!("invalid arguments: {cause}"))
}

fn to_value(output: impl Serialize) -> Result<Value, String> {
    serde_json::to_value(output).map_err(|cause| cause.to_string())
}
