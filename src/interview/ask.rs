//! Builds what a person sees of a question: the message, the choices and the default that Enter takes.

use super::context::QuestionContext;
use super::key::AnswerKey;
use super::prompt::{Field, Prompt};
use super::question::{AnswerShape, Choice, Options, Question};
use super::run::Walk;
use super::value::AnswerValue;

impl Walk<'_> {
    pub(super) fn prompt(
        &self,
        question: &'static Question,
        key: &AnswerKey,
        problem: Option<String>,
    ) -> Prompt {
        let view = self.view(question, key);
        let words = question.words(&view);
        let options = self.offered((question.options)(&view), key);
        let before = match problem {
            // A rejected reply stays in the input line, to be corrected.
            Some(_) => self.answers.remembered(key),
            None => self.before(question, key, &options),
        };
        Prompt {
            key: key.clone(),
            message: message(&view, key, words.prompt),
            help: self.help(question, key, before.as_ref()),
            example: words.example,
            text: None,
            default: before.or_else(|| self.suggested(question, key)),
            optional: !question.is_required(&view) && !self.is_limited(key),
            not_offered: options.not_offered.clone(),
            field: field(question, options.offered),
            problem,
            question: Some(question),
        }
    }

    /// Builds the help: the question's own, the source of a suggestion, and the former answer when it is no longer
    /// possible; `kept` is the former answer as far as it is.
    fn help(&self, question: &Question, key: &AnswerKey, kept: Option<&AnswerValue>) -> String {
        let view = self.view(question, key);
        let mut text = question.words(&view).help.to_owned();
        if let Some(note) = (question.note)(&view) {
            text.push_str(&format!(" {note}"));
        }
        let lost = self.answers.remembered(key).filter(|was| Some(was) != kept);
        if let Some(was) = lost {
            let was = was.parts().join(", ");
            text.push_str(&format!(
                " It was {was} before, which does not go with the other answers any more."
            ));
        }
        text
    }

    /// Returns the options; those that the pack does not permit become not offered.
    fn offered(&self, options: Options, key: &AnswerKey) -> Options {
        let Some(preset) = self.preset else {
            return options;
        };
        let mut offered = Options {
            offered: Vec::new(),
            not_offered: options.not_offered,
        };
        for choice in options.offered {
            let refusal = preset.permits(key, &AnswerValue::text(&choice.value)).err();
            offered.add(choice, refusal);
        }
        offered
    }

    /// Returns the default that Enter takes: the pack's, otherwise the question's own where the pack permits it.
    pub(super) fn suggested(&self, question: &Question, key: &AnswerKey) -> Option<AnswerValue> {
        let own = (question.default)(&self.view(question, key));
        let Some(preset) = self.preset else {
            return own;
        };
        let default = preset.suggests(key).cloned();
        default
            .or_else(|| own.filter(|value| preset.permits(key, value).is_ok()))
            .or_else(|| preset.fallback(question.kind, key))
    }

    /// Returns the former answer, as far as it is still possible.
    fn before(
        &self,
        question: &Question,
        key: &AnswerKey,
        options: &Options,
    ) -> Option<AnswerValue> {
        let before = self.still_offered(question, key, options)?;
        let fits = question.check(&before).is_ok()
            && (question.fits)(&self.view(question, key), &before).is_ok()
            && self
                .preset
                .is_none_or(|preset| preset.permits(key, &before).is_ok());
        fits.then_some(before)
    }

    fn still_offered(
        &self,
        question: &Question,
        key: &AnswerKey,
        options: &Options,
    ) -> Option<AnswerValue> {
        let remembered = self.answers.remembered(key)?;
        let possible = |part: &String| {
            question.free
                || options.offered.is_empty()
                || options.values().any(|value| value == part)
        };
        match remembered {
            AnswerValue::List(items) => {
                let items: Vec<String> = items.into_iter().filter(possible).collect();
                (!items.is_empty()).then_some(AnswerValue::List(items))
            }
            one => possible(&one.to_string()).then_some(one),
        }
    }
}

/// Returns the message of a question; for a record, with its name.
fn message(view: &QuestionContext<'_>, key: &AnswerKey, prompt: &str) -> String {
    let name = view
        .sibling(&key.section, "name")
        .or_else(|| view.sibling(&key.section, "function"));
    match name {
        Some(name) => format!("{name}: {prompt}"),
        None if key.section == "tags" => format!("{key}: {prompt}"),
        None => prompt.to_owned(),
    }
}

fn field(question: &Question, choices: Vec<Choice>) -> Field {
    match question.kind {
        AnswerShape::YesNo => Field::YesNo,
        AnswerShape::Text | AnswerShape::Number => Field::Text,
        AnswerShape::One if choices.is_empty() => Field::Text,
        AnswerShape::One => Field::One {
            choices,
            free: question.free,
        },
        AnswerShape::Many | AnswerShape::Records if choices.is_empty() => Field::List,
        AnswerShape::Many | AnswerShape::Records => Field::Many(choices),
    }
}
