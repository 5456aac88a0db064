//! The same text as a tree of byte ranges, for edits that keep the rest of the text. [`Tree`] holds the meaning of the
//! values.
//!
//! [`Tree`]: super::Tree

use std::collections::BTreeSet;
use std::ops::Range;

use granit_parser::{Event, ScalarStyle, Span, StructureStyle};

use super::parser::parser;
use super::{MAX_BYTES, MAX_DEPTH};

/// A value as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its byte range: with its tag, without its anchor, up to its last character.
    pub range: Range<usize>,
    /// The scalar, alias, sequence or mapping.
    pub form: WrittenForm,
    /// True for a sequence or a mapping with brackets, as in JSON.
    pub is_flow: bool,
    /// True if it has a tag.
    pub is_tagged: bool,
    /// True if it has an anchor, and an alias elsewhere refers to it.
    pub is_shared: bool,
    anchor: usize,
}

/// The form of a [`Written`] value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrittenForm {
    /// A scalar: its text with escapes decoded, and its quotes.
    Scalar(String, Quotes),
    /// A reference to an anchor: `*name`.
    Alias,
    /// The items of a sequence.
    List(Vec<Written>),
    /// The keys and values of a mapping.
    Map(Vec<(Written, Written)>),
}

/// The quotes of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// A plain scalar without quotes.
    None,
    /// A scalar in single quotes: `'…'`.
    Single,
    /// A scalar in double quotes: `"…"`.
    Double,
    /// A block scalar (`|` or `>`): the text is on the lines that follow.
    Lines,
}

impl Written {
    /// Returns its end; none for an omitted value, which the parser places at the beginning of the next token.
    fn last(&self) -> Option<usize> {
        (!self.range.is_empty()).then_some(self.range.end)
    }

    /// Returns the members of a mapping; none for anything else.
    pub fn members(&self) -> &[(Self, Self)] {
        match &self.form {
            WrittenForm::Map(members) => members,
            WrittenForm::Scalar(..) | WrittenForm::Alias | WrittenForm::List(_) => &[],
        }
    }

    /// Returns the items of a sequence; none for anything else.
    pub fn items(&self) -> &[Self] {
        match &self.form {
            WrittenForm::List(items) => items,
            WrittenForm::Scalar(..) | WrittenForm::Alias | WrittenForm::Map(_) => &[],
        }
    }

    /// Returns the text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.form {
            WrittenForm::Scalar(text, _) => Some(text),
            WrittenForm::Alias | WrittenForm::List(_) | WrittenForm::Map(_) => None,
        }
    }

    /// Returns a member of a mapping: its key and its value.
    pub fn member(&self, name: &str) -> Option<&(Self, Self)> {
        let mut members = self.members().iter();
        members.find(|(key, _)| key.text() == Some(name))
    }
}

/// Reads the first document. None if the text cannot be read, or holds no document.
pub fn written(text: &str) -> Option<Written> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let mut builder = Builder::default();
    for event in parser(text) {
        let (event, span) = event.ok()?;
        builder.take(&event, span)?;
        if builder.open.len() > MAX_DEPTH {
            return None;
        }
    }
    builder.done()
}

#[derive(Default)]
pub(super) struct Builder {
    root: Option<Written>,
    /// The collections that have begun, each with the key that waits for its value.
    open: Vec<(Written, Option<Written>)>,
    /// The anchors that an alias refers to.
    aliased: BTreeSet<usize>,
}

impl Builder {
    /// Takes the next event; none if its position is unknown.
    pub(super) fn take(&mut self, event: &Event<'_>, span: Span) -> Option<()> {
        let range = range(span)?;
        let is_tagged = span.tag_start().is_some();
        let node = |form, anchor| Written {
            range: range.clone(),
            form,
            is_flow: false,
            is_tagged,
            is_shared: false,
            anchor,
        };
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let form = WrittenForm::Scalar(text.clone().into_owned(), quotes(*style));
                self.add(node(form, *anchor));
            }
            Event::Alias(anchor) => {
                self.aliased.insert(*anchor);
                self.add(node(WrittenForm::Alias, 0));
            }
            Event::SequenceStart(style, anchor, _) => {
                self.begin(node(WrittenForm::List(Vec::new()), *anchor), *style);
            }
            Event::MappingStart(style, anchor, _) => {
                self.begin(node(WrittenForm::Map(Vec::new()), *anchor), *style);
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let (mut done, _) = self.open.pop()?;
                done.range.end = end(&done, range.end);
                self.add(done);
            }
            _ => {}
        }
        Some(())
    }

    /// Returns the tree of all events.
    pub(super) fn done(self) -> Option<Written> {
        let mut root = self.root?;
        share(&mut root, &self.aliased);
        Some(root)
    }

    fn begin(&mut self, node: Written, style: StructureStyle) {
        let is_flow = style == StructureStyle::Flow;
        self.open.push((Written { is_flow, ..node }, None));
    }

    /// Adds a finished value to its parent.
    fn add(&mut self, node: Written) {
        let Some((parent, key)) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return;
        };
        match &mut parent.form {
            WrittenForm::List(items) => items.push(node),
            WrittenForm::Map(members) => match key.take() {
                None => *key = Some(node),
                Some(key) => members.push((key, node)),
            },
            WrittenForm::Scalar(..) | WrittenForm::Alias => {}
        }
    }
}

/// Returns the end of a collection: that of its last member. The parser ends a collection without brackets where the
/// next token begins.
fn end(done: &Written, closed: usize) -> usize {
    let last = match &done.form {
        _ if done.is_flow => None,
        WrittenForm::Map(members) => members
            .last()
            .map(|(key, value)| value.last().unwrap_or(key.range.end + 1)),
        WrittenForm::List(items) => items
            .last()
            .map(|item| item.last().unwrap_or(done.range.start + 1)),
        WrittenForm::Scalar(..) | WrittenForm::Alias => None,
    };
    last.unwrap_or(closed)
}

fn range(span: Span) -> Option<Range<usize>> {
    let whole = span.byte_range()?;
    let start = span.tag_start().and_then(|tag| tag.byte_offset());
    Some(start.unwrap_or(whole.start)..whole.end)
}

fn quotes(style: ScalarStyle) -> Quotes {
    match style {
        ScalarStyle::Plain => Quotes::None,
        ScalarStyle::SingleQuoted => Quotes::Single,
        ScalarStyle::DoubleQuoted => Quotes::Double,
        ScalarStyle::Literal | ScalarStyle::Folded => Quotes::Lines,
    }
}

/// Marks the values that an alias refers to. The depth of the tree is bounded by [`MAX_DEPTH`].
fn share(node: &mut Written, aliased: &BTreeSet<usize>) {
    node.is_shared = node.anchor != 0 && aliased.contains(&node.anchor);
    match &mut node.form {
        WrittenForm::List(items) => items.iter_mut().for_each(|item| share(item, aliased)),
        WrittenForm::Map(members) => members.iter_mut().for_each(|(key, value)| {
            share(key, aliased);
            share(value, aliased);
        }),
        WrittenForm::Scalar(..) | WrittenForm::Alias => {}
    }
}
