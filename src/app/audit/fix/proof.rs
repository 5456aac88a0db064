//! Checks by an audit of the edited texts that the fixes work, and identifies the edits that do not.

use std::collections::{BTreeMap, BTreeSet};

use super::Repair;
use crate::domain::evidence::Origin;
use crate::report::Audit;

/// Number of occurrences of each key. Signed, because more fixes than findings would be a bug of ours, which must not
/// cause a panic.
type Counts<K> = BTreeMap<K, i64>;

/// Returns the indexes of the repairs that the audit of the edited texts does not confirm; empty if all fixes work.
pub(super) fn blamed(before: &Audit, after: &Audit, repairs: &[Repair]) -> BTreeSet<usize> {
    if names(before) != names(after) {
        return (0..repairs.len()).collect();
    }
    let mut blamed = BTreeSet::new();
    still_found(before, after, repairs, &mut blamed);
    now_open(before, after, repairs, &mut blamed);
    now_unread(before, after, repairs, &mut blamed);
    blamed
}

/// Returns the proxies. An edit must neither add nor remove one.
fn names(audit: &Audit) -> Vec<(&str, Option<&str>)> {
    let proxies = audit.proxies.iter();
    proxies
        .map(|proxy| (proxy.address.as_str(), proxy.root.as_deref()))
        .collect()
}

/// Blames edits for findings that are new or remain: each finding must occur less often by the number of its fixes.
fn still_found(before: &Audit, after: &Audit, repairs: &[Repair], blamed: &mut BTreeSet<usize>) {
    let mut allowed: Counts<String> = BTreeMap::new();
    for (fingerprint, ..) in findings(before) {
        *allowed.entry(fingerprint).or_default() += 1;
    }
    for repair in repairs {
        *allowed.entry(repair.fingerprint.clone()).or_default() -= 1;
    }
    for (fingerprint, subject, root, origin) in findings(after) {
        let left = allowed.entry(fingerprint.clone()).or_default();
        *left -= 1;
        if *left < 0 {
            blame(
                repairs,
                blamed,
                &[
                    &|repair| repair.fingerprint == fingerprint,
                    &|repair| repair.subject == subject && repair.root.as_deref() == root,
                    &|repair| repair.file == origin.file || repair.origin.file == origin.file,
                    &|_| true,
                ],
            );
        }
    }
}

/// Blames fixes whose rule became undetermined: an open question is not a fix.
fn now_open(before: &Audit, after: &Audit, repairs: &[Repair], blamed: &mut BTreeSet<usize>) {
    let (before, after) = (questions(before), questions(after));
    for (index, repair) in repairs.iter().enumerate() {
        let key = (repair.rule, repair.subject.as_str(), repair.root.as_deref());
        let count = |counts: &Counts<_>| counts.get(&key).copied().unwrap_or_default();
        if count(&after) > count(&before) {
            blamed.insert(index);
        }
    }
}

/// Blames edits for inputs that can no longer be read.
fn now_unread(before: &Audit, after: &Audit, repairs: &[Repair], blamed: &mut BTreeSet<usize>) {
    let problems = |audit: &Audit| -> Counts<(String, String)> {
        let mut counts = BTreeMap::new();
        for skipped in &audit.skipped {
            let key = (skipped.origin.file.clone(), skipped.reason.clone());
            *counts.entry(key).or_default() += 1;
        }
        counts
    };
    let known = problems(before);
    for (problem, count) in problems(after) {
        if count > known.get(&problem).copied().unwrap_or_default() {
            blame(
                repairs,
                blamed,
                &[&|repair| repair.file == problem.0, &|_| true],
            );
        }
    }
}

/// Blames the edits that match the first description with any match.
fn blame(
    repairs: &[Repair],
    blamed: &mut BTreeSet<usize>,
    descriptions: &[&dyn Fn(&Repair) -> bool],
) {
    let of = |fits: &&dyn Fn(&Repair) -> bool| -> Vec<usize> {
        let fitting = repairs
            .iter()
            .enumerate()
            .filter(|(_, repair)| fits(repair));
        fitting.map(|(index, _)| index).collect()
    };
    let found = descriptions.iter().map(of).find(|found| !found.is_empty());
    blamed.extend(found.unwrap_or_default());
}

/// Returns the findings that count: fingerprint, proxy, root module and place.
fn findings(audit: &Audit) -> impl Iterator<Item = (String, &str, Option<&str>, &Origin)> {
    audit.proxies.iter().flat_map(|proxy| {
        let root = proxy.root.as_deref();
        let findings = proxy.report.findings.iter();
        let counted = findings.filter(|finding| finding.accepted.is_none());
        counted.map(move |finding| {
            let fingerprint = finding.fingerprint(root);
            (fingerprint, finding.subject.as_str(), root, &finding.origin)
        })
    })
}

fn questions(audit: &Audit) -> Counts<(&str, &str, Option<&str>)> {
    let mut counts = BTreeMap::new();
    for proxy in &audit.proxies {
        for open in &proxy.report.undetermined {
            let key = (open.rule.id, open.subject.as_str(), proxy.root.as_deref());
            *counts.entry(key).or_default() += 1;
        }
    }
    counts
}
