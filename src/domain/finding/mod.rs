//! The results of rules, and the report that collects them.

mod info;

pub use info::{Group, MISSION, RuleInfo, Severity};

use std::ops::Range;

use sha2::{Digest, Sha256};

use super::evidence::{Evidence, Origin};
use super::lines::without_places;
use super::remedy::Remedy;

/// A fault that a rule found in a proxy.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that is broken.
    pub rule: &'static RuleInfo,
    /// The severity: the rule's own, unless the policy changes it.
    pub severity: Severity,
    /// The address of the proxy.
    pub subject: String,
    /// The fault in this place, in one sentence, lower case, no full stop.
    pub message: String,
    /// The place of the fault in the source.
    pub origin: Origin,
    /// The text or value to write instead, if it is certain.
    pub fix: Option<Remedy>,
    /// The only database user that the wildcard at this place can refer to.
    pub named_user: Option<String>,
    /// The edits that fix the fault, if they could be derived and an audit of the edited text confirmed them.
    pub edits: Vec<Edit>,
    /// The file of the edits, if it is not the file of the finding: a module's caller sets the value that the module
    /// passes on.
    pub mended_in: Option<String>,
    /// The waiver or baseline entry that suppresses the finding. A suppressed finding is reported but does not count.
    pub accepted: Option<Acceptance>,
}

/// The replacement of one range of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The range to replace, in bytes.
    pub range: Range<usize>,
    /// The text that replaces the range.
    pub text: String,
}

/// The reason why a finding is suppressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// Waived by a comment beside the code.
    Comment(Waiver),
    /// Waived by an entry of the policy file.
    Policy(Waiver),
    /// Already present when the baseline of findings was recorded.
    Known,
}

/// A statement that a finding is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// The justification given by its author.
    pub reason: String,
    /// The person or team responsible for the waiver, if named.
    pub owner: Option<String>,
    /// The last day on which the waiver is valid, as `YYYY-MM-DD`.
    pub until: Option<String>,
    /// The place where the waiver is written.
    pub origin: Origin,
}

/// A question that a rule cannot answer from the source.
#[derive(Clone, Debug)]
pub struct Undetermined {
    /// The rule that cannot be decided.
    pub rule: &'static RuleInfo,
    /// The address of the proxy.
    pub subject: String,
    /// The reason, and the information that would decide the rule.
    pub reason: String,
    /// The place where resolution stopped, if there is one.
    pub origin: Option<Origin>,
}

/// A rule that holds for a proxy.
#[derive(Clone, Debug)]
pub struct Pass {
    /// The rule that holds.
    pub rule: &'static RuleInfo,
    /// The address of the proxy.
    pub subject: String,
    /// The reason why the rule holds, in a few words.
    pub because: String,
    /// The variable or parameter whose default makes the rule hold, if a caller can change it.
    pub default_of: Option<String>,
}

/// The result of one rule for one proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The rule holds or has nothing to judge.
    Pass,
    /// The rule has at least one finding.
    Fail,
    /// The rule has no finding and at least one undetermined question.
    Undetermined,
}

/// Collects the results of one rule for one proxy.
#[derive(Debug)]
pub struct Verdicts {
    rule: &'static RuleInfo,
    subject: String,
    is_live: bool,
    report: Report,
}

/// The results of all rules for all proxies in view.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The faults, suppressed ones included.
    pub findings: Vec<Finding>,
    /// The questions that the source cannot answer.
    pub undetermined: Vec<Undetermined>,
    /// The rules that hold, each for one proxy.
    pub passes: Vec<Pass>,
    /// The proxies and files that were read, as shown to the user.
    pub checked: Vec<String>,
    /// The inputs that could not be read, with the reasons.
    pub skipped: Vec<String>,
}

impl Verdicts {
    /// Creates an empty collection for one rule and one proxy.
    pub fn new(rule: &'static RuleInfo, subject: impl Into<String>) -> Self {
        Self {
            rule,
            subject: subject.into(),
            is_live: false,
            report: Report::default(),
        }
    }

    /// Sets whether the proxy was read from an account, in which case only its code can answer an open question.
    #[must_use]
    pub fn of_account(self, is_live: bool) -> Self {
        Self { is_live, ..self }
    }

    /// Records that the rule is broken at this place.
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

    /// Records that the rule is broken, and caps the severity of the finding.
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

    /// Records that the rule is broken, with the text or value to write instead.
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

    /// Records that the rule is broken by a wildcard, and the only database user that it can refer to.
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

    /// Records that the source cannot decide the rule, for this reason.
    pub fn undetermined(&mut self, reason: impl Into<String>, origin: Option<&Origin>) {
        self.report.undetermined.push(Undetermined {
            rule: self.rule,
            subject: self.subject.clone(),
            reason: reason.into(),
            origin: origin.cloned(),
        });
    }

    /// Records why evidence without a value cannot decide the rule; `what` is the user's name for the attribute.
    pub fn unknown<T>(&mut self, what: &str, evidence: &Evidence<T>) {
        match evidence {
            Evidence::Unresolved(reason, origin) => {
                let reason = format!("{what} cannot be determined: {reason}");
                self.undetermined(reason, Some(origin));
            }
            Evidence::NotVisible => {
                let tells = if self.is_live {
                    "the code that defines it tells"
                } else {
                    "the code that defines it, or `rdsproxy-gen audit --live`, tells"
                };
                self.undetermined(format!("{what} is not in view: {tells}"), None);
            }
            Evidence::Stated(..) | Evidence::Defaulted(_) => {}
        }
    }

    /// Records that the rule holds. Ignored if any finding or undetermined question is recorded too.
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

    /// Records that the rule does not apply to this proxy.
    pub fn not_applicable(&mut self, because: impl Into<String>) {
        self.pass(because, &Evidence::<()>::NotVisible);
    }

    /// Returns the result so far; a rule that recorded nothing has nothing to judge and passes.
    pub fn verdict(&self) -> Verdict {
        if !self.report.findings.is_empty() {
            Verdict::Fail
        } else if !self.report.undetermined.is_empty() {
            Verdict::Undetermined
        } else {
            Verdict::Pass
        }
    }

    /// Returns the recorded results; passes are dropped unless the verdict is [`Verdict::Pass`].
    pub fn into_report(mut self) -> Report {
        if self.verdict() != Verdict::Pass {
            self.report.passes.clear();
        }
        self.report
    }
}

impl Finding {
    /// Returns the text to write instead, in the language of the finding's file.
    pub fn fix_text(&self) -> Option<String> {
        let fix = self.fix.as_ref()?;
        Some(fix.at(&self.origin))
    }

    /// Returns the file that the edits apply to.
    pub fn edited_file(&self) -> &str {
        self.mended_in.as_ref().unwrap_or(&self.origin.file)
    }

    /// Returns an identifier of the finding that is stable between runs. Edits elsewhere in the file, a moved block
    /// and a new version of the tool do not change it; the rule, the file, the proxy and the fault do. A place named
    /// in the message counts only by its file. `root` is the folder of the Terraform root module that creates the
    /// proxy.
    pub fn fingerprint(&self, root: Option<&str>) -> String {
        let parts = [
            self.rule.id,
            root.unwrap_or_default(),
            &self.origin.file,
            &self.subject,
            &without_places(&self.message),
        ];
        // No part can contain the separator: readers refuse control characters in names, and messages contain none.
        let digest = Sha256::digest(parts.join("\u{1f}"));
        let digits = digest[..16].iter().flat_map(|byte| [byte >> 4, byte & 15]);
        digits
            .filter_map(|digit| char::from_digit(u32::from(digit), 16))
            .collect()
    }
}

impl Report {
    /// Frees the room that was reserved for more results.
    pub fn shrink(&mut self) {
        self.findings.shrink_to_fit();
        self.undetermined.shrink_to_fit();
        self.passes.shrink_to_fit();
    }

    /// Appends the results of another report.
    pub fn extend(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.undetermined.extend(other.undetermined);
        self.passes.extend(other.passes);
        self.checked.extend(other.checked);
        self.skipped.extend(other.skipped);
    }

    /// Returns the result of one rule over all proxies in view.
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
