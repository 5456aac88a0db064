//! `rules`: the list, and one rule explained, offline.

use clap::Args as ClapArgs;

use super::printed::USUAL_WIDTH;
use super::{CommandError, Outcome};
use crate::domain::finding::{Group, RuleInfo};
use crate::io::terminal::Terminal;
use crate::report::wrapped;
use crate::rules::{RULES, Rule, Sample, Seen, WAIVER_RULES};
use crate::source::edit::mended_rules;

/// List the rules, or explain one: why, fix, a bad and a good example.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The rule to explain.
    id: Option<String>,
}

/// Prints the list or one rule.
///
/// # Errors
/// When there is no such rule.
pub fn run(args: &Args) -> Result<Outcome, CommandError> {
    let Some(id) = &args.id else {
        return Ok(Outcome::text(list(width(&Terminal::look()))));
    };
    if let Some(rule) = Rule::by_id(id) {
        return Ok(Outcome::text(explain(rule)));
    }
    let of_waivers = WAIVER_RULES.iter().find(|info| info.id == id);
    let info = of_waivers.ok_or_else(|| unknown(id))?;
    Ok(Outcome::text(said(info)))
}

fn unknown(id: &str) -> CommandError {
    let nearest = RULES
        .iter()
        .map(|rule| (strsim::damerau_levenshtein(id, rule.info.id), rule.info.id))
        .min()
        .map_or_else(String::new, |(_, id)| {
            format!("the nearest one is `{id}`; ")
        });
    CommandError::input(format!("there is no rule {id:?}"))
        .hint(format!("{nearest}`rdsproxy-gen rules` lists them"))
}

/// As it is written in lists: `1` to `6`, `+` for what lies beyond, `limit`.
pub(crate) fn group(info: &RuleInfo) -> String {
    match info.group {
        Group::Mission(number) => number.to_string(),
        Group::Beyond => "+".to_owned(),
        Group::Limit => "limit".to_owned(),
    }
}

/// As wide as the screen that shows the list; where none does, as wide as most are.
fn width(terminal: &Terminal) -> usize {
    match terminal.results {
        true => terminal.width,
        false => USUAL_WIDTH,
    }
}

fn list(width: usize) -> String {
    let id_width = RULES
        .iter()
        .map(|rule| rule.info.id.len())
        .max()
        .unwrap_or(0);
    let row = |group: &str, severity: &str, (id, summary): (&str, &str)| {
        let head = format!("{group:<5}  {severity:<8}  {id:<id_width$} ");
        wrapped(&head, summary, head.len() + 1, width)
    };
    let rows = RULES.iter().map(|rule| {
        let info = &rule.info;
        let texts = (info.id, info.summary);
        row(&group(info), info.severity.name(), texts)
    });
    let head = row("rule", "severity", ("id", "fault"));
    std::iter::once(head).chain(rows).collect()
}

fn explain(rule: &Rule) -> String {
    let info = &rule.info;
    let seen = match rule.example.seen {
        Seen::InCode => "",
        Seen::InPart => {
            " (in part: the fault itself shows only in an account, or would fill pages)"
        }
    };
    let mut text = said(info);
    text.push_str(&sample(&format!("Bad{seen}"), &rule.example.bad));
    text.push_str(&sample("Good", &rule.example.good));
    text.push_str("\nReferences\n");
    for reference in info.references {
        text.push_str(&format!("  {reference}\n"));
    }
    text
}

/// What it is, why it matters, and what to do.
fn said(info: &RuleInfo) -> String {
    let by_machine = match mended_rules().any(|rule| rule == info.id) {
        true => "\n  `rdsproxy-gen audit --fix` writes it where the right text is certain.",
        false => "",
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
        indented(sample.terraform),
        indented(sample.cloudformation)
    )
}

/// Each line moved to the right; no blanks at the end of empty ones.
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
        let wide = list(usize::MAX);
        assert_eq!(wide.lines().count(), RULES.len() + 1);
        let list = list(80);
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
    fn an_unknown_rule_names_the_nearest() {
        let args = Args {
            id: Some("client-tls-not-requierd".to_owned()),
        };
        let error = run(&args).unwrap_err();
        assert!(error.to_string().contains("there is no rule"), "{error}");
    }
}
