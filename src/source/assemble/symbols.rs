//! The symbols of the things around one proxy, which give the strings in its policies their meaning.

use std::collections::BTreeMap;

use super::estate::Estate;
use super::things::{Handle, Item};
use super::{names, same};
use crate::domain::arn::PROXY_ID;
use crate::domain::evidence::Evidence;
use crate::domain::iam::Policy;
use crate::domain::posture::Identity;
use crate::domain::symbolic::{Symbol, SymbolicPart, SymbolicString};
use crate::language::policy;
use crate::language::resource::{Node, Piece, Pseudo, Value};
use crate::language::vocabulary::{Attribute, Kind, database};

/// The things around one proxy.
#[derive(Clone, Debug, Default)]
pub(super) struct ProxyParts {
    pub(super) proxy: Option<Handle>,
    pub(super) role: Option<Handle>,
    /// Each with its label: its user, its name or its address.
    pub(super) secrets: Vec<(Handle, String)>,
    /// The fingerprints of unresolved secrets and keys, with the symbols they represent.
    pub(super) open: Vec<((usize, String), Symbol)>,
    pub(super) keys: Vec<Handle>,
    pub(super) database: Option<Handle>,
}

/// The symbols around one proxy while they are being read.
pub(super) struct SymbolTable<'e, 'a> {
    pub(super) estate: &'e Estate<'a>,
    pub(super) parts: ProxyParts,
    things: BTreeMap<Handle, Symbol>,
    /// The symbols for whole texts: ARNs.
    literals: BTreeMap<String, Symbol>,
    /// The symbols for generated ids, which are delimited by the colons and slashes of an ARN.
    tokens: BTreeMap<String, Symbol>,
    /// The symbols for unresolved values, by their fingerprints.
    open: BTreeMap<(usize, String), Symbol>,
}

impl<'e, 'a> SymbolTable<'e, 'a> {
    /// Collects the symbols of these parts.
    pub(super) fn new(estate: &'e Estate<'a>, parts: ProxyParts) -> Self {
        let mut symbols = Self {
            estate,
            parts: parts.clone(),
            things: BTreeMap::new(),
            literals: BTreeMap::new(),
            tokens: BTreeMap::new(),
            open: BTreeMap::new(),
        };
        for (handle, label) in parts.secrets {
            symbols.introduce(Kind::Secret, handle, Symbol::Secret(label));
        }
        symbols.open.extend(parts.open);
        for key in parts.keys {
            symbols.introduce(Kind::Key, key, Symbol::SecretsKey);
        }
        // A data source looks up the key by this name. It lets every principal of the account use it through Secrets
        // Manager.
        let managed = Handle::Literal(AWS_MANAGED_KEY.to_owned());
        symbols.things.insert(managed, Symbol::SecretsKey);
        if let Some(role) = parts.role {
            symbols.introduce(Kind::Role, role, Symbol::ProxyRole);
        }
        if let Some(proxy) = parts.proxy {
            symbols.introduce(Kind::Proxy, proxy, Symbol::ProxyArn);
        }
        if let Some(database) = parts.database {
            symbols.introduce(Kind::Instance, database, Symbol::DatabaseResourceId);
        }
        symbols
    }

    fn introduce(&mut self, kind: Kind, handle: Handle, thing: Symbol) {
        for name in self.known_names(&handle) {
            if let Some((token, thing)) = generated_id(&name, &thing) {
                self.tokens.insert(token, thing);
            }
            if names::is_arn(&name) {
                self.introduce_arn(kind, name, &thing);
            }
        }
        if let Some(arn) = self.arn_by_name(kind, &handle) {
            self.introduce_arn(kind, arn, &thing);
        }
        self.things.entry(handle).or_insert(thing);
    }

    /// Adds the symbol for an ARN. In a policy, six question marks may replace a secret's random suffix.
    fn introduce_arn(&mut self, kind: Kind, arn: String, thing: &Symbol) {
        if kind == Kind::Secret {
            let stem = names::without_suffix(&arn).unwrap_or(&arn);
            self.literals
                .entry(format!("{stem}-??????"))
                .or_insert_with(|| thing.clone());
        }
        self.literals.entry(arn).or_insert_with(|| thing.clone());
    }

    fn known_names(&self, handle: &Handle) -> Vec<String> {
        match handle {
            Handle::Literal(name) => vec![name.clone()],
            Handle::Item(index) => {
                let item = self.estate.item(*index);
                let id = database::RESOURCE_ID.value_in(item.resource.dialect, &item.resource.body);
                let id = id.and_then(|node| node.value.as_text());
                item.resource.known_as.iter().cloned().chain(id).collect()
            }
            Handle::MasterSecret(_) | Handle::DefaultGroup => Vec::new(),
        }
    }

    /// Returns the ARN as it can be written if only the name is known.
    fn arn_by_name(&self, kind: Kind, handle: &Handle) -> Option<String> {
        let Handle::Item(index) = handle else {
            return None;
        };
        let name = self.estate.own_name(self.estate.item(*index))?;
        match kind {
            Kind::Role => Some(format!("arn:<partition>:iam::<account>:role/{name}")),
            Kind::Secret => Some(format!(
                "arn:<partition>:secretsmanager:<region>:<account>:secret:{name}"
            )),
            _ => None,
        }
    }

    /// Interprets a string of a policy.
    pub(super) fn term(&self, document: usize, node: &Node) -> SymbolicString {
        if let Some(thing) = self.open_thing(document, node) {
            return SymbolicString::thing(thing.clone());
        }
        let parts = match &node.value {
            Value::Text(pieces) => pieces
                .iter()
                .map(|piece| self.part(document, piece))
                .collect(),
            Value::Bool(flag) => vec![SymbolicPart::Text(flag.to_string())],
            Value::Number(number) => vec![SymbolicPart::Text(number.to_string())],
            Value::Unresolved(reason) => vec![SymbolicPart::Unknown(reason.clone())],
            Value::List(_) | Value::Map(_) | Value::Null => {
                vec![SymbolicPart::Unknown("this is not a text".to_owned())]
            }
        };
        let term = SymbolicString(merged(parts));
        match self.literals.get(&term.to_string()) {
            Some(thing) => SymbolicString::thing(thing.clone()),
            None => SymbolicString(
                term.0
                    .into_iter()
                    .flat_map(|part| self.with_tokens(part))
                    .collect(),
            ),
        }
    }

    /// Returns the symbol of an unresolved value. A value from one place outside of the sources is the same thing
    /// wherever it is used.
    fn open_thing(&self, document: usize, node: &Node) -> Option<&Symbol> {
        if self.open.is_empty() {
            return None;
        }
        self.open.get(&same::print(document, node)?)
    }

    fn part(&self, document: usize, piece: &Piece) -> SymbolicPart {
        match piece {
            Piece::Text(text) => SymbolicPart::Text(text.clone()),
            Piece::Pseudo(pseudo) => SymbolicPart::Thing(pseudo_thing(*pseudo)),
            Piece::Unresolved(reason) => SymbolicPart::Unknown(reason.clone()),
            Piece::ProxyId(address) => {
                let meant = self
                    .estate
                    .at(document, address)
                    .map(|item| self.estate.handle(item));
                if meant.is_some() && meant == self.parts.proxy {
                    SymbolicPart::Thing(Symbol::ProxyId)
                } else {
                    created(address)
                }
            }
            Piece::Reference(address, attribute) => {
                let referred = self.referred(document, address, attribute);
                referred.unwrap_or_else(|| {
                    let text = self.estate.render(document, std::slice::from_ref(piece));
                    text.map_or_else(|_| created(address), SymbolicPart::Text)
                })
            }
        }
    }

    /// Returns the part for a reference; none if policies do not refer to a thing by this attribute.
    fn referred(&self, document: usize, address: &str, attribute: &str) -> Option<SymbolicPart> {
        let Some(item) = self.estate.at(document, address) else {
            return Some(created(address));
        };
        let handle = self.called(item, address, attribute)?;
        if let Some(thing) = self.things.get(&handle) {
            return Some(SymbolicPart::Thing(thing.clone()));
        }
        Some(match self.estate.identity(&handle) {
            Identity::Known(name) if names::is_arn(&name) => SymbolicPart::Text(name),
            Identity::Created(address) => created(&address),
            Identity::Known(_) | Identity::Open(_) => created(address),
        })
    }

    /// Returns the thing that policies refer to by this attribute.
    fn called(&self, item: Item<'a>, address: &str, attribute: &str) -> Option<Handle> {
        let kind = item.kind?;
        let wanted = match kind.is_master_secret(attribute) {
            true => Kind::Secret,
            false if kind.is_called_by(attribute) => kind.stands_for(),
            false => return None,
        };
        let search = self.estate.search(item.document, wanted);
        search.reference(address, attribute).handle()
    }

    /// Replaces generated ids, which are delimited by colons and slashes, by their symbols.
    fn with_tokens(&self, part: SymbolicPart) -> Vec<SymbolicPart> {
        let SymbolicPart::Text(text) = part else {
            return vec![part];
        };
        let parts = text
            .split_inclusive([':', '/'])
            .flat_map(|token| {
                let (name, delimiter) = match token.char_indices().next_back() {
                    Some((end, ':' | '/')) => token.split_at(end),
                    _ => (token, ""),
                };
                let part = match self.tokens.get(name) {
                    Some(thing) => SymbolicPart::Thing(thing.clone()),
                    None => SymbolicPart::Text(name.to_owned()),
                };
                [part, SymbolicPart::Text(delimiter.to_owned())]
            })
            .collect();
        merged(parts)
    }

    /// Reads the policy in a node.
    pub(super) fn policy(&self, document: usize, node: &Node) -> Evidence<Policy> {
        policy::read(node, &|node| self.term(document, node))
    }

    /// Reads the policy in an attribute of a resource.
    pub(super) fn policy_in(
        &self,
        item: Item<'a>,
        attribute: Attribute,
    ) -> Option<Evidence<Policy>> {
        let node = attribute.value_in(item.resource.dialect, &item.resource.body)?;
        Some(self.written_policy(item.document, node))
    }

    /// Reads a policy that is written in place, or by reference to a policy document in the same source.
    pub(super) fn written_policy(&self, document: usize, node: &Node) -> Evidence<Policy> {
        let built = super::policy_documents::referred(self.estate, document, node);
        match built {
            Some((document, node)) => self.policy(document, &node),
            None => self.policy(document, node),
        }
    }
}

/// Returns the generated id in an ARN (`prx-…`, `db-…` or `cluster-…`) and its symbol.
fn generated_id(name: &str, thing: &Symbol) -> Option<(String, Symbol)> {
    match thing {
        Symbol::ProxyArn => {
            let id = name
                .rsplit(':')
                .next()
                .filter(|id| id.starts_with(PROXY_ID))?;
            Some((id.to_owned(), Symbol::ProxyId))
        }
        Symbol::DatabaseResourceId => ["db-", "cluster-"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
            .then(|| (name.to_owned(), thing.clone())),
        _ => None,
    }
}

fn created(address: &str) -> SymbolicPart {
    SymbolicPart::Thing(Symbol::Created(address.to_owned()))
}

fn pseudo_thing(pseudo: Pseudo) -> Symbol {
    match pseudo {
        Pseudo::Partition => Symbol::Partition,
        Pseudo::Region => Symbol::Region,
        Pseudo::Account => Symbol::Account,
        Pseudo::UrlSuffix => Symbol::UrlSuffix,
    }
}

/// Joins adjacent texts and drops empty ones.
fn merged(parts: Vec<SymbolicPart>) -> Vec<SymbolicPart> {
    let mut merged: Vec<SymbolicPart> = Vec::new();
    for part in parts {
        match (merged.last_mut(), part) {
            (_, SymbolicPart::Text(text)) if text.is_empty() => {}
            (Some(SymbolicPart::Text(before)), SymbolicPart::Text(text)) => before.push_str(&text),
            (_, part) => merged.push(part),
        }
    }
    merged
}

/// The key that needs no policy: every principal of the account may use it through Secrets Manager.
pub(super) const AWS_MANAGED_KEY: &str = "alias/aws/secretsmanager";
