//! Open questions: one for each reason with all rules that it leaves undetermined, not one for each rule.

use std::collections::BTreeMap;

use super::audit::{Audit, Judged};
use super::faults::way;
use crate::domain::evidence::Origin;
use crate::domain::finding::{Group, RuleInfo};

/// A reason, and the rules that it leaves undetermined.
pub(super) struct OpenReason<'a> {
    /// The reason, and what would resolve it.
    pub(super) reason: &'a str,
    /// The place where the evaluation stopped, if there is one.
    pub(super) origin: Option<&'a Origin>,
    /// The rules; at least one.
    pub(super) rules: Vec<&'static RuleInfo>,
}

/// The open questions about one proxy.
#[derive(Default)]
pub(super) struct OpenQuestions<'a> {
    /// The questions in the order of the rules.
    pub(super) questions: Vec<OpenReason<'a>>,
    /// Service limits that depend on facts only visible in an account; they share one line.
    pub(super) hidden_limits: Vec<&'static RuleInfo>,
}

impl<'a> OpenQuestions<'a> {
    /// Collects the open questions of a proxy.
    pub(super) fn new(proxy: &'a Judged) -> Self {
        let mut open = Self::default();
        // A proxy in a loop can have thousands of open questions: a map avoids a linear search for each.
        let mut places: BTreeMap<(&str, Option<&Origin>), usize> = BTreeMap::new();
        for undetermined in &proxy.report.undetermined {
            let rule = undetermined.rule;
            let (reason, origin) = (undetermined.reason.as_str(), undetermined.origin.as_ref());
            let rules = if rule.group == Group::Limit && origin.is_none() {
                &mut open.hidden_limits
            } else {
                let at = *places.entry((reason, origin)).or_insert_with(|| {
                    open.questions.push(OpenReason {
                        reason,
                        origin,
                        rules: Vec::new(),
                    });
                    open.questions.len() - 1
                });
                &mut open.questions[at].rules
            };
            if rules.iter().all(|known| known.id != rule.id) {
                rules.push(rule);
            }
        }
        open
    }

    /// Returns the number of questions as displayed.
    pub(super) fn number(&self) -> usize {
        self.questions.len() + usize::from(!self.hidden_limits.is_empty())
    }

    /// Returns one sentence for all limits that only an account can show. If an account was read, the rules are named:
    /// the account did not show the facts that they depend on.
    pub(super) fn limits(&self, audit: &Audit) -> Option<String> {
        let depend = match self.hidden_limits.len() {
            0 => return None,
            1 => "1 limit of the service depends".to_owned(),
            more => format!("{more} limits of the service depend"),
        };
        let advice = match &audit.checked.account {
            None => ": --snapshot FILE or --live tells".to_owned(),
            Some(_) => format!(" [{}]", ids(&self.hidden_limits)),
        };
        Some(format!("{depend} on what is not in view{advice}"))
    }
}

impl OpenReason<'_> {
    /// Returns the reason, with the path of the value if the reason does not name it.
    pub(super) fn text(&self) -> String {
        let told = |origin: &&Origin| !origin.via.iter().all(|name| self.reason.contains(name));
        let way = self.origin.filter(told).and_then(way);
        let way = way.map_or_else(String::new, |way| format!(" ({way})"));
        format!("{}{way}", self.reason)
    }
}

/// Joins the ids of rules.
pub(super) fn ids(rules: &[&RuleInfo]) -> String {
    let ids: Vec<&str> = rules.iter().map(|rule| rule.id).collect();
    ids.join(", ")
}
