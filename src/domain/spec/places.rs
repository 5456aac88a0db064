//! The place of each key in a spec, so that a problem found later still points to its line.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Placed;
use crate::domain::evidence::Origin;

/// The places of the keys, by path: `pool.borrow_timeout`, `users.orders_rw.secret`.
///
/// Places are always equal, so that two specs with the same content are equal, whatever their layout.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyPlaces {
    file: String,
    places: BTreeMap<String, Origin>,
}

impl PartialEq for KeyPlaces {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for KeyPlaces {}

impl KeyPlaces {
    /// Collects the places of all keys; empty if the text is not valid TOML.
    pub(super) fn new(text: &Placed<'_>) -> Self {
        let mut places = Self {
            file: text.file.to_owned(),
            places: BTreeMap::new(),
        };
        if let Ok(table) = DeTable::parse(text.text) {
            places.table(text, "", table.get_ref());
        }
        places
    }

    /// Returns the place of a key, or of the nearest enclosing key that is present.
    pub(super) fn get(&self, path: &str) -> Origin {
        let mut path = path;
        loop {
            if let Some(origin) = self.places.get(path) {
                return origin.clone();
            }
            match path.rsplit_once('.') {
                Some((around, _)) => path = around,
                None => return Origin::at(&self.file, 1, 1),
            }
        }
    }

    fn table(&mut self, text: &Placed<'_>, around: &str, table: &DeTable<'_>) {
        for (key, value) in table.iter() {
            let path = join(around, key.get_ref());
            self.value(text, &path, value);
        }
    }

    fn value(&mut self, text: &Placed<'_>, path: &str, value: &Spanned<DeValue<'_>>) {
        self.places
            .entry(path.to_owned())
            .or_insert_with(|| text.origin(&value.span()));
        match value.get_ref() {
            DeValue::Table(table) => self.table(text, path, table),
            DeValue::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let path = join(path, &name_of(item.get_ref()).unwrap_or(index.to_string()));
                    self.value(text, &path, item);
                }
            }
            _ => {}
        }
    }
}

/// Returns the path segment of a list entry: the name of a user, the function of a consumer, or the string itself.
fn name_of(item: &DeValue<'_>) -> Option<String> {
    match item {
        DeValue::Table(table) => ["name", "function"]
            .iter()
            .find_map(|key| table.get(*key)?.get_ref().as_str().map(str::to_owned)),
        item => item.as_str().map(str::to_owned),
    }
}

fn join(around: &str, key: &str) -> String {
    if around.is_empty() {
        key.to_owned()
    } else {
        format!("{around}.{key}")
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::spec::Spec;

    const SPEC: &str = include_str!("sample.toml");

    #[test]
    fn a_problem_found_later_still_points_at_its_line() {
        let spec = Spec::parse(SPEC, "rdsproxy.toml").unwrap();
        let cases = [
            ("proxy.name", "rdsproxy.toml:4:8"),
            ("users.orders_rw.name", "rdsproxy.toml:21:8"),
            ("pool.borrow_timeout", "rdsproxy.toml:1:1"),
        ];
        for (key, expected) in cases {
            assert_eq!(spec.origin(key).to_string(), expected, "{key}");
        }
    }

    #[test]
    fn errors_name_the_place_and_the_nearest_word() {
        let cases = [
            (
                "name = \"orders-proxy\"",
                "nmae = \"orders-proxy\"",
                "rdsproxy.toml:4:1: unknown field `nmae`",
                "did you mean `name`?",
            ),
            (
                "\"postgresql\"",
                "\"postgres\"",
                "rdsproxy.toml:5:10: \"postgres\" is none of",
                "did you mean `postgresql`?",
            ),
            (
                "\"orders-proxy\"",
                "\"Orders\"",
                "rdsproxy.toml:4:8: \"Orders\" is not the name of a proxy",
                "lower-case",
            ),
            (
                "schema = 1",
                "schema = 2",
                "rdsproxy.toml:1:10: schema 2",
                "newer",
            ),
            ("schema = 1", "schema = ", "rdsproxy.toml:1:10", ""),
            (
                "vpc_id",
                "#vpc_id",
                "rdsproxy.toml:10:1: missing field `vpc_id`",
                "",
            ),
        ];
        for (from, to, start, part) in cases {
            let error = Spec::parse(&SPEC.replacen(from, to, 1), "rdsproxy.toml")
                .unwrap_err()
                .to_string();
            assert!(
                error.starts_with(start) && error.contains(part),
                "{to}: {error}"
            );
        }
    }
}
