//! What nothing in view answers, and what holds only by a default: one line for each reason, not one for each rule.

use super::way;
use crate::domain::finding::{Group, Undetermined};
use crate::report::Look;
use crate::report::audit::{Audit, Judged};
use crate::report::lines::{harmless, wrapped};

/// Writes the open questions and the defaults of one proxy.
pub(super) fn render(proxy: &Judged, audit: &Audit, look: Look) -> String {
    let mut text: String = lines(proxy, audit)
        .iter()
        .map(|line| wrapped("  ?", &harmless(line), 4, look.width))
        .collect();
    for pass in &proxy.report.passes {
        if let Some(name) = &pass.default_of {
            let line = format!(
                "{}: by the default of `{name}`, which a caller can change [{}]",
                pass.because, pass.rule.id
            );
            text.push_str(&wrapped("  ~", &harmless(&line), 4, look.width));
        }
    }
    if text.is_empty() {
        text
    } else {
        format!("\n{text}")
    }
}

/// How many open questions are told.
pub(super) fn number(proxy: &Judged, audit: &Audit) -> usize {
    lines(proxy, audit).len()
}

/// One line for each reason with the rules that it leaves open; one for all limits that only an account can show.
fn lines(proxy: &Judged, audit: &Audit) -> Vec<String> {
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    let mut hidden_limits: Vec<&str> = Vec::new();
    for open in &proxy.report.undetermined {
        let id = open.rule.id;
        let ids = if open.rule.group == Group::Limit && open.origin.is_none() {
            &mut hidden_limits
        } else {
            let reason = reason(open);
            match reasons.iter().position(|(known, _)| *known == reason) {
                Some(at) => &mut reasons[at].1,
                None => {
                    reasons.push((reason, Vec::new()));
                    let last = reasons.len() - 1;
                    &mut reasons[last].1
                }
            }
        };
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let mut lines: Vec<String> = reasons
        .into_iter()
        .map(|(reason, ids)| format!("{reason} [{}]", ids.join(", ")))
        .collect();
    if !hidden_limits.is_empty() {
        lines.push(limits(&hidden_limits, audit));
    }
    lines
}

/// Where an account is in view already, the limits are named: it did not show what they depend on.
fn limits(ids: &[&str], audit: &Audit) -> String {
    let depend = match ids.len() {
        1 => "1 limit of the service depends".to_owned(),
        more => format!("{more} limits of the service depend"),
    };
    let advice = match &audit.checked.account {
        None => ": --snapshot FILE or --live tells".to_owned(),
        Some(_) => format!(" [{}]", ids.join(", ")),
    };
    format!("{depend} on what is not in view{advice}")
}

fn reason(open: &Undetermined) -> String {
    let Some(origin) = &open.origin else {
        return open.reason.clone();
    };
    let way = way(origin).map_or_else(String::new, |way| format!(" ({way})"));
    format!("{origin}: {}{way}", open.reason)
}
