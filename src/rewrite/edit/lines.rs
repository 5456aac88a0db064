//! Inserts a line into a block or an object of HCL, aligned as `terraform fmt` aligns it. Parses nothing itself: the
//! ranges come from the parser.

use std::ops::Range;

use super::{insertion, line_end_at};
use crate::domain::finding::Edit;

/// A block or an object that lacks an attribute.
pub(super) struct AttributeHolder {
    /// The end of the header, before the opening brace.
    pub(super) head: usize,
    /// The bytes of the whole block or object.
    pub(super) range: Range<usize>,
    /// The attributes in source order: the name, the offset of the name, and the range of the value.
    pub(super) attributes: Vec<(String, usize, Range<usize>)>,
    /// The offsets of the nested blocks.
    pub(super) inner: Vec<usize>,
    /// True for an object, whose members may share one line.
    pub(super) is_object: bool,
}

impl AttributeHolder {
    /// Returns the range of the value of an attribute.
    pub(super) fn get(&self, name: &str) -> Option<Range<usize>> {
        let mut attributes = self.attributes.iter();
        attributes
            .find(|(known, ..)| known == name)
            .map(|(.., value)| value.clone())
    }

    /// The indentation of the lines inside.
    fn margin(&self, text: &str) -> String {
        let first = self.attributes.iter().map(|(_, start, _)| *start);
        match first.chain(self.inner.iter().copied()).min() {
            Some(at) => indentation(text, at).to_owned(),
            None => format!("{}  ", indentation(text, self.range.start)),
        }
    }

    /// The attributes on consecutive lines right below the header: `terraform fmt` aligns them.
    fn first_group(&self, text: &str, start: usize) -> Vec<(&str, usize)> {
        let mut group = Vec::new();
        let mut at = start;
        for (name, start, value) in &self.attributes {
            let between = text.get(at..*start).unwrap_or("\n");
            let is_next = between.chars().all(|one| one == ' ' || one == '\t');
            if !is_next || text[*start..value.end].contains('\n') {
                break;
            }
            group.push((name.as_str(), *start));
            at = text[value.end..]
                .find('\n')
                .map_or(text.len(), |line| value.end + line + 1);
        }
        group
    }
}

/// An attribute to add, as `name = value`.
#[derive(Clone, Copy)]
pub(super) struct AddedAttribute<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
}

/// Returns the edits that add an attribute.
pub(super) fn more(
    text: &str,
    holder: &AttributeHolder,
    added: AddedAttribute<'_>,
) -> Result<Vec<Edit>, String> {
    let AddedAttribute { name, value } = added;
    let lost = "the block was not found";
    let open = text.get(holder.head..holder.range.end).ok_or(lost)?;
    let after = holder.head + open.find('{').ok_or(lost)? + 1;
    let rest = text.get(after..holder.range.end).ok_or(lost)?;
    let Some(line) = rest.find('\n') else {
        return in_one_line(text, holder, after, added);
    };
    // Text after the brace would end up in the line above.
    let behind = rest[..line].trim();
    if !(behind.is_empty() || behind.starts_with('#') || behind.starts_with("//")) {
        return Err(format!(
            "the block begins in the line of its brace: write {name} into it by hand"
        ));
    }
    let start = after + line + 1;
    let margin = holder.margin(text);
    let end = line_end_at(text, holder.head);
    let group = holder.first_group(text, start);
    let width = group.iter().map(|(name, _)| name.chars().count()).max();
    let width = width.filter(|width| is_aligned(text, &group, *width));
    let is_alone = text[start..holder.range.end].trim_start().starts_with('}');
    let inserted = match width {
        // The line joins the first group of aligned lines.
        Some(width) if width >= name.len() => format!("{margin}{name:<width$} = {value}{end}"),
        // The name is too long for the alignment of the group, so a blank line separates the new line from it.
        _ if !is_alone => format!("{margin}{name} = {value}{end}{end}"),
        _ => format!("{margin}{name} = {value}{end}"),
    };
    Ok(vec![insertion(start, inserted)])
}

/// A block on one line may hold only one attribute (HCL Native Syntax Specification, "Structural Elements"), so each
/// attribute gets a line of its own. An object stays on its line.
fn in_one_line(
    text: &str,
    holder: &AttributeHolder,
    after: usize,
    AddedAttribute { name, value }: AddedAttribute<'_>,
) -> Result<Vec<Edit>, String> {
    let close = holder.range.end - 1;
    let inside = text.get(after..close).unwrap_or_default();
    let blanks = inside.len() - inside.trim_start().len();
    if holder.is_object && !inside.trim().is_empty() {
        let member = format!("{name} = {value}, ");
        return Ok(vec![insertion(after + blanks, member)]);
    }
    if inside.contains("/*") || !holder.inner.is_empty() {
        return Err(format!(
            "more than one attribute stands inside the block of one line: write {name} into it by hand"
        ));
    }
    let end = line_end_at(text, holder.head);
    let outer = indentation(text, holder.range.start);
    let Some((known, start, range)) = holder.attributes.first() else {
        return Ok(vec![Edit {
            range: after..close,
            text: format!("{end}{outer}  {name} = {value}{end}{outer}"),
        }]);
    };
    let width = name.chars().count().max(known.chars().count());
    let equals = text[*start..].find('=').map_or(*start, |at| start + at);
    Ok(vec![
        Edit {
            range: after..*start,
            text: format!("{end}{outer}  {name:<width$} = {value}{end}{outer}  "),
        },
        Edit {
            range: *start..equals,
            text: format!("{known:<width$} "),
        },
        Edit {
            range: range.end..close,
            text: format!("{end}{outer}"),
        },
    ])
}

/// The indentation of the line at a place.
fn indentation(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
    let line = &text[start..at];
    &line[..line.len() - line.trim_start().len()]
}

/// True if the values of all these lines begin in the same column.
fn is_aligned(text: &str, group: &[(&str, usize)], width: usize) -> bool {
    group.iter().all(|(name, start)| {
        let gap = text[*start..].find('=').map(|at| at + name.chars().count());
        gap == Some(width + 1 + name.len())
    })
}
