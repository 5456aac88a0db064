//! Waivers as text, for `rdsproxy-policy.toml`.

use time::{Date, Duration};

use crate::domain::visible::{shown, toml_string};

/// How long a proposed waiver counts, in days: a quarter.
const DAYS: i64 = 90;

/// The last day on which a waiver counts that is proposed today.
pub(in crate::commands) fn until(today: Date) -> Date {
    today.saturating_add(Duration::days(DAYS))
}

/// A waiver that is proposed.
#[derive(Debug, Default)]
pub(in crate::commands) struct WaiverDraft<'d> {
    /// What it is about, as a comment.
    pub(in crate::commands) message: &'d str,
    /// The rule; none for drift that no rule is about.
    pub(in crate::commands) rule: Option<&'d str>,
    /// The attribute; empty for all of a rule.
    pub(in crate::commands) attribute: &'d str,
    /// The proxy; empty for all of a project.
    pub(in crate::commands) subject: &'d str,
    /// Why; empty for the reader to fill in.
    pub(in crate::commands) reason: &'d str,
}

impl WaiverDraft<'_> {
    /// Its lines, after an empty one.
    pub(in crate::commands) fn text(&self, until: Date) -> String {
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
