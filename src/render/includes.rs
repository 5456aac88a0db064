//! Limits the number of templates that a pack's template includes: nested double includes grow exponentially, although
//! they form no cycle and print nothing.

use std::collections::BTreeMap;

use super::error::RenderError;

/// Maximum number of inclusions per template, counting repetitions. Our own choice: the built-in CloudFormation
/// template has fewer than forty.
const INCLUDES: usize = 64;

/// Refuses a template of a pack with too many inclusions.
pub(super) fn bounded(
    all: &BTreeMap<&str, &str>,
    pack: &BTreeMap<String, String>,
) -> Result<(), RenderError> {
    let mut counted = BTreeMap::new();
    for name in pack.keys() {
        if count(name, all, &mut counted) > INCLUDES {
            return Err(RenderError::Template {
                template: name.clone(),
                message: format!("it includes more than {INCLUDES} templates, one within another"),
            });
        }
    }
    Ok(())
}

/// Returns the number of inclusions. A cycle counts once here: it is refused when the templates are compiled.
fn count<'t>(
    name: &'t str,
    all: &BTreeMap<&'t str, &'t str>,
    counted: &mut BTreeMap<&'t str, usize>,
) -> usize {
    if let Some(known) = counted.get(name) {
        return *known;
    }
    counted.insert(name, 0);
    let text = all.get(name).copied().unwrap_or_default();
    let total = included(text).fold(0_usize, |total, other| {
        let within = count(other, all, counted).saturating_add(1);
        total.saturating_add(within)
    });
    counted.insert(name, total);
    total
}

/// Returns the names after `include`.
fn included(text: &str) -> impl Iterator<Item = &str> {
    text.split("{%").skip(1).filter_map(|tag| {
        let tag = tag.strip_prefix('-').unwrap_or(tag).trim_start();
        let rest = tag.strip_prefix("include")?.trim_start();
        let quote = rest.chars().next().filter(|mark| "\"'`".contains(*mark))?;
        rest[1..].split(quote).next()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(templates: &[(&str, String)]) -> Result<(), RenderError> {
        let pack: BTreeMap<String, String> = templates
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.clone()))
            .collect();
        let all = pack
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()));
        bounded(&all.collect(), &pack)
    }

    #[test]
    fn what_doubles_and_doubles_again_is_refused() {
        let twice = |name: &str| format!("{{% include \"{name}\" %}}{{%- include '{name}' -%}}");
        let names: Vec<String> = (0..40).map(|number| format!("t{number}")).collect();
        let chain: Vec<(&str, String)> = names
            .windows(2)
            .map(|pair| (pair[0].as_str(), twice(&pair[1])))
            .collect();
        let error = checked(&chain).unwrap_err().to_string();
        assert!(error.contains("includes more than 64 templates"), "{error}");
        assert!(checked(&chain[35..]).is_ok());
        let circle = [("a", twice("b")), ("b", twice("a"))];
        assert!(checked(&circle).is_ok());
        let many = [("a", twice("b").repeat(33))];
        assert!(checked(&many).is_err());
    }

    #[test]
    fn what_is_built_in_is_within() {
        let all: BTreeMap<&str, &str> = super::super::templates::BUILT_IN.iter().copied().collect();
        let pack = all
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        bounded(&all, &pack.collect()).unwrap();
    }
}
