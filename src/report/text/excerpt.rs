//! A finding with its source line, and carets below the marked part.

use annotate_snippets::{AnnotationKind, Group, Level, Origin as Path, Renderer, Snippet};

use crate::domain::evidence::Origin;
use crate::domain::finding::{Finding, Severity};
use crate::report::Screen;
use crate::report::audit::Audit;
use crate::report::excerpt::{SourceLine, Sources};
use crate::report::faults::way;
use crate::report::lines::{broken, harmless};

/// Width of the prefix of a note: ` = note: `, with line numbers of up to four digits.
const NOTE_INDENT: usize = 14;

/// Maximum length of a source line in bytes; a longer one is not shown, only its place.
const LONGEST_LINE: usize = 2_000;

/// Minimum width of a note in columns.
const LEAST_ROOM: usize = 30;

/// Writes one finding with its source line and notes.
pub(super) fn finding<'a>(
    finding: &'a Finding,
    sources: &Sources<'a>,
    renderer: &Renderer,
    look: Screen,
) -> String {
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
    let line = line(&finding.origin, sources);
    let file = harmless(&finding.origin.file);
    group = match &line {
        Some(line) => {
            let annotation = AnnotationKind::Primary.span(line.marked.clone());
            group.element(
                Snippet::source(line.text.as_ref())
                    .line_start(line.number)
                    .path(file)
                    .annotation(annotation),
            )
        }
        None if finding.origin.line > 0 || look_elsewhere(finding, sources.audit) => {
            group.element(place(&finding.origin, file))
        }
        None => group,
    };
    let room = look.width.saturating_sub(NOTE_INDENT).max(LEAST_ROOM);
    let also = sources.faults.also(finding);
    for note in way(&finding.origin).into_iter().chain(also) {
        group = group.element(Level::NOTE.message(broken(&harmless(&note), room)));
    }
    if let Some(fix) = &finding.fix_text() {
        group = group.element(Level::HELP.message(broken(&harmless(fix), room)));
    }
    renderer.render(&[group]) + "\n"
}

/// True if other files have proxies; otherwise a whole document as the place of a finding tells nothing.
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

/// Returns the source line for the screen; `None` if it is unknown or too long.
fn line<'a>(origin: &Origin, sources: &Sources<'a>) -> Option<SourceLine<'a>> {
    // Invisible characters are written out, so the marked range is computed again.
    let line = sources.line(origin)?;
    if line.text.len() > LONGEST_LINE {
        return None;
    }
    let before = harmless(line.before());
    let meant = harmless(line.meant());
    Some(SourceLine {
        number: line.number,
        marked: before.len()..before.len() + meant.len(),
        columns: line.columns,
        text: (before + &meant + &harmless(line.behind())).into(),
    })
}
