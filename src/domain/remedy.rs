//! The text to write instead of a fault, in the language of its file. The rules decide if the remedy is certain.

use super::evidence::Origin;

/// The replacement for a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// An attribute and its only correct value.
    Set(&'static Setting),
    /// A description that is the same in every language.
    Said(String),
}

/// An attribute and its only correct value.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// The attribute's name in Terraform.
    pub terraform: &'static str,
    /// The attribute's name in the API and in CloudFormation.
    pub service: &'static str,
    /// The value, a string or a boolean.
    pub value: &'static str,
    /// True if the value is a string, which some languages quote.
    pub is_word: bool,
    /// True if the attribute belongs to each auth entry and not to the proxy itself.
    pub is_of_entry: bool,
}

/// The language a place is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    Hcl,
    TerraformJson,
    Yaml,
    Json,
    /// An account, or anything else without a source text.
    None,
}

impl Language {
    /// Determines the language from the file name. JSON without lines is a plan or a state, whose code is HCL.
    fn new(origin: &Origin) -> Self {
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
    /// Returns the remedy in the language of the place.
    pub fn at(&self, origin: &Origin) -> String {
        match self {
            Self::Set(setting) => setting.written(Language::new(origin)),
            Self::Said(text) => text.clone(),
        }
    }
}

impl Setting {
    /// Returns the value as HCL and JSON write it.
    pub fn literal(&self) -> String {
        let quote = if self.is_word { "\"" } else { "" };
        format!("{quote}{}{quote}", self.value)
    }

    fn written(&self, language: Language) -> String {
        let Self {
            terraform,
            service,
            value,
            ..
        } = self;
        let literal = self.literal();
        match language {
            Language::Hcl => format!("{terraform} = {literal}"),
            Language::TerraformJson => format!("\"{terraform}\": {literal}"),
            Language::Yaml => format!("{service}: {value}"),
            Language::Json => format!("\"{service}\": {literal}"),
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
        is_of_entry: false,
    };
    static IAM: Setting = Setting {
        terraform: "iam_auth",
        service: "IAMAuth",
        value: "REQUIRED",
        is_word: true,
        is_of_entry: true,
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
