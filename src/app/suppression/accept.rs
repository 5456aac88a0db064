//! Accepts findings: by a comment beside the code, by the policy, or because the baseline report already contains
//! them.

use std::collections::BTreeMap;

use time::Date;

use super::comments::Comments;
use crate::domain::drift::DriftEffect;
use crate::domain::evidence::Origin;
use crate::domain::finding::{Acceptance, Finding, Report, RuleInfo};
use crate::domain::policy::{Subject, TeamPolicy, WaiverEntry};
use crate::report::{Judged, Skipped};
use crate::rewrite::comments::Position;
use crate::rules::{WAIVER_EXPIRED, WAIVER_WITHOUT_REASON};

/// All sources that can accept a finding.
#[derive(Clone, Debug)]
pub(in crate::app) struct Suppression {
    pub(in crate::app) policy: TeamPolicy,
    comments: Comments,
    /// Number of occurrences of each fingerprint in the baseline.
    pub(in crate::app) known: BTreeMap<String, usize>,
    pub(in crate::app) today: Date,
}

impl Suppression {
    /// Accepts by the policy alone.
    pub(super) fn new(policy: TeamPolicy, today: Date) -> Self {
        Self {
            policy,
            comments: Comments::default(),
            known: BTreeMap::new(),
            today,
        }
    }

    /// Reads the waiver comments of these files and reports the ones that cannot be understood.
    pub(in crate::app) fn read_comments(
        &mut self,
        texts: &BTreeMap<String, String>,
        told: &mut Vec<Skipped>,
    ) {
        self.comments = Comments::new(texts, self.today, told);
    }

    /// Sets the severity of every finding and, if it is accepted, the reason. Adds findings about invalid waivers
    /// that cover it.
    pub(in crate::app) fn apply(&mut self, proxies: &mut [Judged]) {
        let (sources, known) = self.sources();
        for proxy in proxies {
            let home = proxy.origin.file.clone();
            let place = ProxyPlace {
                home: &home,
                root: proxy.root.as_deref(),
            };
            sources.apply_to(&mut proxy.report, place, known);
        }
    }

    /// Does the same for one report, of a proxy in that file or folder.
    pub(in crate::app) fn apply_to(&mut self, report: &mut Report, home: &str, root: Option<&str>) {
        let (sources, known) = self.sources();
        sources.apply_to(report, ProxyPlace { home, root }, known);
    }

    fn sources(&mut self) -> (AcceptanceSources<'_>, &mut BTreeMap<String, usize>) {
        let sources = AcceptanceSources {
            policy: &self.policy,
            waivers: ByRule::from_waivers(&self.policy.waivers),
            comments: &self.comments,
            today: self.today,
        };
        (sources, &mut self.known)
    }

    /// Returns the number of baseline findings that no longer occur.
    pub(in crate::app) fn gone(&self) -> usize {
        self.known.values().sum()
    }

    /// Accepts a difference if a valid waiver covers it; otherwise returns the errors of the waivers that cover it.
    pub(in crate::app) fn accept_drift(
        &self,
        effect: &mut DriftEffect,
        comments: &Comments,
        home: &str,
    ) -> Vec<String> {
        let place = effect.origin.as_ref();
        let subject = Subject {
            rule: effect.rule.map(|rule| rule.0.id),
            address: &effect.subject,
            file: place.map_or("", |origin| &origin.file),
            home,
            attribute: Some(&effect.attribute),
        };
        let at = place.map_or((0, 0), |origin| (origin.line, origin.column));
        let mut wrong = Vec::new();
        let policy = self.policy.waivers.iter();
        let all = comments.at(subject.file, at).into_iter().chain(policy);
        for entry in all.filter(|entry| entry.covers(&subject)) {
            match entry.waiver() {
                None => wrong.push(format!(
                    "{}: the waiver gives no reason, so that it does not count",
                    entry.origin
                )),
                Some(_) if !entry.is_current(self.today) => wrong.push(format!(
                    "{}: the waiver has ended: {} counts again",
                    entry.origin, effect.attribute
                )),
                Some(waiver) => {
                    effect.accepted = Some(waiver);
                    return Vec::new();
                }
            }
        }
        wrong
    }
}

/// The place of a proxy whose findings are accepted.
#[derive(Clone, Copy)]
struct ProxyPlace<'a> {
    /// The file or the folder of the proxy.
    home: &'a str,
    /// The root module of the proxy, if it has one.
    root: Option<&'a str>,
}

/// The sources that accept findings, indexed for lookup.
struct AcceptanceSources<'a> {
    policy: &'a TeamPolicy,
    waivers: ByRule<'a>,
    comments: &'a Comments,
    today: Date,
}

impl<'a> AcceptanceSources<'a> {
    fn apply_to(
        &self,
        report: &mut Report,
        ProxyPlace { home, root }: ProxyPlace<'_>,
        known: &mut BTreeMap<String, usize>,
    ) {
        let mut wrong: BTreeMap<(&str, Origin), Finding> = BTreeMap::new();
        // The policy's answer for a rule, a proxy and a file is the same at every place.
        let mut said: BTreeMap<(&str, String, String), Vec<&WaiverEntry>> = BTreeMap::new();
        for finding in &mut report.findings {
            if let Some(severity) = self.policy.severities.get(finding.rule.id) {
                finding.severity = *severity;
            }
            let subject = Subject {
                rule: Some(finding.rule.id),
                address: &finding.subject,
                file: &finding.origin.file,
                home,
                attribute: None,
            };
            let key = (
                finding.rule.id,
                finding.subject.clone(),
                finding.origin.file.clone(),
            );
            let policy = said
                .entry(key)
                .or_insert_with(|| self.waivers.covering(&subject));
            let beside = self.comments.at(&finding.origin.file, place(finding));
            let beside = beside.into_iter().filter(|entry| entry.covers(&subject));
            let beside = beside.map(|entry| (entry, Acceptance::Comment as By));
            let policy = policy
                .iter()
                .map(|entry| (*entry, Acceptance::Policy as By));
            let all: Vec<_> = beside.chain(policy).collect();
            let told = self.accept(finding, all);
            if finding.accepted.is_none() && !is_known(finding, root, known) {
                for (rule, entry) in told {
                    let key = (rule.id, entry.origin.clone());
                    wrong
                        .entry(key)
                        .or_insert_with(|| self::waiver_finding(rule, finding, entry));
                }
            }
        }
        report.findings.extend(wrong.into_values());
    }

    /// Accepts a finding by the first valid waiver; otherwise returns the invalid waivers that cover it.
    fn accept(
        &self,
        finding: &mut Finding,
        waivers: Vec<(&'a WaiverEntry, By)>,
    ) -> Vec<(&'static RuleInfo, &'a WaiverEntry)> {
        let mut wrong = Vec::new();
        for (entry, by) in waivers {
            match entry.waiver() {
                None => wrong.push((&WAIVER_WITHOUT_REASON, entry)),
                Some(_) if !entry.is_current(self.today) => wrong.push((&WAIVER_EXPIRED, entry)),
                Some(waiver) => {
                    finding.accepted = Some(by(waiver));
                    return Vec::new();
                }
            }
        }
        wrong
    }
}

/// Accepts a finding that the baseline contains, and counts it off.
fn is_known(
    finding: &mut Finding,
    root: Option<&str>,
    known: &mut BTreeMap<String, usize>,
) -> bool {
    if known.is_empty() {
        return false;
    }
    let left = known.get_mut(&finding.fingerprint(root));
    let Some(left) = left.filter(|left| **left > 0) else {
        return false;
    };
    *left -= 1;
    finding.accepted = Some(Acceptance::Known);
    true
}

fn place(finding: &Finding) -> Position {
    (finding.origin.line, finding.origin.column)
}

/// The waivers of the policy by rule. A policy can hold tens of thousands of waivers, and most of them name one
/// proxy.
struct ByRule<'a>(BTreeMap<&'a str, OfRule<'a>>);

/// The waivers of one rule, in the order of the policy.
#[derive(Default)]
struct OfRule<'a> {
    /// Waivers that name one proxy.
    named: BTreeMap<String, Vec<(usize, &'a WaiverEntry)>>,
    /// Waivers with a pattern, which have to be matched one by one.
    open: Vec<(usize, &'a WaiverEntry)>,
}

impl<'a> ByRule<'a> {
    fn from_waivers(waivers: &'a [WaiverEntry]) -> Self {
        let mut all: BTreeMap<&str, OfRule<'_>> = BTreeMap::new();
        for numbered in waivers.iter().enumerate() {
            let named = numbered.1.named_subject();
            for rule in &numbered.1.rules {
                let of_rule = all.entry(rule).or_default();
                match &named {
                    Some(name) => of_rule.named.entry(name.clone()).or_default(),
                    None => &mut of_rule.open,
                }
                .push(numbered);
            }
        }
        Self(all)
    }

    /// Returns the waivers that cover the subject, in the order of the policy.
    fn covering(&self, subject: &Subject<'_>) -> Vec<&'a WaiverEntry> {
        let Some(of_rule) = subject.rule.and_then(|rule| self.0.get(rule)) else {
            return Vec::new();
        };
        let named = of_rule.named.get(subject.address).into_iter().flatten();
        let all = named.chain(&of_rule.open);
        let mut covering: Vec<_> = all.filter(|(_, entry)| entry.covers(subject)).collect();
        covering.sort_by_key(|(number, _)| *number);
        covering.into_iter().map(|(_, entry)| *entry).collect()
    }
}

type By = fn(crate::domain::finding::Waiver) -> Acceptance;

/// Returns the error of a waiver as a finding at the waiver's place.
fn waiver_finding(rule: &'static RuleInfo, finding: &Finding, entry: &WaiverEntry) -> Finding {
    let message = match entry.until.filter(|_| rule.id == WAIVER_EXPIRED.id) {
        Some(until) => format!(
            "the waiver of {} ended on {until}: the finding counts again",
            finding.rule.id
        ),
        None => format!(
            "the waiver of {} gives no reason, so that it does not count",
            finding.rule.id
        ),
    };
    Finding {
        rule,
        severity: rule.severity,
        subject: finding.subject.clone(),
        message,
        origin: entry.origin.clone(),
        fix: None,
        named_user: None,
        edits: Vec::new(),
        mended_in: None,
        accepted: None,
    }
}
