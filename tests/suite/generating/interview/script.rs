//! A scripted person: takes defaults unless the script says otherwise.

use rdsproxy_gen::interview::{AnswerValue, AskError, Asker, Field, Prompt, Reply};

/// The reaction to one question.
#[derive(Clone)]
pub(super) enum Act {
    Say(AnswerValue),
    Leave,
    Back,
}

/// Reactions by key; each is used once, in order.
pub(super) struct Script {
    pub(super) acts: Vec<(String, Act)>,
    /// The prompts so far, in order.
    pub(super) asked: Vec<Prompt>,
    /// The reply if nothing is scripted and there is no default.
    pub(super) fallback: fn(&Prompt) -> Reply,
}

impl Script {
    pub(super) fn new(acts: &[(&str, Act)]) -> Self {
        Self {
            acts: acts
                .iter()
                .map(|(key, act)| ((*key).to_owned(), act.clone()))
                .collect(),
            asked: Vec::new(),
            fallback: |_| Reply::Skip,
        }
    }

    pub(super) fn keys(&self) -> Vec<String> {
        self.asked
            .iter()
            .map(|prompt| prompt.key.to_string())
            .collect()
    }

    pub(super) fn prompt(&self, key: &str) -> &Prompt {
        self.asked
            .iter()
            .rfind(|prompt| prompt.key.to_string() == key)
            .unwrap()
    }
}

impl Asker for Script {
    fn ask(&mut self, prompt: &Prompt) -> Result<Reply, AskError> {
        assert!(self.asked.len() < 200, "asked for ever: {:?}", prompt.key);
        self.asked.push(prompt.clone());
        let key = prompt.key.to_string();
        let scripted = self.acts.iter().position(|(other, _)| *other == key);
        match scripted.map(|at| self.acts.remove(at).1) {
            Some(Act::Say(value)) => Ok(Reply::Answer(value)),
            Some(Act::Leave) => Err(AskError::Interrupted),
            Some(Act::Back) => Ok(Reply::Back),
            None => Ok(match &prompt.default {
                Some(default) => Reply::Answer(default.clone()),
                None => (self.fallback)(prompt),
            }),
        }
    }
}

/// The values that a prompt offers.
pub(super) fn offered(prompt: &Prompt) -> Vec<&str> {
    match &prompt.field {
        Field::One { choices, .. } | Field::Many(choices) => {
            choices.iter().map(|choice| choice.value.as_str()).collect()
        }
        Field::Text | Field::List | Field::YesNo => Vec::new(),
    }
}
