//! Groups documents that are judged together: all of them, except those that describe a proxy of another document
//! again.
//!
//! In one account and region, a proxy name identifies one proxy ("CreateDBProxy", `DBProxyName`). Two documents with
//! a proxy of the same name describe the same proxy in two languages, or its environments in two accounts. Judged
//! together, each would seem to share the other's secrets and to bypass it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::variants;
use crate::domain::evidence::Origin;
use crate::domain::posture::{Posture, Proxy};
use crate::language::resource::Document;
use crate::source::assemble::{assemble, named_proxies};

/// Documents that are judged together, and the root module of each document that has one.
#[derive(Debug, Default)]
pub(super) struct DocumentGroup {
    documents: Vec<Document>,
    roots: Vec<Option<String>>,
    names: BTreeSet<String>,
    /// Name of the root module in each folder.
    folders: BTreeMap<String, String>,
}

/// A proxy that was assembled from documents.
pub(super) struct AssembledProxy {
    pub(super) proxy: Proxy,
    /// The root module that creates it, if one does.
    pub(super) root: Option<String>,
}

/// Adds every document to the first group that contains none of its proxy names, nor its root module with other
/// values.
pub(super) fn groups(documents: Vec<(Document, Option<String>)>) -> Vec<DocumentGroup> {
    let mut groups: Vec<DocumentGroup> = Vec::new();
    for (document, root) in documents {
        let names = named_proxies(&document).into_iter().map(|(_, name)| name);
        let names: BTreeSet<String> = names.collect();
        let at = groups
            .iter()
            .position(|group| {
                group.names.is_disjoint(&names) && !group.holds_other(root.as_deref())
            })
            .unwrap_or_else(|| {
                groups.push(DocumentGroup::default());
                groups.len() - 1
            });
        groups[at].names.extend(names);
        groups[at].documents.push(document);
        let folder = root.iter().map(|root| variants::folder(root).to_owned());
        groups[at].folders.extend(folder.zip(root.clone()));
        groups[at].roots.push(root);
    }
    groups
}

impl DocumentGroup {
    /// True if the group holds the same root module with other variable values.
    fn holds_other(&self, root: Option<&str>) -> bool {
        root.is_some_and(|root| {
            let own = self.folders.get(variants::folder(root));
            own.is_some_and(|own| own != root)
        })
    }

    /// Returns the proxies of the group after `change` was applied to their posture. The documents are freed before
    /// the proxies are returned.
    pub(super) fn proxies(self, change: impl FnOnce(&mut Posture)) -> Vec<AssembledProxy> {
        let mut posture = assemble(&self.documents);
        change(&mut posture);
        let mut makers = self.makers();
        drop(self.documents);
        let made = posture.proxies.into_iter().map(|proxy| {
            let place = (proxy.address.clone(), proxy.origin.clone());
            let root = makers.get_mut(&place).and_then(VecDeque::pop_front);
            AssembledProxy { proxy, root }
        });
        made.collect()
    }

    /// Maps each resource, by address and place, to the root modules that create it. Two root modules that call the
    /// same module create equal resources; they are listed in the order of the root modules, as in the posture.
    fn makers(&self) -> BTreeMap<(String, Origin), VecDeque<String>> {
        let mut makers: BTreeMap<_, VecDeque<String>> = BTreeMap::new();
        for (document, root) in self.documents.iter().zip(&self.roots) {
            let Some(root) = root else { continue };
            for resource in &document.resources {
                let place = (resource.address.clone(), resource.origin.clone());
                makers.entry(place).or_default().push_back(root.clone());
            }
        }
        makers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::terraform;
    use crate::language::terraform::TerraformFiles;

    fn document(proxy: &str) -> Document {
        let text = format!("resource \"aws_db_proxy\" \"this\" {{\n  name = {proxy}\n}}\n");
        terraform::read(&TerraformFiles {
            files: [("main.tf".to_owned(), text)].into(),
            ..TerraformFiles::default()
        })
    }

    #[test]
    fn namesakes_are_kept_apart_and_keep_their_root_modules() {
        let names = ["\"a\"", "\"A\"", "\"b\"", "var.unknown"];
        let documents = names
            .iter()
            .map(|name| (document(name), Some((*name).to_owned())))
            .collect();
        let roots: Vec<Vec<String>> = groups(documents)
            .into_iter()
            .map(|group| group.proxies(|_| ()))
            .map(|made| made.into_iter().filter_map(|made| made.root).collect())
            .collect();
        assert_eq!(
            roots,
            [vec!["\"a\"", "\"b\"", "var.unknown"], vec!["\"A\""]]
        );
    }
}
