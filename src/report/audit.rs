//! The input of every report format: the proxies with their findings, what was checked, and what was skipped.

use std::collections::{BTreeMap, BTreeSet};

use super::topology::Topology;
use crate::domain::evidence::Origin;
use crate::domain::finding::{Acceptance, Finding, Group, Report, RuleInfo, Severity};
use crate::domain::posture::Proxy;
use crate::domain::secrecy::{MaskedText, Secrets};

/// The groups of rules in a summary, with short titles.
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

/// The complete result of an audit.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// The proxies, in the order of their addresses.
    pub proxies: Vec<Judged>,
    /// The rules that were evaluated, in their order.
    pub rules: Vec<&'static RuleInfo>,
    /// The sources that were read.
    pub checked: Checked,
    /// The sources that could not be read, and why.
    pub skipped: Vec<Skipped>,
    /// The texts of the files that findings refer to, by file.
    pub texts: BTreeMap<String, MaskedText>,
    /// The values that no format may show.
    pub secrets: Secrets,
}

/// One proxy and the results of the rules.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The full address in its source.
    pub address: String,
    /// The proxy's name; `None` if it is unresolved.
    pub name: Option<String>,
    /// The folder of the Terraform root module that creates the proxy; empty for the current folder; `None` outside
    /// Terraform.
    pub root: Option<String>,
    /// The place where the proxy is defined.
    pub origin: Origin,
    /// The proxy's surroundings: consumers, network and database.
    pub scene: Topology,
    /// The results of the rules.
    pub report: Report,
}

/// The sources that were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// The number of files of known kinds.
    pub files: usize,
    /// The Terraform root modules that can lead to a proxy, by folder.
    pub roots: Vec<String>,
    /// The CloudFormation templates, by path.
    pub templates: Vec<String>,
    /// The Terraform plans and states, by path.
    pub plans: Vec<String>,
    /// The account, as `123456789012 in eu-west-1`; `None` if no account was read.
    pub account: Option<String>,
}

/// A source that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// The file, or the place in it.
    pub origin: Origin,
    /// The reason why it could not be read.
    pub reason: String,
}

/// The number of results of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Findings by severity, notes excluded.
    pub findings: BTreeMap<Severity, usize>,
    /// The number of findings of severity note.
    pub notes: usize,
    /// The number of accepted findings; they count nowhere else.
    pub accepted: usize,
    /// The number of open questions.
    pub undetermined: usize,
}

/// The result of one rule or several for one proxy: the worst individual result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleAnswer {
    /// All rules are met.
    Pass,
    /// All violations are accepted.
    Accepted,
    /// No violation, but at least one rule is undetermined.
    Open,
    /// At least one violation.
    Fail,
}

impl Audit {
    /// Returns the combined result of the rules of one group.
    pub fn answer(&self, proxy: &Judged, group: Group) -> RuleAnswer {
        let rules = self.rules.iter().filter(|rule| rule.group == group);
        rules
            .map(|rule| proxy.answer(rule))
            .max()
            .unwrap_or(RuleAnswer::Pass)
    }
}

impl Tally {
    /// Counts one finding by its severity.
    pub(super) fn add(&mut self, finding: &Finding) {
        match (&finding.accepted, finding.severity) {
            (Some(_), _) => self.accepted += 1,
            (None, Severity::Note) => self.notes += 1,
            (None, severity) => *self.findings.entry(severity).or_default() += 1,
        }
    }

    /// Returns the number of findings, notes excluded.
    pub fn total(&self) -> usize {
        self.findings.values().sum()
    }
}

impl Judged {
    /// Combines a proxy, the folder of the root module that creates it, and the results of the rules.
    pub fn new(proxy: Proxy, root: Option<String>, report: Report) -> Self {
        Self {
            scene: Topology::new(&proxy),
            name: proxy.name.value().cloned(),
            address: proxy.address,
            root,
            origin: proxy.origin,
            report,
        }
    }

    /// Replaces the proxy's address in all its results.
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

    /// Removes repeated results of the same place: in a document without lines, two entries can look alike.
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

    /// Returns the findings, the worst first; equal severities keep the order of the rules.
    pub fn worst_first(&self) -> Vec<&Finding> {
        let mut findings: Vec<&Finding> = self.report.findings.iter().collect();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings
    }

    /// Returns the findings that are not accepted, the worst first.
    pub fn counted(&self) -> Vec<&Finding> {
        let mut findings = self.worst_first();
        findings.retain(|finding| finding.accepted.is_none());
        findings
    }

    /// Returns the accepted findings, each with the reason, the worst first.
    pub fn accepted(&self) -> Vec<(&Finding, &Acceptance)> {
        let findings = self.worst_first().into_iter();
        findings
            .filter_map(|finding| Some((finding, finding.accepted.as_ref()?)))
            .collect()
    }

    /// Returns the address, the place, and the root module if the place does not show it.
    pub fn heading(&self) -> String {
        let caller = self.caller().map(|root| format!(", called from {root}"));
        let caller = caller.unwrap_or_default();
        format!("{} ({}{caller})", self.short_address(), self.origin)
    }

    /// Returns the address without the file. An address begins with the file if two templates share a logical id; the
    /// place shows the file anyway.
    pub fn short_address(&self) -> &str {
        let rest = self.address.strip_prefix(&self.origin.file);
        rest.and_then(|rest| rest.strip_prefix(':'))
            .unwrap_or(&self.address)
    }

    /// Returns the folder of the root module, unless the place of the proxy shows it.
    pub fn caller(&self) -> Option<&str> {
        match self.root.as_deref()? {
            "" => self.origin.file.contains('/').then_some("."),
            root => match self.origin.file.strip_prefix(root) {
                Some(rest) if rest.starts_with('/') => None,
                _ => Some(root),
            },
        }
    }

    /// Returns the result of one rule.
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
