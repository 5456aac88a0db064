//! Findings that are one fault: what a rule found at one place, in a group, a module or a loop that several proxies share.
//!
//! Each proxy keeps its verdicts and its findings, as waivers and baselines ask for them one by one. What people read and what is
//! counted is the fault: it is told once, with the proxy that comes first, and names all others.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ptr;

use super::audit::{Audit, Judged, Tally};
use crate::domain::evidence::Origin;
use crate::domain::finding::{Acceptance, Edit, Finding};

/// How many other proxies or messages are named; the rest is counted.
const NAMED: usize = 5;

/// What makes findings one: the rule, the place, and by what they are put up with.
type Key<'a> = (&'static str, Place<'a>, Option<Option<Place<'a>>>);

/// File, line and column.
type Place<'a> = (&'a str, u32, u32);

/// One finding of one proxy.
pub(super) type Found<'a> = (&'a Judged, &'a Finding);

/// The faults of an audit that have more than one finding, by what makes them one.
#[derive(Default)]
pub(super) struct Faults<'a>(BTreeMap<Key<'a>, Vec<Found<'a>>>);

impl Audit {
    /// Counts what was found: what several proxies share counts once.
    pub fn tally(&self) -> Tally {
        Faults::of(self).tally(self)
    }
}

impl<'a> Faults<'a> {
    /// The faults of an audit.
    pub(super) fn of(audit: &'a Audit) -> Self {
        let mut faults: BTreeMap<Key<'a>, Vec<Found<'a>>> = BTreeMap::new();
        for proxy in &audit.proxies {
            for finding in &proxy.report.findings {
                if let Some(key) = key(finding) {
                    faults.entry(key).or_default().push((proxy, finding));
                }
            }
        }
        faults.retain(|_, found| found.len() > 1);
        for found in faults.values_mut() {
            // Stable: among the worst the first proxy tells it.
            found.sort_by_key(|(_, finding)| Reverse(finding.severity));
        }
        Self(faults)
    }

    /// All findings of the fault, the one that tells it first; none where it is the only one.
    pub(super) fn all(&self, finding: &'a Finding) -> &[Found<'a>] {
        let found = key(finding).and_then(|key| self.0.get(&key));
        found.map_or(&[], Vec::as_slice)
    }

    /// The other findings of the fault that this one tells.
    pub(super) fn others(&self, finding: &'a Finding) -> &[Found<'a>] {
        self.all(finding).get(1..).unwrap_or_default()
    }

    /// Whether the fault is told with this finding.
    pub(super) fn tells(&self, finding: &'a Finding) -> bool {
        let first = self.all(finding).first();
        first.is_none_or(|(_, first)| ptr::eq(*first, finding))
    }

    /// The findings of a proxy that count and tell their fault, the worst first.
    pub(super) fn counted(&self, proxy: &'a Judged) -> Vec<&'a Finding> {
        let mut findings = proxy.counted();
        findings.retain(|finding| self.tells(finding));
        findings
    }

    /// The findings of a proxy that are put up with and tell their fault, each with the reason.
    pub(super) fn accepted(&self, proxy: &'a Judged) -> Vec<(&'a Finding, &'a Acceptance)> {
        let mut findings = proxy.accepted();
        findings.retain(|(finding, _)| self.tells(finding));
        findings
    }

    /// The findings of a proxy that another proxy's finding tells, each with that one.
    pub(super) fn told_elsewhere(
        &self,
        proxy: &'a Judged,
    ) -> impl Iterator<Item = (&'a Finding, Found<'a>)> {
        proxy.worst_first().into_iter().filter_map(move |finding| {
            let first = *self.all(finding).first()?;
            (!ptr::eq(first.0, proxy)).then_some((finding, first))
        })
    }

    /// What of a proxy counts and is told with another, in a sentence for each of those.
    pub(super) fn pointers(&self, proxy: &'a Judged) -> Vec<String> {
        let mut rules: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for (finding, (teller, _)) in self.told_elsewhere(proxy) {
            if finding.accepted.is_none() {
                let of_teller = rules.entry(named(teller)).or_default();
                of_teller.insert(finding.rule.id);
            }
        }
        let told = rules.into_iter().map(|(name, ids)| {
            let ids: Vec<&str> = ids.into_iter().collect();
            format!("shared with {name}, and told there: {}", ids.join(", "))
        });
        told.collect()
    }

    /// Whom else a fault concerns, and what else was found at its place, in a sentence each.
    pub(super) fn also(&self, finding: &'a Finding) -> Vec<String> {
        let all = self.all(finding);
        let Some((first, _)) = all.first() else {
            return Vec::new();
        };
        let own_way = way(&finding.origin);
        let (mut proxies, mut messages) = (Once::default(), Once::default());
        for (proxy, other) in self.others(finding) {
            let way = way(&other.origin).filter(|way| Some(way) != own_way.as_ref());
            let way = way.map_or_else(String::new, |way| format!(" ({way})"));
            if !ptr::eq(*proxy, *first) {
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

    /// The edits that mend a fault for every proxy, each once, by file.
    pub(super) fn edits(&self, finding: &'a Finding) -> BTreeMap<&'a str, Vec<&'a Edit>> {
        let others = self.others(finding).iter().map(|(_, other)| *other);
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

    /// Counts what was found, each fault once.
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

/// Where a document has no lines, every finding stands alone: two values there can look alike and be far apart.
fn key(finding: &Finding) -> Option<Key<'_>> {
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

/// A proxy, with the root module that makes it where its place does not tell it.
fn named(proxy: &Judged) -> String {
    let caller = proxy.caller().map(|root| format!(", called from {root}"));
    format!("{}{}", proxy.address, caller.unwrap_or_default())
}

/// Texts, each once, in the order in which they came.
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

    /// The first ones, and how many more there are; nothing where there are none.
    fn listed(&self, between: &str) -> Option<String> {
        let named = self.first.join(between);
        match self.seen.len() - self.first.len() {
            _ if self.seen.is_empty() => None,
            0 => Some(named),
            more => Some(format!("{named} and {more} more")),
        }
    }
}

/// How a value came to stand where it stands, where it took a detour.
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
