//! Reuses a truncated earlier snapshot: details that take a call for each resource are not read a second time.

use std::collections::BTreeSet;

use super::keys::WantedKeys;
use super::parameters::UsedGroups;
use crate::domain::snapshot::{KmsKeyFacts, ParameterGroupFacts, RoleFacts, SecretFacts, Snapshot};

/// An earlier snapshot of the same account, if there is one.
#[derive(Clone, Copy)]
pub(super) struct Earlier<'e>(pub(super) Option<&'e Snapshot>);

impl<'e> Earlier<'e> {
    fn all<T>(self, of: fn(&'e Snapshot) -> &'e Vec<T>) -> impl Iterator<Item = &'e T> {
        self.0.into_iter().flat_map(of)
    }

    /// Returns the parameter groups that were read before, and removes them from the wanted ones.
    pub(super) fn groups(self, wanted: &mut UsedGroups) -> Vec<ParameterGroupFacts> {
        let take = |facts: &&ParameterGroupFacts| {
            if facts.cluster {
                wanted.by_clusters.remove(&facts.name)
            } else {
                wanted.by_instances.remove(&facts.name)
            }
        };
        self.all(|seen| &seen.parameter_groups)
            .filter(take)
            .cloned()
            .collect()
    }

    /// Returns the roles that were read completely, and removes them from the wanted ones.
    pub(super) fn roles(self, wanted: &mut Vec<String>) -> Vec<RoleFacts> {
        let named: BTreeSet<&str> = wanted.iter().map(String::as_str).collect();
        let whole = |role: &&RoleFacts| role.complete && named.contains(role.arn.as_str());
        let whole = self.all(|seen| &seen.roles).filter(whole);
        let roles: Vec<RoleFacts> = whole.cloned().collect();
        let known: BTreeSet<&str> = roles.iter().map(|role| role.arn.as_str()).collect();
        wanted.retain(|arn| !known.contains(arn.as_str()));
        roles
    }

    /// Returns the keys that were read with all relevant details, with their current aliases, and removes them from the
    /// wanted ones.
    pub(super) fn keys(self, wanted: &mut WantedKeys) -> Vec<KmsKeyFacts> {
        let take = |facts: &KmsKeyFacts| {
            let (_, id) = facts.arn.split_once(":key/")?;
            let enough = facts.policy_visible || !wanted.of_secrets.contains(id);
            let aliases = enough.then(|| wanted.aliases.remove(id))??;
            Some(KmsKeyFacts {
                aliases,
                ..facts.clone()
            })
        };
        self.all(|seen| &seen.kms_keys).filter_map(take).collect()
    }

    /// Returns the current secrets, with the policies that were read before.
    pub(super) fn secrets(self, mut secrets: Vec<SecretFacts>) -> Vec<SecretFacts> {
        let known = self.all(|seen| &seen.secrets);
        let known: std::collections::BTreeMap<&str, &SecretFacts> = known
            .filter(|secret| secret.policy_visible)
            .map(|secret| (secret.arn.as_str(), secret))
            .collect();
        for secret in &mut secrets {
            if let Some(before) = known.get(secret.arn.as_str()) {
                secret.policy_visible = true;
                secret.policy = before.policy.clone();
            }
        }
        secrets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws_what_was_read_is_not_wanted_again_and_what_was_cut_off_is() {
        let key = |id: &str, policy_visible| KmsKeyFacts {
            arn: format!("arn:aws:kms:eu-west-1:1:key/{id}"),
            policy_visible,
            ..KmsKeyFacts::default()
        };
        let role = |arn: &str, complete| RoleFacts {
            arn: arn.to_owned(),
            complete,
            ..RoleFacts::default()
        };
        let secret = |arn: &str, policy_visible: bool| SecretFacts {
            arn: arn.to_owned(),
            policy: policy_visible.then(|| "told".into()),
            policy_visible,
            ..SecretFacts::default()
        };
        let seen = Snapshot {
            kms_keys: vec![key("whole", true), key("half", false), key("plain", false)],
            roles: vec![role("whole", true), role("half", false), role("gone", true)],
            secrets: vec![secret("whole", true), secret("half", false)],
            parameter_groups: vec![ParameterGroupFacts {
                name: "whole".to_owned(),
                ..ParameterGroupFacts::default()
            }],
            ..Snapshot::default()
        };
        let earlier = Earlier(Some(&seen));
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();

        let mut groups = UsedGroups {
            by_instances: names(&["whole", "new"]),
            by_clusters: names(&["whole"]),
        };
        assert_eq!(earlier.groups(&mut groups).len(), 1);
        assert_eq!(groups.by_instances, names(&["new"]));
        assert_eq!(groups.by_clusters, names(&["whole"]));

        let mut roles = vec!["whole".to_owned(), "half".to_owned(), "new".to_owned()];
        assert_eq!(earlier.roles(&mut roles).len(), 1);
        assert_eq!(roles, ["half", "new"]);

        let aliases = ["whole", "half", "plain", "new"].map(|id| (id.to_owned(), Vec::new()));
        let mut keys = WantedKeys {
            aliases: aliases.into(),
            of_secrets: names(&["whole", "half"]),
        };
        assert_eq!(earlier.keys(&mut keys).len(), 2);
        assert_eq!(keys.aliases.keys().collect::<Vec<_>>(), ["half", "new"]);

        let today = vec![secret("whole", false), secret("half", false)];
        let visible = earlier.secrets(today).into_iter();
        let visible: Vec<bool> = visible.map(|secret| secret.policy_visible).collect();
        assert_eq!(visible, [true, false]);
    }
}
