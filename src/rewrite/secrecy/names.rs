//! Names behind which secrets stand: what a password is taken from is a password, wherever it is written.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::words::is_about;

/// What a name belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum NameKind {
    /// A variable of Terraform, a parameter of a template.
    Variable,
    Local,
    Output,
    /// A member somewhere in the values of a service or in the mappings of a template.
    Member,
    /// An anchor of YAML.
    Anchor,
}

/// How each is referred to: the first part is its name, the last one the member that is meant.
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

/// Before a name that its own declaration calls secret.
pub(super) const DECLARED: &str = "declared: ";

/// Names that stand for secrets. Each with the member of its value that is meant; an empty one means all of it.
#[derive(Clone, Debug, Default)]
pub(super) struct SecretNames(BTreeSet<(NameKind, String, String)>);

impl SecretNames {
    /// Adds what is referred to in the place of a secret. True where something is new.
    pub(super) fn add(&mut self, mention: &str) -> bool {
        let before = self.0.len();
        for (kind, reference) in REFERENCES.iter() {
            for found in reference.captures_iter(mention) {
                let part = |at: usize| found.get(at).map_or("", |part| part.as_str());
                // A name, an ARN, a path: where the secret is, and not the secret.
                if is_about(part(1)) && !mention.starts_with(DECLARED) {
                    continue;
                }
                let way = part(2).rsplit(['.', '[']).next().unwrap_or_default();
                let way = way.trim_matches(['"', ']']);
                // The number of an item says nothing of what it is.
                let way = way.trim_matches(|one: char| one.is_ascii_digit() || one == '*');
                self.0.insert((*kind, part(1).to_owned(), way.to_owned()));
            }
        }
        self.0.len() > before
    }

    /// How many there are: names are only added.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Every name, to see whether a text can hold one.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, name, _)| name.as_str())
    }

    /// The members of a variable that are secret.
    pub(super) fn variable(&self, name: &str) -> Vec<&str> {
        self.ways(NameKind::Variable, name)
    }

    /// The members of a local that are secret.
    pub(super) fn local(&self, name: &str) -> Vec<&str> {
        self.ways(NameKind::Local, name)
    }

    /// The members of an output that are secret.
    pub(super) fn output(&self, name: &str) -> Vec<&str> {
        self.ways(NameKind::Output, name)
    }

    /// Whether all of a variable, or of a parameter, is secret.
    pub(super) fn is_variable(&self, name: &str) -> bool {
        self.variable(name).contains(&"")
    }

    /// Whether a member of this name is.
    pub(super) fn is_member(&self, name: &str) -> bool {
        !self.ways(NameKind::Member, name).is_empty()
    }

    /// Whether what has this anchor is.
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
