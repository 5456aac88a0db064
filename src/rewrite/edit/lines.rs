//! A line more in a block of HCL or in an object, aligned as `terraform fmt` would align it. Reads nothing by itself: the ranges
//! come from the parser.

use std::ops::Range;

use super::{insertion, line_end_at};
use crate::domain::finding::Edit;

/// A block or an object that lacks an attribute.
pub(super) struct AttributeHolder {
    /// Before its opening brace.
    pub(super) head: usize,
    /// All of it.
    pub(super) range: Range<usize>,
    /// Its attributes in their order: the name, where it begins, and the value.
    pub(super) attributes: Vec<(String, usize, Range<usize>)>,
    /// Where its blocks begin.
    pub(super) inner: Vec<usize>,
    /// An object, whose members may stand in one line.
    pub(super) is_object: bool,
}

impl AttributeHolder {
    /// The value of an attribute.
    pub(super) fn get(&self, name: &str) -> Option<Range<usize>> {
        let mut attributes = self.attributes.iter();
        attributes
            .find(|(known, ..)| known == name)
            .map(|(.., value)| value.clone())
    }

    /// What stands before a line of it.
    fn margin(&self, text: &str) -> String {
        let first = self.attributes.iter().map(|(_, start, _)| *start);
        match first.chain(self.inner.iter().copied()).min() {
            Some(at) => indentation(text, at).to_owned(),
            None => format!("{}  ", indentation(text, self.range.start)),
        }
    }

    /// The attributes that stand right below the header, line by line: `terraform fmt` aligns them.
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

/// The edit that adds `name = value`.
pub(super) fn more(
    text: &str,
    holder: &AttributeHolder,
    (name, value): (&str, &str),
) -> Result<Vec<Edit>, String> {
    let lost = "the block was not found";
    let open = text.get(holder.head..holder.range.end).ok_or(lost)?;
    let after = holder.head + open.find('{').ok_or(lost)? + 1;
    let rest = text.get(after..holder.range.end).ok_or(lost)?;
    let Some(line) = rest.find('\n') else {
        return in_one_line(text, (holder, after), (name, value));
    };
    // What stands behind the brace would end up in the line above.
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
        // The line joins the first group of lines that are aligned.
        Some(width) if width >= name.len() => format!("{margin}{name:<width$} = {value}{end}"),
        // It would change the alignment of the others, so it stands alone.
        _ if !is_alone => format!("{margin}{name} = {value}{end}{end}"),
        _ => format!("{margin}{name} = {value}{end}"),
    };
    Ok(vec![insertion(start, inserted)])
}

/// A block in one line may hold one attribute only (HCL Native Syntax Specification, "Structural Elements"), so that it gets
/// lines of its own. An object stays in its line.
fn in_one_line(
    text: &str,
    (holder, after): (&AttributeHolder, usize),
    (name, value): (&str, &str),
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

/// The white space at the head of the line of a place.
fn indentation(text: &str, at: usize) -> &str {
    let start = text[..at].rfind('\n').map_or(0, |line| line + 1);
    let line = &text[start..at];
    &line[..line.len() - line.trim_start().len()]
}

/// True where the values of all these lines begin in one column.
fn is_aligned(text: &str, group: &[(&str, usize)], width: usize) -> bool {
    group.iter().all(|(name, start)| {
        let gap = text[*start..].find('=').map(|at| at + name.chars().count());
        gap == Some(width + 1 + name.len())
    })
}
