//! What was only given another address: Terraform is told so by `moved` blocks, and deploys nothing for it.

use std::collections::BTreeMap;

use crate::language::form::{Form, FormPart};

const MOVED: &str = "moved";

/// A `moved` block that says where something is now that was there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    from: String,
    to: String,
    /// What tells the block from others in its form.
    number: String,
}

impl Form {
    /// The moves to the other form. One of something that is not here, or to a place that the other one does not have, is none.
    pub fn moves(&self, after: &Self) -> Vec<Move> {
        let [here, there] = [self, after].map(|form| |name: &str| form.parts.contains_key(name));
        let all = blocks(after).into_iter();
        all.filter(|one| here(&one.from) && !here(&one.to) && there(&one.to))
            .collect()
    }

    /// This form as it reads after the moves, without the blocks that make them.
    pub fn moved(&self, moves: &[Move]) -> Self {
        let mut parts = self.parts.clone();
        for Move { from, to, number } in moves {
            for member in ["", "/from", "/to"] {
                parts.remove(&format!("{MOVED}{member}{number}"));
            }
            let renamed = parts.into_iter().map(|(name, part)| {
                let part = FormPart {
                    text: replaced(&part.text, from, to),
                    unordered: replaced(&part.unordered, from, to),
                    ..part
                };
                (replaced(&name, from, to), part)
            });
            parts = renamed.collect();
        }
        Self { parts }
    }
}

/// Every `moved` block.
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

/// The text with every reference to one address as a reference to the other.
fn replaced(text: &str, from: &str, to: &str) -> String {
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
            replaced(text, "r.a", "r.z"),
            "[r.z, r.ab, data.r.a, r.a-b, r.z.id, \"${r.z[0]}\"]"
        );
    }
}
