//! The walk through the questions: derived answers are taken, open questions are asked, Esc goes back.

use std::collections::{BTreeMap, BTreeSet};

use super::answers::{AnswerSource, Answers, RecordNames};
use super::context::{QuestionContext, RegionHint};
use super::key::AnswerKey;
use super::non_interactive::{MissingAnswer, Unattended};
use super::preset::Preset;
use super::prompt::{AskError, Asker, Prompt, Reply};
use super::question::{AnswerShape, Question};
use super::questions::{QUESTIONS, question_of};
use super::value::AnswerValue;
use crate::domain::snapshot::{Account, AccountPart, Snapshot};

/// The handling of open questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Pass every open question to the asker.
    Ask,
    /// Ask nothing and take every default.
    Defaults,
    /// Ask nothing: required answers must be given or derived; only optional ones take their defaults.
    NonInteractive,
}

/// The reason why the interview has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InterviewError {
    /// The person aborted, or the input is not available.
    #[error(transparent)]
    Ask(#[from] AskError),
    /// Required answers that are missing.
    #[error("{} missing:\n{}", count(.0.len()), lines(.0))]
    Missing(Vec<MissingAnswer>),
    /// Answers that are invalid.
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

/// The context with which the answers must be consistent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Surroundings<'s> {
    /// The account, if one is read.
    pub account: Option<&'s dyn Account>,
    /// The preset of the pack, if one is used.
    pub preset: Option<&'s Preset>,
    /// The region that the environment sets: used as a suggestion only.
    pub region: Option<&'s RegionHint>,
}

/// Asks the open questions and returns all answers. A file that is a complete spec leaves no question open.
///
/// # Errors
/// When the person aborts; in the modes without questions, when answers are missing (all are reported at once); when a
/// given answer is invalid.
pub fn run(
    answers: Answers,
    account: Option<&Snapshot>,
    asker: &mut dyn Asker,
    mode: Mode,
) -> Result<Answers, InterviewError> {
    let around = Surroundings {
        account: account.map(|account| account as &dyn Account),
        ..Surroundings::default()
    };
    run_in(around, answers, asker, mode)
}

/// Like [`run`], with a pack, which may set answers and restrict others. For a file that is a complete spec, only the
/// answers that the pack sets or restricts are considered.
///
/// # Errors
/// As [`run`]; also when the pack does not permit an answer.
pub fn run_in(
    around: Surroundings<'_>,
    answers: Answers,
    asker: &mut dyn Asker,
    mode: Mode,
) -> Result<Answers, InterviewError> {
    let mut walk = Walk::new(around, answers, mode);
    let whole = walk.whole;
    walk.refuse_unfit(crate::interview::key::leads)?;
    if !whole || walk.preset.is_some() {
        let mut unattended = Unattended {
            suggestions: whole || mode == Mode::Defaults,
            missing: Vec::new(),
        };
        match mode {
            Mode::Ask if !whole => walk.through(asker)?,
            Mode::Ask | Mode::Defaults | Mode::NonInteractive => walk.through(&mut unattended)?,
        }
        if !unattended.missing.is_empty() {
            // Invalid names of records are refused first: missing answers about them would be given in vain.
            walk.refuse_unfit(|key| key.field.is_empty())?;
            return Err(InterviewError::Missing(unattended.missing));
        }
    }
    walk.refuse_unfit(|_| true)?;
    walk.refuse_what_the_pack_does_not_take()?;
    Ok(walk.answers)
}

pub(super) struct Walk<'a> {
    pub(super) account: Option<&'a dyn Account>,
    pub(super) preset: Option<&'a Preset>,
    region: Option<&'a RegionHint>,
    /// True if a file answers everything: then only the pack's answers are added.
    whole: bool,
    pub(super) answers: Answers,
    /// The answers before each question that was asked, for going back.
    history: Vec<Answers>,
    /// The first record of each list that may have open questions; avoids scanning long lists again.
    reached: BTreeMap<&'static str, usize>,
    /// The questions that were reopened because their answers did not fit. Each is reopened only once, so that
    /// contradictory answers of a pack cannot cause an endless loop.
    reopened: BTreeSet<AnswerKey>,
    /// True if required answers may be missing: the modes without questions collect all gaps before reporting them.
    gaps: bool,
}

/// The next step of the walk.
pub(super) enum WizardStep {
    Follow(AnswerKey, AnswerValue, AnswerSource),
    Ask(&'static Question, AnswerKey),
}

impl<'a> Walk<'a> {
    pub(super) fn new(around: Surroundings<'a>, answers: Answers, mode: Mode) -> Self {
        let whole = answers.is_whole_file();
        Self {
            account: around.account,
            preset: around.preset.filter(|preset| !preset.is_empty()),
            region: around.region,
            whole,
            answers,
            history: Vec::new(),
            reached: BTreeMap::new(),
            reopened: BTreeSet::new(),
            gaps: whole || mode != Mode::Ask,
        }
    }

    fn through(&mut self, asker: &mut dyn Asker) -> Result<(), AskError> {
        let mut problem = None;
        while let Some(step) = self.next().or_else(|| self.next_unfit()) {
            match step {
                WizardStep::Follow(key, value, source) => self.answers.put(key, value, source),
                WizardStep::Ask(question, key) => {
                    let prompt = self.prompt(question, &key, problem.take());
                    let reply = asker.ask(&prompt)?;
                    problem = self.take(&prompt, key, reply);
                }
            }
        }
        Ok(())
    }

    pub(super) fn next(&mut self) -> Option<WizardStep> {
        let of_rows = QUESTIONS.iter().find_map(|rows| {
            let (of_records, others): (Vec<_>, Vec<_>) =
                rows.iter().partition(|question| question.is_of_record());
            others
                .into_iter()
                .find_map(|row| self.step(row, AnswerKey::plain(row.section(), row.field())))
                .or_else(|| self.next_of_records(&of_records))
        });
        of_rows.or_else(|| self.next_of_tags())
    }

    /// Returns the next step for the tags that the pack names; other tags have free names and are not asked for.
    fn next_of_tags(&self) -> Option<WizardStep> {
        let tags = self.preset?.tags();
        tags.into_iter()
            .find_map(|key| self.step(question_of(&key)?, key))
    }

    /// Returns the next step for a list: first its names, then all questions about the first record, the second, and so
    /// on.
    fn next_of_records(&mut self, rows: &[&'static Question]) -> Option<WizardStep> {
        let (names, fields): (Vec<&Question>, Vec<&Question>) = rows
            .iter()
            .partition(|row| row.kind == AnswerShape::Records);
        let names = names.first()?;
        let section = names.section();
        if let Some(step) = self.step(names, AnswerKey::list(section)) {
            return Some(step);
        }
        let reached = self.reached.get(section).copied().unwrap_or_default();
        let records = self.answers.records(section);
        for record in records.into_iter().filter(|record| *record >= reached) {
            self.reached.insert(section, record);
            let step = fields
                .iter()
                .find_map(|row| self.step(row, AnswerKey::in_record(section, record, row.field())));
            if step.is_some() {
                return step;
            }
        }
        None
    }

    fn step(&self, question: &'static Question, key: AnswerKey) -> Option<WizardStep> {
        // A question that has an answer does not wait for the account.
        if self.answers.get(&key).is_some() {
            return None;
        }
        let view = self.view(question, &key);
        if !(question.relevant)(&view) {
            return None;
        }
        if let Some(locked) = self.preset.and_then(|preset| preset.locked(&key)) {
            return Some(WizardStep::Follow(
                key,
                locked.clone(),
                AnswerSource::Followed,
            ));
        }
        let limited = self.is_limited(&key);
        if self.whole && !limited {
            return None;
        }
        let needed = question.is_required(&view) || limited;
        if self.answers.is_spared(&key) && !needed {
            return None;
        }
        if self.answers.is_settled(&key) && (self.gaps || !needed || key.field.is_empty()) {
            return None;
        }
        if let Some(value) = (question.follows)(&view) {
            return Some(WizardStep::Follow(key, value, AnswerSource::Followed));
        }
        if let Some(default) = self.assumed(question, &key) {
            return Some(WizardStep::Follow(key, default, AnswerSource::Default));
        }
        // An answer that was given and then dropped is not skipped silently.
        let asked = question.asked || needed || self.answers.remembered(&key).is_some();
        asked.then_some(WizardStep::Ask(question, key))
    }

    /// Returns the next answer to ask again because a later answer made it invalid. Answers that were given without
    /// being asked are refused at the end instead.
    fn next_unfit(&mut self) -> Option<WizardStep> {
        if self.gaps {
            return None;
        }
        let key = self.first_unfit(&self.reopened)?;
        self.reopened.insert(key.clone());
        self.answers = std::mem::take(&mut self.answers).reopened(&key);
        self.reached.clear();
        self.next()
    }

    /// Returns the answer that the pack determines without a question: for questions that are never asked and, in the
    /// modes without questions, for those that only the pack requires.
    fn assumed(&self, question: &Question, key: &AnswerKey) -> Option<AnswerValue> {
        let preset = self.preset?;
        match self.is_limited(key) {
            true if self.gaps && !question.is_required(&self.view(question, key)) => {
                self.suggested(question, key)
            }
            true => None,
            false => preset.suggests(key).filter(|_| !question.asked).cloned(),
        }
    }

    /// True if the pack restricts the answers.
    pub(super) fn is_limited(&self, key: &AnswerKey) -> bool {
        self.preset.is_some_and(|preset| preset.limits(key))
    }

    /// Returns the context of a question; in the modes without questions it has the whole account.
    pub(super) fn view(&self, question: &Question, key: &AnswerKey) -> QuestionContext<'_> {
        self.view_upto(self.part(question), key)
    }

    pub(super) fn part(&self, question: &Question) -> AccountPart {
        if self.gaps {
            AccountPart::Lists
        } else {
            question.account
        }
    }

    /// Returns the context with the answers, and the account up to this part.
    pub(super) fn view_upto(&self, part: AccountPart, key: &AnswerKey) -> QuestionContext<'_> {
        QuestionContext {
            answers: &self.answers,
            account: self.account.map(|account| account.upto(part)),
            region: self.region,
            record: key.record,
        }
    }

    /// Applies a reply; returns the problem if it is invalid.
    fn take(&mut self, prompt: &Prompt, key: AnswerKey, reply: Reply) -> Option<String> {
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
                    // An answer that a person gave before and now confirms counts as chosen, not as a default.
                    let suggested = prompt.question.and_then(|row| self.suggested(row, &key));
                    let source = if suggested.as_ref() == Some(&value) {
                        AnswerSource::Default
                    } else {
                        AnswerSource::Chosen
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

    /// Saves the answers for going back, unless the mode asks no questions.
    fn keep(&mut self) {
        if !self.gaps {
            self.history.push(self.answers.clone());
        }
    }

    /// Returns to the previous question; the answers given since are suggested when they are asked again.
    fn back(&mut self) -> Option<String> {
        let Some(mut before) = self.history.pop() else {
            return Some("this is the first question: Ctrl-C leaves without writing".to_owned());
        };
        before.remember_all(&self.answers);
        self.answers = before;
        self.reached.clear();
        None
    }

    pub(super) fn put(&mut self, key: AnswerKey, value: AnswerValue, source: AnswerSource) {
        let field = question_of(&key).map_or("", Question::field);
        if key.field.is_empty() {
            let names = RecordNames {
                field,
                names: value.parts(),
            };
            self.answers.put_records(&key.section, &names, source);
        } else {
            self.answers.put(key, value, source);
        }
    }
}
