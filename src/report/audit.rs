//! What every format draws on: the proxies with what the rules said of each, what was checked, and what was not.

use std::collections::{BTreeMap, BTreeSet};

use super::topology::Topology;
use crate::domain::evidence::Origin;
use crate::domain::finding::{Acceptance, Finding, Group, Report, RuleInfo, Severity};
use crate::domain::posture::Proxy;
use crate::domain::secrecy::{MaskedText, Secrets};

/// The parts of a summary, in a few words each.
pub const PARTS: [(Group, &str); 8] = [
    (Group::Mission(1), "1 database TLS"),
    (Group::Mission(2), "2 client TLS"),
    (Group::Mission(3), "3 secrets"),
    (Group::Mission(4), "4 security groups"),
    (Group::Mission(5), "5 IAM"),
    (Group::Mission(6), "6 debug logging"),
    (Group::Beyond, "beyond"),
    (Group::Limit, "limits"),
];

/// Everything that an audit found out.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// The proxies, in the order of their addresses.
    pub proxies: Vec<Judged>,
    /// The rules that were asked, in their order.
    pub rules: Vec<&'static RuleInfo>,
    /// What was looked at.
    pub checked: Checked,
    /// What could not be read, and why.
    pub skipped: Vec<Skipped>,
    /// The texts that places lie in, by file.
    pub texts: BTreeMap<String, MaskedText>,
    /// The values that no format may show.
    pub secrets: Secrets,
}

/// One proxy, and what the rules said of it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Its full address in its source.
    pub address: String,
    /// Its name, where it is known.
    pub name: Option<String>,
    /// The folder of the Terraform root module that makes it; empty for the current folder.
    pub root: Option<String>,
    /// Where it is defined.
    pub origin: Origin,
    /// What stands around it.
    pub scene: Topology,
    /// What the rules said.
    pub report: Report,
}

/// What was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many files of the known kinds.
    pub files: usize,
    /// The Terraform root modules that can lead to a proxy, by folder.
    pub roots: Vec<String>,
    /// The templates.
    pub templates: Vec<String>,
    /// Terraform plans and states.
    pub plans: Vec<String>,
    /// The account, as `123456789012 in eu-west-1`.
    pub account: Option<String>,
}

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Where.
    pub origin: Origin,
    /// Why.
    pub reason: String,
}

/// How much was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Findings by severity, notes left out.
    pub findings: BTreeMap<Severity, usize>,
    /// Findings that are only worth knowing.
    pub notes: usize,
    /// Findings that are put up with: they count nowhere else.
    pub accepted: usize,
    /// Open questions.
    pub undetermined: usize,
}

/// What one rule, or several, come to for one proxy: the worst of what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleAnswer {
    /// Everything holds.
    Pass,
    /// What is broken is put up with.
    Accepted,
    /// Nothing is broken, and something cannot be told.
    Open,
    /// Something is broken.
    Fail,
}

impl Audit {
    /// What the rules of one part of the mission come to.
    pub fn answer(&self, proxy: &Judged, group: Group) -> RuleAnswer {
        let rules = self.rules.iter().filter(|rule| rule.group == group);
        rules
            .map(|rule| proxy.answer(rule))
            .max()
            .unwrap_or(RuleAnswer::Pass)
    }
}

impl Tally {
    /// Counts one more.
    pub(super) fn add(&mut self, finding: &Finding) {
        match (&finding.accepted, finding.severity) {
            (Some(_), _) => self.accepted += 1,
            (None, Severity::Note) => self.notes += 1,
            (None, severity) => *self.findings.entry(severity).or_default() += 1,
        }
    }

    /// All findings; notes do not count.
    pub fn total(&self) -> usize {
        self.findings.values().sum()
    }
}

impl Judged {
    /// A proxy, the folder of the root module that makes it, and what the rules said of it.
    pub fn new(proxy: Proxy, root: Option<String>, report: Report) -> Self {
        Self {
            scene: Topology::of(&proxy),
            name: proxy.name.value().cloned(),
            address: proxy.address,
            root,
            origin: proxy.origin,
            report,
        }
    }

    /// Calls the proxy by another address, in all that is said of it.
    pub fn rename(&mut self, address: String) {
        let Report {
            findings,
            undetermined,
            passes,
            ..
        } = &mut self.report;
        let findings = findings.iter_mut().map(|one| &mut one.subject);
        let open = undetermined.iter_mut().map(|one| &mut one.subject);
        let passes = passes.iter_mut().map(|one| &mut one.subject);
        for subject in findings.chain(open).chain(passes) {
            subject.clone_from(&address);
        }
        self.address = address;
    }

    /// Leaves out what says the same of the same place: where a document has no lines, two entries can look alike.
    #[must_use]
    pub fn without_repetitions(mut self) -> Self {
        let mut told = BTreeSet::new();
        self.report.findings.retain(|finding| {
            let Finding {
                rule,
                message,
                origin,
                ..
            } = finding;
            told.insert((rule.id, message.clone(), origin.clone()))
        });
        self
    }

    /// The findings, the worst first, each severity in the order of the rules.
    pub fn worst_first(&self) -> Vec<&Finding> {
        let mut findings: Vec<&Finding> = self.report.findings.iter().collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings
    }

    /// The findings that nobody puts up with, the worst first.
    pub fn counted(&self) -> Vec<&Finding> {
        let mut findings = self.worst_first();
        findings.retain(|finding| finding.accepted.is_none());
        findings
    }

    /// The findings that are put up with, each with the reason, the worst first.
    pub fn accepted(&self) -> Vec<(&Finding, &Acceptance)> {
        let findings = self.worst_first().into_iter();
        findings
            .filter_map(|finding| Some((finding, finding.accepted.as_ref()?)))
            .collect()
    }

    /// The address, the place, and the root module where the place does not tell it.
    pub fn heading(&self) -> String {
        let caller = self.caller().map(|root| format!(", called from {root}"));
        let caller = caller.unwrap_or_default();
        format!("{} ({}{caller})", self.short_address(), self.origin)
    }

    /// The address. Where two templates share a logical id it begins with the file, which the place tells anyway.
    pub fn short_address(&self) -> &str {
        let rest = self.address.strip_prefix(&self.origin.file);
        rest.and_then(|rest| rest.strip_prefix(':'))
            .unwrap_or(&self.address)
    }

    /// The folder of the root module that makes it, where the place of the proxy does not tell it.
    pub fn caller(&self) -> Option<&str> {
        match self.root.as_deref()? {
            "" => self.origin.file.contains('/').then_some("."),
            root => match self.origin.file.strip_prefix(root) {
                Some(rest) if rest.starts_with('/') => None,
                _ => Some(root),
            },
        }
    }

    /// What one rule comes to.
    pub fn answer(&self, rule: &RuleInfo) -> RuleAnswer {
        let mut findings = self.report.findings.iter();
        let mut questions = self.report.undetermined.iter();
        let accepted = findings.clone().any(|finding| finding.rule.id == rule.id);
        if findings.any(|finding| finding.rule.id == rule.id && finding.accepted.is_none()) {
            RuleAnswer::Fail
        } else if questions.any(|open| open.rule.id == rule.id) {
            RuleAnswer::Open
        } else if accepted {
            RuleAnswer::Accepted
        } else {
            RuleAnswer::Pass
        }
    }
}
