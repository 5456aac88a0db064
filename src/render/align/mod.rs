//! The alignment of `terraform fmt`: `=` and trailing comments of adjacent lines are aligned in columns.
//!
//! It relies on properties of our templates: indentation and spacing within a line are already correct. The tests use
//! `terraform fmt -check` itself as the reference. Source of the rules: hashicorp/hcl, `hclwrite/format.go`,
//! `formatCells`.

mod cells;

use unicode_segmentation::UnicodeSegmentation;

use cells::{Cells, cells};

/// Returns the text, aligned.
pub fn aligned(text: &str) -> String {
    let mut lines = cells(text);
    for chain in chains(&lines, |line| line.assign.is_some()) {
        align_assignments(lines.get_mut(chain).unwrap_or_default());
    }
    for chain in chains(&lines, |line| line.comment.is_some()) {
        align_comments(lines.get_mut(chain).unwrap_or_default());
    }
    lines.iter().map(Cells::text).collect()
}

/// Returns the maximal runs of adjacent lines that satisfy the condition.
fn chains(lines: &[Cells<'_>], has: fn(&Cells<'_>) -> bool) -> Vec<std::ops::Range<usize>> {
    let mut chains: Vec<std::ops::Range<usize>> = Vec::new();
    for (index, _) in lines.iter().enumerate().filter(|(_, line)| has(line)) {
        match chains.last_mut() {
            Some(chain) if chain.end == index => chain.end += 1,
            _ => chains.push(index..index + 1),
        }
    }
    chains
}

fn align_assignments(chain: &mut [Cells<'_>]) {
    let width = chain.iter().map(|line| columns(line.lead)).max();
    for line in chain {
        line.before_assign = width.unwrap_or(0) - columns(line.lead) + 1;
    }
}

fn align_comments(chain: &mut [Cells<'_>]) {
    let width = chain.iter().map(code_columns).max();
    for line in chain {
        line.before_comment = width.unwrap_or(0) - code_columns(line) + 1;
    }
}

fn code_columns(line: &Cells<'_>) -> usize {
    let assign = line
        .assign
        .map_or(0, |assign| line.before_assign + columns(assign));
    columns(line.lead) + assign
}

/// Returns the width in grapheme clusters, as Terraform counts it.
fn columns(text: &str) -> usize {
    text.graphemes(true).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each expected text is the output of `terraform fmt` 1.11.
    #[test]
    fn aligns_as_terraform_does() {
        let cases = [
            ("a = 1\nlong = 2\n", "a    = 1\nlong = 2\n"),
            ("a = 1\n\nlong = 2\n", "a = 1\n\nlong = 2\n"),
            ("a = 1\n# why\nlong = 2\n", "a = 1\n# why\nlong = 2\n"),
            ("a = [\n  1,\n]\nlong = 2\n", "a = [\n  1,\n]\nlong = 2\n"),
            (
                "a = { b = 1 }\nlong = f(x == y)\n",
                "a    = { b = 1 }\nlong = f(x == y)\n",
            ),
            (
                "variable \"a\" { type = string }\nlong = 2\n",
                "variable \"a\" { type = string }\nlong = 2\n",
            ),
            (
                "a = \"x = ${f(\"[\")}\"\nlong = 2\n",
                "a    = \"x = ${f(\"[\")}\"\nlong = 2\n",
            ),
            (
                "a = 1 # one\nlong = 22 # two\n",
                "a    = 1  # one\nlong = 22 # two\n",
            ),
            (
                "a = \"#\"\nlong = \"//\" // two\n",
                "a    = \"#\"\nlong = \"//\" // two\n",
            ),
            (
                "m = {\n  \"é\" = 1\n  long = 2\n}\n",
                "m = {\n  \"é\"  = 1\n  long = 2\n}\n",
            ),
            (
                "a = <<-EOT\n  x = 1\n  longer = [\n  EOT\nlong = 2\n",
                "a    = <<-EOT\n  x = 1\n  longer = [\n  EOT\nlong = 2\n",
            ),
            (
                "x = { for k, v in m : k => v if v != 1 }\nlong = 2\n",
                "x    = { for k, v in m : k => v if v != 1 }\nlong = 2\n",
            ),
            (
                "m = {\n  (var.a) = 1\n  b = 2\n}\n",
                "m = {\n  (var.a) = 1\n  b       = 2\n}\n",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(aligned(text), expected, "{text}");
            assert_eq!(aligned(expected), expected, "twice: {text}");
        }
    }
}
