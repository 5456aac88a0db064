//! Reads what a new proxy can be built from, in the order of the wizard's questions; then the policies of the chosen
//! items.
//!
//! An account may have thousands of functions and secrets. The question about the database does not wait for them, and
//! the policy of a secret is only read if the secret was chosen.

use std::sync::Arc;

use futures_util::future::{join, join4};

use super::collect::{roles_by_weight, sorted};
use super::limiter::Limiter;
use super::session::{Session, client};
use super::{databases, functions, keys, network, parameters, proxies, roles, secrets};
use crate::domain::snapshot::{
    AccountPart, Chosen, FunctionFacts, KmsKeyFacts, RoleFacts, SNAPSHOT_SCHEMA, SecretFacts,
    Snapshot,
};
use crate::io::account::arriving::AccountFeed;

/// The maximum number of parameter groups for which the first question waits, since each of them takes a call.
const FEW_GROUPS: usize = 20;

/// Reads part by part, then the policies that are requested, until the receiver is gone.
pub(super) async fn read(session: Session, limiter: &Arc<Limiter>, reader: &AccountFeed) {
    let mut account = ReadChoices {
        session,
        limiter,
        seen: Snapshot::default(),
        aliases: keys::Aliases::default(),
    };
    let groups = account.databases().await;
    let few = groups.len() <= FEW_GROUPS;
    if !few && !account.announce(reader, AccountPart::Databases) {
        return;
    }
    account.settings(groups).await;
    if !account.announce(reader, AccountPart::Settings) {
        return;
    }
    account.lists().await;
    if !account.announce(reader, AccountPart::Lists) {
        return;
    }
    while let Some(chosen) = reader.wish() {
        account.chosen(&chosen).await;
        if !account.announce(reader, AccountPart::Lists) {
            return;
        }
    }
}

/// The parts of the account that have been read so far.
struct ReadChoices<'d> {
    session: Session,
    limiter: &'d Arc<Limiter>,
    seen: Snapshot,
    aliases: keys::Aliases,
}

impl ReadChoices<'_> {
    /// Passes on what has been read up to this part. Returns false if the receiver is gone.
    fn announce(&self, reader: &AccountFeed, part: AccountPart) -> bool {
        let snapshot = Snapshot {
            not_visible: self.limiter.not_visible(),
            ..self.seen.clone()
        };
        reader.tell(Ok((part, sorted(snapshot))))
    }

    fn limiter(&self) -> Arc<Limiter> {
        Arc::clone(self.limiter)
    }

    /// Reads networks, databases, and proxies with their targets. Returns the parameter groups that the databases use.
    async fn databases(&mut self) -> parameters::UsedGroups {
        let rds = client!(aws_sdk_rds, self.session);
        let proxies = async {
            let proxies = proxies::list(&rds, self.limiter).await;
            proxies::with_targets(&rds, self.limiter, proxies).await
        };
        let (network, (databases, proxies)) = join(
            network::read(client!(aws_sdk_ec2, self.session), self.limiter()),
            join(databases::read(rds.clone(), self.limiter()), proxies),
        )
        .await;
        let groups = databases.groups(|_| true);
        self.seen = Snapshot {
            schema: SNAPSHOT_SCHEMA,
            account_id: self.session.account_id.clone(),
            region: self.session.region.clone(),
            partition: self.session.partition.clone(),
            vpcs: network.vpcs,
            subnets: network.subnets,
            security_groups: network.groups,
            db_instances: databases.instances,
            db_clusters: databases.clusters,
            proxies,
            ..Snapshot::default()
        };
        groups
    }

    /// Reads the parameter groups.
    async fn settings(&mut self, groups: parameters::UsedGroups) {
        let rds = client!(aws_sdk_rds, self.session);
        self.seen.parameter_groups = parameters::read(rds, self.limiter(), groups).await;
    }

    /// Reads functions with their roles, secrets without their policies, keys, and the settings of the proxies.
    async fn lists(&mut self) {
        let rds = client!(aws_sdk_rds, self.session);
        let proxies = self.seen.proxies.clone();
        let people = self.people();
        let secrets = secrets::list(
            client!(aws_sdk_secretsmanager, self.session),
            self.limiter(),
        );
        let aliases = keys::aliases(client!(aws_sdk_kms, self.session), self.limiter());
        let proxies = proxies::with_settings(&rds, self.limiter, proxies);
        let ((functions, roles), secrets, aliases, proxies) =
            join4(people, secrets, aliases, proxies).await;
        let keys = self.keys(&aliases, &[]).await;
        self.aliases = aliases;
        self.seen = Snapshot {
            functions,
            roles,
            secrets,
            kms_keys: keys,
            proxies,
            ..std::mem::take(&mut self.seen)
        };
    }

    /// Reads the functions, and the roles of proxies and functions.
    async fn people(&self) -> (Vec<FunctionFacts>, Vec<RoleFacts>) {
        let functions =
            functions::read(client!(aws_sdk_lambda, self.session), self.limiter()).await;
        let wanted = roles_by_weight(&self.seen.proxies, &functions);
        let roles = roles::read(client!(aws_sdk_iam, self.session), self.limiter(), wanted).await;
        (functions, roles)
    }

    /// Reads the keys with an alias, and those of chosen secrets together with their policies.
    async fn keys(&self, aliases: &keys::Aliases, chosen: &[SecretFacts]) -> Vec<KmsKeyFacts> {
        let account_id = &self.session.account_id;
        let any = chosen.is_empty();
        let wanted = keys::WantedKeys::new(aliases.clone(), chosen.iter(), account_id, any);
        keys::read(client!(aws_sdk_kms, self.session), self.limiter(), wanted).await
    }

    /// Reads the policies of chosen secrets and their keys, unless they were read before.
    async fn chosen(&mut self, chosen: &Chosen) {
        self.session.again();
        self.limiter.again();
        let is_new =
            |secret: &SecretFacts| chosen.secrets.contains(&secret.arn) && !secret.policy_visible;
        let new: Vec<SecretFacts> = self
            .seen
            .secrets
            .iter()
            .filter(|s| is_new(s))
            .cloned()
            .collect();
        if new.is_empty() {
            return;
        }
        let client = client!(aws_sdk_secretsmanager, self.session);
        let secrets = std::mem::take(&mut self.seen.secrets);
        let (secrets, keys) = join(
            secrets::with_policies(client, self.limiter(), secrets, is_new),
            self.keys(&self.aliases, &new),
        )
        .await;
        self.seen.secrets = secrets;
        let kept = std::mem::take(&mut self.seen.kms_keys).into_iter();
        let kept = kept.filter(|key| keys.iter().all(|new| new.arn != key.arn));
        self.seen.kms_keys = kept.chain(keys.clone()).collect();
    }
}
