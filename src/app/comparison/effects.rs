//! Compares two sides of a project and classifies each difference: first the verdicts, then the facts, then parts
//! that no posture covers. Texts are not compared here.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::evaluated::{Evaluated, EvaluatedTarget};
use super::groups::loose_groups;
use super::parts::{
    Compared, block, handed_on, is_argument, is_beside, is_disowned, is_input, part,
};
use crate::domain::drift::{Class, DriftEffect, RuleRef, direction, is_about, told, within_proxy};
use crate::domain::facts::{Comparison, compare};
use crate::domain::finding::{Finding, Group, Report, RuleInfo, Undetermined, Verdict};
use crate::domain::lines::without_places;
use crate::domain::snapshot::NotVisible;
use crate::domain::symbolic::in_words;
use crate::rewrite::equivalence::{Move, alike, is_modelled};
use crate::rewrite::secrecy::Secrecy;
use crate::rules::infos;

/// All differences, the worst first. Additions that do not concern the generated resources are listed separately and
/// are not differences.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct Effects {
    pub(in crate::app) list: Vec<DriftEffect>,
    pub(in crate::app) beside: BTreeSet<String>,
    /// Parts that are written differently but not listed, because the facts already cover them as far as a posture
    /// does. They are reported for lines that have no other effect.
    pub(in crate::app) untold: Vec<DriftEffect>,
    secrecy: Rc<Secrecy>,
}

/// Compares two sides and returns all differences.
pub(in crate::app) fn effects(before: &Evaluated, after: &Evaluated) -> Effects {
    let mut effects = Effects {
        secrecy: Rc::clone(&after.secrecy),
        ..Effects::default()
    };
    let nothing = EvaluatedTarget::default();
    let base = before.roots.first().map_or(&nothing, Rc::as_ref);
    if after.roots.is_empty() && !before.roots.is_empty() {
        effects.compare(base, &nothing, &[]);
    }
    let mut all_moves = Vec::new();
    for root in &after.roots {
        let moves = base.form.moves(&root.form);
        effects.compare(base, root, &moves);
        all_moves.extend(moves);
    }
    effects.compare(&before.stack, &after.stack, &[]);
    // Tests of a module refer to its resources by address.
    effects.compare(&before.others, &after.others, &all_moves);
    for list in [&mut effects.list, &mut effects.untold] {
        for effect in &mut *list {
            effect.attribute = in_words(&effect.attribute);
            effect.message = in_words(&effect.message);
        }
        list.sort_by(|one, other| {
            let key =
                |effect: &DriftEffect| (std::cmp::Reverse(effect.class), effect.origin.clone());
            (key(one), one.key()).cmp(&(key(other), other.key()))
        });
        list.dedup_by(|one, other| one.key() == other.key());
    }
    effects
}

impl Effects {
    /// Returns the listed effects, then those that others already cover.
    pub(in crate::app) fn all(&self) -> impl Iterator<Item = &DriftEffect> {
        self.list.iter().chain(&self.untold)
    }

    /// Compares an account with the intended posture. Facts that are not compared are listed in `beside`.
    ///
    /// A rule that fails in the account without being expected to is weakened, whatever its subject. If calls failed,
    /// undetermined rules are listed as well: the missing data might show them to be weakened.
    pub(in crate::app) fn in_account(
        intent: &EvaluatedTarget,
        actual: &EvaluatedTarget,
        gaps: &[NotVisible],
    ) -> Self {
        let mut effects = Self::default();
        let mut comparison = compare(&intent.posture, &actual.posture);
        effects.verdicts(&intent.report, &actual.report);
        effects.list.retain(|effect| effect.class == Class::Weakens);
        if !gaps.is_empty() {
            effects.open(&actual.report);
            effects.claim_unseen(&mut comparison);
        }
        effects.facts(&comparison, 0);
        let shown = comparison.not_compared.into_iter();
        effects.beside = shown
            .filter(|line| !comparison.hidden.contains(line))
            .map(|line| within_proxy(&line).to_owned())
            .collect();
        effects
    }

    /// Lists the undetermined rules regardless of the intent. Limits are left out: they belong to the service, not to
    /// the intent.
    fn open(&mut self, report: &Report) {
        let open = report.undetermined.iter();
        for one in open.filter(|one| one.rule.group != Group::Limit) {
            self.list.push(undetermined(one));
        }
    }

    /// Treats intended facts that cannot be seen as hidden, unless an undetermined rule covers them.
    fn claim_unseen(&self, comparison: &mut Comparison) {
        let open: Vec<&RuleInfo> = self
            .list
            .iter()
            .filter(|effect| effect.class == Class::CannotTell)
            .filter_map(|effect| Some(effect.rule?.0))
            .collect();
        let unseen = comparison.unseen.iter().filter(|line| {
            let path = line.split(" (actual): ").next().unwrap_or(line);
            !open.iter().any(|rule| is_about(rule, path))
        });
        comparison.hidden.extend(unseen.cloned());
    }

    fn compare(&mut self, before: &EvaluatedTarget, after: &EvaluatedTarget, moves: &[Move]) {
        // Both sides share the result of equal texts.
        if std::ptr::eq(before, after) {
            return;
        }
        self.unread(before, after);
        if !self.list.is_empty() && is_lost(before, after) {
            // Facts of a lost proxy or file are unknown, neither present nor gone.
            return;
        }
        let from = self.list.len();
        self.verdicts(&before.report, &after.report);
        let comparison = compare(&before.posture, &after.posture);
        self.facts(&comparison, from);
        self.appeared(&comparison, from);
        self.list.extend(loose_groups(before, after));
        let modelled = self.list.len() > from;
        self.parts([before, after], moves, modelled);
    }

    /// Lists inputs that can no longer be read.
    fn unread(&mut self, before: &EvaluatedTarget, after: &EvaluatedTarget) {
        for (message, origin) in &after.document.problems {
            if !before
                .document
                .problems
                .iter()
                .any(|(known, _)| known == message)
            {
                self.list.push(DriftEffect {
                    origin: Some(origin.clone()),
                    ..DriftEffect::plain(Class::CannotTell, &origin.file, message.clone())
                });
            }
        }
    }

    fn verdicts(&mut self, before: &Report, after: &Report) {
        for finding in new(&before.findings, &after.findings, same_finding) {
            self.list.push(DriftEffect {
                rule: Some(RuleRef(finding.rule)),
                subject: finding.subject.clone(),
                origin: Some(finding.origin.clone()),
                ..DriftEffect::plain(Class::Weakens, "", finding.message.clone())
            });
        }
        for finding in new(&after.findings, &before.findings, same_finding) {
            if holds(after, finding.rule.id, &finding.subject) {
                let message = format!("no longer: {}", finding.message);
                self.list.push(DriftEffect {
                    rule: Some(RuleRef(finding.rule)),
                    subject: finding.subject.clone(),
                    ..DriftEffect::plain(Class::Strengthens, "", message)
                });
            }
        }
        let asked = [before, after].map(questions);
        for open in &after.undetermined {
            let rule = open.rule.id;
            let [known, now] = asked.each_ref().map(|asked| asked.get(rule));
            let is_known = known.is_some_and(|known| known.contains(&without_places(&open.reason)));
            // A rule may be undetermined for a subject that replaces another, as it was before; the facts report the
            // replacement.
            let number = |asked: Option<&BTreeSet<String>>| asked.map_or(0, BTreeSet::len);
            let is_more = !is_known && number(now) > number(known);
            // A rule that failed cannot become undetermined: either its fault is fixed, or it is still reported.
            if is_more && before.verdict(rule) != Verdict::Fail {
                self.list.push(undetermined(open));
            }
        }
    }

    /// Lists facts that differ. A fact that a verdict from index `from` on already covers only sets the path of that
    /// verdict.
    fn facts(&mut self, comparison: &Comparison, from: usize) {
        let mut wholes: BTreeSet<(Class, String)> = BTreeSet::new();
        for difference in &comparison.differences {
            let mut told_already = false;
            for effect in &mut self.list[from..] {
                let Some(RuleRef(rule)) = effect.rule else {
                    continue;
                };
                if is_about(rule, &difference.path) && effect.origin.is_some() {
                    told_already |= effect.class != Class::CannotTell;
                    if effect.attribute.is_empty() {
                        effect.attribute = within_proxy(&difference.path).to_owned();
                    }
                }
            }
            let meant = direction(difference, infos());
            let is_grant = meant.class == Class::Weakens;
            let whole = if is_grant {
                &difference.path
            } else {
                &difference.whole
            };
            if told_already || !wholes.insert((meant.class, whole.clone())) {
                continue;
            }
            let mut difference = difference.clone();
            difference.whole.clone_from(whole);
            self.list.push(DriftEffect {
                rule: meant.rule,
                ..DriftEffect::plain(meant.class, within_proxy(whole), told(&difference))
            });
        }
        for hidden in &comparison.hidden {
            let (path, reason) = hidden.split_once(" (actual): ").unwrap_or((hidden, ""));
            let path = within_proxy(path);
            let message = format!("{path} cannot be determined any more: {reason}");
            self.list
                .push(DriftEffect::plain(Class::CannotTell, path, message));
        }
    }

    /// Lists facts that grant access and appear in the present files. They count as new even if the old files may
    /// have contained more than was read.
    fn appeared(&mut self, comparison: &Comparison, from: usize) {
        for difference in &comparison.appeared {
            let meant = direction(difference, infos());
            let told_already = self.list[from..].iter().any(|effect| {
                let about = effect.rule.filter(|_| effect.class == Class::Weakens);
                about.is_some_and(|rule| is_about(rule.0, &difference.path))
            });
            if meant.class == Class::Weakens && !told_already {
                self.list.push(DriftEffect {
                    rule: meant.rule,
                    ..DriftEffect::plain(
                        meant.class,
                        within_proxy(&difference.path),
                        told(difference),
                    )
                });
            }
        }
    }

    /// Drops effects that report security group rules as removed: rules that the code no longer owns still exist in
    /// the account.
    fn keep_rules(&mut self) {
        self.list.retain(|effect| {
            let attribute = &effect.attribute;
            let is_rules = attribute.contains("/ingress") || attribute.contains("/egress");
            !(effect.class == Class::Strengthens && is_rules)
        });
    }

    /// Lists parts that are written differently, if their value differs or cannot be evaluated. Parts that the
    /// posture covers are listed only if no fact changed.
    fn parts(&mut self, [before, after]: [&EvaluatedTarget; 2], moves: &[Move], modelled: bool) {
        let documents = [&before.document, &after.document];
        let [form, form_now] = [before, after].map(|reading| reading.form.moved(moves));
        let unread: BTreeSet<&str> = after
            .document
            .problems
            .iter()
            .map(|(_, origin)| origin.file.as_str())
            .collect();
        let secrecy = Rc::clone(&self.secrecy);
        let compared = Compared {
            before: &form,
            documents,
            deployment: before.posture.deployment.as_ref(),
            secrecy: &secrecy,
        };
        for change in form.changes(&form_now) {
            // The content of a file that can no longer be read is not gone.
            let was_in = change.before.filter(|_| change.after.is_none());
            if was_in.is_some_and(|part| unread.contains(part.origin.file.as_str())) {
                continue;
            }
            let is_input = is_input(change.name) || is_argument(change.name, documents);
            let is_shown = is_modelled(change.name, documents) || is_input;
            if is_beside(&change, &form, is_shown) {
                self.beside.insert(block(change.name).to_owned());
            } else if is_input && change.is_order() && alike(documents[0], documents[1]) {
                continue;
            } else if let Some(effect) = handed_on(&change, &form, documents) {
                self.list.push(effect);
            } else if let Some(told) = part(&change, compared) {
                if modelled && is_shown && !told.is_own {
                    self.untold.push(told.effect)
                } else {
                    self.list.push(told.effect)
                }
            }
            if is_disowned(&change) {
                self.keep_rules();
            }
        }
    }
}

/// Returns the effect of a rule whose verdict is unknown.
fn undetermined(open: &Undetermined) -> DriftEffect {
    DriftEffect {
        rule: Some(RuleRef(open.rule)),
        subject: open.subject.clone(),
        origin: open.origin.clone(),
        ..DriftEffect::plain(Class::CannotTell, "", open.reason.clone())
    }
}

/// True if a proxy is out of view, or a file with all its resources.
fn is_lost(before: &EvaluatedTarget, after: &EvaluatedTarget) -> bool {
    let files = |reading: &EvaluatedTarget| -> BTreeSet<String> {
        let resources = reading.document.resources.iter();
        resources.map(|one| one.origin.file.clone()).collect()
    };
    let unreadable = |file: &String| {
        let mut problems = after.document.problems.iter();
        problems.any(|(_, origin)| origin.file == *file)
    };
    let left = files(after);
    let lost = |file: &String| !left.contains(file) && unreadable(file);
    let has_proxies = |reading: &EvaluatedTarget| !reading.posture.proxies.is_empty();
    (has_proxies(before) && !has_proxies(after)) || files(before).iter().any(lost)
}

/// Returns the elements that occur more often in `after` than in `before`.
fn new<'r, T>(before: &'r [T], after: &'r [T], same: fn(&T, &T) -> bool) -> Vec<&'r T> {
    let mut left: Vec<&T> = before.iter().collect();
    let mut new = Vec::new();
    for one in after {
        match left.iter().position(|known| same(known, one)) {
            Some(at) => drop(left.swap_remove(at)),
            None => new.push(one),
        }
    }
    new
}

fn same_finding(one: &Finding, other: &Finding) -> bool {
    one.rule.id == other.rule.id && one.message == other.message
}

/// Returns the reasons of undetermined rules by rule, each once.
fn questions(report: &Report) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut asked: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for open in &report.undetermined {
        let reasons = asked.entry(open.rule.id).or_default();
        reasons.insert(without_places(&open.reason));
    }
    asked
}

/// True if the rule was evaluated and passed.
fn holds(report: &Report, rule: &str, subject: &str) -> bool {
    let passes = report.passes.iter();
    let mut passes = passes.filter(|pass| pass.rule.id == rule);
    let same_proxy = |pass: &crate::domain::finding::Pass| {
        let last = |address: &str| address.rsplit('.').next().map(str::to_owned);
        last(&pass.subject) == last(subject)
    };
    passes.any(same_proxy)
}
