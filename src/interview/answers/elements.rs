//! Values in the user's text: replaced in place, item by item in a list. Comments beside the remaining items are kept.

use toml_edit::{Array, Value as Written};

use super::super::value::AnswerValue;

/// Returns a value without decoration (spaces and comments).
pub(super) fn fresh(value: &AnswerValue) -> Written {
    match value {
        AnswerValue::Text(text) => text.as_str().into(),
        AnswerValue::Number(number) => (*number).into(),
        AnswerValue::Flag(flag) => (*flag).into(),
        AnswerValue::List(items) => Written::Array(items.iter().map(String::as_str).collect()),
    }
}

/// Replaces a value and keeps its decoration.
pub(super) fn replaced(old: &mut Written, value: &AnswerValue) {
    if let (Written::Array(array), AnswerValue::List(items)) = (&mut *old, value) {
        return only(array, items);
    }
    let decor = old.decor().clone();
    *old = fresh(value);
    *old.decor_mut() = decor;
}

/// Reduces the array to exactly these items. New items are added first, so that they copy the layout of the items to
/// remove.
fn only(array: &mut Array, items: &[String]) {
    let is = |value: &Written, item: &String| value.as_str() == Some(item.as_str());
    for item in items {
        if !array.iter().any(|value| is(value, item)) {
            with(array, item.as_str().into());
        }
    }
    for index in (0..array.len()).rev() {
        let value = array.get(index);
        if !value.is_some_and(|value| items.iter().any(|item| is(value, item))) {
            without(array, index);
        }
    }
}

/// Removes one item. A comment on its own line and the lines above it are removed too; a comment after the previous
/// item is kept.
pub(super) fn without(array: &mut Array, index: usize) {
    close(array);
    let above = prefix(array, index);
    array.remove(index);
    let is_last = index == array.len();
    let below = if is_last {
        text(array.trailing().as_str())
    } else {
        prefix(array, index)
    };
    let merged = match (above.split_once('\n'), below.split_once('\n')) {
        (Some((behind, _)), Some((_, below))) => format!("{behind}\n{below}"),
        (Some((behind, _)), None) if behind.contains('#') => format!("{behind}\n{below}"),
        (None, Some(_)) | (_, None) if index == 0 && !is_last => above,
        _ => below,
    };
    match (is_last, array.get_mut(index)) {
        (false, Some(next)) => next.decor_mut().set_prefix(merged),
        _ => array.set_trailing(merged),
    }
}

/// Adds one item, on the same line or on its own line like the others. A comment after the last item keeps its place.
pub(super) fn with(array: &mut Array, mut item: Written) {
    close(array);
    let Some(last) = array.len().checked_sub(1) else {
        array.push(item);
        return;
    };
    let beside = prefix(array, last);
    let own_line = beside
        .rsplit_once('\n')
        .map(|(_, indent)| format!("\n{indent}"));
    let space = own_line.unwrap_or_else(|| " ".to_owned());
    let trailing = text(array.trailing().as_str());
    let prefix = match trailing.rsplit_once('\n') {
        Some((behind, end)) if behind.contains('#') => {
            let prefix = format!("{behind}{space}");
            array.set_trailing(format!("\n{end}"));
            prefix
        }
        _ => space,
    };
    item.decor_mut().set_prefix(prefix);
    item.decor_mut().set_suffix("");
    array.push_formatted(item);
}

/// Moves the text after the last item to the array's trailing text, where it already is if a comma follows the item.
fn close(array: &mut Array) {
    let Some(last) = array
        .len()
        .checked_sub(1)
        .filter(|_| !array.trailing_comma())
    else {
        return;
    };
    let Some(item) = array.get_mut(last) else {
        return;
    };
    let behind = text(item.decor().suffix().and_then(|suffix| suffix.as_str()));
    item.decor_mut().set_suffix("");
    let trailing = behind + array.trailing().as_str().unwrap_or_default();
    array.set_trailing(trailing);
}

/// Returns the text before an item: spaces, line breaks and comments.
fn prefix(array: &Array, index: usize) -> String {
    let decor = array.get(index).map(Written::decor);
    text(decor.and_then(|decor| decor.prefix()?.as_str()))
}

fn text(raw: Option<&str>) -> String {
    raw.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_keep_their_lines_and_comments() {
        let lines = "[\n  # old\n  \"a\", # zone a\n  \"b\", # zone b\n  \"c\" # zone c\n]";
        let cases: &[(&str, &[&str], &str)] = &[
            ("[\"a\", \"b\"]", &["a", "c"], "[\"a\", \"c\"]"),
            ("[\"a\", \"b\"]", &["b"], "[\"b\"]"),
            ("[\"a\", \"b\"]", &["b", "a"], "[\"a\", \"b\"]"),
            ("[ \"a\" ]", &["a", "b"], "[ \"a\", \"b\" ]"),
            ("[]", &["a"], "[\"a\"]"),
            ("[\"a\"]", &[], "[]"),
            (
                "[\n  \"a\",\n  \"b\",\n]",
                &["a", "b", "c"],
                "[\n  \"a\",\n  \"b\",\n  \"c\",\n]",
            ),
            (
                lines,
                &["a", "c"],
                "[\n  # old\n  \"a\", # zone a\n  \"c\" # zone c\n]",
            ),
            (
                lines,
                &["b", "c"],
                "[\n  \"b\", # zone b\n  \"c\" # zone c\n]",
            ),
            (
                lines,
                &["a", "b"],
                "[\n  # old\n  \"a\", # zone a\n  \"b\" # zone b\n]",
            ),
        ];
        for (before, items, after) in cases {
            let mut written: Written = before.parse().unwrap();
            replaced(&mut written, &AnswerValue::list(items.iter().copied()));
            assert_eq!(written.to_string(), *after, "{before} {items:?}");
        }
    }
}
