//! JUnit XML for CI test reports: one suite for each proxy, one case for each rule. The structure follows Jenkins'
//! `jenkins-junit.xsd`, which all readers accept; there, `skipped` has no message attribute, only text.

use std::collections::BTreeSet;
use std::io::Write;

use super::audit::{Audit, Judged, RuleAnswer};
use super::excerpt::Sources;
use super::faults::way;
use super::markup::{escaped, quoted};
use super::questions::OpenQuestions;
use super::{ReportError, Screen, acceptance, summary};
use crate::domain::finding::{Finding, RuleInfo, Severity};

/// One test case: the result of one rule for one proxy.
#[derive(Default)]
struct TestCase {
    name: String,
    class: String,
    /// The reason why the rule is undetermined or accepted.
    skipped: Option<String>,
    /// The reason why a source could not be read.
    error: Option<String>,
    failures: Vec<JunitFailure>,
    /// Further messages of the case.
    said: Vec<String>,
}

struct JunitFailure {
    kind: &'static str,
    message: String,
    text: String,
}

/// The cases of one proxy, or of the sources.
struct Suite {
    name: String,
    properties: Vec<(&'static str, String)>,
    cases: Vec<TestCase>,
}

/// Writes the audit as JUnit XML.
pub(super) fn render(audit: &Audit, _: Screen, sink: &mut dyn Write) -> Result<(), ReportError> {
    let sources = Sources::new(audit);
    let tests = audit.proxies.len() * audit.rules.len() + audit.skipped.len();
    let failures: usize = audit.proxies.iter().map(|one| failing(one, audit)).sum();
    write!(
        sink,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"rdsproxy-gen audit\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{}\">\n",
        audit.skipped.len()
    )?;
    let proxies = audit.proxies.iter().map(|proxy| suite(proxy, &sources));
    for suite in proxies.chain([read(audit)]) {
        sink.write_all(suite.xml().as_bytes())?;
    }
    Ok(sink.write_all(b"</testsuites>\n")?)
}

/// Returns the number of failing cases of a proxy; the report's head gives it before the first case is written.
fn failing(proxy: &Judged, audit: &Audit) -> usize {
    let is_failure = |finding: &&Finding| {
        let is_asked = audit.rules.iter().any(|rule| rule.id == finding.rule.id);
        finding.accepted.is_none() && finding.severity > Severity::Note && is_asked
    };
    let failures = proxy.report.findings.iter().filter(is_failure);
    let rules: BTreeSet<&str> = failures.map(|finding| finding.rule.id).collect();
    rules.len()
}

fn suite(proxy: &Judged, sources: &Sources) -> Suite {
    let rules = sources.audit.rules.iter();
    let properties = [
        ("file", Some(proxy.origin.to_string())),
        ("name", proxy.name.clone()),
        ("root", proxy.root.clone()),
    ];
    Suite {
        name: proxy.heading(),
        properties: properties
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect(),
        cases: rules.map(|rule| case(proxy, rule, sources)).collect(),
    }
}

fn case(proxy: &Judged, rule: &RuleInfo, sources: &Sources) -> TestCase {
    let root = proxy.root.as_ref().filter(|root| !root.is_empty());
    let root = root.map_or_else(String::new, |root| format!("{root}: "));
    let mut case = TestCase {
        name: rule.id.to_owned(),
        class: format!("{root}{}", proxy.address),
        ..TestCase::default()
    };
    let counted = proxy.counted().into_iter();
    for finding in counted.filter(|finding| finding.rule.id == rule.id) {
        let text = failure_text(finding, sources);
        match finding.severity {
            // A note does not change the exit code, so it does not fail a test.
            Severity::Note => case.said.push(format!("note: {}\n{text}", finding.message)),
            severity => case.failures.push(JunitFailure {
                kind: severity.name(),
                message: finding.message.clone(),
                text,
            }),
        }
    }
    let accepted = accepted(proxy, rule);
    let open = open(proxy, rule);
    match proxy.answer(rule) {
        RuleAnswer::Accepted => case.skipped = Some(accepted.join("\n")),
        RuleAnswer::Open => {
            case.skipped = Some(open.join("\n"));
            case.said.extend(accepted);
        }
        RuleAnswer::Fail => case.said.extend(accepted.into_iter().chain(open)),
        RuleAnswer::Pass => case.said.extend(passes(proxy, rule)),
    }
    case
}

fn accepted(proxy: &Judged, rule: &RuleInfo) -> Vec<String> {
    let accepted = proxy.accepted().into_iter();
    accepted
        .filter(|(finding, _)| finding.rule.id == rule.id)
        .map(|(finding, why)| {
            let Finding {
                origin, message, ..
            } = finding;
            format!("{origin}: {message}: {}", acceptance::acceptance_text(why))
        })
        .collect()
}

fn open(proxy: &Judged, rule: &RuleInfo) -> Vec<String> {
    let open = OpenQuestions::new(proxy);
    let hidden = open.hidden_limits.iter().any(|hidden| hidden.id == rule.id);
    let hidden = hidden.then(|| {
        "cannot tell: it depends on what only an account shows: --snapshot FILE or --live tells"
            .to_owned()
    });
    let of_rule = open.questions.iter().filter(|question| {
        let mut rules = question.rules.iter();
        rules.any(|known| known.id == rule.id)
    });
    of_rule
        .map(|question| {
            let place = question
                .origin
                .map_or_else(String::new, |origin| format!("{origin}: "));
            format!("cannot tell: {place}{}", question.text())
        })
        .chain(hidden)
        .collect()
}

fn passes(proxy: &Judged, rule: &RuleInfo) -> Vec<String> {
    let passes = proxy.report.passes.iter();
    passes
        .filter(|pass| pass.rule.id == rule.id)
        .map(|pass| match &pass.default_of {
            Some(name) => format!(
                "{}: by the default of `{name}`, which a caller can change",
                pass.because
            ),
            None => pass.because.clone(),
        })
        .collect()
}

/// Formats the place with its line, the path of the value, and the fix.
fn failure_text(finding: &Finding, sources: &Sources) -> String {
    let mut text = format!("{}\n", finding.origin);
    if let Some(line) = sources.line(&finding.origin) {
        text.push_str(&line.drawn());
    }
    if let Some(way) = way(&finding.origin) {
        text.push_str(&format!("{way}\n"));
    }
    match &finding.fix_text() {
        Some(fix) => text.push_str(&format!("write {fix}\n")),
        None => text.push_str(&format!("{}\n", finding.rule.fix)),
    }
    text
}

/// Builds the suite of the sources that were read, with an error for each that could not be.
fn read(audit: &Audit) -> Suite {
    let checked = &audit.checked;
    let mut properties = vec![("checked", summary::checked(checked))];
    let lists = [
        ("terraform root", &checked.roots),
        ("template", &checked.templates),
        ("plan", &checked.plans),
    ];
    for (name, values) in lists {
        properties.extend(values.iter().map(|value| (name, value.clone())));
    }
    let cases = audit.skipped.iter().map(|skipped| TestCase {
        name: skipped.origin.to_string(),
        class: "not read".to_owned(),
        error: Some(skipped.reason.clone()),
        ..TestCase::default()
    });
    Suite {
        name: "what was read".to_owned(),
        properties,
        cases: cases.collect(),
    }
}

impl Suite {
    fn failures(&self) -> usize {
        let failing = |case: &&TestCase| !case.failures.is_empty();
        self.cases.iter().filter(failing).count()
    }

    fn xml(&self) -> String {
        let skipped = self.cases.iter().filter(|case| case.skipped.is_some());
        let errors = self.cases.iter().filter(|case| case.error.is_some());
        let mut text = format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">\n    <properties>\n",
            quoted(&self.name),
            self.cases.len(),
            self.failures(),
            errors.count(),
            skipped.count()
        );
        for (name, value) in &self.properties {
            text.push_str(&format!(
                "      <property name=\"{}\" value=\"{}\"/>\n",
                quoted(name),
                quoted(value)
            ));
        }
        text.push_str("    </properties>\n");
        self.cases
            .iter()
            .for_each(|case| text.push_str(&case.xml()));
        text + "  </testsuite>\n"
    }
}

impl TestCase {
    fn xml(&self) -> String {
        let mut text = format!(
            "    <testcase name=\"{}\" classname=\"{}\">\n",
            quoted(&self.name),
            quoted(&self.class)
        );
        if let Some(reason) = &self.skipped {
            text.push_str(&format!("      <skipped>{}</skipped>\n", escaped(reason)));
        }
        if let Some(reason) = &self.error {
            text.push_str(&format!(
                "      <error message=\"not read\">{}</error>\n",
                escaped(reason)
            ));
        }
        for failure in &self.failures {
            text.push_str(&format!(
                "      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
                failure.kind,
                quoted(&failure.message),
                escaped(&failure.text)
            ));
        }
        if !self.said.is_empty() {
            let said = escaped(&self.said.join("\n"));
            text.push_str(&format!("      <system-out>{said}</system-out>\n"));
        }
        text + "    </testcase>\n"
    }
}
