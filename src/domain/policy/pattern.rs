//! The patterns of a waiver, with `*` and `?` as wildcards.

use std::sync::OnceLock;

use globset::{Glob, GlobBuilder, GlobMatcher};

/// The maximum length of a pattern in bytes. No address or path of a project is longer, and a compiled pattern needs a
/// thousand times the memory of its text.
const LONGEST_PATTERN: usize = 2048;

/// A pattern that is compiled when a text may match it. Most of tens of thousands never match anything.
#[derive(Clone, Debug)]
pub struct Pattern {
    glob: Glob,
    /// The longest literal text that every match contains.
    plain: String,
    matcher: OnceLock<GlobMatcher>,
}

impl Pattern {
    /// Returns a pattern for addresses, in which brackets are literal. `None` if the text is not a pattern.
    pub fn for_addresses(text: &str) -> Option<Self> {
        let literal: String = text
            .chars()
            .flat_map(|character| match character {
                '[' | ']' | '{' | '}' => vec!['\\', character],
                other => vec![other],
            })
            .collect();
        Self::parse(&literal, false)
    }

    /// Returns a pattern for paths. `None` if the text is not a pattern.
    pub fn for_files(text: &str) -> Option<Self> {
        Self::parse(text, true)
    }

    fn parse(text: &str, is_path: bool) -> Option<Self> {
        if text.len() > LONGEST_PATTERN {
            return None;
        }
        let glob = GlobBuilder::new(text)
            .literal_separator(is_path)
            .backslash_escape(true)
            .build()
            .ok()?;
        let parts = Parts::new(text).parts;
        Some(Self {
            glob,
            plain: parts.into_iter().max_by_key(String::len)?,
            matcher: OnceLock::new(),
        })
    }

    /// True if the text matches.
    pub fn is_match(&self, text: &str) -> bool {
        let compile = || self.glob.compile_matcher();
        text.contains(&self.plain) && self.matcher.get_or_init(compile).is_match(text)
    }

    /// Returns the only text that matches, if the pattern has no wildcards.
    pub fn only(&self) -> Option<String> {
        let parts = Parts::new(self.glob.glob());
        (!parts.varies).then(|| parts.parts.join("/"))
    }
}

/// The literal parts of a pattern, up to its first bracket or brace.
struct Parts {
    /// The texts between wildcards and slashes. Slashes are left out, because one beside `**` may be absent. Never
    /// empty.
    parts: Vec<String>,
    /// True if the pattern matches more than one text.
    varies: bool,
}

impl Parts {
    fn new(pattern: &str) -> Self {
        let mut found = Self {
            parts: vec![String::new()],
            varies: false,
        };
        let mut letters = pattern.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '*' | '?' => found.varies = true,
                // The texts in brackets are alternatives.
                '[' | '{' => {
                    found.varies = true;
                    return found;
                }
                _ => {}
            }
            let plain = if letter == '\\' {
                letters.next()
            } else {
                Some(letter)
            };
            match (letter, plain) {
                ('*' | '?' | '/', _) | (_, None) => found.parts.push(String::new()),
                (_, Some(plain)) => {
                    if let Some(part) = found.parts.last_mut() {
                        part.push(plain);
                    }
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_matched_with_its_brackets() {
        for (pattern, address, expected) in [
            (
                "module.db.aws_db_proxy.this[0]",
                "module.db.aws_db_proxy.this[0]",
                true,
            ),
            (
                "module.*.aws_db_proxy.this[*]",
                "module.db.aws_db_proxy.this[\"a\"]",
                true,
            ),
            ("module.db*", "module.other", false),
            ("*", "anything/at.all", true),
        ] {
            let matcher = Pattern::for_addresses(pattern).unwrap();
            assert_eq!(matcher.is_match(address), expected, "{pattern} {address}");
        }
    }

    #[test]
    fn a_pattern_that_leaves_no_choice_names_one() {
        for (pattern, only) in [
            (
                "aws_db_proxy.this[\"a/b\"]",
                Some("aws_db_proxy.this[\"a/b\"]"),
            ),
            ("a\\*b", Some("a*b")),
            ("a/b/", Some("a/b/")),
            ("a*", None),
            ("a?", None),
        ] {
            let found = Pattern::for_addresses(pattern).unwrap().only();
            assert_eq!(found.as_deref(), only, "{pattern}");
        }
        assert_eq!(Pattern::for_files("{a,b}.tf").unwrap().only(), None);
    }

    #[test]
    fn what_fits_is_what_globset_says_fits() {
        const PATTERNS: &[&str] = &[
            "**/main.tf",
            "modules/**",
            "a/**/b.tf",
            "*.tf",
            "?.tf",
            "[am]*.tf",
            "{a,main}.tf",
            "a\\*.tf",
            "**",
            "",
            "a/",
            "[]].tf",
            "{a,{b,c}}/*.tf",
            "*main*",
            "a[!b]c.tf",
        ];
        const TEXTS: &[&str] = &[
            "main.tf",
            "a/main.tf",
            "a/b.tf",
            "a/x/y/b.tf",
            "modules/a",
            "modules",
            "a.tf",
            "m.tf",
            "a*.tf",
            "",
            "a/",
            "].tf",
            "c/d.tf",
            "adc.tf",
            "xmainy",
        ];
        for pattern in PATTERNS {
            let glob = GlobBuilder::new(pattern)
                .literal_separator(true)
                .backslash_escape(true)
                .build()
                .unwrap()
                .compile_matcher();
            let ours = Pattern::for_files(pattern).unwrap();
            for text in TEXTS {
                assert_eq!(ours.is_match(text), glob.is_match(text), "{pattern} {text}");
            }
        }
    }
}
