//! A text as named items within each other, every byte in one place: what is merged item by item, in whatever language. What a
//! language is made of, [`super::hcl`] and [`super::data`] say.

use std::collections::BTreeMap;
use std::ops::Range;

/// What a text says, apart from how it is written: every value by its path. What stands there several times has several.
pub(super) type Facts = BTreeMap<String, Vec<String>>;

/// An item with all its bytes: whole lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OutlineItem {
    /// What tells it from its siblings of other kinds or names.
    pub(super) key: String,
    /// The same for people.
    pub(super) name: String,
    /// Comments and empty lines before it.
    pub(super) lead: String,
    pub(super) shape: Shape,
    /// What follows it in its last line, with the line break.
    pub(super) tail: String,
    /// What it says, apart from how it is written.
    pub(super) sense: String,
    /// The line that it begins in, from 1.
    pub(super) line: usize,
}

/// What an item is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One value.
    Leaf(String),
    /// Items, each in lines of its own.
    Group(ItemGroup),
}

/// Items and what stands around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ItemGroup {
    /// The lines up to its opening.
    pub(super) head: String,
    pub(super) items: Vec<OutlineItem>,
    /// Comments and empty lines behind the last item.
    pub(super) last: String,
    /// The line that closes it.
    pub(super) close: String,
    pub(super) style: Style,
    /// A comma stands behind the last item too.
    pub(super) trails: bool,
    /// The column of the items, where it means something.
    pub(super) indent: Option<usize>,
}

/// How items follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// By line breaks.
    Lines,
    /// By commas.
    Commas,
}

/// What a language found: a node, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct OutlineNode {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) range: Range<usize>,
    pub(super) sense: String,
    pub(super) inner: Option<Inner>,
}

/// What stands within a node.
#[derive(Clone, Debug)]
pub(super) struct Inner {
    pub(super) nodes: Vec<OutlineNode>,
    /// Its head ends with the line of this place.
    pub(super) opens: usize,
    /// Where its closing bracket stands, where it has one.
    pub(super) closes: Option<usize>,
    pub(super) style: Style,
    pub(super) by_indent: bool,
}

impl OutlineItem {
    /// Without what stands before and behind.
    pub(super) fn core(&self) -> String {
        match &self.shape {
            Shape::Leaf(text) => text.clone(),
            Shape::Group(group) => group.text(),
        }
    }

    /// All of it.
    pub(super) fn text(&self) -> String {
        format!("{}{}{}", self.lead, self.core(), self.tail)
    }
}

impl ItemGroup {
    /// All of it.
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

/// Cuts a whole text. None where its items do not stand in lines of their own, or a byte would have no place.
pub(super) fn whole(text: &str, inner: &Inner) -> Option<ItemGroup> {
    let opens = inner.closes.map(|_| inner.opens);
    let group = group(text, inner, (0..text.len(), opens))?;
    (group.text() == text).then_some(group)
}

/// Cuts what stands in a range: the head up to the end of the line of `opens`, the items, what closes it.
fn group(
    text: &str,
    inner: &Inner,
    (range, opens): (Range<usize>, Option<usize>),
) -> Option<ItemGroup> {
    let start = opens.map_or(range.start, |at| line_end(text, at));
    let close = inner.closes.map_or(range.end, |at| line_start(text, at));
    is_blank(text.get(close..inner.closes.unwrap_or(close))?).then_some(())?;
    let mut cursor = start;
    let mut items: Vec<OutlineItem> = Vec::new();
    for node in &inner.nodes {
        let (item, after) = item(text, node, (cursor, inner.style))?;
        cursor = after;
        items.push(item);
    }
    let trails = items.last().is_some_and(|item| {
        let behind = cursor - item.tail.len();
        text.get(..behind).is_some_and(|text| text.ends_with(','))
    });
    // Lines behind the last item of a group that nothing closes belong to what follows the group.
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

/// Cuts one item out of the lines from `cursor` on, and gives where the next one begins.
fn item(
    text: &str,
    node: &OutlineNode,
    (cursor, style): (usize, Style),
) -> Option<(OutlineItem, usize)> {
    let start = line_start(text, node.range.start);
    let lead = text.get(cursor..start)?;
    is_blank(text.get(start..node.range.start)?).then_some(())?;
    let (shape, end) = shape(text, node, start)?;
    let (tail, after) = match text.get(..end)?.ends_with('\n') {
        true => ("", end),
        false => tail(text, end, style)?,
    };
    let item = OutlineItem {
        key: node.key.clone(),
        name: node.name.clone(),
        lead: lead.to_owned(),
        shape,
        tail: tail.to_owned(),
        sense: node.sense.clone(),
        line: text.get(..start)?.matches('\n').count() + 1,
    };
    Some((item, after))
}

/// What an item is made of, and where it ends.
fn shape(text: &str, node: &OutlineNode, start: usize) -> Option<(Shape, usize)> {
    let end = node.range.end;
    let inner = node.inner.as_ref();
    let cut = inner.and_then(|inner| group(text, inner, (start..end, Some(inner.opens))));
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

/// The rest of the line of an item, without the comma that parts it from the next one.
fn tail(text: &str, end: usize, style: Style) -> Option<(&str, usize)> {
    let after = line_end(text, end);
    let rest = text.get(end..after)?;
    if style == Style::Lines {
        // A comment that goes on in the next line belongs to no line.
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

/// Behind the line break of a place.
fn line_end(text: &str, at: usize) -> usize {
    text.get(at..)
        .and_then(|rest| rest.find('\n'))
        .map_or(text.len(), |line| at + line + 1)
}
