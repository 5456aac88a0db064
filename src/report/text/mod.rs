//! The report for people: grouped by proxy, a summary first, then every finding with its place in the source.

mod excerpt;
mod questions;

use std::io::Write;

use annotate_snippets::Renderer;

use self::excerpt::finding;
use super::audit::{Audit, Judged, PARTS, RuleAnswer, Tally};
use super::excerpt::Sources;
use super::lines::{broken, harmless, wrapped};
use super::{ReportError, Screen, acceptance, summary};
use crate::domain::finding::Finding;

/// The separator between the parts of a line.
const BETWEEN: &str = " · ";

/// Writes the audit for people.
pub(super) fn render(audit: &Audit, look: Screen, sink: &mut dyn Write) -> Result<(), ReportError> {
    let renderer = if look.colours {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let renderer = renderer.term_width(look.width);
    let sources = Sources::new(audit);
    for proxy in &audit.proxies {
        let mut text = harmless(&(proxy.heading() + "\n"));
        text.push_str(&parts(proxy, audit, look));
        for found in sources.faults.counted(proxy) {
            text.push('\n');
            text.push_str(&finding(found, &sources, &renderer, look));
        }
        text.push_str(&shared(proxy, &sources, look));
        text.push_str(&questions::render(proxy, audit, look));
        text.push_str(&accepted(proxy, &sources, look));
        text.push('\n');
        sink.write_all(text.as_bytes())?;
    }
    sink.write_all(skipped(audit, look).as_bytes())?;
    Ok(sink.write_all(end(&sources, look).as_bytes())?)
}

/// Formats pass, fail or open for each mission rule, and for the rules beyond.
fn parts(proxy: &Judged, audit: &Audit, look: Screen) -> String {
    let mut lines: Vec<(usize, String)> = vec![(0, String::new())];
    for (group, title) in PARTS {
        let (word, style) = word(audit.answer(proxy, group));
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

fn word(answer: RuleAnswer) -> (&'static str, anstyle::AnsiColor) {
    match answer {
        RuleAnswer::Fail => ("FAIL", anstyle::AnsiColor::Red),
        RuleAnswer::Open => ("open", anstyle::AnsiColor::Yellow),
        RuleAnswer::Accepted => ("accepted", anstyle::AnsiColor::Cyan),
        RuleAnswer::Pass => ("pass", anstyle::AnsiColor::Green),
    }
}

fn painted(word: &str, colour: anstyle::AnsiColor, look: Screen) -> String {
    if !look.colours {
        return word.to_owned();
    }
    let style = colour.on_default();
    format!("{style}{word}{style:#}")
}

/// Lists the findings that are reported with another proxy.
fn shared<'a>(proxy: &'a Judged, sources: &Sources<'a>, look: Screen) -> String {
    let pointers = sources.faults.pointers(proxy).into_iter();
    let lines: String = pointers
        .map(|line| wrapped("  !", &harmless(&line), 4, look.width))
        .collect();
    match lines.as_str() {
        "" => lines,
        _ => format!("\n{lines}"),
    }
}

/// Lists accepted findings in a line each.
fn accepted<'a>(proxy: &'a Judged, sources: &Sources<'a>, look: Screen) -> String {
    // They are listed so that they are not forgotten.
    let lines: String = sources
        .faults
        .accepted(proxy)
        .into_iter()
        .map(|(finding, why)| {
            let Finding {
                message, origin, ..
            } = finding;
            let line = format!(
                "{origin}: {message} [{}]: {}",
                finding.rule.id,
                acceptance::acceptance_text(why)
            );
            wrapped("  =", &harmless(&line), 4, look.width)
        })
        .collect();
    if lines.is_empty() {
        lines
    } else {
        format!("\n{lines}")
    }
}

fn skipped(audit: &Audit, look: Screen) -> String {
    if audit.skipped.is_empty() {
        return String::new();
    }
    let lines = audit.skipped.iter().map(|skipped| {
        let line = format!("{}: {}", skipped.origin, skipped.reason);
        wrapped("  -", &harmless(&line), 4, look.width)
    });
    format!("Not read\n{}\n", lines.collect::<String>())
}

/// Formats the result and the checked sources.
fn end(sources: &Sources, look: Screen) -> String {
    let audit = sources.audit;
    let checked = summary::checked(&audit.checked);
    if audit.proxies.is_empty() {
        let found = format!("no RDS Proxy found in {checked}");
        return broken(&harmless(&found), look.width) + "\n";
    }
    let proxies = summary::proxies(audit);
    let result = format!("{proxies} in {checked}: {}", summary::result(sources));
    let mut text = broken(&harmless(&result), look.width) + "\n";
    if sources.tally != Tally::default() {
        text.push_str("`rdsproxy-gen rules ID` says why a rule matters, and what to do\n");
    }
    text
}
