//! Which documents are judged together: all of them, but for those that describe a proxy that another one describes already.
//!
//! In one account and region a proxy's name stands for one proxy ("CreateDBProxy", `DBProxyName`). Two documents with
//! a proxy of one name are the same proxy in two languages, or its environments in two accounts: each would seem to share the
//! other's secrets and to go around it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::variants;
use crate::domain::evidence::Origin;
use crate::domain::posture::{Posture, Proxy};
use crate::language::resource::Document;
use crate::source::assemble::{assemble, named_proxies};

/// Documents that are judged together, and the root module of each that comes from one.
#[derive(Debug, Default)]
pub(super) struct DocumentGroup {
    documents: Vec<Document>,
    roots: Vec<Option<String>>,
    names: BTreeSet<String>,
    /// How the root module of each folder is called.
    folders: BTreeMap<String, String>,
}

/// A proxy, and the folder of the root module that makes it.
pub(super) type Made = (Proxy, Option<String>);

/// Every document goes to the first group in which none of its proxies has a namesake.
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
    /// Whether it holds the same root module with other values.
    fn holds_other(&self, root: Option<&str>) -> bool {
        root.is_some_and(|root| {
            let own = self.folders.get(variants::folder(root));
            own.is_some_and(|own| own != root)
        })
    }

    /// The proxies of the group, after something was done to their posture. What was read is let go before they are looked at.
    pub(super) fn proxies(self, change: impl FnOnce(&mut Posture)) -> Vec<Made> {
        let mut posture = assemble(&self.documents);
        change(&mut posture);
        let mut makers = self.makers();
        drop(self.documents);
        let made = posture.proxies.into_iter().map(|proxy| {
            let place = (proxy.address.clone(), proxy.origin.clone());
            let root = makers.get_mut(&place).and_then(VecDeque::pop_front);
            (proxy, root)
        });
        made.collect()
    }

    /// Which root modules make the resource of this address at this place. Two that call the same module make the same; those
    /// come in the order of the root modules, as in the posture.
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
            .map(|made| made.into_iter().filter_map(|(_, root)| root).collect())
            .collect();
        assert_eq!(
            roots,
            [vec!["\"a\"", "\"b\"", "var.unknown"], vec!["\"A\""]]
        );
    }
}
