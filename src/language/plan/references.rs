//! Resolves a reference in the configuration to the instance it refers to: through modules, and with the right key.

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::expressions::Expressions;
use crate::domain::evidence;
use crate::language::resource::{Piece, Value};

/// The maximum number of outputs and variables through which a reference is followed.
const MAX_STEPS: usize = 32;

/// Attributes whose text is composed from others, so that a single reference does not determine their value.
const COMPOSED: [&str; 6] = [
    "policy",
    "assume_role_policy",
    "secret_string",
    "secret_string_wo",
    "json",
    "description",
];

/// The configuration, and all addresses of the plan, sorted.
pub(super) struct ReferenceFinder<'j> {
    root: Option<&'j Json>,
    addresses: Vec<String>,
    /// The resources of each module, by the pointer of their list and by their address in the module.
    written: RefCell<BTreeMap<*const Json, BTreeMap<&'j str, &'j Json>>>,
}

/// The instance in whose configuration a reference is written.
#[derive(Clone, Copy)]
pub(super) struct ReferenceSite<'s> {
    /// The address of its module with a dot at the end; empty for the root module.
    pub(super) module: &'s str,
    /// The key of the instance, such as `["a"]` or `[0]`; empty without `count` and `for_each`.
    pub(super) key: &'s str,
}

/// The position that an address leads to.
pub(super) struct AddressTarget<'j> {
    pub(super) module: String,
    pub(super) key: String,
    pub(super) expressions: Expressions<'j>,
}

impl<'j> ReferenceFinder<'j> {
    pub(super) fn new(root: Option<&'j Json>, mut addresses: Vec<String>) -> Self {
        addresses.sort();
        Self {
            root,
            addresses,
            written: RefCell::default(),
        }
    }

    /// Returns the position of an address such as `module.a["x"].aws_db_proxy.this[0]`.
    pub(super) fn place(&self, address: &str) -> AddressTarget<'j> {
        let steps = steps(address);
        let mut module = String::new();
        let mut config = self.root;
        let mut rest = steps.as_slice();
        while let [word, call, after @ ..] = rest
            && word == "module"
        {
            let (name, _) = split_key(call);
            config = config.and_then(|config| called(config, name)?.get("module"));
            module.push_str(&format!("module.{call}."));
            rest = after;
        }
        let name = rest.join(".");
        let (bare, key) = split_key(&name);
        let expressions = config.and_then(|config| self.written(config, bare));
        AddressTarget {
            module,
            key: key.to_owned(),
            expressions: expressions.map_or(Expressions::Nowhere, Expressions::Written),
        }
    }

    /// Returns the value that these references give an attribute; `None` if they do not determine it.
    pub(super) fn value(
        &self,
        name: &str,
        from: ReferenceSite<'_>,
        references: &[String],
    ) -> Option<Value> {
        let is_own_key = |one: &str| one == "each.key" || one == "count.index";
        let others: Vec<&String> = references.iter().filter(|one| !is_own_key(one)).collect();
        let of_document = |one: &str| one.contains("aws_iam_policy_document.");
        if COMPOSED.contains(&name) && !others.iter().all(|one| of_document(one)) {
            return None;
        }
        let found: Option<Vec<Value>> = others
            .iter()
            .map(|one| self.follow(one, from, MAX_STEPS))
            .collect();
        let found = found?;
        match (found.as_slice(), is_list(name)) {
            ([only], false) => Some(only.clone()),
            ([], _) | (_, false) => None,
            (many, true) => Some(Value::List(
                many.iter().map(super::references::bare).collect(),
            )),
        }
    }

    /// Follows one reference through outputs and variables.
    fn follow(&self, reference: &str, from: ReferenceSite<'_>, left: usize) -> Option<Value> {
        let left = left.checked_sub(1)?;
        let ReferenceSite { module, key } = from;
        let steps = steps(reference);
        match steps.as_slice() {
            [word, name, ..] if word == "var" => {
                let (parent, call) = parent(module)?;
                let config = self.config(&parent)?;
                let (bare, call_key) = split_key(&call);
                let expression = called(config, bare)?.get("expressions")?.get(name)?;
                let references = Expressions::Written(expression).references();
                let from = ReferenceSite {
                    module: &parent,
                    key: call_key,
                };
                self.only(&references, from, left)
            }
            [word, call, output, ..] if word == "module" => {
                let (bare, _) = split_key(call);
                let child = self.child(module, call, key)?;
                let config = called(self.config(module)?, bare)?;
                let expression = config.pointer(&format!("/module/outputs/{output}/expression"))?;
                let references = Expressions::Written(expression).references();
                let from = ReferenceSite {
                    module: &child,
                    key: "",
                };
                self.only(&references, from, left)
            }
            [word, ..]
                if ["local", "each", "count", "path", "self", "terraform"]
                    .contains(&word.as_str()) =>
            {
                None
            }
            _ => self.resource(&steps, from),
        }
    }

    fn only(&self, references: &[String], from: ReferenceSite<'_>, left: usize) -> Option<Value> {
        let mut others = references
            .iter()
            .filter(|one| *one != "each.key" && *one != "count.index");
        match (others.next(), others.next()) {
            (Some(only), None) => self.follow(only, from, left),
            _ => None,
        }
    }

    fn resource(&self, steps: &[String], from: ReferenceSite<'_>) -> Option<Value> {
        let head = if steps.first()? == "data" { 3 } else { 2 };
        let named = steps.get(..head)?.join(".");
        let attribute = steps.get(head..)?.join(".");
        if attribute.is_empty() {
            return None;
        }
        let address = self.instance(&format!("{}{named}", from.module), from.key)?;
        Some(Value::Text(vec![Piece::Reference(address, attribute)]))
    }

    /// Returns the instance that an address refers to: the one of exactly that address, the one with the same key, or
    /// the only one.
    fn instance(&self, address: &str, key: &str) -> Option<String> {
        let exact = |wanted: &str| {
            self.addresses
                .binary_search_by(|one| one.as_str().cmp(wanted))
                .is_ok()
        };
        if exact(address) {
            return Some(address.to_owned());
        }
        let same_key = format!("{address}{key}");
        if !key.is_empty() && exact(&same_key) {
            return Some(same_key);
        }
        let mut instances = self.below(format!("{address}["));
        match (instances.next(), instances.next()) {
            (Some(only), None) => Some(only.clone()),
            _ => None,
        }
    }

    /// Returns the address of a called module, with a dot at its end.
    fn child(&self, module: &str, call: &str, key: &str) -> Option<String> {
        let exists = |prefix: &String| self.below(prefix.clone()).next().is_some();
        let plain = format!("{module}module.{call}.");
        let same_key = format!("{module}module.{call}{key}.");
        if exists(&plain) {
            return Some(plain);
        }
        if !key.is_empty() && exists(&same_key) {
            return Some(same_key);
        }
        let open = format!("{module}module.{call}[");
        let mut keys = self.below(open.clone()).filter_map(|one| {
            one.strip_prefix(&open)?
                .split_once("].")
                .map(|(key, _)| key)
        });
        let only = keys.next()?;
        keys.all(|key| key == only)
            .then(|| format!("{open}{only}]."))
    }

    /// Returns the addresses that begin with this prefix.
    fn below(&self, prefix: String) -> impl Iterator<Item = &String> {
        let from = self.addresses.partition_point(|one| *one < prefix);
        let after = self.addresses[from..].iter();
        after.take_while(move |one| one.starts_with(&prefix))
    }

    /// Returns the configuration of `aws_db_proxy.this` or `data.aws_vpc.main` in a module.
    fn written(&self, config: &'j Json, address: &str) -> Option<&'j Json> {
        let resources = config.get("resources")?.as_array()?;
        let mut known = self.written.borrow_mut();
        // A module is identified by the pointer of its list of resources.
        let of_module = known.entry(resources.as_ptr()).or_insert_with(|| {
            let mut all = BTreeMap::new();
            for one in resources {
                if let Some(address) = one.get("address").and_then(Json::as_str) {
                    all.entry(address).or_insert(one);
                }
            }
            all
        });
        of_module.get(address)?.get("expressions")
    }

    /// Returns the configuration of a module by its address.
    fn config(&self, module: &str) -> Option<&'j Json> {
        let mut config = self.root?;
        let steps = steps(module.trim_end_matches('.'));
        for pair in steps.chunks(2) {
            if let [_, call] = pair {
                config = called(config, split_key(call).0)?.get("module")?;
            }
        }
        Some(config)
    }
}

/// Makes a node for a value in a list, without an origin.
fn bare(value: &Value) -> crate::language::resource::Node {
    crate::language::resource::Node::new(value.clone(), evidence::Origin::default())
}

/// True for attributes that hold a list.
fn is_list(name: &str) -> bool {
    name.ends_with("_ids")
        || name.ends_with("security_groups")
        || name.ends_with("_documents")
        || name == "resources"
        || name == "cidr_blocks"
}

fn called<'j>(config: &'j Json, name: &str) -> Option<&'j Json> {
    config.get("module_calls")?.get(name)
}

/// Returns the module that calls this one, with a dot at its end, and the call.
fn parent(module: &str) -> Option<(String, String)> {
    let steps = steps(module.trim_end_matches('.'));
    let (call, above) = steps.split_last()?;
    let (_, above) = above.split_last()?;
    let parent: String = above
        .chunks(2)
        .map(|pair| format!("{}.", pair.join(".")))
        .collect();
    Some((parent, call.clone()))
}

/// Splits an address at the dots outside of brackets.
fn steps(address: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for character in address.chars() {
        match character {
            '"' if !escaped => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            '.' if !quoted && depth == 0 => {
                steps.push(String::new());
                continue;
            }
            _ => {}
        }
        escaped = character == '\\' && !escaped;
        if let Some(step) = steps.last_mut() {
            step.push(character);
        }
    }
    steps
}

/// Splits `this["a"]` into `this` and `["a"]`.
fn split_key(step: &str) -> (&str, &str) {
    step.find('[').map_or((step, ""), |at| step.split_at(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_cut_outside_of_its_keys() {
        for (address, expected) in [
            ("aws_db_proxy.this", vec!["aws_db_proxy", "this"]),
            (
                "module.a[\"x.y\\\"]\"].aws_db_proxy.this[0]",
                vec!["module", "a[\"x.y\\\"]\"]", "aws_db_proxy", "this[0]"],
            ),
            ("", vec![""]),
            ("a[", vec!["a["]),
        ] {
            assert_eq!(steps(address), expected, "{address}");
        }
    }
}
