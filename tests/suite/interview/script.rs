//! A person as a script: takes defaults, and does something else where the script says so.

use rdsproxy_gen::interview::{AnswerValue, AskError, Asker, Field, Prompt, Reply};

/// What the person does at one question.
#[derive(Clone)]
pub(super) enum Act {
    Say(AnswerValue),
    Leave,
    Back,
}

/// Acts by key; each act is done once, in order.
pub(super) struct Script {
    pub(super) acts: Vec<(String, Act)>,
    /// What was asked, in order.
    pub(super) asked: Vec<Prompt>,
    /// What is said where nothing is scripted and there is no default.
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

/// The values of what a prompt offers.
pub(super) fn offered(prompt: &Prompt) -> Vec<&str> {
    match &prompt.field {
        Field::One { choices, .. } | Field::Many(choices) => {
            choices.iter().map(|choice| choice.value.as_str()).collect()
        }
        Field::Text | Field::List | Field::YesNo => Vec::new(),
    }
}
