//! A text as nested named items that together contain every byte. Items are merged one by one in the same way for all
//! languages; [`super::hcl`] and [`super::data`] find the items of their language.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::domain::lines::Lines;

/// The content of a text regardless of notation: every value by its path. A path that occurs several times has several
/// values.
pub(super) type Facts = BTreeMap<String, Vec<String>>;

/// An item with all its bytes. It consists of whole lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OutlineItem {
    /// The key that distinguishes the item from its siblings, made of kind and name.
    pub(super) key: String,
    /// The name of the item for messages.
    pub(super) name: String,
    /// The comments and empty lines before the item.
    pub(super) lead: String,
    pub(super) shape: Shape,
    /// The rest of its last line, with the line break.
    pub(super) tail: String,
    /// The content of the item regardless of notation.
    pub(super) sense: String,
    /// The number of its first line, 1-based.
    pub(super) line: usize,
}

/// The structure of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A value that is not split further.
    Leaf(String),
    /// Nested items, each on lines of its own.
    Group(ItemGroup),
}

/// A sequence of items and the text around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ItemGroup {
    /// The text up to the end of the line that opens the group.
    pub(super) head: String,
    pub(super) items: Vec<OutlineItem>,
    /// The comments and empty lines after the last item.
    pub(super) last: String,
    /// The line that closes the group; empty if nothing closes it.
    pub(super) close: String,
    pub(super) style: Style,
    /// True if the last item has a trailing comma.
    pub(super) trails: bool,
    /// The indentation of the items, in languages in which it is significant.
    pub(super) indent: Option<usize>,
}

/// The separator between items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Items are separated by line breaks.
    Lines,
    /// Items are separated by commas.
    Commas,
}

/// A node found by a parser, with its range.
#[derive(Clone, Debug)]
pub(super) struct OutlineNode {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) range: Range<usize>,
    pub(super) sense: String,
    pub(super) inner: Option<Inner>,
}

/// The nodes inside a node.
#[derive(Clone, Debug)]
pub(super) struct Inner {
    pub(super) nodes: Vec<OutlineNode>,
    /// The offset of the opening. The head ends with the line that contains it.
    pub(super) opens: usize,
    /// The offset of the closing bracket, if it has one.
    pub(super) closes: Option<usize>,
    pub(super) style: Style,
    pub(super) by_indent: bool,
}

impl OutlineItem {
    /// The text of the item without its lead and its tail.
    pub(super) fn core(&self) -> String {
        match &self.shape {
            Shape::Leaf(text) => text.clone(),
            Shape::Group(group) => group.text(),
        }
    }

    /// The full text, including comments and separators.
    pub(super) fn text(&self) -> String {
        format!("{}{}{}", self.lead, self.core(), self.tail)
    }
}

impl ItemGroup {
    /// The full text, including comments and separators.
    pub(super) fn text(&self) -> String {
        let count = self.items.len();
        let mut text = self.head.clone();
        for (index, item) in self.items.iter().enumerate() {
            text.push_str(&item.lead);
            text.push_str(&item.core());
            if self.style == Style::Commas && (self.trails || index + 1 < count) {
                text.push(',');
            }
            text.push_str(&item.tail);
        }
        text + &self.last + &self.close
    }
}

/// Splits a whole text into items. None if the items are not on lines of their own, or if joining them would not
/// restore every byte.
pub(super) fn whole(text: &str, inner: &Inner) -> Option<ItemGroup> {
    let opens = inner.closes.map(|_| inner.opens);
    let group = group(&Lines::new(text), inner, 0..text.len(), opens)?;
    (group.text() == text).then_some(group)
}

/// Splits a range: the head up to the end of the line of `opens`, the items, and the closing line.
fn group(
    lines: &Lines<'_>,
    inner: &Inner,
    range: Range<usize>,
    opens: Option<usize>,
) -> Option<ItemGroup> {
    let text = lines.text();
    let start = opens.map_or(range.start, |at| line_end(text, at));
    let close = inner.closes.map_or(range.end, |at| line_start(text, at));
    is_blank(text.get(close..inner.closes.unwrap_or(close))?).then_some(())?;
    let mut cursor = start;
    let mut items: Vec<OutlineItem> = Vec::new();
    for node in &inner.nodes {
        let (item, after) = item(lines, node, cursor, inner.style)?;
        cursor = after;
        items.push(item);
    }
    let trails = items.last().is_some_and(|item| {
        let behind = cursor - item.tail.len();
        text.get(..behind).is_some_and(|text| text.ends_with(','))
    });
    // Lines after the last item of a group without a closing bracket belong to the item that follows the group.
    let ends = match (inner.closes, opens) {
        (None, Some(_)) => cursor,
        _ => close,
    };
    let indent = inner.nodes.first().map(|node| {
        let at = node.range.start;
        at - line_start(text, at)
    });
    Some(ItemGroup {
        head: text.get(range.start..start)?.to_owned(),
        items,
        last: text.get(cursor..ends)?.to_owned(),
        close: match inner.closes {
            Some(_) => text.get(close..range.end)?.to_owned(),
            None => String::new(),
        },
        style: inner.style,
        trails: trails && inner.style == Style::Commas,
        indent: indent.filter(|_| inner.by_indent),
    })
}

/// Takes one item from the lines starting at `cursor`, and returns it with the offset of the next one.
fn item(
    lines: &Lines<'_>,
    node: &OutlineNode,
    cursor: usize,
    style: Style,
) -> Option<(OutlineItem, usize)> {
    let text = lines.text();
    let start = line_start(text, node.range.start);
    let lead = text.get(cursor..start)?;
    is_blank(text.get(start..node.range.start)?).then_some(())?;
    let (shape, end) = shape(lines, node, start)?;
    let (tail, after) = if text.get(..end)?.ends_with('\n') {
        ("", end)
    } else {
        tail(text, end, style)?
    };
    let item = OutlineItem {
        key: node.key.clone(),
        name: node.name.clone(),
        lead: lead.to_owned(),
        shape,
        tail: tail.to_owned(),
        sense: node.sense.clone(),
        line: usize::try_from(lines.place(start).0).ok()?,
    };
    Some((item, after))
}

/// Returns the structure of an item, and where the item ends.
fn shape(lines: &Lines<'_>, node: &OutlineNode, start: usize) -> Option<(Shape, usize)> {
    let text = lines.text();
    let end = node.range.end;
    let inner = node.inner.as_ref();
    let cut = inner.and_then(|inner| group(lines, inner, start..end, Some(inner.opens)));
    match cut {
        Some(group) => {
            let length = match inner.and_then(|inner| inner.closes) {
                Some(_) => end,
                None => start + group.text().len(),
            };
            Some((Shape::Group(group), length))
        }
        None => Some((Shape::Leaf(text.get(start..end)?.to_owned()), end)),
    }
}

/// The rest of the line of an item, without the comma after it, and the offset of the next line. None if more than a
/// comment follows on the line.
fn tail(text: &str, end: usize, style: Style) -> Option<(&str, usize)> {
    let after = line_end(text, end);
    let rest = text.get(end..after)?;
    if style == Style::Lines {
        // A comment that continues on the next line cannot be the tail of one line.
        let is_whole = !rest.contains("/*") || rest.contains("*/");
        return is_whole.then_some((rest, after));
    }
    let bare = rest.strip_prefix(',').unwrap_or(rest);
    let comment = bare.trim_start();
    let is_rest = comment.is_empty() || comment.starts_with('#') || comment.starts_with("//");
    is_rest.then_some((bare, after))
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |line| line + 1)
}

/// The offset after the line break that follows a place.
fn line_end(text: &str, at: usize) -> usize {
    text.get(at..)
        .and_then(|rest| rest.find('\n'))
        .map_or(text.len(), |line| at + line + 1)
}
