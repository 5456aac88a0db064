//! The parts of a row, and the values that it admits.

use super::Settings;
use std::fmt;

use crate::domain::engine::EngineFamily;

/// A setting: its names, its values and its default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingRow {
    /// The key in the table `[pool]` of a spec, in facts and in templates.
    pub key: &'static str,
    /// The resource that has it.
    pub holder: SettingHolder,
    /// The path in Terraform.
    pub terraform: &'static str,
    /// The path in CloudFormation; its last part is the name in the API.
    pub cloudformation: &'static str,
    /// The values that the service accepts.
    pub range: ValueRange,
    /// The value that the service takes where none is given.
    pub default: SettingDefault,
    /// The value that is generated where the spec gives none; `None` for the service's default.
    pub advised: Option<u32>,
    /// True if a policy may narrow the range.
    pub is_limited: bool,
    /// The page that states all this.
    pub source: &'static str,
}

/// The resource that has a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingHolder {
    /// The proxy, as its own attribute.
    Proxy,
    /// The default target group of the proxy.
    TargetGroup,
}

/// The values that the service accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueRange {
    /// A whole number; both ends are included.
    Number {
        /// The smallest number that is valid.
        least: u32,
        /// The largest number that is valid.
        most: u32,
    },
    /// A whole number from 0 to the value of `max_connections_percent`.
    UpToMaxConnections,
    /// One of these words.
    Words(&'static [&'static str]),
}

/// The value that the service takes where none is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingDefault {
    /// The same number for every proxy.
    Number(u32),
    /// The same word for every proxy.
    Word(&'static str),
    /// That of the engine: see [`max_connections_default`].
    Engine,
    /// Half of `max_connections_percent`, rounded down.
    HalfOfMaxConnections,
}

/// The value of a setting.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
pub enum SettingValue {
    /// A number, in the unit of the setting.
    Number(u32),
    /// A word, as the API spells it.
    Word(String),
}

impl SettingRow {
    /// Returns the name in the API: `IdleClientTimeout`.
    pub fn api_name(&self) -> &'static str {
        self.cloudformation.rsplit('.').next().unwrap_or_default()
    }

    /// Returns the largest number that the service accepts; that of `u32` for a word.
    pub const fn most(&self) -> u32 {
        match self.range {
            ValueRange::Number { most, .. } => most,
            ValueRange::UpToMaxConnections => Settings::ROWS.max_connections_percent.most(),
            ValueRange::Words(_) => u32::MAX,
        }
    }

    /// Returns the default; `max_connections` is the value of `max_connections_percent`.
    pub fn defaulted(&self, max_connections: u32) -> SettingValue {
        SettingValue::Number(match self.default {
            SettingDefault::Number(number) => number,
            SettingDefault::Engine => max_connections,
            SettingDefault::HalfOfMaxConnections => max_connections / 2,
            SettingDefault::Word(word) => return SettingValue::Word(word.to_owned()),
        })
    }

    /// Reads a value as a document writes it; `None` for what is no number where one is needed.
    pub fn parse(&self, text: &str) -> Option<SettingValue> {
        match self.range {
            ValueRange::Words(_) => Some(SettingValue::Word(text.to_owned())),
            ValueRange::Number { .. } | ValueRange::UpToMaxConnections => {
                text.trim().parse().ok().map(SettingValue::Number)
            }
        }
    }
}

impl SettingValue {
    /// Returns the number; `None` for a word.
    pub fn number(&self) -> Option<u32> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Word(_) => None,
        }
    }
}

impl fmt::Display for SettingValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Word(word) => f.write_str(word),
        }
    }
}

impl From<u32> for SettingValue {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}

impl From<String> for SettingValue {
    fn from(word: String) -> Self {
        Self::Word(word)
    }
}

impl TryFrom<i64> for SettingValue {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        match u32::try_from(number) {
            Ok(number) => Ok(Self::Number(number)),
            Err(_) => Err(format!("{number} is not a whole number from 0")),
        }
    }
}

/// Returns the default of `MaxConnectionsPercent` for an engine family, or for most of them.
pub fn max_connections_default(family: Option<EngineFamily>) -> u32 {
    family.map_or(100, |family| family.traits().max_connections_default)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row of words, which no setting is at present.
    const WORDS: SettingRow = SettingRow {
        key: "endpoint_network_type",
        holder: SettingHolder::Proxy,
        terraform: "endpoint_network_type",
        cloudformation: "EndpointNetworkType",
        range: ValueRange::Words(&["IPV4", "IPV6", "DUAL"]),
        default: SettingDefault::Word("IPV4"),
        advised: None,
        is_limited: false,
        source: "Amazon RDS API Reference, \"CreateDBProxy\"",
    };

    #[test]
    fn a_word_is_read_and_defaulted_as_a_number_is() {
        assert_eq!(WORDS.defaulted(100), SettingValue::from("IPV4".to_owned()));
        assert_eq!(
            WORDS.parse("DUAL").map(|word| word.to_string()).as_deref(),
            Some("DUAL")
        );
        assert_eq!(WORDS.api_name(), "EndpointNetworkType");
    }

    #[test]
    fn a_default_lies_in_its_own_range() {
        for row in SettingRow::ALL {
            let number = row.defaulted(100).number().unwrap();
            assert!(number <= row.most(), "{}", row.key);
            assert!(
                row.advised.is_none_or(|advised| advised <= row.most()),
                "{}",
                row.key
            );
            assert_eq!(
                row.parse(&number.to_string()),
                Some(number.into()),
                "{}",
                row.key
            );
            assert_eq!(row.parse("many"), None, "{}", row.key);
        }
    }
}
