//! Decodes policy documents from the services. IAM percent-encodes them, the others do not.

use serde_json::Value;

/// Returns the decoded document, or `None` if it is not JSON.
pub(super) fn document(text: &str) -> Option<Value> {
    let text = text.trim();
    if text.starts_with('{') {
        return serde_json::from_str(text).ok();
    }
    serde_json::from_slice(&decoded(text)).ok()
}

/// Decodes the percent-encoding of RFC 3986. A plus sign stays a plus sign, and an invalid escape stays as it is.
fn decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        match escape(rest) {
            Some(byte) => {
                out.push(byte);
                rest = rest.get(3..).unwrap_or_default();
            }
            None => {
                out.push(first);
                rest = after;
            }
        }
    }
    out
}

fn escape(text: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = text else {
        return None;
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn aws_policies_are_decoded_and_nothing_panics() {
        let cases = [
            (
                "%7B%22Resource%22%3A%22a%2Bb%25%C3%A9+%22%7D",
                Some(json!({"Resource": "a+b%é+"})),
            ),
            (
                "{\"Version\": \"100%25\"}",
                Some(json!({"Version": "100%25"})),
            ),
            ("%7B%22a%22:1%7D", Some(json!({"a": 1}))),
            ("%7", None),
            ("%", None),
            ("%zz%C3", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(document(text), expected, "{text}");
        }
    }
}
