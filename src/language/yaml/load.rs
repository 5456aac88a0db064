//! Builds a [`Tree`] from the parser's events. The parser is used only here and in [`written`](super::written()).

use std::borrow::Cow;
use std::collections::BTreeMap;

use granit_parser::{Event, Marker, ScalarStyle, Span, Tag};

use super::parser::parser;
use super::written::{Builder, Written};
use super::{
    BYTES_PER_NODE, Content, MAX_BYTES, MAX_DEPTH, MAX_WEIGHT, MapKey, Place, Tree, YamlError,
};

/// Reads one document. `Ok(None)` if the text holds none.
pub fn load(text: &str) -> Result<Option<Tree>, YamlError> {
    load_with(text, |_, _| ())
}

/// Reads one document as a tree and as byte ranges in one pass. The latter is none if the text cannot be read.
pub fn load_written(text: &str) -> (Result<Option<Tree>, YamlError>, Option<Written>) {
    let mut written = Some(Builder::default());
    let tree = load_with(text, |event, span| {
        let taken = written
            .as_mut()
            .and_then(|builder| builder.take(event, span));
        written = written.take().filter(|_| taken.is_some());
    });
    let written = written.filter(|_| tree.is_ok());
    (tree, written.and_then(Builder::done))
}

fn load_with(text: &str, also: impl FnMut(&Event<'_>, Span)) -> Result<Option<Tree>, YamlError> {
    if text.len() > MAX_BYTES {
        return Err(YamlError {
            message: format!(
                "the text has {} bytes, more than the {MAX_BYTES} that are read: CloudFormation takes templates of at most 1 MB",
                text.len()
            ),
            place: Place {
                line: 1,
                column: 1,
                file: 0,
            },
        });
    }
    load_events(text, also).map_err(|error| explain_json(text, error))
}

/// Replaces the error for a JSON document by the message of a JSON parser.
fn explain_json(text: &str, error: YamlError) -> YamlError {
    if !text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('{')
    {
        return error;
    }
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Err(json) if json.line() > 0 => YamlError {
            message: format!("not valid JSON: {}", strip_json_position(&json.to_string())),
            place: Place {
                line: u32::try_from(json.line()).unwrap_or(u32::MAX),
                column: u32::try_from(json.column().max(1)).unwrap_or(u32::MAX),
                file: 0,
            },
        },
        _ => error,
    }
}

/// Removes the position from a message, because it is reported separately.
fn strip_json_position(message: &str) -> &str {
    message
        .rfind(" at line ")
        .map_or(message, |end| &message[..end])
}

fn load_events(
    text: &str,
    mut also: impl FnMut(&Event<'_>, Span),
) -> Result<Option<Tree>, YamlError> {
    let mut loader = Loader::default();
    for event in parser(text) {
        let (event, span) = event.map_err(|error| YamlError {
            message: format!("not valid YAML: {}", error.info()),
            place: place(error.marker()),
        })?;
        also(&event, span);
        loader.take(event, span)?;
    }
    Ok(loader.root)
}

#[derive(Default)]
struct Loader {
    root: Option<Tree>,
    open: Vec<OpenCollection>,
    anchors: BTreeMap<usize, (Tree, usize)>,
    /// The number of nodes so far; an alias counts as many nodes as its target.
    weight: usize,
}

/// A collection that has begun and not yet ended.
struct OpenCollection {
    tree: Tree,
    anchor: usize,
    /// The loader's weight when it began.
    weight_before: usize,
    /// In a mapping: the key that waits for its value.
    key: Option<MapKey>,
    /// In a mapping: the position of each key in the list.
    seen: BTreeMap<String, usize>,
    /// In a mapping: the mappings that `<<` merges, to be added at the end unless overridden.
    merged: Vec<Tree>,
}

impl Loader {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), YamlError> {
        let place = node_place(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let before = self.weight;
                self.charge(1 + text.len() / BYTES_PER_NODE, place)?;
                let tree = Tree {
                    content: Content::Scalar {
                        text: text.into(),
                        plain: style == ScalarStyle::Plain && !is_text_tag(tag.as_deref()),
                    },
                    tag: own_tag(tag),
                    place,
                };
                self.remember(anchor, &tree, before)?;
                self.add(tree)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.begin(empty(Content::List(Vec::new()), tag, place), anchor)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.begin(empty(Content::Map(Vec::new()), tag, place), anchor)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(id) => self.follow(id, place),
            Event::DocumentStart(..) if self.root.is_some() => Err(YamlError {
                message: "a second document begins here: a template is one document".to_owned(),
                place,
            }),
            _ => Ok(()),
        }
    }

    fn charge(&mut self, weight: usize, place: Place) -> Result<(), YamlError> {
        self.weight = self.weight.saturating_add(weight);
        if self.weight <= MAX_WEIGHT {
            return Ok(());
        }
        Err(YamlError {
            message: format!(
                "with its aliases followed, the document has more than {MAX_WEIGHT} values"
            ),
            place,
        })
    }

    fn begin(&mut self, tree: Tree, anchor: usize) -> Result<(), YamlError> {
        let weight_before = self.weight;
        self.charge(1, tree.place)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(YamlError {
                message: format!("lists and maps nest more than {MAX_DEPTH} levels deep"),
                place: tree.place,
            });
        }
        self.open.push(OpenCollection {
            tree,
            anchor,
            weight_before,
            key: None,
            seen: BTreeMap::new(),
            merged: Vec::new(),
        });
        Ok(())
    }

    fn end(&mut self) -> Result<(), YamlError> {
        let Some(mut open) = self.open.pop() else {
            return Ok(());
        };
        self.merge(&mut open)?;
        // Most lists and mappings of a template have one or two members, and a vector allocates room for four.
        match &mut open.tree.content {
            Content::List(items) => items.shrink_to_fit(),
            Content::Map(members) => members.shrink_to_fit(),
            Content::Scalar { .. } | Content::Broken(_) => {}
        }
        self.remember(open.anchor, &open.tree, open.weight_before)?;
        self.add(open.tree)
    }

    /// Keeps a value that has an anchor; the copy counts like the original.
    fn remember(&mut self, anchor: usize, tree: &Tree, before: usize) -> Result<(), YamlError> {
        if anchor == 0 {
            return Ok(());
        }
        let weight = self.weight - before;
        self.charge(weight, tree.place)?;
        self.anchors.insert(anchor, (tree.clone(), weight));
        Ok(())
    }

    fn follow(&mut self, id: usize, place: Place) -> Result<(), YamlError> {
        let Some(weight) = self.anchors.get(&id).map(|(_, weight)| *weight) else {
            return Err(YamlError {
                message: "the alias stands inside the value that it names".to_owned(),
                place,
            });
        };
        self.charge(weight, place)?;
        let copy = self.anchors.get(&id).map(|(tree, _)| tree.clone());
        copy.map_or(Ok(()), |tree| self.add(tree))
    }

    /// Adds a finished value to its parent.
    fn add(&mut self, tree: Tree) -> Result<(), YamlError> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(tree);
            return Ok(());
        };
        match &mut open.tree.content {
            Content::List(items) => items.push(tree),
            Content::Map(members) => match open.key.take() {
                None => open.key = Some(as_key(tree)?),
                Some(key) if key.text == "<<" => open.merged.push(tree),
                Some(key) => match open.seen.get(&key.text) {
                    Some(&first) => {
                        let (first, value) = &mut members[first];
                        *value = duplicate(first, &key);
                    }
                    None => {
                        open.seen.insert(key.text.clone(), members.len());
                        members.push((key, tree));
                    }
                },
            },
            Content::Scalar { .. } | Content::Broken(_) => {}
        }
        Ok(())
    }

    /// Adds the members that `<<` merges. The mapping's own members take precedence (YAML merge keys,
    /// yaml.org/type/merge.html).
    fn merge(&mut self, open: &mut OpenCollection) -> Result<(), YamlError> {
        let Content::Map(members) = &mut open.tree.content else {
            return Ok(());
        };
        for source in merge_sources(std::mem::take(&mut open.merged)) {
            let place = source.place;
            let Content::Map(brought) = source.content else {
                members.push((
                    MapKey {
                        text: "<<".to_owned(),
                        plain: true,
                        place,
                    },
                    broken("`<<` merges mappings only", place),
                ));
                continue;
            };
            self.weight = self.weight.saturating_add(brought.len());
            for (key, tree) in brought {
                if !open.seen.contains_key(&key.text) {
                    open.seen.insert(key.text.clone(), members.len());
                    members.push((key, tree));
                }
            }
        }
        self.charge(0, open.tree.place)
    }
}

fn merge_sources(values: Vec<Tree>) -> Vec<Tree> {
    values
        .into_iter()
        .flat_map(|value| match value.content {
            Content::List(items) => items,
            Content::Scalar { .. } | Content::Map(_) | Content::Broken(_) => vec![value],
        })
        .collect()
}

fn as_key(tree: Tree) -> Result<MapKey, YamlError> {
    match tree.content {
        Content::Scalar { text, plain } => Ok(MapKey {
            text: text.into(),
            plain,
            place: tree.place,
        }),
        Content::List(_) | Content::Map(_) | Content::Broken(_) => Err(YamlError {
            message: "a key must be text".to_owned(),
            place: tree.place,
        }),
    }
}

/// Returns a broken value for a duplicate key, in place of both values, because YAML readers differ in the one they keep.
fn duplicate(first: &MapKey, second: &MapKey) -> Tree {
    let reason = format!(
        "`{}` appears twice, in line {} and in line {}: remove one",
        second.text, first.place.line, second.place.line
    );
    broken(reason, second.place)
}

fn empty(content: Content, tag: Option<Cow<'_, Tag>>, place: Place) -> Tree {
    Tree {
        content,
        tag: own_tag(tag),
        place,
    }
}

fn broken(reason: impl Into<String>, place: Place) -> Tree {
    Tree {
        content: Content::Broken(reason.into()),
        tag: None,
        place,
    }
}

/// Returns a tag of the language that is read, but not one of YAML itself.
fn own_tag(tag: Option<Cow<'_, Tag>>) -> Option<Box<str>> {
    let tag = tag?;
    let (handle, suffix) = tag.parts();
    if handle.starts_with("tag:yaml.org") || suffix.starts_with("tag:yaml.org") {
        return None;
    }
    let name = format!("{handle}{suffix}");
    let name = name.trim_start_matches('!');
    (!name.is_empty()).then(|| name.into())
}

/// True for `!!str` and the bare `!`, which make text of a value such as `1` that would be a number.
fn is_text_tag(tag: Option<&Tag>) -> bool {
    tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str") || tag.original() == "!")
}

fn node_place(span: Span) -> Place {
    place(&span.tag_start().unwrap_or(span.start))
}

fn place(mark: &Marker) -> Place {
    Place {
        line: u32::try_from(mark.line()).unwrap_or(u32::MAX),
        column: u32::try_from(mark.col().saturating_add(1)).unwrap_or(u32::MAX),
        file: 0,
    }
}
