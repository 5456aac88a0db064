//! Templates: interpolations, `%{ if }`, `%{ for }`, and how `~` strips, as Terraform does it.

use hcl_edit::template::{Directive, Element, ForDirective, IfDirective, Strip, Template};

use super::evaluator::{Evaluator, Scope};
use super::expression::{bare, with_way};
use super::value::{Fault, MAX_TEXT, Outcome, entries, join_ways, pieces, tidy, truth};
use crate::domain::evidence::Origin;
use crate::source::resource::{Node, Piece, Value};

/// What a template gave so far.
#[derive(Default)]
struct Rendered {
    pieces: Vec<Piece>,
    way: Origin,
    size: usize,
    /// A `~}` has just closed: what follows loses its leading space.
    strip_next: bool,
}

impl<'a> Evaluator<'a> {
    pub(super) fn template(
        &self,
        elements: impl Iterator<Item = &'a Element>,
        scope: &Scope<'a>,
    ) -> Outcome {
        let elements: Vec<&Element> = elements.collect();
        if let [Element::Interpolation(only)] = elements.as_slice() {
            // `"${x}"` is x itself, whatever its type.
            return self.eval(&only.expr, scope);
        }
        let mut rendered = Rendered::default();
        self.elements(&elements, scope, &mut rendered)?;
        Ok(with_way(bare(tidy(rendered.pieces)?), &rendered.way))
    }

    fn elements(
        &self,
        elements: &[&'a Element],
        scope: &Scope<'a>,
        rendered: &mut Rendered,
    ) -> Outcome<()> {
        for element in elements {
            match element {
                Element::Literal(text) => rendered.literal(text)?,
                Element::Interpolation(interpolation) => {
                    rendered.strip_before(interpolation.strip);
                    match self.eval(&interpolation.expr, scope) {
                        Ok(node) => rendered.value(&node)?,
                        Err(Fault::Unknown(reason)) => {
                            rendered.push(vec![Piece::Unresolved(reason)])?;
                        }
                        Err(fault) => return Err(fault),
                    }
                    rendered.strip_after(interpolation.strip);
                }
                Element::Directive(directive) => match directive.as_ref() {
                    Directive::If(directive) => self.if_directive(directive, scope, rendered)?,
                    Directive::For(directive) => self.for_directive(directive, scope, rendered)?,
                },
            }
        }
        Ok(())
    }

    fn if_directive(
        &self,
        directive: &'a IfDirective,
        scope: &Scope<'a>,
        rendered: &mut Rendered,
    ) -> Outcome<()> {
        rendered.strip_before(directive.if_expr.strip);
        let condition = self.eval(&directive.if_expr.cond_expr, scope)?;
        join_ways(&mut rendered.way, &condition.origin);
        let mut end_of_branch = directive.endif_expr.strip;
        if truth(&condition)? {
            rendered.strip_after(directive.if_expr.strip);
            self.block(&directive.if_expr.template, scope, rendered)?;
            if let Some(otherwise) = &directive.else_expr {
                end_of_branch = otherwise.strip;
            }
        } else if let Some(otherwise) = &directive.else_expr {
            rendered.strip_after(otherwise.strip);
            self.block(&otherwise.template, scope, rendered)?;
        }
        rendered.strip_before(end_of_branch);
        rendered.strip_next = false;
        rendered.strip_after(directive.endif_expr.strip);
        Ok(())
    }

    fn for_directive(
        &self,
        directive: &'a ForDirective,
        scope: &Scope<'a>,
        rendered: &mut Rendered,
    ) -> Outcome<()> {
        let intro = &directive.for_expr;
        rendered.strip_before(intro.strip);
        let collection = self.eval(&intro.collection_expr, scope)?;
        join_ways(&mut rendered.way, &collection.origin);
        for (key, value) in entries(&collection)? {
            let mut inner = scope.clone();
            if let Some(name) = &intro.key_var {
                inner = inner.bind(name.as_str(), Node::new(key, value.origin.clone()));
            }
            inner = inner.bind(intro.value_var.as_str(), value);
            rendered.strip_after(intro.strip);
            self.block(&intro.template, &inner, rendered)?;
            rendered.strip_before(directive.endfor_expr.strip);
        }
        rendered.strip_next = false;
        rendered.strip_after(directive.endfor_expr.strip);
        Ok(())
    }

    fn block(
        &self,
        template: &'a Template,
        scope: &Scope<'a>,
        rendered: &mut Rendered,
    ) -> Outcome<()> {
        let elements: Vec<&Element> = template.iter().collect();
        self.bounded(|| self.elements(&elements, scope, rendered))
    }
}

impl Rendered {
    fn literal(&mut self, text: &str) -> Outcome<()> {
        let text = if std::mem::take(&mut self.strip_next) {
            strip_first_line(text)
        } else {
            text
        };
        self.push(vec![Piece::Text(text.to_owned())])
    }

    fn value(&mut self, node: &Node) -> Outcome<()> {
        self.strip_next = false;
        join_ways(&mut self.way, &node.origin);
        self.push(match &node.value {
            // A policy document in a text: its structure cannot be kept there.
            Value::Map(_) | Value::List(_) => {
                vec![Piece::Unresolved("a document inside a text".to_owned())]
            }
            _ => pieces(node)?,
        })
    }

    fn push(&mut self, pieces: Vec<Piece>) -> Outcome<()> {
        for piece in &pieces {
            self.size += match piece {
                Piece::Text(text) => text.len(),
                _ => 1,
            };
        }
        self.pieces.extend(pieces);
        if self.size > MAX_TEXT {
            return Fault::unknown("a text of more than 1 MiB is not worked out");
        }
        Ok(())
    }

    fn strip_before(&mut self, strip: Strip) {
        if matches!(strip, Strip::Start | Strip::Both)
            && let Some(Piece::Text(text)) = self.pieces.last_mut()
        {
            text.truncate(stripped_last_line(text));
        }
    }

    fn strip_after(&mut self, strip: Strip) {
        self.strip_next = matches!(strip, Strip::End | Strip::Both);
    }
}

/// HCL cuts literals after each line feed, so that `~}` reaches to the end of its own line and not beyond.
fn strip_first_line(text: &str) -> &str {
    let end = text.find('\n').map_or(text.len(), |at| at + 1);
    let kept = text
        .get(..end)
        .map_or(0, |line| line.len() - line.trim_start().len());
    text.get(kept..).unwrap_or_default()
}

/// The same to the left: the length that is left of the text after `{~` took the space of its last line.
fn stripped_last_line(text: &str) -> usize {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let start = body.rfind('\n').map_or(0, |at| at + 1);
    start + text.get(start..).unwrap_or_default().trim_end().len()
}
