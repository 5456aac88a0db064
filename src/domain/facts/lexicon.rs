//! What the strings in the policies around one proxy are made of, so that two sides can be compared letter by letter.

use std::collections::BTreeMap;

use super::words::{Extent, FactString, StringToken, tokens};
use crate::domain::arn::Arn;
use crate::domain::posture::{Deployment, Identity, Proxy, Secret};
use crate::domain::symbolic::{Symbol, SymbolicPart, SymbolicString};

/// In an ARN of a secret, six question marks stand for the characters that Secrets Manager appends to the name.
/// Source: Secrets Manager User Guide, "What's in a Secrets Manager secret?".
const SUFFIX: &str = "-??????";

/// In front of the address of something created, which no text of a policy begins with.
const AT: char = '@';

/// The things around one proxy, by what terms call them.
#[derive(Default)]
pub(super) struct Lexicon {
    named: BTreeMap<Symbol, FactString>,
    /// Further names of created things, by address.
    created: BTreeMap<String, String>,
    /// Resource ids of databases.
    databases: Vec<String>,
    deployment: Option<Deployment>,
}

impl Lexicon {
    pub(super) fn of(proxy: &Proxy, deployment: Option<&Deployment>, databases: &[String]) -> Self {
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
            lexicon.introduce(Symbol::ProxyRole, &role.identity, (&arn, ending));
        }
        let arn = "arn:aws:rds:<region>:<account>:db-proxy:";
        let proxy_id = Symbol::ProxyId.to_string();
        let written = lexicon.written(arn, Some(&proxy_id));
        let names = vec![Symbol::ProxyArn.to_string()];
        lexicon.put(Symbol::ProxyArn, names, Some(written));
        lexicon
    }

    /// What is known where only the account is.
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

    /// A secret, by a name that terms have for it, and its label.
    pub(super) fn secret(&mut self, name: &str, label: &str, secret: &Secret) {
        let thing = Symbol::Secret(name.to_owned());
        if self.named.contains_key(&thing) {
            return;
        }
        let known = secret.name.value();
        let known = known.map_or(String::new(), |name| format!("{name}-"));
        let arn = format!("arn:aws:secretsmanager:<region>:<account>:secret:{known}");
        self.introduce(thing.clone(), &secret.identity, (&arn, Some("suffix")));
        let label = Symbol::Secret(label.to_owned()).to_string();
        let words = self.named.get_mut(&thing);
        if let Some(StringToken::Thing(names, _)) = words.and_then(|words| words.tokens.first_mut())
        {
            names.push(label);
        }
    }

    /// The key of the secrets; which one it is, is told where it is one only.
    pub(super) fn key(&mut self, identity: Option<&Identity>) {
        let any = Identity::Known(String::new());
        let arn = ("arn:aws:kms:<region>:<account>:key/", Some("key id"));
        self.introduce(Symbol::SecretsKey, identity.unwrap_or(&any), arn);
    }

    /// What a created role is called on all sides.
    pub(super) fn role(&mut self, address: &str, label: &str) {
        self.created
            .insert(address.to_owned(), format!("<{label}>"));
    }

    fn introduce(
        &mut self,
        thing: Symbol,
        identity: &Identity,
        (arn, ending): (&str, Option<&str>),
    ) {
        let mut names = vec![thing.to_string()];
        let written = match identity {
            Identity::Known(name) if Arn::parse(name).is_some() => self.placed(name),
            Identity::Created(address) => {
                names.push(format!("{AT}{address}"));
                self.written(arn, ending)
            }
            Identity::Known(_) | Identity::Open(_) => self.written(arn, ending),
        };
        self.put(thing, names, Some(written));
    }

    fn put(&mut self, thing: Symbol, names: Vec<String>, written: Option<Vec<StringToken>>) {
        let tokens = vec![StringToken::Thing(names, Extent::Apart)];
        self.named.insert(thing, FactString { tokens, written });
    }

    /// An ARN with the deployment's own places as such, and what nobody knows of its end.
    fn written(&self, arn: &str, ending: Option<&str>) -> Vec<StringToken> {
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

    /// The region or the account that is deployed into.
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

    /// What a term is made of. Wildcards mean something only where the term is a pattern.
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

    /// An ARN that an account shows.
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

    /// What a thing is called, and what it is written as where that is another thing.
    fn thing(&self, thing: &Symbol) -> (Vec<StringToken>, Option<Vec<StringToken>>) {
        let step = || vec![StringToken::Thing(vec![thing.to_string()], Extent::Step)];
        let called = match thing {
            // An ARN of another partition names nothing in this one.
            Symbol::Partition => tokens("aws", false),
            // In the one partition that has another suffix, nothing else would be equal either.
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
        // What a data source finds may be anything.
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

/// An ARN that is written for a partition means the one that is deployed into: in another one it names nothing.
fn own_partition(text: &str) -> String {
    let rest = text
        .strip_prefix("arn:")
        .and_then(|rest| rest.split_once(':'));
    match rest {
        Some(("aws" | "aws-cn" | "aws-us-gov" | "<partition>", rest)) => format!("arn:aws:{rest}"),
        _ => text.to_owned(),
    }
}
