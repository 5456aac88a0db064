//! The report for people: grouped by proxy, a summary first, then every finding with its place in the source.

mod excerpt;
mod questions;

use annotate_snippets::Renderer;

use self::excerpt::finding;
use super::audit::{Audit, Checked, Judged, Tally};
use super::lines::{broken, count, harmless, wrapped};
use super::{Look, ReportError};
use crate::domain::evidence::Origin;
use crate::domain::finding::{Group, RuleInfo, Verdict};

/// The parts of the summary, in a few words each.
const PARTS: [(Group, &str); 8] = [
    (Group::Mission(1), "1 database TLS"),
    (Group::Mission(2), "2 client TLS"),
    (Group::Mission(3), "3 secrets"),
    (Group::Mission(4), "4 security groups"),
    (Group::Mission(5), "5 IAM"),
    (Group::Mission(6), "6 debug logging"),
    (Group::Beyond, "beyond"),
    (Group::Limit, "limits"),
];

/// Between the parts of a line.
const BETWEEN: &str = " · ";

/// Writes the audit for people.
pub(super) fn render(audit: &Audit, look: Look) -> Result<String, ReportError> {
    let renderer = if look.colours {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(look.width);
    let mut text = String::new();
    for proxy in &audit.proxies {
        text.push_str(&head(proxy));
        text.push_str(&summary(proxy, &audit.rules, look));
        for found in proxy.worst_first() {
            text.push('\n');
            text.push_str(&finding(found, audit, &renderer, look));
        }
        text.push_str(&questions::render(proxy, audit, look));
        text.push('\n');
    }
    text.push_str(&skipped(audit, look));
    text.push_str(&end(audit, look));
    Ok(text)
}

/// The address, the place, and the root module where the place does not tell it.
fn head(proxy: &Judged) -> String {
    let root = proxy
        .root
        .as_ref()
        .filter(|root| !proxy.origin.file.starts_with(&slashed(root)))
        .map_or_else(String::new, |root| format!(", called from {}", shown(root)));
    // Where two templates share a logical id, the address begins with the file, which the place tells anyway.
    let in_file = format!("{}:", proxy.origin.file);
    let address = proxy.address.strip_prefix(&in_file);
    let address = address.unwrap_or(&proxy.address);
    harmless(&format!("{address} ({}{root})\n", proxy.origin))
}

fn slashed(folder: &str) -> String {
    if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    }
}

fn shown(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}

/// Pass, fail or open for each rule of the mission, and for what lies beyond.
fn summary(proxy: &Judged, rules: &[&'static RuleInfo], look: Look) -> String {
    let mut lines: Vec<(usize, String)> = vec![(0, String::new())];
    for (group, title) in PARTS {
        let (word, style) = verdict(proxy, rules, group);
        let part = format!("{title} {word}");
        let width = part.chars().count();
        let gap = BETWEEN.chars().count();
        if let Some((used, _)) = lines.last()
            && *used > 0
            && used + gap + width + 2 > look.width
        {
            lines.push((0, String::new()));
        }
        if let Some((used, line)) = lines.last_mut() {
            if *used > 0 {
                line.push_str(BETWEEN);
                *used += gap;
            }
            *used += width;
            line.push_str(&format!("{title} {}", painted(word, style, look)));
        }
    }
    lines
        .into_iter()
        .map(|(_, line)| format!("  {line}\n"))
        .collect()
}

fn verdict(
    proxy: &Judged,
    rules: &[&'static RuleInfo],
    group: Group,
) -> (&'static str, anstyle::AnsiColor) {
    let verdicts: Vec<Verdict> = rules
        .iter()
        .filter(|rule| rule.group == group)
        .map(|rule| proxy.report.verdict(rule.id))
        .collect();
    if verdicts.contains(&Verdict::Fail) {
        ("FAIL", anstyle::AnsiColor::Red)
    } else if verdicts.contains(&Verdict::Undetermined) {
        ("open", anstyle::AnsiColor::Yellow)
    } else {
        ("pass", anstyle::AnsiColor::Green)
    }
}

fn painted(word: &str, colour: anstyle::AnsiColor, look: Look) -> String {
    if !look.colours {
        return word.to_owned();
    }
    let style = colour.on_default();
    format!("{style}{word}{style:#}")
}

fn skipped(audit: &Audit, look: Look) -> String {
    if audit.skipped.is_empty() {
        return String::new();
    }
    let lines = audit.skipped.iter().map(|skipped| {
        let line = format!("{}: {}", skipped.origin, skipped.reason);
        wrapped("  -", &harmless(&line), 4, look.width)
    });
    format!("Not read\n{}\n", lines.collect::<String>())
}

/// What it comes to, and what was checked.
fn end(audit: &Audit, look: Look) -> String {
    let checked = checked(&audit.checked);
    if audit.proxies.is_empty() {
        let found = format!("no RDS Proxy found in {checked}");
        return broken(&harmless(&found), look.width) + "\n";
    }
    let proxies = match audit.proxies.len() {
        1 => "1 proxy".to_owned(),
        more => format!("{more} proxies"),
    };
    let result = format!("{proxies} in {checked}: {}", tally(audit));
    let mut text = broken(&harmless(&result), look.width) + "\n";
    if audit.tally() != Tally::default() {
        text.push_str("`rdsproxy-gen rules ID` says why a rule matters, and what to do\n");
    }
    text
}

/// Open questions are counted as they are shown: one for each reason.
fn tally(audit: &Audit) -> String {
    let tally = audit.tally();
    let mut text = count(tally.total(), "finding");
    let kinds: Vec<String> = tally
        .findings
        .iter()
        .rev()
        .map(|(severity, number)| format!("{number} {}", severity.name()))
        .collect();
    if !kinds.is_empty() {
        text.push_str(&format!(" ({})", kinds.join(", ")));
    }
    if tally.notes > 0 {
        text.push_str(&format!(", {}", count(tally.notes, "note")));
    }
    let open: usize = audit
        .proxies
        .iter()
        .map(|proxy| questions::number(proxy, audit))
        .sum();
    format!("{text}, {}", count(open, "open question"))
}

fn checked(checked: &Checked) -> String {
    let mut parts = Vec::new();
    if checked.files > 0 || checked.account.is_none() {
        let mut files = count(checked.files, "file");
        let mut kinds = Vec::new();
        if !checked.roots.is_empty() {
            kinds.push(count(checked.roots.len(), "Terraform root module"));
        }
        if !checked.templates.is_empty() {
            kinds.push(count(checked.templates.len(), "CloudFormation template"));
        }
        if !kinds.is_empty() {
            files.push_str(&format!(" ({})", kinds.join(", ")));
        }
        parts.push(files);
    }
    parts.extend(
        checked
            .account
            .iter()
            .map(|account| format!("account {account}")),
    );
    parts.join(" and ")
}

/// How a value came to stand where it stands, where it took a detour.
fn way(origin: &Origin) -> Option<String> {
    let default = origin
        .default_of
        .as_ref()
        .map(|name| format!("by the default of `{name}`, which a caller can change"));
    let told_by_default = origin.via.len() == 1 && origin.via.last() == origin.default_of.as_ref();
    let via = (!origin.via.is_empty() && !told_by_default)
        .then(|| format!("from {}", origin.via.join(" ← ")));
    match (via, default) {
        (Some(via), Some(default)) => Some(format!("{via}; {default}")),
        (via, default) => via.or(default),
    }
}
