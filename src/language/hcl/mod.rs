//! Parses HCL. All HCL source becomes bodies, templates and expressions through this module.
//!
//! An object with more than [`MAX_MEMBERS`] members is refused before it is parsed, because the parser compares every
//! key of an object with all keys before it. Real objects have a few dozen members; a hostile one can have a hundred
//! thousand.

mod kept;
mod tree;

use hcl_edit::expr::Expression;
use hcl_edit::structure::Body;
use hcl_edit::template::{HeredocTemplate, Template};
use hcl_edit::visit::{Visit, visit_heredoc_template};
use hcl_edit::{Span, parser};
pub(crate) use kept::parsed;
pub(crate) use tree::{Block, HclAttribute, Spot};

/// The maximum number of members in one object. This limit is ours: megabytes of objects of this size parse in seconds.
pub(crate) const MAX_MEMBERS: usize = 2048;

/// The reason why HCL source cannot be parsed.
#[derive(Clone, Debug)]
pub(crate) struct HclError {
    /// A short description of the problem.
    pub(crate) message: String,
    /// The byte offset at which the problem is detected.
    pub(crate) offset: usize,
}

impl From<parser::Error> for HclError {
    fn from(error: parser::Error) -> Self {
        Self {
            message: error.message().to_owned(),
            offset: error.location().offset(),
        }
    }
}

/// Parses the attributes and blocks of a file.
pub(crate) fn body(text: &str) -> Result<Body, HclError> {
    checked(text, LetterContext::Block)?;
    let body = parser::parse_body(text)?;
    if !text.contains("<<") {
        return Ok(body);
    }
    let mut heredocs = Heredocs { text, error: None };
    heredocs.visit_body(&body);
    heredocs.error.map_or(Ok(body), Err)
}

/// Finds heredocs that Terraform and the parser end at different lines, so that one reads as code what the other reads
/// as text.
///
/// Terraform ends a heredoc at the first line that contains only the delimiter and whitespace of any kind. The parser
/// ends it at the first line that begins with the delimiter after spaces and tabs.
/// Source: `hclsyntax/scan_tokens.rl`, `heredocNewline`.
struct Heredocs<'t> {
    text: &'t str,
    error: Option<HclError>,
}

impl Visit for Heredocs<'_> {
    fn visit_heredoc_template(&mut self, heredoc: &HeredocTemplate) {
        let word = heredoc.delimiter.as_str();
        if let Some(span) = heredoc.span()
            && !self.ends_alike(word, span.clone())
        {
            let error = HclError {
                message: format!(
                    "`{word}` stands alone in the line that ends a text, and in no line before"
                ),
                offset: span.start,
            };
            self.error.get_or_insert(error);
        }
        visit_heredoc_template(self, heredoc);
    }
}

impl Heredocs<'_> {
    fn ends_alike(&self, word: &str, span: std::ops::Range<usize>) -> bool {
        let after = self.text.get(span.end..).unwrap_or_default();
        let rest = after.split('\n').next().unwrap_or_default();
        let written = self.text.get(span).unwrap_or_default();
        let lines: Vec<&str> = written.split('\n').skip(1).map(str::trim).collect();
        let first = lines.iter().position(|line| *line == word);
        rest.trim().is_empty() && first.is_some_and(|first| first + 1 == lines.len())
    }
}

/// Parses a single expression.
pub(crate) fn expression(text: &str) -> Result<Expression, HclError> {
    checked(text, LetterContext::Block)?;
    Ok(parser::parse_expr(text)?)
}

/// Parses a template: a string that may contain `${…}` and `%{…}`.
pub(crate) fn template(text: &str) -> Result<Template, HclError> {
    checked(text, LetterContext::Heredoc(""))?;
    Ok(parser::parse_template(text)?)
}

/// The syntactic context of a character.
enum LetterContext<'t> {
    /// The braces of a block (the parser looks its names up instead of comparing them), or the whole file.
    Block,
    /// The braces of an object, with the number of members so far.
    Object(usize),
    Quotes,
    /// A heredoc, with its closing delimiter; the delimiter is empty for a template file.
    Heredoc(&'t str),
}

fn checked<'t>(text: &'t str, whole: LetterContext<'t>) -> Result<(), HclError> {
    if memchr::memchr2_iter(b'=', b':', text.as_bytes())
        .nth(MAX_MEMBERS)
        .is_none()
    {
        return Ok(());
    }
    let mut within = vec![whole];
    let mut at = 0;
    while let Some(rest) = text.as_bytes().get(at..).filter(|rest| !rest.is_empty()) {
        at += match within.last_mut() {
            None => return Ok(()),
            Some(LetterContext::Block) => in_code(text, at, &mut within),
            Some(LetterContext::Object(members)) => {
                *members += usize::from(matches!(rest[0], b'=' | b':'));
                if *members > MAX_MEMBERS {
                    return Err(HclError {
                        message: format!("more than {MAX_MEMBERS} members stand in one object"),
                        offset: at,
                    });
                }
                in_code(text, at, &mut within)
            }
            Some(LetterContext::Quotes | LetterContext::Heredoc(_)) => {
                in_text(&text[at..], rest, &mut within)
            }
        };
        while !text.is_char_boundary(at) && at < text.len() {
            at += 1;
        }
    }
    Ok(())
}

/// Handles the next token in code and returns the number of bytes consumed.
fn in_code<'t>(whole: &'t str, at: usize, within: &mut Vec<LetterContext<'t>>) -> usize {
    let text = &whole[at..];
    let line = |text: &str| text.find('\n').unwrap_or(text.len());
    match text.as_bytes() {
        [b'{', ..] => within.push(if is_block(&whole[..at]) {
            LetterContext::Block
        } else {
            LetterContext::Object(0)
        }),
        [b'}', ..] if within.len() > 1 => drop(within.pop()),
        [b'"', ..] => within.push(LetterContext::Quotes),
        [b'#', ..] | [b'/', b'/', ..] => return line(text).max(1),
        [b'/', b'*', ..] => return text.find("*/").map_or(text.len(), |end| end + 2),
        [b'<', b'<', ..] => {
            let word = text[2..line(text).max(2)].trim_start_matches('-').trim();
            let is_word = |word: &str| {
                !word.is_empty()
                    && word
                        .chars()
                        .all(|one| one.is_alphanumeric() || "_-".contains(one))
            };
            if is_word(word) {
                within.push(LetterContext::Heredoc(word));
                return line(text);
            }
            return 2;
        }
        _ => {}
    }
    1
}

/// Returns true if a brace after this text opens a block: a block type or a label precedes it, never punctuation.
fn is_block(before: &str) -> bool {
    let last = before.trim_end_matches([' ', '\t']).chars().next_back();
    last.is_some_and(|last| last.is_alphanumeric() || "_-\"".contains(last))
}

/// Handles the next token in quotes or a heredoc and returns the number of bytes consumed.
fn in_text<'t>(text: &'t str, rest: &[u8], within: &mut Vec<LetterContext<'t>>) -> usize {
    match (rest, within.last()) {
        ([b'$', b'$', b'{', ..] | [b'%', b'%', b'{', ..], _) => return 3,
        ([b'$' | b'%', b'{', ..], _) => {
            within.push(LetterContext::Object(0));
            return 2;
        }
        ([b'\\', _, ..], Some(LetterContext::Quotes)) => return 2,
        ([b'"', ..], Some(LetterContext::Quotes)) => drop(within.pop()),
        ([b'\n', ..], Some(LetterContext::Heredoc(word))) => {
            let next = text[1..].lines().next().unwrap_or_default();
            if !word.is_empty() && next.trim() == *word {
                within.pop();
                return 1 + next.len();
            }
        }
        _ => {}
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_that_nobody_writes_is_refused_wherever_it_stands() {
        let members = |count: usize| {
            (0..count)
                .map(|at| format!("k{at} = 1\n"))
                .collect::<String>()
        };
        let around: &[[&str; 2]] = &[
            ["a = {\n", "}\n"],
            ["a \"b\" {\n c = {\n", "}\n}\n"],
            ["a = \"${merge({\n", "}, {})}\"\n"],
            ["a = <<E\n${keys({\n", "})}\nE\n"],
            ["# {\na = { b = \"}\", c = <<-E\n  }{\n  E\n", "}\n"],
            ["a = { /* } */ b = \"https://a\" // }\n", "}\n"],
        ];
        for [before, after] in around {
            let few = format!("{before}{}{after}", members(40));
            assert!(body(&few).is_ok(), "{few}: {:?}", body(&few));
            let many = format!("{before}{}{after}", members(MAX_MEMBERS + 1));
            let refused = body(&many).unwrap_err();
            assert!(
                refused.message.contains("2048 members"),
                "{before}: {refused:?}"
            );
        }
    }

    #[test]
    fn a_heredoc_ends_where_terraform_ends_it() {
        for text in [
            "a = <<E\nx\nE\nb = 1\n",
            "a = <<-E\n  ${1}\n  E\n",
            "a = [<<E\nx E\nE\n, 1]\n",
            "a = <<E\r\nx\r\nE\r\n",
            "a = <<E\nE\n",
            "a = <<E\nx\nE",
        ] {
            assert!(body(text).is_ok(), "{text:?}: {:?}", body(text));
        }
        for text in [
            "a = <<E\nx\nE # no end\nb = 1\n/*\nE\nc = 1 /* */\n",
            "a = [<<E\nx\nE, 1]\n",
            "a = <<E\nx\n\u{a0}E\nb = 1\n/*\nE\n# */\n",
            "a = \"${<<E\nx\nE }\"\n",
        ] {
            assert!(body(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_file_may_have_many_blocks_and_values() {
        let blocks = "auth {\n  iam_auth = \"REQUIRED\"\n}\n".repeat(6000);
        assert!(body(&blocks).is_ok());
        let values: String = (0..6000).map(|at| format!("v{at} = \"x\"\n")).collect();
        assert!(body(&values).is_ok());
        assert!(body(&format!("locals {{\n{values}}}\n")).is_ok());
        assert!(body(&format!("variable \"a\"  {{\n{values}}}\n")).is_ok());
    }
}
