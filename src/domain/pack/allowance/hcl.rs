//! Checks that an expression, in canonical form, refers only to permitted values. It is read as tokens: names, texts,
//! calls and operators.
//!
//! No permitted value holds a secret, so it does not matter how an expression uses it.

use super::kinds::READ_ONLY;

/// The functions that compute a value from their arguments and read nothing else.
const FUNCTIONS: [&str; 57] = [
    "abs",
    "alltrue",
    "anytrue",
    "can",
    "ceil",
    "chomp",
    "coalesce",
    "coalescelist",
    "compact",
    "concat",
    "contains",
    "distinct",
    "element",
    "endswith",
    "flatten",
    "floor",
    "format",
    "formatlist",
    "indent",
    "join",
    "jsonencode",
    "keys",
    "length",
    "lookup",
    "lower",
    "max",
    "merge",
    "min",
    "one",
    "range",
    "regex",
    "regexall",
    "replace",
    "reverse",
    "setunion",
    "slice",
    "sort",
    "split",
    "startswith",
    "strcontains",
    "substr",
    "sum",
    "title",
    "tolist",
    "tomap",
    "tonumber",
    "toset",
    "tostring",
    "trim",
    "trimprefix",
    "trimspace",
    "trimsuffix",
    "try",
    "upper",
    "values",
    "yamlencode",
    "zipmap",
];

/// The names with a meaning of their own, which `for` may not bind.
const TAKEN: [&str; 12] = [
    "action",
    "count",
    "data",
    "each",
    "ephemeral",
    "external",
    "local",
    "module",
    "path",
    "self",
    "terraform",
    "var",
];

/// The members that are secrets, wherever they come from.
const SECRETS: [&str; 5] = [
    "passwords",
    "secret_string",
    "secret_string_wo",
    "secret_binary",
    "random_password",
];

/// The roots that a text may refer to: variables, local values, the account, the region, and read-only data sources.
pub(super) const TEXT: &[&str] = &["var.", "local.", "each.", "data."];

/// The roots that an output, an alarm or a parameter may refer to: those of a text, and the resources of the project
/// for their identifiers.
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

/// True if every name in an expression begins with one of the roots, and no part of it is a secret or an unknown
/// function.
pub(super) fn reaches_only(expression: &str, roots: &[&str]) -> bool {
    let mut reader = HclReader {
        rest: expression,
        roots,
        bound: Vec::new(),
    };
    reader.code(None) && reader.rest.is_empty()
}

struct HclReader<'e> {
    rest: &'e str,
    roots: &'e [&'e str],
    /// The names that `for` binds.
    bound: Vec<&'e str>,
}

impl<'e> HclReader<'e> {
    /// Reads up to this delimiter, or to the end.
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
                '.' if self.rest.starts_with("...") => {
                    self.skip(3);
                    true
                }
                '.' => self.member(),
                _ if next.is_ascii_digit() || " []()=,<>!&|+-*/%?:".contains(next) => {
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

    /// Reads a name with its members, or the name of a function.
    fn name(&mut self) -> bool {
        let start = self.rest;
        let first = self.word();
        if self.rest.starts_with('(') {
            return FUNCTIONS.contains(&first);
        }
        match first {
            "true" | "false" | "null" | "in" | "if" => return true,
            "for" => return self.binds(),
            _ => {}
        }
        while self.rest.starts_with('.') {
            if !self.member() {
                return false;
            }
        }
        let whole = &start[..start.len() - self.rest.len()];
        if let Some(source) = whole.strip_prefix("data.") {
            let kind = source.split('.').next().unwrap_or_default();
            return self.roots.contains(&"data.") && READ_ONLY.contains(&kind);
        }
        self.bound.contains(&first) || self.roots.iter().any(|root| whole.starts_with(root))
    }

    /// Reads the names between `for` and `in`. The collection after them is read like any other expression.
    fn binds(&mut self) -> bool {
        let Some((names, rest)) = self.rest.split_once(" in ") else {
            return false;
        };
        self.rest = rest;
        names.split(',').map(str::trim).all(|name| {
            self.bound.push(name);
            // With an underscore it could be a resource type, outside of the expression.
            let is_letter = |c: char| c.is_ascii_alphanumeric();
            name.chars().all(is_letter) && !TAKEN.contains(&name)
        })
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

    /// Reads a text and its interpolations. Directives are refused.
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
            "{for key, value in var.tags : key => upper(value) if (key != \"a\")}",
            "merge([for name in local.names : {(name) = 1}]...)",
            "\"\\${a}\"",
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
            "\"a\"\0",
            "data.aws_lambda_function.consumer[\"a\"].environment",
            "data.aws_lambda_function.consumer[\"a\"][\"environment\"]",
            "values(data.aws_lambda_function.consumer)",
            "data[\"aws_lambda_function\"]",
            "[for data in [] : data.aws_lambda_function.consumer]",
            "[for aws_db_proxy in [] : aws_db_proxy.this]",
            "[for key in data.aws_lambda_function.consumer : key]",
        ] {
            assert!(!reaches_only(bad, TEXT), "{bad}");
        }
        assert!(reaches_only("aws_db_proxy.this.arn", RESOURCES));
        let password = "aws_secretsmanager_secret_version.user[\"a\"].secret_string";
        assert!(!reaches_only(password, RESOURCES));
    }
}
