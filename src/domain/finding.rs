//! What a rule says, and what a report holds.

use std::ops::Range;

use sha2::{Digest, Sha256};

use super::evidence::{Evidence, Origin};
use super::lines::without_places;
use super::remedy::Remedy;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; never changes the exit code.
    Note,
    /// Defence in depth.
    Low,
    /// A layer is missing.
    Medium,
    /// A rule of the mission or a limit of the service is broken.
    High,
    /// Anyone who can reach the proxy can read or impersonate.
    Critical,
}

impl Severity {
    /// As it is written everywhere.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// The six rules of the mission, in their order; rule 1 is at index 0.
pub const MISSION: [&str; 6] = [
    "TLS from proxy to database",
    "TLS from client to proxy",
    "One secret for each database user",
    "Least-privilege security groups",
    "IAM authentication required",
    "Debug logging off",
];

/// Which part of the mission a rule belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// One of the six rules, 1 to 6.
    Mission(u8),
    /// Hardening beyond the six.
    Beyond,
    /// A limit of the service: AWS refuses it, or it does not work.
    Limit,
}

/// All that is said about a rule, written once: help, README, SARIF and the tests draw on it.
#[derive(Debug)]
pub struct RuleInfo {
    /// Names the fault and never changes: `client-tls-not-required`.
    pub id: &'static str,
    /// Which part of the mission it belongs to.
    pub group: Group,
    /// How bad it is unless the policy says otherwise.
    pub severity: Severity,
    /// The fault in one sentence, lower case, no full stop.
    pub summary: &'static str,
    /// What can happen, in a few sentences.
    pub why: &'static str,
    /// What to do, in a few sentences.
    pub fix: &'static str,
    /// Pages of AWS or others that the rule rests on.
    pub references: &'static [&'static str],
}

/// A fault that is there.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static RuleInfo,
    /// How bad it is: the rule's own severity, unless the policy says otherwise.
    pub severity: Severity,
    /// The proxy, by its address.
    pub subject: String,
    /// What is wrong here, in one sentence, lower case, no full stop.
    pub message: String,
    /// Where.
    pub origin: Origin,
    /// What to write instead, where that is certain.
    pub fix: Option<Remedy>,
    /// The database user that a wildcard at its place can only mean.
    pub named_user: Option<String>,
    /// The edits that mend it, where they were worked out and an audit of the edited text proved them.
    pub edits: Vec<Edit>,
    /// The file of the edits, where it is another one: a module's caller says what the module hands on.
    pub mended_in: Option<String>,
    /// Why it is put up with, where it is: such a finding is told, and does not count.
    pub accepted: Option<Acceptance>,
}

/// A piece of text in place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that go.
    pub range: Range<usize>,
    /// What comes instead.
    pub text: String,
}

/// Why a finding is put up with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// By a comment beside the code.
    Comment(Waiver),
    /// By an entry of the policy file.
    Policy(Waiver),
    /// It was there already when the baseline of findings was taken.
    Known,
}

/// Somebody's word that a finding may stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The last day on which it counts, as `YYYY-MM-DD`.
    pub until: Option<String>,
    /// Where it is written.
    pub origin: Origin,
}

/// A question that the source cannot answer.
#[derive(Clone, Debug)]
pub struct Undetermined {
    /// The rule.
    pub rule: &'static RuleInfo,
    /// The proxy, by its address.
    pub subject: String,
    /// Why, and what would settle it.
    pub reason: String,
    /// Where the trail ends, when it ends somewhere.
    pub origin: Option<Origin>,
}

/// A rule that holds.
#[derive(Clone, Debug)]
pub struct Pass {
    /// The rule.
    pub rule: &'static RuleInfo,
    /// The proxy, by its address.
    pub subject: String,
    /// How it is met, in a few words.
    pub because: String,
    /// The variable or parameter whose default makes it hold, where a caller could change that.
    pub default_of: Option<String>,
}

/// The answer of one rule for one proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The rule holds.
    Pass,
    /// At least one finding.
    Fail,
    /// No finding, and at least one open question.
    Undetermined,
}

/// What the rules said about one proxy, collected.
#[derive(Debug)]
pub struct Verdicts {
    rule: &'static RuleInfo,
    subject: String,
    is_live: bool,
    report: Report,
}

/// What all rules said about everything in view.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The faults.
    pub findings: Vec<Finding>,
    /// The open questions.
    pub undetermined: Vec<Undetermined>,
    /// The rules that hold.
    pub passes: Vec<Pass>,
    /// What was read, in the reader's words: proxies and files.
    pub checked: Vec<String>,
    /// What could not be read, and why.
    pub skipped: Vec<String>,
}

impl Verdicts {
    /// An empty sheet for one rule and one proxy.
    pub fn new(rule: &'static RuleInfo, subject: impl Into<String>) -> Self {
        Self {
            rule,
            subject: subject.into(),
            is_live: false,
            report: Report::default(),
        }
    }

    /// The same of something that an account shows: its code alone knows more.
    #[must_use]
    pub fn of_account(self, is_live: bool) -> Self {
        Self { is_live, ..self }
    }

    /// The rule is broken here.
    pub fn fail(&mut self, message: impl Into<String>, origin: &Origin) {
        self.report.findings.push(Finding {
            rule: self.rule,
            severity: self.rule.severity,
            subject: self.subject.clone(),
            message: message.into(),
            origin: origin.clone(),
            fix: None,
            named_user: None,
            edits: Vec::new(),
            mended_in: None,
            accepted: None,
        });
    }

    /// The rule is broken here, in a way that is no worse than this.
    pub fn fail_no_worse_than(
        &mut self,
        message: impl Into<String>,
        origin: &Origin,
        severity: Severity,
    ) {
        self.fail(message, origin);
        if let Some(finding) = self.report.findings.last_mut() {
            finding.severity = finding.severity.min(severity);
        }
    }

    /// The rule is broken here, and this is what to write instead.
    pub fn fail_with_fix(
        &mut self,
        message: impl Into<String>,
        origin: &Origin,
        fix: impl Into<Remedy>,
    ) {
        self.fail(message, origin);
        if let Some(finding) = self.report.findings.last_mut() {
            finding.fix = Some(fix.into());
        }
    }

    /// The rule is broken here by a wildcard that can only mean this database user.
    pub fn fail_with_user(
        &mut self,
        message: impl Into<String>,
        origin: &Origin,
        user: Option<String>,
    ) {
        self.fail(message, origin);
        if let Some(finding) = self.report.findings.last_mut() {
            finding.fix = user
                .as_ref()
                .map(|user| format!("/{user} at the end of the resource").into());
            finding.named_user = user;
        }
    }

    /// The source cannot tell, for this reason.
    pub fn undetermined(&mut self, reason: impl Into<String>, origin: Option<&Origin>) {
        self.report.undetermined.push(Undetermined {
            rule: self.rule,
            subject: self.subject.clone(),
            reason: reason.into(),
            origin: origin.cloned(),
        });
    }

    /// Says why evidence without a value settles nothing; `what` names the attribute as the user knows it.
    pub fn unknown<T>(&mut self, what: &str, evidence: &Evidence<T>) {
        match evidence {
            Evidence::Unresolved(reason, origin) => {
                self.undetermined(format!("{what} cannot be told: {reason}"), Some(origin));
            }
            Evidence::NotVisible => {
                let tells = match self.is_live {
                    true => "the code that defines it tells",
                    false => "the code that defines it, or `rdsproxy-gen audit --live`, tells",
                };
                self.undetermined(format!("{what} is not in view: {tells}"), None);
            }
            Evidence::Stated(..) | Evidence::Defaulted(_) => {}
        }
    }

    /// The rule holds. Counts only when nothing else was said.
    pub fn pass<T>(&mut self, because: impl Into<String>, evidence: &Evidence<T>) {
        self.report.passes.push(Pass {
            rule: self.rule,
            subject: self.subject.clone(),
            because: because.into(),
            default_of: evidence
                .origin()
                .and_then(|origin| origin.default_of.clone()),
        });
    }

    /// The rule has nothing to judge here.
    pub fn not_applicable(&mut self, because: impl Into<String>) {
        self.pass(because, &Evidence::<()>::NotVisible);
    }

    /// The answer so far. A rule that said nothing at all found nothing to judge.
    pub fn verdict(&self) -> Verdict {
        if !self.report.findings.is_empty() {
            Verdict::Fail
        } else if !self.report.undetermined.is_empty() {
            Verdict::Undetermined
        } else {
            Verdict::Pass
        }
    }

    /// What was said; passes only when nothing speaks against them.
    pub fn into_report(mut self) -> Report {
        if self.verdict() != Verdict::Pass {
            self.report.passes.clear();
        }
        self.report
    }
}

impl Finding {
    /// What to write instead, in the words of its file.
    pub fn fix_text(&self) -> Option<String> {
        let fix = self.fix.as_ref()?;
        Some(fix.at(&self.origin))
    }

    /// The file of the edits.
    pub fn edited_file(&self) -> &str {
        self.mended_in.as_ref().unwrap_or(&self.origin.file)
    }

    /// Tells this finding from others from run to run: it survives edits elsewhere in the file, a moved block and a new version
    /// of the tool, and changes with the rule, the file, the proxy and what is wrong. A place that the message names counts by its file.
    /// `root` is the folder of the Terraform root
    /// module that makes the proxy.
    pub fn fingerprint(&self, root: Option<&str>) -> String {
        let parts = [
            self.rule.id,
            root.unwrap_or_default(),
            &self.origin.file,
            &self.subject,
            &without_places(&self.message),
        ];
        // No part can hold the separator: readers refuse control characters in names, and messages hold none.
        let digest = Sha256::digest(parts.join("\u{1f}"));
        let digits = digest[..16].iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits
            .filter_map(|digit| char::from_digit(u32::from(digit), 16))
            .collect()
    }
}

impl Report {
    /// Adds what another report holds.
    pub fn extend(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.undetermined.extend(other.undetermined);
        self.passes.extend(other.passes);
        self.checked.extend(other.checked);
        self.skipped.extend(other.skipped);
    }

    /// The answer of one rule over everything in view.
    pub fn verdict(&self, rule: &str) -> Verdict {
        if self.findings.iter().any(|finding| finding.rule.id == rule) {
            Verdict::Fail
        } else if self.undetermined.iter().any(|open| open.rule.id == rule) {
            Verdict::Undetermined
        } else {
            Verdict::Pass
        }
    }
}
