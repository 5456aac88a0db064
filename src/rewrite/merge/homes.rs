//! Finds blocks of generated HCL files that are now in other files of the same folder, because a file was renamed,
//! split, or joined with others. Terraform reads a folder as one configuration, so such a move deploys nothing; code
//! that shows or merges lines has to follow it.

use std::collections::{BTreeMap, BTreeSet};

use super::hcl;
use super::outline::{OutlineItem, Shape};
use crate::language::Texts;

/// The current files of generated blocks that were moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Homes {
    /// The current file, by the generated file and the name of the block.
    blocks: BTreeMap<(String, String), String>,
    /// The file that contains most of a generated file that no longer exists.
    files: BTreeMap<String, String>,
    /// For every file that received blocks: the names in it, each with its position and whether an empty line precedes
    /// it.
    order: BTreeMap<String, Order>,
}

type Order = BTreeMap<String, (usize, bool)>;

/// An item with the path of the file that it was generated into.
type Placed<'t> = (&'t str, OutlineItem);

impl Homes {
    /// Finds the blocks of the generated files in the current files. Both are the files of one folder, which Terraform
    /// reads as one configuration.
    pub fn found(generated: &Texts, today: &Texts) -> Self {
        let differs = |(path, text): &(&String, &String)| today.get(*path) != Some(*text);
        let edited: Vec<_> = generated.iter().filter(differs).collect();
        if edited.is_empty() {
            return Self::default();
        }
        let there = today
            .iter()
            .filter(|(path, text)| generated.get(*path) != Some(*text));
        let there: BTreeMap<&str, Vec<OutlineItem>> = there
            .filter_map(|(path, text)| Some((path.as_str(), hcl::outline(text)?.items)))
            .collect();
        let mut index: BTreeMap<String, &str> = BTreeMap::new();
        for (path, items) in there.iter().rev() {
            index.extend(all_names(items).into_iter().map(|name| (name, *path)));
        }
        let mut homes = Self::default();
        for (path, text) in edited {
            // A file that no longer parses may still contain all its blocks.
            if today.contains_key(path) && !there.contains_key(path.as_str()) {
                continue;
            }
            let items = hcl::outline(text).map_or_else(Vec::new, |group| group.items);
            let own = there.get(path.as_str()).map(|items| all_names(items));
            let gone = &all_names(&items) - &own.unwrap_or_default();
            let home = homes.look(path, &gone, &index);
            if let Some(home) = home.filter(|_| !today.contains_key(path)) {
                homes.files.insert(path.clone(), home);
            }
        }
        homes.order = homes.orders(&there);
        homes
    }

    /// Looks up the names that are missing from one file. Returns the file that contains most of them.
    fn look(
        &mut self,
        path: &str,
        names: &BTreeSet<String>,
        index: &BTreeMap<String, &str>,
    ) -> Option<String> {
        let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
        for name in names {
            if let Some(home) = index.get(name) {
                *votes.entry(home).or_default() += 1;
                let block = (path.to_owned(), name.clone());
                self.blocks.insert(block, (*home).to_owned());
            }
        }
        let most = votes.into_iter().max_by_key(|(_, votes)| *votes);
        most.map(|(home, _)| home.to_owned())
    }

    fn orders(&self, there: &BTreeMap<&str, Vec<OutlineItem>>) -> BTreeMap<String, Order> {
        let homes: BTreeSet<&String> = self.blocks.values().collect();
        let orders = homes.into_iter().map(|home| {
            let items = there.get(home.as_str()).into_iter().flatten().enumerate();
            let names = items.flat_map(|(at, item)| {
                let place = (at, is_spaced(item));
                names(item).into_iter().map(move |name| (name, place))
            });
            (home.clone(), names.collect())
        });
        orders.collect()
    }

    /// Divides the moves by the file that has the blocks now: those of which the test is true, and the others.
    pub fn divided(self, test: impl Fn(&str) -> bool) -> [Self; 2] {
        let part = |wanted: bool| Self {
            blocks: self
                .blocks
                .clone()
                .into_iter()
                .filter(|(_, to)| test(to) == wanted)
                .collect(),
            files: self
                .files
                .clone()
                .into_iter()
                .filter(|(_, to)| test(to) == wanted)
                .collect(),
            order: self
                .order
                .clone()
                .into_iter()
                .filter(|(to, _)| test(to) == wanted)
                .collect(),
        };
        [part(true), part(false)]
    }

    /// Returns the same moves between files of other names.
    #[must_use]
    pub fn renamed(self, name: impl Fn(&str) -> String) -> Self {
        let blocks = self.blocks.into_iter();
        let files = self.files.into_iter();
        Self {
            blocks: blocks
                .map(|((from, block), to)| ((name(&from), block), name(&to)))
                .collect(),
            files: files.map(|(from, to)| (name(&from), name(&to))).collect(),
            order: self
                .order
                .into_iter()
                .map(|(to, order)| (name(&to), order))
                .collect(),
        }
    }

    /// True if no block was moved.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Returns the pairs of generated file and current file between which blocks were moved.
    pub fn pairs(&self) -> BTreeSet<(&str, &str)> {
        let blocks = self.blocks.iter();
        blocks
            .map(|((from, _), to)| (from.as_str(), to.as_str()))
            .collect()
    }

    /// True if a generated file no longer exists and its remaining blocks are all in one other file.
    pub fn is_renamed(&self, path: &str) -> bool {
        let homes = self.pairs().into_iter().filter(|(from, _)| *from == path);
        self.files.contains_key(path) && homes.count() == 1
    }

    /// Returns the generated texts with every block in its current file.
    pub fn applied(&self, texts: &Texts) -> Texts {
        let pairs = self.pairs();
        let concerned: BTreeSet<&str> = pairs.into_iter().flat_map(|(a, b)| [a, b]).collect();
        let mut placed: BTreeMap<&str, Vec<Placed<'_>>> = BTreeMap::new();
        let mut ends: BTreeMap<&str, String> = BTreeMap::new();
        let mut applied = Texts::new();
        for (path, text) in texts {
            let outline = concerned
                .contains(path.as_str())
                .then(|| hcl::outline(text));
            let Some(group) = outline.flatten() else {
                applied.insert(path.clone(), text.clone());
                continue;
            };
            let file = self.files.get(path).map_or(path.as_str(), String::as_str);
            ends.entry(file).or_default().push_str(&group.last);
            placed.entry(file).or_default();
            for item in group.items {
                let home = self.home(path, &item);
                placed.entry(home).or_default().push((path, item));
            }
        }
        for (file, items) in placed {
            let end = ends.get(file).map_or("", String::as_str);
            applied.insert(file.to_owned(), self.joined(file, items) + end);
        }
        applied
    }

    /// The file that an item belongs to: the one that contains most of it, or, for an unknown item, the one that
    /// contains most of its generated file.
    fn home<'h>(&'h self, path: &'h str, item: &OutlineItem) -> &'h str {
        let fallback = self.files.get(path).map(String::as_str);
        let mut votes: BTreeMap<&str, usize> = BTreeMap::new();
        for name in names(item) {
            let block = self.blocks.get(&(path.to_owned(), name));
            if let Some(home) = block.map(String::as_str).or(fallback.xor(Some(path))) {
                *votes.entry(home).or_default() += 1;
            }
        }
        let most = votes.into_iter().max_by_key(|(_, votes)| *votes);
        most.map_or(fallback.unwrap_or(path), |(home, _)| home)
    }

    /// The text of the items of a file, in their current order.
    fn joined(&self, file: &str, items: Vec<Placed<'_>>) -> String {
        let order = self.order.get(file);
        let mut at = (0, true);
        let mut keyed: Vec<((usize, bool), OutlineItem)> = Vec::new();
        for (_, item) in items {
            let place =
                order.and_then(|order| names(&item).iter().find_map(|name| order.get(name)));
            at = place.copied().unwrap_or((at.0, true));
            keyed.push((at, item));
        }
        keyed.sort_by_key(|((at, _), _)| *at);
        let mut text = String::new();
        for ((_, is_apart), mut item) in keyed {
            if text.is_empty() {
                item.lead = item.lead.trim_start_matches(['\r', '\n']).to_owned();
            } else if !text.ends_with('\n') {
                text.push('\n');
            }
            if !text.is_empty() && is_apart && has_block(&item) && !is_spaced(&item) {
                text.push('\n');
            }
            text.push_str(&item.text());
        }
        text
    }
}

fn is_spaced(item: &OutlineItem) -> bool {
    item.lead.starts_with(['\r', '\n'])
}

/// Returns how many blocks of the generated files occur in the other files, and the total number.
pub fn share<'t>(
    generated: impl Iterator<Item = &'t String>,
    there: impl Iterator<Item = &'t String>,
) -> (usize, usize) {
    let [generated, there] = [names_of(generated), names_of(there)];
    (generated.intersection(&there).count(), generated.len())
}

fn names_of<'t>(texts: impl Iterator<Item = &'t String>) -> BTreeSet<String> {
    let groups = texts.filter_map(|text| hcl::outline(text));
    groups.flat_map(|group| all_names(&group.items)).collect()
}

fn all_names(items: &[OutlineItem]) -> BTreeSet<String> {
    items.iter().flat_map(names).collect()
}

/// The names that identify an item in the folder. A block without labels (`locals`, `terraform`) is identified by its
/// members.
fn names(item: &OutlineItem) -> Vec<String> {
    match &item.shape {
        Shape::Group(group) if !item.key.contains('"') && has_block(item) => {
            let inner = group.items.iter();
            inner
                .map(|one| format!("{}{}", item.key, one.key))
                .collect()
        }
        _ => vec![item.key.clone()],
    }
}

fn has_block(item: &OutlineItem) -> bool {
    item.key.ends_with('{')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(files: &[(&str, &str)]) -> Texts {
        let files = files.iter();
        files
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
            .collect()
    }

    const A: &str = "# head\nresource \"a\" \"x\" {\n  p = 1\n}\n\nlocals {\n  one = 1\n}\n";
    const B: &str = "resource \"b\" \"y\" {\n  p = 2\n}\n";

    /// The generated files after applying the moves found in the current files.
    fn applied(today: &[(&str, &str)]) -> Texts {
        let generated = texts(&[("a.tf", A), ("b.tf", B)]);
        Homes::found(&generated, &texts(today)).applied(&generated)
    }

    #[test]
    fn what_stands_in_its_file_stays() {
        let edited = A.replace("p = 1", "p = 3");
        for today in [
            vec![("a.tf", A), ("b.tf", B)],
            vec![("a.tf", edited.as_str()), ("b.tf", B)],
            vec![("b.tf", B)],
            // A copy is not a move.
            vec![("a.tf", A), ("b.tf", B), ("c.tf", A)],
            // A file that cannot be parsed may still contain the block.
            vec![("a.tf", "resource {"), ("b.tf", B), ("c.tf", A)],
        ] {
            assert_eq!(
                applied(&today),
                texts(&[("a.tf", A), ("b.tf", B)]),
                "{today:?}"
            );
        }
    }

    #[test]
    fn a_file_that_was_renamed_is_followed_with_all_its_bytes() {
        let edited = A.replace("p = 1", "p = 3");
        for text in [A, &edited] {
            let today = [("c.tf", text), ("b.tf", B)];
            assert_eq!(applied(&today), texts(&[("b.tf", B), ("c.tf", A)]));
        }
    }

    #[test]
    fn files_put_together_are_one_text() {
        let both = format!("{B}\n{A}");
        assert_eq!(applied(&[("all.tf", &both)]), texts(&[("all.tf", &both)]));
        let both = format!("{A}\n{B}");
        let today = applied(&[("a.tf", &both)]);
        assert_eq!(today, texts(&[("a.tf", &both)]));
    }

    #[test]
    fn a_file_that_was_split_is_several() {
        let (resource, locals) = A.split_at(A.find("\nlocals").unwrap());
        let locals = locals.trim_start();
        assert_eq!(
            applied(&[("a.tf", resource), ("l.tf", locals), ("b.tf", B)]),
            texts(&[("a.tf", resource), ("b.tf", B), ("l.tf", locals)])
        );
        assert_eq!(
            applied(&[("r.tf", resource), ("l.tf", locals), ("b.tf", B)]),
            texts(&[("b.tf", B), ("l.tf", locals), ("r.tf", resource)])
        );
    }

    #[test]
    fn what_is_generated_anew_goes_with_its_likes() {
        let generated = texts(&[("a.tf", A)]);
        let homes = Homes::found(&generated, &texts(&[("c.tf", A)]));
        let more = format!("{A}\nvariable \"z\" {{\n}}\n");
        let next = texts(&[("a.tf", &more), ("n.tf", B)]);
        assert_eq!(homes.applied(&next), texts(&[("c.tf", &more), ("n.tf", B)]));
        assert!(homes.is_renamed("a.tf"));
    }
}
