//! Edits of HCL. Inserted text is formatted as `terraform fmt` formats it.

use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::{Expression, Object, ObjectKey};
use hcl_edit::structure::{Attribute, Block, Body};
use hcl_edit::visit::{self, Visit};

use super::lines::{self, AddedAttribute, AttributeHolder};
use super::{NO_ENTRY, Switch, is_otherwise};
use crate::domain::finding::Edit;
use crate::domain::remedy::Setting;

/// The attribute or parameter that is searched for.
#[derive(Clone, Copy)]
enum SoughtNode<'a> {
    Setting(&'a Setting),
    Switch(&'a Switch<'a>),
}

/// Sets an attribute: replaces the expression at an offset, or adds a line to the block or the object that begins
/// there.
pub(super) fn set(
    text: &str,
    body: &Body,
    offset: usize,
    setting: &Setting,
) -> Result<Vec<Edit>, String> {
    let found = found(body, offset, SoughtNode::Setting(setting));
    let (name, value) = (setting.terraform, setting.literal());
    if let Some((range, _)) = found.value {
        return Ok(vec![replaced(text, range, &value)?]);
    }
    let (kind, holder) = found.holder.ok_or("no value was found at that place")?;
    let holders = if setting.is_of_entry {
        ["auth", "dynamic"]
    } else {
        ["resource", "module"]
    };
    if !holders.contains(&kind.as_str()) {
        return Err(NO_ENTRY.to_owned());
    }
    match holder.get(name) {
        // The attribute is written with the value `null`, which means that it is not set.
        Some(range) => Ok(vec![replaced(text, range, &value)?]),
        None => {
            let value = &value;
            lines::more(text, &holder, AddedAttribute { name, value })
        }
    }
}

/// Returns the edit that turns on the switch at an offset.
pub(super) fn switch(
    text: &str,
    body: &Body,
    offset: usize,
    switch: &Switch<'_>,
) -> Result<Edit, String> {
    let found = found(body, offset, SoughtNode::Switch(switch));
    let (range, literal) = found.value.ok_or_else(|| switch.by_hand())?;
    let on = switch
        .on(literal.as_deref())
        .ok_or_else(|| switch.by_hand())?;
    let is_quoted = literal.is_none() || text[range.clone()].starts_with('"');
    let quote = if is_quoted { "\"" } else { "" };
    replaced(text, range, &format!("{quote}{on}{quote}"))
}

/// Replaces the only wrong literal in a range with the wanted value. None unless there is exactly one.
pub(super) fn given(body: &Body, range: Range<usize>, setting: &Setting) -> Option<Edit> {
    struct Literals<'a>(Range<usize>, &'a Setting, Vec<Range<usize>>);
    impl Visit for Literals<'_> {
        fn visit_expr(&mut self, node: &Expression) {
            let span = node.span().filter(|span| self.0.contains(&span.start));
            let is_wrong = literal(node).is_some_and(|literal| is_otherwise(self.1, &literal));
            self.2.extend(span.filter(|_| is_wrong));
            visit::visit_expr(self, node);
        }
    }
    let mut literals = Literals(range, setting, Vec::new());
    literals.visit_body(body);
    match literals.2.as_slice() {
        [only] => Some(Edit {
            range: only.clone(),
            text: setting.literal(),
        }),
        _ => None,
    }
}

/// The range of the block or the expression that begins at an offset: a statement of a policy, or the policy.
pub(super) fn statement(body: &Body, offset: usize) -> Option<Range<usize>> {
    struct HclStatement(usize, Option<Range<usize>>);
    impl Visit for HclStatement {
        fn visit_attr(&mut self, node: &Attribute) {
            if !is_elsewhere(node, self.0) {
                visit::visit_attr(self, node);
            }
        }

        fn visit_block(&mut self, node: &Block) {
            if is_elsewhere(node, self.0) {
                return;
            }
            self.take(node.span());
            visit::visit_block(self, node);
        }

        fn visit_expr(&mut self, node: &Expression) {
            self.take(node.span());
            visit::visit_expr(self, node);
        }
    }
    impl HclStatement {
        fn take(&mut self, range: Option<Range<usize>>) {
            let range = range.filter(|range| range.start == self.0);
            self.1 = self.1.take().or(range);
        }
    }
    let mut statement = HclStatement(offset, None);
    statement.visit_body(body);
    statement.1
}

fn replaced(text: &str, range: Range<usize>, value: &str) -> Result<Edit, String> {
    let old = text.get(range.clone()).ok_or("the value was not found")?;
    let comments = ["#", "//", "/*"].iter().any(|mark| old.contains(mark));
    if comments && (old.contains('\n') || old.contains("/*")) {
        return Err("comments stand inside the value: write it by hand".to_owned());
    }
    Ok(Edit {
        range,
        text: value.to_owned(),
    })
}

/// True if nothing in the node begins at the offset. A file may have thousands of findings, and the search for each has
/// to skip the other nodes quickly.
fn is_elsewhere(node: &impl Span, offset: usize) -> bool {
    node.span().is_some_and(|span| !span.contains(&offset))
}

fn found<'a>(body: &Body, offset: usize, wanted: SoughtNode<'a>) -> NodeFinder<'a> {
    let mut finder = NodeFinder {
        offset,
        wanted,
        is_in_auth: false,
        value: None,
        holder: None,
    };
    finder.visit_body(body);
    finder
}

/// Finds the value or the block that begins at an offset.
struct NodeFinder<'a> {
    offset: usize,
    wanted: SoughtNode<'a>,
    /// True inside an attribute `auth`.
    is_in_auth: bool,
    /// The range of the value to change, and its text if it is a literal.
    value: Option<(Range<usize>, Option<String>)>,
    /// The kind of the block or the object that lacks the attribute, and its layout.
    holder: Option<(String, AttributeHolder)>,
}

impl Visit for NodeFinder<'_> {
    fn visit_attr(&mut self, node: &Attribute) {
        if is_elsewhere(node, self.offset) {
            return;
        }
        let outside = self.is_in_auth;
        self.is_in_auth |= node.key.as_str() == "auth";
        visit::visit_attr(self, node);
        self.is_in_auth = outside;
    }

    fn visit_block(&mut self, node: &Block) {
        if is_elsewhere(node, self.offset) {
            return;
        }
        let attributes = node.body.attributes();
        let fields: Vec<(&str, &Expression)> = attributes
            .map(|attribute| (attribute.key.as_str(), &attribute.value))
            .collect();
        self.look(&fields);
        if node.ident.span().map(|span| span.start) == Some(self.offset) {
            self.holder = holder(node).map(|holder| (node.ident.as_str().to_owned(), holder));
        }
        visit::visit_block(self, node);
    }

    fn visit_object(&mut self, node: &Object) {
        let items = node.iter();
        let fields: Vec<(&str, &Expression)> = items
            .filter_map(|(key, value)| Some((name(key)?, value.expr())))
            .collect();
        self.look(&fields);
        let begins = node.span().is_some_and(|span| span.start == self.offset);
        if begins && self.is_in_auth && self.holder.is_none() {
            self.holder = of_object(node).map(|holder| ("auth".to_owned(), holder));
        }
        visit::visit_object(self, node);
    }
}

impl NodeFinder<'_> {
    /// Looks for the value among the attributes of one block or the members of one object.
    fn look(&mut self, fields: &[(&str, &Expression)]) {
        let is_wanted = |key: &str| match self.wanted {
            SoughtNode::Setting(setting) => key == setting.terraform,
            SoughtNode::Switch(switch) => {
                let mut names = fields.iter().filter(|(key, _)| *key == "name");
                let beside =
                    names.any(|(_, name)| name.as_str().is_some_and(|name| switch.is_named(name)));
                switch.is_named(key) || (key == "value" && beside)
            }
        };
        let mut wanted = fields.iter().filter(|(key, _)| is_wanted(key));
        let value = wanted.find_map(|(_, value)| at(value, self.offset));
        if let Some((value, range)) = value.and_then(|value| Some((value, value.span()?))) {
            self.value = Some((range, literal(value)));
        }
    }
}

/// The expression itself, or the one inside its parentheses, whichever begins at the offset.
fn at(mut value: &Expression, offset: usize) -> Option<&Expression> {
    loop {
        if value.span()?.start == offset {
            return Some(value);
        }
        value = value.as_parenthesis()?.inner();
    }
}

fn literal(value: &Expression) -> Option<String> {
    match value {
        Expression::String(text) => Some(text.value().clone()),
        Expression::Number(number) => Some(number.value().to_string()),
        Expression::Bool(is) => Some(is.value().to_string()),
        _ => None,
    }
}

fn name(key: &ObjectKey) -> Option<&str> {
    match key {
        ObjectKey::Ident(name) => Some(name.as_str()),
        ObjectKey::Expression(expression) => match expression {
            Expression::Variable(name) => Some(name.as_str()),
            expression => expression.as_str(),
        },
    }
}

/// Returns the layout of a block for an insertion. For `dynamic`, that of its `content` block, which holds the
/// attributes.
fn holder(block: &Block) -> Option<AttributeHolder> {
    let block = match block.ident.as_str() {
        "dynamic" => {
            let mut inner = block.body.blocks();
            inner.find(|inner| inner.ident.as_str() == "content")?
        }
        _ => block,
    };
    let attributes = block.body.attributes().filter_map(|attribute| {
        let start = attribute.key.span()?.start;
        let value = attribute.value.span()?;
        Some((attribute.key.as_str().to_owned(), start, value))
    });
    let head = block.labels.last().map(Span::span);
    Some(AttributeHolder {
        head: head.unwrap_or_else(|| block.ident.span())?.end,
        range: block.span()?,
        attributes: attributes.collect(),
        inner: block
            .body
            .blocks()
            .filter_map(|inner| Some(inner.span()?.start))
            .collect(),
        is_object: false,
    })
}

fn of_object(object: &Object) -> Option<AttributeHolder> {
    let attributes = object.iter().filter_map(|(key, value)| {
        let start = key.span()?.start;
        Some((name(key)?.to_owned(), start, value.expr().span()?))
    });
    let range = object.span()?;
    Some(AttributeHolder {
        head: range.start,
        range,
        attributes: attributes.collect(),
        inner: Vec::new(),
        is_object: true,
    })
}
