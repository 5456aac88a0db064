//! Resolves the strings in the policies around one proxy to tokens, so that two sides can be compared character by
//! character.

use std::collections::BTreeMap;

use super::words::{Extent, FactString, StringToken, tokens};
use crate::domain::arn::Arn;
use crate::domain::posture::{Deployment, Identity, Proxy, Secret};
use crate::domain::symbolic::{Symbol, SymbolicPart, SymbolicString};

/// The wildcards in the ARN of a secret that match the six characters that Secrets Manager appends to its name.
/// Source: Secrets Manager User Guide, "What's in a Secrets Manager secret?".
const SUFFIX: &str = "-??????";

/// Prefixes the address of a created thing. No text in a policy begins with it, so the two cannot collide.
const AT: char = '@';

/// The things around one proxy, by the symbols that policies use for them.
#[derive(Default)]
pub(super) struct Lexicon {
    named: BTreeMap<Symbol, FactString>,
    /// The labels of created things by address.
    created: BTreeMap<String, String>,
    /// The resource ids of databases.
    databases: Vec<String>,
    deployment: Option<Deployment>,
}

/// The ARN of a thing of which not all parts are known.
#[derive(Clone, Copy)]
struct PartialArn<'a> {
    /// The text, in which `<region>` and `<account>` stand for those of the deployment.
    arn: &'a str,
    /// The name of the unknown part at the end, if there is one.
    ending: Option<&'a str>,
}

impl Lexicon {
    pub(super) fn new(
        proxy: &Proxy,
        deployment: Option<&Deployment>,
        databases: &[String],
    ) -> Self {
        let mut lexicon = Self {
            databases: databases.to_owned(),
            deployment: deployment.cloned(),
            ..Self::default()
        };
        if let Some(role) = proxy.role.value() {
            let arn = format!(
                "arn:aws:iam::<account>:role/{}",
                role.name.value().map_or("", String::as_str)
            );
            let ending = role
                .name
                .value()
                .is_none()
                .then_some("the proxy role's name");
            let known = PartialArn { arn: &arn, ending };
            lexicon.introduce(Symbol::ProxyRole, &role.identity, known);
        }
        let proxy_id = Symbol::ProxyId.to_string();
        let written = lexicon.written(PartialArn {
            arn: "arn:aws:rds:<region>:<account>:db-proxy:",
            ending: Some(&proxy_id),
        });
        let names = vec![Symbol::ProxyArn.to_string()];
        lexicon.put(Symbol::ProxyArn, names, Some(written));
        lexicon
    }

    /// Creates a lexicon that knows only the deployment, in eu-west-1.
    #[cfg(test)]
    pub(super) fn deployed_into(account: &str) -> Self {
        Self {
            deployment: Some(Deployment {
                region: "eu-west-1".to_owned(),
                account: account.to_owned(),
            }),
            ..Self::default()
        }
    }

    /// Adds a secret under a name that policies use for it, together with its label.
    pub(super) fn secret(&mut self, name: &str, label: &str, secret: &Secret) {
        let thing = Symbol::Secret(name.to_owned());
        if self.named.contains_key(&thing) {
            return;
        }
        let known = secret.name.value();
        let known = known.map_or(String::new(), |name| format!("{name}-"));
        let arn = format!("arn:aws:secretsmanager:<region>:<account>:secret:{known}");
        let known = PartialArn {
            arn: &arn,
            ending: Some("suffix"),
        };
        self.introduce(thing.clone(), &secret.identity, known);
        let label = Symbol::Secret(label.to_owned()).to_string();
        let words = self.named.get_mut(&thing);
        if let Some(StringToken::Thing(names, _)) = words.and_then(|words| words.tokens.first_mut())
        {
            names.push(label);
        }
    }

    /// Adds the key of the secrets; `None` if there is not exactly one, so that its identity is unknown.
    pub(super) fn key(&mut self, identity: Option<&Identity>) {
        let any = Identity::Known(String::new());
        let known = PartialArn {
            arn: "arn:aws:kms:<region>:<account>:key/",
            ending: Some("key id"),
        };
        self.introduce(Symbol::SecretsKey, identity.unwrap_or(&any), known);
    }

    /// Adds the label of a created role, which is the same on all sides.
    pub(super) fn role(&mut self, address: &str, label: &str) {
        self.created
            .insert(address.to_owned(), format!("<{label}>"));
    }

    fn introduce(&mut self, thing: Symbol, identity: &Identity, known: PartialArn<'_>) {
        let mut names = vec![thing.to_string()];
        let written = match identity {
            Identity::Known(name) if Arn::parse(name).is_some() => self.placed(name),
            Identity::Created(address) => {
                names.push(format!("{AT}{address}"));
                self.written(known)
            }
            Identity::Known(_) | Identity::Open(_) => self.written(known),
        };
        self.put(thing, names, Some(written));
    }

    fn put(&mut self, thing: Symbol, names: Vec<String>, written: Option<Vec<StringToken>>) {
        let tokens = vec![StringToken::Thing(names, Extent::Apart)];
        self.named.insert(thing, FactString { tokens, written });
    }

    /// Returns the tokens of an ARN: the deployment's own region and account are filled in, and an unknown ending
    /// becomes a thing.
    fn written(&self, PartialArn { arn, ending }: PartialArn<'_>) -> Vec<StringToken> {
        let mut written = Vec::new();
        for (at, step) in arn.split(':').enumerate() {
            if at > 0 {
                written.push(StringToken::Letter(':'));
            }
            match step {
                "<region>" => written.extend(self.place(&Symbol::Region)),
                "<account>" => written.extend(self.place(&Symbol::Account)),
                step => written.extend(tokens(step, false)),
            }
        }
        let open = |name: &str| StringToken::Thing(vec![name.to_owned()], Extent::Whole);
        written.extend(ending.map(open));
        written
    }

    /// Returns the region or the account of the deployment.
    fn place(&self, thing: &Symbol) -> Vec<StringToken> {
        let known = self.deployment.as_ref().map(|known| match thing {
            Symbol::Region => &known.region,
            _ => &known.account,
        });
        match known {
            Some(known) => tokens(known, false),
            None => vec![StringToken::Thing(vec![thing.to_string()], Extent::Step)],
        }
    }

    /// Resolves a symbolic string to tokens. Wildcards count only if `is_pattern`.
    pub(super) fn words(&self, term: &SymbolicString, is_pattern: bool) -> FactString {
        let mut words = FactString {
            tokens: Vec::new(),
            written: None,
        };
        let is_arn =
            matches!(term.0.first(), Some(SymbolicPart::Text(text)) if text.starts_with("arn:"));
        for (at, part) in term.0.iter().enumerate() {
            let (called, written) = match part {
                SymbolicPart::Text(text) if at == 0 && is_arn => {
                    (self.text(&own_partition(text), is_pattern), None)
                }
                SymbolicPart::Text(text) => (self.text(text, is_pattern), None),
                SymbolicPart::Thing(thing) => self.thing(thing),
                SymbolicPart::Unknown(reason) => (vec![StringToken::Unknown(reason.clone())], None),
            };
            if written.is_some() || words.written.is_some() {
                let all = words.written.get_or_insert_with(|| words.tokens.clone());
                all.extend(written.unwrap_or_else(|| called.clone()));
            }
            words.tokens.extend(called);
        }
        let is_any_suffix =
            matches!(term.0.last(), Some(SymbolicPart::Text(text)) if text.ends_with(SUFFIX));
        if is_arn && is_pattern && is_any_suffix {
            let kept = words.tokens.len() + 1 - SUFFIX.len();
            words.tokens.truncate(kept);
            words
                .tokens
                .push(StringToken::Thing(vec!["suffix".to_owned()], Extent::Whole));
        }
        words
    }

    /// Returns the tokens of an ARN that an account reports.
    fn placed(&self, arn: &str) -> Vec<StringToken> {
        let mut placed = Vec::new();
        let mut rest = own_partition(arn);
        for place in [Symbol::Region, Symbol::Account] {
            let name = place.to_string();
            if let Some((before, after)) = rest.split_once(&name) {
                placed.extend(tokens(before, false));
                placed.extend(self.place(&place));
                rest = after.to_owned();
            }
        }
        placed.extend(tokens(&rest, false));
        placed
    }

    fn text(&self, text: &str, is_pattern: bool) -> Vec<StringToken> {
        let mut found = Vec::new();
        let mut rest = text;
        let first = |rest: &str| {
            let ids = self.databases.iter();
            ids.filter_map(|id| Some((rest.find(id.as_str())?, id.len())))
                .min()
        };
        while let Some((at, length)) = first(rest) {
            found.extend(tokens(&rest[..at], is_pattern));
            found.extend(self.thing(&Symbol::DatabaseResourceId).0);
            rest = &rest[at + length..];
        }
        found.extend(tokens(rest, is_pattern));
        found
    }

    /// Returns the tokens of a thing, and its literal form if that is different.
    fn thing(&self, thing: &Symbol) -> (Vec<StringToken>, Option<Vec<StringToken>>) {
        let step = || vec![StringToken::Thing(vec![thing.to_string()], Extent::Step)];
        let called = match thing {
            // An ARN of another partition names nothing in this one.
            Symbol::Partition => tokens("aws", false),
            // Only one partition has a different suffix, and there nothing else would be equal either.
            Symbol::UrlSuffix => tokens("amazonaws.com", false),
            Symbol::Region | Symbol::Account => self.place(thing),
            Symbol::DatabaseResourceId if self.databases.is_empty() => step(),
            Symbol::DatabaseResourceId => {
                vec![StringToken::Thing(vec![thing.to_string()], Extent::Apart)]
            }
            Symbol::ProxyId => step(),
            Symbol::Created(address) => self.created(address),
            Symbol::ProxyArn | Symbol::ProxyRole | Symbol::Secret(_) | Symbol::SecretsKey => {
                return match self.named.get(thing) {
                    Some(FactString { tokens, written }) => (tokens.clone(), written.clone()),
                    None => (
                        vec![StringToken::Thing(vec![thing.to_string()], Extent::Whole)],
                        None,
                    ),
                };
            }
        };
        (called, None)
    }

    fn created(&self, address: &str) -> Vec<StringToken> {
        // The result of a data source may be anything.
        if address.starts_with("data.") || address.contains(".data.") {
            return vec![StringToken::Unknown(format!(
                "what {address} finds is known only when it is asked"
            ))];
        }
        let own = format!("{AT}{address}");
        let names = std::iter::once(own).chain(self.created.get(address).cloned());
        vec![StringToken::Thing(names.collect(), Extent::Whole)]
    }
}

/// Replaces a literal partition by `aws`. An ARN of another partition than the deployment's names nothing there.
fn own_partition(text: &str) -> String {
    let rest = text
        .strip_prefix("arn:")
        .and_then(|rest| rest.split_once(':'));
    match rest {
        Some(("aws" | "aws-cn" | "aws-us-gov" | "<partition>", rest)) => format!("arn:aws:{rest}"),
        _ => text.to_owned(),
    }
}
