//! The last pass over a text: blank lines, line ends, and the alignment of `terraform fmt`.

use super::align::aligned;

/// Returns the text without trailing blanks and consecutive empty lines, with one line break at the end.
pub(super) fn tidied(path: &str, text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut empty = true;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() && empty {
            continue;
        }
        empty = line.is_empty();
        tidy.push_str(line);
        tidy.push('\n');
    }
    let tidy = format!("{}\n", tidy.trim_end());
    if [".tf", ".tfvars", ".tftest.hcl"]
        .iter()
        .any(|suffix| path.ends_with(suffix))
    {
        aligned(&tidy)
    } else {
        tidy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_one_empty_line_at_most() {
        assert_eq!(tidied("a.md", "\n\na  \n\n\nb\n\n"), "a\n\nb\n");
    }
}
