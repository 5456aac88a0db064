//! Compares the account with the intended posture, attribute by attribute. Attributes that were not compared are
//! never reported as in sync.

use std::collections::BTreeMap;
use std::path::Path;

use crate::app::comparison::effects::Effects;
use crate::app::comparison::evaluated::{Evaluated, EvaluatedTarget};
use crate::app::comparison::project::Project;
use crate::app::{CommandError, read_back};
use crate::domain::blueprint::{Blueprint, KeyPlan};
use crate::domain::drift::{Class, DriftEffect};
use crate::domain::evidence::Evidence;
use crate::domain::posture::{Database, Posture, Proxy};
use crate::domain::snapshot::{NotVisible, Snapshot};
use crate::domain::spec::{SPEC_FILE, Spec};
use crate::domain::symbolic::in_words;
use crate::report::drift::{Drift, DriftChange};
use crate::source::assemble::assemble;
use crate::source::snapshot;

/// Attributes that no AWS API returns: how a password was created, and whether a policy was put with
/// `BlockPublicPolicy` ("PutResourcePolicy", Secrets Manager API reference: a parameter of the request that no
/// response contains).
const NEVER_SHOWN: [(&str, &str); 2] = [
    (
        "/secret/password",
        "no AWS API shows a password, nor how it came to be",
    ),
    (
        "/secret/block_public_policy",
        "no AWS API shows how a policy was put",
    ),
];

/// Returns generated resources next to the proxy that the tool does not read from the account.
fn not_read(blueprint: &Blueprint) -> impl Iterator<Item = String> {
    let has_key = matches!(blueprint.key, KeyPlan::Create);
    let parts = [
        (true, "the alarms and the retention of the log group"),
        (has_key, "the rotation of the key"),
    ];
    let parts = parts.into_iter().filter(|(is_there, _)| *is_there);
    parts.map(|(_, what)| format!("{what}: not read from the account; `terraform plan` or drift detection of the stack tells"))
}

/// An account with its posture.
pub(super) struct LiveAccount {
    account: Snapshot,
    posture: Posture,
}

impl LiveAccount {
    /// Reads the posture from a snapshot.
    pub(super) fn new(account: Option<Snapshot>) -> Option<Self> {
        let account = account?;
        Some(Self {
            posture: assemble(&[snapshot::read(&account)]),
            account,
        })
    }

    /// Adds differences in the account to the drift of a project.
    pub(super) fn compare(
        &self,
        project: &Project,
        files: &Evaluated,
        drift: &mut Drift,
    ) -> Result<(), CommandError> {
        let blueprint = intended(project)?;
        drift.account = Some(format!(
            "{} in {}",
            self.account.account_id, self.account.region
        ));
        let name = blueprint.proxy.name.as_str();
        let region = blueprint.proxy.region.as_str();
        let problem = match self
            .posture
            .proxies
            .iter()
            .find(|proxy| is_called(proxy, name))
        {
            _ if region != self.account.region => Some((
                Class::CannotTell,
                format!(
                    "{name} belongs to {region}, and the account was read in {}",
                    self.account.region
                ),
            )),
            None => Some(match self.account.blind().map(NotVisible::told) {
                Some(reason) => (
                    Class::CannotTell,
                    format!("whether {name} is in the account cannot be determined: {reason}"),
                ),
                None => (
                    Class::Changes,
                    format!(
                        "there is no proxy {name} in the account: it was not deployed, or was deleted"
                    ),
                ),
            }),
            Some(proxy) => {
                self.attributes(proxy, meant(project, &blueprint)?, drift);
                None
            }
        };
        if let Some((class, message)) = problem {
            drift.changes.push(DriftChange::in_account(DriftEffect {
                subject: name.to_owned(),
                ..DriftEffect::plain(class, "proxy", message)
            }));
        }
        drift.not_compared.extend(not_read(&blueprint));
        let unseen = self.account.not_visible.iter();
        drift.not_compared.extend(unseen.map(NotVisible::told));
        if debugs(files) && self.is_silent(name) {
            drift.notes.push(
                "debug logging is on in the code and off in the account: AWS switches it off by itself after 24 hours"
                    .to_owned(),
            );
        }
        drift
            .changes
            .sort_by_key(|change| std::cmp::Reverse(change.class()));
        Ok(())
    }

    fn attributes(&self, proxy: &Proxy, intent: Posture, drift: &mut Drift) {
        let actual = Posture {
            proxies: vec![proxy.clone()],
            deployment: self.posture.deployment.clone(),
        };
        let intended = intent.proxies.first().map(|proxy| proxy.database.clone());
        let mut found = Effects::in_account(
            &EvaluatedTarget::from_posture(intent),
            &EvaluatedTarget::from_posture(actual),
            &self.account.not_visible,
        );
        found.list.retain(|effect| {
            let never = NEVER_SHOWN
                .iter()
                .find(|(end, _)| effect.attribute.ends_with(end));
            if let Some((_, why)) = never {
                drift
                    .not_compared
                    .push(format!("{}: {why}", effect.attribute));
            }
            never.is_none()
        });
        found.list.extend(unseen_target(&intended, proxy));
        let named = |text: &str| in_words(&self.account.named(text));
        let beside = found.beside.iter().map(|line| named(line));
        drift.not_compared.extend(beside);
        for effect in &mut found.list {
            effect.attribute = named(&effect.attribute);
            effect.message = named(&effect.message);
        }
        let changes = found.list.into_iter().map(DriftChange::in_account);
        drift.changes.extend(changes);
    }

    /// True if debug logging is known to be off.
    fn is_silent(&self, name: &str) -> bool {
        let mut proxies = self.posture.proxies.iter();
        proxies.any(|proxy| is_called(proxy, name) && proxy.debug_logging.value() == Some(&false))
    }
}

/// Returns an effect if the intended target is not in view: a proxy without a target reaches no database.
fn unseen_target(intended: &Option<Evidence<Database>>, proxy: &Proxy) -> Option<DriftEffect> {
    let is_meant = intended.as_ref()?.value().is_some();
    let message = "no target of the proxy is in view: it was deregistered, or could not be read";
    (is_meant && proxy.database.is_not_visible())
        .then(|| DriftEffect::plain(Class::CannotTell, "database", message.to_owned()))
}

/// Returns the blueprint from which the project was generated.
fn intended(project: &Project) -> Result<Blueprint, CommandError> {
    let Some(file) = project.baseline.files.get(SPEC_FILE) else {
        let message = format!("{} holds no {SPEC_FILE}", project.baseline_file());
        return Err(
            CommandError::input(message).hint("`rdsproxy-gen new` writes a baseline that does")
        );
    };
    let place = Path::new(&project.baseline_file()).join(SPEC_FILE);
    let spec =
        Spec::parse(&file.text, &place.display().to_string()).map_err(CommandError::input)?;
    Blueprint::harden(&spec).map_err(CommandError::input)
}

/// Returns the intended posture. Its names and tags are those of the generated files, since a pack may choose them.
fn meant(project: &Project, blueprint: &Blueprint) -> Result<Posture, CommandError> {
    let mut intent = blueprint.posture();
    let baseline = &project.baseline;
    if baseline.pack.source.is_none() {
        return Ok(intent);
    }
    let texts = baseline.files.iter();
    let files = texts.map(|(path, file)| (path.clone(), file.text.clone()));
    let files = files.collect();
    for target in &blueprint.targets {
        let generated = read_back::posture(target, &files)?;
        for (proxy, other) in intent.proxies.iter_mut().zip(&generated.proxies) {
            take_names(proxy, other);
        }
    }
    Ok(intent)
}

fn take_names(proxy: &mut Proxy, other: &Proxy) {
    fn take<T: Clone>(known: &mut Evidence<T>, other: &Evidence<T>) {
        if other.value().is_some() {
            known.clone_from(other);
        }
    }
    take(&mut proxy.tags, &other.tags);
    if let (Some(role), Some(other)) = (proxy.role.value_mut(), other.role.value()) {
        take(&mut role.name, &other.name);
    }
    let groups = proxy.security_groups.value_mut().into_iter().flatten();
    for (group, other) in groups.zip(other.security_groups.entries()) {
        take(&mut group.name, &other.name);
    }
    // The spec may list users in another order, so secrets are matched by user.
    let secrets = other.auth.entries().iter();
    let by_user: BTreeMap<_, _> = secrets
        .filter_map(|entry| entry.secret.value())
        .filter_map(|secret| Some((secret.username.value()?, &secret.name)))
        .collect();
    for entry in proxy.auth.value_mut().into_iter().flatten() {
        let Some(secret) = entry.secret.value_mut() else {
            continue;
        };
        if let Some(name) = secret.username.value().and_then(|user| by_user.get(user)) {
            take(&mut secret.name, name);
        }
    }
}

fn is_called(proxy: &Proxy, name: &str) -> bool {
    proxy.name.value().is_some_and(|one| one == name)
}

/// True if the present code turns debug logging on.
fn debugs(files: &Evaluated) -> bool {
    let mut proxies = files.targets().flat_map(|target| &target.posture.proxies);
    proxies.any(|proxy| proxy.debug_logging.value() == Some(&true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_pack_go_to_the_users_that_they_are_of() {
        let text = include_str!("../../../generated-examples/mysql-two-users/rdsproxy.toml");
        let spec = Spec::parse(text, SPEC_FILE).unwrap();
        let intent = Blueprint::harden(&spec).unwrap().posture();
        let (mut proxy, mut generated) = (intent.proxies[0].clone(), intent.proxies[0].clone());
        let entries = generated.auth.value_mut().unwrap();
        entries.reverse();
        for entry in entries {
            let secret = entry.secret.value_mut().unwrap();
            let user = secret.username.value().unwrap();
            secret.name = Evidence::Defaulted(format!("acme/{user}"));
        }
        let role = generated.role.value_mut().unwrap();
        role.name = Evidence::Defaulted("acme".to_owned());
        take_names(&mut proxy, &generated);
        assert_eq!(proxy.role.value().unwrap().name.value().unwrap(), "acme");
        let secrets = proxy.auth.entries().iter();
        let secrets: Vec<_> = secrets.map(|entry| entry.secret.value().unwrap()).collect();
        assert_eq!(secrets.len(), 2);
        for secret in secrets {
            let user = secret.username.value().unwrap();
            assert_eq!(secret.name.value().unwrap(), &format!("acme/{user}"));
        }
    }
}
