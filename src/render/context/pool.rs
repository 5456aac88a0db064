//! The connection pool as templates see it: one name for each setting.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use crate::domain::blueprint::Blueprint;
use crate::domain::settings::{SettingRow, SettingValue, Settings, ValueRange};

/// The settings of the proxy and its target group.
#[derive(Serialize)]
pub(super) struct PoolContext {
    /// The value of each setting, by its key.
    #[serde(flatten)]
    settings: Settings<SettingValue>,
    exclude_variable_sets: bool,
}

impl PoolContext {
    /// Returns the values of a blueprint.
    pub(super) fn new(blueprint: &Blueprint) -> Self {
        Self {
            settings: blueprint.pool.settings.clone(),
            exclude_variable_sets: blueprint.pool.exclude_variable_sets,
        }
    }
}

impl JsonSchema for PoolContext {
    fn schema_name() -> Cow<'static, str> {
        "PoolContext".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut properties = serde_json::Map::new();
        for row in SettingRow::ALL {
            let plain = match row.range {
                ValueRange::Words(_) => generator.subschema_for::<String>(),
                _ => generator.subschema_for::<u32>(),
            };
            properties.insert(row.key.to_owned(), plain.into());
        }
        let flag = generator.subschema_for::<bool>();
        properties.insert("exclude_variable_sets".to_owned(), flag.into());
        let required: Vec<String> = properties.keys().cloned().collect();
        json_schema!({"type": "object", "properties": properties, "required": required})
    }
}
