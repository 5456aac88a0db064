//! Edits of CloudFormation templates, in YAML and in JSON.

use super::{Edit, NO_ENTRY, Setting, line_end};

/// Sets a property: in place of the value at an offset, or as one more of the resource or the entry that begins there.
pub(super) fn edit(text: &str, offset: usize, setting: &Setting) -> Result<Edit, String> {
    let is_json = text.trim_start().starts_with('{');
    let key = key_at(text, offset);
    match key.as_deref() {
        // The place of a resource is its logical id, or its `Type`; that of an entry is its first key.
        Some(key) if !is_json => member_more(text, offset, (key, setting)),
        None if text[offset..].starts_with('{') && !is_function(&text[offset..]) => {
            first_member(text, offset, setting, is_json)
        }
        _ if is_json && is_key(text, offset) => json_resource(text, offset, setting),
        _ => value(text, offset, setting, is_json),
    }
}

/// The plain key that begins at an offset of YAML.
fn key_at(text: &str, offset: usize) -> Option<String> {
    let line = text[offset..].lines().next()?;
    let (key, rest) = line.split_once(':')?;
    let is_plain = !key.is_empty()
        && key
            .chars()
            .all(|one| one.is_alphanumeric() || "-_.".contains(one));
    (is_plain && (rest.is_empty() || rest.starts_with([' ', '\t']))).then(|| key.to_owned())
}

/// True for `{"Fn::If": …}` and `{Ref: …}`: a value, and no entry.
fn is_function(text: &str) -> bool {
    let first = text.trim_start_matches(['{', ' ', '\t', '\r', '\n', '"', '\'']);
    ["Ref", "Fn::", "Condition"]
        .iter()
        .any(|word| first.starts_with(word))
}

fn is_key(text: &str, offset: usize) -> bool {
    let rest = text[offset..]
        .strip_prefix('"')
        .and_then(|rest| rest.split_once('"'));
    rest.is_some_and(|(_, rest)| rest.trim_start().starts_with(':'))
}

/// A scalar, or a function in its short or its long form, gives way to the value.
fn value(text: &str, offset: usize, setting: &Setting, is_json: bool) -> Result<Edit, String> {
    let rest = &text[offset..];
    let length = match rest.chars().next() {
        Some('{') => balanced(rest).ok_or("the value does not end")?,
        Some(quote @ ('"' | '\'')) => {
            1 + rest[1..].find(quote).ok_or("the value does not end")? + 1
        }
        Some('&' | '*') => {
            return Err("the value is shared by an anchor: others use it too".to_owned());
        }
        Some('|' | '>') | None => return Err("the value goes over several lines".to_owned()),
        Some(_) => {
            let line = rest.split(['\n', ',', '}', ']']).next().unwrap_or_default();
            let line = line.split(" #").next().unwrap_or_default().trim_end();
            line.len()
        }
    };
    if length == 0 || (rest.starts_with('!') && !rest[..length].contains(' ')) {
        return Err("the value goes over several lines".to_owned());
    }
    let text = setting.values[usize::from(!is_json)];
    Ok(Edit {
        range: offset..offset + length,
        text: text.to_owned(),
    })
}

/// The length of a flow mapping, or of an object of JSON.
fn balanced(text: &str) -> Option<usize> {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), _) if character == open && !escaped => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(character),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => depth = depth.checked_sub(1)?,
            (None, _) => {}
        }
        escaped = character == '\\' && !escaped;
        if depth == 0 && quote.is_none() && at > 0 {
            return Some(at + character.len_utf8());
        }
    }
    None
}

/// One more member of a flow mapping or an object, before the others.
fn first_member(
    text: &str,
    offset: usize,
    setting: &Setting,
    is_json: bool,
) -> Result<Edit, String> {
    let after = offset + 1;
    let rest = &text[after..];
    let white: String = rest.chars().take_while(|one| one.is_whitespace()).collect();
    let is_empty = rest.trim_start().starts_with('}');
    let [_, name] = setting.names;
    let [json, yaml] = setting.values;
    let member = if is_json {
        format!("\"{name}\": {json}")
    } else {
        format!("{name}: {yaml}")
    };
    let comma = if is_empty { "" } else { "," };
    let between = if white.is_empty() && !is_empty {
        " "
    } else {
        ""
    };
    let text = match white.contains('\n') {
        true => format!("{white}{member}{comma}"),
        false => format!("{member}{comma}{between}"),
    };
    let at = if white.contains('\n') {
        after
    } else {
        after + white.len()
    };
    Ok(Edit {
        range: at..at,
        text,
    })
}

/// The `Properties` of a resource of JSON.
fn json_resource(text: &str, offset: usize, setting: &Setting) -> Result<Edit, String> {
    if setting.is_of_entry() {
        return Err(NO_ENTRY.to_owned());
    }
    let open = text[offset..]
        .find('{')
        .ok_or("the resource was not found")?
        + offset;
    let length = balanced(&text[open..]).ok_or("the resource does not end")?;
    let resource = &text[open..open + length];
    let at = resource
        .find("\"Properties\"")
        .ok_or("the resource has no Properties")?;
    let brace = resource[at..]
        .find('{')
        .ok_or("the resource has no Properties")?;
    first_member(text, open + at + brace, setting, true)
}

/// One more line in a block mapping: of the `Properties` of a resource, or of an entry of a list.
fn member_more(
    text: &str,
    offset: usize,
    (key, setting): (&str, &Setting),
) -> Result<Edit, String> {
    let start = text[..offset].rfind('\n').map_or(0, |line| line + 1);
    let before = &text[start..offset];
    let end = line_end(text);
    let [_, name] = setting.names;
    let [_, value] = setting.values;
    if before.contains('-') {
        let margin = " ".repeat(before.chars().count());
        let after = text[offset..]
            .find('\n')
            .map_or(text.len(), |line| offset + line + 1);
        // What the first key holds may go over several lines.
        let first = text[after..].lines().find(|line| !line.trim().is_empty());
        if first.is_some_and(|line| indent(line) > before.chars().count()) {
            return Ok(Edit {
                range: offset..offset,
                text: format!("{name}: {value}{end}{margin}"),
            });
        }
        let missing_end = if text[..after].ends_with('\n') {
            ""
        } else {
            end
        };
        return Ok(Edit {
            range: after..after,
            text: format!("{missing_end}{margin}{name}: {value}{end}"),
        });
    }
    if setting.is_of_entry() {
        return Err(NO_ENTRY.to_owned());
    }
    properties(text, (start, offset), setting).ok_or_else(|| format!("where the Properties of {key} begin cannot be told: write {name}: {value} into them by hand"))
}

/// A line before the first property.
fn properties(text: &str, (start, offset): (usize, usize), setting: &Setting) -> Option<Edit> {
    let own = offset - start;
    let mut at = offset + text[offset..].find('\n')? + 1;
    let mut inside = false;
    while at < text.len() {
        let line = text[at..].lines().next().unwrap_or_default();
        let blank = line.trim().is_empty() || line.trim_start().starts_with('#');
        if !blank && inside {
            let end = line_end(text);
            let margin = &line[..indent(line)];
            let [_, name] = setting.names;
            let [_, value] = setting.values;
            return Some(Edit {
                range: at..at,
                text: format!("{margin}{name}: {value}{end}"),
            });
        }
        if !blank && indent(line) <= own {
            return None;
        }
        inside |= line.trim_end() == format!("{}Properties:", &line[..indent(line)]);
        at += text[at..].find('\n')? + 1;
    }
    None
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}
