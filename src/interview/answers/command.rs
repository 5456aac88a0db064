//! The command that gives the same answers without asking.

use super::{Answers, Source};

impl Answers {
    /// The command that asks nothing and writes the same; `arguments` are the directory and what names the account: `orders
    /// --demo`. What follows from the account is not repeated: it follows again.
    pub fn command_line(&self, arguments: &[String]) -> String {
        let mut words = vec!["rdsproxy-gen".to_owned(), "new".to_owned()];
        words.extend(arguments.iter().cloned());
        words.push("--non-interactive".to_owned());
        if let Some(file) = &self.file {
            words.push("--answers".to_owned());
            words.push(file.name.clone());
        }
        for (key, answer) in &self.answers {
            if !matches!(answer.source, Source::File | Source::Followed) {
                words.push("--set".to_owned());
                words.push(format!("{key}={}", answer.value));
            }
        }
        let words: Vec<String> = words.iter().map(|word| shell_quoted(word)).collect();
        words.join(" ")
    }
}

/// A word as a POSIX shell reads it back: bare where nothing in it means anything, else in single quotes.
fn shell_quoted(word: &str) -> String {
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
