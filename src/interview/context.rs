//! The input of a question when it asks, offers or validates: the answers so far, and the account if it is known.

use super::account;
use super::account::KnownDatabase;
use super::answers::Answers;
use super::key::AnswerKey;
use super::value::AnswerValue;
use crate::domain::engine::Engine;
use crate::domain::names::arn;
use crate::domain::snapshot::Snapshot;

/// The answers so far, and the account.
#[derive(Clone, Copy, Debug)]
pub struct QuestionContext<'a> {
    /// The answers so far.
    pub answers: &'a Answers,
    /// The snapshot of the account; `None` if no account is read.
    pub account: Option<&'a Snapshot>,
    /// The region that the environment sets, if any.
    pub region: Option<&'a RegionHint>,
    /// The number of the record in question, from 0; `None` outside a list.
    pub record: Option<usize>,
}

impl<'a> QuestionContext<'a> {
    /// Returns the value of a key outside any list: `proxy.auth`.
    pub fn value(&self, section: &str, field: &str) -> Option<&'a AnswerValue> {
        self.answers.get(&AnswerKey::plain(section, field))
    }

    /// Returns the value of a key outside any list if it is a text.
    pub fn text(&self, section: &str, field: &str) -> Option<&'a str> {
        text(self.value(section, field))
    }

    /// True when the key has this text as its value.
    pub fn is(&self, section: &str, field: &str, text: &str) -> bool {
        self.text(section, field) == Some(text)
    }

    /// Returns the text of another field of the same record.
    pub fn sibling(&self, section: &str, field: &str) -> Option<&'a str> {
        text(
            self.answers
                .get(&AnswerKey::in_record(section, self.record?, field)),
        )
    }

    /// Returns the text of a field in all records of a list.
    pub fn all(&self, section: &str, field: &str) -> Vec<&'a str> {
        self.answers
            .records(section)
            .into_iter()
            .filter_map(|record| {
                text(
                    self.answers
                        .get(&AnswerKey::in_record(section, record, field)),
                )
            })
            .collect()
    }

    /// Returns the chosen engine.
    pub fn engine(&self) -> Option<&'static Engine> {
        Engine::by_id(self.text("proxy", "engine")?)
    }

    /// True when the database is known to be a cluster.
    pub fn is_cluster(&self) -> bool {
        self.is("database", "kind", "cluster")
    }

    /// True unless the proxy itself authenticates with IAM, end to end.
    pub fn uses_secrets(&self) -> bool {
        !self.is("proxy", "auth", "end-to-end-iam")
    }

    /// Returns the chosen database from the account; `None` while both an instance and a cluster have that name.
    pub fn database(&self) -> Option<KnownDatabase<'a>> {
        let identifier = self.text("database", "identifier")?;
        let kind = self.text("database", "kind");
        let mut found = account::databases(self.account?)
            .into_iter()
            .filter(|database| database.identifier == identifier)
            .filter(|database| kind.is_none_or(|kind| database.kind() == kind));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// Checks that an ARN is in the region and account of the proxy, which reads secrets and uses keys only there.
    ///
    /// # Errors
    /// When the ARN belongs to another region or account.
    pub fn lies_here(&self, text: &str, service: &str) -> Result<(), String> {
        let Some(parts) = arn(text, service) else {
            return Ok(());
        };
        let elsewhere =
            |field: &str, there: &str| self.text("proxy", field).is_some_and(|here| here != there);
        if elsewhere("region", parts.region) || elsewhere("account_id", parts.account) {
            Err(format!(
                "it lies in account {} and region {}: name one of the proxy's own",
                parts.account, parts.region
            ))
        } else {
            Ok(())
        }
    }

    /// Returns the database's name without a generic suffix: `orders` for `orders-db`.
    pub fn stem(&self) -> Option<String> {
        let identifier = self.text("database", "identifier")?.to_ascii_lowercase();
        let stem = ["-db", "-database", "-cluster", "-instance"]
            .iter()
            .find_map(|suffix| identifier.strip_suffix(suffix))
            .unwrap_or(&identifier);
        Some(stem.to_owned())
    }
}

fn text(value: Option<&AnswerValue>) -> Option<&str> {
    match value {
        Some(AnswerValue::Text(text)) => Some(text),
        _ => None,
    }
}

/// A region set by a source outside the answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionHint {
    /// The region's code: `eu-west-1`.
    pub code: String,
    /// The name of the source: `AWS_REGION`.
    pub from: String,
}
