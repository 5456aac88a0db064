//! How many questions are left: the walk, played by somebody who takes what is suggested.

use super::answers::{AnswerSource, Answers, typed};
use super::key::AnswerKey;
use super::prompt::Field;
use super::question::Question;
use super::run::{Mode, Surroundings, Walk, WizardStep};
use super::value::AnswerValue;
use crate::domain::snapshot::{Account, AccountPart};

/// Nobody counts further: a list of that many users is no interview.
const MOST: usize = 500;

/// How many questions a person is asked who takes what is suggested. Whoever names more users or functions is asked more.
pub fn questions_left(around: Surroundings<'_>, answers: &Answers) -> usize {
    // Nobody waits for an account to be told how long it will take.
    let world = around
        .world
        .map(|account| account.upto(AccountPart::Databases));
    let around = Surroundings {
        world: world.map(|account| account as &dyn Account),
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
    /// Takes what is suggested; where nothing is, the first choice, or what the question shows as an example.
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
