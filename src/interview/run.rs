//! The walk through the questions: what follows is taken, what is left is asked, Esc goes back.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::{Answers, Names, Source};
use super::key::Key;
use super::prompt::{AskError, Asker, Choice, Field, Options, Prompt, Reply};
use super::questions::{Kind, QUESTIONS, Question, question_of};
use super::unattended::{Missing, Unattended};
use super::value::Value;
use super::view::View;
use super::world;
use crate::domain::snapshot::Snapshot;
use crate::domain::spec::nearest;

/// Whom to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The asker, for everything that is not answered.
    Ask,
    /// Nobody: every default is taken.
    Defaults,
    /// Nobody: what the spec needs must be given or follow; defaults are taken for the rest.
    NonInteractive,
}

/// Why there are no answers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InterviewError {
    /// The person left, or cannot be asked.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// Nobody gave these.
    #[error("{} missing:\n{}", count(.0.len()), lines(.0))]
    Missing(Vec<Missing>),
    /// Given, and cannot be.
    #[error("{}", lines(.0))]
    Unfit(Vec<String>),
}

fn count(answers: usize) -> String {
    match answers {
        1 => "an answer is".to_owned(),
        more => format!("{more} answers are"),
    }
}

fn lines<T: ToString>(items: &[T]) -> String {
    let lines: Vec<String> = items.iter().map(T::to_string).collect();
    lines.join("\n")
}

/// Asks what is not answered yet and returns everything. A file that is a whole spec leaves nothing to ask.
///
/// # Errors
/// When the person leaves; when nobody is asked and something is missing, all of it at once; when what was given cannot be.
pub fn run(
    answers: Answers,
    world: Option<&Snapshot>,
    asker: &mut dyn Asker,
    mode: Mode,
) -> Result<Answers, InterviewError> {
    let mut walk = Walk {
        world,
        answers,
        history: Vec::new(),
        reached: BTreeMap::new(),
        gaps: mode != Mode::Ask,
    };
    walk.refuse_unfit(|key| key.section == "database" && key.field == "identifier")?;
    if !walk.answers.is_whole_file() {
        let mut unattended = Unattended {
            suggestions: mode == Mode::Defaults,
            missing: Vec::new(),
        };
        match mode {
            Mode::Ask => walk.through(asker)?,
            Mode::Defaults | Mode::NonInteractive => walk.through(&mut unattended)?,
        }
        if !unattended.missing.is_empty() {
            // What was named and cannot be comes first: what is missing about it would be given in vain.
            walk.refuse_unfit(|key| key.field.is_empty())?;
            return Err(InterviewError::Missing(unattended.missing));
        }
    }
    walk.refuse_unfit(|_| true)?;
    Ok(walk.answers)
}

struct Walk<'a> {
    world: Option<&'a Snapshot>,
    answers: Answers,
    /// The answers as they were before each question that was asked.
    history: Vec<Answers>,
    /// The first record of each list about which something may be left to ask: a list can be long.
    reached: BTreeMap<&'static str, usize>,
    /// Whether what is needed may stay open: when nobody is there, all gaps are found before any is reported.
    gaps: bool,
}

/// What comes next.
enum Step {
    Follow(Key, Value),
    Ask(&'static Question, Key),
}

impl Walk<'_> {
    fn through(&mut self, asker: &mut dyn Asker) -> Result<(), AskError> {
        let mut problem = None;
        while let Some(step) = self.next() {
            match step {
                Step::Follow(key, value) => self.answers.put(key, value, Source::Followed),
                Step::Ask(question, key) => {
                    let prompt = self.prompt(question, &key, problem.take());
                    let reply = asker.ask(&prompt)?;
                    problem = self.take(&prompt, key, reply);
                }
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Option<Step> {
        QUESTIONS.iter().find_map(|rows| {
            let (of_records, others): (Vec<_>, Vec<_>) =
                rows.iter().partition(|question| question.is_of_record());
            others
                .into_iter()
                .find_map(|row| self.step(row, Key::plain(row.section(), row.field())))
                .or_else(|| self.next_of_records(&of_records))
        })
    }

    /// First which records there are, then everything about the first, the second, and so on.
    fn next_of_records(&mut self, rows: &[&'static Question]) -> Option<Step> {
        let (names, fields): (Vec<&Question>, Vec<&Question>) =
            rows.iter().partition(|row| row.kind == Kind::Records);
        let names = names.first()?;
        let section = names.section();
        if let Some(step) = self.step(names, Key::list(section)) {
            return Some(step);
        }
        let reached = self.reached.get(section).copied().unwrap_or_default();
        let records = self.answers.records(section);
        for record in records.into_iter().filter(|record| *record >= reached) {
            self.reached.insert(section, record);
            let step = fields
                .iter()
                .find_map(|row| self.step(row, Key::in_record(section, record, row.field())));
            if step.is_some() {
                return step;
            }
        }
        None
    }

    fn step(&self, question: &'static Question, key: Key) -> Option<Step> {
        let view = self.view(&key);
        if self.answers.get(&key).is_some() || !(question.relevant)(&view) {
            return None;
        }
        let needed = question.is_required(&view);
        if self.answers.is_settled(&key) && (self.gaps || !needed || key.field.is_empty()) {
            return None;
        }
        if let Some(value) = (question.follows)(&view) {
            return Some(Step::Follow(key, value));
        }
        (question.asked || needed).then_some(Step::Ask(question, key))
    }

    fn view(&self, key: &Key) -> View<'_> {
        View {
            answers: &self.answers,
            world: self.world,
            record: key.record,
        }
    }

    fn prompt(&self, question: &'static Question, key: &Key, problem: Option<String>) -> Prompt {
        let view = self.view(key);
        let options = (question.options)(&view);
        let name = key.record.and_then(|_| {
            view.sibling(&key.section, "name")
                .or_else(|| view.sibling(&key.section, "function"))
        });
        Prompt {
            key: key.clone(),
            message: match name {
                Some(name) => format!("{name}: {}", question.prompt),
                None => question.prompt.to_owned(),
            },
            help: question.help.to_owned(),
            text: None,
            default: self
                .before(question, key, &options)
                .or_else(|| (question.default)(&view)),
            optional: !question.is_required(&view),
            not_offered: options.not_offered.clone(),
            field: field(question, options.offered),
            problem,
            question: Some(question),
        }
    }

    /// What was answered when the question was asked before, as far as it can still be.
    fn before(&self, question: &Question, key: &Key, options: &Options) -> Option<Value> {
        let remembered = self.answers.remembered(key)?;
        let possible = |part: &String| {
            question.free
                || options.offered.is_empty()
                || options.values().any(|value| value == part)
        };
        match remembered {
            Value::List(items) => {
                let items: Vec<String> = items.into_iter().filter(possible).collect();
                (!items.is_empty()).then_some(Value::List(items))
            }
            one => possible(&one.to_string()).then_some(one),
        }
    }

    /// Takes a reply; returns what is wrong with it.
    fn take(&mut self, prompt: &Prompt, key: Key, reply: Reply) -> Option<String> {
        match reply {
            Reply::Back => self.back(),
            Reply::Skip if prompt.optional || self.gaps => {
                self.keep();
                self.answers.settle(key);
                None
            }
            Reply::Skip => Some("an answer is needed here".to_owned()),
            Reply::Answer(value) => match self.judge(prompt, &key, &value) {
                Ok(()) => {
                    self.keep();
                    let source = match prompt.default.as_ref() == Some(&value) {
                        true => Source::Default,
                        false => Source::Chosen,
                    };
                    self.put(key, value, source);
                    None
                }
                Err(problem) => {
                    self.answers.remember(key, value);
                    Some(problem)
                }
            },
        }
    }

    /// Keeps the answers for whoever goes back; nobody does where nobody is asked.
    fn keep(&mut self) {
        if !self.gaps {
            self.history.push(self.answers.clone());
        }
    }

    /// Back to the question before; what was answered since is suggested when it is asked again.
    fn back(&mut self) -> Option<String> {
        let Some(mut before) = self.history.pop() else {
            return Some("this is the first question: Ctrl-C leaves without writing".to_owned());
        };
        before.remember_all(&self.answers);
        self.answers = before;
        self.reached.clear();
        None
    }

    fn judge(&self, prompt: &Prompt, key: &Key, value: &Value) -> Result<(), String> {
        let Some(question) = prompt.question else {
            return Ok(());
        };
        question.check(value)?;
        refused(prompt, value)?;
        (question.fits)(&self.view(key), value)
    }

    fn put(&mut self, key: Key, value: Value, source: Source) {
        let field = question_of(&key).map_or("", Question::field);
        if key.field.is_empty() {
            let names = Names {
                field,
                names: value.parts(),
            };
            self.answers.put_records(&key.section, &names, source);
        } else {
            self.answers.put(key, value, source);
        }
    }

    /// Refuses what was given and cannot be: what is not offered, what does not go with the rest.
    fn refuse_unfit(&self, looked_at: fn(&Key) -> bool) -> Result<(), InterviewError> {
        let unfit: Vec<String> = self
            .given()
            .into_iter()
            .filter(|(key, _)| looked_at(key))
            .filter_map(|(key, value)| {
                let question = question_of(&key)?;
                let prompt = self.prompt(question, &key, None);
                let problem = self
                    .judge(&prompt, &key, &value)
                    .and_then(|()| self.exists(&key, &value))
                    .err()?;
                Some(format!("{key}: {problem}"))
            })
            .collect();
        match unfit.is_empty() {
            true => Ok(()),
            false => Err(InterviewError::Unfit(unfit)),
        }
    }

    /// What was given without being asked; a list of records by its names.
    fn given(&self) -> Vec<(Key, Value)> {
        let is_given = |source| matches!(source, Source::File | Source::Set);
        let mut given: Vec<(Key, Value)> = Vec::new();
        let mut lists = BTreeSet::new();
        for (key, answer) in self
            .answers
            .iter()
            .filter(|(_, answer)| is_given(answer.source))
        {
            let list = Key::list(&key.section);
            match question_of(key).map(|question| (question.kind, question.field())) {
                Some((Kind::Records, field)) if lists.insert(list.clone()) => {
                    let view = self.view(&list);
                    given.push((list, Value::list(view.all(&key.section, field))));
                }
                Some((Kind::Records, _)) => {}
                _ => given.push((key.clone(), answer.value.clone())),
            }
        }
        given
    }

    /// A database that the account does not show, though it shows all, is a slip.
    fn exists(&self, key: &Key, value: &Value) -> Result<(), String> {
        let Some(world) = self
            .world
            .filter(|_| key.pattern() == "database.identifier")
        else {
            return Ok(());
        };
        let known = world::databases(world);
        let names = || known.iter().map(|database| database.identifier);
        let written = value.to_string();
        if world::is_partial(world, &["db_instances", "db_clusters"])
            || names().any(|name| name == written)
        {
            return Ok(());
        }
        let hint = nearest(&written, names())
            .map_or(String::new(), |near| format!(", did you mean `{near}`?"));
        Err(format!(
            "there is no database {written} in the account{hint}"
        ))
    }
}

fn field(question: &Question, choices: Vec<Choice>) -> Field {
    match question.kind {
        Kind::YesNo => Field::YesNo,
        Kind::Text | Kind::Number => Field::Text,
        Kind::One if choices.is_empty() => Field::Text,
        Kind::One => Field::One {
            choices,
            free: question.free,
        },
        Kind::Many | Kind::Records if choices.is_empty() => Field::List,
        Kind::Many | Kind::Records => Field::Many(choices),
    }
}

/// What is shown as not offered cannot be answered by typing it either.
fn refused(prompt: &Prompt, value: &Value) -> Result<(), String> {
    let parts = value.parts();
    let found = prompt
        .not_offered
        .iter()
        .find(|other| parts.contains(&other.name));
    match found {
        Some(other) => Err(format!("{}: {}", other.name, other.reason)),
        None => Ok(()),
    }
}
