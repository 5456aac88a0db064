//! An update as text: obstacles first, then the fate of the files, then the result.

use std::collections::BTreeSet;

use anstyle::AnsiColor;

use super::{Clash, Fate, FileUpdate, Update, UpdateState, UpdateStep};
use crate::domain::consequence::{Consequence, ConsequenceKind};
use crate::domain::drift::Class;
use crate::domain::secrecy::MaskedText;
use crate::report::drift::text::meanings;
use crate::report::hunk::Hunk;
use crate::report::lines::{broken, count, harmless, wrapped};
use crate::report::{ReportError, Screen};

/// Writes the updates as text.
pub(super) fn render(updates: &[Update], look: Screen) -> Result<String, ReportError> {
    if let [update] = updates {
        return Ok(one(update, look));
    }
    // With several projects, the table has the file counts, so that only the meaning of the changes is listed.
    let told = updates.iter().map(|update| (update, meaning(update, look)));
    let told = told.filter(|(_, meaning)| !meaning.is_empty());
    let told: String = told
        .map(|(update, meaning)| format!("== {} ==\n\n{meaning}", harmless(&update.project)))
        .collect();
    Ok(told + &table(updates, look.width))
}

fn one(update: &Update, look: Screen) -> String {
    let line = format!("{}: {}", update.project, result(update));
    let body = files(update, look) + &meaning(update, look);
    let next: String = next(update)
        .iter()
        .map(|line| wrapped("hint:", &harmless(line), 2, look.width))
        .collect();
    format!("{body}{}\n{next}", broken(&harmless(&line), look.width))
}

/// Formats the changes to the generated output, the obstacles and the remarks.
fn meaning(update: &Update, look: Screen) -> String {
    let mut text = String::new();
    if !update.news.is_empty() {
        let news = update.news.iter();
        let news: String = news
            .map(|effect| wrapped("  -", &harmless(&effect.message), 4, look.width))
            .collect();
        text.push_str(&format!("Generated in another way now\n{news}\n"));
    }
    let clashes = update.clashes.iter();
    text.extend(clashes.map(|clash| self::clash(clash, look)));
    let told = update.consequences.iter();
    let told: String = told
        .map(|one| {
            wrapped(
                "  !",
                &harmless(&consequence(&one.consequence)),
                4,
                look.width,
            )
        })
        .collect();
    if !told.is_empty() {
        text.push_str(&format!("Once it is deployed\n{told}\n"));
    }
    for effects in [&update.accepted, &update.held] {
        if !effects.is_empty() {
            text.push_str(&meanings(effects, look));
            text.push('\n');
        }
    }
    let notes = update.notes.iter();
    let notes: String = notes
        .map(|note| wrapped("  -", &harmless(note), 4, look.width))
        .collect();
    if !notes.is_empty() {
        text.push_str(&format!("Worth knowing\n{notes}\n"));
    }
    text
}

/// Lists the files that are not unchanged; with their diff until they are written.
fn files(update: &Update, look: Screen) -> String {
    let mut text = String::new();
    for file in &update.files {
        let Some((mark, about)) = fate_text(file.fate) else {
            continue;
        };
        let line = format!("{}{about}", harmless(&file.path));
        text.push_str(&wrapped(&format!("  {mark}"), &line, 4, look.width));
    }
    let same = update.count(Fate::Unchanged);
    if same > 0 && !text.is_empty() {
        text.push_str(&format!("  = {} unchanged\n", count(same, "file")));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    if update.step == UpdateStep::Tried {
        text.extend(update.files.iter().map(|file| hunks(file, look)));
    }
    text
}

fn fate_text(fate: Fate) -> Option<(char, &'static str)> {
    Some(match fate {
        Fate::Unchanged => return None,
        Fate::Kept => ('=', ": your changes stay"),
        Fate::Added => ('+', ""),
        Fate::Updated => ('~', ""),
        Fate::Merged => ('~', ": merged with your changes"),
        Fate::Restored => (
            '+',
            ": was deleted, and comes back; output.omit in rdsproxy.toml keeps it away",
        ),
        Fate::Removed => ('-', ": no longer generated"),
        Fate::Moved => ('-', ": moves into the module"),
        Fate::Left => ('!', ": no longer generated, but changed by hand: it stays"),
        Fate::Reset => ('~', ": what --reset names is as generated again"),
        Fate::InConflict => ('!', ": in conflict"),
    })
}

fn hunks(file: &FileUpdate, look: Screen) -> String {
    let [before, after] = &file.texts;
    if !file.fate.is_change() || file.fate == Fate::InConflict {
        return String::new();
    }
    let nothing = MaskedText::default();
    let [before, after] = [before, after].map(|text| text.as_ref().unwrap_or(&nothing));
    let hunks = Hunk::all(&file.path, [before, after]);
    hunks
        .iter()
        .map(|hunk| format!("{}\n", hunk.drawn(look)))
        .collect()
}

fn clash(clash: &Clash, look: Screen) -> String {
    let head = format!("conflict: {}: {}", clash.what, clash.why);
    let mut text = painted(&harmless(&head), look) + "\n";
    for (side, (line, lines)) in [("yours", &clash.ours), ("generated", &clash.theirs)] {
        let place = match (side, line) {
            (_, 0) => format!("{}: nothing", clash.file),
            ("yours", line) => format!("{}:{line}", clash.file),
            (_, line) => format!("line {line}"),
        };
        text.push_str(&format!("  {side} ({})\n", harmless(&place)));
        for line in lines.lines().take(MAX_LINES) {
            text.push_str(format!("    {}", harmless(line)).trim_end());
            text.push('\n');
        }
        let more = lines.lines().count().saturating_sub(MAX_LINES);
        if more > 0 {
            text.push_str(&format!("    … {} more\n", count(more, "line")));
        }
    }
    text.push('\n');
    text
}

/// Maximum number of lines shown of each side.
const MAX_LINES: usize = 20;

fn painted(text: &str, look: Screen) -> String {
    if look.colours {
        let style = AnsiColor::Red.on_default().bold();
        format!("{style}{text}{style:#}")
    } else {
        text.to_owned()
    }
}

/// Formats the overall result in one line.
fn result(update: &Update) -> String {
    let state = match update.state() {
        UpdateState::Failed => return update.failed.clone().unwrap_or_default(),
        UpdateState::Current => {
            format!("up to date with rdsproxy-gen {}", env!("CARGO_PKG_VERSION"))
        }
        UpdateState::Behind => format!("up to date with {}, and there is a newer one", update.pack),
        UpdateState::Due => match update.step {
            UpdateStep::Written => format!("updated, {} changed", count(update.changed(), "file")),
            _ => format!(
                "an update is due, {} would change",
                count(update.changed(), "file")
            ),
        },
        UpdateState::Unallowed => unallowed(update),
        UpdateState::Held => format!("held back: {} would be kept", held(update)),
        UpdateState::Conflicts => count(update.clashes.len(), "conflict"),
    };
    let written = match (update.state(), update.step) {
        (UpdateState::Conflicts, UpdateStep::Marked) => {
            "; the files were written with MARKERS around them, and work no more until you have removed these"
        }
        (UpdateState::Current | UpdateState::Behind, _)
        | (_, UpdateStep::Checked | UpdateStep::Written) => "",
        (_, UpdateStep::Tried | UpdateStep::Stopped | UpdateStep::Marked) => {
            "; nothing was written"
        }
    };
    format!("{state}{written}")
}

/// Describes the held edits: those that weaken a rule, and those that leave it undetermined.
fn held(update: &Update) -> String {
    let [weaker, doubtful] = [Class::Weakens, Class::CannotTell].map(|class| update.held_of(class));
    let doubts = match doubtful {
        1 => "1 change of which nobody can tell".to_owned(),
        number => format!("{number} changes of which nobody can tell"),
    };
    match (weaker, doubtful) {
        (weaker, 0) => count(weaker, "weakening"),
        (0, _) => doubts,
        (weaker, _) => format!("{} and {doubts}", count(weaker, "weakening")),
    }
}

/// Returns the next commands for the user.
fn next(update: &Update) -> Vec<String> {
    let project = &update.project;
    match (update.state(), update.step) {
        (UpdateState::Due, UpdateStep::Checked) => {
            vec![format!("`rdsproxy-gen update {project}` carries it out, with --dry-run shows it")]
        }
        (UpdateState::Due, UpdateStep::Written) => vec![format!(
            "`rdsproxy-gen update {project} --undo` takes it back; apply it as any other change"
        )],
        (UpdateState::Conflicts, UpdateStep::Checked | UpdateStep::Tried | UpdateStep::Stopped) => vec![
            "change your side to what you want and update again; `--reset PATH` takes a file as it is generated, `--conflict inline` writes both sides with markers".to_owned(),
        ],
        (UpdateState::Held, _) => ways_out(update),
        (UpdateState::Unallowed, _) => consent(update),
        _ => Vec::new(),
    }
}

/// Describes what waits for consent.
fn unallowed(update: &Update) -> String {
    let count_of = |kind: ConsequenceKind| {
        let waiting = update.consequences.iter().filter(|one| !one.is_allowed);
        let of_kind = waiting.filter(|one| one.consequence.kind == kind);
        let resources: BTreeSet<&str> = of_kind
            .map(|one| one.consequence.address.as_str())
            .collect();
        resources.len()
    };
    let parts = [
        (count_of(ConsequenceKind::Replaces), "replacement"),
        (count_of(ConsequenceKind::NewPassword), "new password"),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, what)| count(*number, what)).collect();
    format!("waits for your consent to {}", parts.join(" and "))
}

/// Returns the options that give the consent that is missing.
fn consent(update: &Update) -> Vec<String> {
    let waiting = update.consequences.iter().filter(|one| !one.is_allowed);
    let options: BTreeSet<&str> = waiting
        .map(|one| match one.consequence.kind {
            ConsequenceKind::Replaces => "--allow-replace",
            ConsequenceKind::NewPassword => "--allow-new-passwords",
        })
        .collect();
    let options: Vec<&str> = options.into_iter().collect();
    vec![format!(
        "`rdsproxy-gen update {} {}` carries it out; deploy it in a maintenance window",
        update.project,
        options.join(" ")
    )]
}

/// Says in words what a change does once it is deployed.
pub(super) fn consequence(one: &Consequence) -> String {
    let Consequence {
        kind,
        address,
        resource,
        attribute,
    } = one;
    let what = match kind {
        ConsequenceKind::NewPassword => {
            "a new password is generated, which the database does not know: until sql/set_password.py has set it, the proxy cannot log in"
        }
        ConsequenceKind::Replaces => match resource.as_str() {
            "aws_db_proxy" => {
                "it is replaced: its id and endpoint change, and clients are cut off until the new one is ready"
            }
            "AWS::RDS::DBProxy" => {
                "it is replaced: CloudFormation makes the new one first, which needs another name; its id and endpoint change"
            }
            "aws_db_parameter_group" | "aws_rds_cluster_parameter_group" => {
                "it is replaced: RDS does not delete the old one while a database uses it"
            }
            _ => "it is replaced",
        },
    };
    format!("{address}: {attribute} changes: {what}")
}

/// Returns the remedies for held edits: lines of generated files can be reset; other lines must be removed by their
/// author.
fn ways_out(update: &Update) -> Vec<String> {
    let project = &update.project;
    let (mut resets, mut others) = (BTreeSet::new(), BTreeSet::new());
    for effect in &update.held {
        let file = effect.origin.as_ref().map(|origin| &origin.file);
        let is_generated = update.files.iter().any(|known| Some(&known.path) == file);
        match (is_generated, effect.rule, file) {
            (true, Some(rule), _) => drop(resets.insert(format!("--reset {}", rule.0.id))),
            (true, None, Some(file)) => drop(resets.insert(format!("--reset {file}"))),
            (_, _, Some(file)) => drop(others.insert(file.clone())),
            (_, Some(rule), None) => drop(resets.insert(format!("--reset {}", rule.0.id))),
            (_, None, None) => {}
        }
    }
    let mut ways = Vec::new();
    if !resets.is_empty() {
        let resets: Vec<String> = resets.into_iter().collect();
        ways.push(format!(
            "`rdsproxy-gen update {project} {}` takes the generated lines back",
            resets.join(" ")
        ));
    }
    ways.extend(
        others
            .iter()
            .map(|file| format!("{file} was not generated: take out of it what weakens a rule, or hides whether it holds")),
    );
    ways.push(format!(
        "or let it stay for a reason: `rdsproxy-gen drift {project} --accept` proposes the waiver"
    ));
    ways
}

/// Formats a table with one row for each project.
fn table(updates: &[Update], width: usize) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header([
        "project",
        "tool",
        "pack",
        "state",
        "files",
        "conflicts",
        "weaker",
        "cannot tell",
    ]);
    let number = |number: usize| match number {
        0 => "-".to_owned(),
        number => number.to_string(),
    };
    for update in updates {
        table.add_row([
            harmless(&update.project),
            harmless(&update.tool),
            harmless(&update.pack),
            update.state().name().to_owned(),
            number(update.changed()),
            number(update.clashes.len()),
            number(update.held_of(Class::Weakens)),
            number(update.held_of(Class::CannotTell)),
        ]);
    }
    let lines = table.lines().map(|line| format!("{}\n", line.trim_end()));
    let mut text: String = lines.collect();
    let failed = updates.iter().filter_map(|update| update.failed.as_ref());
    let reasons: String = failed
        .clone()
        .map(|reason| wrapped("not looked at:", &harmless(reason), 2, width))
        .collect();
    let current = |update: &&Update| update.state() == UpdateState::Current;
    text.push_str(&format!(
        "\n{reasons}{}, {} up to date, {} not looked at\n",
        count(updates.len(), "project"),
        updates.iter().filter(current).count(),
        failed.count()
    ));
    text
}
