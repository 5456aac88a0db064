//! The content of the page in order: plain values for the template, which makes no decisions of its own.

use std::collections::BTreeSet;

use serde::Serialize;

use super::picture::{Picture, picture, word};
use crate::domain::evidence::Origin;
use crate::domain::finding::{Finding, Group, MISSION, Pass, RuleInfo};
use crate::report::audit::{Audit, Judged, PARTS, RuleAnswer};
use crate::report::excerpt::Sources;
use crate::report::faults::way;
use crate::report::questions::{OpenQuestions, OpenReason};
use crate::report::{acceptance, summary};

/// A text, split into prose and code.
type Said = Vec<Span>;

#[derive(Serialize)]
struct Span {
    code: bool,
    text: String,
}

/// The content of the whole page.
#[derive(Serialize)]
pub(super) struct HtmlPage {
    result: String,
    checked: String,
    counts: Vec<CountView>,
    parts: Vec<&'static str>,
    rows: Vec<OverviewRow>,
    rules: usize,
    skipped: Vec<UnreadView>,
    roots: Vec<String>,
    templates: Vec<String>,
    plans: Vec<String>,
    account: Option<String>,
    version: &'static str,
}

#[derive(Serialize)]
struct CountView {
    number: usize,
    what: &'static str,
    /// True if action is needed.
    weak: bool,
}

/// A proxy in the overview.
#[derive(Serialize)]
struct OverviewRow {
    id: String,
    address: String,
    place: String,
    caller: Option<String>,
    cells: Vec<Cell>,
}

/// A proxy with all its results.
#[derive(Serialize)]
pub(super) struct ProxyView {
    #[serde(flatten)]
    row: OverviewRow,
    name: Option<String>,
    picture: Picture,
    findings: Vec<FindingView>,
    shared: Vec<Said>,
    questions: Vec<QuestionView>,
    limits: Option<Said>,
    open: usize,
    accepted: Vec<Accepted>,
    groups: Vec<RulesView>,
}

#[derive(Serialize)]
struct Cell {
    title: &'static str,
    answer: &'static str,
}

#[derive(Serialize)]
struct FindingView {
    id: String,
    severity: &'static str,
    message: Said,
    place: String,
    rule: &'static str,
    excerpt: Option<ExcerptView>,
    way: Option<Said>,
    also: Vec<Said>,
    fix: Option<String>,
    why: Said,
    remedy: Said,
    pages: Vec<HtmlLink>,
}

#[derive(Serialize)]
struct ExcerptView {
    number: usize,
    margin: String,
    before: String,
    meant: String,
    behind: String,
    carets: String,
}

#[derive(Serialize)]
struct HtmlLink {
    title: String,
    address: Option<String>,
}

#[derive(Serialize)]
struct QuestionView {
    reason: Said,
    place: Option<String>,
    rules: Vec<&'static str>,
}

#[derive(Serialize)]
struct Accepted {
    message: Said,
    place: String,
    rule: &'static str,
    why: Said,
}

/// All rules of one group.
#[derive(Serialize)]
struct RulesView {
    title: String,
    rules: Vec<RuleRow>,
}

#[derive(Serialize)]
struct RuleRow {
    id: &'static str,
    answer: &'static str,
    because: Said,
}

#[derive(Serialize)]
struct UnreadView {
    place: String,
    reason: Said,
}

/// Builds the parts of the page around the proxies, and the overview.
pub(super) fn page(sources: &Sources) -> HtmlPage {
    let audit = sources.audit;
    let proxies = audit.proxies.iter().zip(1..);
    let skipped = audit.skipped.iter().map(|skipped| UnreadView {
        place: skipped.origin.to_string(),
        reason: code_spans(&skipped.reason),
    });
    let checked = summary::checked(&audit.checked);
    HtmlPage {
        result: summary::result(sources),
        checked: if audit.proxies.is_empty() {
            format!("No RDS Proxy found in {checked}.")
        } else {
            format!("{} in {checked}.", summary::proxies(audit))
        },
        counts: counts(sources),
        parts: PARTS.iter().map(|(_, title)| *title).collect(),
        rows: proxies
            .map(|(one, number)| row(one, number, audit))
            .collect(),
        rules: audit.rules.len(),
        skipped: skipped.collect(),
        roots: audit.checked.roots.iter().map(|root| shown(root)).collect(),
        templates: audit.checked.templates.clone(),
        plans: audit.checked.plans.clone(),
        account: audit.checked.account.clone(),
        version: env!("CARGO_PKG_VERSION"),
    }
}

fn shown(folder: &str) -> String {
    if folder.is_empty() { "." } else { folder }.to_owned()
}

fn counts(sources: &Sources) -> Vec<CountView> {
    let Sources { audit, tally, .. } = sources;
    let open = audit
        .proxies
        .iter()
        .map(|proxy| OpenQuestions::new(proxy).number());
    [
        (tally.total(), "finding", "findings", true),
        (tally.notes, "note", "notes", false),
        (tally.accepted, "accepted", "accepted", false),
        (open.sum(), "open question", "open questions", false),
        (audit.skipped.len(), "not read", "not read", false),
    ]
    .into_iter()
    .filter(|(number, one, _, _)| *number > 0 || *one == "finding")
    .map(|(number, one, more, weak)| CountView {
        number,
        what: if number == 1 { one } else { more },
        weak: weak && number > 0,
    })
    .collect()
}

fn row(proxy: &Judged, number: usize, audit: &Audit) -> OverviewRow {
    let cells = PARTS.iter().map(|(group, title)| Cell {
        title,
        answer: word(audit.answer(proxy, *group)),
    });
    OverviewRow {
        id: format!("proxy-{number}"),
        address: proxy.short_address().to_owned(),
        place: proxy.origin.to_string(),
        caller: proxy.caller().map(str::to_owned),
        cells: cells.collect(),
    }
}

/// Builds the view of a proxy.
pub(super) fn proxy<'a>(proxy: &'a Judged, number: usize, sources: &Sources<'a>) -> ProxyView {
    let audit = sources.audit;
    let row = row(proxy, number, audit);
    let open = OpenQuestions::new(proxy);
    let findings = sources.faults.counted(proxy).into_iter().zip(1..);
    let shared = sources.faults.pointers(proxy);
    ProxyView {
        name: proxy.name.clone(),
        picture: picture(proxy, audit),
        findings: findings
            .map(|(finding, number)| {
                finding_view(finding, sources, format!("{}-finding-{number}", row.id))
            })
            .collect(),
        questions: open.questions.iter().map(asked).collect(),
        limits: open.limits(audit).map(|limits| code_spans(&limits)),
        open: open.number(),
        shared: shared.iter().map(|line| code_spans(line)).collect(),
        accepted: accepted(proxy, sources),
        groups: groups(proxy, audit),
        row,
    }
}

fn finding_view<'a>(finding: &'a Finding, sources: &Sources<'a>, id: String) -> FindingView {
    let also = sources.faults.also(finding);
    let Finding { rule, origin, .. } = finding;
    FindingView {
        id,
        severity: finding.severity.name(),
        message: code_spans(&finding.message),
        place: origin.to_string(),
        rule: rule.id,
        excerpt: excerpt(origin, sources),
        way: way(origin).map(|way| code_spans(&way)),
        also: also.iter().map(|line| code_spans(line)).collect(),
        fix: finding.fix_text(),
        why: code_spans(rule.why),
        remedy: code_spans(rule.fix),
        pages: rule.references.iter().map(|page| link(page)).collect(),
    }
}

fn excerpt(origin: &Origin, sources: &Sources) -> Option<ExcerptView> {
    let line = sources.line(origin)?.short();
    Some(ExcerptView {
        number: line.number,
        margin: " ".repeat(line.number.to_string().len()),
        before: line.before().to_owned(),
        meant: line.meant().to_owned(),
        behind: line.behind().to_owned(),
        carets: line.carets(),
    })
}

/// Splits `Title: https://…` into title and address.
fn link(page: &str) -> HtmlLink {
    let (title, address) = match page.split_once(": https://") {
        Some((title, rest)) => (title, Some(format!("https://{rest}"))),
        None => (page, None),
    };
    HtmlLink {
        title: title.to_owned(),
        address,
    }
}

fn asked(question: &OpenReason) -> QuestionView {
    QuestionView {
        reason: code_spans(&question.text()),
        place: question.origin.map(Origin::to_string),
        rules: question.rules.iter().map(|rule| rule.id).collect(),
    }
}

fn accepted<'a>(proxy: &'a Judged, sources: &Sources<'a>) -> Vec<Accepted> {
    let accepted = sources.faults.accepted(proxy).into_iter();
    accepted
        .map(|(finding, why)| Accepted {
            message: code_spans(&finding.message),
            place: finding.origin.to_string(),
            rule: finding.rule.id,
            why: code_spans(&acceptance::acceptance_text(why)),
        })
        .collect()
}

fn groups(proxy: &Judged, audit: &Audit) -> Vec<RulesView> {
    let groups = PARTS.iter().map(|(group, _)| RulesView {
        title: title(*group),
        rules: audit
            .rules
            .iter()
            .filter(|rule| rule.group == *group)
            .map(|rule| rule_row(proxy, rule))
            .collect(),
    });
    groups.filter(|group| !group.rules.is_empty()).collect()
}

fn title(group: Group) -> String {
    match group {
        Group::Mission(number) => {
            let title = MISSION.get(usize::from(number).wrapping_sub(1));
            format!("{number}. {}", title.copied().unwrap_or_default())
        }
        Group::Beyond => "Beyond the six".to_owned(),
        Group::Limit => "Limits of the service".to_owned(),
    }
}

fn rule_row(proxy: &Judged, rule: &RuleInfo) -> RuleRow {
    let answer = proxy.answer(rule);
    RuleRow {
        id: rule.id,
        answer: word(answer),
        because: code_spans(&because(proxy, rule, answer)),
    }
}

/// Explains the result of a rule: how it is met, what it reports, or why it is undetermined or accepted.
fn because(proxy: &Judged, rule: &RuleInfo, answer: RuleAnswer) -> String {
    let report = &proxy.report;
    let reasons: Vec<String> = match answer {
        RuleAnswer::Fail => vec![rule.summary.to_owned()],
        RuleAnswer::Pass => {
            let passes = report.passes.iter().filter(|pass| pass.rule.id == rule.id);
            passes.map(held).collect()
        }
        RuleAnswer::Open => {
            let open = report.undetermined.iter();
            let open = open.filter(|open| open.rule.id == rule.id);
            open.map(|open| open.reason.clone()).collect()
        }
        RuleAnswer::Accepted => {
            let accepted = proxy.accepted().into_iter();
            let accepted = accepted.filter(|(finding, _)| finding.rule.id == rule.id);
            accepted
                .map(|(_, why)| acceptance::acceptance_text(why))
                .collect()
        }
    };
    let once: BTreeSet<String> = reasons.into_iter().collect();
    once.into_iter().collect::<Vec<_>>().join("; ")
}

fn held(pass: &Pass) -> String {
    match &pass.default_of {
        Some(name) => format!(
            "{}: by the default of `{name}`, which a caller can change",
            pass.because
        ),
        None => pass.because.clone(),
    }
}

/// Splits a text at backticks, which enclose code.
fn code_spans(text: &str) -> Said {
    let pieces = text.split('`').map(str::to_owned);
    let spans = pieces.enumerate().map(|(at, text)| Span {
        code: at % 2 == 1,
        text,
    });
    spans.filter(|span| !span.text.is_empty()).collect()
}
