//! The literal parts of a template, after `~` and `<<-` have removed whitespace.
//!
//! Terraform splits a heredoc into one literal per line. `~` trims the adjacent literal, and `<<-` then removes the
//! least indentation from every literal that still begins a line (`hclsyntax/parser_template.go`). Every literal keeps
//! its offset, by which it is looked up.

use std::collections::BTreeMap;

use hcl_edit::Span;
use hcl_edit::template::{Directive, Element, Strip, Template};

/// The kind of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TemplateKind {
    /// A quoted template: each literal is one piece.
    Quoted,
    /// A heredoc, or a template file: each line is one piece.
    Lines,
    /// A heredoc with `<<-`, whose indentation is removed.
    Indented,
}

/// The strings of the literals in a template, by offset.
pub(super) type Literals = BTreeMap<usize, String>;

/// A part of the template, in text order.
enum TemplateToken {
    /// A literal, or one line of it, with the offset of the whole literal.
    Text(usize, String),
    /// An interpolation or a directive.
    Mark,
}

struct Tokens<'t> {
    kind: TemplateKind,
    /// Returns the raw text of a literal from the file, because the parser removes indentation by other rules.
    raw: &'t dyn Fn(usize, usize) -> Option<&'t str>,
    list: Vec<TemplateToken>,
    trims_next: bool,
}

/// Collects the literals of a template and of everything nested in its directives.
pub(super) fn literals<'t>(
    elements: impl Iterator<Item = &'t Element>,
    kind: TemplateKind,
    raw: &'t dyn Fn(usize, usize) -> Option<&'t str>,
) -> Literals {
    let mut tokens = Tokens {
        kind,
        raw,
        list: Vec::new(),
        trims_next: false,
    };
    elements.for_each(|element| tokens.element(element));
    if kind == TemplateKind::Indented {
        dedent(&mut tokens.list);
    }
    let mut literals = Literals::new();
    for token in tokens.list {
        if let TemplateToken::Text(offset, text) = token {
            literals.entry(offset).or_default().push_str(&text);
        }
    }
    literals
}

impl Tokens<'_> {
    fn element(&mut self, element: &Element) {
        match element {
            Element::Literal(literal) => {
                let span = literal.span().unwrap_or_default();
                let raw = match self.kind {
                    TemplateKind::Indented => (self.raw)(span.start, span.end),
                    TemplateKind::Quoted | TemplateKind::Lines => None,
                };
                match raw {
                    // Source: "A literal `${` is written `$${`, a literal `%{` is written `%%{`."
                    Some(raw) => {
                        self.literal(span.start, &raw.replace("$${", "${").replace("%%{", "%{"))
                    }
                    None => self.literal(span.start, literal.value()),
                }
            }
            Element::Interpolation(interpolation) => self.mark(interpolation.strip),
            Element::Directive(directive) => match directive.as_ref() {
                Directive::If(directive) => {
                    let opening = &directive.if_expr;
                    self.nested(opening.strip, &opening.template);
                    if let Some(other) = &directive.else_expr {
                        self.nested(other.strip, &other.template);
                    }
                    self.mark(directive.endif_expr.strip);
                }
                Directive::For(directive) => {
                    let opening = &directive.for_expr;
                    self.nested(opening.strip, &opening.template);
                    self.mark(directive.endfor_expr.strip);
                }
            },
        }
    }

    fn nested(&mut self, strip: Strip, template: &Template) {
        self.mark(strip);
        for element in template {
            self.element(element);
        }
    }

    fn literal(&mut self, offset: usize, text: &str) {
        match self.kind {
            TemplateKind::Quoted => self.piece(offset, text),
            TemplateKind::Lines | TemplateKind::Indented => text
                .split_inclusive('\n')
                .for_each(|line| self.piece(offset, line)),
        }
    }

    fn piece(&mut self, offset: usize, text: &str) {
        let text = if std::mem::take(&mut self.trims_next) {
            text.trim_start()
        } else {
            text
        };
        self.list.push(TemplateToken::Text(offset, text.to_owned()));
    }

    fn mark(&mut self, strip: Strip) {
        if let (true, Some(TemplateToken::Text(_, text))) =
            (strip.strip_start(), self.list.last_mut())
        {
            text.truncate(text.trim_end().len());
        }
        self.list.push(TemplateToken::Mark);
        self.trims_next = strip.strip_end();
    }
}

/// Removes the least indentation from every literal that begins a line; blank lines do not count.
fn dedent(tokens: &mut [TemplateToken]) {
    let mut begins = true;
    let mut least = usize::MAX;
    let mut taken = Vec::new();
    for token in tokens {
        match token {
            TemplateToken::Text(_, text) => {
                let is_blank = text.ends_with('\n') && text.trim().is_empty();
                let ends = text.ends_with('\n');
                if begins && !is_blank {
                    let spaces = text.chars().take_while(|one| one.is_whitespace()).count();
                    least = least.min(spaces);
                    taken.push(text);
                }
                begins = ends;
            }
            TemplateToken::Mark => {
                if begins {
                    least = 0;
                }
                begins = false;
            }
        }
    }
    for text in taken {
        *text = text.chars().skip(least).collect();
    }
}
