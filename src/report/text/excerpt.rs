//! A finding with the line that it stands in and a caret below it.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin as Path, Renderer, Snippet};

use super::way;
use crate::domain::evidence::Origin;
use crate::domain::finding::{Finding, Severity};
use crate::report::Look;
use crate::report::audit::Audit;
use crate::report::lines::{broken, harmless};

/// What stands before a note: `   = note: `, where line numbers have up to four digits.
const NOTE_INDENT: usize = 14;

/// Narrower than this nothing can be read.
const LEAST_ROOM: usize = 30;

/// Writes one finding.
pub(super) fn finding(finding: &Finding, audit: &Audit, renderer: &Renderer, look: Look) -> String {
    let severity = finding.severity;
    let room = look
        .width
        .saturating_sub(severity.name().len() + 2)
        .max(LEAST_ROOM);
    let title = format!("{} [{}]", finding.message, finding.rule.id);
    let mut group = Group::with_title(
        level(severity)
            .with_name(severity.name())
            .primary_title(broken(&harmless(&title), room)),
    );
    let line = line(&finding.origin, audit);
    let file = harmless(&finding.origin.file);
    group = match &line {
        Some(line) => {
            let annotation = AnnotationKind::Primary.span(line.marked.clone());
            group.element(
                Snippet::source(line.text.as_str())
                    .line_start(line.number)
                    .path(file)
                    .annotation(annotation),
            )
        }
        None if finding.origin.line > 0 || look_elsewhere(finding, audit) => {
            group.element(place(&finding.origin, file))
        }
        None => group,
    };
    let room = look.width.saturating_sub(NOTE_INDENT).max(LEAST_ROOM);
    if let Some(way) = way(&finding.origin) {
        group = group.element(Level::NOTE.message(broken(&harmless(&way), room)));
    }
    if let Some(fix) = &finding.fix {
        group = group.element(Level::HELP.message(broken(&harmless(fix), room)));
    }
    renderer.render(&[group]) + "\n"
}

/// A whole document as a place tells something only where there is more than one.
fn look_elsewhere(finding: &Finding, audit: &Audit) -> bool {
    let mut files = audit.proxies.iter().map(|proxy| &proxy.origin.file);
    files.any(|file| *file != finding.origin.file)
}

fn place(origin: &Origin, file: String) -> Path<'static> {
    let path = Path::path(file);
    match usize::try_from(origin.line) {
        Ok(line) if line > 0 => path
            .line(line)
            .char_column(usize::try_from(origin.column).unwrap_or(1)),
        Ok(_) | Err(_) => path,
    }
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Critical | Severity::High => Level::ERROR,
        Severity::Medium | Severity::Low => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

/// One line of a source, and the bytes of it that are meant.
struct Line {
    number: usize,
    text: String,
    marked: Range<usize>,
}

/// The line of a place, where its text is in view.
fn line(origin: &Origin, audit: &Audit) -> Option<Line> {
    let number = usize::try_from(origin.line).ok().filter(|line| *line > 0)?;
    let text = harmless(audit.texts.get(&origin.file)?.lines().nth(number - 1)?);
    let column = usize::try_from(origin.column).unwrap_or(1).max(1);
    Some(Line {
        number,
        marked: marked(&text, column),
        text,
    })
}

/// From the column to the end of the value that is written there: a comma, a bracket of what surrounds it, a comment or an
/// opening brace ends it. Always a range of the text, whatever the column.
fn marked(text: &str, column: usize) -> Range<usize> {
    let start = text
        .char_indices()
        .nth(column - 1)
        .map_or(text.len(), |(at, _)| at);
    let rest = &text[start..];
    let written = &rest[..end_of_value(rest)];
    start..start + written.trim_end_matches(['{', '[', ' ', '\t']).len()
}

fn end_of_value(text: &str) -> usize {
    let (mut depth, mut quoted, mut before) = (0_usize, false, ' ');
    for (at, letter) in text.char_indices() {
        match letter {
            '"' if before != '\\' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => return at,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => return at,
            '#' if before.is_whitespace() => return at,
            '/' if before.is_whitespace() && text[at..].starts_with("//") => return at,
            _ => {}
        }
        before = letter;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_lie_inside_the_line() {
        let cases = [
            ("  require_tls = false # for now", 17, "false"),
            (
                "resource \"aws_db_proxy\" \"p\" {",
                1,
                "resource \"aws_db_proxy\" \"p\"",
            ),
            ("né = 日本", 6, "日本"),
            ("- {IAMAuth: DISABLED, SecretArn: !Ref S}", 13, "DISABLED"),
            ("  \"RequireTLS\": \"a, b\",", 17, "\"a, b\""),
            ("vpc = concat([a], [b]) // c", 7, "concat([a], [b])"),
            ("short", 99, ""),
            ("", 1, ""),
            ("{", 1, ""),
        ];
        for (text, column, expected) in cases {
            assert_eq!(&text[marked(text, column)], expected, "{text}");
        }
    }
}
