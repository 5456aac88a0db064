//! Edits of HCL. What comes in stands as `terraform fmt` would have it.

use std::ops::Range;

use hcl_edit::Span;
use hcl_edit::expr::Expression;
use hcl_edit::structure::{Block, Body};
use hcl_edit::visit::{self, Visit};

use super::{Edit, NO_ENTRY, Setting, line_end};

/// Sets an attribute: in place of the expression at an offset, or as a line more in the block that begins there.
pub(super) fn edit(text: &str, offset: usize, setting: &Setting) -> Result<Edit, String> {
    let body: Body =
        hcl_edit::parser::parse_body(text).map_err(|_| "the file cannot be read as a whole")?;
    let mut finder = Finder {
        offset,
        expression: None,
        block: None,
    };
    finder.visit_body(&body);
    if let Some(block) = finder.block {
        return line_more(text, &block, setting);
    }
    let range = finder
        .expression
        .ok_or("no value was found at that place")?;
    Ok(Edit {
        range,
        text: setting.values[0].to_owned(),
    })
}

/// What begins at an offset.
struct Finder {
    offset: usize,
    /// The outermost expression.
    expression: Option<Range<usize>>,
    block: Option<Found>,
}

/// A block.
struct Found {
    kind: String,
    span: Range<usize>,
    /// Its attributes that stand in one line each, in their order: name and place.
    attributes: Vec<(String, Range<usize>)>,
    inner: Vec<Self>,
}

impl Visit for Finder {
    fn visit_expr(&mut self, node: &Expression) {
        let span = node.span();
        if self.expression.is_none() && span.as_ref().is_some_and(|span| span.start == self.offset)
        {
            self.expression = span;
            return;
        }
        visit::visit_expr(self, node);
    }

    fn visit_block(&mut self, node: &Block) {
        if node
            .ident
            .span()
            .is_some_and(|span| span.start == self.offset)
        {
            self.block = found(node);
            return;
        }
        visit::visit_block(self, node);
    }
}

fn found(block: &Block) -> Option<Found> {
    let attributes = block.body.attributes().filter_map(|attribute| {
        let start = attribute.key.span()?.start;
        let end = attribute.value.span()?.end;
        Some((attribute.key.as_str().to_owned(), start..end))
    });
    Some(Found {
        kind: block.ident.as_str().to_owned(),
        span: block.span()?,
        attributes: attributes.collect(),
        inner: block.body.blocks().filter_map(found).collect(),
    })
}

fn line_more(text: &str, block: &Found, setting: &Setting) -> Result<Edit, String> {
    let name = setting.names[0];
    if !setting.holders.contains(&block.kind.as_str()) {
        return Err(NO_ENTRY.to_owned());
    }
    let block = match block.kind.as_str() {
        // The blocks that `dynamic` makes are written in `content`.
        "dynamic" => block
            .inner
            .iter()
            .find(|inner| inner.kind == "content")
            .ok_or("the block has no content")?,
        _ => block,
    };
    if block.attributes.iter().any(|(known, _)| known == name) {
        return Err(format!("{name} is written already"));
    }
    let whole = text
        .get(block.span.clone())
        .ok_or("the block was not found")?;
    let open = whole.find('{').ok_or("the block was not found")?;
    let after = block.span.start + open + 1;
    let rest = &text[after..block.span.end];
    let line = rest.find('\n').ok_or(format!(
        "the block stands in one line: write {name} into it by hand"
    ))?;
    let start = after + line + 1;
    let margin = margin(text, block);
    let end = line_end(text);
    let group = first_group(text, block, start);
    let width = group.iter().map(|(name, _)| name.chars().count()).max();
    let width = width.filter(|width| is_aligned(text, &group, *width));
    let value = setting.values[0];
    let inserted = match width {
        // The line joins the first group of lines that are aligned.
        Some(width) if width >= name.len() => format!("{margin}{name:<width$} = {value}{end}"),
        // It would change the alignment of the others, so it stands alone.
        _ if rest
            .trim_start_matches([' ', '\t', '\r', '\n'])
            .starts_with('}')
            || rest.trim() == "}" =>
        {
            format!("{margin}{name} = {value}{end}")
        }
        _ => format!("{margin}{name} = {value}{end}{end}"),
    };
    Ok(Edit {
        range: start..start,
        text: inserted,
    })
}

/// What stands before a line of the block.
fn margin(text: &str, block: &Found) -> String {
    let before = |at: usize| {
        let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
        let white: String = text[start..at]
            .chars()
            .take_while(|one| one.is_whitespace())
            .collect();
        white
    };
    let first = block.attributes.first().map(|(_, range)| range.start);
    let inner = block.inner.first().map(|inner| inner.span.start);
    match first.into_iter().chain(inner).min() {
        Some(at) => before(at),
        None => before(block.span.start) + "  ",
    }
}

/// True where the values of all these lines begin in one column.
fn is_aligned(text: &str, group: &[&(String, Range<usize>)], width: usize) -> bool {
    group.iter().all(|(name, range)| {
        let gap = text[range.start..]
            .find('=')
            .map(|at| at + name.chars().count());
        gap == Some(width + 1 + name.len())
    })
}

/// The attributes that stand right below the header, line by line: `terraform fmt` aligns them.
fn first_group<'b>(text: &str, block: &'b Found, start: usize) -> Vec<&'b (String, Range<usize>)> {
    let mut group = Vec::new();
    let mut at = start;
    for attribute in &block.attributes {
        let range = &attribute.1;
        let between = text.get(at..range.start).unwrap_or("\n");
        let is_next = between.chars().all(|one| one == ' ' || one == '\t');
        if !is_next || text[range.clone()].contains('\n') {
            break;
        }
        group.push(attribute);
        at = text[range.end..]
            .find('\n')
            .map_or(text.len(), |line| range.end + line + 1);
    }
    group
}
