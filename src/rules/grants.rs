//! Takes a grant of `rds-db:connect` apart: `arn:<partition>:rds-db:<region>:<account>:dbuser:<id>/<user>`.

use crate::domain::symbolic::{SymbolicPart, SymbolicString};

/// What a grant names.
pub(super) struct Grant {
    /// `rds-db`; anything else does not grant a connection.
    pub(super) service: SymbolicString,
    /// `<region>:<account>`, with partition.
    pub(super) places: [SymbolicString; 3],
    /// The proxy or the database.
    pub(super) id: SymbolicString,
    /// The database user.
    pub(super) user: SymbolicString,
}

impl Grant {
    /// The parts, when the resource has them all.
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

    /// True when partition, region or account are a wildcard.
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
