//! The settings of a proxy that a spec may choose: one row each, with its names, its values and its default.
//!
//! Spec, schema, blueprint, posture, readers, facts, limits and the context of templates are drawn from these rows. The field of
//! [`Settings`] that a row makes has the row's name.

mod values;

pub use values::{
    SettingDefault, SettingHolder, SettingRow, SettingValue, ValueRange, max_connections_default,
};

/// Calls a macro with all rows. Each has its key, its type in a spec, the sentence of the schema, the sentence of the limit that a
/// policy may narrow (`[]` for none), and the fields of its [`SettingRow`].
macro_rules! each_setting {
    ($with:ident) => {
        $with! {
            max_connections_percent: i64 = "1 to 100." ["At most this share of the database's connections."] {
                holder: TargetGroup,
                terraform: "connection_pool_config.max_connections_percent",
                cloudformation: "ConnectionPoolConfigurationInfo.MaxConnectionsPercent",
                range: ValueRange::Number { least: 1, most: 100 },
                default: SettingDefault::Engine,
                advised: None,
                source: "Amazon RDS API Reference, \"ConnectionPoolConfiguration\"",
            }
            max_idle_connections_percent: i64 = "0 to max_connections_percent." [] {
                holder: TargetGroup,
                terraform: "connection_pool_config.max_idle_connections_percent",
                cloudformation: "ConnectionPoolConfigurationInfo.MaxIdleConnectionsPercent",
                range: ValueRange::UpToMaxConnections,
                default: SettingDefault::HalfOfMaxConnections,
                advised: None,
                source: "Amazon RDS API Reference, \"ConnectionPoolConfiguration\"",
            }
            borrow_timeout: i64 = "Seconds, 0 to 300." ["At most this many seconds of waiting for a connection."] {
                holder: TargetGroup,
                terraform: "connection_pool_config.connection_borrow_timeout",
                cloudformation: "ConnectionPoolConfigurationInfo.ConnectionBorrowTimeout",
                range: ValueRange::Number { least: 0, most: 300 },
                default: SettingDefault::Number(120),
                // API Gateway gives up after 29 seconds by default: a longer wait would have no caller left to answer.
                advised: Some(30),
                source: "Amazon RDS API Reference, \"ConnectionPoolConfiguration\"",
            }
            idle_client_timeout: i64 = "Seconds, 1 to 28800." ["At most this many seconds of an idle client."] {
                holder: Proxy,
                terraform: "idle_client_timeout",
                cloudformation: "IdleClientTimeout",
                range: ValueRange::Number { least: 1, most: 28_800 },
                default: SettingDefault::Number(1_800),
                advised: None,
                source: "Amazon RDS API Reference, \"CreateDBProxy\"; Amazon RDS User Guide, \"Creating a proxy for Amazon RDS\"",
            }
        }
    };
}
pub(crate) use each_setting;

macro_rules! define_settings {
    ($($key:ident: $plain:ident = $about:literal [$($limit:literal)?] {
        holder: $holder:ident,
        $($field:ident: $value:expr,)*
    })*) => {
        /// One value for each setting.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
        pub struct Settings<T> {
            $(#[doc = $about] pub $key: T,)*
        }

        impl Settings<SettingRow> {
            /// The rows by their names.
            pub const ROWS: Self = Self {
                $($key: SettingRow {
                    key: stringify!($key),
                    is_limited: !<[&str]>::is_empty(&[$($limit)?]),
                    holder: SettingHolder::$holder,
                    $($field: $value,)*
                },)*
            };
        }

        impl Settings<u32> {
            /// The largest number of each setting that the service accepts.
            pub const MOST: Self = Self {
                $($key: Settings::ROWS.$key.most(),)*
            };
        }

        impl SettingRow {
            /// All rows, in the order of the fields of [`Settings`].
            pub const ALL: &[Self] = &[$(Settings::ROWS.$key,)*];
        }

        impl<T> Settings<T> {
            /// Makes a value for each row.
            pub fn from_rows(mut make: impl FnMut(&'static SettingRow) -> T) -> Self {
                Self { $($key: make(&Settings::ROWS.$key),)* }
            }

            /// Makes another value from each.
            pub fn map<U>(&self, mut make: impl FnMut(&T) -> U) -> Settings<U> {
                Settings { $($key: make(&self.$key),)* }
            }

            /// Returns the value of a row.
            pub fn get(&self, row: &SettingRow) -> Option<&T> {
                self.rows().find(|(own, _)| own.key == row.key).map(|(_, value)| value)
            }

            /// Returns the value of a row, to be changed.
            pub fn get_mut(&mut self, row: &SettingRow) -> Option<&mut T> {
                let mut rows = SettingRow::ALL.iter().zip([$(&mut self.$key,)*]);
                rows.find(|(own, _)| own.key == row.key).map(|(_, value)| value)
            }

            /// Returns each row with its value.
            pub fn rows(&self) -> impl Iterator<Item = (&'static SettingRow, &T)> {
                SettingRow::ALL.iter().zip([$(&self.$key,)*])
            }
        }
    };
}
each_setting!(define_settings);
