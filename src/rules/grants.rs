//! Parses a grant of `rds-db:connect`: `arn:<partition>:rds-db:<region>:<account>:dbuser:<id>/<user>`.

use crate::domain::symbolic::{SymbolicPart, SymbolicString};

/// The parts of a grant's resource.
pub(super) struct Grant {
    /// The service: `rds-db`; any other does not grant a connection.
    pub(super) service: SymbolicString,
    /// Partition, region and account.
    pub(super) places: [SymbolicString; 3],
    /// The resource id of the proxy or the database.
    pub(super) id: SymbolicString,
    /// The database user that may connect.
    pub(super) user: SymbolicString,
}

impl Grant {
    /// Parses the resource; `None` unless it has all parts.
    pub(super) fn parse(resource: &SymbolicString) -> Option<Self> {
        let parts = resource.split(':');
        let [arn, partition, service, region, account, kind, rest] = parts.as_slice() else {
            return None;
        };
        if arn.as_text()? != "arn" || kind.as_text()? != "dbuser" {
            return None;
        }
        let halves = rest.split('/');
        let [id, user] = halves.as_slice() else {
            return None;
        };
        Some(Self {
            service: service.clone(),
            places: [partition.clone(), region.clone(), account.clone()],
            id: id.clone(),
            user: user.clone(),
        })
    }

    /// True if partition, region or account has a wildcard.
    pub(super) fn reaches_other_places(&self) -> bool {
        self.places.iter().any(SymbolicString::has_wildcard)
    }
}

/// True for the resource id of an instance or a cluster.
pub(super) fn is_database_id(id: &SymbolicString) -> bool {
    match id.0.as_slice() {
        [SymbolicPart::Text(text), ..] => text.starts_with("db-") || text.starts_with("cluster-"),
        _ => false,
    }
}
