//! `--reset`: discards the user's edits, by file, by rule, or all.

use std::collections::BTreeMap;
use std::path::Path;

use super::narrow::{self, Judge, Taking};
use crate::app::CommandError;
use crate::app::comparison::attribution::stretches;
use crate::app::comparison::effects::effects;
use crate::app::comparison::evaluated::Evaluated;
use crate::app::comparison::project::Project;
use crate::domain::drift::Class;
use crate::domain::spec::nearest;
use crate::io::walk;
use crate::language::Texts;
use crate::rules::RULES;

/// The word for all generated files.
const ALL: &str = "all";

/// The edits to discard.
#[derive(Debug, Default)]
pub(super) struct Resets {
    /// True if all edits are discarded.
    all: bool,
    /// Files whose edits are all discarded.
    files: Vec<String>,
    /// Texts of files without the edits that weaken a rule.
    parts: Texts,
}

impl Resets {
    /// Parses the words of the command line.
    ///
    /// # Errors
    /// When a word is neither a generated file nor a rule that an edit weakens, or the edit is in a file that was not
    /// generated.
    pub(super) fn new(
        words: &[String],
        project: &Project,
        generated: &Texts,
    ) -> Result<Self, CommandError> {
        let mut resets = Self::default();
        let mut rules = Vec::new();
        for word in words {
            let path = below(&project.dir, word);
            if word == ALL {
                resets.all = true;
            } else if project.before.texts().contains_key(&project.named(path)) {
                resets.files.push(path.to_owned());
            } else if project.baseline.files.contains_key(path) || generated.contains_key(path) {
                resets.files.push(project.places.current(path).to_owned());
            } else if RULES.iter().any(|rule| rule.info.id == word) {
                rules.push(word.as_str());
            } else {
                return Err(unknown(word, project));
            }
        }
        if !rules.is_empty() {
            resets.parts = parts(&rules, project)?;
        }
        Ok(resets)
    }

    /// Returns the user's side of a file after the edits are discarded.
    pub(super) fn taken_back(
        &self,
        path: &str,
        there: Option<&str>,
        generated: Option<&str>,
    ) -> Option<String> {
        let whole = self.all || self.files.iter().any(|file| file == path);
        match (whole, generated, self.parts.get(path)) {
            (true, Some(generated), _) => there.map(|_| generated.to_owned()),
            (_, _, Some(part)) => Some(part.clone()),
            _ => there.map(str::to_owned),
        }
    }
}

/// Returns a path as the baseline has it. Users write paths relative to the working directory or to the project.
fn below<'w>(dir: &Path, word: &'w str) -> &'w str {
    let dir = walk::name(dir);
    word.strip_prefix(dir.as_str())
        .and_then(|rest| rest.strip_prefix('/'))
        .unwrap_or(word)
}

fn unknown(word: &str, project: &Project) -> CommandError {
    let files = project.baseline.files.keys().map(String::as_str);
    let rules = RULES.iter().map(|rule| rule.info.id);
    let error = CommandError::input(format!(
        "--reset {word}: neither a generated file nor a rule"
    ));
    match nearest(word, files.chain(rules)) {
        Some(known) => error.hint(format!("did you mean {known}?")),
        None => error.hint("name a file, a rule, or `all`"),
    }
}

/// Returns the files without the ranges that weaken one of these rules, or make its verdict unknown.
fn parts(rules: &[&str], project: &Project) -> Result<Texts, CommandError> {
    let sides = [&project.before, &project.after];
    let [before, after] = Evaluated::of_both(sides, &project.home);
    let total = effects(&before, &after);
    let mut found: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for stretch in stretches(project, [&before, &after], &total) {
        let mut effects = stretch.effects_within(&total).into_iter();
        let weakens = effects.any(|effect| {
            let rule = effect.rule.is_some_and(|rule| rules.contains(&rule.0.id));
            rule && matches!(effect.class, Class::Weakens | Class::CannotTell)
        });
        if weakens {
            found.entry(stretch.file.clone()).or_default().push(stretch);
        }
    }
    if found.is_empty() {
        let rules = rules.join(", ");
        let message = format!("--reset {rules}: no edit of a generated file weakens it");
        return Err(CommandError::input(message)
            .hint("what weakens it stands in a file that was not generated, or in the account"));
    }
    let [base, now] = sides.map(|side| side.texts());
    let mut takings = Vec::new();
    for (file, stretches) in found {
        let Some(base) = base.get(&file) else {
            let message = format!("--reset {}: {file} was not generated", rules.join(", "));
            return Err(CommandError::input(message).hint(format!("remove {file} yourself")));
        };
        let now = now.get(&file).map_or("", String::as_str);
        takings.push(Taking::new(&file, &stretches, [base, now]));
    }
    let judge = Judge {
        project,
        readings: [&before, &after],
        rules,
        total: &total,
    };
    narrow::narrow(&mut takings, &judge);
    Ok(takings
        .iter()
        .map(|taking| (below(&project.dir, &taking.file).to_owned(), taking.text()))
        .collect())
}
