//! Builds the command that gives the same answers without asking.

use super::super::key::AnswerKey;
use super::write::turn;
use super::{AnswerSource, Answers};

impl Answers {
    /// Returns the command that writes the same project without asking. `arguments` are the directory and the options
    /// that select the account: `orders --demo`. Answers derived from the account are not repeated.
    pub fn command_line(&self, arguments: &[String]) -> String {
        let mut words = vec!["rdsproxy-gen".to_owned(), "new".to_owned()];
        words.extend(arguments.iter().cloned());
        words.push("--non-interactive".to_owned());
        if let Some(file) = self.file.as_ref().filter(|file| !file.in_project) {
            words.push("--answers".to_owned());
            words.push(file.name.clone());
        }
        let words: Vec<String> = words.iter().map(|word| shell_quoted(word)).collect();
        let mut command = words.join(" ");
        // Once written, the project's own file holds all answers.
        let beside = if self.is_of_project() {
            Vec::new()
        } else {
            self.assignments()
        };
        for assignment in beside {
            command.push_str(" \\\n    --set ");
            command.push_str(&shell_quoted(&assignment));
        }
        command
    }

    /// True when the list is known to be empty.
    fn says_none(&self, list: &AnswerKey) -> bool {
        self.settled.contains(list) && self.records(&list.section).is_empty()
    }

    /// Returns the given answers as `--set` arguments, in the order of the questions.
    fn assignments(&self) -> Vec<String> {
        // A list that was left empty is included, because the list has a default.
        let said = self
            .answers
            .iter()
            .filter(|(_, answer)| {
                !matches!(answer.source, AnswerSource::File | AnswerSource::Followed)
            })
            .map(|(key, answer)| (key, answer.value.to_string()));
        let file = self.file.as_ref();
        let file = file.and_then(|file| Self::from_toml(&file.text, &file.name).ok());
        let says = |key: &AnswerKey| file.as_ref().is_some_and(|file| file.says_none(key));
        let empty = self
            .left_out()
            .filter(|key| key.field.is_empty() && !says(key))
            .map(|key| (key, String::new()));
        let mut all: Vec<_> = said.chain(empty).collect();
        all.sort_by_key(|(key, _)| turn(key));
        all.into_iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect()
    }
}

/// Quotes a word for a POSIX shell: bare if it has no special characters, otherwise in single quotes.
pub fn shell_quoted(word: &str) -> String {
    let plain = !word.is_empty()
        && word
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_./:=,@%+".contains(&b));
    if plain {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_every_word_back_as_it_was() {
        let cases = [
            ("proxy.name=orders", "proxy.name=orders"),
            ("tags.cost center=a b", "'tags.cost center=a b'"),
            ("it's", r"'it'\''s'"),
            ("$(reboot)", "'$(reboot)'"),
            ("~/x", "'~/x'"),
            ("", "''"),
        ];
        for (word, expected) in cases {
            assert_eq!(shell_quoted(word), expected);
        }
    }
}
