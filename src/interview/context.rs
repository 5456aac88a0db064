//! What a row sees when it asks, offers or judges: the answers so far, and the account where one is known.

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
    /// What is answered.
    pub answers: &'a Answers,
    /// The account, where one is known.
    pub world: Option<&'a Snapshot>,
    /// The region that the environment names.
    pub region: Option<&'a RegionHint>,
    /// The record that is asked about.
    pub record: Option<usize>,
}

impl<'a> QuestionContext<'a> {
    /// The value of a key outside any list: `proxy.auth`.
    pub fn value(&self, section: &str, field: &str) -> Option<&'a AnswerValue> {
        self.answers.get(&AnswerKey::plain(section, field))
    }

    /// Its text.
    pub fn text(&self, section: &str, field: &str) -> Option<&'a str> {
        text(self.value(section, field))
    }

    /// True when the key has this text.
    pub fn is(&self, section: &str, field: &str, text: &str) -> bool {
        self.text(section, field) == Some(text)
    }

    /// A field of the same record.
    pub fn sibling(&self, section: &str, field: &str) -> Option<&'a str> {
        text(
            self.answers
                .get(&AnswerKey::in_record(section, self.record?, field)),
        )
    }

    /// That field of all records.
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

    /// The engine that was chosen.
    pub fn engine(&self) -> Option<&'static Engine> {
        Engine::by_id(self.text("proxy", "engine")?)
    }

    /// Whether the database is a cluster, once that is known.
    pub fn is_cluster(&self) -> bool {
        self.is("database", "kind", "cluster")
    }

    /// True unless the proxy logs in with IAM.
    pub fn uses_secrets(&self) -> bool {
        !self.is("proxy", "auth", "end-to-end-iam")
    }

    /// The chosen database as the account shows it; `None` while an instance and a cluster of that name leave it open.
    pub fn database(&self) -> Option<KnownDatabase<'a>> {
        let identifier = self.text("database", "identifier")?;
        let kind = self.text("database", "kind");
        let mut found = account::databases(self.world?)
            .into_iter()
            .filter(|database| database.identifier == identifier)
            .filter(|database| kind.is_none_or(|kind| database.kind() == kind));
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// Whether an ARN lies where the proxy does: it reads secrets and uses keys of its own region and account only.
    ///
    /// # Errors
    /// When it lies elsewhere.
    pub fn lies_here(&self, text: &str, service: &str) -> Result<(), String> {
        let Some(parts) = arn(text, service) else {
            return Ok(());
        };
        let elsewhere =
            |field: &str, there: &str| self.text("proxy", field).is_some_and(|here| here != there);
        match elsewhere("region", parts.region) || elsewhere("account_id", parts.account) {
            true => Err(format!(
                "it lies in account {} and region {}: name one of the proxy's own",
                parts.account, parts.region
            )),
            false => Ok(()),
        }
    }

    /// What the database is called, without what only says that it is one: `orders` of `orders-db`.
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

/// A region that something outside the answers names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionHint {
    /// Its code.
    pub code: String,
    /// What names it: `AWS_REGION`.
    pub from: String,
}
