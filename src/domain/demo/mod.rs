//! The built-in sample account, used by `--demo`, the examples in the README and the tests.
//!
//! It has two VPCs, one with dedicated tenancy; databases that a proxy supports and some that it does not, each for a
//! different reason; functions inside and outside the VPCs; and an old proxy that breaks every rule.

use super::snapshot::{Snapshot, SnapshotError};

const ACCOUNT: &str = include_str!("account.json");

/// Returns the sample account.
///
/// # Errors
/// Never in practice: a test parses the sample.
pub fn account() -> Result<Snapshot, SnapshotError> {
    Snapshot::parse(ACCOUNT, "demo")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn comes_back_byte_for_byte() {
        let written = account().unwrap().to_json().unwrap();
        let differs = written
            .lines()
            .zip(ACCOUNT.lines())
            .find(|(one, other)| one != other);
        assert_eq!(differs, None);
        assert_eq!(written.len(), ACCOUNT.len());
    }

    #[test]
    #[allow(
        clippy::too_many_lines,
        reason = "one assertion for each kind of reference"
    )]
    fn everything_that_is_named_is_there() {
        let account = account().unwrap();
        let vpcs: BTreeSet<_> = account.vpcs.iter().map(|vpc| &vpc.id).collect();
        let subnets: BTreeSet<_> = account.subnets.iter().map(|subnet| &subnet.id).collect();
        let groups: BTreeSet<_> = account
            .security_groups
            .iter()
            .map(|group| &group.id)
            .collect();
        let roles: BTreeSet<_> = account.roles.iter().map(|role| &role.arn).collect();
        let parameters: BTreeSet<_> = account
            .parameter_groups
            .iter()
            .map(|group| &group.name)
            .collect();
        assert!(
            account
                .subnets
                .iter()
                .all(|subnet| vpcs.contains(&subnet.vpc_id))
        );
        assert!(
            account
                .security_groups
                .iter()
                .all(|group| vpcs.contains(&group.vpc_id))
        );
        for database in &account.db_instances {
            assert!(
                vpcs.contains(&database.vpc_id) && parameters.contains(&database.parameter_group),
                "{}",
                database.identifier
            );
            assert!(
                database
                    .security_group_ids
                    .iter()
                    .all(|id| groups.contains(id)),
                "{}",
                database.identifier
            );
        }
        for function in &account.functions {
            assert!(roles.contains(&function.role_arn), "{}", function.name);
            assert!(
                function.subnet_ids.iter().all(|id| subnets.contains(id)),
                "{}",
                function.name
            );
            assert!(
                function
                    .security_group_ids
                    .iter()
                    .all(|id| groups.contains(id)),
                "{}",
                function.name
            );
        }
        for proxy in &account.proxies {
            assert!(
                roles.contains(&proxy.role_arn)
                    && proxy.subnet_ids.iter().all(|id| subnets.contains(id)),
                "{}",
                proxy.name
            );
        }
    }

    #[test]
    fn every_reference_beyond_the_network_leads_somewhere() {
        let account = account().unwrap();
        let known: BTreeSet<&str> = (account.security_groups.iter().map(|group| &group.id))
            .chain(account.secrets.iter().map(|secret| &secret.arn))
            .chain(account.kms_keys.iter().map(|key| &key.arn))
            .chain(account.parameter_groups.iter().map(|group| &group.name))
            .chain(account.db_instances.iter().map(|db| &db.identifier))
            .chain(account.db_clusters.iter().map(|db| &db.identifier))
            .map(String::as_str)
            .collect();
        let peers = account.security_groups.iter().flat_map(|group| {
            let rules = group.ingress.iter().chain(&group.egress);
            rules.filter_map(|rule| rule.group_id.as_ref())
        });
        let instances = account.db_instances.iter().flat_map(|db| {
            let above = db.cluster_identifier.iter().chain(&db.replica_of);
            above.chain(&db.master_secret_arn)
        });
        let clusters = account.db_clusters.iter().flat_map(|db| {
            let own = std::iter::once(&db.parameter_group).chain(&db.security_group_ids);
            own.chain(&db.master_secret_arn)
        });
        let keys = account.secrets.iter().flat_map(|secret| &secret.kms_key_id);
        let proxies = account.proxies.iter().flat_map(|proxy| {
            let targets = proxy.targets.iter().map(|target| &target.identifier);
            let secrets = proxy
                .auth
                .iter()
                .filter_map(|auth| auth.secret_arn.as_ref());
            proxy
                .security_group_ids
                .iter()
                .chain(targets)
                .chain(secrets)
        });
        let named = peers
            .chain(instances)
            .chain(clusters)
            .chain(keys)
            .chain(proxies);
        let dangling: Vec<_> = named
            .filter(|name| !known.contains(name.as_str()))
            .collect();
        assert_eq!(dangling, Vec::<&String>::new());
    }

    #[test]
    fn a_zone_has_one_id_and_an_id_one_zone() {
        let account = account().unwrap();
        let pairs: BTreeSet<_> = (account.subnets.iter())
            .map(|subnet| (&subnet.zone, &subnet.zone_id))
            .collect();
        let zones: BTreeSet<_> = pairs.iter().map(|(zone, _)| zone).collect();
        let ids: BTreeSet<_> = pairs.iter().map(|(_, id)| id).collect();
        assert_eq!((zones.len(), ids.len()), (pairs.len(), pairs.len()));
    }

    #[test]
    fn it_is_the_account_that_was_promised() {
        let account = account().unwrap();
        assert_eq!(
            account
                .vpcs
                .iter()
                .filter(|vpc| vpc.tenancy == "dedicated")
                .count(),
            1
        );
        assert_eq!(
            account
                .functions
                .iter()
                .filter(|function| function.vpc_id.is_none())
                .count(),
            1
        );
        assert_eq!(account.functions.len(), 4);
    }
}
