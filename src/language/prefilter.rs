//! Checks whether a word can occur in a text that is not parsed yet. The answer "no" must be right in every language:
//! it decides that a file is not read any further.
//!
//! A word occurs in a text either literally or with some of its characters escaped. There is no third form, because the
//! words are plain ASCII and no escape removes a letter: HCL has `\uNNNN` and `\UNNNNNNNN`; JSON has `\uNNNN` and `\/`;
//! YAML has all of these, `\xNN`, and a backslash at the end of a line, which joins it to the next one.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memmem};

/// True if one of the words can occur in the text.
pub(super) fn holds(text: &[u8], words: &[&str]) -> bool {
    let holds = |text: &[u8]| {
        words
            .iter()
            .any(|word| memmem::find(text, word.as_bytes()).is_some())
    };
    holds(text) || matches!(plain(text), Cow::Owned(plain) if holds(&plain))
}

/// Returns the text with the escapes of ASCII characters decoded; borrowed if there are none.
fn plain(text: &[u8]) -> Cow<'_, [u8]> {
    if !memchr_iter(b'\\', text).any(|at| escape(&text[at..]).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'\\', rest) {
        plain.extend_from_slice(&rest[..at]);
        rest = &rest[at..];
        let (character, length) = match escape(rest) {
            Some((character, length)) => (character, length),
            // The second of two backslashes does not begin an escape.
            None if rest.get(1) == Some(&b'\\') => (Some(b'\\'), 2),
            None => (Some(b'\\'), 1),
        };
        plain.extend(character);
        rest = &rest[length..];
    }
    plain.extend_from_slice(rest);
    Cow::Owned(plain)
}

/// Decodes an escape at the beginning: the ASCII character if any, and the length of the escape.
fn escape(text: &[u8]) -> Option<(Option<u8>, usize)> {
    let digits = match text.get(1)? {
        b'/' => return Some((Some(b'/'), 2)),
        b'\n' | b'\r' => {
            let blanks = text[1..]
                .iter()
                .take_while(|byte| byte.is_ascii_whitespace());
            return Some((None, 1 + blanks.count()));
        }
        b'x' => 2,
        b'u' => 4,
        b'U' => 8,
        _ => return None,
    };
    let digits = text.get(2..2 + digits)?;
    let value = |digit: &u8| char::from(*digit).to_digit(16);
    let number = digits.iter().try_fold(0_u32, |number, digit| {
        Some(number.checked_mul(16)? + value(digit)?)
    })?;
    let character = u8::try_from(number).ok().filter(u8::is_ascii)?;
    Some((Some(character), 2 + digits.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_escape_hides_a_word() {
        for text in [
            "resource \"aws_db_proxy\" \"x\" {}",
            r#"resource "aws\u005fdb_proxy" "x" {}"#,
            r#"resource "aws\U0000005Fdb_proxy" "x" {}"#,
            r#"{"resource": {"\u0061ws_db_proxy": {}}}"#,
            r#"Type: "\x61ws_db\x5fproxy""#,
            "Type: \"aws_db\\\n    _proxy\"",
            "Type: \"aws_db\\\r\n  \t_proxy\"",
        ] {
            assert!(holds(text.as_bytes(), &["aws_db_proxy"]), "{text}");
        }
        assert!(holds(
            br#"{"source": "a\/rds-proxy\/aws"}"#,
            &["/rds-proxy/"]
        ));
    }

    #[test]
    fn what_is_no_escape_spells_nothing() {
        for text in [
            "",
            "\\",
            r"\u",
            r"\u00",
            r"\xZZ",
            r"aws\\u005fdb_proxy",
            r"aws\u00e9db_proxy",
            r"aws\u+05fdb_proxy",
            "aws\\\\\ndb_proxy",
        ] {
            assert!(!holds(text.as_bytes(), &["aws_db_proxy"]), "{text}");
        }
    }
}
