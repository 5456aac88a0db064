//! The alphabets of names, and the parser for ARNs of a known partition.

use super::AccountId;
use crate::domain::arn::Arn;

/// Parses an ARN of the given service; `None` if the text is not one, or its partition is unknown.
pub fn arn<'a>(text: &'a str, service: &str) -> Option<Arn<'a>> {
    let arn = Arn::parse(text)?;
    let known = ["aws", "aws-cn", "aws-us-gov"].contains(&arn.partition)
        && arn.service == service
        && (arn.region.is_empty() || is_region(arn.region))
        && AccountId::parse(arn.account).is_ok();
    known.then_some(arn)
}

pub(super) fn is_lower(text: &str) -> bool {
    !text.bytes().any(|b| b.is_ascii_uppercase())
}

/// True for letters, digits and single inner hyphens that start with a letter.
pub(super) fn is_hyphenated(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !text.ends_with('-')
        && !text.contains("--")
}

pub(super) fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
}

pub(super) fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|digits| {
        [8, 17].contains(&digits.len())
            && digits
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    })
}

pub(super) fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [area, middle @ .., number] = parts.as_slice() else {
        return false;
    };
    area.len() == 2
        && !middle.is_empty()
        && text.len() <= 32
        && number.len() == 1
        && number.bytes().all(|b| b.is_ascii_digit())
        && std::iter::once(area)
            .chain(middle)
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase()))
}

pub(super) fn is_secret_name_with_suffix(text: &str) -> bool {
    let Some((name, suffix)) = text.rsplit_once('-') else {
        return false;
    };
    (1..=512).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"/_+=.@!-".contains(&b))
        && suffix.len() == 6
        && suffix.bytes().all(|b| b.is_ascii_alphanumeric())
}

pub(super) fn is_tag(text: &str) -> bool {
    text.chars().count() <= 128
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || " _.:/=+-@".contains(c))
}
