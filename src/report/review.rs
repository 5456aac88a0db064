//! The review before writing: one line for each mission rule, one for the rules beyond, and all findings and open
//! questions.

use std::collections::BTreeSet;

use super::lines::wrapped;
use crate::domain::finding::{Acceptance, Finding, Group, MISSION, Report, RuleInfo, Verdict};

/// One line of the review.
struct ReviewRow {
    group: Group,
    number: String,
    title: &'static str,
}

/// The column of the reason: after number, title and verdict.
const REASON_COLUMN: usize = 46;

/// Returns the table of verdicts, then every finding and open question. `width` is the terminal's in columns; `account`
/// is true if an account was read.
pub fn review(report: &Report, rules: &[&RuleInfo], width: usize, account: bool) -> String {
    let mut text = String::new();
    for row in rows() {
        let members: Vec<&RuleInfo> = rules
            .iter()
            .copied()
            .filter(|info| info.group == row.group)
            .collect();
        let head = format!(
            "  {:<2} {:<34} {:<5}",
            row.number,
            row.title,
            word(report, &members)
        );
        text.push_str(&wrapped(
            &head,
            &because(report, &members),
            REASON_COLUMN,
            width,
        ));
    }
    for finding in &report.findings {
        let line = format!("{} [{}]", finding.message, finding.rule.id);
        text.push_str(&match &finding.accepted {
            None => item("!", &line, width),
            Some(acceptance) => item("~", &format!("{line}: {}", why(acceptance)), width),
        });
    }
    for line in open_questions(report, account) {
        text.push_str(&item("?", &line, width));
    }
    text
}

/// Formats a list item with its mark; a long text is wrapped and indented.
pub fn item(mark: &str, text: &str, width: usize) -> String {
    wrapped(&format!("  {mark}"), text, 4, width)
}

/// Returns one line for each undetermined rule; without an account, all limits share one line.
fn open_questions(report: &Report, account: bool) -> Vec<String> {
    let (limits, others): (Vec<_>, Vec<_>) = report
        .undetermined
        .iter()
        .partition(|open| !account && open.rule.group == Group::Limit);
    let mut lines: Vec<String> = Vec::new();
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for open in others {
        if told.insert(open.rule.id) {
            lines.push(format!("{} [{}]", open.reason, open.rule.id));
        }
    }
    let limits: BTreeSet<&str> = limits.into_iter().map(|open| open.rule.id).collect();
    if !limits.is_empty() {
        lines.push(format!(
            "{} limits of the service depend on the account, which is not in view: give --live or --snapshot FILE to check them now; what is generated checks most of them before it deploys",
            limits.len()
        ));
    }
    lines
}

fn rows() -> Vec<ReviewRow> {
    let mission = (1u8..).zip(MISSION).map(|(number, title)| ReviewRow {
        group: Group::Mission(number),
        number: number.to_string(),
        title,
    });
    let rest = [
        (Group::Beyond, "Beyond the six"),
        (Group::Limit, "Limits of the service"),
    ]
    .map(|(group, title)| ReviewRow {
        group,
        number: String::new(),
        title,
    });
    mission.chain(rest).collect()
}

/// Returns the worst verdict of several rules.
fn verdict(report: &Report, members: &[&RuleInfo]) -> Verdict {
    let verdicts: Vec<Verdict> = members.iter().map(|info| report.verdict(info.id)).collect();
    [Verdict::Fail, Verdict::Undetermined]
        .into_iter()
        .find(|worst| verdicts.contains(worst))
        .unwrap_or(Verdict::Pass)
}

/// Returns the text in the verdict column. A failure that is accepted in full is neither a pass nor a failure.
fn word(report: &Report, members: &[&RuleInfo]) -> &'static str {
    let of_members = |finding: &&Finding| members.iter().any(|info| info.id == finding.rule.id);
    let mut findings = report.findings.iter().filter(of_members);
    match verdict(report, members) {
        Verdict::Pass => "pass",
        Verdict::Fail if findings.all(|finding| finding.accepted.is_some()) => "waived",
        Verdict::Fail => "FAIL",
        Verdict::Undetermined => "open",
    }
}

fn why(acceptance: &Acceptance) -> String {
    match acceptance {
        Acceptance::Known => "it stands in the baseline".to_owned(),
        Acceptance::Comment(waiver) | Acceptance::Policy(waiver) => {
            let until = waiver.until.as_ref();
            let until = until.map_or_else(String::new, |until| format!(" until {until}"));
            format!("accepted{until} ({}): {}", waiver.origin, waiver.reason)
        }
    }
}

/// Explains how the rules are met: the reason of a single rule, or the number of several.
fn because(report: &Report, members: &[&RuleInfo]) -> String {
    match members {
        [only] => report
            .passes
            .iter()
            .find(|pass| pass.rule.id == only.id)
            .map_or_else(String::new, |pass| pass.because.clone()),
        several => {
            let held = several
                .iter()
                .filter(|info| report.verdict(info.id) == Verdict::Pass)
                .count();
            format!("{held} of {} rules hold", several.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::domain::evidence::Origin;
    use crate::domain::finding::{Severity, Verdicts};
    use crate::domain::links::RuleLinks;

    static TLS: RuleInfo = RuleInfo {
        id: "client-tls-not-required",
        group: Group::Mission(2),
        severity: Severity::Critical,
        summary: "",
        why: "",
        fix: "",
        references: &[],
        links: RuleLinks::NONE,
    };
    static DEBUG: RuleInfo = RuleInfo {
        id: "debug-logging-on",
        group: Group::Mission(6),
        ..TLS_COPY
    };
    const TLS_COPY: RuleInfo = RuleInfo {
        id: "",
        group: Group::Limit,
        severity: Severity::High,
        summary: "",
        why: "",
        fix: "",
        references: &[],
        links: RuleLinks::NONE,
    };

    fn report() -> Report {
        let mut tls = Verdicts::new(&TLS, "p");
        tls.not_applicable("RequireTLS is true");
        let mut report = tls.into_report();
        let mut debug = Verdicts::new(&DEBUG, "p");
        debug.fail(
            "debug logging is on, and it writes down what queries do and who asks them",
            &Origin::default(),
        );
        report.extend(debug.into_report());
        report
    }

    #[test]
    fn every_rule_has_its_line_and_every_fault_its_reason() {
        let text = review(&report(), &[&TLS, &DEBUG], 80, true);
        assert!(
            text.contains("  2  TLS from client to proxy           pass  RequireTLS is true\n"),
            "{text}"
        );
        assert!(
            text.contains("  6  Debug logging off                  FAIL"),
            "{text}"
        );
        assert!(text.contains("[debug-logging-on]"), "{text}");
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for width in [66, 80, 200] {
            let text = review(&report(), &[&TLS, &DEBUG], width, true);
            assert!(
                text.lines().all(|line| line.width() <= width),
                "{width}:\n{text}"
            );
        }
    }
}
