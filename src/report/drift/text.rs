//! Drift for people: what it means, where, and the lines; then what it comes to.

use anstyle::{AnsiColor, Style};

use super::lines::{Hunk, Line};
use super::{Change, Drift, DriftLook, counts};
use crate::domain::drift::{Class, Effect};
use crate::report::ReportError;
use crate::report::lines::{broken, count, harmless, wrapped};

/// Writes it.
pub(super) fn render(drifts: &[Drift], look: DriftLook) -> Result<String, ReportError> {
    let mut text = String::new();
    for drift in drifts {
        let shown = drift.changes.iter().filter(|change| is_shown(change, look));
        let shown: String = shown.map(|change| self::change(change, look)).collect();
        let rest = rest(drift, look);
        if drifts.len() == 1 {
            text.push_str(&format!("{shown}{rest}{}\n", end(drift, look)));
        } else if !shown.is_empty() {
            text.push_str(&format!("== {} ==\n\n{shown}{rest}", drift.project));
        }
    }
    if drifts.len() > 1 {
        text.push_str(&table(drifts, look.look.width));
    }
    Ok(text)
}

fn is_shown(change: &Change, look: DriftLook) -> bool {
    look.all || change.class() != Some(Class::Cosmetic)
}

fn change(change: &Change, look: DriftLook) -> String {
    let mut text = String::new();
    if change.effects.is_empty() {
        text.push_str(&painted(
            Class::Cosmetic.name(),
            Some(Class::Cosmetic),
            look,
        ));
        text.push('\n');
    }
    let mut last = None;
    for effect in &change.effects {
        let heading = heading(effect);
        if last.as_ref() != Some(&heading) {
            let class = effect.accepted.is_none().then_some(effect.class);
            text.push_str(&painted(&heading, class, look));
            text.push('\n');
            last = Some(heading);
        }
        let place = effect.origin.as_ref();
        let place = place.map_or_else(String::new, |origin| format!("{origin}: "));
        let line = format!("{place}{}", effect.message);
        text.push_str(&wrapped(" ", &harmless(&line), 2, look.look.width));
        if let Some(waiver) = &effect.accepted {
            let line = format!("accepted at {}: {}", waiver.origin, waiver.reason);
            text.push_str(&wrapped("  =", &harmless(&line), 4, look.look.width));
        }
    }
    if let Some(hunk) = &change.hunk {
        text.push_str(&self::hunk(hunk, look));
    }
    text.push('\n');
    text
}

fn heading(effect: &Effect) -> String {
    match &effect.accepted {
        Some(_) => format!("accepted: {}", effect.heading()),
        None => effect.heading(),
    }
}

fn hunk(hunk: &Hunk, look: DriftLook) -> String {
    let mut text = format!("  {} {}\n", harmless(&hunk.file), hunk.head());
    for line in &hunk.lines {
        text.push_str(&self::line(line, look));
    }
    if hunk.left_out > 0 {
        text.push_str(&format!("    … {} more\n", count(hunk.left_out, "line")));
    }
    text
}

fn line(line: &Line, look: DriftLook) -> String {
    let colour = match line.mark {
        '-' => Some(AnsiColor::Red),
        '+' => Some(AnsiColor::Green),
        _ => None,
    };
    let Some(colour) = colour.filter(|_| look.look.colours) else {
        let line = format!("  {}{}", line.mark, harmless(&line.text()));
        return format!("{}\n", line.trim_end());
    };
    let plain: Style = colour.on_default();
    let strong = plain.bold().underline();
    let words: String = line
        .words
        .iter()
        .map(|(differs, word)| {
            let style = if *differs { strong } else { plain };
            format!("{style}{}{style:#}", harmless(word))
        })
        .collect();
    format!("  {plain}{}{plain:#}{words}\n", line.mark)
}

fn painted(heading: &str, class: Option<Class>, look: DriftLook) -> String {
    let colour = match class {
        Some(Class::Weakens) => AnsiColor::Red,
        Some(Class::CannotTell | Class::Changes) => AnsiColor::Yellow,
        Some(Class::Strengthens) => AnsiColor::Green,
        Some(Class::Cosmetic) | None => AnsiColor::Cyan,
    };
    if !look.look.colours {
        return heading.to_owned();
    }
    let style = colour.on_default().bold();
    format!("{style}{heading}{style:#}")
}

/// What is not compared, and what is worth knowing.
fn rest(drift: &Drift, look: DriftLook) -> String {
    let mut text = String::new();
    let lists = [
        ("Not generated, not compared", &drift.beside),
        ("Not compared", &drift.not_compared),
        ("Worth knowing", &drift.notes),
    ];
    for (title, lines) in lists {
        if !lines.is_empty() {
            let lines = lines.iter();
            let lines: String = lines
                .map(|line| wrapped("  -", &harmless(line), 4, look.look.width))
                .collect();
            text.push_str(&format!("{title}\n{lines}\n"));
        }
    }
    text
}

/// What it comes to.
fn end(drift: &Drift, look: DriftLook) -> String {
    let Drift {
        project,
        tool,
        pack,
        files,
        ..
    } = drift;
    let mut against = format!(
        "{}, generated by rdsproxy-gen {tool} with {pack}",
        count(*files, "file")
    );
    if let Some(account) = &drift.account {
        against.push_str(&format!(", and account {account}"));
    }
    let line = format!("{project}: {} ({against})", result(drift, look));
    broken(&harmless(&line), look.look.width)
}

fn result(drift: &Drift, look: DriftLook) -> String {
    if let Some(reason) = &drift.failed {
        return reason.clone();
    }
    let tally = drift.tally();
    let mut words = vec![counts(&tally)];
    if words[0].is_empty() {
        words[0] = "no drift".to_owned();
    }
    if let Some(cosmetic) = tally.get(&Class::Cosmetic) {
        let hint = if look.all { "" } else { " (--all shows it)" };
        words.push(format!("{cosmetic} cosmetic{hint}"));
    }
    if drift.accepted() > 0 {
        words.push(format!("{} accepted", drift.accepted()));
    }
    words.join(", ")
}

/// One row for each project.
fn table(drifts: &[Drift], width: usize) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    let classes = Class::ALL.iter().map(|class| class.name().to_owned());
    let head = ["project", "tool", "pack"].map(str::to_owned);
    table.set_header(
        head.into_iter()
            .chain(classes)
            .chain(["accepted".to_owned()]),
    );
    for drift in drifts {
        let tally = drift.tally();
        let number = |number: usize| match number {
            0 => "-".to_owned(),
            number => number.to_string(),
        };
        let mut row = vec![
            harmless(&drift.project),
            drift.tool.clone(),
            drift.pack.clone(),
        ];
        if drift.failed.is_none() {
            let classes = Class::ALL.iter();
            row.extend(classes.map(|class| number(tally.get(class).copied().unwrap_or(0))));
            row.push(number(drift.accepted()));
        }
        table.add_row(row);
    }
    let lines = table.lines().map(|line| format!("{}\n", line.trim_end()));
    let mut text: String = lines.collect();
    let failed = drifts.iter().filter_map(|drift| drift.failed.as_ref());
    let reasons: String = failed
        .clone()
        .map(|reason| wrapped("not looked at:", &harmless(reason), 2, width))
        .collect();
    let drifting = drifts
        .iter()
        .filter(|drift| !counts(&drift.tally()).is_empty());
    text.push_str(&format!(
        "\n{reasons}{}, {} with drift, {} not looked at\n",
        count(drifts.len(), "project"),
        drifting.count(),
        failed.count()
    ));
    text
}
