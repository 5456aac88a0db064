//! The intrinsic functions that compute values from values ("Intrinsic function reference").

use super::conditions::Truth;
use super::evaluate::{Argument, FunctionCall, StackScope, call};
use super::scalars;
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::provenance::{absorb, unresolved};
use crate::language::resource::{GET_ZONES, Node, Piece, Pseudo, Value};
use crate::language::yaml::Tree;
use crate::language::{partial_string, yaml};

impl StackScope<'_> {
    /// Evaluates an intrinsic function, whose call is at `origin`.
    pub(super) fn call(&self, call: &FunctionCall<'_>, origin: Origin) -> Node {
        let argument = call.argument;
        match call.name {
            "Ref" => self.reference(argument, origin),
            "GetAtt" => self.attribute(argument, origin),
            "Sub" => self.substitute(argument, origin),
            "Join" => self.join(argument, origin),
            "Split" => self.split(argument, origin),
            "Select" => self.select(argument, origin),
            "If" => self.choose(argument, origin),
            "FindInMap" => self.find_in_map(argument, origin),
            "ImportValue" => self.import(argument, origin),
            "Length" => self.length(argument, origin),
            // A policy or a secret's template reads the same as a map, and nothing else is turned into JSON in
            // practice.
            "ToJsonString" => self.eval_argument(argument),
            "And" | "Or" | "Not" | "Equals" => self.as_boolean(call, origin),
            "Base64" | "Cidr" | "GetAZs" | "GetStackOutput" | "Transform" => unresolved(
                format!("Fn::{} is known only once it is deployed", call.name),
                origin,
            ),
            other => unresolved(
                format!("`{}` is not a function of CloudFormation", short(other)),
                origin,
            ),
        }
    }

    fn as_boolean(&self, call: &FunctionCall<'_>, origin: Origin) -> Node {
        self.truth_of(call).into_node(origin)
    }

    fn join(&self, argument: Argument<'_>, mut origin: Origin) -> Node {
        let [delimiter, list] = argument.items() else {
            return unresolved("Fn::Join takes a delimiter and a list", origin);
        };
        let delimiter = self.eval(delimiter);
        let list = self.eval(list);
        absorb(&mut origin, &list.origin);
        let items = match &list.value {
            Value::List(items) => items,
            Value::Unresolved(reason) => return unresolved(reason.clone(), origin),
            _ => return unresolved("Fn::Join takes a list", origin),
        };
        let mut pieces = Vec::new();
        for (index, item) in items.iter().enumerate() {
            absorb(&mut origin, &item.origin);
            if index > 0 {
                pieces.extend(partial_string::pieces(&delimiter.value));
            }
            pieces.extend(partial_string::pieces(&item.value));
        }
        Node::new(partial_string::text(pieces), origin)
    }

    fn split(&self, argument: Argument<'_>, mut origin: Origin) -> Node {
        let [delimiter, whole] = argument.items() else {
            return unresolved("Fn::Split takes a delimiter and a text", origin);
        };
        let delimiter =
            partial_string::plain(&self.eval(delimiter).value).filter(|text| !text.is_empty());
        let Some(delimiter) = delimiter else {
            return unresolved("Fn::Split takes a delimiter that is known", origin);
        };
        let whole = self.eval(whole);
        absorb(&mut origin, &whole.origin);
        let parts = partial_string::split(&delimiter, &partial_string::pieces(&whole.value));
        let paid = |parts: Vec<_>| {
            self.estate.budget.pay_for_items(parts.len())?;
            Ok(parts)
        };
        let value = match parts.and_then(paid) {
            Ok(parts) => Value::List(
                parts
                    .into_iter()
                    .map(|part| Node::new(partial_string::text(part), origin.clone()))
                    .collect(),
            ),
            Err(reason) => Value::Unresolved(reason),
        };
        Node::new(value, origin)
    }

    fn select(&self, argument: Argument<'_>, mut origin: Origin) -> Node {
        let [index, list] = argument.items() else {
            return unresolved("Fn::Select takes an index and a list", origin);
        };
        let index = self.eval(index);
        if let Some(zone) = self.zone(&index, list) {
            absorb(&mut origin, &index.origin);
            return Node::new(zone, origin);
        }
        let list = self.eval(list);
        absorb(&mut origin, &index.origin);
        absorb(&mut origin, &list.origin);
        if let Value::Unresolved(reason) = &list.value {
            return selected(reason.clone(), origin);
        }
        let position =
            partial_string::plain(&index.value).and_then(|text| text.parse::<usize>().ok());
        let Some(position) = position else {
            return selected("Fn::Select takes an index that is known", origin);
        };
        match list.items().get(position) {
            Some(item) => {
                absorb(&mut origin, &item.origin);
                Node::new(item.value.clone(), origin)
            }
            None => unresolved(
                format!(
                    "Fn::Select asks for item {position} of {}",
                    list.items().len()
                ),
                origin,
            ),
        }
    }

    /// Selects from the list of zones. The zone itself is unknown, but two indexes are two different zones.
    fn zone(&self, index: &Node, list: &Tree) -> Option<Value> {
        let zones = call(list).filter(|call| call.name == "GetAZs")?;
        let region = match self.eval_argument(zones.argument).value {
            Value::Text(pieces) if pieces == [Piece::Pseudo(Pseudo::Region)] => String::new(),
            Value::Null => String::new(),
            region => partial_string::plain(&region)?,
        };
        let place = partial_string::plain(&index.value)?.parse::<usize>().ok()?;
        let address = match region.as_str() {
            "" => GET_ZONES.to_owned(),
            region => format!("{GET_ZONES} of {}", short(region)),
        };
        let piece = Piece::Reference(address, format!("[{place}]"));
        Some(Value::Text(vec![piece]))
    }

    fn length(&self, argument: Argument<'_>, origin: Origin) -> Node {
        match self.eval_argument(argument).value {
            Value::List(items) => match u32::try_from(items.len()) {
                Ok(length) => Node::new(Value::Number(f64::from(length)), origin),
                Err(_) => unresolved("the list is too long", origin),
            },
            Value::Unresolved(reason) => unresolved(reason, origin),
            _ => unresolved("Fn::Length takes a list", origin),
        }
    }

    fn choose(&self, argument: Argument<'_>, mut origin: Origin) -> Node {
        let [condition, when_true, when_false] = argument.items() else {
            return unresolved("Fn::If takes a condition and two values", origin);
        };
        let Some(name) = condition.literal() else {
            return unresolved("Fn::If takes the name of a condition", origin);
        };
        let mut verdict = self.condition(name);
        origin.via.push(format!("condition {}", short(name)));
        if verdict.way.default_of.is_some() && self.eval(when_true) == self.eval(when_false) {
            verdict.way.default_of = None;
        }
        absorb(&mut origin, &verdict.way);
        let chosen = match verdict.truth {
            Truth::Holds => self.eval(when_true),
            Truth::Fails => self.eval(when_false),
            Truth::Unknown(reason) => {
                let (one, other) = (self.eval(when_true), self.eval(when_false));
                if one == other {
                    one
                } else {
                    return unresolved(either(name, &reason, [&one, &other]), origin);
                }
            }
        };
        absorb(&mut origin, &chosen.origin);
        Node::new(chosen.value, origin)
    }

    fn find_in_map(&self, argument: Argument<'_>, mut origin: Origin) -> Node {
        let [map, first, second, rest @ ..] = argument.items() else {
            return unresolved("Fn::FindInMap takes a map and two keys", origin);
        };
        let keys = [map, first, second].map(|key| self.placed(self.eval(key)));
        let switch = keys.iter().any(|key| matches!(key.value, Value::Bool(_)));
        for key in &keys {
            absorb(&mut origin, &key.origin);
        }
        let [map, first, second] =
            keys.map(|key| partial_string::plain(&key.value).ok_or(key.value));
        let Ok(map) = map else {
            return unresolved("Fn::FindInMap names a map that is not known", origin);
        };
        let way = format!(
            "mapping {}.{}.{}",
            short(&map),
            key_name(&first),
            key_name(&second)
        );
        origin.via.push(way.clone());
        let found = self.mapped(&map, &first, &second);
        match (
            found,
            rest.first().and_then(|rest| rest.get("DefaultValue")),
        ) {
            (Ok(value), _) => Node::new(value, origin),
            (Err(Missing::Switch), _) => unresolved(open_switch(&way), origin),
            (Err(Missing::Entry), _) if switch => unresolved(open_switch(&way), origin),
            (Err(Missing::Entry), Some(default)) => self.eval(default),
            (Err(Missing::Entry), None) => unresolved(format!("{way} does not exist"), origin),
            (Err(Missing::Key), _) => {
                unresolved(format!("{way} depends on a key that is not known"), origin)
            }
        }
    }

    /// Looks up keys in a mapping. A key that is unknown may be any key, as long as all keys lead to the same value.
    fn mapped(&self, map: &str, first: &Key, second: &Key) -> Result<Value, Missing> {
        let map = self
            .template()
            .member("Mappings", map)
            .ok_or(Missing::Entry)?;
        let mut values = Vec::new();
        for row in self.chosen(map, first)? {
            for value in self.chosen(row, second)? {
                values.push(self.eval(value).value);
            }
        }
        let value = values.pop().ok_or(Missing::Entry)?;
        if values.iter().all(|other| *other == value) {
            Ok(value)
        } else {
            Err(Missing::Key)
        }
    }

    /// Returns the members that a key can mean: one, or all if the key is unknown.
    fn chosen<'t>(&self, map: &'t Tree, key: &Key) -> Result<Vec<&'t Tree>, Missing> {
        match key {
            Ok(key) => match self.looked_up(map, key) {
                Ok(Some((name, _))) if name.plain && is_open_switch(key) => Err(Missing::Switch),
                Ok(Some((_, found))) => Ok(vec![found]),
                Ok(None) => Err(Missing::Entry),
                Err(_) => Err(Missing::Key),
            },
            Err(_) => Ok(map.members().iter().map(|(_, value)| value).collect()),
        }
    }

    /// Looks up a member by linear search, and charges for it: a mapping may have thousands of members and be searched
    /// as often.
    fn looked_up<'t>(&self, map: &'t Tree, key: &str) -> Result<Option<&'t Member>, String> {
        self.estate.budget.pay_for_text(map.members().len())?;
        Ok(map.members().iter().find(|(name, _)| name.text == key))
    }

    fn substitute(&self, argument: Argument<'_>, mut origin: Origin) -> Node {
        let (text, variables) = match (argument.text(), argument.items()) {
            (Some(text), _) => (Some(text), None),
            (None, [text, variables]) => (text.literal(), Some(variables)),
            (None, _) => (None, None),
        };
        let Some(mut rest) = text else {
            return unresolved("Fn::Sub takes a text, or a text and a map", origin);
        };
        if let Err(reason) = self.estate.budget.pay_for_text(rest.len()) {
            return unresolved(reason, origin);
        }
        let mut pieces = Vec::new();
        while let Some((before, name, after)) = scalars::next_variable(rest) {
            pieces.push(Piece::Text(before.to_owned()));
            pieces.extend(self.variable(name, variables, &mut origin));
            rest = after;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Node::new(partial_string::text(pieces), origin)
    }

    /// Evaluates one `${…}` of `Fn::Sub`.
    fn variable(&self, name: &str, variables: Option<&Tree>, origin: &mut Origin) -> Vec<Piece> {
        if let Some(literal) = name.strip_prefix('!') {
            return vec![Piece::Text(format!("${{{literal}}}"))];
        }
        if self.template().has_variables && scalars::is_variable(name) {
            return vec![scalars::variable_piece(name)];
        }
        let name = name.trim();
        let place = origin.bare();
        let own = variables.map(|map| self.looked_up(map, name)).transpose();
        let own = match own {
            Ok(found) => found.flatten().map(|(_, tree)| tree),
            Err(reason) => return vec![Piece::Unresolved(reason)],
        };
        let node = match (own, name.split_once('.')) {
            (Some(tree), _) => self.eval(tree),
            (None, Some((logical_id, attribute))) => {
                self.attribute_of(logical_id, attribute, place)
            }
            (None, None) => self.reference_to(name, place),
        };
        absorb(origin, &node.origin);
        partial_string::pieces(&node.value)
    }
}

/// Makes a part of an unresolved value. The added step distinguishes it from the whole: a part of a parameter may be
/// anything.
fn selected(reason: impl Into<String>, mut origin: Origin) -> Node {
    origin.via.insert(0, "Fn::Select".to_owned());
    unresolved(reason, origin)
}

/// A member of a mapping.
type Member = (yaml::MapKey, Tree);

/// A key of `Fn::FindInMap`: its text, or the value to return if the key is unknown.
type Key = Result<String, Value>;

enum Missing {
    /// The entry exists or not, depending on the reading of its key.
    Switch,
    /// The mapping has no such entry.
    Entry,
    /// The key is unknown, so that the entry cannot be determined.
    Key,
}

/// True for a word whose text changes if it is read as a boolean.
fn is_open_switch(key: &str) -> bool {
    scalars::is_switch(key) && !matches!(key, "true" | "false")
}

/// Explains why an entry whose key is `On` or the like is ambiguous: as a value it is a boolean, but CloudFormation
/// does not document how it reads such a key of a mapping.
fn open_switch(way: &str) -> String {
    format!(
        "{way}: a key like `On`, `Yes` or `True` is a truth value in YAML 1.1, and how CloudFormation takes it as a key is not documented: put it in quotes on both sides, or use another word"
    )
}

fn key_name(key: &Key) -> String {
    key.as_ref()
        .map_or_else(|_| "?".to_owned(), |key| short(key))
}

fn either(condition: &str, reason: &str, values: [&Node; 2]) -> String {
    let [one, other] = values.map(|node| brief(&node.value));
    format!(
        "{one} or {other}, by the condition {}: {}",
        short(condition),
        short(reason)
    )
}

/// Describes a value for use in a message.
fn brief(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::List(_) => "a list".to_owned(),
        Value::Map(_) => "a map".to_owned(),
        Value::Unresolved(_) => "something unknown".to_owned(),
        Value::Bool(_) | Value::Number(_) | Value::Text(_) => partial_string::plain(value)
            .map_or_else(|| "a text".to_owned(), |text| format!("`{}`", short(&text))),
    }
}
