//! `csvdecode`: parses a table of strings with a header row ("csvdecode Function", Terraform language; RFC 4180).

use std::iter::Peekable;
use std::str::Chars;

use super::Row;
use crate::language::resource::{Node, Value};
use crate::language::terraform::values::{Outcome, error, plain, unknown};

pub(super) const TABLE: &[Row] = &[("csvdecode", 1, 1, decoded)];

/// The maximum number of fields in a table; more than is kept next to a configuration.
const MAX_FIELDS: usize = 20_000;

fn decoded(given: &[Node]) -> Outcome<Value> {
    let text = plain(&given[0].value)?;
    let mut rows = rows(&text)?.into_iter();
    let Some(names) = rows.next() else {
        return error("a table has a row of names");
    };
    let origin = &given[0].origin;
    let node = |value| Node::new(value, origin.clone());
    let mut table = Vec::new();
    for row in rows {
        if row.len() != names.len() {
            return error("a row has as many fields as there are names");
        }
        let fields = row.into_iter().map(|field| node(Value::text(field)));
        table.push(node(Value::Map(
            names.iter().cloned().zip(fields).collect(),
        )));
    }
    Ok(Value::List(table))
}

/// Parses the rows that are not empty.
fn rows(text: &str) -> Outcome<Vec<Vec<String>>> {
    let mut rest = text.chars().peekable();
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut count = 0_usize;
    while rest.peek().is_some() {
        row.push(field(&mut rest)?);
        count += 1;
        if count > MAX_FIELDS {
            return unknown("the table is larger than is followed");
        }
        rest.next_if_eq(&'\r');
        match rest.next() {
            Some(',') => continue,
            None | Some('\n') => {}
            Some(_) => return error("a quoted field ends at its quote"),
        }
        if row != [""] {
            rows.push(std::mem::take(&mut row));
        }
        row.clear();
    }
    if !row.is_empty() {
        // The text ends after a comma.
        row.push(String::new());
        rows.push(row);
    }
    Ok(rows)
}

/// Parses one field. Two quotes within quotes represent one.
fn field(rest: &mut Peekable<Chars<'_>>) -> Outcome<String> {
    let mut field = String::new();
    if rest.next_if_eq(&'"').is_none() {
        while let Some(letter) = rest.next_if(|letter| !matches!(letter, ',' | '\n' | '\r')) {
            field.push(letter);
        }
        return Ok(field);
    }
    while let Some(letter) = rest.next() {
        if letter != '"' {
            field.push(letter);
        } else if rest.next_if_eq(&'"').is_some() {
            field.push('"');
        } else {
            return Ok(field);
        }
    }
    error("a quote is not closed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_told_apart_as_in_rfc_4180() {
        let cases: [(&str, &[&[&str]]); 6] = [
            ("a,b\n1,2\n", &[&["a", "b"], &["1", "2"]]),
            ("a\r\n1\r\n", &[&["a"], &["1"]]),
            (
                "a,b\n\"1,\n\"\"x\"\"\",2",
                &[&["a", "b"], &["1,\n\"x\"", "2"]],
            ),
            ("a,b\n1,\n\n", &[&["a", "b"], &["1", ""]]),
            ("a,b\n1,", &[&["a", "b"], &["1", ""]]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(rows(text).unwrap(), expected, "{text:?}");
        }
        for wrong in ["\"a", "\"a\"b"] {
            assert!(rows(wrong).is_err(), "{wrong}");
        }
    }
}
