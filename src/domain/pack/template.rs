//! Checks that a template of a pack can do nothing but print. It is checked as text, before anything renders it.
//!
//! Tera has no limits of its own, so constructs that can run away are refused in the source: assignments and components
//! (which grow or recurse), ranges, deeply nested loops, and long chains of filters (each quoting doubles a quote).

use super::PackError;
use crate::domain::spec::NamedText;

/// The statements that print, choose and repeat.
const STATEMENTS: [&str; 7] = ["if", "elif", "else", "endif", "for", "endfor", "include"];

/// The filters that quote or choose. `safe` is not among them: its unquoted output could break out of a string.
const FILTERS: [&str; 18] = [
    "code",
    "default",
    "first",
    "hcl",
    "join",
    "json",
    "last",
    "length",
    "lower",
    "markdown",
    "short_id",
    "sql",
    "sql_name",
    "sql_pattern",
    "sub_partition",
    "trim",
    "upper",
    "yaml",
];

/// The only template that others may include within a loop: it includes nothing itself, and its own loops nest one
/// level less.
const LEAF: &str = "cloudformation/parts/tags.tera";

/// The maximum depth of nested loops. Our own limit: no built-in template needs more.
const LOOPS: usize = 2;

/// The maximum number of loops of one template. Our own limit: no built-in template has a third of it.
const LOOPS_IN_ALL: usize = 64;

/// The maximum length of a `for` tag in bytes. Our own limit: list literals in built-in templates have at most six
/// items; two long nested ones would loop for hours and print nothing.
const LOOP_BYTES: usize = 160;

/// The maximum number of filters of one expression. Our own limit: no built-in template needs more.
const CHAIN: usize = 3;

/// One `{{ … }}` or `{% … %}`.
struct TemplateTag<'t> {
    start: usize,
    is_statement: bool,
    body: &'t str,
}

/// Refuses a template that can do more than print.
pub(super) fn only_prints(path: &str, text: &str) -> Result<(), PackError> {
    let refuse = |at: usize, why: String| PackError::Template {
        place: NamedText { file: path, text }.origin(&(at..at)).to_string(),
        why,
    };
    let (mut loops, mut in_all) = (0_usize, 0_usize);
    let is_leaf = path.ends_with(LEAF);
    for tag in tags(text).map_err(|at| refuse(at, "this is not closed".to_owned()))? {
        let refuse = |why: String| refuse(tag.start, why);
        let words = words(tag.body);
        let statement = words.first().map_or("", |word| *word);
        match statement {
            _ if !tag.is_statement => {}
            "for" if tag.body.len() > LOOP_BYTES => {
                return Err(refuse(format!(
                    "a loop is written in at most {LOOP_BYTES} bytes"
                )));
            }
            "for" => (loops, in_all) = (loops + 1, in_all + 1),
            "endfor" => loops = loops.saturating_sub(1),
            "include" if is_leaf => {
                return Err(refuse(format!("{LEAF} includes nothing")));
            }
            "include" if loops > 0 && !is_of_leaf(tag.body) => {
                return Err(refuse(format!("within a loop only {LEAF} is included")));
            }
            known if STATEMENTS.contains(&known) => {}
            other => {
                return Err(refuse(format!(
                    "`{other}` is not for packs, which have {}",
                    STATEMENTS.join(", ")
                )));
            }
        }
        let most = if is_leaf { LOOPS - 1 } else { LOOPS };
        if loops > most {
            return Err(refuse(format!(
                "loops stand at most {most} deep in each other"
            )));
        }
        if in_all > LOOPS_IN_ALL {
            return Err(refuse(format!(
                "a template has at most {LOOPS_IN_ALL} loops"
            )));
        }
        expression(&words).map_err(refuse)?;
    }
    Ok(())
}

/// Refuses functions, and filters that are unknown, unsafe or too many.
fn expression(words: &[&str]) -> Result<(), String> {
    let mut filters = 0;
    for (at, word) in words.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| words.get(at)).copied();
        if before == Some("|") {
            filters += 1;
            if !FILTERS.contains(word) {
                return Err(format!(
                    "the filter `{word}` is not for packs, which have {}",
                    FILTERS.join(", ")
                ));
            }
        } else if words.get(at + 1) == Some(&"(") && is_name(word) && !CALLED.contains(word) {
            let is_test = matches!(before, Some("is" | "not"));
            if !is_test {
                return Err(format!(
                    "the function `{word}` is not for packs, which have none"
                ));
            }
        }
    }
    if filters > CHAIN {
        Err(format!("an expression has at most {CHAIN} filters"))
    } else {
        Ok(())
    }
}

/// True if a statement includes the leaf and nothing else. An include may also have a list of names, of which Tera
/// takes the first one.
fn is_of_leaf(body: &str) -> bool {
    let name = body.trim_matches(['-', ' ']).strip_prefix("include");
    name.is_some_and(|name| name.trim() == format!("{LEAF:?}"))
}

/// Keywords that may stand before a parenthesis without being a call.
const CALLED: [&str; 8] = ["if", "elif", "in", "and", "or", "not", "is", "else"];

fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Splits code into names and signs; quoted texts and white space are left out.
fn words(body: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = body;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '\'' | '`' => quoted(rest, first),
            _ if is_part(first) => rest.find(|c| !is_part(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (word, after) = rest.split_at(length);
        if !first.is_whitespace() && !matches!(first, '"' | '\'' | '`') {
            found.push(word);
        }
        rest = after;
    }
    found
}

fn is_part(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Returns the length of a quoted text, including its quotes.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            other if other == quote => return at + other.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// Returns the tags of a template without comments, or the position of a tag that is not closed.
fn tags(text: &str) -> Result<Vec<TemplateTag<'_>>, usize> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((start, kind)) = next_open(text, at) {
        let inside = start + 2;
        let close = match kind {
            '#' => text[inside..].find("#}"),
            '{' => end(&text[inside..], "}}"),
            _ => end(&text[inside..], "%}"),
        };
        let close = inside + close.ok_or(start)?;
        if kind != '#' {
            found.push(TemplateTag {
                start,
                is_statement: kind == '%',
                body: text[inside..close].trim_matches('-'),
            });
        }
        at = close + 2;
    }
    Ok(found)
}

fn next_open(text: &str, from: usize) -> Option<(usize, char)> {
    ["{{", "{%", "{#"]
        .iter()
        .filter_map(|open| text[from..].find(open).map(|at| (from + at, *open)))
        .min()
        .map(|(at, open)| (at, open.chars().nth(1).unwrap_or('{')))
}

/// Returns the position of the closing mark of a tag, ignoring marks in quoted texts.
fn end(text: &str, mark: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        at += match first {
            _ if text[at..].starts_with(mark) => return Some(at),
            '"' | '\'' | '`' => quoted(&text[at..], first),
            other => other.len_utf8(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        only_prints("t.tera", text).unwrap_err().to_string()
    }

    #[test]
    fn what_could_run_away_is_refused_with_its_place() {
        let long = format!("{{% for a in [{}] %}}{{% endfor %}}", "0,".repeat(9999));
        let many = "{% for a in b %}{% endfor %}".repeat(65);
        for (text, expected) in [
            ("a\n  {% set x = 1 %}", "t.tera:2:3: `set` is not for packs"),
            (
                "{% for i in range(end=9) %}{% endfor %}",
                "function `range`",
            ),
            ("{{ throw(message=\"x\") }}", "function `throw`"),
            ("{{ a | safe }}", "filter `safe`"),
            (
                "{{ a | replace(from=\"a\", to=\"aa\") }}",
                "filter `replace`",
            ),
            ("{{ a | hcl | hcl | hcl | hcl }}", "at most 3 filters"),
            (
                "{% for a in b %}{% for c in d %}{% for e in f %}",
                "at most 2 deep",
            ),
            (
                "{% for a in b %}{% include \"x\" %}{% endfor %}",
                "within a loop",
            ),
            (&long, "a loop is written in at most 160 bytes"),
            (&many, "at most 64 loops"),
            ("{% component x() %}{% endcomponent %}", "`component`"),
            ("{% extends \"x\" %}", "`extends`"),
            ("{% raw %}", "`raw`"),
            ("{{ \"}}\" ", "not closed"),
            ("{% if \"", "not closed"),
            ("{%- macro a() -%}", "`macro`"),
        ] {
            let error = refused(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn what_prints_is_taken() {
        for text in [
            "{# set range( #}{{ proxy.name | hcl }}",
            "{% if a is starting_with(pat=\"5.\") and (b or c) %}{% else %}{% endif %}",
            "{%- for user in users %}{{ \"| safe }}\" ~ user.name | json }}{% endfor -%}",
            "resource \"a\" { name = \"{% if not (a) %}x{% endif %}\" }",
        ] {
            assert!(only_prints("t.tera", text).is_ok(), "{text}");
        }
    }
}
