//! The valid ranges of the connection pool's settings.

use super::{LimitBroken, Limits};
use crate::domain::engine::EngineFamily;

/// The maximum of `MaxConnectionsPercent`.
/// Source: Amazon RDS API Reference, "ConnectionPoolConfiguration".
pub const PERCENT: u32 = 100;

/// The maximum of `ConnectionBorrowTimeout` in seconds.
/// Source: Amazon RDS API Reference, "ConnectionPoolConfiguration".
pub const BORROW_TIMEOUT: u32 = 300;

/// The default of `ConnectionBorrowTimeout` in seconds.
/// Source: Amazon RDS API Reference, "ConnectionPoolConfiguration".
pub const BORROW_TIMEOUT_DEFAULT: u32 = 120;

/// The maximum of `IdleClientTimeout` in seconds: eight hours.
/// Source: Amazon RDS User Guide, "Creating a proxy for Amazon RDS".
pub const IDLE_CLIENT_TIMEOUT: u32 = 28_800;

/// The default of `IdleClientTimeout` in seconds.
/// Source: Amazon RDS API Reference, "CreateDBProxy".
pub const IDLE_CLIENT_TIMEOUT_DEFAULT: u32 = 1_800;

/// The only session pinning filter that exists.
/// Source: Amazon RDS API Reference, "ConnectionPoolConfiguration".
pub const PINNING_FILTER: &str = "EXCLUDE_VARIABLE_SETS";

/// Returns the default of `MaxConnectionsPercent` for an engine family.
/// Source: Amazon RDS API Reference, "ConnectionPoolConfiguration".
pub fn max_connections_default(family: EngineFamily) -> u32 {
    match family {
        EngineFamily::SqlServer => 10,
        EngineFamily::MySql | EngineFamily::PostgreSql => PERCENT,
    }
}

impl Limits {
    /// Checks that `MaxConnectionsPercent` is from 1 to the limit.
    pub fn max_connections(&self, percent: u32) -> Result<(), LimitBroken> {
        let most = self.max_connections_percent;
        within("MaxConnectionsPercent", percent, (1, most))
    }

    /// Checks that `ConnectionBorrowTimeout` is from 0 to the limit.
    pub fn borrow_timeout(&self, seconds: u32) -> Result<(), LimitBroken> {
        within("ConnectionBorrowTimeout", seconds, (0, self.borrow_timeout))
    }

    /// Checks that `IdleClientTimeout` is from 1 to the limit.
    pub fn idle_client_timeout(&self, seconds: u32) -> Result<(), LimitBroken> {
        within("IdleClientTimeout", seconds, (1, self.idle_client_timeout))
    }
}

/// Checks `MaxIdleConnectionsPercent` against `MaxConnectionsPercent`.
/// Source: Amazon RDS API Reference, "ConnectionPoolConfiguration".
pub fn max_idle_connections(idle: u32, max: u32) -> Result<(), LimitBroken> {
    if idle <= max {
        return Ok(());
    }
    Err(LimitBroken::new(
        "pool-invalid",
        format!(
            "MaxIdleConnectionsPercent is {idle}, more than the MaxConnectionsPercent of {max}"
        ),
        format!("use at most {max}"),
    ))
}

/// Checks a session pinning filter.
/// Source: Amazon RDS API Reference, "ConnectionPoolConfiguration"; the filter does not exist for PostgreSQL.
pub fn pinning_filter(filter: &str, family: EngineFamily) -> Result<(), LimitBroken> {
    let message = if filter != PINNING_FILTER {
        format!("the session pinning filter `{filter}` does not exist")
    } else if family == EngineFamily::PostgreSql {
        format!("the session pinning filter {filter} does not exist for PostgreSQL")
    } else {
        return Ok(());
    };
    Err(LimitBroken::new(
        "pinning-filter-unsupported",
        message,
        "remove the filter",
    ))
}

fn within(what: &str, value: u32, (least, most): (u32, u32)) -> Result<(), LimitBroken> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(LimitBroken::new(
        "pool-invalid",
        format!("{what} is {value}, outside {least} to {most}"),
        format!("use a value from {least} to {most}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_include_their_ends() {
        let limits = Limits::SERVICE;
        for good in [1, 100] {
            assert_eq!(limits.max_connections(good), Ok(()), "{good}");
        }
        for bad in [0, 101] {
            assert_eq!(
                limits.max_connections(bad).unwrap_err().limit,
                "pool-invalid",
                "{bad}"
            );
        }
        assert_eq!(limits.borrow_timeout(0), Ok(()));
        assert!(limits.borrow_timeout(301).is_err());
        assert_eq!(limits.idle_client_timeout(28_800), Ok(()));
        assert!(limits.idle_client_timeout(0).is_err());
        assert!(limits.idle_client_timeout(28_801).is_err());
        assert_eq!(max_idle_connections(50, 50), Ok(()));
        assert!(max_idle_connections(51, 50).is_err());
    }

    #[test]
    fn filters_depend_on_the_family() {
        assert_eq!(pinning_filter(PINNING_FILTER, EngineFamily::MySql), Ok(()));
        assert!(pinning_filter(PINNING_FILTER, EngineFamily::PostgreSql).is_err());
        assert!(pinning_filter("EXCLUDE_ALL", EngineFamily::MySql).is_err());
    }
}
