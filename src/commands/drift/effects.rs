//! What differs between two sides of a project, and what each difference means. Verdicts first, then facts, then the form of what
//! no posture shows; texts are not compared here.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::groups::loose_groups;
use super::readings::{Reading, Readings};
use crate::domain::drift::{Class, Effect, RuleRef, direction, is_about, told, within_proxy};
use crate::domain::evidence::Origin;
use crate::domain::facts::{Comparison, compare};
use crate::domain::finding::{Finding, Report, RuleInfo, Undetermined};
use crate::rules::RULES;
use crate::source::form::{Form, Move, PartChange, Settled, alike, is_modelled, settled};
use crate::source::resource::Document;
use crate::source::secrecy::Secrecy;

/// How long a value is told.
const MAX_VALUE: usize = 60;

/// Everything that differs, the worst first. What stands beside what was generated and concerns it in nothing is named, and is
/// no difference.
#[derive(Clone, Debug, Default)]
pub(in crate::commands) struct Effects {
    pub(in crate::commands) list: Vec<Effect>,
    pub(in crate::commands) beside: BTreeSet<String>,
    /// What is said in another way, and is not listed because facts tell it already as far as it stands in a posture. Where lines
    /// come to nothing else, they come to this.
    pub(super) untold: Vec<Effect>,
    secrecy: Rc<Secrecy>,
}

/// Compares two sides.
pub(in crate::commands) fn effects(before: &Readings, after: &Readings) -> Effects {
    let mut effects = Effects {
        secrecy: Rc::clone(&after.secrecy),
        ..Effects::default()
    };
    let nothing = Reading::default();
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
    // Tests of a module call its resources by their addresses.
    effects.compare(&before.others, &after.others, &all_moves);
    for list in [&mut effects.list, &mut effects.untold] {
        list.sort_by(|one, other| {
            let key = |effect: &Effect| (std::cmp::Reverse(effect.class), effect.origin.clone());
            (key(one), one.key()).cmp(&(key(other), other.key()))
        });
        list.dedup_by(|one, other| one.key() == other.key());
    }
    effects
}

impl Effects {
    /// What is listed, and then what is told already.
    pub(in crate::commands) fn all(&self) -> impl Iterator<Item = &Effect> {
        self.list.iter().chain(&self.untold)
    }

    /// Compares an account with what was meant. Beside stands what is not compared.
    ///
    /// What the rules say of things that nobody meant to be in any way is no drift: it is for `audit` to tell.
    pub(super) fn in_account(intent: &Reading, actual: &Reading) -> Self {
        let mut effects = Self::default();
        let comparison = compare(&intent.posture, &actual.posture);
        effects.verdicts(&intent.report, &actual.report);
        effects.list.retain(|effect| {
            let id = effect.rule.map_or("", |rule| rule.0.id);
            let is_meant = intent.report.passes.iter().any(|pass| pass.rule.id == id);
            let mut differences = comparison.differences.iter();
            let differs = differences.any(|difference| is_about(id, &difference.path));
            match effect.class {
                Class::Weakens => is_meant || differs,
                _ => false,
            }
        });
        effects.facts(&comparison, 0);
        let shown = comparison.not_compared.into_iter();
        effects.beside = shown
            .filter(|line| !comparison.hidden.contains(line))
            .map(|line| within_proxy(&line).to_owned())
            .collect();
        effects
    }

    fn compare(&mut self, before: &Reading, after: &Reading, moves: &[Move]) {
        // Both sides share what was read of the same texts.
        if std::ptr::eq(before, after) {
            return;
        }
        self.unread(before, after);
        if !self.list.is_empty() && is_lost(before, after) {
            // What was in it is neither gone nor there.
            return;
        }
        let from = self.list.len();
        self.verdicts(&before.report, &after.report);
        let comparison = compare(&before.posture, &after.posture);
        self.facts(&comparison, from);
        self.list.extend(loose_groups(before, after));
        let modelled = self.list.len() > from;
        self.parts((before, after), moves, modelled);
    }

    /// What cannot be read any more.
    fn unread(&mut self, before: &Reading, after: &Reading) {
        for (message, origin) in &after.document.problems {
            if !before
                .document
                .problems
                .iter()
                .any(|(known, _)| known == message)
            {
                self.list.push(Effect {
                    origin: Some(origin.clone()),
                    ..Effect::plain(Class::CannotTell, &origin.file, message.clone())
                });
            }
        }
    }

    fn verdicts(&mut self, before: &Report, after: &Report) {
        for finding in new(&before.findings, &after.findings, same_finding) {
            self.verdict(
                Class::Weakens,
                finding.rule,
                (&finding.subject, &finding.message, Some(&finding.origin)),
            );
        }
        for finding in new(&after.findings, &before.findings, same_finding) {
            if holds(after, finding.rule.id, &finding.subject) {
                let message = format!("no longer: {}", finding.message);
                self.verdict(
                    Class::Strengthens,
                    finding.rule,
                    (&finding.subject, &message, None),
                );
            }
        }
        for open in new(&before.undetermined, &after.undetermined, same_question) {
            if holds(before, open.rule.id, &open.subject) {
                self.verdict(
                    Class::CannotTell,
                    open.rule,
                    (&open.subject, &open.reason, open.origin.as_ref()),
                );
            }
        }
    }

    fn verdict(
        &mut self,
        class: Class,
        rule: &'static RuleInfo,
        (subject, message, origin): (&str, &str, Option<&Origin>),
    ) {
        self.list.push(Effect {
            rule: Some(RuleRef(rule)),
            subject: subject.to_owned(),
            origin: origin.cloned(),
            ..Effect::plain(class, "", message.to_owned())
        });
    }

    /// Facts that differ, but for those that a verdict from here on tells already: it gets their path.
    fn facts(&mut self, comparison: &Comparison, from: usize) {
        let mut wholes: BTreeSet<(Class, String)> = BTreeSet::new();
        for difference in &comparison.differences {
            let mut told_already = false;
            for effect in &mut self.list[from..] {
                let Some(RuleRef(rule)) = effect.rule else {
                    continue;
                };
                if is_about(rule.id, &difference.path) && effect.origin.is_some() {
                    told_already |= effect.class != Class::CannotTell;
                    if effect.attribute.is_empty() {
                        effect.attribute = within_proxy(&difference.path).to_owned();
                    }
                }
            }
            let meant = direction(difference);
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
            self.list.push(Effect {
                rule: meant.rule.and_then(rule).map(RuleRef),
                ..Effect::plain(meant.class, within_proxy(whole), told(&difference))
            });
        }
        for hidden in &comparison.hidden {
            let (path, reason) = hidden.split_once(" (actual): ").unwrap_or((hidden, ""));
            let path = within_proxy(path);
            let message = format!("{path} cannot be told any more: {reason}");
            self.list
                .push(Effect::plain(Class::CannotTell, path, message));
        }
    }

    /// What is said in another way, where the value is another one, or nobody evaluates it. What the posture shows, facts have
    /// told where there were any.
    fn parts(&mut self, (before, after): (&Reading, &Reading), moves: &[Move], modelled: bool) {
        let documents = [&before.document, &after.document];
        let [form, form_now] = [before, after].map(|reading| reading.form.moved(moves));
        for change in form.changes(&form_now) {
            let is_input = is_input(change.name);
            let is_shown = is_modelled(change.name, documents) || is_input;
            if is_beside(&change, &form, is_shown) {
                self.beside.insert(block(change.name).to_owned());
            } else if is_input && change.is_order() && alike(documents[0], documents[1]) {
                continue;
            } else if let Some(effect) = part(&change, documents, &self.secrecy) {
                match modelled && is_shown {
                    true => self.untold.push(effect),
                    false => self.list.push(effect),
                }
            }
        }
    }
}

/// What a part comes to that is said in another way; nothing where its value is the same.
fn part(
    change: &PartChange<'_>,
    [before, after]: [&Document; 2],
    secrecy: &Secrecy,
) -> Option<Effect> {
    let (class, message) = match settled(change, before, after) {
        Settled::Same => return None,
        Settled::Differs => (Class::Changes, said(change, secrecy)),
        Settled::Unknown(reason) => {
            let name = change.name;
            let message = format!(
                "{name} is written in another way, and what it comes to cannot be told: {reason}"
            );
            (Class::CannotTell, message)
        }
    };
    let part = change.after.or(change.before);
    Some(Effect {
        origin: part.map(|part| part.origin.clone()),
        ..Effect::plain(class, change.name, message)
    })
}

/// True where a proxy, or a file with all that it deploys, is out of view.
fn is_lost(before: &Reading, after: &Reading) -> bool {
    let files = |reading: &Reading| -> BTreeSet<String> {
        let resources = reading.document.resources.iter();
        resources.map(|one| one.origin.file.clone()).collect()
    };
    let unreadable = |file: &String| {
        let mut problems = after.document.problems.iter();
        problems.any(|(_, origin)| origin.file == *file)
    };
    let left = files(after);
    let lost = |file: &String| !left.contains(file) && unreadable(file);
    let has_proxies = |reading: &Reading| !reading.posture.proxies.is_empty();
    (has_proxies(before) && !has_proxies(after)) || files(before).iter().any(lost)
}

/// What `after` holds more often than `before`.
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

fn same_question(one: &Undetermined, other: &Undetermined) -> bool {
    one.rule.id == other.rule.id
}

/// True where the rule was asked, and nothing speaks against it.
fn holds(report: &Report, rule: &str, subject: &str) -> bool {
    let passes = report.passes.iter();
    let mut passes = passes.filter(|pass| pass.rule.id == rule);
    let same_proxy = |pass: &crate::domain::finding::Pass| {
        let last = |address: &str| address.rsplit('.').next().map(str::to_owned);
        last(&pass.subject) == last(subject)
    };
    passes.any(same_proxy)
}

pub(super) fn rule(id: &str) -> Option<&'static RuleInfo> {
    RULES
        .iter()
        .map(|rule| &rule.info)
        .find(|info| info.id == id)
}

/// Values and their declarations: what they do shows where they are used.
fn is_input(name: &str) -> bool {
    name.starts_with("value of var.")
        || name.starts_with("Parameters/")
        || name.contains("/parameters.json")
        || (name.starts_with("var.") && name.ends_with("/default"))
}

/// The block that a part belongs to.
fn block(name: &str) -> &str {
    match name.strip_prefix("terraform/") {
        Some(rest) => {
            let end = rest.find('/').unwrap_or(rest.len());
            &name[.."terraform/".len() + end]
        }
        None => name.split('/').next().unwrap_or(name),
    }
}

/// Something that was added and concerns nothing that was generated: where to keep the state, a provider, an output, somebody's
/// own resources of kinds that no posture is made of.
fn is_beside(change: &PartChange<'_>, before: &Form, is_shown: bool) -> bool {
    let block = block(change.name);
    let is_own = before.parts.keys().any(|name| self::block(name) == block);
    let kinds = [
        "moved",
        "removed",
        "import",
        "check.",
        "Resources",
        "module.",
    ];
    let settings = ["required_version", "required_providers"];
    let matters = kinds.iter().any(|kind| block.starts_with(kind))
        || settings.iter().any(|setting| block.ends_with(setting));
    change.before.is_none() && !is_own && !is_shown && !matters
}

fn said(change: &PartChange<'_>, secrecy: &Secrecy) -> String {
    // Where it stands is told before it.
    let place = change.after.or(change.before).map(|part| &part.origin.file);
    let within = place.and_then(|file| change.name.strip_prefix(file.as_str())?.strip_prefix('/'));
    let name = within.unwrap_or(change.name);
    let is_secret = secrecy.holds(change.name);
    let value = |text: &str| {
        // Before it is cut: a part of a secret is known to nobody as one.
        let text = &secrecy.secrets().said(text);
        let short: String = text.chars().take(MAX_VALUE).collect();
        if short.len() < text.len() {
            format!("{short}…")
        } else {
            short
        }
    };
    let is_whole = |text: &str| is_secret || text == "present" || text.contains('\n');
    match (change.before, change.after) {
        (Some(before), Some(after))
            if !is_whole(&before.text)
                && !is_whole(&after.text)
                // What differs behind the part that is told is seen in the lines.
                && value(&before.text) != value(&after.text) =>
        {
            format!("{name}: {} → {}", value(&before.text), value(&after.text))
        }
        (Some(_), Some(_)) => format!("{name} says something else"),
        (None, Some(after)) if is_whole(&after.text) => format!("{name} is new"),
        (None, Some(after)) => format!("{name} = {} is new", value(&after.text)),
        (Some(_), None) => format!("{name} is gone"),
        (None, None) => name.to_owned(),
    }
}
