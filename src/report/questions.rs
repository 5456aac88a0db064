//! What nothing in view answers: one question for each reason with the rules that it leaves open, not one for each rule.

use std::collections::BTreeMap;

use super::audit::{Audit, Judged};
use super::faults::way;
use crate::domain::evidence::Origin;
use crate::domain::finding::{Group, RuleInfo};

/// A reason, and the rules that it leaves open.
pub(super) struct OpenReason<'a> {
    /// Why, and what would settle it.
    pub(super) reason: &'a str,
    /// Where the trail ends, when it ends somewhere.
    pub(super) origin: Option<&'a Origin>,
    /// At least one.
    pub(super) rules: Vec<&'static RuleInfo>,
}

/// Everything that is open about one proxy.
#[derive(Default)]
pub(super) struct OpenQuestions<'a> {
    /// In the order of the rules.
    pub(super) questions: Vec<OpenReason<'a>>,
    /// Limits of the service that depend on what only an account shows: told together.
    pub(super) hidden_limits: Vec<&'static RuleInfo>,
}

impl<'a> OpenQuestions<'a> {
    /// The open questions of a proxy.
    pub(super) fn of(proxy: &'a Judged) -> Self {
        let mut open = Self::default();
        // A proxy in a loop can leave thousands open: each looks its place up, and does not search for it.
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

    /// How many there are, as they are told.
    pub(super) fn number(&self) -> usize {
        self.questions.len() + usize::from(!self.hidden_limits.is_empty())
    }

    /// One sentence for all limits that only an account can show. Where an account is in view already, they are named: it did not
    /// show what they depend on.
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
    /// The reason, and the way that the value took where the reason does not tell it.
    pub(super) fn told(&self) -> String {
        let told = |origin: &&Origin| !origin.via.iter().all(|name| self.reason.contains(name));
        let way = self.origin.filter(told).and_then(way);
        let way = way.map_or_else(String::new, |way| format!(" ({way})"));
        format!("{}{way}", self.reason)
    }
}

/// The ids of rules, in a list.
pub(super) fn ids(rules: &[&RuleInfo]) -> String {
    let ids: Vec<&str> = rules.iter().map(|rule| rule.id).collect();
    ids.join(", ")
}
