//! Names whose values are secret: if a password is taken from a name, the value of the name is secret wherever it is
//! written.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::words::is_about;

/// The kind of thing that has the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum NameKind {
    /// A variable of Terraform or a parameter of a template.
    Variable,
    Local,
    Output,
    /// A member anywhere in the values of a service or in the mappings of a template.
    Member,
    /// An anchor in YAML.
    Anchor,
}

/// The patterns of references: the first group is the name, the second one the path to the member.
static REFERENCES: LazyLock<Vec<(NameKind, Regex)>> = LazyLock::new(|| {
    let path = r"([A-Za-z_][\w-]*)((?:\.[\w-]+|\[[^\]]*\])*)";
    [
        (NameKind::Variable, format!(r"\bvar\.{path}")),
        (NameKind::Local, format!(r"\blocal\.{path}")),
        (
            NameKind::Output,
            format!(r"\bmodule\.[\w-]+(?:\[[^\]]*\])?\.{path}"),
        ),
        (
            NameKind::Variable,
            r"^(?:Ref:|\$\{)([A-Za-z][A-Za-z0-9]*)()\}?$".to_owned(),
        ),
        (NameKind::Member, r"^Member:(.+)()$".to_owned()),
        (
            NameKind::Member,
            r"\$\{(?:self|param|opt|file\([^)]*\)):(?:[\w-]+\.)*([\w-]+)()".to_owned(),
        ),
        (NameKind::Member, r"\beach\.value\.([\w-]+)()".to_owned()),
        (NameKind::Anchor, r"^\*([^\s,\]}]+)()$".to_owned()),
    ]
    .into_iter()
    .filter_map(|(kind, pattern)| Some((kind, Regex::new(&pattern).ok()?)))
    .collect()
});

/// The prefix of a name that its own declaration marks as secret.
pub(super) const DECLARED: &str = "declared: ";

/// Names whose values are secret, each with the secret member of the value; an empty member means the whole value.
#[derive(Clone, Debug, Default)]
pub(super) struct SecretNames(BTreeSet<(NameKind, String, String)>);

impl SecretNames {
    /// Adds the names in a reference that supplies a secret. True if any of them is new.
    pub(super) fn add(&mut self, mention: &str) -> bool {
        let before = self.0.len();
        for (kind, reference) in REFERENCES.iter() {
            for found in reference.captures_iter(mention) {
                let part = |at: usize| found.get(at).map_or("", |part| part.as_str());
                // The name of a secret, its ARN or its path says where the secret is and is not secret itself.
                if is_about(part(1)) && !mention.starts_with(DECLARED) {
                    continue;
                }
                let way = part(2).rsplit(['.', '[']).next().unwrap_or_default();
                let way = way.trim_matches(['"', ']']);
                // The index of an item does not identify a member.
                let way = way.trim_matches(|one: char| one.is_ascii_digit() || one == '*');
                self.0.insert((*kind, part(1).to_owned(), way.to_owned()));
            }
        }
        self.0.len() > before
    }

    /// The number of names. It only grows.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns every name, for a search in texts.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, name, _)| name.as_str())
    }

    /// Returns the secret members of a variable.
    pub(super) fn variable(&self, name: &str) -> Vec<&str> {
        self.ways(NameKind::Variable, name)
    }

    /// Returns the secret members of a local.
    pub(super) fn local(&self, name: &str) -> Vec<&str> {
        self.ways(NameKind::Local, name)
    }

    /// Returns the secret members of an output.
    pub(super) fn output(&self, name: &str) -> Vec<&str> {
        self.ways(NameKind::Output, name)
    }

    /// True if the whole value of a variable or a parameter is secret.
    pub(super) fn is_variable(&self, name: &str) -> bool {
        self.variable(name).contains(&"")
    }

    /// True if members of this name are secret.
    pub(super) fn is_member(&self, name: &str) -> bool {
        !self.ways(NameKind::Member, name).is_empty()
    }

    /// True if the value with this anchor is secret.
    pub(super) fn is_anchor(&self, name: &str) -> bool {
        !self.ways(NameKind::Anchor, name).is_empty()
    }

    fn ways(&self, kind: NameKind, name: &str) -> Vec<&str> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let from = (kind, name.to_owned(), String::new());
        let ways = self.0.range(from..);
        ways.take_while(|(of, known, _)| *of == kind && known == name)
            .map(|(.., way)| way.as_str())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_lead_to_names() {
        let mut names = SecretNames::default();
        for mention in [
            "var.a",
            "upper(local.b.c)",
            "module.m[0].out",
            "Ref:Param",
            "${Other}",
            "${self:custom.x.y}",
            "Member:z",
            "*anchor",
            "local.list[0]",
            "declared: var.pin_name",
        ] {
            assert!(names.add(mention), "{mention}");
        }
        assert!(!names.add("var.a") && !names.add("data.x.y") && !names.add("var.secret_name"));
        assert!(names.is_variable("a") && names.is_variable("Param") && names.is_variable("Other"));
        assert_eq!(names.local("b"), ["c"]);
        assert_eq!(names.local("list"), [""]);
        assert_eq!(names.output("out"), [""]);
        assert!(names.is_member("y") && names.is_member("z") && !names.is_member("x"));
        assert!(names.is_anchor("anchor"));
    }
}
