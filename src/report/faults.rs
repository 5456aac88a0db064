//! Groups findings into faults: the findings of one rule at one place in a group, a module or a loop that several
//! proxies share.
//!
//! Each proxy keeps its verdicts and its findings, because waivers and baselines match them individually. People read,
//! and summaries count, faults: a fault is reported once, with its first proxy, and names all others.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ptr;

use super::audit::{Audit, Judged, Tally};
use crate::domain::evidence::Origin;
use crate::domain::finding::{Acceptance, Edit, Finding};

/// The number of other proxies or messages that are named; the rest is counted.
const NAMED: usize = 5;

/// The key that groups findings: the rule, the place, and the place of the waiver.
type Key<'a> = (&'static str, Place<'a>, Option<Option<Place<'a>>>);

/// File, line and column.
type Place<'a> = (&'a str, u32, u32);

/// One finding and its proxy.
#[derive(Clone, Copy)]
pub(super) struct ProxyFinding<'a> {
    pub(super) proxy: &'a Judged,
    pub(super) finding: &'a Finding,
}

/// The faults of an audit that have more than one finding, by their key.
#[derive(Default)]
pub(super) struct Faults<'a>(BTreeMap<Key<'a>, Vec<ProxyFinding<'a>>>);

impl Audit {
    /// Counts the results; a fault that several proxies share counts once.
    pub fn tally(&self) -> Tally {
        Faults::new(self).tally(self)
    }
}

impl<'a> Faults<'a> {
    /// Groups the findings of an audit.
    pub(super) fn new(audit: &'a Audit) -> Self {
        let mut faults: BTreeMap<Key<'a>, Vec<ProxyFinding<'a>>> = BTreeMap::new();
        for proxy in &audit.proxies {
            for finding in &proxy.report.findings {
                if let Some(key) = key(finding) {
                    let found = ProxyFinding { proxy, finding };
                    faults.entry(key).or_default().push(found);
                }
            }
        }
        faults.retain(|_, found| found.len() > 1);
        for found in faults.values_mut() {
            // The sort is stable: among the worst findings, that of the first proxy leads the fault.
            found.sort_by_key(|found| Reverse(found.finding.severity));
        }
        Self(faults)
    }

    /// Returns all findings of the fault, the leading one first; empty if there is only one.
    pub(super) fn all(&self, finding: &'a Finding) -> &[ProxyFinding<'a>] {
        let found = key(finding).and_then(|key| self.0.get(&key));
        found.map_or(&[], Vec::as_slice)
    }

    /// Returns the other findings of the fault that this one leads.
    pub(super) fn others(&self, finding: &'a Finding) -> &[ProxyFinding<'a>] {
        self.all(finding).get(1..).unwrap_or_default()
    }

    /// True if the fault is reported with this finding.
    pub(super) fn tells(&self, finding: &'a Finding) -> bool {
        let first = self.all(finding).first();
        first.is_none_or(|first| ptr::eq(first.finding, finding))
    }

    /// Returns the findings of a proxy that are not accepted and lead their fault, the worst first.
    pub(super) fn counted(&self, proxy: &'a Judged) -> Vec<&'a Finding> {
        let mut findings = proxy.counted();
        findings.retain(|finding| self.tells(finding));
        findings
    }

    /// Returns the accepted findings of a proxy that lead their fault, each with the reason.
    pub(super) fn accepted(&self, proxy: &'a Judged) -> Vec<(&'a Finding, &'a Acceptance)> {
        let mut findings = proxy.accepted();
        findings.retain(|(finding, _)| self.tells(finding));
        findings
    }

    /// Returns the findings of a proxy that are reported with another proxy, each with the leading finding.
    pub(super) fn told_elsewhere(
        &self,
        proxy: &'a Judged,
    ) -> impl Iterator<Item = (&'a Finding, ProxyFinding<'a>)> {
        proxy.worst_first().into_iter().filter_map(move |finding| {
            let first = *self.all(finding).first()?;
            (!ptr::eq(first.proxy, proxy)).then_some((finding, first))
        })
    }

    /// Returns one sentence for each other proxy that reports findings of this one; accepted findings are left out.
    pub(super) fn pointers(&self, proxy: &'a Judged) -> Vec<String> {
        let mut rules: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for (finding, told) in self.told_elsewhere(proxy) {
            if finding.accepted.is_none() {
                let of_teller = rules.entry(named(told.proxy)).or_default();
                of_teller.insert(finding.rule.id);
            }
        }
        let told = rules.into_iter().map(|(name, ids)| {
            let ids: Vec<&str> = ids.into_iter().collect();
            format!("shared with {name}, and told there: {}", ids.join(", "))
        });
        told.collect()
    }

    /// Returns one sentence on the other proxies that the fault affects, and one on other messages at its place.
    pub(super) fn also(&self, finding: &'a Finding) -> Vec<String> {
        let all = self.all(finding);
        let Some(first) = all.first() else {
            return Vec::new();
        };
        let own_way = way(&finding.origin);
        let (mut proxies, mut messages) = (Once::default(), Once::default());
        for ProxyFinding {
            proxy,
            finding: other,
        } in self.others(finding)
        {
            let way = way(&other.origin).filter(|way| Some(way) != own_way.as_ref());
            let way = way.map_or_else(String::new, |way| format!(" ({way})"));
            if !ptr::eq(*proxy, first.proxy) {
                proxies.add(named(proxy) + &way);
            }
            if other.message != finding.message {
                messages.add(other.message.clone());
            }
        }
        let same = proxies.listed(", ").map(|names| format!("also {names}"));
        let more = messages
            .listed("; ")
            .map(|told| format!("also here: {told}"));
        same.into_iter().chain(more).collect()
    }

    /// Returns the edits that fix a fault for every proxy, without duplicates, by file.
    pub(super) fn edits(&self, finding: &'a Finding) -> BTreeMap<&'a str, Vec<&'a Edit>> {
        let others = self.others(finding).iter().map(|other| other.finding);
        let mut edits: BTreeMap<&str, Vec<&Edit>> = BTreeMap::new();
        for one in [finding].into_iter().chain(others) {
            let of_file = edits.entry(one.edited_file()).or_default();
            of_file.extend(&one.edits);
        }
        for of_file in edits.values_mut() {
            of_file.sort_by_key(|edit| (edit.range.start, edit.range.end));
            of_file.dedup();
        }
        edits.retain(|_, of_file| !of_file.is_empty());
        edits
    }

    /// Counts the results, each fault once.
    pub(super) fn tally(&self, audit: &'a Audit) -> Tally {
        let mut tally = Tally::default();
        for Judged { report, .. } in &audit.proxies {
            tally.undetermined += report.undetermined.len();
            let told = report.findings.iter().filter(|one| self.tells(one));
            told.for_each(|finding| tally.add(finding));
        }
        tally
    }
}

/// Returns the key that groups a finding; `None` in a document without lines.
fn key(finding: &Finding) -> Option<Key<'_>> {
    // Without lines, values at different places look alike and must not be grouped.
    let accepted = finding.accepted.as_ref().map(|accepted| match accepted {
        Acceptance::Comment(waiver) | Acceptance::Policy(waiver) => Some(place(&waiver.origin)),
        Acceptance::Known => None,
    });
    let key = (finding.rule.id, place(&finding.origin), accepted);
    (finding.origin.line > 0).then_some(key)
}

fn place(origin: &Origin) -> Place<'_> {
    (&origin.file, origin.line, origin.column)
}

/// Names a proxy, with the root module that creates it if its place does not show it.
fn named(proxy: &Judged) -> String {
    let caller = proxy.caller().map(|root| format!(", called from {root}"));
    format!("{}{}", proxy.address, caller.unwrap_or_default())
}

/// Distinct texts in the order of their first occurrence.
#[derive(Default)]
struct Once {
    seen: BTreeSet<String>,
    first: Vec<String>,
}

impl Once {
    fn add(&mut self, text: String) {
        if self.seen.insert(text.clone()) && self.first.len() < NAMED {
            self.first.push(text);
        }
    }

    /// Formats the first texts and the number of others; `None` if there are none.
    fn listed(&self, between: &str) -> Option<String> {
        let named = self.first.join(between);
        match self.seen.len() - self.first.len() {
            _ if self.seen.is_empty() => None,
            0 => Some(named),
            more => Some(format!("{named} and {more} more")),
        }
    }
}

/// Describes how a value reached its place, if it came through variables or defaults.
pub(super) fn way(origin: &Origin) -> Option<String> {
    let default = origin
        .default_of
        .as_ref()
        .map(|name| format!("by the default of `{name}`, which a caller can change"));
    let told_by_default = origin.via.len() == 1 && origin.via.last() == origin.default_of.as_ref();
    let via = (!origin.via.is_empty() && !told_by_default)
        .then(|| format!("from {}", origin.via.join(" ← ")));
    match (via, default) {
        (Some(via), Some(default)) => Some(format!("{via}; {default}")),
        (via, default) => via.or(default),
    }
}
