//! Strings that contain references to resources: an ARN in a policy, a principal, a grant.
//!
//! The same grant reads `arn:aws:rds-db:eu-west-1:123456789012:dbuser:prx-0abc/orders_rw` in a live account,
//! `…:${element(split(":", aws_db_proxy.this.arn), 6)}/orders_rw` in Terraform and `…:${PrxId}/orders_rw` in
//! CloudFormation. All three become the same [`SymbolicString`], so that rules and comparisons do not depend on the
//! language. A part that cannot be resolved is kept as [`SymbolicPart::Unknown`].

use std::fmt;

/// A string whose parts are literal text or references.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SymbolicString(pub Vec<SymbolicPart>);

/// One part of a [`SymbolicString`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SymbolicPart {
    /// Literal text, which may contain wildcards.
    Text(String),
    /// A reference that is resolved.
    Thing(Symbol),
    /// A part that cannot be resolved, with the reason.
    Unknown(String),
}

/// The references that a [`SymbolicString`] can contain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symbol {
    /// The partition of the deployment: `aws`, `aws-cn` or `aws-us-gov`.
    Partition,
    /// The region of the deployment.
    Region,
    /// The account of the deployment.
    Account,
    /// The DNS suffix of the deployment's partition.
    UrlSuffix,
    /// The `prx-…` id of the proxy that the posture describes.
    ProxyId,
    /// The ARN of the proxy that the posture describes.
    ProxyArn,
    /// The ARN of the role that this proxy assumes.
    ProxyRole,
    /// The ARN of one of this proxy's secrets, identified by the database user it holds, its name or its address.
    Secret(String),
    /// The ARN of the key that encrypts this proxy's secrets.
    SecretsKey,
    /// The resource id (`db-…`, `cluster-…`) of this proxy's database.
    DatabaseResourceId,
    /// Another resource created by the same source, identified by its address there.
    Created(String),
}

impl SymbolicString {
    /// Creates a string of literal text.
    pub fn text(text: impl Into<String>) -> Self {
        Self(vec![SymbolicPart::Text(text.into())])
    }

    /// Creates a string that consists of one reference.
    pub fn thing(thing: Symbol) -> Self {
        Self(vec![SymbolicPart::Thing(thing)])
    }

    /// True if the string consists of this reference alone.
    pub fn is(&self, thing: &Symbol) -> bool {
        matches!(self.0.as_slice(), [SymbolicPart::Thing(only)] if only == thing)
    }

    /// True if any part cannot be resolved.
    pub fn has_unknown(&self) -> bool {
        self.0
            .iter()
            .any(|part| matches!(part, SymbolicPart::Unknown(_)))
    }

    /// Returns the reason of the first part that cannot be resolved.
    pub fn unknown(&self) -> Option<&str> {
        self.0.iter().find_map(|part| match part {
            SymbolicPart::Unknown(reason) => Some(reason.as_str()),
            SymbolicPart::Text(_) | SymbolicPart::Thing(_) => None,
        })
    }

    /// True if the literal text contains a wildcard (`*` or `?`).
    pub fn has_wildcard(&self) -> bool {
        self.0
            .iter()
            .any(|part| matches!(part, SymbolicPart::Text(text) if text.contains(['*', '?'])))
    }

    /// Returns the text if the string is literal; `None` if it contains a reference or an unknown part.
    pub fn as_text(&self) -> Option<String> {
        self.0
            .iter()
            .map(|part| match part {
                SymbolicPart::Text(text) => Some(text.as_str()),
                SymbolicPart::Thing(_) | SymbolicPart::Unknown(_) => None,
            })
            .collect()
    }

    /// Splits the literal text at a separator; references are never split.
    pub fn split(&self, separator: char) -> Vec<Self> {
        let mut terms = vec![Self::default()];
        for part in &self.0 {
            let SymbolicPart::Text(text) = part else {
                push(&mut terms, part.clone());
                continue;
            };
            for (index, piece) in text.split(separator).enumerate() {
                if index > 0 {
                    terms.push(Self::default());
                }
                if !piece.is_empty() {
                    push(&mut terms, SymbolicPart::Text(piece.to_owned()));
                }
            }
        }
        terms
    }
}

fn push(terms: &mut [SymbolicString], part: SymbolicPart) {
    if let Some(last) = terms.last_mut() {
        last.0.push(part);
    }
}

impl fmt::Display for SymbolicString {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| write!(out, "{part}"))
    }
}

impl fmt::Display for SymbolicPart {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => out.write_str(text),
            Self::Thing(thing) => write!(out, "{thing}"),
            Self::Unknown(reason) => write!(out, "<unknown: {reason}>"),
        }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Partition => out.write_str("<partition>"),
            Self::Region => out.write_str("<region>"),
            Self::Account => out.write_str("<account>"),
            Self::UrlSuffix => out.write_str("<url suffix>"),
            Self::ProxyId => out.write_str("<proxy>"),
            Self::ProxyArn => out.write_str("<proxy ARN>"),
            Self::ProxyRole => out.write_str("<proxy role>"),
            Self::Secret(of) => write!(out, "<secret of {of}>"),
            Self::SecretsKey => out.write_str("<secrets key>"),
            Self::DatabaseResourceId => out.write_str("<database>"),
            Self::Created(address) => write!(out, "<{address}>"),
        }
    }
}

/// The delimiters of a reference in displayed text.
const MARKS: [char; 2] = ['<', '>'];

/// The prefix of an unresolved part in displayed text.
const UNKNOWN: &str = "unknown: ";

/// The references in displayed text; an entry that ends with a space is a prefix, followed by a name.
const THINGS: &[&str] = &[
    UNKNOWN,
    "url suffix",
    "proxy",
    "proxy ARN",
    "proxy role",
    "secret of ",
    "secrets key",
    "database",
    "partition",
    "region",
    "account",
];

/// Rewrites displayed references as prose: `on <secrets key>` becomes `on the secrets key`, and within an ARN the
/// reference is put in parentheses. If the deployment is known, its partition, region and account are inserted
/// beforehand.
pub fn in_words(text: &str) -> String {
    let [open, close] = MARKS;
    let (mut words, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once(open) {
        words.push_str(before);
        let thing = after.split_once(close).filter(|(name, _)| is_thing(name));
        let Some((name, after)) = thing else {
            words.push(open);
            rest = after;
            continue;
        };
        words.push_str(&match name.strip_prefix(UNKNOWN) {
            Some(reason) => format!("something unknown ({reason})"),
            None if words.is_empty() || words.ends_with(' ') => format!("the {name}"),
            None => format!("({name})"),
        });
        rest = after;
    }
    words + rest
}

fn is_thing(name: &str) -> bool {
    THINGS.iter().any(|thing| {
        if thing.ends_with(' ') {
            name.starts_with(thing)
        } else {
            name == *thing
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_said_in_words_and_nothing_else_is() {
        let things = [
            Symbol::UrlSuffix,
            Symbol::ProxyId,
            Symbol::ProxyArn,
            Symbol::ProxyRole,
            Symbol::Secret("orders_rw".into()),
            Symbol::SecretsKey,
            Symbol::DatabaseResourceId,
        ];
        let things = things.map(SymbolicPart::Thing).into_iter();
        for part in things.chain([SymbolicPart::Unknown("no".into())]) {
            let said = in_words(&format!("read on {part} if a < b"));
            assert!(!said.contains(&part.to_string()), "{said}");
            assert!(said.ends_with(" if a < b"), "{said}");
        }
        for (text, expected) in [
            ("on <secret of a> too", "on the secret of a too"),
            ("dbuser:<proxy>/<x>", "dbuser:(proxy)/<x>"),
            ("grants/<unknown: no>", "grants/something unknown (no)"),
            ("<", "<"),
        ] {
            assert_eq!(in_words(text), expected);
        }
    }

    #[test]
    fn splits_around_things() {
        let term = SymbolicString(vec![
            SymbolicPart::Text("arn:aws:rds-db:".into()),
            SymbolicPart::Thing(Symbol::Region),
            SymbolicPart::Text(":123:dbuser:".into()),
            SymbolicPart::Thing(Symbol::ProxyId),
            SymbolicPart::Text("/app".into()),
        ]);
        let shown: Vec<_> = term
            .split(':')
            .iter()
            .map(SymbolicString::to_string)
            .collect();
        assert_eq!(
            shown,
            [
                "arn",
                "aws",
                "rds-db",
                "<region>",
                "123",
                "dbuser",
                "<proxy>/app"
            ]
        );
    }
}
