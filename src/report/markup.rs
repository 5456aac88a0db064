//! Escapes untrusted text in elements and attributes of XML and HTML.

use super::lines::harmless;

/// Escapes a text for an element or a double-quoted attribute. Characters that XML 1.0 cannot represent ("Extensible
/// Markup Language (XML) 1.0", section 2.2) are replaced by a visible form.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in harmless(text).chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Escapes a text for an attribute in which line breaks and tabs matter: parsers convert unescaped ones to blanks.
pub(super) fn quoted(text: &str) -> String {
    escaped(text).replace('\n', "&#10;").replace('\t', "&#9;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_an_element_or_an_attribute() {
        assert_eq!(
            escaped("<a b='c' d=\"e\">&\u{0}\u{ffff}"),
            "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;&amp;\\u{0}\\u{ffff}"
        );
        assert_eq!(quoted("a\n\tb"), "a&#10;&#9;b");
    }
}
