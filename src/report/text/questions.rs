//! The part below a proxy's findings: open questions, and rules that hold only by a default.

use crate::report::Screen;
use crate::report::audit::{Audit, Judged};
use crate::report::lines::{harmless, wrapped};
use crate::report::questions::{OpenQuestions, OpenReason, ids};

/// Writes the open questions and the defaults of one proxy.
pub(super) fn render(proxy: &Judged, audit: &Audit, look: Screen) -> String {
    let open = OpenQuestions::new(proxy);
    let questions = open.questions.iter().map(line);
    let mut text: String = questions
        .chain(open.limits(audit))
        .map(|line| wrapped("  ?", &harmless(&line), 4, look.width))
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

fn line(question: &OpenReason) -> String {
    let place = question
        .origin
        .map_or_else(String::new, |origin| format!("{origin}: "));
    format!("{place}{} [{}]", question.text(), ids(&question.rules))
}
