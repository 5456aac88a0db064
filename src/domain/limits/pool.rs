//! The valid ranges of the connection pool's settings.

use super::{LimitBroken, Limits};
use crate::domain::engine::{EngineFamily, PINNING_FILTER};
use crate::domain::settings::{SettingRow, SettingValue, ValueRange};

impl Limits {
    /// Checks the value of a setting; `max_connections` is that of `max_connections_percent`.
    ///
    /// # Errors
    /// The value lies outside the range of the row, or of a policy that narrows it.
    pub fn setting(
        &self,
        row: &SettingRow,
        value: &SettingValue,
        max_connections: u32,
    ) -> Result<(), LimitBroken> {
        let what = row.api_name();
        let (message, fix) = match (row.range, value) {
            (ValueRange::Number { least, most }, SettingValue::Number(number)) => {
                let most = self
                    .most
                    .get(row)
                    .map_or(most, |narrowed| most.min(*narrowed));
                if (least..=most).contains(number) {
                    return Ok(());
                }
                (
                    format!("{what} is {number}, outside {least} to {most}"),
                    format!("use a value from {least} to {most}"),
                )
            }
            (ValueRange::UpToMaxConnections, SettingValue::Number(number)) => {
                if *number <= max_connections {
                    return Ok(());
                }
                (
                    format!(
                        "{what} is {number}, more than the MaxConnectionsPercent of {max_connections}"
                    ),
                    format!("use at most {max_connections}"),
                )
            }
            (ValueRange::Words(words), value) => {
                let word = value.to_string();
                if words.contains(&word.as_str()) {
                    return Ok(());
                }
                let words = words.join(", ");
                (
                    format!("{what} is {word}, none of {words}"),
                    format!("use one of {words}"),
                )
            }
            (_, SettingValue::Word(word)) => (
                format!("{what} is {word}, not a number"),
                "use a whole number".to_owned(),
            ),
        };
        Err(LimitBroken::new(message, fix))
    }
}

/// Checks a session pinning filter.
pub fn pinning_filter(filter: &str, family: EngineFamily) -> Result<(), LimitBroken> {
    let traits = family.traits();
    let message = if filter != PINNING_FILTER {
        format!("the session pinning filter `{filter}` does not exist")
    } else if !traits.pinning_filters.contains(&filter) {
        format!(
            "the session pinning filter {filter} does not exist for {}",
            traits.title
        )
    } else {
        return Ok(());
    };
    Err(LimitBroken::new(message, "remove the filter"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_include_their_ends() {
        let limits = Limits::SERVICE;
        for row in SettingRow::ALL {
            let (least, most) = match row.range {
                ValueRange::Number { least, most } => (least, most),
                ValueRange::UpToMaxConnections => (0, 50),
                ValueRange::Words(_) => continue,
            };
            let check = |number: u32| limits.setting(row, &number.into(), 50);
            assert_eq!(check(least), Ok(()), "{}", row.key);
            assert_eq!(check(most), Ok(()), "{}", row.key);
            assert!(check(most + 1).is_err(), "{}", row.key);
            if let Some(below) = least.checked_sub(1) {
                assert!(check(below).is_err(), "{}", row.key);
            }
            let word = SettingValue::Word("many".to_owned());
            assert!(limits.setting(row, &word, 50).is_err(), "{}", row.key);
        }
    }

    #[test]
    fn filters_depend_on_the_family() {
        assert_eq!(pinning_filter(PINNING_FILTER, EngineFamily::MySql), Ok(()));
        assert!(pinning_filter(PINNING_FILTER, EngineFamily::PostgreSql).is_err());
        assert!(pinning_filter("EXCLUDE_ALL", EngineFamily::MySql).is_err());
    }
}
