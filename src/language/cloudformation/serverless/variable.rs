//! Parses the text between `${` and `}`: alternatives with a source each. Nothing is looked up here.

/// The source of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum VariableSource {
    /// A literal: `'text'`, or a word that YAML would read (`true`, `5`).
    Literal {
        /// The text without its quotes.
        text: String,
        /// True if it had no quotes.
        plain: bool,
    },
    /// `self:custom.tls`: a path in the service itself.
    Own(String),
    /// `file(./rds.yml):Resources`: a file, and a path in it, which may be empty.
    File(String, String),
    /// `sls:stage`: the stage of the deployment.
    Stage,
    /// `param:tls`: a parameter of the service, by its name.
    Parameter(String),
    /// A pseudo parameter of CloudFormation.
    Pseudo(&'static str),
    /// A variable that is known only at deployment (`opt:`, `env:`, `ssm:`, `cf:`, …), as it is written.
    Deployment(String),
}

impl VariableSource {
    /// Returns the variable that may have a value in a deployment although it has none now.
    pub(super) fn given_later(&self) -> Option<String> {
        match self {
            Self::Deployment(variable) => Some(variable.clone()),
            Self::File(name, _) => Some(format!("file({name})")),
            Self::Parameter(name) => Some(format!("param:{name}")),
            Self::Literal { .. } | Self::Own(_) | Self::Stage | Self::Pseudo(_) => None,
        }
    }
}

/// Returns the alternatives of a variable, in their order.
pub(super) fn alternatives(variable: &str) -> Vec<VariableSource> {
    parts(variable)
        .into_iter()
        .map(|part| source(part.trim()))
        .collect()
}

/// Splits at the commas that are outside of quotes and parentheses.
fn parts(variable: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth, mut quote) = (0, 0_usize, None);
    for (at, character) in variable.char_indices() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                parts.push(&variable[start..at]);
                start = at + 1;
            }
            (None, _) => {}
        }
    }
    parts.push(&variable[start..]);
    parts
}

fn source(part: &str) -> VariableSource {
    for quote in ['\'', '"'] {
        let inner = part
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner {
            let text = inner.to_owned();
            return VariableSource::Literal { text, plain: false };
        }
    }
    if let Some((name, rest)) = part
        .strip_prefix("file(")
        .and_then(|rest| rest.split_once(')'))
    {
        let path = rest.trim_start_matches([':', '.']).to_owned();
        return VariableSource::File(name.trim().to_owned(), path);
    }
    if let Some(word) = part
        .strip_prefix("strToBool(")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        return boolean(word.trim().trim_matches(['\'', '"']), part);
    }
    match part.split_once(':') {
        Some(("self", path)) => VariableSource::Own(path.to_owned()),
        Some(("sls", "stage")) => VariableSource::Stage,
        Some(("param", name)) => VariableSource::Parameter(name.to_owned()),
        Some(("aws", "region")) => VariableSource::Pseudo("AWS::Region"),
        Some(("aws", "accountId")) => VariableSource::Pseudo("AWS::AccountId"),
        Some(_) => VariableSource::Deployment(part.to_owned()),
        None if is_word(part) => VariableSource::Literal {
            text: part.to_owned(),
            plain: true,
        },
        None => VariableSource::Deployment(part.to_owned()),
    }
}

/// Parses the texts that the framework reads as booleans ("Converting string variables to boolean values", Serverless
/// Framework).
fn boolean(word: &str, part: &str) -> VariableSource {
    let text = match word {
        "true" | "1" => "true",
        "false" | "0" => "false",
        _ => return VariableSource::Deployment(part.to_owned()),
    };
    VariableSource::Literal {
        text: text.to_owned(),
        plain: true,
    }
}

/// True for a bare word that is a literal. Other bare words are names of the framework.
fn is_word(part: &str) -> bool {
    matches!(part, "true" | "false" | "null") || part.parse::<f64>().is_ok()
}

/// Returns the path of a file that a service names, in the form of the paths of the user's own files.
pub(super) fn path_of(service: &str, name: &str) -> String {
    let name = name.trim().trim_matches(['\'', '"']);
    let mut steps: Vec<&str> = match service.rsplit_once('/') {
        Some((folder, _)) if !name.starts_with('/') => folder.split('/').collect(),
        _ => Vec::new(),
    };
    for step in name.split('/') {
        match step {
            "." => {}
            ".." if steps
                .last()
                .is_some_and(|last| *last != ".." && !last.is_empty()) =>
            {
                steps.pop();
            }
            other => steps.push(other),
        }
    }
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str, plain: bool) -> VariableSource {
        let text = text.to_owned();
        VariableSource::Literal { text, plain }
    }

    fn known_later(text: &str) -> VariableSource {
        VariableSource::Deployment(text.to_owned())
    }

    #[test]
    fn a_variable_is_a_list_of_alternatives() {
        for (variable, expected) in [
            (
                "self:custom.tls",
                vec![VariableSource::Own("custom.tls".to_owned())],
            ),
            (
                "opt:stage, 'a, b'",
                vec![known_later("opt:stage"), literal("a, b", false)],
            ),
            (
                "file(./a.yml):x.y, true",
                vec![
                    VariableSource::File("./a.yml".to_owned(), "x.y".to_owned()),
                    literal("true", true),
                ],
            ),
            (
                "file(a.yml)",
                vec![VariableSource::File("a.yml".to_owned(), String::new())],
            ),
            ("sls:stage", vec![VariableSource::Stage]),
            ("aws:region", vec![VariableSource::Pseudo("AWS::Region")]),
            ("env:TLS", vec![known_later("env:TLS")]),
            ("DbName", vec![known_later("DbName")]),
            ("", vec![known_later("")]),
            ("'", vec![known_later("'")]),
        ] {
            assert_eq!(alternatives(variable), expected, "{variable}");
        }
    }

    #[test]
    fn files_are_named_from_the_folder_of_the_service() {
        for (service, name, path) in [
            ("serverless.yml", "./rds.yml", "rds.yml"),
            (
                "app/serverless.yml",
                "resources/rds.yml",
                "app/resources/rds.yml",
            ),
            ("app/serverless.yml", "../shared/rds.yml", "shared/rds.yml"),
            ("serverless.yml", "../out.yml", "../out.yml"),
            ("/a/serverless.yml", "../b.yml", "/b.yml"),
            ("a/serverless.yml", "/etc/x.yml", "/etc/x.yml"),
        ] {
            assert_eq!(path_of(service, name), path);
        }
    }
}
