//! Resources that only have a new address: `moved` blocks tell Terraform so, and nothing is deployed.

use std::collections::BTreeMap;

use crate::language::form::{Form, FormPart};

const MOVED: &str = "moved";

/// A `moved` block: the old and the new address of a resource or module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    from: String,
    to: String,
    /// The suffix that distinguishes the block from other `moved` blocks in its form.
    number: String,
}

impl Form {
    /// Returns the moves that lead to the other form. A move is left out if its source is missing here or its target is
    /// missing there.
    pub fn moves(&self, after: &Self) -> Vec<Move> {
        let [here, there] = [self, after].map(|form| |name: &str| form.parts.contains_key(name));
        let all = blocks(after).into_iter();
        all.filter(|one| here(&one.from) && !here(&one.to) && there(&one.to))
            .collect()
    }

    /// Applies the moves to this form and removes the `moved` blocks themselves.
    pub fn moved(&self, moves: &[Move]) -> Self {
        let mut parts = self.parts.clone();
        for Move { from, to, number } in moves {
            for member in ["", "/from", "/to"] {
                parts.remove(&format!("{MOVED}{member}{number}"));
            }
            let all = parts.into_iter().map(|(name, part)| {
                let part = FormPart {
                    text: renamed(&part.text, from, to),
                    unordered: renamed(&part.unordered, from, to),
                    ..part
                };
                (renamed(&name, from, to), part)
            });
            parts = all.collect();
        }
        Self { parts }
    }
}

/// Returns all `moved` blocks of a form.
fn blocks(form: &Form) -> Vec<Move> {
    let member = |name: &str| -> BTreeMap<&str, &str> {
        let start = format!("{MOVED}/{name}");
        let parts = form.parts.iter();
        parts
            .filter_map(|(key, part)| Some((key.strip_prefix(&start)?, part.text.as_str())))
            .collect()
    };
    let (from, to) = (member("from"), member("to"));
    let pairs = from.into_iter().filter_map(|(number, from)| {
        Some(Move {
            from: from.to_owned(),
            to: (*to.get(number)?).to_owned(),
            number: number.to_owned(),
        })
    });
    pairs.collect()
}

/// Replaces every reference to one address with a reference to the other.
pub fn renamed(text: &str, from: &str, to: &str) -> String {
    let is_name = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-');
    let mut written = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let (before, found) = rest.split_at(at);
        let (found, after) = found.split_at(from.len());
        let last = before.chars().next_back();
        let is_own =
            !last.is_some_and(|char| is_name(char) || char == '.') && !after.starts_with(is_name);
        written.push_str(before);
        written.push_str(if is_own { to } else { found });
        rest = after;
    }
    written + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_address_itself_is_replaced() {
        let text = "[r.a, r.ab, data.r.a, r.a-b, r.a.id, \"${r.a[0]}\"]";
        assert_eq!(
            renamed(text, "r.a", "r.z"),
            "[r.z, r.ab, data.r.a, r.a-b, r.z.id, \"${r.z[0]}\"]"
        );
    }
}
