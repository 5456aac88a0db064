//! Quoting filters, one for each language. Each takes any text and returns a literal with exactly that value.

use tera::{Kwargs, State, Tera, TeraResult, Value};

use crate::domain::engine::SqlDialect;

/// Registers the filters. Templates that use any other filter do not compile.
pub(super) fn register(tera: &mut Tera) {
    tera.register_filter("hcl", |value: &Value, _: Kwargs, _: &State| {
        literal(value, hcl)
    });
    tera.register_filter("yaml", |value: &Value, _: Kwargs, _: &State| {
        literal(value, json)
    });
    tera.register_filter("json", |value: &Value, _: Kwargs, _: &State| {
        literal(value, json)
    });
    tera.register_filter("code", |value: &Value, _: Kwargs, _: &State| {
        literal(value, json)
    });
    tera.register_filter("sql", |text: &str, _: Kwargs, _: &State| sql_text(text));
    tera.register_filter("sql_name", |name: &str, kwargs: Kwargs, _: &State| {
        sql_name(name, kwargs.must_get("dialect")?)
    });
    tera.register_filter("sql_pattern", |name: &str, _: Kwargs, _: &State| {
        sql_pattern(name)
    });
    tera.register_filter("short_id", |id: &str, _: Kwargs, _: &State| short_id(id));
    tera.register_filter("sub_partition", |arn: &str, _: Kwargs, _: &State| {
        sub_partition(arn)
    });
    tera.register_filter("markdown", |text: &str, _: Kwargs, _: &State| {
        Value::safe_string(&markdown(text))
    });
}

/// Removes the type prefix of an id: `0a1b` for `sg-0a1b`.
fn short_id(id: &str) -> String {
    id.split_once('-').map_or(id, |(_, id)| id).to_owned()
}

/// Rewrites an ARN for `Fn::Sub`, with the partition of the deployment.
fn sub_partition(arn: &str) -> String {
    match arn.splitn(3, ':').collect::<Vec<_>>().as_slice() {
        ["arn", _, rest] => format!("arn:${{AWS::Partition}}:{rest}"),
        _ => arn.to_owned(),
    }
}

/// Formats a value as a literal: texts are quoted, lists and maps are kept.
fn literal(value: &Value, quote: fn(&str) -> String) -> TeraResult<Value> {
    let json =
        serde_json::to_value(value).map_err(|error| tera::Error::message(error.to_string()))?;
    Ok(Value::safe_string(&written(&json, quote)))
}

fn written(value: &serde_json::Value, quote: fn(&str) -> String) -> String {
    use serde_json::Value as Json;
    match value {
        Json::Null => "null".to_owned(),
        Json::Bool(truth) => truth.to_string(),
        Json::Number(number) => number.to_string(),
        Json::String(text) => quote(text),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| written(item, quote)).collect();
            format!("[{}]", items.join(", "))
        }
        Json::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(key, value)| format!("{}: {}", quote(key), written(value, quote)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

/// Formats a quoted HCL template without interpolation. Source: the HCL native syntax specification, "Template
/// Expressions".
fn hcl(text: &str) -> String {
    let mut quoted = String::from("\"");
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '$' | '%' if rest.peek() == Some(&'{') => {
                quoted.push(character);
                quoted.push(character);
            }
            other if must_be_coded(other) => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(other)))
            }
            other => quoted.push(other),
        }
    }
    quoted + "\""
}

/// Formats a JSON string, which is also a double-quoted YAML scalar and a Python or JavaScript literal.
fn json(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other if must_be_coded(other) => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(other)))
            }
            other => quoted.push(other),
        }
    }
    quoted + "\""
}

/// True for control characters and those that YAML or JavaScript treat as a line break or a byte order mark.
fn must_be_coded(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Formats a text literal for any SQL dialect. Backslashes are refused: they are escapes in MySQL and nowhere else.
fn sql_text(text: &str) -> TeraResult<Value> {
    refuse_control(text)?;
    Ok(Value::safe_string(&format!(
        "'{}'",
        text.replace('\'', "''")
    )))
}

/// Quotes a name for the dialect: `"a"`, `` `a` ``, `[a]`.
fn sql_name(name: &str, dialect: &str) -> TeraResult<Value> {
    refuse_control(name)?;
    let mut dialects = SqlDialect::ALL.into_iter();
    let known = dialects.find(|known| known.name() == dialect);
    let Some([open, close]) = known.map(SqlDialect::quotes) else {
        return Err(tera::Error::message(format!(
            "there is no SQL dialect {dialect:?}"
        )));
    };
    let inside = name.replace(close, &close.repeat(2));
    Ok(Value::safe_string(&format!("{open}{inside}{close}")))
}

/// Quotes the database of a GRANT in MySQL and MariaDB, where an unescaped `_` or `%` is a wildcard. Source: MySQL
/// Reference Manual, "GRANT Statement".
fn sql_pattern(name: &str) -> TeraResult<Value> {
    refuse_control(name)?;
    let quoted = name
        .replace('_', "\\_")
        .replace('%', "\\%")
        .replace('`', "``");
    Ok(Value::safe_string(&format!("`{quoted}`")))
}

fn refuse_control(text: &str) -> TeraResult<()> {
    if text
        .chars()
        .any(|character| character.is_control() || character == '\\')
    {
        return Err(tera::Error::message(format!(
            "{text:?} cannot be written in SQL"
        )));
    }
    Ok(())
}

/// Escapes text for a Markdown paragraph or table.
fn markdown(text: &str) -> String {
    let mut written = String::new();
    for character in text.chars() {
        match character {
            '\n' | '\r' | '\t' => written.push(' '),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '(' | ')' | '#' | '!'
            | '|' | '&' | '~' | '$' => {
                written.push('\\');
                written.push(character);
            }
            other if other.is_control() => {}
            other => written.push(other),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &[&str] = &[
        "${aws_db_proxy.this}",
        "%{ if true }",
        "$${x}",
        "a\"b",
        "a\\",
        "a\nb",
        "`rm`",
        "!Ref X",
        "{{resolve:secretsmanager:x}}",
        "'; DROP TABLE users; --",
        "\u{0}\u{1b}[31m",
        "é日本\u{2028}",
        "</script>",
        "]] go",
    ];

    #[test]
    fn json_means_the_text() {
        for text in HOSTILE {
            assert_eq!(&serde_json::from_str::<String>(&json(text)).unwrap(), text);
            assert_eq!(json(text).lines().count(), 1, "{text:?}");
        }
    }

    #[test]
    fn hcl_means_the_text() {
        for text in HOSTILE {
            let body: hcl_edit::structure::Body = format!("a = {}\n", hcl(text)).parse().unwrap();
            let value = &body.get_attribute("a").unwrap().value;
            let read = match value {
                hcl_edit::expr::Expression::String(read) => read.to_string(),
                hcl_edit::expr::Expression::StringTemplate(template) => template
                    .iter()
                    .map(|element| match element {
                        hcl_edit::template::Element::Literal(literal) => literal.to_string(),
                        other => panic!("{text:?} became {other:?}"),
                    })
                    .collect(),
                other => panic!("{text:?} became {other:?}"),
            };
            assert_eq!(
                read.replace("$${", "${").replace("%%{", "%{"),
                text.replace("$${", "${"),
                "{text:?}"
            );
        }
    }

    #[test]
    fn sql_stays_inside_its_quotes() {
        for (dialect, name, expected) in [
            ("postgresql", "a\"b", "\"a\"\"b\""),
            ("mysql", "a`b", "`a``b`"),
            ("sqlserver", "a]b", "[a]]b]"),
        ] {
            assert_eq!(sql_name(name, dialect).unwrap().as_str(), Some(expected));
        }
        assert_eq!(
            sql_pattern("a_b`c%").unwrap().as_str(),
            Some("`a\\_b``c\\%`")
        );
        assert_eq!(sql_text("it's").unwrap().as_str(), Some("'it''s'"));
        assert!(sql_text("a\\").is_err() && sql_name("a\nb", "mysql").is_err());
    }
}
