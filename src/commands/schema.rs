//! `schema`: the JSON Schemas of our file formats, for editors and other tools.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};

use crate::app::{CommandError, Outcome};
use crate::domain::baseline::Baseline;
use crate::domain::pack::allowance::ALLOWANCES;
use crate::domain::policy::PolicyFile;
use crate::domain::snapshot::Snapshot;
use crate::domain::{pack, spec, trust};
use crate::render;
use crate::report::drift::DriftReport;
use crate::report::json::ReportFile;
use crate::report::pack_status::FleetReport;
use crate::report::update::UpdateReport;

/// Print the JSON Schema of a file format.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Which format.
    format: SchemaFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SchemaFormat {
    /// rdsproxy.toml.
    Spec,
    /// What `audit --format json` writes.
    Report,
    /// What `snapshot` writes and `--snapshot` reads.
    Snapshot,
    /// rdsproxy-policy.toml.
    Policy,
    /// .rdsproxy-gen/baseline.json.
    Baseline,
    /// A pack's pack.toml.
    Pack,
    /// What the templates of a pack may use.
    Context,
    /// rdsproxy-trust.toml.
    Trust,
    /// yanked.toml, beside a pack.
    Yanked,
    /// What `drift --format json` writes.
    Drift,
    /// What `pack status --format json` writes.
    Fleet,
    /// What `update --format json` writes.
    Update,
}

/// Prints the schema of the format.
///
/// # Errors
/// Never in practice: every schema is valid JSON.
pub fn run(args: &SchemaArgs) -> Result<Outcome, CommandError> {
    let schema = match args.format {
        SchemaFormat::Spec => spec::json_schema(),
        SchemaFormat::Report => schemars::schema_for!(ReportFile).to_value(),
        SchemaFormat::Snapshot => schemars::schema_for!(Snapshot).to_value(),
        SchemaFormat::Policy => schemars::schema_for!(PolicyFile).to_value(),
        SchemaFormat::Baseline => schemars::schema_for!(Baseline).to_value(),
        SchemaFormat::Pack => pack::json_schema(),
        SchemaFormat::Context => with_allowances(render::context_schema()),
        SchemaFormat::Trust => trust::json_schema(),
        SchemaFormat::Yanked => pack::yanked_schema(),
        SchemaFormat::Update => schemars::schema_for!(UpdateReport).to_value(),
        SchemaFormat::Drift => schemars::schema_for!(DriftReport).to_value(),
        SchemaFormat::Fleet => schemars::schema_for!(FleetReport).to_value(),
    };
    let text = serde_json::to_string_pretty(&schema).map_err(CommandError::bug)?;
    Ok(Outcome::text(text + "\n"))
}

/// Adds the changes that a pack may make to the rendered files. They belong to the contract with its templates.
fn with_allowances(mut schema: serde_json::Value) -> serde_json::Value {
    let rows: BTreeMap<&str, &str> = ALLOWANCES.iter().map(|row| (row.id, row.allows)).collect();
    schema["x-allowances"] = serde_json::json!(rows);
    schema
}
