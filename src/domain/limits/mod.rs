//! What RDS Proxy accepts: its quotas as constants, and the checks that the spec, the questions and the rules share.
//!
//! A limit is written here once. What a rule says about it in an audit is in the rule of the same id.

pub mod documents;
pub mod login;
pub mod names;
pub mod network;
pub mod pool;
pub mod versions;

/// A limit that a value breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}: {fix}")]
pub struct LimitBroken {
    /// The id of the rule that reports the same in an audit.
    pub limit: &'static str,
    /// What is wrong, lower case, no full stop.
    pub message: String,
    /// What to do.
    pub fix: String,
}

impl LimitBroken {
    fn new(limit: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            limit,
            message: message.into(),
            fix: fix.into(),
        }
    }
}

/// Auth entries, and so secrets, of one proxy.
/// Source: Amazon RDS User Guide, "Quotas and limitations for RDS Proxy".
pub const SECRETS_PER_PROXY: usize = 200;

/// Endpoints beside the built-in one.
/// Source: Amazon RDS User Guide, "Quotas and limitations for RDS Proxy".
pub const EXTRA_ENDPOINTS: usize = 20;

/// Proxies of one account.
/// Source: Amazon RDS User Guide, "Quotas and limitations for RDS Proxy".
pub const PROXIES_PER_ACCOUNT: usize = 20;

/// Tag keys and values, in characters.
/// Source: CloudFormation Template Reference, "AWS::RDS::DBProxy TagFormat".
pub const TAG_LENGTH: usize = 128;

/// The limits that a policy may tighten. The service's own are the loosest that exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// At least this many subnets.
    pub subnets: usize,
    /// In at least this many zones.
    pub zones: usize,
    /// At most this many secrets.
    pub secrets: usize,
    /// At most this many endpoints beside the built-in one.
    pub endpoints: usize,
    /// At least this many free addresses in each subnet, before what the endpoints need.
    pub free_addresses: u32,
    /// At most this share of the database's connections.
    pub max_connections_percent: u32,
    /// At most this many seconds of waiting for a connection.
    pub borrow_timeout: u32,
    /// At most this many seconds of an idle client.
    pub idle_client_timeout: u32,
}

impl Limits {
    /// What the service itself enforces or asks for.
    pub const SERVICE: Self = Self {
        subnets: network::SUBNETS,
        zones: network::ZONES,
        secrets: SECRETS_PER_PROXY,
        endpoints: EXTRA_ENDPOINTS,
        free_addresses: network::FREE_ADDRESSES,
        max_connections_percent: pool::PERCENT,
        borrow_timeout: pool::BORROW_TIMEOUT,
        idle_client_timeout: pool::IDLE_CLIENT_TIMEOUT,
    };

    /// The stricter of both in every respect, so that no policy can loosen a limit.
    pub fn tightened(self, by: Self) -> Self {
        Self {
            subnets: self.subnets.max(by.subnets),
            zones: self.zones.max(by.zones),
            secrets: self.secrets.min(by.secrets),
            endpoints: self.endpoints.min(by.endpoints),
            free_addresses: self.free_addresses.max(by.free_addresses),
            max_connections_percent: self.max_connections_percent.min(by.max_connections_percent),
            borrow_timeout: self.borrow_timeout.min(by.borrow_timeout),
            idle_client_timeout: self.idle_client_timeout.min(by.idle_client_timeout),
        }
    }

    /// Checks the number of secrets.
    pub fn secret_count(&self, count: usize) -> Result<(), LimitBroken> {
        if count <= self.secrets {
            return Ok(());
        }
        Err(LimitBroken::new(
            "too-many-secrets",
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
            "endpoint-unsupported",
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
            idle_client_timeout: 600,
            borrow_timeout: 9_999,
            ..Limits::SERVICE
        };
        let limits = Limits::SERVICE.tightened(policy);
        assert_eq!(
            limits,
            Limits {
                zones: 3,
                idle_client_timeout: 600,
                ..Limits::SERVICE
            }
        );
    }

    #[test]
    fn counts_end_at_the_quota() {
        let limits = Limits::SERVICE;
        assert_eq!(limits.secret_count(200), Ok(()));
        assert_eq!(
            limits.secret_count(201).unwrap_err().limit,
            "too-many-secrets"
        );
        assert_eq!(limits.endpoint_count(20), Ok(()));
        assert_eq!(
            limits.endpoint_count(21).unwrap_err().limit,
            "endpoint-unsupported"
        );
    }
}
