//! Which findings are put up with: by a comment beside the code, by the policy, or because they stand in a baseline already.

use std::collections::BTreeMap;

use time::Date;

use crate::domain::drift::Effect;
use crate::domain::evidence::Origin;
use crate::domain::finding::{Acceptance, Finding, Report, RuleInfo};
use crate::domain::policy::{Policy, Subject, WaiverEntry, day};
use crate::domain::spec::nearest;
use crate::report::{Judged, Skipped};
use crate::rules::{RULES, WAIVER_EXPIRED, WAIVER_WITHOUT_REASON};
use crate::source::comments::{IgnoreComment, Position, ignore_comments};
use crate::source::metadata::ignore_metadata;

/// Everything by which a finding can be put up with.
#[derive(Clone, Debug)]
pub(in crate::commands) struct Accepting {
    pub(in crate::commands) policy: Policy,
    comments: Comments,
    /// How often each fingerprint stands in the baseline.
    pub(in crate::commands) known: BTreeMap<String, usize>,
    pub(in crate::commands) today: Date,
}

/// Comments that are waivers, and what stands for them in JSON, by file.
#[derive(Clone, Debug, Default)]
pub(in crate::commands) struct Comments(BTreeMap<String, Vec<Comment>>);

impl Comments {
    /// Those of these files; what cannot be understood in one is told.
    pub(in crate::commands) fn of(
        texts: &BTreeMap<String, String>,
        told: &mut Vec<Skipped>,
    ) -> Self {
        let mut comments = BTreeMap::new();
        for (path, text) in texts {
            let found = ignore_comments(path, text).into_iter();
            let read: Vec<Comment> = found
                .chain(ignore_metadata(path, text))
                .map(|comment| waiver_of(path, comment, told))
                .collect();
            if !read.is_empty() {
                comments.insert(path.clone(), read);
            }
        }
        Self(comments)
    }
}

/// A comment, as a waiver.
#[derive(Clone, Debug)]
struct Comment {
    entry: WaiverEntry,
    scope: std::ops::RangeInclusive<Position>,
}

impl Accepting {
    /// By the policy alone.
    pub(super) fn new(policy: Policy, today: Date) -> Self {
        Self {
            policy,
            comments: Comments::default(),
            known: BTreeMap::new(),
            today,
        }
    }

    /// Reads the comments of these files; what cannot be understood in one is told.
    pub(in crate::commands) fn read_comments(
        &mut self,
        texts: &BTreeMap<String, String>,
        told: &mut Vec<Skipped>,
    ) {
        self.comments = Comments::of(texts, told);
    }

    /// Gives every finding its severity and, where it may stay, the reason; adds what is wrong with the waivers that speak of it.
    pub(in crate::commands) fn apply(&mut self, proxies: &mut [Judged]) {
        for proxy in proxies {
            let home = proxy.origin.file.clone();
            self.apply_to(&mut proxy.report, &home, proxy.root.as_deref());
        }
    }

    /// The same for one report, of a proxy that stands in that file or folder.
    pub(in crate::commands) fn apply_to(
        &mut self,
        report: &mut Report,
        home: &str,
        root: Option<&str>,
    ) {
        let mut wrong: Vec<Finding> = Vec::new();
        for finding in &mut report.findings {
            if let Some(severity) = self.policy.severities.get(finding.rule.id) {
                finding.severity = *severity;
            }
            wrong.extend(self.accept(finding, home, root));
        }
        wrong.sort_by(|one, other| (one.rule.id, &one.origin).cmp(&(other.rule.id, &other.origin)));
        wrong.dedup_by(|one, other| one.rule.id == other.rule.id && one.origin == other.origin);
        report.findings.extend(wrong);
    }

    /// Findings of the baseline that are there no more.
    pub(in crate::commands) fn gone(&self) -> usize {
        self.known.values().sum()
    }

    fn accept(&mut self, finding: &mut Finding, home: &str, root: Option<&str>) -> Vec<Finding> {
        let mut wrong = Vec::new();
        let subject = Subject {
            rule: Some(finding.rule.id),
            address: &finding.subject,
            file: &finding.origin.file,
            home,
            attribute: None,
        };
        let place = (finding.origin.line, finding.origin.column);
        for (entry, by) in self.waivers(&subject, place, &self.comments) {
            match entry.waiver() {
                None => wrong.push(told(&WAIVER_WITHOUT_REASON, finding, entry)),
                Some(_) if !entry.is_current(self.today) => {
                    wrong.push(told(&WAIVER_EXPIRED, finding, entry));
                }
                Some(waiver) if finding.accepted.is_none() => finding.accepted = Some(by(waiver)),
                Some(_) => {}
            }
        }
        if finding.accepted.is_none()
            && let Some(left) = self.known.get_mut(&finding.fingerprint(root))
            && *left > 0
        {
            *left -= 1;
            finding.accepted = Some(Acceptance::Known);
        }
        // A waiver that counts makes up for others that do not.
        if finding.accepted.is_some() {
            Vec::new()
        } else {
            wrong
        }
    }

    /// Puts up with a difference, where a waiver says so; else tells what is wrong with the waivers that speak of it.
    pub(in crate::commands) fn accept_drift(
        &self,
        effect: &mut Effect,
        (comments, home): (&Comments, &str),
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
        for (entry, _) in self.waivers(&subject, at, comments) {
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

    /// What speaks of something, the nearest first.
    fn waivers<'a>(
        &'a self,
        subject: &Subject<'_>,
        place: Position,
        comments: &'a Comments,
    ) -> Vec<(&'a WaiverEntry, By)> {
        let comments = comments.0.get(subject.file).into_iter().flatten();
        let comments = comments
            .filter(|comment| comment.scope.contains(&place))
            .map(|comment| (&comment.entry, Acceptance::Comment as By));
        let policy = self
            .policy
            .waivers
            .iter()
            .map(|entry| (entry, Acceptance::Policy as By));
        comments
            .chain(policy)
            .filter(|(entry, _)| entry.covers(subject))
            .collect()
    }
}

type By = fn(crate::domain::finding::Waiver) -> Acceptance;

/// What is wrong with a waiver, as a finding at its place.
fn told(rule: &'static RuleInfo, finding: &Finding, entry: &WaiverEntry) -> Finding {
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
        accepted: None,
    }
}

fn waiver_of(path: &str, comment: IgnoreComment, told: &mut Vec<Skipped>) -> Comment {
    let (line, column) = comment.place;
    let origin = Origin::at(path, line, column);
    let mut tell = |reason: String| {
        let origin = origin.clone();
        told.push(Skipped { origin, reason });
    };
    for rule in comment.rules.iter().filter(|rule| !exists(rule)) {
        let near = nearest(rule, RULES.iter().map(|one| one.info.id));
        let hint = near.map_or_else(String::new, |near| format!(", did you mean {near}?"));
        tell(format!("the comment waives {rule}, which is no rule{hint}"));
    }
    if comment.rules.is_empty() {
        tell("the comment waives nothing: name the rules".to_owned());
    }
    for word in &comment.unknown {
        tell(format!(
            "the comment says {word}, which means nothing here: there are reason, owner and until"
        ));
    }
    let until = comment.until.as_deref().map(|text| (text, day(text)));
    if let Some((text, None)) = until {
        tell(format!(
            "the comment waives until {text}, which is no day: write 2027-01-31"
        ));
    }
    // A day that nobody can read has passed.
    let until = until.map(|(_, day)| day.unwrap_or(Date::MIN));
    Comment {
        entry: WaiverEntry {
            rules: comment.rules,
            subject: None,
            file: None,
            attribute: None,
            reason: comment.reason,
            owner: comment.owner,
            until,
            project: None,
            origin,
        },
        scope: comment.scope,
    }
}

fn exists(rule: &str) -> bool {
    RULES.iter().any(|one| one.info.id == rule)
}
