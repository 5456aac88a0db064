//! Whether the account holds what an answer names.

use super::account::is_partial;
use super::context::QuestionContext;
use super::value::AnswerValue;
use crate::domain::snapshot::Snapshot;
use crate::domain::spec::nearest;

/// A kind of thing that an answer names and that has to be there before anything is deployed.
#[derive(Debug)]
pub struct RequiredThing {
    /// What one is called: `subnet`.
    noun: &'static str,
    /// The field of the snapshot that lists them.
    field: &'static str,
    /// All of them, as an answer names them.
    known: fn(&Snapshot) -> Vec<&str>,
}

macro_rules! held {
    ($name:ident, $noun:literal, $field:ident, $part:ident) => {
        pub(super) static $name: RequiredThing = RequiredThing {
            noun: $noun,
            field: stringify!($field),
            known: |world| {
                world
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

/// An answer that names nothing that is there: the thing is made.
const MADE: &str = "create";

impl RequiredThing {
    /// The parts of an answer that the account does not show.
    fn unseen<'v>(&self, world: &Snapshot, value: &'v [String]) -> Vec<&'v str> {
        let known = (self.known)(world);
        let parts = value.iter().map(String::as_str);
        parts
            .filter(|part| *part != MADE && !known.contains(part))
            .collect()
    }

    /// Refuses what the account does not hold.
    ///
    /// # Errors
    /// When it shows all of its kind, and none of that name.
    pub(super) fn check(
        &self,
        view: &QuestionContext<'_>,
        value: &AnswerValue,
    ) -> Result<(), String> {
        let Some(world) = view.world.filter(|world| !self.is_hidden(world)) else {
            return Ok(());
        };
        let parts = value.parts();
        let Some(missing) = self.unseen(world, &parts).first().copied() else {
            return Ok(());
        };
        let hint = nearest(missing, (self.known)(world))
            .map_or(String::new(), |near| format!(", did you mean `{near}`?"));
        Err(format!(
            "there is no {} {missing} in account {} and region {}{hint}",
            self.noun, world.account_id, world.region
        ))
    }

    /// What cannot be told of an answer, where a permission is missing.
    pub(super) fn doubt(&self, view: &QuestionContext<'_>, value: &AnswerValue) -> Option<String> {
        let world = view.world.filter(|world| self.is_hidden(world))?;
        let parts = value.parts();
        let unseen = self.unseen(world, &parts);
        (!unseen.is_empty()).then(|| {
            format!(
                "whether the account holds the {} {} cannot be told: the list could not be read",
                self.noun,
                unseen.join(", ")
            )
        })
    }

    fn is_hidden(&self, world: &Snapshot) -> bool {
        is_partial(world, &[self.field])
    }
}
