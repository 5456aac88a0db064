//! Writes waivers as text for `rdsproxy-policy.toml`.

use time::{Date, Duration};

use crate::domain::visible::{shown, toml_string};

/// Validity of a proposed waiver, in days: one quarter.
const DAYS: i64 = 90;

/// Returns the last day of a waiver that is proposed today.
pub(in crate::app) fn until(today: Date) -> Date {
    today.saturating_add(Duration::days(DAYS))
}

/// A proposed waiver for a finding or a difference.
#[derive(Debug, Default)]
pub(in crate::app) struct WaiverDraft<'d> {
    /// The waived finding or difference, written as a comment.
    pub(in crate::app) message: &'d str,
    /// The rule; none for drift without a rule.
    pub(in crate::app) rule: Option<&'d str>,
    /// The attribute; empty if the waiver covers the whole rule.
    pub(in crate::app) attribute: &'d str,
    /// The proxy; empty if the waiver covers the whole project.
    pub(in crate::app) subject: &'d str,
    /// The reason; empty if the user has to fill it in.
    pub(in crate::app) reason: &'d str,
}

impl WaiverDraft<'_> {
    /// Returns the lines of the waiver, after an empty line.
    pub(in crate::app) fn text(&self, until: Date) -> String {
        let message = self.message.replace(['\n', '\r'], " ");
        let message = shown(&message);
        let mut text = format!("\n# {message}\n[[waivers]]\n");
        let given = [
            ("rule", self.rule.unwrap_or_default()),
            ("attribute", self.attribute),
            ("subject", self.subject),
        ];
        for (key, value) in given.into_iter().filter(|(_, value)| !value.is_empty()) {
            text.push_str(&format!("{key} = {}\n", toml_string(value)));
        }
        text.push_str(&format!(
            "reason = {}\nuntil = {until}\n",
            toml_string(self.reason)
        ));
        text
    }
}
