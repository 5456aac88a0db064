//! Evaluates traversals such as `var.a.b[0]`: resolves the name and follows the operators.

use hcl_edit::Decorated;
use hcl_edit::expr::{Expression, TraversalOperator};

use super::paths::relative;
use super::scope::Scope;
use super::values::{
    EvaluationFault, Outcome, as_reference, error, index, not_yet, plain, reason, reference, rest,
    stay, through, unknown,
};
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::provenance::absorb;
use crate::language::resource::{Node, Value};

type Operators<'o> = &'o [Decorated<TraversalOperator>];

impl Scope<'_> {
    /// Evaluates a traversal; `whole` is the expression that messages point to.
    pub(super) fn traverse(
        &self,
        head: &Expression,
        operators: Operators<'_>,
        whole: &Expression,
    ) -> Outcome {
        let (node, rest) = match head {
            Expression::Variable(name) => {
                let name = name.value().as_str();
                match self.named(name) {
                    Some(node) => self.descend(node, operators)?,
                    None => self.root(name, operators, whole)?,
                }
            }
            other => (self.eval(other)?, operators),
        };
        let mut node = self.follow(node, rest)?;
        let mut place = self.origin(whole);
        stay(&mut place, &node.origin);
        node.origin = Origin {
            via: node.origin.via,
            default_of: node.origin.default_of.or(place.default_of),
            ..place
        };
        Ok(node)
    }

    /// Follows operators into a stored value, so that only the selected part is copied. Returns the remaining
    /// operators.
    fn descend<'o>(&self, node: &Node, operators: Operators<'o>) -> Outcome<(Node, Operators<'o>)> {
        let mut at = node;
        let mut way = Origin::default();
        let mut rest = operators;
        while let Some((operator, behind)) = rest.split_first() {
            let found = match (operator.value(), &at.value) {
                (TraversalOperator::GetAttr(name), Value::Map(members)) => {
                    find(members, name.value().as_str())
                }
                (TraversalOperator::Index(key), Value::Map(_) | Value::List(_)) => {
                    let key = self.eval(key)?;
                    absorb(&mut way, &key.origin);
                    match part(&at.value, &key.value) {
                        Some(found) => Some(found),
                        None => {
                            let mut found = self.item(at, &key.value)?;
                            absorb(&mut found.origin, &way);
                            return Ok((found, behind));
                        }
                    }
                }
                _ => None,
            };
            let Some(found) = found else {
                break;
            };
            absorb(&mut way, &at.origin);
            at = found;
            rest = behind;
        }
        self.pay_for(&at.value)?;
        let mut found = at.clone();
        absorb(&mut found.origin, &way);
        Ok((found, rest))
    }

    /// Resolves the first names of a traversal and returns the remaining operators.
    fn root<'o>(
        &self,
        head: &str,
        operators: Operators<'o>,
        whole: &Expression,
    ) -> Outcome<(Node, Operators<'o>)> {
        let place = || self.origin(whole);
        let name = |position: usize| {
            operators
                .get(position)
                .and_then(|operator| member_name(operator.value()))
        };
        // A part of a named value, placed at the reference.
        let through_name = |step: String, node: &Node| {
            let (node, rest) = self.descend(node, &operators[1..])?;
            Ok((through(&step, place(), node), rest))
        };
        if let Some(found) = self.name_of_unit(head, name(0)) {
            let (node, taken) = found?;
            return Ok((node, &operators[taken..]));
        }
        match (head, name(0), name(1)) {
            ("var", Some(name), _) => through_name(format!("var.{name}"), &self.variable(name)),
            ("local", Some(name), _) => through_name(format!("local.{name}"), &self.local(name)),
            ("module", Some(call), _) => Ok((self.called(call, place()), &operators[1..])),
            ("data" | "ephemeral", Some(kind), Some(label)) => {
                let resource = format!("{head}.{kind}.{label}");
                Ok((self.resources(&resource, place()), &operators[2..]))
            }
            ("path", Some(which), _) => Ok((self.path(which, place())?, &operators[1..])),
            ("terraform" | "tofu", Some(_), _) => unknown(format!(
                "{head}.{} is known only where it is run",
                name(0).unwrap_or_default()
            )),
            ("each" | "count" | "self", ..) => error(format!("there is no {head} here")),
            (kind, Some(label), _) => {
                let resource = format!("{kind}.{label}");
                Ok((self.resources(&resource, place()), &operators[1..]))
            }
            (name, None, _) => error(format!("{} is not the name of anything", short(name))),
        }
    }

    /// Evaluates `path.*` like Terraform: relative to the folder of the root module, in which it runs.
    fn path(&self, which: &str, origin: Origin) -> Outcome {
        let root = &self.evaluator.inputs.root;
        let path = match which {
            "module" => self
                .folder()
                .map_or_else(String::new, |folder| relative(root, &folder.path)),
            "root" => String::new(),
            _ => {
                return unknown(format!(
                    "path.{} is known only where it is run",
                    short(which)
                ));
            }
        };
        let path = if path.is_empty() {
            ".".to_owned()
        } else {
            path
        };
        Ok(Node::new(Value::text(path), origin))
    }

    /// Applies operators to a value.
    fn follow(&self, node: Node, operators: Operators<'_>) -> Outcome {
        let mut node = node;
        for (position, operator) in operators.iter().enumerate() {
            let rest = &operators[position + 1..];
            node = match operator.value() {
                TraversalOperator::GetAttr(name) => self.member(&node, name.value().as_str())?,
                TraversalOperator::LegacyIndex(index) => {
                    let key =
                        super::values::count(usize::try_from(*index.value()).unwrap_or(usize::MAX));
                    self.item(&node, &key)?
                }
                TraversalOperator::Index(key) => {
                    let key = self.eval(key)?;
                    let mut found = self.item(&node, &key.value)?;
                    absorb(&mut found.origin, &key.origin);
                    found
                }
                TraversalOperator::FullSplat(_) => return self.splat(node, rest),
                TraversalOperator::AttrSplat(_) => {
                    let names = rest
                        .iter()
                        .take_while(|one| member_name(one.value()).is_some())
                        .count();
                    let list = self.splat(node, &rest[..names])?;
                    return self.follow(list, &rest[names..]);
                }
            };
        }
        Ok(node)
    }

    /// Evaluates a splat ("Splat Expressions"): null becomes an empty list, and a value that is not a list becomes a
    /// list of one.
    fn splat(&self, node: Node, rest: Operators<'_>) -> Outcome {
        let origin = node.origin.clone();
        let items = match node.value {
            Value::Null => Vec::new(),
            Value::List(items) => items,
            Value::Unresolved(_) => return Ok(node),
            // Only the deployment shows if this is a list. The attribute of each item is what matters.
            Value::Text(_)
                if as_reference(&node.value)
                    .is_some_and(|(_, attribute)| !attribute.is_empty()) =>
            {
                return self.follow(node, rest);
            }
            value => vec![Node::new(value, origin.clone())],
        };
        let items = items.into_iter().map(|item| {
            let mut found = self.follow(item, rest)?;
            // Items keep the place where they are written.
            if found.origin.line == 0 {
                found.origin = origin.clone();
            }
            Ok(found)
        });
        Ok(Node::new(
            Value::List(items.collect::<Outcome<_>>()?),
            origin,
        ))
    }

    /// Selects a member: evaluates `value.name`.
    pub(super) fn member(&self, node: &Node, name: &str) -> Outcome {
        if let Some((address, attribute)) = as_reference(&node.value) {
            return Ok(match attribute {
                "" => self.attribute_of(address, name, node.origin.clone()),
                _ => Node::new(
                    reference(address, &short(&format!("{attribute}.{name}"))),
                    node.origin.clone(),
                ),
            });
        }
        match &node.value {
            Value::Map(members) => match members.iter().find(|(key, _)| key == name) {
                Some((_, found)) => Ok(self.from(node, found)),
                None => match rest(members) {
                    Some(reason) => unknown(reason),
                    None => error(format!("there is no {} in it", short(name))),
                },
            },
            Value::List(_) => match name.parse::<u32>() {
                Ok(index) => self.item(node, &Value::Number(f64::from(index))),
                Err(_) => error(format!("a list has no {}", short(name))),
            },
            Value::Null => error(format!("null has no {}", short(name))),
            value => match reason(value) {
                Some(_) => unknown(part_of(&not_yet(value), &format!(".{name}"))),
                None => error(format!("this has no {}", short(name))),
            },
        }
    }

    /// Selects an item: evaluates `value[key]`.
    pub(super) fn item(&self, node: &Node, key: &Value) -> Outcome {
        if let Some((address, attribute)) = as_reference(&node.value) {
            return match (attribute, plain(key)) {
                // One instance represents all.
                ("", _) if address.ends_with("[*]") => Ok(node.clone()),
                ("", Ok(key)) => self.member(node, &key),
                ("", Err(fault)) => Err(fault),
                (_, key) => {
                    let key = key.map_or_else(|_| "*".to_owned(), |key| short(&key));
                    let key = match key.parse::<u64>() {
                        Ok(_) => key,
                        Err(_) if key == "*" => key,
                        Err(_) => format!("{key:?}"),
                    };
                    let path = format!("{attribute}[{key}]");
                    Ok(Node::new(reference(address, &path), node.origin.clone()))
                }
            };
        }
        match &node.value {
            Value::List(items) => {
                let position = match index(key) {
                    Ok(position) => position,
                    Err(fault) => return any_of(items.iter(), fault),
                };
                let position = usize::try_from(position);
                match position.ok().and_then(|position| items.get(position)) {
                    Some(found) => Ok(self.from(node, found)),
                    None => error(format!("the list has only {} items", items.len())),
                }
            }
            Value::Map(members) => match plain(key) {
                Ok(key) => self.member(node, &key),
                Err(fault) => any_of(members.iter().map(|(_, node)| node), fault),
            },
            Value::Null => error("null has no items"),
            value => match (reason(value), plain(key)) {
                (Some(_), Ok(key)) => unknown(part_of(&not_yet(value), &format!("[{key}]"))),
                (Some(_), Err(_)) => unknown(format!("one of {}", not_yet(value))),
                (None, _) => error("this has no items"),
            },
        }
    }

    /// Returns a part of a value: it keeps its place, and its path includes that of the whole.
    fn from(&self, whole: &Node, part: &Node) -> Node {
        let mut found = part.clone();
        absorb(&mut found.origin, &whole.origin);
        found
    }
}

/// Adds the part to the reason of an unknown variable, because two parts of one variable are different values.
fn part_of(reason: &str, part: &str) -> String {
    match reason.rsplit_once(" ← ") {
        Some((way, end)) if way.split(" ← ").all(hands_on) => {
            format!("{way}{} ← {end}", short(part))
        }
        _ => reason.to_owned(),
    }
}

fn hands_on(step: &str) -> bool {
    ["var.", "local.", "module."]
        .iter()
        .any(|begin| step.starts_with(begin))
}

fn find<'n>(members: &'n [(String, Node)], name: &str) -> Option<&'n Node> {
    let found = members.iter().find(|(key, _)| key == name);
    found.map(|(_, node)| node)
}

/// Returns the part with a known key.
fn part<'n>(whole: &'n Value, key: &Value) -> Option<&'n Node> {
    match whole {
        Value::Map(members) => find(members, &plain(key).ok()?),
        Value::List(items) => items.get(usize::try_from(index(key).ok()?).ok()?),
        _ => None,
    }
}

/// Returns the common value of all nodes if the key is unknown; unknown if they differ.
fn any_of<'n>(mut nodes: impl Iterator<Item = &'n Node>, fault: EvaluationFault) -> Outcome {
    let EvaluationFault::Unknown(reason) = fault else {
        return Err(fault);
    };
    match nodes.next() {
        Some(first) if nodes.all(|node| node == first) => Ok(first.clone()),
        _ => unknown(format!("which one it is, is not known: {reason}")),
    }
}

/// Returns the name in `.name`.
fn member_name(operator: &TraversalOperator) -> Option<&str> {
    match operator {
        TraversalOperator::GetAttr(name) => Some(name.value().as_str()),
        _ => None,
    }
}
