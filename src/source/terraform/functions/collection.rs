//! Functions on lists, sets and maps.

use super::super::expression::bare;
use super::super::traversal::at;
use super::super::value::{
    Fault, MAX_ITEMS, Outcome, entries, equal, known, list, literal, map, member, number,
    set_member, truth,
};
use super::super::variables::{distinct, set};
use super::{Function, MANY, argument, function};
use crate::source::resource::{Node, Value};

pub(super) static FUNCTIONS: &[Function] = &[
    function("alltrue", 1, 1, |a| all(a, false)),
    function("anytrue", 1, 1, |a| all(a, true)),
    function("coalescelist", 1, MANY, |a| {
        for item in a {
            if !list(item)?.is_empty() {
                return Ok(item.value.clone());
            }
        }
        Fault::error("coalescelist() has only empty lists")
    }),
    function("compact", 1, 1, |a| {
        let mut kept = Vec::new();
        for item in list(argument(a, 0)?)? {
            if !matches!(known(item)?, Value::Null) && item.value != Value::text("") {
                kept.push(item.clone());
            }
        }
        Ok(Value::List(kept))
    }),
    function("concat", 1, MANY, |a| {
        let lists: Outcome<Vec<&[Node]>> = a.iter().map(list).collect();
        bounded(lists?.concat())
    }),
    function("contains", 2, 2, contains),
    function("distinct", 1, 1, |a| {
        Ok(Value::List(distinct(list(argument(a, 0)?)?.to_vec())))
    }),
    function("element", 2, 2, element),
    function("flatten", 1, 1, |a| {
        let mut flat = Vec::new();
        flatten(argument(a, 0)?, &mut flat)?;
        bounded(flat)
    }),
    function("index", 2, 2, |a| {
        for (position, item) in list(argument(a, 0)?)?.iter().enumerate() {
            if equal(&item.value, &argument(a, 1)?.value)? {
                return Ok(Value::Number(position as f64));
            }
        }
        Fault::error("index() finds no such item")
    }),
    function("keys", 1, 1, |a| {
        map(argument(a, 0)?)?;
        let keys = entries(argument(a, 0)?)?
            .into_iter()
            .map(|(key, _)| bare(key));
        Ok(Value::List(keys.collect()))
    }),
    function("length", 1, 1, length),
    function("lookup", 2, 3, lookup),
    function("merge", 0, MANY, |a| {
        let mut merged = Vec::new();
        for item in a.iter().filter(|item| item.value != Value::Null) {
            for (key, node) in map(item)? {
                set_member(&mut merged, key.clone(), node.clone());
            }
        }
        Ok(Value::Map(merged))
    }),
    function("one", 1, 1, |a| match list(argument(a, 0)?)? {
        [] => Ok(Value::Null),
        [only] => Ok(only.value.clone()),
        _ => Fault::error("one() of more than one item"),
    }),
    function("range", 1, 3, range),
    function("reverse", 1, 1, |a| {
        Ok(Value::List(
            list(argument(a, 0)?)?.iter().rev().cloned().collect(),
        ))
    }),
    function("setintersection", 1, MANY, |a| sift(a, true)),
    function("setsubtract", 2, 2, |a| sift(a, false)),
    function("setunion", 1, MANY, |a| {
        let lists: Outcome<Vec<&[Node]>> = a.iter().map(list).collect();
        bounded(set(lists?.concat()))
    }),
    function("slice", 3, 3, |a| {
        let items = list(argument(a, 0)?)?;
        let (from, to) = (number(argument(a, 1)?)?, number(argument(a, 2)?)?);
        match items.get(from as usize..to as usize) {
            Some(part) => Ok(Value::List(part.to_vec())),
            None => Fault::error("slice() beyond the end of the list"),
        }
    }),
    function("sort", 1, 1, |a| {
        let mut items = list(argument(a, 0)?)?.to_vec();
        // What is known after apply has no order yet; its members matter (in policies), and they are kept, the literals first.
        items.sort_by_cached_key(|item| {
            literal(item).map_or((true, String::new()), |text| (false, text))
        });
        Ok(Value::List(items))
    }),
    function("tolist", 1, 1, |a| {
        Ok(Value::List(list(argument(a, 0)?)?.to_vec()))
    }),
    function("tomap", 1, 1, |a| {
        Ok(Value::Map(map(argument(a, 0)?)?.to_vec()))
    }),
    function("toset", 1, 1, |a| {
        Ok(Value::List(set(list(argument(a, 0)?)?.to_vec())))
    }),
    function("values", 1, 1, |a| {
        map(argument(a, 0)?)?;
        Ok(Value::List(
            entries(argument(a, 0)?)?
                .into_iter()
                .map(|(_, node)| node)
                .collect(),
        ))
    }),
    function("zipmap", 2, 2, |a| {
        let mut zipped = Vec::new();
        for (key, value) in list(argument(a, 0)?)?.iter().zip(list(argument(a, 1)?)?) {
            set_member(&mut zipped, literal(key)?, value.clone());
        }
        Ok(Value::Map(zipped))
    }),
];

fn bounded(items: Vec<Node>) -> Outcome<Value> {
    if items.len() > MAX_ITEMS {
        return Fault::unknown(format!("a list of more than {MAX_ITEMS} items"));
    }
    Ok(Value::List(items))
}

/// Whether all items are true, or (`decisive`) one of them is.
fn all(arguments: &[Node], decisive: bool) -> Outcome<Value> {
    let mut open = None;
    for item in list(argument(arguments, 0)?)? {
        match truth(item) {
            Ok(value) if value == decisive => return Ok(Value::Bool(decisive)),
            Ok(_) => {}
            Err(fault) => open = Some(fault),
        }
    }
    open.map_or(Ok(Value::Bool(!decisive)), Err)
}

fn contains(arguments: &[Node]) -> Outcome<Value> {
    Ok(Value::Bool(has(
        list(argument(arguments, 0)?)?,
        argument(arguments, 1)?,
    )?))
}

fn has(items: &[Node], wanted: &Node) -> Outcome<bool> {
    let mut open = None;
    for item in items {
        match equal(&item.value, &wanted.value) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(fault) => open = Some(fault),
        }
    }
    open.map_or(Ok(false), Err)
}

/// The items of the first set that all the others hold (`held`), or that none of them does.
fn sift(arguments: &[Node], held: bool) -> Outcome<Value> {
    let mut kept = Vec::new();
    for item in list(argument(arguments, 0)?)? {
        let mut keep = true;
        for other in arguments.iter().skip(1) {
            keep &= has(list(other)?, item)? == held;
        }
        if keep {
            kept.push(item.clone());
        }
    }
    Ok(Value::List(set(kept)))
}

fn element(arguments: &[Node]) -> Outcome<Value> {
    let items = list(argument(arguments, 0)?)?;
    let position = number(argument(arguments, 1)?)?;
    if items.is_empty() {
        return Fault::error("element() of an empty list");
    }
    let wrapped = position.rem_euclid(items.len() as f64);
    Ok(at(argument(arguments, 0)?, &bare(Value::Number(wrapped)))?.value)
}

fn flatten(node: &Node, flat: &mut Vec<Node>) -> Outcome<()> {
    for item in list(node)? {
        match known(item)? {
            Value::List(_) => flatten(item, flat)?,
            _ => flat.push(item.clone()),
        }
    }
    Ok(())
}

fn length(arguments: &[Node]) -> Outcome<Value> {
    let node = argument(arguments, 0)?;
    let length = match known(node)? {
        Value::Text(_) => literal(node)?.chars().count(),
        _ => entries(node)?.len(),
    };
    Ok(Value::Number(length as f64))
}

fn lookup(arguments: &[Node]) -> Outcome<Value> {
    let key = literal(argument(arguments, 1)?)?;
    match (
        member(map(argument(arguments, 0)?)?, &key),
        arguments.get(2),
    ) {
        (Some(found), _) => Ok(found.value.clone()),
        (None, Some(default)) => Ok(default.value.clone()),
        (None, None) => Fault::error(format!("lookup() finds no `{key}`")),
    }
}

fn range(arguments: &[Node]) -> Outcome<Value> {
    let numbers: Outcome<Vec<f64>> = arguments.iter().map(number).collect();
    let (start, limit, step) = match numbers?.as_slice() {
        [limit] => (0.0, *limit, if *limit < 0.0 { -1.0 } else { 1.0 }),
        [start, limit] => (*start, *limit, if limit < start { -1.0 } else { 1.0 }),
        [start, limit, step] => (*start, *limit, *step),
        _ => return Fault::error("range() has no limit"),
    };
    let count = ((limit - start) / step).ceil();
    if count.is_nan() || count > MAX_ITEMS as f64 {
        return Fault::unknown(format!("a range of more than {MAX_ITEMS} numbers"));
    }
    let numbers = (0..count.max(0.0) as usize).map(|index| step.mul_add(index as f64, start));
    Ok(Value::List(
        numbers.map(|number| bare(Value::Number(number))).collect(),
    ))
}
