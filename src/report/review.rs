//! The review before writing: one line for each rule of the mission, one for what lies beyond, and all that is not well.

use unicode_width::UnicodeWidthStr;

use crate::domain::finding::{Group, MISSION, Report, RuleInfo, Verdict};

/// One line of the review.
struct Row {
    group: Group,
    number: String,
    title: &'static str,
}

/// The table: verdict by verdict, then every open question and finding. `width` is that of the terminal, in columns.
pub fn review(report: &Report, rules: &[&RuleInfo], width: usize) -> String {
    let mut text = String::new();
    for row in rows() {
        let members: Vec<&RuleInfo> = rules
            .iter()
            .copied()
            .filter(|info| info.group == row.group)
            .collect();
        let because = because(report, &members);
        let line = format!(
            "  {:<2} {:<34} {:<10} {because}",
            row.number,
            row.title,
            word(verdict(report, &members))
        );
        text.push_str(&cut(line.trim_end(), width));
        text.push('\n');
    }
    for finding in &report.findings {
        text.push_str(&wrapped(
            &format!("! {} [{}]", finding.message, finding.rule.id),
            width,
        ));
    }
    for open in &report.undetermined {
        text.push_str(&wrapped(
            &format!("? {} [{}]", open.reason, open.rule.id),
            width,
        ));
    }
    text
}

fn rows() -> Vec<Row> {
    let mission = (1u8..).zip(MISSION).map(|(number, title)| Row {
        group: Group::Mission(number),
        number: number.to_string(),
        title,
    });
    let rest = [
        (Group::Beyond, "Beyond the six"),
        (Group::Limit, "Limits of the service"),
    ]
    .map(|(group, title)| Row {
        group,
        number: String::new(),
        title,
    });
    mission.chain(rest).collect()
}

/// The worst verdict of several rules.
fn verdict(report: &Report, members: &[&RuleInfo]) -> Verdict {
    let verdicts: Vec<Verdict> = members.iter().map(|info| report.verdict(info.id)).collect();
    [Verdict::Fail, Verdict::Undetermined]
        .into_iter()
        .find(|worst| verdicts.contains(worst))
        .unwrap_or(Verdict::Pass)
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "FAIL",
        Verdict::Undetermined => "not shown",
    }
}

/// How the rules are met: the reason of a single one, the number of several.
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

/// Cut to the width, with a mark where something is missing.
fn cut(line: &str, width: usize) -> String {
    if line.width() <= width {
        return line.to_owned();
    }
    let mut kept = String::new();
    for character in line.chars() {
        if kept.width() + 2 > width {
            break;
        }
        kept.push(character);
    }
    kept + "…"
}

/// Broken at blanks, with a hanging indent.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines = vec![String::from("  ")];
    for word in text.split(' ') {
        let full = lines
            .last()
            .is_some_and(|line| line.width() + word.width() + 1 > width && line.trim() != "");
        if full {
            lines.push(String::from("    "));
        }
        if let Some(line) = lines.last_mut() {
            if line.trim() != "" {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::evidence::Origin;
    use crate::domain::finding::{Severity, Verdicts};

    static TLS: RuleInfo = RuleInfo {
        id: "client-tls-not-required",
        group: Group::Mission(2),
        severity: Severity::Critical,
        summary: "",
        why: "",
        fix: "",
        references: &[],
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
        let text = review(&report(), &[&TLS, &DEBUG], 80);
        assert!(
            text.contains(
                "  2  TLS from client to proxy           pass       RequireTLS is true\n"
            ),
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
        for width in [40, 80, 200] {
            let text = review(&report(), &[&TLS, &DEBUG], width);
            assert!(
                text.lines().all(|line| line.width() <= width),
                "{width}:\n{text}"
            );
        }
    }
}
