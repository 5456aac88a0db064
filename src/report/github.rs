//! Workflow commands of GitHub Actions: a finding becomes an annotation at its line ("Workflow commands for GitHub
//! Actions", "Setting an error message"). Open questions and accepted findings are in the log, without annotations.

use std::io::Write;

use super::audit::{Audit, Judged};
use super::excerpt::Sources;
use super::faults::way;
use super::lines::harmless;
use super::questions::{OpenQuestions, ids};
use super::{ReportError, Screen, acceptance, summary};
use crate::domain::evidence::Origin;
use crate::domain::finding::{Finding, Severity};

/// Writes the audit as workflow commands.
pub(super) fn render(audit: &Audit, _: Screen, sink: &mut dyn Write) -> Result<(), ReportError> {
    let sources = Sources::new(audit);
    for (proxy, found) in worst_first(&sources) {
        sink.write_all(finding(proxy, found, &sources).as_bytes())?;
    }
    for skipped in &audit.skipped {
        let properties = place(&skipped.origin, &sources) + ",title=not read";
        sink.write_all(command("warning", &properties, &skipped.reason).as_bytes())?;
    }
    for proxy in &audit.proxies {
        sink.write_all(rest(proxy, &sources).as_bytes())?;
    }
    Ok(sink.write_all(logged(&end(&sources)).as_bytes())?)
}

/// Returns the findings that are not accepted, the worst of all proxies first: GitHub shows ten annotations of each
/// kind per step.
fn worst_first<'a>(sources: &Sources<'a>) -> Vec<(&'a Judged, &'a Finding)> {
    let proxies = sources.audit.proxies.iter();
    let mut findings: Vec<(&Judged, &Finding)> = proxies
        .flat_map(|proxy| {
            let counted = sources.faults.counted(proxy).into_iter();
            counted.map(move |found| (proxy, found))
        })
        .collect();
    findings.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.severity));
    findings
}

fn finding<'a>(proxy: &Judged, finding: &'a Finding, sources: &Sources<'a>) -> String {
    let title = format!("{} ({})", finding.rule.id, finding.severity.name());
    let mut message = format!("{}: {}", proxy.short_address(), finding.message);
    let way = way(&finding.origin);
    let fix = finding.fix_text().map(|fix| format!("write {fix}"));
    let caller = proxy.caller().map(|root| format!("called from {root}"));
    let also = sources.faults.also(finding);
    for more in [way, caller, fix].into_iter().flatten().chain(also) {
        message.push_str(&format!("\n{more}"));
    }
    let title = format!(",title={}", property(&title));
    let properties = place(&finding.origin, sources) + &title;
    command(level(finding.severity), &properties, &message)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium | Severity::Low => "warning",
        Severity::Note => "notice",
    }
}

/// Formats file, line and columns, as far as they are known.
fn place(origin: &Origin, sources: &Sources) -> String {
    let mut place = format!("file={}", property(&origin.file));
    if origin.line == 0 {
        return place;
    }
    place.push_str(&format!(",line={}", origin.line));
    if let Some(line) = sources.line(origin) {
        let start = line.columns[0];
        let end = start + line.meant().chars().count();
        place.push_str(&format!(",endLine={},col={start}", origin.line));
        if end > start {
            place.push_str(&format!(",endColumn={end}"));
        }
    } else if origin.column > 0 {
        place.push_str(&format!(",col={}", origin.column));
    }
    place
}

fn command(name: &str, properties: &str, message: &str) -> String {
    format!("::{name} {properties}::{}\n", data(message))
}

/// Formats open questions and accepted findings as a group of the log.
fn rest<'a>(proxy: &'a Judged, sources: &Sources<'a>) -> String {
    let open = OpenQuestions::new(proxy);
    let questions = open.questions.iter().map(|question| {
        let place = question
            .origin
            .map_or_else(String::new, |origin| format!("{origin}: "));
        format!("? {place}{} [{}]", question.text(), ids(&question.rules))
    });
    let limits = open
        .limits(sources.audit)
        .map(|limits| format!("? {limits}"));
    let accepted = sources
        .faults
        .accepted(proxy)
        .into_iter()
        .map(|(finding, why)| {
            let (origin, message, id) = (&finding.origin, &finding.message, finding.rule.id);
            format!(
                "= {origin}: {message} [{id}]: {}",
                acceptance::acceptance_text(why)
            )
        });
    let lines: String = questions
        .chain(limits)
        .chain(accepted)
        .map(|line| logged(&line))
        .collect();
    if lines.is_empty() {
        return lines;
    }
    let title = data(&format!("open and accepted: {}", proxy.heading()));
    format!("::group::{title}\n{lines}::endgroup::\n")
}

fn end(sources: &Sources) -> String {
    let audit = sources.audit;
    let checked = summary::checked(&audit.checked);
    if audit.proxies.is_empty() {
        format!("no RDS Proxy found in {checked}")
    } else {
        format!(
            "{} in {checked}: {}",
            summary::proxies(audit),
            summary::result(sources)
        )
    }
}

/// Formats a log line that the runner cannot take for a command: a command begins with `::`, or has `##[` anywhere.
fn logged(line: &str) -> String {
    let line = harmless(line).replace("\r\n", " ");
    let line = line.replace(['\n', '\t'], " ");
    let line = line.replace("##[", "# #[");
    if line.trim_start().starts_with("::") {
        format!("- {line}\n")
    } else {
        format!("{line}\n")
    }
}

/// Escapes the message of a command (`escapeData` of the toolkit).
fn data(text: &str) -> String {
    harmless(text)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace("##[", "# #[")
}

/// Escapes a property of a command (`escapeProperty` of the toolkit).
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_taken_apart_as_they_were_meant() {
        assert_eq!(property("a:b,c%d\ne"), "a%3Ab%2Cc%25d%0Ae");
        assert_eq!(data("100%: a,b\n::error::x"), "100%25: a,b%0A::error::x");
        assert_eq!(logged("  ::add-mask::x"), "-   ::add-mask::x\n");
        assert_eq!(logged("a\r\n::x"), "a ::x\n");
        assert_eq!(logged("a\n::x ##[debug]y"), "a ::x # #[debug]y\n");
    }
}
