//! Secrets in HCL: Terraform and OpenTofu code, values of variables, Terragrunt units and tests.

use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, FuncCall, Object, ObjectKey};
use hcl_edit::visit::{self, Visit};

use super::names::{DECLARED, SecretNames};
use super::patterns;
use super::unquoted::SearchedPart;
use super::words::{BY_KIND, holds_secret, is_public_member};
use super::{FoundSecrets, literal, state};
use crate::language::hcl::Block;

/// Functions whose arguments say where a value is, and are not the value.
const LOOKING: [&str; 12] = [
    "can",
    "element",
    "file",
    "filebase64",
    "fileexists",
    "filesha256",
    "index",
    "length",
    "lookup",
    "pathexpand",
    "templatefile",
    "timestamp",
];

/// Notes the secrets of a text. False if it cannot be parsed.
pub(super) fn find(path: &str, text: &str, names: &SecretNames, found: &mut FoundSecrets) -> bool {
    let Ok(parsed) = crate::language::hcl::parsed(text) else {
        return false;
    };
    let mut reader = SecretsInHcl {
        text,
        names,
        // Top-level attributes of such a file are values of variables or inputs.
        is_values: path.ends_with(".tfvars") || path.ends_with(".hcl"),
        depth: 0,
        texts: Vec::new(),
        found,
    };
    reader.body(&parsed.block);
    let texts = std::mem::take(&mut reader.texts);
    for range in &texts {
        patterns::find(text, range.clone(), SearchedPart::Inside, found);
    }
    for range in comments(text, &texts) {
        patterns::find(text, range, SearchedPart::Inside, found);
    }
    true
}

struct SecretsInHcl<'r> {
    text: &'r str,
    names: &'r SecretNames,
    is_values: bool,
    depth: usize,
    /// The ranges of all literals.
    texts: Vec<Range<usize>>,
    found: &'r mut FoundSecrets,
}

impl Visit for SecretsInHcl<'_> {
    fn visit_object(&mut self, node: &Object) {
        self.pair(
            |name| {
                let mut items = node.iter();
                let found = items.find(|(key, _)| self::name(key) == Some(name));
                found.map(|(_, value)| value.expr())
            },
            false,
        );
        for (key, value) in node {
            match name(key) {
                Some(name) => {
                    let is_value = self.is_values && self.names.is_variable(name);
                    let is_secret = is_value || self.names.is_member(name);
                    self.member(name, is_secret, value.expr());
                }
                None => self.visit_expr(value.expr()),
            }
        }
    }

    fn visit_expr(&mut self, node: &Expression) {
        if is_literal(node) {
            self.texts.extend(node.span());
        }
        visit::visit_expr(self, node);
    }

    fn visit_func_call(&mut self, node: &FuncCall) {
        if node.name.name.as_str() == "sensitive" {
            node.args.iter().for_each(|value| self.secret(value));
        }
        visit::visit_func_call(self, node);
    }
}

impl SecretsInHcl<'_> {
    fn body(&mut self, block: &Block) {
        for attribute in &block.attributes {
            let name = &attribute.name;
            let is_value = self.is_values && self.names.is_variable(name);
            self.member(name, is_value, &attribute.value);
        }
        block.blocks.iter().for_each(|inner| self.block(inner));
    }

    fn block(&mut self, block: &Block) {
        if self.depth == 0 {
            self.top(block);
        }
        self.depth += 1;
        self.pair(|name| value(block, name), block.kind.contains("sensitive"));
        let known = self.found.mentions.len();
        self.body(block);
        self.repeated(block, known);
        self.depth -= 1;
    }

    /// Scans an attribute of a block or a member of an object.
    fn member(&mut self, name: &str, is_secret: bool, value: &Expression) {
        if is_secret || holds_secret(name) {
            self.secret(value);
        }
        self.visit_expr(value);
    }

    /// Marks the `for_each` of a block as secret if each of its items is: `password = each.value`.
    fn repeated(&mut self, block: &Block, known: usize) {
        let mentions = self.found.mentions.get(known..).unwrap_or_default();
        let is_whole = |mention: &String| {
            let parts = mention.split("each.value").skip(1);
            parts
                .into_iter()
                .any(|rest| !rest.starts_with(['.', '_', '[']))
        };
        let source = value(block, "for_each");
        if let Some(source) = source.filter(|_| mentions.iter().any(is_whole)) {
            self.secret(source);
        }
    }

    /// Notes the secrets that a top-level block declares.
    fn top(&mut self, block: &Block) {
        let labels: Vec<&str> = block.labels.iter().map(String::as_str).collect();
        let attribute = |name| value(block, name);
        let is_true = |value: &Expression| value.as_bool() == Some(true);
        let is_sensitive = attribute("sensitive").is_some_and(is_true);
        match (block.kind.as_str(), labels.as_slice()) {
            ("variable", [name]) => {
                let is_secret = is_sensitive || holds_secret(name);
                if is_secret {
                    self.found.mentions.push(format!("{DECLARED}var.{name}"));
                }
                self.declared(is_secret, self.names.variable(name), attribute("default"));
            }
            ("output", [name]) => {
                let is_secret = is_sensitive || holds_secret(name);
                self.declared(is_secret, self.names.output(name), attribute("value"));
            }
            ("locals", []) => {
                for local in &block.attributes {
                    let ways = self.names.local(&local.name);
                    self.declared(false, ways, Some(&local.value));
                }
            }
            ("module", [_]) => {
                for input in &block.attributes {
                    let ways = self.names.variable(&input.name);
                    self.declared(false, ways, Some(&input.value));
                }
            }
            ("resource" | "data", [kind, _]) => self.by_kind(kind, block),
            _ => {}
        }
    }

    /// Notes the secrets in the value of a name: all of it, or the members listed in `ways`.
    fn declared(&mut self, is_secret: bool, ways: Vec<&str>, value: Option<&Expression>) {
        let Some(value) = value else {
            return;
        };
        if is_secret || ways.contains(&"") {
            self.secret(value);
            return;
        }
        for way in ways {
            let mut members = Members {
                name: way,
                found: Vec::new(),
            };
            members.visit_expr(value);
            for value in members.found {
                self.secret(&value);
            }
        }
    }

    fn by_kind(&mut self, kind: &str, block: &Block) {
        let attribute = |name| value(block, name);
        for (_, name, condition) in BY_KIND.iter().filter(|row| row.0 == kind) {
            let holds = condition.is_none_or(|(name, value)| {
                // An expression may evaluate to the value.
                attribute(name).is_some_and(|said| said.as_str().is_none_or(|said| said == value))
            });
            if let Some(value) = attribute(name).filter(|_| holds) {
                self.secret(value);
            }
        }
    }

    /// Notes the value in a pair like `{ name = "DB_PASSWORD", value = "…" }`.
    fn pair<'e>(&mut self, member: impl Fn(&str) -> Option<&'e Expression>, is_secret: bool) {
        let name = ["name", "Name", "key", "Key"].into_iter().find_map(&member);
        let named = name.and_then(Expression::as_str).is_some_and(holds_secret);
        if !named && !is_secret {
            return;
        }
        if let Some(value) = ["value", "Value"].into_iter().find_map(&member) {
            self.secret(value);
        }
    }

    /// Notes all literals of an expression, except those that only refer to a value, choose between values or compare
    /// them.
    fn secret(&mut self, value: &Expression) {
        match value {
            Expression::Array(items) => items.iter().for_each(|item| self.secret(item)),
            Expression::Object(members) => {
                for (key, value) in members {
                    if !name(key).is_some_and(is_public_member) {
                        self.secret(value.expr());
                    }
                }
            }
            Expression::Parenthesis(inner) => self.secret(inner.inner()),
            Expression::Conditional(choice) => {
                self.secret(&choice.true_expr);
                self.secret(&choice.false_expr);
            }
            Expression::FuncCall(call) if !LOOKING.contains(&call.name.name.as_str()) => {
                call.args.iter().for_each(|value| self.secret(value));
            }
            Expression::FuncCall(call) => {
                // The last argument of `lookup` is the default value.
                let fallback = (call.name.name.as_str() == "lookup").then(|| call.args.get(2));
                if let Some(value) = fallback.flatten() {
                    self.secret(value);
                }
            }
            Expression::ForExpr(each) => {
                self.secret(&each.value_expr);
                match &each.value_expr {
                    Expression::Variable(_) => self.secret(&each.intro.collection_expr),
                    Expression::Traversal(_) => {
                        let said = each.value_expr.span();
                        let said = said.and_then(|range| self.text.get(range));
                        let member = said.and_then(|said| said.rsplit('.').next());
                        let member = member.map(|member| format!("each.value.{member}"));
                        self.found.mentions.extend(member);
                    }
                    _ => {}
                }
            }
            Expression::Traversal(_) | Expression::BinaryOp(_) | Expression::UnaryOp(_) => {
                let said = value.span().and_then(|range| self.text.get(range));
                self.found.mentions.extend(said.map(str::to_owned));
            }
            Expression::String(_)
            | Expression::StringTemplate(_)
            | Expression::HeredocTemplate(_)
            | Expression::Number(_) => {
                if let Some(range) = value.span() {
                    literal::secret(self.text, inner(self.text, range), self.found);
                }
                if let Some(text) = value.as_str() {
                    state::meant(text, self.found);
                }
            }
            Expression::Null(_) | Expression::Bool(_) | Expression::Variable(_) => {}
        }
    }
}

/// Collects the members of a name at any depth.
struct Members<'n> {
    name: &'n str,
    found: Vec<Expression>,
}

impl Visit for Members<'_> {
    fn visit_object(&mut self, node: &Object) {
        for (key, value) in node {
            if name(key) == Some(self.name) {
                self.found.push(value.expr().clone())
            } else {
                self.visit_expr(value.expr())
            }
        }
    }
}

/// Returns the value of an attribute.
fn value<'b>(block: &'b Block, name: &str) -> Option<&'b Expression> {
    let attribute = block.attribute(name)?;
    Some(&attribute.value)
}

fn is_literal(value: &Expression) -> bool {
    matches!(
        value,
        Expression::String(_) | Expression::StringTemplate(_) | Expression::HeredocTemplate(_)
    )
}

fn name(key: &ObjectKey) -> Option<&str> {
    match key {
        ObjectKey::Ident(name) => Some(name.as_str()),
        ObjectKey::Expression(Expression::Variable(name)) => Some(name.as_str()),
        ObjectKey::Expression(expression) => expression.as_str(),
    }
}

/// The range without the quotes, or without the first and last line of a heredoc.
fn inner(text: &str, range: Range<usize>) -> Range<usize> {
    let raw = text.get(range.clone()).unwrap_or_default();
    if raw.len() >= 2 && raw.starts_with('"') && raw.ends_with('"') {
        return range.start + 1..range.end - 1;
    }
    if !raw.starts_with("<<") {
        return range;
    }
    let start = raw.find('\n').map_or(raw.len(), |at| at + 1);
    let word = raw[..start].trim_start_matches(['<', '-']).trim();
    let body = raw.trim_end();
    let end = if body.ends_with(word) {
        body.rfind('\n').map_or(start, |at| at.max(start))
    } else {
        raw.len()
    };
    range.start + start..range.start + end
}

/// The ranges of the comments, found between the literals.
fn comments(text: &str, literals: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut literals: Vec<&Range<usize>> = literals.iter().collect();
    literals.sort_by_key(|range| range.start);
    let mut comments = Vec::new();
    let mut at = 0;
    let ends = literals.iter().map(|range| (range.start, range.end));
    for (start, end) in ends.chain([(text.len(), text.len())]) {
        while let Some(found) = text.get(at..start).and_then(first_comment) {
            let from = at + found;
            let close = if text[from..].starts_with("/*") {
                "*/"
            } else {
                "\n"
            };
            let length = text[from..]
                .find(close)
                .map_or(text.len() - from, |end| end + close.len());
            comments.push(from..from + length);
            at = from + length;
        }
        at = at.max(end);
    }
    comments
}

fn first_comment(code: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(step) = code.get(at..)?.find(['#', '/']) {
        let start = at + step;
        let rest = &code[start..];
        if ["#", "//", "/*"].iter().any(|sign| rest.starts_with(sign)) {
            return Some(start);
        }
        at = start + 1;
    }
    None
}
