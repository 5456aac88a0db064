//! Checks that the account has the resources that an answer names.

use super::account::is_partial;
use super::context::QuestionContext;
use super::value::AnswerValue;
use crate::domain::snapshot::Snapshot;
use crate::domain::spec::nearest;

/// A kind of resource that an answer names and that must exist before the deployment.
#[derive(Debug)]
pub struct RequiredThing {
    /// The singular noun for messages: `subnet`.
    noun: &'static str,
    /// The field of the snapshot that lists the resources.
    field: &'static str,
    /// Returns all resources of this kind, in the form that an answer uses.
    known: fn(&Snapshot) -> Vec<&str>,
}

macro_rules! held {
    ($name:ident, $noun:literal, $field:ident, $part:ident) => {
        pub(super) static $name: RequiredThing = RequiredThing {
            noun: $noun,
            field: stringify!($field),
            known: |account| {
                account
                    .$field
                    .iter()
                    .map(|thing| thing.$part.as_str())
                    .collect()
            },
        };
    };
}

held!(VPCS, "VPC", vpcs, id);
held!(SUBNETS, "subnet", subnets, id);
held!(GROUPS, "security group", security_groups, id);
held!(FUNCTIONS, "Lambda function", functions, name);
held!(KEYS, "customer-managed key", kms_keys, arn);
held!(SECRETS, "secret", secrets, arn);

/// The answer that names no existing resource: the resource is created.
const MADE: &str = "create";

impl RequiredThing {
    /// Returns the parts of an answer that the account does not list.
    fn unseen<'v>(&self, account: &Snapshot, value: &'v [String]) -> Vec<&'v str> {
        let known = (self.known)(account);
        let parts = value.iter().map(String::as_str);
        parts
            .filter(|part| *part != MADE && !known.contains(part))
            .collect()
    }

    /// Refuses resources that the account does not have.
    ///
    /// # Errors
    /// When the account lists all resources of this kind and the named one is not among them.
    pub(super) fn check(
        &self,
        view: &QuestionContext<'_>,
        value: &AnswerValue,
    ) -> Result<(), String> {
        let Some(account) = view.account.filter(|account| !self.is_hidden(account)) else {
            return Ok(());
        };
        let parts = value.parts();
        let Some(missing) = self.unseen(account, &parts).first().copied() else {
            return Ok(());
        };
        let hint = nearest(missing, (self.known)(account))
            .map_or(String::new(), |near| format!(", did you mean `{near}`?"));
        Err(format!(
            "there is no {} {missing} in account {} and region {}{hint}",
            self.noun, account.account_id, account.region
        ))
    }

    /// Returns a note on the resources that cannot be verified, because the permission to list them is missing.
    pub(super) fn doubt(&self, view: &QuestionContext<'_>, value: &AnswerValue) -> Option<String> {
        let account = view.account.filter(|account| self.is_hidden(account))?;
        let parts = value.parts();
        let unseen = self.unseen(account, &parts);
        (!unseen.is_empty()).then(|| {
            format!(
                "whether the account holds the {} {} cannot be determined: the list could not be read",
                self.noun,
                unseen.join(", ")
            )
        })
    }

    fn is_hidden(&self, account: &Snapshot) -> bool {
        is_partial(account, &[self.field])
    }
}
