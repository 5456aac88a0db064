//! Counts the remaining questions by simulating a person who takes every suggestion.

use super::answers::{AnswerSource, Answers, typed};
use super::key::AnswerKey;
use super::prompt::Field;
use super::question::Question;
use super::run::{Mode, Surroundings, Walk, WizardStep};
use super::value::AnswerValue;
use crate::domain::snapshot::{Account, AccountPart};

/// Upper limit of the count.
const MOST: usize = 500;

/// Returns the number of questions for a person who takes every suggestion. A person who names more users or functions
/// is asked more.
pub fn questions_left(around: Surroundings<'_>, answers: &Answers) -> usize {
    // The estimate must not wait for the account: only the parts up to the databases are used.
    let account = around
        .account
        .map(|account| account.upto(AccountPart::Databases));
    let around = Surroundings {
        account: account.map(|account| account as &dyn Account),
        ..around
    };
    let mut walk = Walk::new(around, answers.clone(), Mode::Ask);
    if answers.is_whole_file() {
        return 0;
    }
    let mut asked = 0;
    while asked < MOST {
        match walk.next() {
            None => break,
            Some(WizardStep::Follow(key, value, source)) => walk.put(key, value, source),
            Some(WizardStep::Ask(question, key)) => {
                asked += 1;
                walk.suppose(question, key);
            }
        }
    }
    asked
}

impl Walk<'_> {
    /// Answers with the suggestion; without one, with the first choice or the question's example.
    fn suppose(&mut self, question: &'static Question, key: AnswerKey) {
        let prompt = self.prompt(question, &key, None);
        let first = match &prompt.field {
            Field::One { choices, .. } => choices
                .first()
                .map(|choice| AnswerValue::text(&choice.value)),
            Field::Many(choices) => Some(AnswerValue::list(
                choices.iter().map(|choice| &choice.value),
            )),
            Field::Text | Field::List | Field::YesNo => None,
        };
        let supposed = match (prompt.default, prompt.optional) {
            (Some(default), _) => Some(default),
            (None, true) => None,
            (None, false) => first.or_else(|| typed(question, &key, &prompt.example).ok()),
        };
        match supposed {
            Some(value) => self.put(key, value, AnswerSource::Default),
            None => self.answers.settle(key),
        }
    }
}
