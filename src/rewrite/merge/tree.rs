//! Merges outlines item by item. A change of only one side is taken, whatever changed beside it; different changes of
//! both sides are a conflict. Nothing is guessed.

use std::collections::BTreeMap;

use super::line_merge::{add, blend, framed, lines, marked};
use super::matching::{Id, ids};
use super::outline::{ItemGroup, OutlineItem, Shape, Style};
use super::{Conflict, MergeExcerpt};

const BOTH_CHANGED: &str = "both changed it";
const BOTH_ADDED: &str = "both have it now, and not alike";
const GONE_HERE: &str = "you removed it, and what is generated changed";
const GONE_THERE: &str = "you changed it, and it is no longer generated";
const COMMENTS: &str = "both changed the comment";

/// The state of a merge in progress.
#[derive(Debug, Default)]
pub(super) struct TreeMerge {
    pub(super) conflicts: Vec<Conflict>,
    /// The names of the groups around what is being merged.
    path: Vec<String>,
}

/// One item of the merged text.
struct Done {
    text: String,
    tail: String,
}

impl TreeMerge {
    /// Merges a group and returns its text. None if the text around its items cannot be merged.
    pub(super) fn group(&mut self, [base, ours, theirs]: [&ItemGroup; 3]) -> Option<String> {
        let head = blend([&base.head, &ours.head, &theirs.head])?;
        let close = blend([&base.close, &ours.close, &theirs.close])?;
        let [of_base, of_ours, of_theirs] = ids([&base.items, &ours.items, &theirs.items]);
        let base_items = by_id(&of_base, &base.items);
        let ours_items = by_id(&of_ours, &ours.items);
        let theirs_items = by_id(&of_theirs, &theirs.items);
        let mut done = Vec::new();
        for id in order(&of_ours, &of_theirs) {
            let items =
                [&base_items, &ours_items, &theirs_items].map(|items| items.get(&id).copied());
            done.extend(self.item(items, id.is_doubtful));
        }
        let last = self.comments([base, ours, theirs]);
        Some(joined(ours, head, done, &(last + &close)))
    }

    /// Merges one item; returns nothing if it was removed.
    fn item(&mut self, items: [Option<&OutlineItem>; 3], is_doubtful: bool) -> Option<Done> {
        match items {
            [Some(base), Some(ours), Some(theirs)] => {
                Some(self.kept([base, ours, theirs], is_doubtful))
            }
            [None, Some(ours), Some(theirs)] => {
                if ours.sense == theirs.sense {
                    Some(taken(ours))
                } else {
                    Some(self.clash(Some(ours), Some(theirs), BOTH_ADDED))
                }
            }
            [None, Some(one), None] | [None, None, Some(one)] => Some(taken(one)),
            [Some(base), None, Some(theirs)] => {
                if base.sense == theirs.sense {
                    None
                } else {
                    Some(self.clash(None, Some(theirs), GONE_HERE))
                }
            }
            [Some(base), Some(ours), None] => {
                if is_untouched(base, ours) {
                    None
                } else {
                    Some(self.clash(Some(ours), None, GONE_THERE))
                }
            }
            [_, None, None] => None,
        }
    }

    /// Merges an item that all three texts contain.
    fn kept(&mut self, items: [&OutlineItem; 3], is_doubtful: bool) -> Done {
        let [_, ours, theirs] = items;
        let Some(tail) = blend(items.map(|item| item.tail.as_str())) else {
            return self.clash(Some(ours), Some(theirs), COMMENTS);
        };
        let before = self.conflicts.len();
        let leads = items.map(|item| item.lead.as_str());
        let lead = self.lead(
            leads,
            MergeExcerpt::above(ours),
            MergeExcerpt::above(theirs),
        );
        self.path.push(ours.name.clone());
        let core = self.core(items, is_doubtful);
        self.path.pop();
        match core {
            Some(core) => Done {
                text: lead + &core,
                tail,
            },
            None => {
                // The conflict covers the whole item with its lead, so conflicts inside it are dropped.
                self.conflicts.truncate(before);
                self.clash(Some(ours), Some(theirs), BOTH_CHANGED)
            }
        }
    }

    fn core(&mut self, items: [&OutlineItem; 3], is_doubtful: bool) -> Option<String> {
        let cores = items.map(OutlineItem::core);
        let [base, ours, theirs] = cores.each_ref().map(String::as_str);
        if ours == base || ours == theirs {
            return Some(theirs.to_owned());
        }
        if theirs == base {
            return Some(ours.to_owned());
        }
        if let [Shape::Group(base), Shape::Group(ours), Shape::Group(theirs)] =
            items.map(|item| &item.shape)
            && !is_doubtful
            && (base.indent == ours.indent && ours.indent == theirs.indent)
            && ours.style == theirs.style
        {
            return self.group([base, ours, theirs]);
        }
        leaf([base, ours, theirs], items.map(|item| item.sense.as_str()))
    }

    fn lead(&mut self, texts: [&str; 3], ours: MergeExcerpt, theirs: MergeExcerpt) -> String {
        if let Some(text) = blend(texts).or_else(|| framed(texts)) {
            return text;
        }
        self.conflict(COMMENTS, ours, theirs);
        marked(texts[1], texts[2])
    }

    /// Merges the comments after the last item.
    fn comments(&mut self, groups: [&ItemGroup; 3]) -> String {
        let place = |group: &ItemGroup| MergeExcerpt {
            line: group.items.last().map_or(1, |item| item.line + 1),
            text: group.last.clone(),
        };
        let [_, ours, theirs] = groups;
        let texts = groups.map(|group| group.last.as_str());
        self.lead(texts, place(ours), place(theirs))
    }

    fn clash(
        &mut self,
        ours: Option<&OutlineItem>,
        theirs: Option<&OutlineItem>,
        why: &'static str,
    ) -> Done {
        let text = |item: Option<&OutlineItem>| item.map(OutlineItem::text).unwrap_or_default();
        let name = ours.or(theirs).map(|item| item.name.clone());
        self.path.extend(name);
        self.conflict(why, MergeExcerpt::new(ours), MergeExcerpt::new(theirs));
        self.path.pop();
        Done {
            text: marked(&text(ours), &text(theirs)),
            tail: String::new(),
        }
    }

    fn conflict(&mut self, why: &'static str, ours: MergeExcerpt, theirs: MergeExcerpt) {
        self.conflicts.push(Conflict {
            what: self.path.join("/"),
            why,
            ours,
            theirs,
        });
    }
}

impl MergeExcerpt {
    fn new(item: Option<&OutlineItem>) -> Self {
        item.map_or_else(Self::default, |item| Self {
            line: item.line,
            text: format!("{}{}", item.core(), item.tail),
        })
    }

    fn above(item: &OutlineItem) -> Self {
        Self {
            line: item.line.saturating_sub(item.lead.lines().count()).max(1),
            text: item.lead.clone(),
        }
    }
}

fn by_id<'i, 'g>(ids: &'i [Id], items: &'g [OutlineItem]) -> BTreeMap<&'i Id, &'g OutlineItem> {
    ids.iter().zip(items).collect()
}

/// The user's order. An item that only the other side has follows the item that it follows there.
fn order<'i>(ours: &'i [Id], theirs: &'i [Id]) -> Vec<&'i Id> {
    let known: BTreeMap<&Id, usize> = ours.iter().zip(1..).collect();
    // The items that follow each number of the user's own.
    let mut more: Vec<Vec<&Id>> = vec![Vec::new(); ours.len() + 1];
    let mut place = 0;
    for id in theirs {
        match known.get(id) {
            Some(behind) => place = *behind,
            None => more[place].push(id),
        }
    }
    let mut order = Vec::with_capacity(ours.len() + theirs.len());
    for (place, more) in more.into_iter().enumerate() {
        order.extend(place.checked_sub(1).and_then(|own| ours.get(own)));
        order.extend(more);
    }
    order
}

/// True if the user did not change an item, not even its comments.
fn is_untouched(base: &OutlineItem, ours: &OutlineItem) -> bool {
    let words = |item: &OutlineItem| -> Vec<String> {
        item.text().split_whitespace().map(str::to_owned).collect()
    };
    base.sense == ours.sense && words(base) == words(ours)
}

/// Merges a single value. Comments and layout inside it may be merged by line, its content never.
fn leaf(texts: [&str; 3], [base, ours, theirs]: [&str; 3]) -> Option<String> {
    let alike = |one: &str, other: &str| one.split_whitespace().eq(other.split_whitespace());
    let by_lines = || {
        let (text, conflicts) = lines(texts);
        conflicts.is_empty().then_some(text)
    };
    match (ours == base, theirs == base) {
        (true, true) => blend(texts),
        (false, true) if alike(texts[2], texts[0]) => Some(texts[1].to_owned()),
        (true, false) if alike(texts[1], texts[0]) => Some(texts[2].to_owned()),
        (false, false) => (ours == theirs).then(|| texts[1].to_owned()),
        _ => by_lines(),
    }
}

fn taken(item: &OutlineItem) -> Done {
    Done {
        text: format!("{}{}", item.lead, item.core()),
        tail: item.tail.clone(),
    }
}

/// Joins merged items in the notation of the user's group.
fn joined(ours: &ItemGroup, head: String, done: Vec<Done>, foot: &str) -> String {
    let count = done.len();
    let mut text = head;
    for (index, done) in done.into_iter().enumerate() {
        add(&mut text, &done.text);
        if ours.style == Style::Commas && (ours.trails || index + 1 < count) {
            text.push(',');
        }
        text.push_str(&done.tail);
    }
    add(&mut text, foot);
    text
}
