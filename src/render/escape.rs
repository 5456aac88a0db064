//! Restricts what a template may print without a filter to plain text. Everything else goes through a quoting filter of
//! the target language.
//!
//! One rule covers all languages: a character with a special meaning in HCL, YAML, JSON, SQL, Markdown, Python or
//! JavaScript is refused rather than escaped. A forgotten filter is therefore an error in our tests and never an
//! injection in a user's project.

use std::io::{Error, Result, Write};

/// Characters other than letters and digits that have no special meaning in any generated language.
const PLAIN: &str = "_-./:@+=, ";

/// Prints plain text and refuses anything else.
pub(super) fn plain(text: &str, out: &mut dyn Write) -> Result<()> {
    match text.chars().find(|character| !is_plain(*character)) {
        None if is_plain_scalar(text) => out.write_all(text.as_bytes()),
        None => Err(refused(
            text,
            "its blanks or hyphens mean something in YAML".to_owned(),
        )),
        Some(character) => Err(refused(text, format!("of {character:?}"))),
    }
}

fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || PLAIN.contains(character)
}

/// False for `: `, a leading `- ` and surrounding blanks, which have a meaning in YAML.
fn is_plain_scalar(text: &str) -> bool {
    !text.contains(": ") && !text.ends_with(':') && !text.starts_with("- ") && text.trim() == text
}

fn refused(text: &str, why: String) -> Error {
    let shown: String = text.chars().take(60).collect();
    Error::other(format!(
        "{shown:?} cannot be printed without a quoting filter, because {why}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_words_pass() {
        for text in [
            "orders-proxy",
            "RDS for MySQL",
            "1800",
            "arn:aws:kms:eu-west-1:1:key/a",
            "",
        ] {
            let mut out = Vec::new();
            plain(text, &mut out).unwrap();
            assert_eq!(out, text.as_bytes());
        }
        for text in [
            "a\"b", "${a}", "%{ if }", "a\nb", "a`b", "!Ref a", "{{a}}", "'", "é", "a: b", "- a",
            " a", "a#b", "\u{0}",
        ] {
            assert!(plain(text, &mut Vec::new()).is_err(), "{text:?}");
        }
    }
}
