//! Prints expressions in a normal form: no comments, no layout, every operation in parentheses, objects in key order,
//! local values replaced by their expressions.

use std::collections::BTreeMap;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, ForExpr, ObjectKey, Traversal, TraversalOperator};
use hcl_edit::template::{Directive, Element, HeredocTemplate, StringTemplate};

use super::super::literals::{Literals, TemplateKind, literals};
use crate::language::hcl::HclAttribute;

/// The length of a printed expression, in bytes, beyond which local values keep their names. Nested local values can
/// expand to more text than fits in memory.
const MAX_WRITTEN: usize = 256 * 1024;

/// The maximum nesting depth to which local values are expanded.
const MAX_NESTING: usize = 32;

/// Prints the expressions of one folder.
pub(super) struct Printer<'f> {
    pub(super) locals: &'f BTreeMap<String, HclAttribute>,
    /// Returns the text of a file by its number; used for heredocs.
    pub(super) text: &'f dyn Fn(usize) -> &'f str,
    /// True if list items are sorted.
    pub(super) sorted: bool,
}

/// The printed text of one expression, under construction.
struct ExpressionText<'p, 'f> {
    printer: &'p Printer<'f>,
    out: String,
    /// The file that contains the expression; `None` if its spans are not offsets in a file.
    file: Option<usize>,
    /// The local values that are being expanded, outermost first.
    within: Vec<&'p str>,
    /// The number of bytes written, including the output of [`Self::aside`].
    written: usize,
}

impl<'f> Printer<'f> {
    /// Returns the normal form of an attribute's expression.
    pub(super) fn print(&self, attribute: &HclAttribute) -> String {
        let mut page = ExpressionText {
            printer: self,
            out: String::new(),
            file: attribute.spans.then_some(attribute.spot.file),
            within: Vec::new(),
            written: 0,
        };
        page.expression(&attribute.value);
        page.out
    }
}

impl<'p> ExpressionText<'p, '_> {
    fn push(&mut self, text: &str) {
        self.written += text.len();
        self.out.push_str(text);
    }

    fn expression(&mut self, expression: &'p Expression) {
        match expression {
            Expression::Null(_) => self.push("null"),
            Expression::Bool(value) => self.push(&value.value().to_string()),
            Expression::Number(number) => {
                let value = number.value();
                let whole = value.as_f64().map(|number| number.to_string());
                self.push(&whole.unwrap_or_else(|| value.to_string()));
            }
            Expression::String(text) => {
                self.push(&format!("\"{}\"", literal(text.value().as_str())))
            }
            Expression::Array(items) => self.list(items.iter()),
            Expression::Object(object) => self.object(object),
            Expression::StringTemplate(template) => self.template(template),
            Expression::HeredocTemplate(heredoc) => self.heredoc(heredoc),
            Expression::Parenthesis(inner) => self.expression(inner.inner()),
            Expression::Variable(name) => self.push(name.value().as_str()),
            Expression::Conditional(choice) => {
                self.push("(");
                self.expression(&choice.cond_expr);
                self.push(" ? ");
                self.expression(&choice.true_expr);
                self.push(" : ");
                self.expression(&choice.false_expr);
                self.push(")");
            }
            Expression::FuncCall(call) => {
                for space in &call.name.namespace {
                    self.push(&format!("{}::", space.value().as_str()));
                }
                self.push(call.name.name.value().as_str());
                self.push("(");
                self.items(call.args.iter());
                self.push(if call.args.expand_final() {
                    "...)"
                } else {
                    ")"
                });
            }
            Expression::Traversal(traversal) => self.traversal(traversal),
            Expression::UnaryOp(operation) => {
                self.push(operation.operator.as_str());
                self.expression(&operation.expr);
            }
            Expression::BinaryOp(operation) => {
                self.push("(");
                self.expression(&operation.lhs_expr);
                self.push(&format!(" {} ", operation.operator.value().as_str()));
                self.expression(&operation.rhs_expr);
                self.push(")");
            }
            Expression::ForExpr(each) => self.each(each),
        }
    }

    fn items(&mut self, items: impl Iterator<Item = &'p Expression>) {
        for (index, item) in items.enumerate() {
            if index > 0 {
                self.push(", ");
            }
            self.expression(item);
        }
    }

    fn list(&mut self, items: impl Iterator<Item = &'p Expression>) {
        self.push("[");
        if self.printer.sorted {
            let mut texts: Vec<String> = items.map(|item| self.aside(item)).collect();
            texts.sort();
            self.push(&texts.join(", "));
        } else {
            self.items(items);
        }
        self.push("]");
    }

    /// Prints an expression to a separate string.
    fn aside(&mut self, expression: &'p Expression) -> String {
        let before = std::mem::take(&mut self.out);
        self.expression(expression);
        std::mem::replace(&mut self.out, before)
    }

    fn object(&mut self, object: &'p hcl_edit::expr::Object) {
        let mut members: Vec<String> = object
            .iter()
            .map(|(key, value)| {
                let key = match key {
                    ObjectKey::Ident(name) => format!("{:?}", name.value().as_str()),
                    ObjectKey::Expression(key) => self.aside(key),
                };
                format!("{key} = {}", self.aside(value.expr()))
            })
            .collect();
        members.sort();
        self.push(&format!("{{{}}}", members.join(", ")));
    }

    fn each(&mut self, each: &'p ForExpr) {
        let (open, close) = match each.key_expr {
            Some(_) => ("{for ", "}"),
            None => ("[for ", "]"),
        };
        self.push(open);
        if let Some(key) = &each.intro.key_var {
            self.push(&format!("{}, ", key.value().as_str()));
        }
        self.push(&format!("{} in ", each.intro.value_var.value().as_str()));
        self.expression(&each.intro.collection_expr);
        self.push(" : ");
        if let Some(key) = &each.key_expr {
            self.expression(key);
            self.push(" => ");
        }
        self.expression(&each.value_expr);
        self.push(if each.grouping { "..." } else { "" });
        if let Some(condition) = &each.cond {
            self.push(" if ");
            self.expression(&condition.expr);
        }
        self.push(close);
    }

    fn traversal(&mut self, traversal: &'p Traversal) {
        let mut operators = traversal.operators.as_slice();
        if let (Expression::Variable(root), [first, rest @ ..]) = (&traversal.expr, operators)
            && root.value().as_str() == "local"
            && let TraversalOperator::GetAttr(name) = first.value()
            && self.local(name.value().as_str())
        {
            operators = rest;
        } else {
            self.expression(&traversal.expr);
        }
        for operator in operators {
            match operator.value() {
                TraversalOperator::AttrSplat(_) => self.push(".*"),
                TraversalOperator::FullSplat(_) => self.push("[*]"),
                TraversalOperator::GetAttr(name) => {
                    self.push(&format!(".{}", name.value().as_str()));
                }
                TraversalOperator::Index(key) => {
                    self.push("[");
                    self.expression(key);
                    self.push("]");
                }
                TraversalOperator::LegacyIndex(index) => {
                    self.push(&format!("[{}]", index.value()));
                }
            }
        }
    }

    /// Expands a local value; false if its name has to be kept.
    fn local(&mut self, name: &str) -> bool {
        let Some((name, attribute)) = self.printer.locals.get_key_value(name) else {
            return false;
        };
        let is_far = self.within.len() >= MAX_NESTING || self.written > MAX_WRITTEN;
        if is_far || self.within.contains(&name.as_str()) {
            return false;
        }
        let file = attribute.spans.then_some(attribute.spot.file);
        let outer = std::mem::replace(&mut self.file, file);
        self.within.push(name);
        self.expression(&attribute.value);
        self.within.pop();
        self.file = outer;
        true
    }

    fn template(&mut self, template: &'p StringTemplate) {
        let elements: Vec<&Element> = template.iter().collect();
        if let [Element::Interpolation(only)] = elements.as_slice() {
            self.expression(&only.expr);
            return;
        }
        let texts = literals(template.iter(), TemplateKind::Quoted, &|_, _| None);
        self.quoted(&elements, &texts);
    }

    fn heredoc(&mut self, heredoc: &'p HeredocTemplate) {
        let elements: Vec<&Element> = heredoc.template.iter().collect();
        let text = self.file.map_or("", |file| (self.printer.text)(file));
        let raw = |from, to| text.get(from..to);
        let start = heredoc.span().map_or(0, |span| span.start);
        let is_indented = text
            .get(start..)
            .is_some_and(|text| text.starts_with("<<-"));
        let kind = if is_indented {
            TemplateKind::Indented
        } else {
            TemplateKind::Lines
        };
        let texts = literals(heredoc.template.iter(), kind, &raw);
        self.quoted(&elements, &texts);
    }

    fn quoted(&mut self, elements: &[&'p Element], texts: &Literals) {
        self.push("\"");
        self.elements(elements, texts);
        self.push("\"");
    }

    fn elements(&mut self, elements: &[&'p Element], texts: &Literals) {
        for element in elements {
            match element {
                Element::Literal(part) => {
                    let offset = part.span().unwrap_or_default().start;
                    let text = texts.get(&offset).map_or("", String::as_str);
                    // Line endings are layout.
                    self.push(&literal(&text.replace("\r\n", "\n")));
                }
                Element::Interpolation(interpolation) => {
                    self.push("${");
                    self.expression(&interpolation.expr);
                    self.push("}");
                }
                Element::Directive(directive) => self.directive(directive, texts),
            }
        }
    }

    fn directive(&mut self, directive: &'p Directive, texts: &Literals) {
        match directive {
            Directive::If(choice) => {
                self.push("%{if ");
                self.expression(&choice.if_expr.cond_expr);
                self.push("}");
                let inner: Vec<&Element> = choice.if_expr.template.iter().collect();
                self.elements(&inner, texts);
                if let Some(other) = &choice.else_expr {
                    self.push("%{else}");
                    let inner: Vec<&Element> = other.template.iter().collect();
                    self.elements(&inner, texts);
                }
                self.push("%{endif}");
            }
            Directive::For(each) => {
                let each = &each.for_expr;
                let key = each.key_var.as_ref();
                let key = key.map_or(String::new(), |key| format!("{}, ", key.value().as_str()));
                self.push(&format!(
                    "%{{for {key}{} in ",
                    each.value_var.value().as_str()
                ));
                self.expression(&each.collection_expr);
                self.push("}");
                let inner: Vec<&Element> = each.template.iter().collect();
                self.elements(&inner, texts);
                self.push("%{endfor}");
            }
        }
    }
}

/// Escapes a string for quotes, so that nothing in it looks like an interpolation or a directive.
fn literal(text: &str) -> String {
    let escaped = text.escape_debug().to_string();
    escaped.replace("${", "\\${").replace("%{", "\\%{")
}
