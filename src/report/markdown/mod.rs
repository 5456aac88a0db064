//! Markdown for a comment on a pull request: a table of proxies and rules, the findings with their places, and
//! collapsed details.
//!
//! Untrusted text is in code spans or escaped, so that it cannot start a list, link, table cell, tag or mention.

mod comment;
pub(in crate::report) mod escape;

use std::io::Write;

use self::comment::{Comment, PieceKind};
use self::escape::{cell, code, fenced, prose};
use super::audit::{Audit, Judged, PARTS, RuleAnswer};
use super::excerpt::Sources;
use super::faults::way;
use super::lines::count;
use super::questions::{OpenQuestions, OpenReason};
use super::{ReportError, Screen, acceptance, summary};
use crate::domain::evidence::Origin;
use crate::domain::finding::{Finding, RuleInfo};

/// Writes the audit as Markdown.
pub(super) fn render(audit: &Audit, _: Screen, sink: &mut dyn Write) -> Result<(), ReportError> {
    let sources = Sources::new(audit);
    let mut comment = Comment::new(head(&sources), tail(audit));
    if !audit.proxies.is_empty() {
        comment.add(PieceKind::Head, table_head());
    }
    for proxy in &audit.proxies {
        comment.add(PieceKind::Row, row(proxy, audit));
    }
    for proxy in &audit.proxies {
        section(proxy, &sources, &mut comment);
    }
    Ok(sink.write_all(comment.written().as_bytes())?)
}

fn head(sources: &Sources) -> String {
    let audit = sources.audit;
    let checked = summary::checked(&audit.checked);
    let result = if audit.proxies.is_empty() {
        format!("No RDS Proxy found in {}.", prose(&checked))
    } else {
        format!(
            "**{}** in {}, {}.",
            summary::result(sources),
            summary::proxies(audit),
            prose(&checked)
        )
    };
    format!("## RDS Proxy audit\n\n{result}\n\n")
}

fn table_head() -> String {
    let titles: String = PARTS
        .iter()
        .map(|(_, title)| format!(" {title} |"))
        .collect();
    format!("| proxy |{titles}\n|---|{}\n", "---|".repeat(PARTS.len()))
}

fn row(proxy: &Judged, audit: &Audit) -> String {
    let cells = PARTS.iter().map(|(group, _)| {
        let answer = match audit.answer(proxy, *group) {
            RuleAnswer::Pass => "✅ pass",
            RuleAnswer::Fail => "❌ **fail**",
            RuleAnswer::Open => "❔ open",
            RuleAnswer::Accepted => "☑ accepted",
        };
        format!(" {answer} |")
    });
    format!(
        "| {}<br>{} |{}\n",
        cell(proxy.short_address()),
        cell(&place(&proxy.origin)),
        cells.collect::<String>()
    )
}

/// Formats `main.tf:14`: columns are of no use in a comment.
fn place(origin: &Origin) -> String {
    match origin.line {
        0 => origin.file.clone(),
        line => format!("{}:{line}", origin.file),
    }
}

fn section<'a>(proxy: &'a Judged, sources: &Sources<'a>, comment: &mut Comment) {
    let caller = proxy
        .caller()
        .map(|root| format!(", called from {}", code(root)));
    let title = format!(
        "\n### {} ({}{})\n\n",
        code(proxy.short_address()),
        code(&place(&proxy.origin)),
        caller.unwrap_or_default()
    );
    let counted = sources.faults.counted(proxy);
    let bullets = counted.iter().map(|found| bullet(found, sources));
    let shared = sources.faults.pointers(proxy).into_iter();
    let shared = shared.map(|line| format!("- {}\n", prose(&line)));
    let bullets: Vec<String> = bullets.chain(shared).collect();
    let folds = [
        folded(
            "Source, and what to do",
            &counted
                .iter()
                .map(|found| detail(found, sources))
                .collect::<String>(),
        ),
        open(proxy, sources.audit),
        accepted(proxy, sources),
    ];
    if bullets.is_empty() && folds.iter().all(String::is_empty) {
        return;
    }
    comment.add(PieceKind::Title, title);
    bullets
        .into_iter()
        .for_each(|text| comment.add(PieceKind::Finding, text));
    let folds = folds.into_iter().filter(|text| !text.is_empty());
    folds.for_each(|text| comment.add(PieceKind::Detail, text));
}

fn bullet<'a>(finding: &'a Finding, sources: &Sources<'a>) -> String {
    let also = sources.faults.also(finding).into_iter();
    let also: String = also.map(|line| format!(" · {}", prose(&line))).collect();
    format!(
        "- **{}** {} · {} · {}{also}\n",
        finding.severity.name(),
        prose(&finding.message),
        code(&place(&finding.origin)),
        code(finding.rule.id)
    )
}

fn detail(finding: &Finding, sources: &Sources) -> String {
    let mut text = format!(
        "{} at {}",
        code(finding.rule.id),
        code(&finding.origin.to_string())
    );
    if let Some(way) = way(&finding.origin) {
        text.push_str(&format!(", {}", prose(&way)));
    }
    text.push_str("\n\n");
    if let Some(line) = sources.line(&finding.origin) {
        text.push_str(&fenced(&line.drawn()));
    }
    match &finding.fix_text() {
        Some(fix) => text.push_str(&format!("Write {}.\n\n", code(fix))),
        None => text.push_str(&format!("{}\n\n", finding.rule.fix)),
    }
    text
}

fn open(proxy: &Judged, audit: &Audit) -> String {
    let open = OpenQuestions::new(proxy);
    let questions = open.questions.iter().map(question);
    let limits = open
        .limits(audit)
        .map(|limits| format!("- {}\n", prose(&limits)));
    let list: String = questions.chain(limits).collect();
    folded(&count(open.number(), "open question"), &list)
}

/// Formats an open question, beginning with the rules.
fn question(question: &OpenReason) -> String {
    // Untrusted text at the beginning could start another list.
    let place = question
        .origin
        .map(|origin| format!(" at {}", code(&place(origin))));
    format!(
        "- {}{}: {}\n",
        rules(&question.rules),
        place.unwrap_or_default(),
        prose(&question.text())
    )
}

fn rules(rules: &[&RuleInfo]) -> String {
    let ids: Vec<String> = rules.iter().map(|rule| code(rule.id)).collect();
    ids.join(", ")
}

fn accepted<'a>(proxy: &'a Judged, sources: &Sources<'a>) -> String {
    let accepted = sources.faults.accepted(proxy);
    let list = accepted.iter().map(|(finding, why)| {
        format!(
            "- {} at {}: {} ({})\n",
            code(finding.rule.id),
            code(&place(&finding.origin)),
            prose(&finding.message),
            prose(&acceptance::acceptance_text(why))
        )
    });
    folded(
        &format!("{} accepted", accepted.len()),
        &list.collect::<String>(),
    )
}

/// Formats a collapsed section; empty if there is no content.
fn folded(title: &str, content: &str) -> String {
    match content {
        "" => String::new(),
        content => format!(
            "\n<details><summary>{title}</summary>\n\n{}\n\n</details>\n",
            content.trim_end()
        ),
    }
}

/// Returns the list of sources that could not be read, and of those that were.
fn tail(audit: &Audit) -> Vec<String> {
    let skipped = audit.skipped.iter().map(|skipped| {
        format!(
            "- {}: {}\n",
            code(&place(&skipped.origin)),
            prose(&skipped.reason)
        )
    });
    let title = if audit.skipped.is_empty() {
        None
    } else {
        Some("\n### Not read\n\n".to_owned())
    };
    title.into_iter().chain(skipped).collect()
}
