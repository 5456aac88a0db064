//! Whether an expression, in canonical form, reaches only what it may. It is read as words: names, texts, calls and signs.

/// Functions that make texts, lists and maps of their arguments and read nothing else.
const FUNCTIONS: [&str; 21] = [
    "coalesce",
    "concat",
    "distinct",
    "element",
    "flatten",
    "format",
    "join",
    "keys",
    "length",
    "lower",
    "merge",
    "replace",
    "sort",
    "split",
    "substr",
    "title",
    "tomap",
    "toset",
    "trimspace",
    "upper",
    "values",
];

/// Values that are secrets wherever they come from.
const SECRETS: [&str; 6] = [
    "passwords",
    "secret_string",
    "secret_string_wo",
    "secret_binary",
    "random_password",
    "environment",
];

/// What a text may name: variables, local values, the account, the region, and read-only data sources.
pub(super) const TEXT: &[&str] = &["var.", "local.", "each.", "data."];

/// What an output, an alarm or a parameter may name beside that: what identifies the resources of the project.
pub(super) const RESOURCES: &[&str] = &[
    "var.",
    "local.",
    "each.",
    "data.",
    "aws_cloudwatch_event_rule.",
    "aws_cloudwatch_log_group.",
    "aws_cloudwatch_metric_alarm.",
    "aws_db_proxy.",
    "aws_db_proxy_default_target_group.",
    "aws_db_proxy_endpoint.",
    "aws_iam_role.",
    "aws_kms_key.",
    "aws_secretsmanager_secret.",
    "aws_security_group.",
];

/// Whether every name in an expression begins with one of these, and nothing in it is a secret or an unknown function.
pub(super) fn reaches_only(expression: &str, roots: &[&str]) -> bool {
    let mut reader = Reader {
        rest: expression,
        roots,
    };
    reader.code(None) && reader.rest.is_empty()
}

struct Reader<'e> {
    rest: &'e str,
    roots: &'e [&'e str],
}

impl<'e> Reader<'e> {
    /// Reads until this sign, or to the end.
    fn code(&mut self, until: Option<char>) -> bool {
        while let Some(next) = self.rest.chars().next() {
            let good = match next {
                _ if Some(next) == until => {
                    self.skip(1);
                    return true;
                }
                '"' => self.text(),
                '{' => {
                    self.skip(1);
                    self.code(Some('}'))
                }
                _ if next.is_ascii_alphabetic() || next == '_' => self.name(),
                '.' => self.member(),
                _ if next.is_ascii_digit() || " []()=,<>!&|+-*/?:".contains(next) => {
                    self.skip(1);
                    true
                }
                _ => false,
            };
            if !good {
                return false;
            }
        }
        until.is_none()
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn word(&mut self) -> &'e str {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// A name with its members, or the name of a function.
    fn name(&mut self) -> bool {
        let start = self.rest;
        let first = self.word();
        if self.rest.starts_with('(') {
            return FUNCTIONS.contains(&first);
        }
        if matches!(first, "true" | "false" | "null") {
            return true;
        }
        while self.rest.starts_with('.') {
            if !self.member() {
                return false;
            }
        }
        let whole = &start[..start.len() - self.rest.len()];
        self.roots.iter().any(|root| whole.starts_with(root))
    }

    fn member(&mut self) -> bool {
        self.skip(1);
        if self.rest.starts_with('*') {
            self.skip(1);
            return true;
        }
        let word = self.word();
        !word.is_empty() && !SECRETS.contains(&word)
    }

    /// A text and what is interpolated in it. Directives are not read.
    fn text(&mut self) -> bool {
        self.skip(1);
        while let Some(next) = self.rest.chars().next() {
            match next {
                '"' => {
                    self.skip(1);
                    return true;
                }
                '\\' => {
                    self.skip(1);
                    let escaped = self.rest.chars().next().map_or(0, char::len_utf8);
                    self.skip(escaped);
                }
                '%' if self.rest.starts_with("%{") => return false,
                '$' if self.rest.starts_with("${") => {
                    self.skip(2);
                    if !self.code(Some('}')) {
                        return false;
                    }
                }
                _ => self.skip(next.len_utf8()),
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_expression_reaches_is_seen() {
        for good in [
            "\"acme\"",
            "merge(var.tags, {\"a\" = \"b-${var.name}\"})",
            "[local.a[\"x\"], 1.5, true]",
            "{}",
            "data.aws_caller_identity.current.account_id",
        ] {
            assert!(reaches_only(good, TEXT), "{good}");
        }
        for bad in [
            "file(\"/etc/passwd\")",
            "\"${file(\"x\")}\"",
            "var.passwords[\"a\"]",
            "\"a-${ephemeral.x.y.random_password}\"",
            "aws_db_proxy.this.arn",
            "local.a[\"x\"].secret_string",
            "provider::x::y()",
            "\"%{if true}a%{endif}\"",
            "\"open",
            "{\"a\" = 1",
            "\"$${a}\"\0",
            "data.aws_lambda_function.consumer[\"a\"].environment",
        ] {
            assert!(!reaches_only(bad, TEXT), "{bad}");
        }
        assert!(reaches_only("aws_db_proxy.this.arn", RESOURCES));
        let password = "aws_secretsmanager_secret_version.user[\"a\"].secret_string";
        assert!(!reaches_only(password, RESOURCES));
    }
}
