//! What to write instead of a fault, in the words of the file that it stands in. Whether that is certain is a rule's to say.

use super::evidence::Origin;

/// What to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// An attribute, and its one right value.
    Set(&'static Setting),
    /// In words that are the same everywhere.
    Said(String),
}

/// An attribute with its one right value.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// As Terraform calls it.
    pub terraform: &'static str,
    /// As the API and CloudFormation call it.
    pub service: &'static str,
    /// A word or a boolean.
    pub value: &'static str,
    /// Whether it is a word, which some languages quote.
    pub is_word: bool,
}

/// How a place is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    Hcl,
    TerraformJson,
    Yaml,
    Json,
    /// An account, and whatever has no text of its own.
    None,
}

impl Language {
    /// By the name of the file. JSON without lines is a plan or a state, whose code is HCL.
    fn of(origin: &Origin) -> Self {
        let ends = |endings: &[&str]| endings.iter().any(|ending| origin.file.ends_with(ending));
        match origin.line {
            _ if ends(&[".tf", ".tofu", ".tfvars", ".hcl", ".tfstate"]) => Self::Hcl,
            _ if ends(&[".tf.json", ".tofu.json", ".tfvars.json"]) => Self::TerraformJson,
            _ if ends(&[".yaml", ".yml", ".template"]) => Self::Yaml,
            0 if ends(&[".json"]) => Self::Hcl,
            _ if ends(&[".json"]) => Self::Json,
            _ => Self::None,
        }
    }
}

impl Remedy {
    /// In the words of the place.
    pub fn at(&self, origin: &Origin) -> String {
        match self {
            Self::Set(setting) => setting.written(Language::of(origin)),
            Self::Said(text) => text.clone(),
        }
    }
}

impl Setting {
    fn written(&self, language: Language) -> String {
        let Self {
            terraform,
            service,
            value,
            is_word,
        } = self;
        let quote = if *is_word { "\"" } else { "" };
        match language {
            Language::Hcl => format!("{terraform} = {quote}{value}{quote}"),
            Language::TerraformJson => format!("\"{terraform}\": {quote}{value}{quote}"),
            Language::Yaml => format!("{service}: {value}"),
            Language::Json => format!("\"{service}\": {quote}{value}{quote}"),
            Language::None => format!("{service} = {value}"),
        }
    }
}

impl From<&'static Setting> for Remedy {
    fn from(setting: &'static Setting) -> Self {
        Self::Set(setting)
    }
}

impl From<String> for Remedy {
    fn from(text: String) -> Self {
        Self::Said(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static TLS: Setting = Setting {
        terraform: "require_tls",
        service: "RequireTLS",
        value: "true",
        is_word: false,
    };
    static IAM: Setting = Setting {
        terraform: "iam_auth",
        service: "IAMAuth",
        value: "REQUIRED",
        is_word: true,
    };

    #[test]
    fn each_file_is_spoken_to_in_its_language() {
        for (file, line, tls, iam) in [
            (
                "a/main.tf",
                3,
                "require_tls = true",
                "iam_auth = \"REQUIRED\"",
            ),
            (
                "main.tf.json",
                3,
                "\"require_tls\": true",
                "\"iam_auth\": \"REQUIRED\"",
            ),
            ("t.yaml", 3, "RequireTLS: true", "IAMAuth: REQUIRED"),
            ("serverless.yml", 3, "RequireTLS: true", "IAMAuth: REQUIRED"),
            (
                "t.json",
                3,
                "\"RequireTLS\": true",
                "\"IAMAuth\": \"REQUIRED\"",
            ),
            (
                "plan.json",
                0,
                "require_tls = true",
                "iam_auth = \"REQUIRED\"",
            ),
            ("snapshot", 0, "RequireTLS = true", "IAMAuth = REQUIRED"),
        ] {
            let place = Origin {
                line,
                ..Origin::document(file)
            };
            assert_eq!(Remedy::from(&TLS).at(&place), tls, "{file}");
            assert_eq!(Remedy::from(&IAM).at(&place), iam, "{file}");
        }
    }
}
