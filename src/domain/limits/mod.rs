//! The limits of RDS Proxy: its quotas as constants, and the checks that the spec, the questions and the rules share.
//!
//! Each limit is defined once, here. The rule that reports it in an audit asks for its check.

pub mod documents;
pub mod login;
pub mod names;
pub mod network;
pub mod pool;
pub mod versions;

use crate::domain::settings::Settings;

/// The limit that a value breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}: {fix}")]
pub struct LimitBroken {
    /// The problem, in lower case and without a full stop.
    pub message: String,
    /// The fix for the problem, as an instruction.
    pub fix: String,
}

impl LimitBroken {
    fn new(message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            fix: fix.into(),
        }
    }
}

/// The maximum number of auth entries, and so of secrets, of one proxy.
/// Source: Amazon RDS User Guide, "Quotas and limitations for RDS Proxy".
pub const SECRETS_PER_PROXY: usize = 200;

/// The maximum number of endpoints beside the built-in one.
/// Source: Amazon RDS User Guide, "Quotas and limitations for RDS Proxy".
pub const EXTRA_ENDPOINTS: usize = 20;

/// The maximum number of proxies of one account.
/// Source: Amazon RDS User Guide, "Quotas and limitations for RDS Proxy".
pub const PROXIES_PER_ACCOUNT: usize = 20;

/// The maximum length of tag keys and values in characters.
/// Source: CloudFormation Template Reference, "AWS::RDS::DBProxy TagFormat".
pub const TAG_LENGTH: usize = 128;

/// The limits that a policy may tighten. The service's own are the loosest ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The minimum number of subnets.
    pub subnets: usize,
    /// The minimum number of zones that the subnets are in.
    pub zones: usize,
    /// The maximum number of secrets.
    pub secrets: usize,
    /// The maximum number of endpoints beside the built-in one.
    pub endpoints: usize,
    /// The minimum number of free addresses in each subnet, not counting those that further endpoints need.
    pub free_addresses: u32,
    /// The maximum of each setting that is a number.
    pub most: Settings<u32>,
}

impl Limits {
    /// The limits that the service itself enforces or recommends.
    pub const SERVICE: Self = Self {
        subnets: network::SUBNETS,
        zones: network::ZONES,
        secrets: SECRETS_PER_PROXY,
        endpoints: EXTRA_ENDPOINTS,
        free_addresses: network::FREE_ADDRESSES,
        most: Settings::MOST,
    };

    /// Returns the stricter of both for every limit, so that no policy can loosen one.
    pub fn tightened(self, by: Self) -> Self {
        Self {
            subnets: self.subnets.max(by.subnets),
            zones: self.zones.max(by.zones),
            secrets: self.secrets.min(by.secrets),
            endpoints: self.endpoints.min(by.endpoints),
            free_addresses: self.free_addresses.max(by.free_addresses),
            most: Settings::from_rows(|row| {
                let narrowed = [self.most.get(row), by.most.get(row)];
                narrowed
                    .into_iter()
                    .flatten()
                    .copied()
                    .min()
                    .unwrap_or(row.most())
            }),
        }
    }

    /// Checks the number of secrets.
    pub fn secret_count(&self, count: usize) -> Result<(), LimitBroken> {
        if count <= self.secrets {
            return Ok(());
        }
        Err(LimitBroken::new(
            format!(
                "{count} secrets are more than the {} that one proxy can hold",
                self.secrets
            ),
            "split the users over several proxies, or use end-to-end IAM authentication, which needs no secrets",
        ))
    }

    /// Checks the number of endpoints beside the built-in one.
    pub fn endpoint_count(&self, count: usize) -> Result<(), LimitBroken> {
        if count <= self.endpoints {
            return Ok(());
        }
        Err(LimitBroken::new(
            format!(
                "{count} further endpoints are more than the {} that one proxy can have",
                self.endpoints
            ),
            "remove endpoints, or split them over several proxies",
        ))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::SERVICE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_can_only_tighten() {
        let policy = Limits {
            zones: 3,
            secrets: 500,
            most: Settings {
                idle_client_timeout: 600,
                borrow_timeout: 9_999,
                ..Settings::MOST
            },
            ..Limits::SERVICE
        };
        let limits = Limits::SERVICE.tightened(policy);
        assert_eq!(
            limits,
            Limits {
                zones: 3,
                most: Settings {
                    idle_client_timeout: 600,
                    ..Settings::MOST
                },
                ..Limits::SERVICE
            }
        );
    }

    #[test]
    fn counts_end_at_the_quota() {
        let limits = Limits::SERVICE;
        assert_eq!(limits.secret_count(200), Ok(()));
        assert!(limits.secret_count(201).is_err());
        assert_eq!(limits.endpoint_count(20), Ok(()));
        assert!(limits.endpoint_count(21).is_err());
    }
}
