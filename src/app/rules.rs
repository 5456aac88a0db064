//! `rules`: lists the rules, or explains one, without network access.

use super::CommandError;
use crate::domain::finding::{Group, RuleInfo};
use crate::domain::spec::nearest;
use crate::report::wrapped;
use crate::rules::{FaultShown, RULES, Rule, Sample, WAIVER_RULES, infos};

/// Returns the list of the rules in lines of `width` columns, or the explanation of the rule that is meant. Several
/// rules that may be meant are listed.
///
/// # Errors
/// When the rule does not exist.
pub fn text(written: Option<&str>, width: usize) -> Result<String, CommandError> {
    let all: Vec<&RuleInfo> = infos().collect();
    let Some(written) = written else {
        return Ok(list(&all, width));
    };
    match meant(written).as_slice() {
        [] => Err(unknown(written)),
        [only] => Ok(explained(only)),
        several => Ok(list(several, width)),
    }
}

/// Finds the rules for a word: the rule with that id; else those of that number or group; else those whose ids start
/// with it.
fn meant(written: &str) -> Vec<&'static RuleInfo> {
    let all = || {
        RULES
            .iter()
            .map(|rule| &rule.info)
            .chain(WAIVER_RULES.iter().copied())
    };
    let ways: [&dyn Fn(&RuleInfo) -> bool; 3] = [
        &|info| info.id == written,
        &|info| RULES.iter().any(|rule| rule.info.id == info.id) && group(info) == written,
        &|info| !written.is_empty() && info.id.starts_with(written),
    ];
    ways.iter()
        .map(|is_meant| all().filter(|info| is_meant(info)).collect::<Vec<_>>())
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

fn unknown(written: &str) -> CommandError {
    let ids = || {
        infos()
            .chain(WAIVER_RULES.iter().copied())
            .map(|info| info.id)
    };
    // A prefix is enough, so the misspelt word may itself be a prefix.
    let by_start = || {
        let starts = || ids().filter_map(|id| id.get(..written.len()));
        let near = nearest(written, starts())?;
        ids().find(|id| id.starts_with(near))
    };
    let hint = match nearest(written, ids()).or_else(by_start) {
        Some(id) => format!("did you mean `{id}`? "),
        None => String::new(),
    };
    CommandError::input(format!("there is no rule {written:?}"))
        .hint(format!("{hint}`rdsproxy-gen rules` lists them"))
}

/// Returns the group as lists show it: `1` to `6`, `+` for rules beyond the six, `limit`.
pub(crate) fn group(info: &RuleInfo) -> String {
    match info.group {
        Group::Mission(number) => number.to_string(),
        Group::Beyond => "+".to_owned(),
        Group::Limit => "limit".to_owned(),
    }
}

fn list(rules: &[&RuleInfo], width: usize) -> String {
    let id_width = rules.iter().map(|info| info.id.len()).max().unwrap_or(0);
    let row = |group: &str, severity: &str, (id, summary): (&str, &str)| {
        let head = format!("{group:<5}  {severity:<8}  {id:<id_width$} ");
        wrapped(&head, summary, head.len() + 1, width)
    };
    let rows = rules.iter().map(|info| {
        let texts = (info.id, info.summary);
        row(&group(info), info.severity.name(), texts)
    });
    let head = row("rule", "severity", ("id", "fault"));
    std::iter::once(head).chain(rows).collect()
}

/// Returns the explanation of a rule. Rules about waivers have no examples.
fn explained(info: &RuleInfo) -> String {
    Rule::by_id(info.id).map_or_else(|| rule_text(info), explain)
}

fn explain(rule: &Rule) -> String {
    let info = &rule.info;
    let seen = match rule.example.seen {
        FaultShown::InCode => "",
        FaultShown::InPart => {
            " (in part: the fault itself shows only in an account, or would fill pages)"
        }
    };
    let mut text = rule_text(info);
    text.push_str(&sample(&format!("Bad{seen}"), &rule.example.bad()));
    text.push_str(&sample("Good", &rule.example.good()));
    text.push_str("\nReferences\n");
    for reference in info.references {
        text.push_str(&format!("  {reference}\n"));
    }
    text
}

/// Returns the rule's summary, its reason and its fix.
fn rule_text(info: &RuleInfo) -> String {
    let by_machine = if info.links.mending.is_some() {
        "\n  `rdsproxy-gen audit --fix` writes it where the right text is certain."
    } else {
        ""
    };
    format!(
        "{}  [{}, {}]\n{}\n\nWhy\n{}\n\nFix\n{}{by_machine}\n",
        info.id,
        info.severity.name(),
        group_in_words(info),
        info.summary,
        indented(info.why),
        indented(info.fix),
    )
}

fn group_in_words(info: &RuleInfo) -> String {
    match info.group {
        Group::Mission(number) => format!("rule {number} of the six"),
        Group::Beyond => "beyond the six rules".to_owned(),
        Group::Limit => "limit of the service".to_owned(),
    }
}

fn sample(title: &str, sample: &Sample) -> String {
    format!(
        "\n{title}: Terraform\n{}\n\n{title}: CloudFormation\n{}\n",
        indented(&sample.terraform),
        indented(&sample.cloudformation)
    )
}

/// Indents each line; empty lines get no trailing blanks.
fn indented(text: &str) -> String {
    let lines: Vec<String> = text
        .trim_matches('\n')
        .lines()
        .map(|line| {
            if line.is_empty() {
                String::new()
            } else {
                format!("  {line}")
            }
        })
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_listed_and_explained() {
        let all: Vec<&RuleInfo> = infos().collect();
        let wide = list(&all, usize::MAX);
        assert_eq!(wide.lines().count(), RULES.len() + 1);
        let list = list(&all, 80);
        assert!(
            list.lines().all(|line| line.chars().count() <= 80),
            "{list}"
        );
        for rule in RULES {
            assert!(list.contains(rule.info.id), "{}", rule.info.id);
            let text = explain(rule);
            for part in ["Why\n", "Fix\n", "Bad", "Good", "References\n"] {
                assert!(text.contains(part), "{} lacks {part}", rule.info.id);
            }
            assert!(
                text.lines().all(|line| line.trim_end() == line),
                "{}",
                rule.info.id
            );
        }
    }

    #[test]
    fn a_rule_is_found_by_number_group_and_the_start_of_its_name() {
        let cases: &[(&str, &[&str])] = &[
            ("2", &["client-tls-not-required"]),
            ("client-tls-not-required", &["client-tls-not-required"]),
            ("client", &["client-tls-not-required"]),
            ("secret-sh", &["secret-shared"]),
            (
                "security-group-",
                &[
                    "security-group-ingress-open",
                    "security-group-egress-open",
                    "security-group-default",
                ],
            ),
            ("7", &[]),
            ("", &[]),
        ];
        for (written, expected) in cases {
            let mut found: Vec<&str> = meant(written).iter().map(|info| info.id).collect();
            let mut expected = expected.to_vec();
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{written}");
        }
        assert!(meant("4").len() > 1);
        assert!(meant("limit").len() > 10);
    }

    #[test]
    fn an_unknown_rule_names_the_nearest() {
        let said = text(Some("cleint-tls-not-requierd"), 80);
        let said = said.unwrap_err().to_string();
        for part in [
            "there is no rule",
            "did you mean `client-tls-not-required`?",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }
}
