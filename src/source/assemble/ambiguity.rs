//! Resolves a name that several resources have: two environments, or two calls of one module, often give their roles
//! and databases the same names.

use super::estate::Estate;
use super::names;
use super::things::{ByName, Handle, NameSite};
use crate::language::vocabulary;
use crate::language::vocabulary::Kind;

pub(super) fn by_name(estate: &Estate<'_>) -> ByName {
    let mut all = ByName::new();
    for item in estate.items() {
        let Some(kind) = item
            .kind
            .filter(|_| !vocabulary::names_existing(item.resource))
        else {
            continue;
        };
        let written = estate.own_name(item);
        let known = item.resource.known_as.iter().cloned().chain(written);
        for form in known.flat_map(|name| names::forms(kind, &name)) {
            all.entry((kind, form)).or_default().push(item.index);
        }
    }
    all
}

impl Estate<'_> {
    /// Returns the thing of this kind that a literal refers to, regardless of where it is used.
    pub(super) fn named(&self, kind: Kind, literal: &str) -> Handle {
        self.handle_named(kind, literal, None)
    }

    /// Returns the thing of this kind that a literal refers to where it is used.
    pub(super) fn named_there(&self, kind: Kind, literal: &str, there: NameSite<'_>) -> Handle {
        self.handle_named(kind, literal, Some(there))
    }

    fn handle_named(&self, kind: Kind, literal: &str, there: Option<NameSite<'_>>) -> Handle {
        let literal = names::whole(kind, literal);
        names::forms(kind, literal)
            .into_iter()
            .find_map(|form| self.by_name().get(&(kind, form)))
            .and_then(|namesakes| self.meant(namesakes, there))
            .or_else(|| self.by_bare_name(kind, literal, there))
            .map_or_else(|| Handle::Literal(literal.to_owned()), Handle::Item)
    }

    /// Matches an ARN with a resource by name alone. Only resources without a known ARN qualify, since a known one
    /// would have matched or differed.
    fn by_bare_name(
        &self,
        kind: Kind,
        literal: &str,
        there: Option<NameSite<'_>>,
    ) -> Option<usize> {
        let name = names::bare(kind, literal)?;
        let namesakes = self.by_name().get(&(kind, name))?;
        self.meant(namesakes, there).filter(|index| {
            let known = &self.item(*index).resource.known_as;
            !known.iter().any(|name| name.starts_with("arn:"))
        })
    }

    /// Returns the resource that the name was taken from, else one of the same document, else the first.
    fn meant(&self, namesakes: &[usize], there: Option<NameSite<'_>>) -> Option<usize> {
        let first = namesakes.first().copied();
        let Some(there) = there.filter(|_| namesakes.len() > 1) else {
            return first;
        };
        // The resources are in the order of their documents.
        let begin = namesakes.partition_point(|index| self.item(*index).document < there.document);
        let beside = namesakes[begin..]
            .iter()
            .copied()
            .take_while(|index| self.item(*index).document == there.document);
        let source = |index: &usize| {
            let address = self.item(*index).resource.address.as_str();
            there.via.iter().any(|step| {
                let attribute = step.strip_prefix(address);
                attribute.is_some_and(|attribute| attribute.starts_with('.'))
            })
        };
        beside.clone().find(source).or(beside.min()).or(first)
    }
}
