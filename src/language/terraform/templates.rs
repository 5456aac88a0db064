//! Strings with `${…}` and `%{…}`, in quotes and in heredocs. Unknown parts stay as pieces of the string.

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::template::{
    Directive, Element, ForDirective, HeredocTemplate, IfDirective, StringTemplate,
};

use super::evaluate::turns;
use super::literals::{Literals, TemplateKind, literals};
use super::scope::{Frame, Scope};
use super::values::{Outcome, pieces, truth, unknown};
use crate::domain::evidence::Origin;
use crate::language::partial_string;
use crate::language::provenance::absorb;
use crate::language::resource::{Node, Piece};

/// A string under construction.
struct TextBuilder {
    pieces: Vec<Piece>,
    length: usize,
    literals: Literals,
    origin: Origin,
}

/// The maximum length of an evaluated string, in bytes. The largest policy has 10,240 characters ("IAM and AWS STS
/// quotas").
const MAX_TEXT: usize = 1024 * 1024;

impl TextBuilder {
    fn push(&mut self, piece: Piece) -> Outcome<()> {
        if let Piece::Text(text) = &piece {
            self.length += text.len();
        }
        self.pieces.push(piece);
        if self.length > MAX_TEXT {
            unknown("the text is longer than is followed")
        } else {
            Ok(())
        }
    }
}

impl Scope<'_> {
    pub(super) fn string(&self, template: &StringTemplate, origin: Origin) -> Outcome {
        let elements: Vec<&Element> = template.iter().collect();
        if let [Element::Interpolation(only)] = elements.as_slice() {
            let node = self.eval(&only.expr)?;
            let mut origin = origin;
            absorb(&mut origin, &node.origin);
            return Ok(Node::new(node.value, origin));
        }
        let literals = literals(template.iter(), TemplateKind::Quoted, &|_, _| None);
        self.template(&elements, literals, origin)
    }

    pub(super) fn heredoc(&self, heredoc: &HeredocTemplate, origin: Origin) -> Outcome {
        let elements: Vec<&Element> = heredoc.template.iter().collect();
        let text = if self.spans {
            self.evaluator.files.text(self.spot.file)
        } else {
            ""
        };
        let raw = |from, to| text.get(from..to);
        let start = heredoc.span().map_or(0, |span| span.start);
        let kind = if text
            .get(start..)
            .is_some_and(|text| text.starts_with("<<-"))
        {
            TemplateKind::Indented
        } else {
            TemplateKind::Lines
        };
        let literals = literals(heredoc.template.iter(), kind, &raw);
        self.template(&elements, literals, origin)
    }

    /// Evaluates the content of a template file.
    pub(super) fn template_text(&self, text: &str, origin: Origin) -> Outcome {
        match crate::language::hcl::template(text) {
            Ok(template) => {
                let elements: Vec<&Element> = template.iter().collect();
                let literals = literals(template.iter(), TemplateKind::Lines, &|_, _| None);
                self.template(&elements, literals, origin)
            }
            Err(error) => {
                super::values::error(format!("the template cannot be read: {}", error.message))
            }
        }
    }

    fn template(&self, elements: &[&Element], literals: Literals, origin: Origin) -> Outcome {
        let mut written = TextBuilder {
            pieces: Vec::new(),
            length: 0,
            literals,
            origin,
        };
        self.write(elements, &mut written)?;
        let value = super::values::bounded(partial_string::text(written.pieces))?;
        Ok(Node::new(value, written.origin))
    }

    fn write(&self, elements: &[&Element], written: &mut TextBuilder) -> Outcome<()> {
        for element in elements {
            match element {
                Element::Literal(literal) => {
                    let offset = literal.span().unwrap_or_default().start;
                    let text = written.literals.get(&offset).cloned().unwrap_or_default();
                    self.pay(text.len())?;
                    written.push(Piece::Text(text))?;
                }
                Element::Interpolation(interpolation) => {
                    self.interpolate(&interpolation.expr, written)?;
                }
                Element::Directive(directive) => match directive.as_ref() {
                    Directive::If(directive) => self.choose(directive, written)?,
                    Directive::For(directive) => self.repeat(directive, written)?,
                },
            }
        }
        Ok(())
    }

    fn interpolate(&self, expression: &Expression, written: &mut TextBuilder) -> Outcome<()> {
        let node = self.eval(expression)?;
        absorb(&mut written.origin, &node.origin);
        for piece in pieces(&node.value)? {
            if let Piece::Text(text) = &piece {
                self.pay(text.len())?;
            }
            written.push(piece)?;
        }
        Ok(())
    }

    fn choose(&self, directive: &IfDirective, written: &mut TextBuilder) -> Outcome<()> {
        let condition = self.eval(&directive.if_expr.cond_expr)?;
        absorb(&mut written.origin, &condition.origin);
        let chosen = match (truth(&condition.value)?, &directive.else_expr) {
            (true, _) => &directive.if_expr.template,
            (false, Some(other)) => &other.template,
            (false, None) => return Ok(()),
        };
        let elements: Vec<&Element> = chosen.iter().collect();
        self.write(&elements, written)
    }

    fn repeat(&self, directive: &ForDirective, written: &mut TextBuilder) -> Outcome<()> {
        let opening = &directive.for_expr;
        let collection = self.eval(&opening.collection_expr)?;
        absorb(&mut written.origin, &collection.origin);
        let key_name = opening.key_var.as_ref();
        let key_name = key_name.map_or("", |name| name.value().as_str());
        let elements: Vec<&Element> = opening.template.iter().collect();
        for (key, value) in turns(&collection)? {
            let key = Frame {
                name: key_name,
                node: key,
                above: self.frame,
            };
            let value = Frame {
                name: opening.value_var.value().as_str(),
                node: value,
                above: Some(&key),
            };
            self.with(&value).write(&elements, written)?;
        }
        Ok(())
    }
}
